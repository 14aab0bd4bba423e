"""`mnist-nn export`: a saved model in a format that other programs run."""

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
    pixels: Annotated[
        int, typer.Option(metavar="1|255", help="The brightest pixel of the inputs it will be given.")
    ] = 1,
    json: Json = False,
) -> None:
    """Write a model as an ONNX file, and compare its answers with the network's where onnxruntime is installed.

    Its input X is float32 with a picture a row; its outputs are label and probabilities.

    [bold]Examples[/bold]

      mnist-nn export runs/first --onnx digits.onnx

      mnist-nn export model.safetensors --onnx digits.onnx --pixels 255
    """
    source = model_file(model)
    if onnx.resolve() == source.resolve():
        raise InputError(f"--onnx {onnx} is the model itself; choose another file")
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
            "not verified, as onnxruntime is not installed"
            if difference is None
            else f"within {difference:.1g} of the network's probabilities in onnxruntime"
        )
        typer.echo(f"{onnx}: X (batch, {network.input_size}), pixels 0 to {pixels}; {verdict}")
