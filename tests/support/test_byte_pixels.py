"""Pixels stand in for the array of floats that would be made of their bytes, to the last bit."""

import numpy as np
import pytest

from neural_network import Callback, InputError, TwoLayerNN
from neural_network.data import arrays, folders, idx
from neural_network.data.dataset import keep_bytes, make_samples
from neural_network.inspection.diagnosis import diagnose
from neural_network.runs.checkpoint_files import fingerprint
from neural_network.support.arguments import check_inputs
from neural_network.support.byte_pixels import Inputs, Pixels
from neural_network.training.monitor import Monitor

SAMPLES, SIDE = 600, 4


@pytest.fixture
def digits():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (SAMPLES, SIDE, SIDE)).astype(np.uint8), rng.integers(0, 3, SAMPLES).astype(np.uint8)


@pytest.fixture
def both(digits):
    """The same samples as arrays of floats, and with Pixels."""
    arrays, kept = make_samples(*digits), keep_bytes(*digits)
    assert isinstance(kept.X, Pixels)
    return arrays, kept


@pytest.mark.parametrize(
    "look",
    [
        lambda X: X[:, 5:90],
        lambda X: X[..., 5:90],
        lambda X: X[:, ::7],
        lambda X: X[:, np.array([4, 4, 599, 0])],
        lambda X: X[:, np.arange(SAMPLES) % 2 == 0],
        lambda X: X[:, -1],
        lambda X: X[3],
        lambda X: X[2:5, 7],
        lambda X: X.T,
        lambda X: X.astype(np.float64),
        lambda X: X.max(axis=1),
        lambda X: np.ones((2, 16), np.float32) @ X,
        lambda X: np.square(X),
        lambda X: check_inputs(X, 16, np.dtype(np.float64)),
        lambda X: np.array([*X.shape, len(X), X.ndim], X.dtype),
    ],
)
def test_whatever_is_done_with_them_gives_what_the_array_gives(both, look):
    expected, given = (look(samples.X) for samples in both)
    assert (np.shape(given), given.dtype) == (np.shape(expected), expected.dtype)
    np.testing.assert_array_equal(np.asarray(given), expected)


def test_slices_of_samples_are_views_of_the_bytes_and_chosen_samples_lie_side_by_side(both):
    X = both[1].X
    assert np.shares_memory(X[:, 5:90].rows, X.rows)
    assert X[:, [3, 1]].T.flags.c_contiguous


def test_inputs_of_another_size_are_refused(both):
    with pytest.raises(InputError, match=r"X must have the shape \(9, samples\), not \(16, 600\)"):
        check_inputs(both[1].X, 9, np.dtype(np.float32))


@pytest.mark.parametrize("batch_size", [64, None])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_training_has_the_same_bits(both, batch_size, dtype):
    results = []
    for X, Y in both:
        network = TwoLayerNN(16, 8, 3, seed=0, dtype=dtype)
        history = network.train(
            X[:, 50:],
            Y[50:],
            epochs=3,
            batch_size=batch_size,
            validation=(X[:, :50], Y[:50]),
            optimizer="adam",
            callbacks=[Monitor()],
        )
        for row in history.rows:
            del row["seconds"]
        said = [str(finding) for finding in diagnose(history, network, (X[:, 50:], Y[50:]), (X[:, :50], Y[:50]))]
        evaluated = network.evaluate(X, Y), network.loss(X, Y)
        results.append((history.rows, [θ.tobytes() for θ in network.parameters.values()], said, evaluated))
    assert results[0] == results[1]


def test_a_run_may_go_on_with_pixels_that_was_begun_with_arrays(both):
    assert fingerprint(both[0]) == fingerprint(both[1])


def test_large_plain_files_are_mapped_and_compressed_ones_are_read(tmp_path, digits, monkeypatch):
    monkeypatch.setattr(idx, "MAPPED_BYTES", 1000)
    monkeypatch.setattr(arrays, "KEPT_BYTES", 1000)
    for suffix in ("", ".gz"):
        folder = tmp_path / f"data{suffix}"
        for name, array in zip(folders.idx_names("train"), digits, strict=True):
            idx.write_idx(folder / f"{name}{suffix}", array)
        X, Y = folders.read(folder).train
        np.testing.assert_array_equal(X.rows, digits[0].reshape(SAMPLES, -1))
        np.testing.assert_array_equal(Y, digits[1])
        assert X.rows.flags.writeable == bool(suffix)


@pytest.mark.parametrize(("change", "what"), [(-3, "but the last 3 are missing|more than a file"), (1, "more follow")])
def test_a_large_file_is_mapped_only_if_it_is_as_long_as_it_says(tmp_path, digits, monkeypatch, change, what):
    monkeypatch.setattr(idx, "MAPPED_BYTES", 1000)
    path = tmp_path / "images"
    idx.write_idx(path, digits[0])
    content = path.read_bytes()
    path.write_bytes(content[:change] if change < 0 else content + bytes(change))
    with pytest.raises(InputError, match=what):
        idx.map_idx(path)


@pytest.mark.parametrize("batch_size", [64, None])
def test_callbacks_get_arrays_with_which_they_may_compute(both, batch_size):
    class Inverted(Callback):
        def on_batch(self, run):
            run.X = 1 - run.X

    weights = []
    for X, Y in both:
        network = TwoLayerNN(16, 8, 3, seed=0)
        network.train(X, Y, epochs=2, batch_size=batch_size, callbacks=[Inverted()])
        weights.append(network.W1.tobytes())
    assert weights[0] == weights[1]


def test_pixels_are_inputs():
    members = {name for name in vars(Inputs) if not name.startswith("_")} | {"__len__", "__getitem__", "__array__"}
    assert members >= {"shape", "ndim", "dtype", "T"}
    for value in (Pixels(np.zeros((2, 3), np.uint8)), np.zeros((3, 2))):
        assert all(hasattr(value, name) for name in members)
