"""The exported graph, run by onnxruntime, against the network it came from."""

import json
import sys

import numpy as np
import pytest

from neural_network import InputError, TwoLayerNN, WorkError
from neural_network.formats.model_file import configuration
from neural_network.formats.onnx import ONNX_ACTIVATIONS, export_onnx
from neural_network.formats.tensor_file import KEY
from neural_network.functions.activations import ACTIVATIONS, Activation
from neural_network.functions.losses import OUTPUTS

onnx = pytest.importorskip("onnx", reason="needs the package onnx")
onnxruntime = pytest.importorskip("onnxruntime", reason="needs the package onnxruntime")


def run(path, X):
    """Return label (m,) and probabilities (m, C) of the model at `path` for the rows of `X`."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(["label", "probabilities"], {"X": X.astype(np.float32)})


def network_with(activation, rng, **options):
    """A network of MNIST's size with biases that matter, and sums Z1 of both signs and of many sizes."""
    network = TwoLayerNN(784, 16, 10, activation=activation, seed=1, **options)
    network.b1[...] = np.linspace(-8, 8, 16)[:, None]
    network.b2[...] = rng.normal(size=(10, 1))
    return network


@pytest.mark.parametrize("pixels", [1, 255])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_gives_the_networks_answers(tmp_path, rng, activation, pixels):
    network = network_with(activation, rng)
    export_onnx(network, tmp_path / "m.onnx", pixels=pixels)
    for batch in (1, 100):
        images = rng.integers(0, 256, (batch, 784))
        label, probabilities = run(tmp_path / "m.onnx", images if pixels == 255 else images / 255)
        assert (label.dtype, probabilities.dtype) == (np.int64, np.float32)
        np.testing.assert_array_equal(label, network.predict(images.T / 255))
        np.testing.assert_allclose(probabilities.T, network.predict_proba(images.T / 255), rtol=0, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("output", OUTPUTS)
def test_every_output_layer_and_dtype_gives_the_networks_answers(tmp_path, rng, output, dtype):
    network = network_with("tanh", rng, output=output, loss="squared-error", dtype=dtype)
    export_onnx(network, tmp_path / "m.onnx")
    images = rng.random((50, 784))
    label, probabilities = run(tmp_path / "m.onnx", images)
    np.testing.assert_array_equal(label, network.predict(images.T))
    np.testing.assert_allclose(probabilities.T, network.predict_proba(images.T), rtol=0, atol=1e-5)


def test_labels_and_probabilities_agree_on_all_of_mnists_test_images(tmp_path, real_mnist):
    from neural_network.data import load

    dataset = load(str(real_mnist))
    network = TwoLayerNN(784, 32, 10, seed=0)
    network.train(*dataset.train, epochs=1, batch_size=64, progress=False)
    export_onnx(network, tmp_path / "m.onnx")
    label, probabilities = run(tmp_path / "m.onnx", dataset.test.X.T)
    assert len(label) == 10_000
    assert np.mean(label == dataset.test.Y) > 0.9
    np.testing.assert_array_equal(label, network.predict(dataset.test.X))
    np.testing.assert_allclose(probabilities.T, network.predict_proba(dataset.test.X), rtol=0, atol=1e-5)


def test_old_runtimes_are_told_versions_they_know(tmp_path, network):
    export_onnx(network, tmp_path / "m.onnx", pixels=255)
    model = onnx.load(tmp_path / "m.onnx")
    assert model.ir_version == 7
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 13)]
    assert {node.domain for node in model.graph.node} == {""}


def test_the_model_says_where_it_comes_from(tmp_path, network):
    export_onnx(network, tmp_path / "m.onnx", pixels=255)
    model = onnx.load(tmp_path / "m.onnx")
    (entry,) = model.metadata_props
    assert model.producer_name == entry.key == KEY
    assert json.loads(entry.value) == {**configuration(network), "pixels": 255}


def test_the_same_network_gives_the_same_bytes(tmp_path):
    for name in "ab":
        export_onnx(TwoLayerNN(6, 4, 3, seed=5), tmp_path / name)
    export_onnx(TwoLayerNN(6, 4, 3, seed=6), tmp_path / "c")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() != (tmp_path / "c").read_bytes()


def test_an_activation_from_outside_brings_its_own_form(tmp_path, monkeypatch):
    monkeypatch.setattr(ONNX_ACTIVATIONS, "_values", dict(ONNX_ACTIVATIONS._values))
    bent = Activation("bent", g=lambda Z: Z + np.abs(Z) / 2, g_prime=lambda Z: 1 + np.sign(Z) / 2)
    network = TwoLayerNN(6, 4, 3, activation=bent, seed=5)
    with pytest.raises(InputError, match="activation 'bent' has no ONNX form; register one"):
        export_onnx(network, tmp_path / "m.onnx")
    ONNX_ACTIVATIONS.register("bent", lambda graph, Z: graph.add("Add", Z, graph.add("Div", graph.add("Abs", Z), 2)))
    assert export_onnx(network, tmp_path / "m.onnx") < 1e-6


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        (
            lambda graph, Z: graph.add("Sin", Z),
            r"probabilities by 0\.\d+",
        ),
        (lambda graph, Z: graph.add("Sine", Z), "the ONNX form of 'wrong' is not valid: .*Sine"),
        (lambda graph, Z: graph.add("Gelu", Z), "the ONNX form of 'wrong' is not valid: .*Gelu"),  # not in opset 13
    ],
)
def test_a_wrong_form_is_noticed_and_nothing_is_written(tmp_path, monkeypatch, form, complaint):
    monkeypatch.setattr(ONNX_ACTIVATIONS, "_values", {"wrong": form})
    network = TwoLayerNN(6, 4, 3, activation=Activation("wrong", g=np.cos, g_prime=np.sin), seed=5)
    (tmp_path / "m.onnx").write_bytes(b"old")
    with pytest.raises(WorkError, match=complaint + ".*m.onnx is not written"):
        export_onnx(network, tmp_path / "m.onnx")
    assert (tmp_path / "m.onnx").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_large_sums_are_allowed_their_rounding_and_no_more(tmp_path, rng):
    network = network_with("relu", rng)
    network.b2 += 3000  # cancels in the softmax, but for the digits it takes from the sums
    network.activation = Activation("relu", g=lambda Z: 1.0003 * np.maximum(Z, 0), g_prime=np.sign)
    assert 1e-5 < export_onnx(network, tmp_path / "m.onnx") < 4e-4  # whether the runtime rounds as NumPy does, or not
    network.activation = Activation("relu", g=lambda Z: 1.01 * np.maximum(Z, 0), g_prime=np.sign)
    with pytest.raises(WorkError, match="differ"):
        export_onnx(network, tmp_path / "m.onnx")


def test_tied_classes_are_no_disagreement(tmp_path, network):
    network.W2[...] = 0
    network.b2[1:] = 1e-9  # two classes of three tie in float32, all of them to 1e-5
    assert export_onnx(network, tmp_path / "m.onnx") < 1e-7


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e39])
def test_what_float32_cannot_hold_is_not_exported(tmp_path, network, value):
    network.W2[0, 0] = value
    with pytest.raises(InputError, match="W2 holds values that are infinite, NaN or too large"):
        export_onnx(network, tmp_path / "m.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("pixels", [0, 2, 256, "255"])
def test_pixels_are_up_to_1_or_255(tmp_path, network, pixels):
    with pytest.raises(InputError, match="pixels must be 1 or 255"):
        export_onnx(network, tmp_path / "m.onnx", pixels=pixels)


def test_without_onnxruntime_the_model_is_written_and_not_verified(tmp_path, network, monkeypatch):
    export_onnx(network, tmp_path / "verified.onnx")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert export_onnx(network, tmp_path / "m.onnx") is None
    assert (tmp_path / "m.onnx").read_bytes() == (tmp_path / "verified.onnx").read_bytes()
