"""Two halves of a network, in one process or in two, learn what the plain equations teach them, to the same bits."""

import copy
import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import neural_network
from neural_network import TwoLayerNN
from neural_network.data.augment import AUGMENTATIONS
from neural_network.functions import activations, losses
from neural_network.functions.activations import ACTIVATIONS, Activation
from neural_network.functions.losses import LOSSES
from neural_network.network import Forward, Network
from neural_network.support import faster_way, python_process
from neural_network.support.byte_pixels import Pixels
from neural_network.support.errors import DivergenceError, WorkError
from neural_network.support.randomness import SHUFFLE, stream
from neural_network.training import description, optimizers
from neural_network.training.callback import Callback, Run
from neural_network.training.callbacks import Augment, ClipGradients, EarlyStopping, MovingAverage
from neural_network.training.checkpoint import capture
from neural_network.training.history import History
from neural_network.training.loop import fit
from neural_network.training.monitor import Monitor
from neural_network.training.optimizers import OPTIMIZERS, SGD, Adam, make_optimizer
from neural_network.training.regularizers import L2, Dropout, MaxNorm
from neural_network.training.schedules import LearningRate
from neural_network.training.stepper import Stepper
from neural_network.training.two_process import stepper, worker
from neural_network.training.two_process.stepper import TwoProcessStepper

PAIRS = [(loss, output) for loss in LOSSES for output in LOSSES[loss].output_gradient]
pytestmark = pytest.mark.xdist_group("processors")  # it has no more than two
needs_processes = pytest.mark.skipif(
    not python_process.is_possible(), reason="needs Linux on x86-64 and two processors"
)


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(0)
    return rng.random((150, 784)).T, rng.integers(0, 10, 150)  # batches of 64, 64 and 22


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Halve networks of this size, too."""
    monkeypatch.setattr(stepper, "LEAST_PRODUCT", 0)


@pytest.fixture
def eager(monkeypatch):
    """Start the second process with the second step, and keep it however long steps take."""
    monkeypatch.setattr(stepper, "WORTHWHILE", 0)
    monkeypatch.setattr(faster_way, "WINDOW", 0)
    monkeypatch.setattr(faster_way, "REST", -1)
    monkeypatch.setattr(faster_way, "has_free_processor", lambda: True)


@pytest.fixture
def alone(monkeypatch):
    """Have a function that forbids a second process from now on."""
    return lambda: monkeypatch.setattr(python_process, "is_possible", lambda: False)


def make(hidden=70, dtype=np.float64, cls=TwoLayerNN, **options):
    return cls(784, hidden, 10, **{"seed": 0, "dtype": dtype} | options)


def train(samples, *, network=None, optimizer="adam", epochs=2, dtype=np.float64, **options):
    network = network or make(dtype=dtype)
    optimizer = make_optimizer(optimizer) if isinstance(optimizer, str) else optimizer
    X, Y = samples[0].astype(dtype), samples[1]
    options = {"batch_size": 64, "validation": (X[:, :20], Y[:20])} | options
    fit(network, X, Y, epochs=epochs, optimizer=optimizer, **options)
    return network, optimizer


def assert_equal(some, others, tolerance=1e-9):
    for name, θ in some.parameters.items():
        other = others.parameters[name]
        np.testing.assert_allclose(θ, other, rtol=tolerance, atol=tolerance * np.abs(other).max())


def bits(network, optimizer=None):
    arrays = [network.parameters, *(optimizer.state.values() if optimizer else [])]
    return [(name, θ.tobytes()) for θs in arrays for name, θ in θs.items()]


class Watch(Callback):
    """Waits after the third step until the second process is there, and counts the steps that it takes part in."""

    process_safe = True
    steppers: list[TwoProcessStepper]
    waits = 3

    def __init__(self, *actions):
        self.helped, self.process, self.actions = 0, None, dict(actions)

    def on_start(self, run):
        self.stepper = Watch.steppers[-1]

    def on_step(self, run):
        self.helped += bool(self.stepper._together)
        if run.step == self.waits:
            self.process, until = self.stepper._shared.process, time.monotonic() + 30
            assert self.process, "no second process was started"
            while not self.stepper._shared.words[worker.READY] and time.monotonic() < until:
                assert self.process.poll() is None, "the second process has ended"
                time.sleep(0.01)
        self.actions.get(run.step, lambda process: None)(self.process)


@pytest.fixture(autouse=True)
def watched(monkeypatch):
    """Let `Watch` find the stepper of its run."""
    make, Watch.steppers = TwoProcessStepper.__init__, []

    def note(self, *work, is_sum=None):
        make(self, *work, is_sum=is_sum)
        if not is_sum:  # which is for trials
            Watch.steppers.append(self)

    monkeypatch.setattr(TwoProcessStepper, "__init__", note)


# ---------------------------------------------------------------------- by halves, as the plain equations


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_each_optimizer_ends_where_the_plain_equations_do(samples, optimizer):
    ours, state = train(samples, optimizer=optimizer)
    plain, expected = train(samples, optimizer=optimizer, stepper=Stepper())
    assert len(Watch.steppers) == 1
    assert_equal(ours, plain)
    assert state.steps == expected.steps == 6
    assert state.state.keys() == expected.state.keys()
    for kind, arrays in expected.state.items():
        for name, array in arrays.items():
            np.testing.assert_allclose(state.state[kind][name], array, rtol=1e-8, atol=1e-14)


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize(("loss", "output"), PAIRS)
@pytest.mark.parametrize("smoothing", [0, 0.1])
def test_each_network_ends_where_the_plain_equations_do(samples, activation, loss, output, smoothing):
    options = {"activation": activation, "loss": loss, "output": output, "label_smoothing": smoothing}
    ours, _ = train(samples, optimizer="sgd", epochs=1, network=make(71, **options))
    plain, _ = train(samples, optimizer="sgd", epochs=1, network=make(71, **options), stepper=Stepper())
    assert len(Watch.steppers) == 1
    assert_equal(ours, plain, 1e-10)


SAFE = {
    "average": lambda: MovingAverage(0.9),
    "early-stopping": lambda: EarlyStopping(1),
    "augment": lambda: Augment(AUGMENTATIONS["light"]),
    "schedule": lambda: LearningRate("cosine"),
    "schedule of NumPy's numbers": lambda: LearningRate(lambda step, total: np.float64(1 / step)),
}
OTHERS = {
    "dropout": lambda: Dropout(0.3, 0.1),
    "l2": lambda: L2(0.01),
    "clip": lambda: ClipGradients(0.5),
    "max-norm": lambda: MaxNorm(0.8),
}


@pytest.mark.parametrize("name", [*SAFE, *OTHERS])
def test_callbacks_have_the_effect_that_they_have_on_the_plain_equations(samples, name):
    make_callback = (SAFE | OTHERS)[name]
    ours, _ = train(samples, callbacks=[make_callback()], epochs=3)
    plain, _ = train(samples, callbacks=[make_callback()], epochs=3, stepper=Stepper())
    assert_equal(ours, plain)
    assert len(Watch.steppers) == (name in SAFE)
    assert not np.allclose(ours.W1, train(samples, epochs=3)[0].W1) or name == "early-stopping"


def test_network_and_optimizer_have_arrays_of_their_own_afterwards(samples):
    network, optimizer = make(), make_optimizer("adam")
    before = network.parameters
    train(samples, network=network, optimizer=optimizer)
    for name, θ in network.parameters.items():
        assert θ is before[name]
        assert θ.base is None
        assert optimizer.state["m"][name].flags.owndata
    assert not np.array_equal(network.W1, make().W1)


def test_an_optimizer_goes_on_where_it_was(samples):
    def train_twice(**options):
        network, optimizer = make(), make_optimizer("adam")
        for _ in range(2):
            train(samples, network=network, optimizer=optimizer, epochs=1, **options)
        return network

    assert_equal(train_twice(), train_twice(stepper=Stepper()))


def test_bytes_are_gathered_as_the_floats_that_they_are(samples):
    pixels = Pixels(np.random.default_rng(0).integers(0, 256, (150, 784)).astype(np.uint8))
    mapped, plain = make(dtype=np.float32), make(dtype=np.float32)
    for network, X in ((mapped, pixels), (plain, np.asarray(pixels))):
        network.train(X, samples[1], epochs=2, batch_size=64)
    assert bits(mapped) == bits(plain)


class OwnSGD(SGD):
    """Is derived from an optimizer of this package, and could do more."""


class OwnEarlyStopping(EarlyStopping):
    """Is derived from a callback that is process-safe, and could do more."""


class OwnTargets(TwoLayerNN):
    """Has equations of its own."""

    def targets(self, Y):
        return super().targets(Y)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, True),
        ({"samples": 32}, False),
        ({"hidden": 63, "samples": 512}, False),
        ({"optimizer": OwnSGD()}, False),
        ({"callback": OwnEarlyStopping()}, False),
        ({"callback": EarlyStopping()}, True),
        ({"callback": Callback()}, False),
        ({"cls": OwnTargets}, False),
        ({"activation": Activation("relu", ACTIVATIONS["relu"].g, ACTIVATIONS["relu"].g_prime)}, False),
    ],
)
def test_only_what_a_second_process_would_compute_as_well_is_halved(monkeypatch, options, expected):
    monkeypatch.setattr(stepper, "LEAST_PRODUCT", 6 * 10**6)
    options = {"samples": 64, "hidden": 128, "optimizer": SGD(), "callback": EarlyStopping()} | options
    samples, optimizer, callback = (options.pop(name) for name in ("samples", "optimizer", "callback"))
    assert stepper.suits(Run(make(**options), optimizer, History(), 1, 1, 0, callbacks=[callback]), samples) == expected


def test_what_is_replaced_while_the_program_runs_is_not_halved(monkeypatch):
    def suits(network=None, optimizer=None):
        return stepper.suits(Run(network or make(), optimizer or SGD(), History(), 1, 1, 0), 64)

    assert suits()
    network, optimizer = make(), SGD()
    network.forward, optimizer.step = lambda X: TwoLayerNN.forward(network, X), optimizer.step
    assert not suits(network)
    assert not suits(optimizer=optimizer)
    adam = Adam()
    adam.beta1 = np.float32(0.9)  # which the other process could not be told as it is
    assert not suits(optimizer=adam)
    with monkeypatch.context() as context:
        context.setattr(Network, "mean_loss", lambda *arguments: 42.0)
        assert not suits()
    other = Activation("relu", np.tanh, lambda Z: 1 - np.tanh(Z) ** 2)
    monkeypatch.setattr(activations, "relu", other)
    assert not suits(make(activation=other))


@pytest.mark.parametrize("name", ["SGD.update", "Optimizer.step", "gradient_descent", "softmax"])
def test_definitions_that_a_program_replaces_are_not_halved(monkeypatch, name):
    """As in a notebook: the second process would have those of the files."""
    owner = {"SGD.update": SGD, "Optimizer.step": SGD.__mro__[1], "softmax": losses}.get(name, optimizers)
    assert stepper.suits(Run(make(), SGD(), History(), 1, 1, 0), 64)
    monkeypatch.setattr(owner, name.split(".")[-1], lambda *arguments: None)
    assert not stepper.suits(Run(make(), SGD(), History(), 1, 1, 0), 64)


@pytest.mark.parametrize("kind", ["softmax written out", "a bias in the logits", "raises"])
def test_equations_of_which_halves_are_no_part_are_computed_as_a_whole(samples, monkeypatch, kind):
    """Such as a learner's, in network.py itself: every network of the program has them."""
    forward = Network.forward

    def changed(self, X, mask=None):
        Z1, A1, Z2, A2 = forward(self, X, mask)
        if kind == "raises" and len(self.W1) < self.hidden_size:
            raise RuntimeError("half of a network")
        if kind == "a bias in the logits":
            A2 = self.output_function(Z2 + [[k] for k in range(10)])
        if kind == "softmax written out":
            Z2 = self.W2 @ A1 + self.b2
            A2 = np.exp(Z2) / np.exp(Z2).sum(axis=-2, keepdims=True)
        return Forward(Z1, A1, Z2, A2)

    monkeypatch.setattr(Network, "forward", changed)
    monkeypatch.setattr(description, "READ", description._definitions())
    ours, _ = train(samples)
    plain, _ = train(samples, stepper=Stepper())
    assert len(Watch.steppers) == 1
    assert not Watch.steppers[0]._is_sum
    assert bits(ours) == bits(plain)


# ---------------------------------------------------------------------- what callbacks change


class Change(Callback):
    """Does something after the second step."""

    def __init__(self, change):
        self.change = change

    def on_step(self, run):
        if run.step == 2:
            self.change(run)


def rebind(run):
    run.network.W1 = run.network.W1 * 0.5


def restore_by_setattr(run):
    for name, θ in make(seed=5).parameters.items():
        setattr(run.network, name, θ)


def set_on(place, name, value):
    return lambda run: setattr(getattr(run, place), name, value)


CHANGES = {
    "W1 rebound": rebind,
    "parameters restored by setattr": restore_by_setattr,
    "weight_decay": set_on("optimizer", "weight_decay", 0.5),
    "beta1": set_on("optimizer", "beta1", 0.1),
    "learning_rate": set_on("optimizer", "learning_rate", 0.03),
    "optimizer": lambda run: setattr(run, "optimizer", SGD(0.1)),
    "activation": set_on("network", "activation", ACTIVATIONS["tanh"]),
    "label_smoothing": set_on("network", "label_smoothing", 0.3),
}


class Enlarge(Callback):
    """Appends its mirror image to each batch."""

    def on_batch(self, run):
        run.X, run.Y = np.concatenate([run.X, run.X[::-1]], axis=1), np.concatenate([run.Y, run.Y])


def by_hand(samples, epochs, *, change=None, at=(2,), enlarge=False):
    """What network.py and the optimizer give, in a plain loop."""
    run = Run(make(), make_optimizer("adamw"), History(), epochs, 3, 0)
    for epoch in range(1, epochs + 1):
        order = stream(run.seed, SHUFFLE, epoch).permutation(150)
        for start in (0, 64, 128):
            batch = order[start : start + 64]
            run.X, run.Y, run.step = samples[0][:, batch], samples[1][batch], run.step + 1
            if enlarge:
                Enlarge().on_batch(run)
            gradients = run.network.backward(run.X, run.Y, run.network.forward(run.X))
            run.optimizer.step(run.network.parameters, gradients)
            if run.step in at and change:
                change(run)
    return run.network


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_callback_changes_takes_effect(samples, eager, name):
    ours, _ = train(samples, optimizer="adamw", epochs=4, callbacks=[Change(CHANGES[name])])
    assert_equal(ours, by_hand(samples, 4, change=CHANGES[name]), 1e-12)
    assert not np.allclose(ours.W1, by_hand(samples, 4).W1, rtol=1e-3)


def test_a_callback_may_enlarge_the_batch(samples, eager):
    ours, _ = train(samples, optimizer="adamw", epochs=4, callbacks=[Enlarge()])
    assert_equal(ours, by_hand(samples, 4, enlarge=True), 1e-12)


@pytest.mark.parametrize("watched_by", [Watch, Callback])
def test_a_reference_taken_before_has_the_trained_values(samples, eager, watched_by):
    if watched_by is Watch and not python_process.is_possible():
        pytest.skip("needs two processes")
    network, optimizer = make(), make_optimizer("adam")
    W1 = network.W1
    train(samples, network=network, optimizer=optimizer, epochs=1, callbacks=[Callback()])
    m = optimizer.state["m"]["W1"]
    train(samples, network=network, optimizer=optimizer, epochs=4, callbacks=[watched_by()])
    assert network.W1 is W1
    assert optimizer.state["m"]["W1"] is m
    assert not np.array_equal(W1, make().W1)
    assert network.predict(samples[0]).tolist() == network.forward(samples[0]).A2.argmax(axis=0).tolist()


def test_an_array_that_a_callback_took_at_the_start_is_the_one_that_is_trained(samples, eager):
    class Take(Callback):
        def on_start(self, run):
            self.W1, self.moved = run.network.W1, 0

        def on_step(self, run):
            self.W1 *= 0.9
            self.moved += self.W1 is run.network.W1

    def decay(run):
        run.network.W1 *= 0.9

    take = Take()
    ours, _ = train(samples, optimizer="adamw", epochs=4, callbacks=[take])
    assert take.moved == 12
    assert_equal(ours, by_hand(samples, 4, change=decay, at=range(1, 13)), 1e-12)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of forks where there are threads
def test_a_fork_in_a_callback_has_parameters_of_its_own(samples, eager):
    class Fork(Callback):
        def on_step(self, run):
            if run.step == 5:
                child = os.fork()
                if not child:
                    run.network.W1[...] = 42
                    run.network.W2[...] = 42
                    os._exit(0)
                assert os.waitpid(child, 0)[1] == 0

    assert_equal(train(samples, optimizer="adamw", epochs=4, callbacks=[Fork()])[0], by_hand(samples, 4), 1e-12)


# ---------------------------------------------------------------------- two processes


@needs_processes
@pytest.mark.parametrize("dtype", [np.float32, pytest.param(np.float64, marks=pytest.mark.slow)])
@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_two_processes_give_the_bits_of_one(samples, eager, alone, optimizer, dtype):
    watch = Watch()
    ours = train(samples, optimizer=optimizer, dtype=dtype, epochs=4, callbacks=[watch])
    assert watch.helped == 9  # from step 4 on
    alone()
    assert bits(*ours) == bits(*train(samples, optimizer=optimizer, dtype=dtype, epochs=4))


@needs_processes
@pytest.mark.parametrize("make_callback", [*SAFE.values(), lambda: LearningRate(lambda step, total: np.float32(0.3))])
def test_two_processes_and_callbacks_give_the_bits_of_one(samples, eager, alone, make_callback):
    watch = Watch()
    ours = train(samples, epochs=4, callbacks=[make_callback(), watch])
    assert watch.helped >= 2
    alone()
    assert bits(*ours) == bits(*train(samples, epochs=4, callbacks=[make_callback()]))


@needs_processes
@pytest.mark.parametrize("optimizer", ["momentum", "adam", "amsgrad"])
def test_a_run_that_is_resumed_goes_on_by_two_processes_to_the_same_bits(samples, eager, optimizer):
    """Checkpoints have their arrays in the order of their names, in which the optimizer does not make them."""

    class Keep(Watch):
        process_safe = True

        def on_step(self, run):
            super().on_step(run)
            if run.step == 6:
                self.kept = copy.deepcopy(capture(run))

    keep, resumed = Keep(), Watch()
    whole = bits(*train(samples, optimizer=optimizer, epochs=6, callbacks=[keep]))
    checkpoint, resumed.waits = replace(keep.kept, tensors=dict(sorted(keep.kept.tensors.items()))), 9
    assert bits(*train(samples, optimizer=optimizer, epochs=6, callbacks=[resumed], resume=checkpoint)) == whole
    assert resumed.helped


@needs_processes
def test_what_callbacks_see_before_the_update_is_not_updated_yet(samples, eager):
    class See(Watch):
        process_safe = True
        changed = 0

        def on_gradients(self, run):
            for _ in range(20 * bool(self.stepper._together)):  # longer than the second process takes for its step
                time.sleep(0.001)
            self.changed += run.step > 1 and self.before != bits(run.network)

        def on_step(self, run):
            super().on_step(run)
            self.before = bits(run.network)

    see = See()
    train(samples, epochs=4, callbacks=[see])
    assert see.helped == 9
    assert not see.changed


@needs_processes
def test_a_monitor_measures_what_it_measures_in_one_process(samples, eager):
    def measured(**options):
        return fit(make(), *samples, epochs=4, optimizer=SGD(), batch_size=64, **options).rows

    watch = Watch()
    ours, plain = measured(callbacks=[Monitor(), watch]), measured(callbacks=[Monitor()], stepper=Stepper())
    assert watch.helped == 9
    for some, others in zip(ours, plain, strict=True):
        for name in others.keys() - {"seconds"}:
            assert some[name] == pytest.approx(others[name], rel=1e-9)


@needs_processes
@pytest.mark.parametrize("options", [{"loss": "squared-error", "output": "sigmoid"}, {"activation": "gelu"}])
def test_two_processes_give_the_bits_of_one_for_other_networks(samples, eager, alone, options):
    options = {"label_smoothing": 0.1, "hidden": 71} | options
    watch = Watch()
    ours = train(samples, network=make(**options), epochs=4, callbacks=[watch])
    assert watch.helped == 9
    alone()
    assert bits(*ours) == bits(*train(samples, network=make(**options), epochs=4))


def test_a_learning_rate_that_is_changed_too_late_counts_from_the_next_step_on_for_both_halves(samples, eager, alone):
    class Late(Callback):
        process_safe = True

        def on_gradients(self, run):
            run.optimizer.learning_rate = 0.1 / run.step

    watches = [Watch()] if python_process.is_possible() else []
    ours = train(samples, epochs=4, callbacks=[*watches, Late()])
    alone()
    assert bits(*ours) == bits(*train(samples, epochs=4, callbacks=[Late()]))


def no_memory(monkeypatch):
    monkeypatch.delattr(os, "memfd_create", raising=False)


def small_files(monkeypatch):
    def refuse(descriptor, size):
        raise OSError(27, "File too large")

    monkeypatch.setattr(os, "ftruncate", refuse)


def no_process(monkeypatch):
    def refuse(*arguments, **options):
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refuse)


def dead_process(monkeypatch):
    monkeypatch.setattr(python_process, "CODE", "raise SystemExit(1)")


def one_processor(monkeypatch):
    monkeypatch.setattr(python_process.threads, "size", lambda: 1)


def frozen(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)


def application(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/opt/digits/digits")


def no_executable(monkeypatch):
    monkeypatch.setattr(sys, "executable", None)


def edited_files(monkeypatch):
    monkeypatch.setattr(python_process, "IMPORTED", time.time() - 10**9)


def count_open_files():
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0


REASONS = [one_processor, no_memory, frozen, application, no_executable, edited_files]


@pytest.mark.parametrize("reason", [*REASONS, small_files, no_process, dead_process])
def test_where_no_second_process_can_be_had_one_gives_the_same_bits(samples, eager, alone, monkeypatch, reason):
    open_files = count_open_files()
    with monkeypatch.context() as context:
        reason(context)
        if reason in REASONS:
            context.setattr(worker, "start", lambda *work: pytest.fail("a second process"))
        ours = train(samples, epochs=3)
    Watch.steppers.clear()
    assert count_open_files() == open_files
    alone()
    assert bits(*ours) == bits(*train(samples, epochs=3))


@needs_processes
def test_no_process_is_started_for_a_short_training(samples, monkeypatch):
    monkeypatch.setattr(stepper, "WORTHWHILE", 12 * 64 * 784 * 70)
    monkeypatch.setattr(worker, "start", lambda *work: pytest.fail("a second process"))
    train(samples, epochs=4)


@needs_processes
def test_trainings_that_end_before_the_process_is_ready_end_it(samples, eager, alone):
    processes = []

    class Note(Callback):
        process_safe = True

        def on_step(self, run):
            if Watch.steppers[-1]._shared:
                processes.append(Watch.steppers[-1]._shared.process)

    ours = [bits(*train(samples, epochs=1, callbacks=[Note()])) for _ in range(3)]
    assert all(process.poll() is not None for process in processes if process)
    assert any(processes)
    alone()
    assert ours == [bits(*train(samples, epochs=1))] * 3


@needs_processes
@pytest.mark.parametrize("value", [1e300, np.nan])
@pytest.mark.parametrize("rows", [slice(0, 35), slice(35, 70)], ids=["first half", "second half"])
@pytest.mark.parametrize("with_process", [True, False])
def test_what_is_not_finite_in_either_half_is_divergence_in_that_step(samples, eager, alone, rows, value, with_process):
    class Break(Watch):
        process_safe = True

        def on_step(self, run):
            if with_process:
                super().on_step(run)
            run.optimizer.learning_rate = 1e-3 if run.step < 4 else 1e10
            if run.step == 4:  # the next step is within an epoch, where nothing else looks at the parameters
                run.optimizer.state["v"]["W1"][rows] = value

    if not with_process:
        alone()
    with pytest.raises(DivergenceError) as error:
        train(samples, optimizer=make_optimizer("momentum", 1e-3), epochs=4, callbacks=[Break()])
    assert error.value.step == 5


@needs_processes
def test_a_process_that_makes_steps_slower_rests_and_comes_again(samples, eager, alone, monkeypatch):
    class Slow(Watch):
        process_safe = True
        rested = came_again = 0

        def on_batch(self, run):
            if 8 < run.step < 20:
                time.sleep(0.02)  # as if others had the processors
            self.rested += self.stepper._way._rest > time.perf_counter()
            self.came_again += bool(self.rested and self.stepper._together)

    for name, value in {"WINDOW": 0.001, "REST": 0.05}.items():
        monkeypatch.setattr(faster_way, name, value)
    watch = Slow()
    ours = train(samples, epochs=40, callbacks=[watch])
    assert watch.rested
    assert watch.helped
    assert watch.came_again
    alone()
    assert bits(*ours) == bits(*train(samples, epochs=40))


@needs_processes
def test_the_times_that_decide_are_not_kept_for_ever(samples, eager, monkeypatch):
    monkeypatch.setattr(faster_way, "WINDOW", 0.01)
    watch = Watch()
    train(samples, epochs=60, callbacks=[watch])
    assert len(watch.stepper._way._times) < 100


# ---------------------------------------------------------------------- processes that end, stop or fork


def kill(process):
    process.send_signal(signal.SIGKILL)


def stop(process):
    process.send_signal(signal.SIGSTOP)


@needs_processes
@pytest.mark.parametrize("end", [kill, stop])
def test_when_the_second_process_is_killed_or_stopped_one_goes_on_to_the_same_bits(
    samples, eager, alone, monkeypatch, end
):
    monkeypatch.setattr(stepper, "ANSWER", 0.2)
    watch = Watch((5, end))
    ours = train(samples, epochs=4, callbacks=[watch])
    assert watch.helped == 2  # steps 5 and, though it did not answer, 6
    assert watch.process.returncode == -signal.SIGKILL
    alone()
    assert bits(*ours) == bits(*train(samples, epochs=4))


@needs_processes
def test_a_process_that_ends_in_an_update_is_one_clear_error(samples, eager, monkeypatch):
    monkeypatch.setattr(stepper, "ANSWER", 0.2)
    answers = TwoProcessStepper._answers

    def end_in_update(self, shared, word):
        if word == worker.DONE and self._run.step == 6:
            assert answers(self, shared, word)
            kill(shared.process)
            shared.words[worker.DONE] -= 1  # as if it had not come to its end
        return answers(self, shared, word)

    monkeypatch.setattr(TwoProcessStepper, "_answers", end_in_update)
    with pytest.raises(WorkError, match="ended in the middle of a step"):
        train(samples, epochs=4, callbacks=[Watch()])


@needs_processes
def test_the_time_in_which_this_process_stands_still_is_not_held_against_the_other(samples, eager, monkeypatch):
    """As when both are suspended, and this one wakes first: it looks once, and then is away for longer than ANSWER."""

    def stop_for_a_while(process):
        stop(process)
        threading.Timer(0.6, process.send_signal, [signal.SIGCONT]).start()
        sleep = time.sleep
        monkeypatch.setattr(time, "sleep", lambda seconds: sleep(0.25))

    monkeypatch.setattr(stepper, "ANSWER", 0.2)
    watch = Watch((4, stop_for_a_while))
    train(samples, epochs=4, callbacks=[watch])
    assert watch.helped == 9


@needs_processes
def test_ctrl_c_ends_after_the_step_and_reaches_only_the_process_that_trains(samples, eager, alone):
    watch = Watch((6, lambda process: os.kill(os.getpid(), signal.SIGINT)))
    watch.actions[4] = lambda process: setattr(watch, "session", os.getsid(process.pid))
    ours, _ = train(samples, epochs=100, callbacks=[watch])
    assert watch.session != os.getsid(0)  # so that a terminal's Ctrl-C does not reach it
    alone()

    class StopThere(Callback):
        process_safe = True

        def on_step(self, run):
            run.stop = run.step == 7

    assert bits(ours) == bits(train(samples, epochs=100, callbacks=[StopThere()])[0])


@needs_processes
def test_a_second_ctrl_c_ends_the_wait_for_a_process_that_stands_still(samples, eager):
    def interrupt(number, frame):
        raise KeyboardInterrupt

    def stop_and_interrupt(process):
        stop(process)
        signal.setitimer(signal.ITIMER_REAL, 0.2)

    usual, watch, started = signal.signal(signal.SIGALRM, interrupt), Watch((4, stop_and_interrupt)), time.monotonic()
    network = make()
    W1 = network.W1
    try:
        with pytest.raises(KeyboardInterrupt):
            train(samples, network=network, epochs=4, callbacks=[watch])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, usual)
    assert time.monotonic() - started < 10
    assert watch.process.returncode == -signal.SIGKILL
    assert network.W1 is W1


EAGER = """
import os, sys, time
import numpy as np
from neural_network import TwoLayerNN
from neural_network.training.callback import Callback
from neural_network.support import faster_way, python_process
from neural_network.training.two_process import stepper, worker
stepper.LEAST_PRODUCT, stepper.WORTHWHILE, faster_way.WINDOW, faster_way.REST = 0, 0, 0, -1
faster_way.has_free_processor = lambda: True
class Watch(Callback):
    process_safe = True
    def on_step(self, run):
        global steps
        if run.step == 1:
            from gc import get_objects
            self.steps = next(o for o in get_objects() if isinstance(o, stepper.TwoProcessStepper) and o._run is run)
        if run.step == 3 and self.steps._shared:
            until = time.monotonic() + 30
            while not self.steps._shared.words[worker.READY] and time.monotonic() < until:
                assert self.steps._shared.process.poll() is None
                time.sleep(0.01)
        self.then(run)
    def then(self, run):
        pass
def train(watch, epochs=4):
    network = TwoLayerNN(784, 70, 10, seed=0)
    X = np.random.default_rng(0).random((200, 784), np.float32).T
    network.train(X, np.arange(200) % 10, epochs=epochs, batch_size=64, callbacks=[watch])
    return network
"""


def run_program(text, tmp_path, **environment):
    """Run a program, in a folder of its own, with the package that is tested; return what it prints."""
    (tmp_path / "program.py").write_text(EAGER + text)
    path = os.pathsep.join([str(Path(neural_network.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, **environment}
    result = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def assert_ends(pid):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.05)
    pytest.fail("the second process is still there")


@needs_processes
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_second_process_ends_with_the_one_that_started_it(tmp_path, number):
    program = """
class Wait(Watch):
    process_safe = True
    def then(self, run):
        if run.step == 6:
            print(self.steps._shared.process.pid, flush=True)
            time.sleep(60)
train(Wait())
"""
    (tmp_path / "program.py").write_text(EAGER + program)
    with subprocess.Popen([sys.executable, "program.py"], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        pid = int(process.stdout.readline())
        os.kill(pid, 0)
        process.send_signal(number)
    assert_ends(pid)


@needs_processes
def test_nothing_in_the_current_folder_is_imported(tmp_path):
    """Neither modules of the names that the second process imports, nor another version of this package."""
    for name in ("json", "numpy", "mmap", "threadpoolctl", "sitecustomize", "typing"):
        (tmp_path / "elsewhere").mkdir(exist_ok=True)
        (tmp_path / "elsewhere" / f"{name}.py").write_text("open('imported', 'a').write(__name__)")
    package = tmp_path / "elsewhere/neural_network"
    package.mkdir()
    (package / "__init__.py").write_text("open('imported', 'a').write(__name__)")
    printed = run_program(
        """
os.chdir("elsewhere")
os.environ["PYTHONPATH"] = os.getcwd()
class Count(Watch):
    process_safe = True
    def then(self, run):
        if self.steps._together:
            print("together")
train(Count())
""",
        tmp_path,
    )
    assert printed.count("together") == 13
    assert not (tmp_path / "elsewhere/imported").exists()


def copy_package(tmp_path, old="", new=""):
    """Copy the package, with `old` in network.py replaced, and return the folder for PYTHONPATH."""
    shutil.copytree(Path(neural_network.__file__).parent, tmp_path / "copy/neural_network")
    file = tmp_path / "copy/neural_network/network.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new) if old else text)
    return str(tmp_path / "copy")


COUNT = """
class Count(Callback):
    process_safe = True
    def on_batch(self, run):
        print("step", run.step)
train(Count())
"""


@pytest.mark.parametrize(("line", "hook"), [("print('seen', flush=True)", ""), ("breakpoint()", "builtins.print")])
def test_a_print_or_a_breakpoint_in_network_py_happens_once_a_step(tmp_path, line, hook):
    folder = copy_package(tmp_path, "        Z1 = W1 @ X", f"        {line}\n        Z1 = W1 @ X")
    printed = run_program(COUNT, tmp_path, PYTHONPATH=folder, PYTHONBREAKPOINT=hook)
    steps = [step.splitlines() for step in printed.split("step ")[1:]]
    assert len(steps) == 16
    for step in steps:
        assert len(step) == 2  # its number, and what was seen


@needs_processes
def test_an_edit_of_network_py_is_what_both_processes_compute(tmp_path):
    folder = copy_package(tmp_path, "dZ2 = A2 - Y", "dZ2 = Y - A2")
    tell = "print(train(Watch()).W1.astype(float).sum())"
    tell_of_one = "python_process.is_possible = lambda: False\nprint(train(Callback()).W1.astype(float).sum())"
    usual, edited = (float(run_program(tell, tmp_path, **path)) for path in ({}, {"PYTHONPATH": folder}))
    one = float(run_program(tell_of_one, tmp_path, PYTHONPATH=folder))
    assert edited == pytest.approx(one, rel=1e-5)
    assert edited != pytest.approx(usual, rel=1e-3)


@needs_processes
def test_files_that_were_edited_since_they_were_imported_keep_it_in_one_process(tmp_path):
    folder = copy_package(tmp_path)
    tell = f"""
assert python_process.is_possible()
with open({str(Path(folder) / "neural_network/network.py")!r}, "a") as file:
    file.write("raise SystemExit")
assert not python_process.is_possible()
print(train(Callback()).W1.sum())
"""
    assert run_program(tell, tmp_path, PYTHONPATH=folder)


# ---------------------------------------------------------------------- two trainings at once


def blas_threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@needs_processes
def test_two_trainings_at_once_give_the_bits_of_one_after_the_other(samples, eager, alone):
    """The second begins and ends later than the first, which must not take its end for that of both."""
    second_runs, first_ended, results = threading.Event(), threading.Event(), {}

    class Overlap(Callback):
        process_safe = True

        def __init__(self, optimizer):
            self.wait_for = {"adam": second_runs, "nesterov": first_ended}[optimizer]

        def on_step(self, run):
            if run.step == 2:
                begun[type(run.optimizer).__name__.lower()].set()
            if run.step == 5:
                assert self.wait_for.wait(60)

    def work(optimizer):
        results[optimizer] = bits(*train(samples, optimizer=optimizer, epochs=6, callbacks=[Overlap(optimizer)]))

    begun = {"adam": threading.Event(), "nesterov": second_runs}
    first, second = (threading.Thread(target=work, args=(name,)) for name in ("adam", "nesterov"))
    with threadpool_limits(2, user_api="blas"):
        first.start()
        assert begun["adam"].wait(60)
        second.start()
        first.join()
        first_ended.set()
        second.join()
        assert blas_threads() == {2}
    assert len(Watch.steppers) == 2
    alone()
    assert results == {name: bits(*train(samples, optimizer=name, epochs=6)) for name in ("adam", "nesterov")}


@needs_processes
def test_a_training_within_a_training_has_a_process_of_its_own(samples, eager, alone):
    inner = []

    class Nested(Watch):
        process_safe = True

        def on_epoch(self, run, row):
            if run.epoch == 2:
                watch = Watch()
                inner.append((bits(*train(samples, epochs=4, callbacks=[watch])), watch.helped))

    watch = Nested()
    outer = bits(*train(samples, epochs=4, callbacks=[watch]))
    alone()
    expected = bits(*train(samples, epochs=4))
    assert (outer, watch.helped, inner) == (expected, 9, [(expected, 9)])
