"""Snapshots: the network as it was, dense at the beginning, small on the disk."""

import numpy as np
import pytest

from neural_network import Callback, InputError, TwoLayerNN
from neural_network.runs.snapshots import MAX_BYTES, MAX_SNAPSHOTS, Snapshots
from neural_network.training.callbacks import EarlyStopping


def train(blobs, epochs, batch_size=None, callbacks=(), **options):
    snapshots, network = Snapshots(), TwoLayerNN(4, 5, 3, seed=0)
    options = {"epochs": epochs, "batch_size": batch_size, "validation": blobs, **options}
    network.train(*blobs, callbacks=[*callbacks, snapshots], **options)
    return snapshots, network


def test_they_are_the_network_after_so_many_steps(blobs):
    snapshots, network = train(blobs, 200)
    assert len(snapshots) <= MAX_SNAPSHOTS
    assert (snapshots.steps[0], snapshots.steps[-1]) == (0, 200)
    for k in (0, len(snapshots) // 2):
        again = TwoLayerNN(4, 5, 3, seed=0)
        if snapshots.steps[k]:
            again.train(*blobs, epochs=snapshots.steps[k])
        for name, θ in again.parameters.items():
            np.testing.assert_array_equal(snapshots.parameters[k][name], θ.astype(np.float16))
    np.testing.assert_array_equal(snapshots.stacked("W1")[-1], network.W1.astype(np.float16).astype(np.float32))


def test_most_of_them_are_at_the_beginning(blobs):
    snapshots, _ = train(blobs, 20, batch_size=10)
    gaps = np.diff(snapshots.steps)
    assert snapshots.steps[-1] == 300
    assert np.median(snapshots.steps) < 100
    assert (gaps[:10] <= gaps[-10:]).all()


def test_a_short_run_has_one_a_step(blobs):
    assert train(blobs, 3)[0].steps == [0, 1, 2, 3]


def test_the_last_one_is_what_the_run_ended_with(blobs):
    snapshots, network = train(blobs, 50, learning_rate=20.0, callbacks=[EarlyStopping(2)])
    assert snapshots.steps == sorted(set(snapshots.steps))
    assert snapshots.steps[-1] < 50
    np.testing.assert_array_equal(snapshots.parameters[-1]["W1"], network.W1.astype(np.float16))


@pytest.mark.parametrize(("hidden", "kept"), [(10, 50), (800, 6), (4000, 0)])
def test_their_size_is_bounded(hidden, kept):
    network, snapshots = TwoLayerNN(784, hidden, 10, seed=0), Snapshots()
    network.train(np.zeros((784, 2), np.float32), np.array([0, 1]), epochs=60, callbacks=[snapshots])
    assert len(snapshots) == kept
    assert sum(θ.nbytes for each in snapshots.parameters for θ in each.values()) <= MAX_BYTES


def test_they_read_back_the_same_and_those_of_another_network_are_refused(blobs, tmp_path):
    snapshots, network = train(blobs, 30)
    snapshots.save(tmp_path / "s")
    again = Snapshots.load(tmp_path / "s", network)
    assert again.steps == snapshots.steps
    np.testing.assert_array_equal(again.stacked("W2"), snapshots.stacked("W2"))
    with pytest.raises(InputError, match=r"snapshots of another network: W1 is float16 \(.*\) instead of float16 \("):
        Snapshots.load(tmp_path / "s", TwoLayerNN(4, 6, 3))
    (tmp_path / "bad").write_bytes(b"no safetensors")
    with pytest.raises(InputError, match="is not a file of snapshots"):
        Snapshots.load(tmp_path / "bad", network)
    assert len(Snapshots.load(tmp_path / "none", network)) == 0


def test_a_run_that_is_resumed_goes_on_with_those_it_had(blobs):
    class KeepState(Callback):
        def on_step(self, run):
            if run.step == 90:
                self.state_then = {name: np.copy(value) for name, value in snapshots.state().items()}

    keep, snapshots = KeepState(), Snapshots()
    TwoLayerNN(4, 5, 3, seed=0).train(*blobs, epochs=200, callbacks=[snapshots, keep])

    class Resume(Callback):
        def on_start(self, run):
            resumed.restore(keep.state_then)
            run.step = 90  # as though so many steps had been made

    resumed = Snapshots()
    TwoLayerNN(4, 5, 3, seed=0).train(*blobs, epochs=110, callbacks=[resumed, Resume()])
    before = [step for step in snapshots.steps if step <= 90]
    assert resumed.steps[: len(before)] == before
    for k in range(len(before)):
        np.testing.assert_array_equal(resumed.parameters[k]["W1"], snapshots.parameters[k]["W1"])
    assert resumed.steps == sorted(set(resumed.steps))
    assert resumed.steps[-1] == 200
