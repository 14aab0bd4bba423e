"""`mnist-nn export`, and that the other commands do not take what it writes."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.data import load


@pytest.mark.parametrize("pixels", [1, 255])
def test_export_writes_a_model_that_answers_as_predict_does(run, small, trained, pixels):
    pytest.importorskip("onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    result = run("export", trained, "--onnx", "out/m.onnx", "--pixels", pixels, "--json")
    assert result.status == 0, result.err
    figures = json.loads(result.out)
    difference = figures.pop("max_difference")
    assert figures == {
        "onnx": "out/m.onnx",
        "opset": 13,
        "pixels": pixels,
        "inputs": 784,
        "classes": 10,
        "verified": True,
    }
    assert 0 <= difference < 1e-5

    X = load(str(small)).test.X
    session = onnxruntime.InferenceSession("out/m.onnx", providers=["CPUExecutionProvider"])
    (label,) = session.run(["label"], {"X": np.ascontiguousarray(X.T) * np.float32(pixels)})
    np.testing.assert_array_equal(label, TwoLayerNN.load(trained / "model.safetensors").predict(X))


def test_export_says_whether_it_was_verified(run, trained, monkeypatch):
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    verified = run("export", trained, "--onnx", "m.onnx")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    unverified = run("export", trained, "--onnx", "m.onnx")  # an existing file is replaced
    figures = json.loads(run("export", trained, "--onnx", "m.onnx", "--json").out)
    assert verified.status == unverified.status == 0
    assert "of the network's probabilities in onnxruntime" in verified.out
    assert "not verified, because onnxruntime is not installed" in unverified.out
    assert (figures["verified"], figures["max_difference"]) == (False, None)


def test_without_onnx_export_says_how_to_get_it(run, trained, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    result = run("export", trained, "--onnx", "m.onnx")
    assert (result.status, result.out) == (1, "")
    assert result.err == 'mnist-nn: export needs the package onnx: pip install "mnist-nn[onnx]"\n'
    assert not Path("m.onnx").exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--onnx", "m.onnx", "--pixels", "2"], "pixels must be 1 or 255"),
        (["--onnx", "runs/r/model.safetensors"], "is the model itself; choose another name"),
        ([], "--onnx"),
    ],
)
def test_bad_usage_is_one_line_and_leaves_the_model_alone(run, trained, arguments, complaint):
    before = (trained / "model.safetensors").read_bytes()
    result = run("export", trained, *arguments)
    assert (result.status, result.out) == (2, "")
    assert complaint in result.err
    assert result.err.count("\n") == 1
    assert (trained / "model.safetensors").read_bytes() == before


@pytest.mark.parametrize("command", ["evaluate", "predict", "export"])
def test_an_onnx_file_is_refused_as_a_model(run, trained, command):
    pytest.importorskip("onnx")
    assert run("export", trained, "--onnx", "m.onnx").status == 0
    more = {"evaluate": [], "predict": ["--index", "0"], "export": ["--onnx", "again.onnx"]}[command]
    result = run(command, "m.onnx", *more)
    assert (result.status, result.out) == (2, "")
    assert "m.onnx is not a model file of mnist-nn" in result.err
    assert result.err.count("\n") == 1
