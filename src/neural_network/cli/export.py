"""`mnist-nn export`: write a saved model in a format that other programs can run."""

from pathlib import Path
from typing import Annotated

import typer

from ..formats.onnx import OPSET, export_onnx
from ..runs.folder import model_file
from ..support.errors import InputError
from ..training.model import TwoLayerNN
from . import terminal
from .options import Json, Model


def export(
    model: Model,
    onnx: Annotated[Path, typer.Option(metavar="FILE", help="The ONNX file to write.", show_default=False)],
    pixels: Annotated[int, typer.Option(metavar="1|255", help="Value of a white pixel in the inputs: 1 or 255.")] = 1,
    json: Json = False,
) -> None:
    """Write a model as an ONNX file, and verify it if onnxruntime is installed.

    ONNX is a file format for neural networks that many programs can run. The input X of the model is float32, with a
    picture in each row; its outputs are the label and the probabilities.

    Examples:

      mnist-nn export runs/first --onnx digits.onnx

      mnist-nn export model.safetensors --onnx digits.onnx --pixels 255
    """
    source = model_file(model)
    if onnx.resolve() == source.resolve():
        raise InputError(f"--onnx {onnx} is the model itself; choose another name")
    network = TwoLayerNN.load(source)
    difference = export_onnx(network, onnx, pixels=pixels)
    if json:
        terminal.print_json(
            {
                "onnx": str(onnx),
                "opset": OPSET,
                "pixels": pixels,
                "inputs": network.input_size,
                "classes": network.output_size,
                "verified": difference is not None,
                "max_difference": difference,
            }
        )
    else:
        verdict = (
            "not verified, because onnxruntime is not installed"
            if difference is None
            else f"within {difference:.1g} of the network's probabilities in onnxruntime"
        )
        typer.echo(f"{onnx}: X (batch, {network.input_size}), pixels 0 to {pixels}; {verdict}")
