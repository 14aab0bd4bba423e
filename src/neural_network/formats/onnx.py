"""Export to ONNX: the forward pass as a graph that any ONNX runtime can execute, in a browser or on a phone.

Equations (1) to (4) become nodes with the same names: X → Z1 → A1 → Z2 → probabilities → label. Two tables say how each
activation and each output layer is written in ONNX's operators. An activation of your own needs an entry, too:
`ONNX_ACTIVATIONS.register(name, form)`.
"""

import json
import math
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..functions.activations import LEAK
from ..network import Network
from ..support.atomic_files import atomic_write
from ..support.error_state import own_error_state
from ..support.errors import InputError, WorkError
from ..support.registry import Registry
from ..support.version import __version__
from .model_file import configuration
from .tensor_file import KEY

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

# Opset 13 is the oldest in which Softmax has its present meaning, and IR version 7 is the file format of that time:
# ONNX 1.8, read by onnxruntime since 1.6 (both 2020). Operators of later opsets, such as Gelu (20), are written out.
OPSET, IR_VERSION = 13, 7
TOLERANCE = 1e-5  # between the probabilities of the network and those of the exported graph


class Graph:
    """An ONNX graph under construction: nodes in the order in which they run, and constants."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def add(self, operator: str, *inputs: str | float, output: str | None = None, **attributes: Any) -> str:
        """Append a node and return the name of its output. Inputs are names of outputs, or numbers."""
        from onnx import helper

        names = [value if isinstance(value, str) else self.constant(value) for value in inputs]
        output = output or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, names, [output], name=output, **attributes))
        return output

    def constant(self, value: float | np.ndarray, name: str | None = None) -> str:
        """Add a number or an array as a float32 constant, and return its name."""
        from onnx import numpy_helper

        name = name or f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name


# A form appends nodes that compute a function of the named input (batch, units), and returns the name of the output.
Form = Callable[[Graph, str], str]
ONNX_ACTIVATIONS: Registry[Form] = Registry("activation")
ONNX_OUTPUTS: Registry[Form] = Registry("output layer")


def _gelu(graph: Graph, Z: str) -> str:
    """½ z (1 + tanh(√(2/π) z (1 + 0.044715 z²)))."""
    cubic = graph.add("Add", graph.add("Mul", graph.add("Mul", Z, Z), 0.044715), 1.0)
    t = graph.add("Tanh", graph.add("Mul", graph.add("Mul", Z, cubic), math.sqrt(2 / math.pi)))
    return graph.add("Mul", graph.add("Mul", Z, 0.5), graph.add("Add", t, 1.0))


def _scaled_tanh(graph: Graph, Z: str) -> str:
    """1.7159 tanh(⅔ z)."""
    return graph.add("Mul", graph.add("Tanh", graph.add("Mul", Z, 2 / 3)), 1.7159)


ONNX_ACTIVATIONS.register("relu", lambda graph, Z: graph.add("Relu", Z))
ONNX_ACTIVATIONS.register("leaky-relu", lambda graph, Z: graph.add("LeakyRelu", Z, alpha=LEAK))
ONNX_ACTIVATIONS.register("elu", lambda graph, Z: graph.add("Elu", Z, alpha=1.0))
ONNX_ACTIVATIONS.register("gelu", _gelu)
ONNX_ACTIVATIONS.register("tanh", lambda graph, Z: graph.add("Tanh", Z))
ONNX_ACTIVATIONS.register("scaled-tanh", _scaled_tanh)
ONNX_ACTIVATIONS.register("sigmoid", lambda graph, Z: graph.add("Sigmoid", Z))
ONNX_ACTIVATIONS.register("softplus", lambda graph, Z: graph.add("Softplus", Z))
ONNX_ACTIVATIONS.register("swish", lambda graph, Z: graph.add("Mul", Z, graph.add("Sigmoid", Z)))
ONNX_ACTIVATIONS.register("identity", lambda graph, Z: graph.add("Identity", Z))

ONNX_OUTPUTS.register("softmax", lambda graph, Z: graph.add("Softmax", Z, axis=1))
ONNX_OUTPUTS.register("sigmoid", lambda graph, Z: graph.add("Sigmoid", Z))


@own_error_state
def export_onnx(network: Network, path: str | os.PathLike[str], *, pixels: int = 1) -> float | None:
    """Write `network` to `path` as an ONNX model. Equal networks give equal bytes.

    The model takes `X`, float32 (batch, D), and returns `label`, int64 (batch,), and `probabilities`, float32
    (batch, C). Samples are rows, as usual in ONNX, and batches have any size. A float64 network is rounded to float32.

    Parameters
    ----------
    network : Network
        The network to export. Its configuration is kept in the model's metadata.
    path : path
        Where to write the model. An old file is replaced only by a complete one.
    pixels : 1 or 255
        The value of the brightest pixel: 1, as for `predict_proba`, or 255, by which the graph then divides.

    Returns
    -------
    float or None
        The largest difference between the probabilities of the network and the graph on random inputs, measured before
        the file is written; None if onnxruntime is not installed.

    Raises
    ------
    InputError
        `pixels` is neither 1 nor 255, a parameter is not finite in float32, or the activation has no ONNX form.
    ImportError
        The package onnx is not installed.
    WorkError
        The graph is not valid, its results differ from the network's, or the file cannot be written.
    """
    if pixels not in (1, 255):
        raise InputError(f"pixels must be 1 or 255, the value of the brightest pixel, not {pixels!r}")
    try:
        model = _model(network, pixels).SerializeToString(deterministic=True)
        difference = _difference(network, model, pixels)
    except WorkError as error:
        raise WorkError(f"{error}; {path} is not written") from error
    with atomic_write(path) as file:
        file.write(model)
    return difference


def _model(network: Network, pixels: int) -> "ModelProto":
    try:
        from onnx import TensorProto, checker, helper, shape_inference
    except ImportError as error:
        raise ImportError('export needs the package onnx: pip install "mnist-nn[onnx]"') from error

    D, C = network.input_size, network.output_size
    graph = _graph(network, pixels)
    description = helper.make_graph(
        graph.nodes,
        "mnist-nn",
        inputs=[helper.make_tensor_value_info("X", TensorProto.FLOAT, ["batch", D], f"pixels from 0 to {pixels}")],
        outputs=[
            helper.make_tensor_value_info("label", TensorProto.INT64, ["batch"]),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", C]),
        ],
        initializer=graph.constants,
    )
    model = helper.make_model(
        description,
        producer_name="mnist-nn",
        producer_version=__version__,
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    helper.set_model_props(model, {KEY: json.dumps({**configuration(network), "pixels": pixels})})
    try:
        checker.check_model(model, full_check=True)
    except (checker.ValidationError, shape_inference.InferenceError) as error:
        reason = " ".join(str(error).split())
        raise WorkError(f"the ONNX form of {network.activation.name!r} is not valid: {reason}") from error
    return model


def _graph(network: Network, pixels: int) -> Graph:
    """Return the forward pass with samples as rows: (1) becomes Z1ᵀ = Xᵀ W1ᵀ + b1ᵀ, which Gemm with transB computes."""
    graph = Graph()
    for name, θ in network.parameters.items():
        θ = θ.astype(np.float32)
        if not np.isfinite(θ).all():
            raise InputError(f"{name} holds values that are infinite, NaN or too large for float32: it is not exported")
        graph.constant(θ.ravel() if name.startswith("b") else θ, name)

    X = "X" if pixels == 1 else graph.add("Div", "X", pixels)
    Z1 = graph.add("Gemm", X, "W1", "b1", transB=1, output="Z1")  # (1)
    A1 = _translate(ONNX_ACTIVATIONS, network.activation.name, graph, Z1, output="A1")  # (2)
    Z2 = graph.add("Gemm", A1, "W2", "b2", transB=1, output="Z2")  # (3)
    A2 = _translate(ONNX_OUTPUTS, network.output, graph, Z2, output="probabilities")  # (4)
    graph.add("ArgMax", A2, axis=1, keepdims=0, output="label")
    return graph


def _translate(forms: Registry[Form], name: str, graph: Graph, Z: str, output: str) -> str:
    if name not in forms:
        raise InputError(f"{forms.kind} {name!r} has no ONNX form; register one, as formats/onnx.py does")
    return graph.add("Identity", forms[name](graph, Z), output=output)


def _difference(network: Network, model: bytes, pixels: int) -> float | None:
    """Return the largest difference between onnxruntime's probabilities and the network's; None if it is not installed.

    Raises WorkError if that is too large, or if a label is not that of the largest probability, apart from close ties.
    """
    try:
        import onnxruntime
    except ImportError:
        return None

    rng = np.random.default_rng(0)
    ink = rng.random((100, network.input_size)) < 0.2  # about as much as in a picture of a digit
    X = (pixels * ink * rng.random(ink.shape)).astype(np.float32)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    label, probabilities = session.run(["label", "probabilities"], {"X": X})

    _, _, Z2, A2 = network.forward((X / pixels).T)
    difference = float(np.abs(probabilities - A2.T).max())
    rounding = float(np.abs(Z2).max() * np.finfo(np.float32).eps)  # of the largest logit, which no runtime can avoid
    tolerance = max(TOLERANCE, rounding)
    best = A2[label, np.arange(len(label))] >= A2.max(axis=0) - tolerance
    if not (difference <= tolerance and best.all()):
        raise WorkError(f"onnxruntime's results differ from the network's: probabilities by {difference:.2g}")
    return difference
