"""A run that is stopped anywhere and resumed ends with the bits of the run that was never stopped."""

import copy
import itertools
import json
from dataclasses import FrozenInstanceError
from functools import partial
from typing import Any

import numpy as np
import pytest

from neural_network import Callback, InputError, TwoLayerNN, WorkError
from neural_network.data.augment import AUGMENTATIONS
from neural_network.runs.checkpoint_files import SaveCheckpoints, load_checkpoint
from neural_network.runs.snapshots import Snapshots
from neural_network.training.callback import Run
from neural_network.training.callbacks import Augment, ClipGradients, EarlyStopping, MovingAverage
from neural_network.training.checkpoint import Checkpoint, capture
from neural_network.training.history import plain_values
from neural_network.training.loop import fit
from neural_network.training.monitor import Monitor
from neural_network.training.optimizers import OPTIMIZERS, make_optimizer
from neural_network.training.regularizers import L1, L2, Dropout, MaxNorm
from neural_network.training.schedules import SCHEDULES, LearningRate

EPOCHS, BATCH = 5, 16  # of 50 samples: the last batch of an epoch is smaller


class Interrupt(Callback):
    """Does what Ctrl-C does, in the given step."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_gradients(self, run: Run) -> None:
        run.interrupt = run.interrupt or run.step == self.step


ROW = {"epoch": 1, "step": 4, "loss": 1.0, "accuracy": 0.5, "seconds": 0.1}


def as_history(*rows):
    """Return rows of a history as a checkpoint holds them."""
    return np.frombuffer(json.dumps(rows).encode(), np.uint8)


def images(dtype):
    """70 samples of 5 × 5 pixels in three classes: 50 to train on, 20 to validate with."""
    rng = np.random.default_rng(0)
    Y = rng.integers(0, 3, 70)
    X = (rng.random((25, 70)) / 2).astype(dtype)
    X[Y * 5 + 2, np.arange(70)] = 1
    return (X[:, :50], Y[:50]), (X[:, 50:], Y[50:])


def run(folder, callbacks=list, *, optimizer="adam", dtype=np.float32, batch_size=BATCH, stop_at=0, resume=None):
    """Train a small network, with checkpoints in `folder` when it is stopped; returns parameters and history."""
    train, validation = images(dtype)
    network = TwoLayerNN(25, 6, 3, seed=3, dtype=dtype)
    history = fit(
        network,
        *train,
        epochs=EPOCHS,
        optimizer=make_optimizer(optimizer),
        batch_size=batch_size,
        validation=validation,
        callbacks=[*callbacks(), Monitor(), Interrupt(stop_at), SaveCheckpoints(folder, {}, train)],
        resume=resume,
    )
    rows = [{name: value for name, value in plain_values(row).items() if name != "seconds"} for row in history.rows]
    assert history.interrupted == (stop_at > 0)
    return {name: θ.tobytes() for name, θ in network.parameters.items()}, repr(rows)


def assert_exact(tmp_path, callbacks=list, stops=(), **options):
    """Stop after each of the steps (or of all), go on in a network made anew, and compare with the whole run."""
    whole = run(tmp_path, callbacks, **options)
    steps = int(whole[1].rpartition("'step': ")[2].partition(",")[0])
    for step in stops or range(1, steps + 1):
        run(tmp_path, callbacks, stop_at=step, **options)
        checkpoint = load_checkpoint(tmp_path / f"checkpoint-{step}.safetensors")
        assert run(tmp_path, callbacks, resume=checkpoint, **options) == whole, f"stopped after step {step}"


@pytest.mark.parametrize(("optimizer", "dtype"), list(itertools.product(OPTIMIZERS, [np.float32, np.float64])))
def test_every_optimizer_goes_on_exactly(tmp_path, optimizer, dtype):
    assert_exact(tmp_path, optimizer=optimizer, dtype=dtype, stops=(1, 3, 4, 5, 8, 18, 20))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "make",
    [
        *(partial(LearningRate, schedule) for schedule in SCHEDULES),
        partial(Augment, AUGMENTATIONS["strong"]),
        partial(Dropout, 0.4, 0.2),
        partial(L1, 1e-3),
        partial(L2, 1e-3),
        partial(ClipGradients, 0.1),
        partial(MaxNorm, 1.0),
        partial(MovingAverage, 0.9),
        partial(EarlyStopping, 1),
    ],
    ids=lambda make: make.func.__name__ + str(make.args),
)
def test_every_callback_goes_on_exactly(tmp_path, make, dtype):
    assert_exact(tmp_path, lambda: [make()], dtype=dtype, stops=(1, 3, 4, 5, 8))


def everything():
    return [
        LearningRate("one-cycle"),
        Augment(AUGMENTATIONS["light"]),
        Dropout(0.3, 0.1),
        L1(1e-4),
        ClipGradients(0.5),
        MaxNorm(3.0),
        MovingAverage(0.9),
        EarlyStopping(3),
    ]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_all_of_them_together_go_on_exactly_from_every_step(tmp_path, dtype):
    assert_exact(tmp_path, everything, dtype=dtype)


def test_full_batches_go_on_exactly(tmp_path):
    assert_exact(tmp_path, everything, batch_size=None)


def test_early_stopping_comes_after_as_many_epochs_and_with_the_same_parameters(tmp_path):
    """After five steps down it goes uphill, so that the best is behind when the run goes on."""

    def callbacks():
        return [LearningRate(lambda step, total: 1 if step <= 5 else -10), EarlyStopping(2)]

    assert run(tmp_path, callbacks)[1].count("'epoch'") == 3
    assert_exact(tmp_path, callbacks)


def test_a_run_that_was_stopped_twice_goes_on_exactly(tmp_path):
    run(tmp_path, everything, stop_at=3)
    run(tmp_path, everything, stop_at=11, resume=load_checkpoint(tmp_path / "checkpoint-3.safetensors"))
    resumed = run(tmp_path, everything, resume=load_checkpoint(tmp_path / "checkpoint-11.safetensors"))
    assert resumed == run(tmp_path, everything)


def test_the_seconds_go_on_too(tmp_path):
    class Old(Callback):
        def on_start(self, run):
            run.started -= 1000

    train, _ = images(np.float32)
    options = {"epochs": 2, "batch_size": 50, "seed": 0}
    network = TwoLayerNN(25, 6, 3, seed=3)
    last = [Interrupt(1), SaveCheckpoints(tmp_path, {}, train)]
    fit(network, *train, optimizer=make_optimizer("sgd"), callbacks=[Old(), *last], **options)
    checkpoint = load_checkpoint(tmp_path / "checkpoint-1.safetensors")
    history = fit(network, *train, optimizer=make_optimizer("sgd"), resume=checkpoint, **options)
    assert [1000 < seconds < 1100 for seconds in history["seconds"]] == [True, True]


def test_a_callback_of_ones_own_keeps_numbers_and_arrays(tmp_path):
    class Counter(Callback):
        def on_start(self, run):
            self.count, self.sum = 0, np.zeros(())

        def on_step(self, run):
            self.count += 1
            self.sum += run.loss

        def on_epoch(self, run, row):
            row["count"], row["sum"] = self.count, float(self.sum)

        def state(self):
            return {"count": self.count, "sum": self.sum}

        def restore(self, state):
            self.count, self.sum = state["count"], state["sum"]

    assert_exact(tmp_path, lambda: [Counter()], stops=(1, 4, 7))


KEPT = {
    "float32": np.float32(0.1),
    "int64": np.int64(-7),
    "bool_": np.True_,
    "str_": np.str_("é\udcff"),
    "text": "\x1b[2J",
    "nothing": None,
    "yes": True,
    "large": 2**200,
    "list": [1, "two"],
    "big-endian": np.array([1.5, -2.0], ">f4"),
    "big-endian 0-d": np.array(7, ">i8"),
    "strided": np.arange(12.0).reshape(3, 4)[:, ::2].T,
    "empty": np.zeros((0, 3), np.uint8),
    "W1": np.array([True, False]),  # a parameter's name, but not its shape
}


class Keeper(Callback):
    """Has a state of all kinds of values."""

    values: Any = KEPT

    def on_start(self, run):
        self.restored = None

    def state(self):
        return self.values

    def restore(self, state):
        self.restored = state


def test_a_state_of_any_kind_of_value_is_restored_as_it_was(tmp_path):
    keeper = Keeper()
    run(tmp_path, lambda: [keeper], stop_at=6)
    run(tmp_path, lambda: [keeper], resume=load_checkpoint(tmp_path / "checkpoint-6.safetensors"))
    assert keeper.restored.keys() == KEPT.keys()
    for name, value in KEPT.items():
        restored = keeper.restored[name]
        np.testing.assert_array_equal(restored, value)
        if isinstance(value, np.ndarray):
            assert restored.dtype == value.dtype.newbyteorder("=")
        else:
            assert type(restored) is (str if name == "str_" else type(value))


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"x": {1, 2}}, "set"),
        ({"x": np.array(["a"])}, "<U1"),
        ({"x": np.array([1j])}, "complex128"),
        ({"x": np.longdouble(1)}, "longdouble|float128"),
        ({"x": [np.float32(1)]}, "float32"),
        ({1: 2.0}, "must be text, not 1"),
        (None, "NoneType"),
    ],
)
def test_a_state_that_cannot_be_saved_is_an_error_that_names_the_callback(tmp_path, state, reason):
    class Odd(Keeper):
        values = state

    with pytest.raises(InputError, match=f"callback Odd .*({reason})"):
        fit_with(Odd(), tmp_path, every="1")


@pytest.mark.parametrize("every", ["", "3"])
def test_a_state_that_can_no_longer_be_saved_costs_the_checkpoint_and_not_the_network(tmp_path, every):
    class Later(Keeper):
        values: Any = {}  # noqa: RUF012

        def on_step(self, run):
            self.values = {"x": {1}} if run.step == 5 else {}

    history, saving = fit_with(Later(), tmp_path, Interrupt(5), every=every)
    assert len(history) == 5
    assert history.interrupted
    assert "callback Later" in saving.problem


def test_a_full_disk_costs_the_checkpoint_of_ctrl_c_and_not_the_network(tmp_path, monkeypatch):
    def full(*arguments, **options):
        raise WorkError("no space")

    monkeypatch.setattr("neural_network.runs.checkpoint_files.write", full)
    history, saving = fit_with(Keeper(), tmp_path, Interrupt(5))
    assert (len(history), saving.problem) == (5, "no space")
    with pytest.raises(WorkError, match="no space"):
        fit_with(Keeper(), tmp_path, every="3", resumed=True)


def fit_with(callback, folder, *others, **options):
    """Train for nine steps, with checkpoints in `folder`."""
    train, _ = images(np.float32)
    saving = SaveCheckpoints(folder, {}, train, **options)
    network = TwoLayerNN(25, 6, 3, seed=3)
    optimizer = make_optimizer("sgd")
    return fit(network, *train, epochs=9, optimizer=optimizer, callbacks=[callback, *others, saving]), saving


def test_what_callbacks_put_into_the_history_or_the_optimizer_costs_no_checkpoint(tmp_path):
    class Notes(Callback):
        def on_batch(self, run):
            run.optimizer.learning_rate = np.float32(0.001)

        def on_epoch(self, run, row):
            row |= {"text": "\x1b[2J", "none": None, "bool": True, "numpy": np.float32(0.1), "\x1b": [1]}
            if run.epoch == 2:
                row["sometimes"] = 1.0

    assert_exact(tmp_path, lambda: [Notes()], stops=(1, 4, 9, 13))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"optimizer": "sgd"}, "of another run: optimizer 'Adam' there, and 'SGD' here"),
        ({"batch_size": 10}, "of another run: steps_per_epoch 4 there, and 5 here"),
        ({"dtype": np.float64}, r"the checkpoint's W1 is float32 \(6, 25\), not float64 \(6, 25\)"),
        ({"callbacks": lambda: [EarlyStopping(9)]}, "of another run: callbacks"),
    ],
)
def test_another_run_is_refused(tmp_path, change, complaint):
    run(tmp_path, stop_at=6)
    with pytest.raises(InputError, match=complaint):
        run(tmp_path, resume=load_checkpoint(tmp_path / "checkpoint-6.safetensors"), **change)


@pytest.mark.parametrize("missing", ["kind", "place", "optimizer", "callbacks"])
def test_an_incomplete_checkpoint_is_refused(tmp_path, missing):
    run(tmp_path, stop_at=6)
    checkpoint = load_checkpoint(tmp_path / "checkpoint-6.safetensors")
    del checkpoint.values[missing]
    with pytest.raises(InputError, match="the checkpoint is not complete: KeyError"):
        run(tmp_path, resume=checkpoint)


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda values: values.update(callbacks=[]), "the checkpoint is not complete: IndexError"),
        (lambda values: values["callbacks"].__setitem__(0, [1]), "the checkpoint is not complete: TypeError"),
        (lambda values: values.update(place=None), "its place should be an object, not None"),
        (lambda values: values.update(optimizer=[1]), r"its optimizer should be an object, not \[1\]"),
        (lambda values: values.update(seconds="1"), "seconds of the checkpoint cannot be '1'"),
        (lambda values: values["optimizer"].update(steps=-1), "steps of its optimizer cannot be -1"),
        (lambda values: values["optimizer"].update(learning_rate=np.nan), "learning rate is not finite"),
        (lambda values: values["place"].update(seed=0.5), "seed of its place cannot be 0.5"),
        (lambda values: values["place"].update(samples_seen=0), "cannot be of step 6, after 1 epochs"),
        (lambda values: values["place"].update(step=9), "cannot be of step 9, after 1 epochs"),
        (lambda values: values["place"].update(step=3), "cannot be of step 3, after 1 epochs"),
        (lambda values: values["place"].update(step=3, samples_seen=0), "cannot be of step 3, after 1 epochs"),
        (lambda values: values["place"].update(loss="0"), "loss of its place cannot be '0'"),
    ],
)
def test_a_checkpoint_of_another_form_is_refused(tmp_path, spoil, error):
    run(tmp_path, stop_at=6)
    checkpoint = load_checkpoint(tmp_path / "checkpoint-6.safetensors")
    spoil(checkpoint.values)
    with pytest.raises(InputError, match=error):
        run(tmp_path, resume=checkpoint)


@pytest.mark.parametrize(
    ("name", "array", "error"),
    [
        ("parameters/W1", np.zeros((6, 24), np.float32), r"W1 is float32 \(6, 24\), not float32 \(6, 25\)"),
        ("optimizer.m/W1", np.zeros((6, 24), np.float32), r"W1 is float32 \(6, 24\), not float32 \(6, 25\)"),
        ("optimizer.v/b2", np.zeros((3, 1)), r"b2 is float64 \(3, 1\), not float32 \(3, 1\)"),
        ("callbacks.0/W2", np.zeros(7, np.float32), r"W2 is float32 \(7,\), not float32 \(3, 6\)"),
        ("history", np.frombuffer(b"[1]", np.uint8), "its history should be an object, not 1"),
        ("history", np.frombuffer(b"7", np.uint8), "TypeError"),
        ("history", np.frombuffer(b'[{"epoch": 1, "step": 4}]', np.uint8), "its history has no loss"),
        ("history", as_history(ROW | {"words": ["of mine"]}), "its history cannot have the row"),
        ("history", as_history(ROW | {"words": "\x1b[2J"}), "its history cannot have the row"),
        ("history", as_history(ROW | {"\x1b[2J": 1.0}), "its history cannot have the row"),
        ("history", as_history(*[ROW] * EPOCHS), "cannot be of step 6, after 5 epochs"),
    ],
)
def test_arrays_of_other_shapes_and_a_history_of_another_form_are_refused(tmp_path, name, array, error):
    average = partial(MovingAverage, 0.9)
    run(tmp_path, lambda: [average()], stop_at=6)
    checkpoint = load_checkpoint(tmp_path / "checkpoint-6.safetensors")
    assert name in checkpoint.tensors
    checkpoint.tensors[name] = array
    with pytest.raises(InputError, match=error):
        run(tmp_path, lambda: [average()], resume=checkpoint)


def test_a_callback_that_cannot_make_sense_of_its_state_is_told_as_an_incomplete_checkpoint(tmp_path):
    class Words(Callback):
        def state(self):
            return {"words": 7}

        def restore(self, state):
            self.words = state["words"].split()

    run(tmp_path, lambda: [Words()], stop_at=6)
    checkpoint = load_checkpoint(tmp_path / "checkpoint-6.safetensors")
    with pytest.raises(InputError, match="the checkpoint is not complete: AttributeError"):
        run(tmp_path, lambda: [Words()], resume=checkpoint)


def test_a_history_that_is_no_json_is_refused_and_another_run_is_not_called_incomplete(tmp_path):
    run(tmp_path, stop_at=6)
    checkpoint = load_checkpoint(tmp_path / "checkpoint-6.safetensors")
    with pytest.raises(InputError, match=r"^the checkpoint is of another run"):
        run(tmp_path, resume=checkpoint, optimizer="sgd")
    checkpoint.tensors["history"] = np.frombuffer(b"{", np.uint8)
    with pytest.raises(InputError, match="the checkpoint is not complete: JSONDecodeError"):
        run(tmp_path, resume=checkpoint)


def test_a_checkpoint_is_a_value_that_nobody_can_change():
    with pytest.raises(FrozenInstanceError):
        Checkpoint({}, {}).values = {}


def test_numbers_of_numpy_in_the_history_are_kept(tmp_path):
    class Noted(Callback):
        def on_epoch(self, run, row):
            row["noted"] = np.float32(0.25)

    run(tmp_path, lambda: [Noted()], stop_at=6)
    rows = json.loads(load_checkpoint(tmp_path / "checkpoint-6.safetensors").tensors["history"].tobytes())
    assert [row["noted"] for row in rows] == [0.25]


def test_what_is_captured_are_no_copies(network):
    """So that a checkpoint costs no memory: it is written before the next step."""
    from neural_network.training.history import History

    optimizer = make_optimizer("adam")
    checkpoint = capture(Run(network, optimizer, History(), 1, 1, 0))
    assert np.shares_memory(checkpoint.tensors["parameters/W1"], network.W1)


def test_the_newest_two_are_kept_and_none_of_later_steps(tmp_path):
    """One of a later step is of a run that was replaced, or was damaged, so that this one began before it."""
    train, _ = images(np.float32)
    (tmp_path / "checkpoint-99.safetensors").write_bytes(b"damaged")
    (tmp_path / "checkpoint-one.safetensors").write_bytes(b"somebody else's")
    saving = SaveCheckpoints(tmp_path, {}, train, every="3")
    fit(TwoLayerNN(25, 6, 3, seed=3), *train, epochs=20, optimizer=make_optimizer("sgd"), callbacks=[saving])
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["checkpoint-15", "checkpoint-18", "checkpoint-one"]


def test_a_run_that_is_resumed_writes_none_at_its_start(tmp_path):
    train, _ = images(np.float32)
    saving = SaveCheckpoints(tmp_path, {}, train, every="1000", resumed=True)
    fit(TwoLayerNN(25, 6, 3, seed=3), *train, epochs=1, optimizer=make_optimizer("sgd"), callbacks=[saving])
    assert not list(tmp_path.iterdir())


def test_a_run_goes_on_from_before_its_first_step(tmp_path):
    class First(Callback):
        checkpoint = None

        def on_batch(self, run):
            if not self.checkpoint:
                self.checkpoint = copy.deepcopy(capture(run))
                self.checkpoint.values["place"]["step"] = 0  # it is counted already

    first = First()
    whole = run(tmp_path, lambda: [first])
    assert first.checkpoint.values["place"]["samples_seen"] == 0
    assert run(tmp_path, lambda: [First()], resume=first.checkpoint) == whole


def test_snapshots_which_are_stacks_of_half_the_precision_go_on(tmp_path):
    assert_exact(tmp_path, lambda: [Snapshots()], stops=(6,))
    run(tmp_path, lambda: [Snapshots()], stop_at=6)
    checkpoint = load_checkpoint(tmp_path / "checkpoint-6.safetensors")
    stack = checkpoint.tensors["callbacks.0/W1"]
    for damaged in (stack[..., 1:], stack[:, 1:], stack.astype(np.int8)):
        checkpoint.tensors["callbacks.0/W1"] = damaged
        with pytest.raises(InputError, match="the checkpoint's W1 is"):
            run(tmp_path, lambda: [Snapshots()], resume=checkpoint)


def test_batches_of_one_sample_go_on_exactly(tmp_path):
    assert_exact(tmp_path, batch_size=1, stops=(1, 249))


def test_a_history_of_all_epochs_has_no_epoch_to_go_on_with(tmp_path):
    run(tmp_path, stop_at=6)
    checkpoint = load_checkpoint(tmp_path / "checkpoint-6.safetensors")
    checkpoint.tensors["history"] = as_history(*[ROW] * EPOCHS)
    checkpoint.values["place"]["step"] += (EPOCHS - 1) * 4
    with pytest.raises(InputError, match="cannot be of step 22, after 5 epochs"):
        run(tmp_path, resume=checkpoint)
