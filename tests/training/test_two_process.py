"""Two halves of a network, here or in two processes, learn what the plain equations teach them, to the same bits."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.data.augment import AUGMENTATIONS
from neural_network.functions.activations import ACTIVATIONS, Activation
from neural_network.functions.losses import LOSSES
from neural_network.support.byte_pixels import Pixels
from neural_network.support.errors import DivergenceError, WorkError
from neural_network.training import fast
from neural_network.training.callback import Callback
from neural_network.training.callbacks import Augment, ClipGradients, EarlyStopping, MovingAverage
from neural_network.training.fast.two_process import step_timer, stepper, worker
from neural_network.training.fast.two_process.prefetch import Tray
from neural_network.training.fast.two_process.stepper import Duet
from neural_network.training.loop import fit
from neural_network.training.optimizers import OPTIMIZERS, Optimizer, make_optimizer
from neural_network.training.regularizers import L2, Dropout, MaxNorm

PAIRS = [(loss, output) for loss in LOSSES for output in LOSSES[loss].output_gradient]
needs_partner = pytest.mark.skipif(not worker.is_possible(), reason="needs Linux on x86-64 and two processors")


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(0)
    return rng.random((150, 784)).T, rng.integers(0, 10, 150)  # batches of 64, 64 and 22


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Halve networks of this size, too."""
    monkeypatch.setattr(stepper, "WORTH", 0)


def train(samples, *, compute=None, callbacks=(), optimizer="adam", epochs=2, dtype=np.float64, hidden=70, **options):
    network = TwoLayerNN(784, hidden, 10, seed=0, dtype=dtype, **options)
    optimizer = make_optimizer(optimizer)
    X, Y = samples
    fit(
        network,
        X.astype(dtype),
        Y,
        epochs=epochs,
        batch_size=64,
        optimizer=optimizer,
        callbacks=callbacks,
        compute=compute,
        validation=(X[:, :20].astype(dtype), Y[:20]),
    )
    return network, optimizer


def assert_equal(some, others, tolerance=1e-9):
    for name, θ in some.parameters.items():
        other = others.parameters[name]
        np.testing.assert_allclose(θ, other, rtol=tolerance, atol=tolerance * np.abs(other).max())


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_each_optimizer_ends_where_the_plain_equations_do(samples, optimizer):
    ours, state = train(samples, optimizer=optimizer)
    plain, expected = train(samples, optimizer=optimizer, compute=fast.plain.compute)
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
    ours, _ = train(samples, optimizer="sgd", **options)
    plain, _ = train(samples, optimizer="sgd", compute=fast.plain.compute, **options)
    assert_equal(ours, plain, 1e-10)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Dropout(0.3, 0.1),
        lambda: L2(0.01),
        lambda: ClipGradients(0.5),
        lambda: MaxNorm(0.8),
        lambda: MovingAverage(0.9),
        lambda: EarlyStopping(1),
        lambda: Augment(AUGMENTATIONS["light"]),
    ],
    ids=["dropout", "l2", "clip", "max-norm", "average", "early-stopping", "augment"],
)
def test_what_callbacks_change_is_heeded(samples, make):
    ours, _ = train(samples, callbacks=[make()], epochs=3)
    plain, _ = train(samples, callbacks=[make()], epochs=3, compute=fast.plain.compute)
    assert_equal(ours, plain)
    assert not np.allclose(ours.W1, train(samples, epochs=3)[0].W1) or isinstance(make(), EarlyStopping)


def test_network_and_optimizer_have_arrays_of_their_own_afterwards(samples):
    network, optimizer = TwoLayerNN(784, 70, 10, seed=0), make_optimizer("adam")
    before = network.parameters
    fit(network, samples[0].astype(np.float32), samples[1], epochs=1, batch_size=64, optimizer=optimizer)
    for name, θ in network.parameters.items():
        assert θ is before[name]
        assert θ.base is None
        assert optimizer.state["m"][name].flags.owndata
    assert not np.array_equal(network.W1, TwoLayerNN(784, 70, 10, seed=0).W1)


def test_an_optimizer_goes_on_where_it_was(samples):
    def train_twice(compute):
        network, optimizer = TwoLayerNN(784, 70, 10, seed=0, dtype=np.float64), make_optimizer("adam")
        for _ in range(2):
            fit(network, *samples, epochs=1, batch_size=64, optimizer=optimizer, compute=compute)
        return network

    assert_equal(train_twice(None), train_twice(fast.plain.compute))


def test_only_what_the_partner_knows_is_halved(monkeypatch):
    class Own(Optimizer):
        pass

    def suits(network=None, optimizer=None, samples=64):
        return stepper.suits(network or TwoLayerNN(784, 128, 10), optimizer or make_optimizer("sgd"), samples)

    monkeypatch.undo()
    assert suits()
    assert not suits(samples=32)
    assert not suits(TwoLayerNN(784, 63, 10), samples=512)
    assert not suits(optimizer=Own())
    relu = ACTIVATIONS["relu"]
    assert not suits(TwoLayerNN(784, 128, 10, activation=Activation("relu", relu.g, relu.g_prime)))


class WaitForPartner(Callback):
    """Waits after step 3 until the partner is there, and notes whether it has helped from then on."""

    helped = 0

    def on_step(self, run):
        if run.step == 3:
            until = time.monotonic() + 30
            while not worker._partner.is_ready() and time.monotonic() < until:
                time.sleep(0.01)
        self.helped += run.step > 3 and worker._partner._number > 1


@pytest.fixture
def eager(monkeypatch):
    """Call the partner at the second step, and keep it however long steps take."""
    monkeypatch.setattr(step_timer, "FIRST", 1)
    monkeypatch.setattr(step_timer, "WINDOW", 1)
    monkeypatch.setattr(step_timer, "PATIENCE", 1)
    monkeypatch.setattr(step_timer, "BEARABLE", np.inf)
    monkeypatch.setattr(step_timer, "LONG", 0)


@needs_partner
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_two_processes_give_the_bits_of_one(samples, eager, monkeypatch, optimizer, dtype):
    watch = WaitForPartner()
    ours, state = train(samples, optimizer=optimizer, dtype=dtype, epochs=4, callbacks=[watch, L2(0.01)])
    assert watch.helped == 9
    monkeypatch.setattr(worker, "hire", lambda *work: None)
    alone, expected = train(samples, optimizer=optimizer, dtype=dtype, epochs=4, callbacks=[L2(0.01)])
    for name, θ in alone.parameters.items():
        assert ours.parameters[name].tobytes() == θ.tobytes()
        for kind in expected.state:
            assert state.state[kind][name].tobytes() == expected.state[kind][name].tobytes()


@needs_partner
def test_trainings_that_end_before_the_partner_has_come_do_not_confuse_it(samples, eager):
    worker._end()  # the next one has still to start
    worker._partner = None
    alone = train(samples, epochs=1)[0].W1
    for _ in range(3):
        assert train(samples, epochs=1)[0].W1.tobytes() == alone.tobytes()
    watch = WaitForPartner()
    train(samples, epochs=4, callbacks=[watch])
    assert watch.helped == 9


class Clock:
    """Instead of the time: what it says is for the test to say."""

    now = 0.0

    def perf_counter(self):
        return self.now


class Helper:
    """Instead of a partner: there as soon as it is told to be."""

    ready = False

    def is_ready(self):
        return self.ready


@pytest.fixture
def watched(monkeypatch):
    """Return two-handed steps with a helper, a function that lets so many steps of so many seconds pass, and both."""
    clock, helper, dismissed = Clock(), Helper(), []
    monkeypatch.setattr(step_timer, "time", clock)
    monkeypatch.setattr(worker, "hire", lambda *work: helper)
    monkeypatch.setattr(worker, "dismiss", dismissed.append)
    steps = Duet(TwoLayerNN(784, 70, 10), make_optimizer("sgd"), 64, 1000)

    def passes(number, seconds):
        for _ in range(number):
            steps._watch()
            clock.now += seconds

    return steps, passes, helper, dismissed


def test_the_times_that_decide_are_not_kept_for_ever(watched):
    steps, passes, helper, _ = watched
    passes(3 * step_timer.WINDOW, 1.0)
    assert steps._hired is helper
    assert len(steps._stopwatch._times) <= step_timer.WINDOW + 1


def test_a_partner_is_hired_only_for_long_trainings(watched):
    steps, passes, *_ = watched
    passes(3 * step_timer.WINDOW, step_timer.LONG / 1000)
    assert steps._hired is None
    assert len(steps._stopwatch._times) <= step_timer.FIRST + 1


def test_a_partner_is_let_go_when_steps_stay_slower_than_they_were_alone(watched):
    steps, passes, helper, dismissed = watched
    passes(step_timer.WINDOW, 1.0)
    helper.ready = True
    passes(1, 1.0)
    assert steps._other is helper
    for _ in range(5):
        passes(step_timer.WINDOW, 1.5)  # a while is borne
        passes(2 * step_timer.WINDOW, 0.5)
    assert steps._other is helper
    passes((step_timer.PATIENCE + 1) * (step_timer.WINDOW + 1), 1.5)
    assert dismissed == [helper]
    assert steps._other is steps._here


def test_batches_are_the_same_however_they_were_fetched():
    rows = np.random.default_rng(0).integers(0, 256, (150, 784)).astype(np.uint8)
    for X in (Pixels(rows), np.asarray(Pixels(rows))):
        tray = Tray(np.zeros((2, 64, 784), np.float32))
        for epoch in range(2):
            order = np.random.default_rng(epoch).permutation(150)
            for start in (0, 64, 128):
                batch = tray.get(X, order, start, 64)
                np.testing.assert_array_equal(batch, X[:, order[start : start + 64]])
                fetched = [tray.fetch() for _ in range(start // 64 + epoch)]
                assert any(fetched) == (start == 64 or (start == 0 and epoch == 1))
                np.testing.assert_array_equal(batch, X[:, order[start : start + 64]])  # lies apart


@needs_partner
def test_a_partner_that_makes_steps_slower_is_let_go(samples, eager, monkeypatch):
    class Slow(WaitForPartner):
        def on_batch(self, run):
            if run.step > 4:
                time.sleep(0.05)  # as if others had the processors

    monkeypatch.setattr(step_timer, "BEARABLE", 1)
    ours, _ = train(samples, epochs=4, callbacks=[Slow()])
    assert worker._hired.acquire(blocking=False)
    worker._hired.release()
    monkeypatch.setattr(worker, "dismiss", lambda partner: pytest.fail("nobody is there to be let go"))
    monkeypatch.setattr(worker, "hire", lambda *work: None)
    assert train(samples, epochs=4)[0].W1.tobytes() == ours.W1.tobytes()


@needs_partner
@pytest.mark.parametrize("value", [1e300, np.nan])
@pytest.mark.parametrize("units", [slice(0, 43), slice(43, 70)], ids=["the partner's", "ours"])
def test_what_is_not_finite_in_either_half_is_divergence_in_that_step(samples, eager, units, value):
    class Break(WaitForPartner):
        def on_gradients(self, run):
            if run.step == 7:  # within an epoch: nothing else looks at the parameters
                run.gradients["W1"][units] = value

    with pytest.raises(DivergenceError) as error:
        train(samples, epochs=4, callbacks=[Break()])
    assert error.value.step == 7


def test_bytes_are_gathered_as_the_floats_that_they_are(samples):
    rows = np.random.default_rng(0).integers(0, 256, (150, 784)).astype(np.uint8)
    mapped, plain = TwoLayerNN(784, 70, 10, seed=0), TwoLayerNN(784, 70, 10, seed=0)
    for network, X in ((mapped, Pixels(rows)), (plain, np.asarray(Pixels(rows)))):
        network.train(X, samples[1], epochs=2, batch_size=64)
    assert mapped.W1.tobytes() == plain.W1.tobytes()


@needs_partner
def test_a_second_training_at_the_same_time_goes_without(samples, eager):
    seen = []

    class Nested(WaitForPartner):
        def on_epoch(self, run, row):
            if run.epoch == 2:
                inner = train(samples, callbacks=[])[0]
                seen.append(inner.W1.tobytes() == train(samples)[0].W1.tobytes())

    watch = Nested()
    outer, _ = train(samples, epochs=4, callbacks=[watch])
    assert watch.helped == 9
    assert seen == [True]
    assert outer.W1.tobytes() == train(samples, epochs=4)[0].W1.tobytes()


@needs_partner
def test_when_a_partner_is_killed_it_goes_on_to_the_same_bits_and_the_next_training_has_another(samples, eager):
    class Kill(WaitForPartner):
        def on_step(self, run):
            super().on_step(run)
            if run.step == 5:
                os.kill(worker._partner._process.pid, signal.SIGKILL)

    ours = train(samples, epochs=4, callbacks=[Kill()])[0]
    watch = WaitForPartner()
    whole = train(samples, epochs=4, callbacks=[watch])[0]
    assert watch.helped == 9
    assert ours.W1.tobytes() == whole.W1.tobytes()


@needs_partner
def test_a_partner_that_is_killed_in_an_update_is_one_clear_line(samples, eager, monkeypatch):
    step = Duet.step

    def kill(self, *arguments):
        if self._hired is self._other and self._hired._number > 20:
            os.kill(self._hired._process.pid, signal.SIGKILL)
            self._hired._process.wait()
        step(self, *arguments)

    monkeypatch.setattr(Duet, "step", kill)
    with pytest.raises(WorkError, match="the process that computes half of the network was ended"):
        train(samples, epochs=4, callbacks=[WaitForPartner()])


@needs_partner
def test_ctrl_c_ends_the_wait_for_a_partner_that_stands_still(samples, eager):
    def interrupt(number, frame):
        raise KeyboardInterrupt

    class Stop(WaitForPartner):
        def on_step(self, run):
            super().on_step(run)
            if run.step == 5:
                os.kill(worker._partner._process.pid, signal.SIGSTOP)
                signal.setitimer(signal.ITIMER_REAL, 0.2)

    usual = signal.signal(signal.SIGALRM, interrupt)
    started = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            train(samples, epochs=4, callbacks=[Stop()])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, usual)
    assert time.monotonic() - started < 10
    watch = WaitForPartner()
    train(samples, epochs=4, callbacks=[watch])
    assert watch.helped == 9


def test_where_files_may_not_be_large_one_process_does_it_all(samples, eager, monkeypatch):
    alone = train(samples, epochs=2)[0].W1

    def refuse(descriptor, size):
        raise OSError(27, "File too large")

    monkeypatch.setattr(os, "ftruncate", refuse)
    monkeypatch.setattr(worker, "Partner", lambda: pytest.fail("there is nothing that it could see"))
    assert train(samples, epochs=2)[0].W1.tobytes() == alone.tobytes()


@needs_partner
def test_the_partner_ends_with_the_process_that_hired_it(tmp_path):
    program = """
import sys, time
import numpy as np
from neural_network import TwoLayerNN
from neural_network.training.callback import Callback
from neural_network.training.fast.two_process import step_timer as stopwatch, stepper as duet, worker as partner
stepper.WORTH, step_timer.FIRST, step_timer.LONG, step_timer.BEARABLE = 0, 1, 0, np.inf
class Tell(Callback):
    def on_step(self, run):
        if run.step == 200:
            print(worker._partner._process.pid, flush=True)
            time.sleep(60)
TwoLayerNN(784, 70, 10).train(np.random.rand(784, 200), np.zeros(200, int), batch_size=64, callbacks=[Tell()])
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        pid = int(process.stdout.readline())
        os.kill(pid, 0)
        process.kill()
    until = time.monotonic() + 10
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < until:
            os.kill(pid, 0)
            time.sleep(0.05)
        pytest.fail("the partner is still there")


@needs_partner
def test_a_forked_process_leaves_the_partner_to_its_parent(samples, eager):
    train(samples, epochs=4, callbacks=[WaitForPartner()])
    child = os.fork() if sys.version_info < (3, 12) else 1
    if child == 0:
        os._exit(0 if worker._partner is None else 1)
    if child > 1:
        assert os.waitpid(child, 0)[1] == 0
    assert not worker._partner.is_lost()


def test_where_no_partner_can_be_had_one_process_does_it_all(samples, eager, monkeypatch):
    monkeypatch.setattr(worker, "is_possible", lambda: False)
    steps = Duet(TwoLayerNN(784, 70, 10), make_optimizer("sgd"), 64, 1000)
    steps.close()
    assert steps.threads
    network, _ = train(samples, epochs=3)
    assert np.isfinite(network.W1).all()
    monkeypatch.setattr(worker, "is_possible", lambda: True)
    monkeypatch.setattr(worker, "_partner", None)

    class NoProcess:
        def __init__(self):
            raise OSError("no more processes")

    monkeypatch.setattr(worker, "Partner", NoProcess)
    assert train(samples, epochs=3)[0].W1.tobytes() == network.W1.tobytes()
    assert worker._hired.acquire(blocking=False)
    worker._hired.release()
