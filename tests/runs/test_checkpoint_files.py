"""The files of checkpoints: when one is written, which are kept, which is taken, and what is cleaned away."""

import hashlib
import os
from types import SimpleNamespace

import numpy as np
import pytest

from neural_network import Callback, DivergenceError, InputError, TwoLayerNN
from neural_network.runs import checkpoint_files
from neural_network.runs.checkpoint_files import (
    SaveCheckpoints,
    fingerprint,
    has_checkpoint,
    load_checkpoint,
    newest_checkpoint,
    parse_interval,
    remove_checkpoints,
    remove_strays,
)
from neural_network.training.loop import fit
from neural_network.training.optimizers import make_optimizer

X, Y = np.arange(6, dtype=np.float32).reshape(2, 3) / 6, np.array([0, 1, 0])


class Recorded(SaveCheckpoints):
    """Knows after which steps it wrote a checkpoint."""

    def on_start(self, run):
        self.saved = []
        super().on_start(run)

    def save(self, run):
        self.saved.append(run.step)
        super().save(run)


class Clock(Callback):
    """Tells a time that goes on with each step only."""

    def __init__(self, seconds_a_step):
        self.now, self.seconds = 100.0, seconds_a_step

    def monotonic(self):
        return self.now

    def on_step(self, run):
        self.now += self.seconds


def train(folder, epochs=7, before=(), **options):
    """Train in full batches, so that an epoch is a step; return the callback."""
    saving = Recorded(folder, {"job": "a test"}, [X, Y], **options)
    network, optimizer = TwoLayerNN(2, 3, 2, seed=0), make_optimizer("sgd")
    fit(network, X, Y, epochs=epochs, optimizer=optimizer, callbacks=[*before, saving])
    return saving


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("text", "interval"),
    [("", (0, 0.0)), ("1", (1, 0.0)), ("500", (500, 0.0)), ("30s", (0, 30.0)), (".5s", (0, 0.5)), ("9e8s", (0, 9e8))],
)
def test_an_interval_is_steps_or_seconds(text, interval):
    assert parse_interval(text) == interval


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", "s", "0s", "-1s", "1e9s", "infs", "nans", "5 m"])
def test_other_intervals_are_refused(text):
    with pytest.raises(InputError, match=f"not '{text}'"):
        parse_interval(text)


def test_a_checkpoint_every_three_steps_and_one_at_the_start(tmp_path):
    assert train(tmp_path, every="3").saved == [0, 3, 6]
    assert names(tmp_path) == ["checkpoint-3.safetensors", "checkpoint-6.safetensors"]


def test_without_an_interval_there_is_none(tmp_path):
    assert train(tmp_path).saved == []
    assert not has_checkpoint(tmp_path)


def test_a_run_that_goes_on_needs_none_at_its_start(tmp_path):
    assert train(tmp_path, every="3", resumed=True).saved == [3, 6]


@pytest.mark.parametrize(("a_step", "saved"), [(5, [0, 2, 4, 6]), (4, [0, 3, 6]), (11, list(range(8)))])
def test_a_checkpoint_every_ten_seconds(tmp_path, monkeypatch, a_step, saved):
    clock = Clock(a_step)
    monkeypatch.setattr(checkpoint_files, "time", clock)
    assert train(tmp_path, before=[clock], every="10s").saved == saved
    clock.now = 0
    assert train(tmp_path, before=[clock], every="10s", resumed=True).saved == saved[1:]


def test_a_checkpoint_knows_what_it_is_of(tmp_path):
    train(tmp_path, every="3")
    origin = load_checkpoint(tmp_path / "checkpoint-6.safetensors").origin
    assert origin == {"job": "a test", "every": "3", "sha256": fingerprint([X, Y])}


def test_a_fingerprint_is_the_sha256_of_types_shapes_and_values():
    content = b"float32 (2, 3)" + X.T.tobytes() + b"int64 (3,)" + Y.tobytes()
    assert fingerprint([X, Y]) == hashlib.sha256(content).hexdigest()
    assert fingerprint([np.asfortranarray(X), Y]) == fingerprint([X, Y])


def test_a_fingerprint_is_the_same_whatever_the_pieces_it_is_made_from(monkeypatch):
    whole = fingerprint([X, X.T.copy(), Y])
    monkeypatch.setattr(checkpoint_files, "HASHED_AT_ONCE", 1)
    assert fingerprint([X, X.T.copy(), Y]) == whole


def test_what_another_callback_has_spoilt_is_not_written(tmp_path):
    class Spoil(Callback):
        def on_step(self, run):
            if run.step == 3:
                run.network.b2[1] = np.nan

    with pytest.raises(DivergenceError, match="b2 holds infinite or NaN values"):
        train(tmp_path, before=[Spoil()], every="1")
    assert names(tmp_path) == ["checkpoint-1.safetensors", "checkpoint-2.safetensors"]


def test_a_model_is_no_checkpoint(tmp_path):
    TwoLayerNN(2, 3, 2).save(tmp_path / "m")
    with pytest.raises(InputError, match="m is not a checkpoint of mnist-nn: it does not name its origin"):
        load_checkpoint(tmp_path / "m")


def test_the_newest_that_is_whole_is_taken(tmp_path):
    said = []
    assert newest_checkpoint(tmp_path, said.append) is None
    train(tmp_path, epochs=10, every="1")  # 9 and 10: by number, and not by name
    assert newest_checkpoint(tmp_path, said.append).values["place"]["step"] == 10
    assert said == []
    (tmp_path / "checkpoint-8.safetensors").write_bytes(b"not looked at")
    (tmp_path / "checkpoint-10.safetensors").write_bytes(b"damaged")
    assert newest_checkpoint(tmp_path, said.append).values["place"]["step"] == 9
    assert len(said) == 1
    assert said[0].endswith("step 9")
    (tmp_path / "checkpoint-9.safetensors").write_bytes(b"damaged")
    (tmp_path / "checkpoint-8.safetensors").unlink()
    with pytest.raises(InputError, match=r"checkpoint-9\.safetensors is not a checkpoint of mnist-nn"):
        newest_checkpoint(tmp_path, said.append)


def test_a_pipe_that_is_named_like_a_checkpoint_is_passed_over(tmp_path):
    train(tmp_path, every="3")
    os.mkfifo(tmp_path / "checkpoint-99.safetensors")
    said = []
    assert newest_checkpoint(tmp_path, said.append).values["place"]["step"] == 6
    assert "checkpoint-99.safetensors is not a regular file" in said[0]


def test_only_what_is_ours_is_removed(tmp_path):
    for name in ("checkpoint-3.safetensors", "checkpoint-x.safetensors", ".m.abc.tmp", "m.tmp", "model.safetensors"):
        (tmp_path / name).touch()
    assert has_checkpoint(tmp_path) is True
    remove_checkpoints(tmp_path)
    assert has_checkpoint(tmp_path) is False
    assert names(tmp_path) == [".m.abc.tmp", "checkpoint-x.safetensors", "m.tmp", "model.safetensors"]
    remove_strays(tmp_path)
    assert names(tmp_path) == ["checkpoint-x.safetensors", "m.tmp", "model.safetensors"]


def test_what_someone_else_has_removed_meanwhile_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint_files, "_files", lambda folder: [(5, tmp_path / "checkpoint-5.safetensors")])
    remove_checkpoints(tmp_path)
    remove_strays(SimpleNamespace(glob=lambda pattern: [tmp_path / ".gone.tmp"]))
    assert train(tmp_path, epochs=1, every="1").saved == [0, 1]
