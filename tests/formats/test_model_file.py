import contextlib
import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from neural_network import InputError, TwoLayerNN, WorkError
from neural_network.formats.model_file import configuration
from neural_network.formats.tensor_file import KEY, _digest
from neural_network.functions.activations import Activation


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_model_comes_back_bit_for_bit(tmp_path, rng, dtype):
    network = TwoLayerNN(6, 4, 3, activation="tanh", initializer="uniform", seed=5, dtype=dtype)
    network.b1[...] = rng.normal(size=(4, 1))
    network.save(tmp_path / "m.safetensors")
    loaded = TwoLayerNN.load(tmp_path / "m.safetensors")

    X = rng.normal(size=(6, 9))
    assert loaded.predict_proba(X).tobytes() == network.predict_proba(X).tobytes()
    assert (loaded.activation.name, loaded.initializer, loaded.seed) == ("tanh", "uniform", 5)
    assert loaded.dtype == dtype


def test_everything_a_network_is_made_with_comes_back(tmp_path):
    options = {"activation": "gelu", "initializer": "zeros", "output": "sigmoid", "loss": "squared-error"}
    options |= {"label_smoothing": 0.25, "seed": 7, "dtype": "float64", "classes": ["left", "right"]}
    TwoLayerNN(4, 3, 2, **options).save(tmp_path / "m")
    expected = {"input_size": 4, "hidden_size": 3, "output_size": 2, **options}
    assert configuration(TwoLayerNN.load(tmp_path / "m")) == expected


def test_an_activation_that_no_file_could_name_is_not_saved(tmp_path):
    network = TwoLayerNN(2, 2, 2, activation=Activation("mine", np.tanh, np.cosh))
    with pytest.raises(InputError, match="activation 'mine' must be registered"):
        network.save(tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


def test_the_same_network_gives_the_same_bytes(tmp_path):
    for name in "ab":
        TwoLayerNN(6, 4, 3, seed=5).save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_network_that_diverged_is_not_saved(tmp_path):
    good, bad = TwoLayerNN(2, 2, 2, seed=0), TwoLayerNN(2, 2, 2, seed=0)
    bad.W2[0, 0] = np.nan
    good.save(tmp_path / "m")
    with pytest.raises(InputError, match="W2 holds infinite or NaN values"):
        bad.save(tmp_path / "m")
    assert TwoLayerNN.load(tmp_path / "m").W2.tobytes() == good.W2.tobytes()
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no model file at .*nowhere"):
        TwoLayerNN.load(tmp_path / "nowhere")


def altered(tmp_path, change):
    """Save a model whose tensors and metadata went through `change`, and return its path."""
    network = TwoLayerNN(6, 4, 3, seed=5)
    values = {"format": 1, "input_size": 6, "hidden_size": 4, "output_size": 3, "activation": "relu"}
    values |= {"initializer": "he-normal", "seed": 5, "dtype": "float32"}
    values |= {"output": "softmax", "loss": "cross-entropy", "label_smoothing": 0.0}
    tensors = dict(network.parameters)
    change(values, tensors)
    save_file(tensors, tmp_path / "m", {KEY: json.dumps(values)})
    return tmp_path / "m"


def test_the_unaltered_file_loads(tmp_path):
    assert TwoLayerNN.load(altered(tmp_path, lambda values, tensors: None)).hidden_size == 4


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda v, t: v.update(format=2), "format is not 1"),
        (lambda v, t: v.update(hidden_size=5), r"W1 should be float32 \(5, 6\), but is float32 \(4, 6\)"),
        (lambda v, t: v.update(input_size=10**15), r"W1 should be"),
        (lambda v, t: v.update(dtype="float64"), r"W1 should be float64"),
        (
            lambda v, t: v.update(activation="os.system"),
            "m: the model's configuration is not valid: unknown activation 'os.system'",
        ),
        (lambda v, t: v.update(activation=["relu"]), "configuration is not valid"),
        (lambda v, t: v.pop("seed"), "configuration is not valid"),
        (lambda v, t: v.pop("format"), "format is not 1"),
        (lambda v, t: v.update(sha256="0"), "is damaged"),
        (lambda v, t: t.pop("b2"), "b2 should be .* but is missing"),
        (lambda v, t: t["b2"].fill(np.nan), "b2 holds infinite or NaN values"),
    ],
)
def test_an_altered_file_is_refused(tmp_path, change, complaint):
    with pytest.raises(InputError, match=complaint):
        TwoLayerNN.load(altered(tmp_path, change))


@pytest.mark.parametrize("content", [b"", b"hello", b"\x80\x04K\x01.", b"\xff" * 100])
def test_what_is_not_a_model_is_refused(tmp_path, content):
    (tmp_path / "m").write_bytes(content)
    with pytest.raises(InputError, match="is not a model file of mnist-nn"):
        TwoLayerNN.load(tmp_path / "m")


@pytest.mark.parametrize(
    ("metadata", "complaint"),
    [
        (None, "is not a model file"),
        ({"other": "{}"}, "is not a model file"),
        ({KEY: "{"}, "is not a model file"),
        ({KEY: "[" * 100_000}, "is not a model file"),
        ({KEY: "[1]"}, "format is not 1"),
    ],
)
def test_tensors_of_other_programs_are_no_model(tmp_path, metadata, complaint):
    save_file(TwoLayerNN(2, 2, 2).parameters, tmp_path / "m", metadata)
    with pytest.raises(InputError, match=complaint):
        TwoLayerNN.load(tmp_path / "m")


def test_numbers_that_numpy_has_not_are_no_model(tmp_path):
    header = {"__metadata__": {KEY: '{"format": 1}'}, "W1": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}
    text = json.dumps(header).encode()
    (tmp_path / "m").write_bytes(struct.pack("<Q", len(text)) + text + b"\0\0")
    with pytest.raises(InputError, match=r"is not a model file|but is bfloat16"):  # which onnx teaches NumPy
        TwoLayerNN.load(tmp_path / "m")


def test_the_order_of_names_makes_no_difference_to_the_hash_and_anything_else_does():
    values, tensors = {"a": 1, "b": 2}, {"W1": np.arange(6.0).reshape(2, 3), "W2": np.zeros((2, 3))}
    same = _digest(values, tensors)
    assert _digest(dict(reversed(values.items())), dict(reversed(tensors.items()))) == same
    others = [
        {"W1": tensors["W2"], "W2": tensors["W1"]},
        {name: array.reshape(3, 2) for name, array in tensors.items()},
        {name: array.view(np.int64) for name, array in tensors.items()},
        {"W1": tensors["W1"], "W2": -tensors["W2"]},
    ]
    digests = {_digest(values, other) for other in others} | {_digest({**values, "b": 3}, tensors)}
    assert len(digests - {same}) == 5


def test_a_flipped_weight_is_noticed(tmp_path):
    TwoLayerNN(6, 4, 3, seed=5).save(tmp_path / "m")
    data = bytearray((tmp_path / "m").read_bytes())
    data[-5] ^= 1
    (tmp_path / "m").write_bytes(data)
    with pytest.raises(InputError, match="m is damaged: its content does not have the SHA-256"):
        TwoLayerNN.load(tmp_path / "m")


def test_no_flipped_bit_anywhere_gives_another_network(tmp_path):
    network = TwoLayerNN(3, 2, 2, seed=5)
    network.save(tmp_path / "m")
    whole = (tmp_path / "m").read_bytes()
    loaded = []
    for bit in range(8 * len(whole)):
        data = bytearray(whole)
        data[bit // 8] ^= 1 << bit % 8
        (tmp_path / "m").write_bytes(data)
        with contextlib.suppress(InputError):
            loaded.append(TwoLayerNN.load(tmp_path / "m"))
    for other in loaded:  # where the bit was in the name of the hash, which older files do not have either
        assert configuration(other) == configuration(network)
        assert all(np.array_equal(θ, other.parameters[name]) for name, θ in network.parameters.items())
    assert len(loaded) < 100


def test_no_piece_of_a_file_is_taken_for_the_whole(tmp_path):
    TwoLayerNN(3, 2, 2, seed=5).save(tmp_path / "m")
    whole = (tmp_path / "m").read_bytes()
    for length in range(len(whole)):
        (tmp_path / "m").write_bytes(whole[:length])
        with pytest.raises(InputError):
            TwoLayerNN.load(tmp_path / "m")


def test_an_array_that_is_a_transpose_is_saved_as_it_reads(tmp_path):
    network = TwoLayerNN(4, 3, 2, seed=0)
    network.W1 = np.arange(12, dtype=np.float32).reshape(4, 3).T
    network.save(tmp_path / "t.safetensors")
    np.testing.assert_array_equal(TwoLayerNN.load(tmp_path / "t.safetensors").W1, network.W1)


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "m")
    with pytest.raises(InputError, match="m is not a regular file"):
        TwoLayerNN.load(tmp_path / "m")


def test_a_file_that_may_not_be_read_is_not_called_missing(tmp_path, monkeypatch):
    TwoLayerNN(2, 2, 2).save(tmp_path / "m")

    def forbidden(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)  # root may read everything
    with pytest.raises(PermissionError):
        TwoLayerNN.load(tmp_path / "m")


def test_a_model_is_read_back_before_it_is_called_saved(tmp_path):
    """A network that was changed by hand may be one that no file can hold: the old file stays."""
    network = TwoLayerNN(2, 2, 2, seed=0)
    network.save(tmp_path / "m")
    before = (tmp_path / "m").read_bytes()
    for name, value in (("label_smoothing", 2.0), ("classes", ("a", "a")), ("seed", -1)):
        other = TwoLayerNN(2, 2, 2, seed=0)
        setattr(other, name, value)
        with pytest.raises(WorkError, match=rf"m is not saved, because it could not be read back: .*{name}"):
            other.save(tmp_path / "m")
        assert (tmp_path / "m").read_bytes() == before


def test_parameters_of_another_byte_order_are_saved_as_their_values(tmp_path):
    network = TwoLayerNN(2, 3, 2, seed=0)
    network.W1 = network.W1.astype(">f4")
    network.save(tmp_path / "m")
    np.testing.assert_array_equal(TwoLayerNN.load(tmp_path / "m").W1, network.W1)


def test_a_configuration_of_numpys_numbers_is_saved(tmp_path):
    network = TwoLayerNN(2, 3, 2, seed=0)
    network.label_smoothing = np.float32(0.25)
    network.save(tmp_path / "m")
    assert TwoLayerNN.load(tmp_path / "m").label_smoothing == 0.25
