"""Networks, and everything public, can be copied, pickled, and sent to other processes by joblib."""

import copy
from dataclasses import fields, is_dataclass
from functools import partial
from multiprocessing.reduction import ForkingPickler

import numpy as np
import pytest

from neural_network import (
    SGD,
    DivergenceError,
    History,
    InputError,
    Run,
    TwoLayerNN,
    WorkError,
    check_gradients,
    prepare_data,
)
from neural_network.data import Dataset, make_samples
from neural_network.data.augment import AUGMENTATIONS
from neural_network.functions.activations import ACTIVATIONS, Activation, register_activation
from neural_network.functions.initializers import INITIALIZERS
from neural_network.functions.losses import LOSSES, OUTPUTS
from neural_network.runs.settings import Settings
from neural_network.runs.snapshots import Snapshots
from neural_network.support.byte_pixels import Pixels
from neural_network.training.callbacks import EarlyStopping, MovingAverage
from neural_network.training.checkpoint import capture
from neural_network.training.monitor import Monitor
from neural_network.training.optimizers import OPTIMIZERS, make_optimizer
from neural_network.training.schedules import SCHEDULES, LearningRate

X, Y = np.random.default_rng(0).random((4, 30)), np.arange(30) % 3


def pickled(value, protocol=None):
    """Return what another process gets of a value."""
    return ForkingPickler.loads(ForkingPickler.dumps(value, protocol))


COPIES = [pickled, copy.copy, copy.deepcopy, partial(pickled, protocol=2)]


def same(first, second):
    """Whether two values are alike, looking into arrays and the attributes of objects."""
    if isinstance(first, np.ndarray):
        return first.dtype == second.dtype and np.array_equal(first, second, equal_nan=True)
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(value, second[name]) for name, value in first.items())
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if is_dataclass(first):
        return all(
            same(getattr(first, f.name), getattr(second, f.name)) for f in fields(first) if hasattr(first, f.name)
        )
    if isinstance(first, partial):
        return first.func is second.func and first.keywords == second.keywords
    if type(first).__module__.startswith("neural_network"):
        return type(first) is type(second) and same(vars(first), vars(second))
    return first == second or first != first


def trained(**options):
    network = TwoLayerNN(4, 5, 3, seed=0, **options)
    callbacks = [Monitor(), Snapshots(), LearningRate("cosine"), MovingAverage(), EarlyStopping()]
    optimizer = make_optimizer("adam")
    history = network.train(X, Y, epochs=3, validation=(X, Y), callbacks=callbacks, optimizer=optimizer)
    run = Run(network, optimizer, history, 3, 1, 0, callbacks=callbacks)
    return network, history, optimizer, callbacks, run, capture(run)


def everything():
    yield from ((type(value).__name__, value) for value in trained())
    yield from ((f"optimizer {name}", make_optimizer(name)) for name in OPTIMIZERS)
    yield from ((f"augmentation {name}", AUGMENTATIONS[name]) for name in AUGMENTATIONS)
    yield "settings", Settings(callbacks=("a",), batch_size=7)
    yield "forward", TwoLayerNN(4, 5, 3, seed=0).forward(X)
    yield "gradient check", check_gradients(TwoLayerNN(4, 5, 3, seed=0, dtype=np.float64), X, Y)
    yield "samples", prepare_data(np.arange(12).reshape(3, 4))
    yield "data set", Dataset("name", "source", make_samples(np.zeros((2, 4)), np.zeros(2)))
    yield "sgd", SGD(0.1)
    yield "history", History()


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("value", [pytest.param(value, id=name) for name, value in everything()])
def test_a_copy_is_alike(value, copied):
    assert same(value, copied(value))


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("registry", [ACTIVATIONS, INITIALIZERS, LOSSES, OUTPUTS, SCHEDULES], ids=lambda r: r.kind)
def test_a_copy_of_what_is_registered_is_the_thing_itself(registry, copied):
    for name in registry:
        assert copied(registry[name]) is registry[name]


@pytest.mark.parametrize("copied", COPIES[:1] + COPIES[2:])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("output", "loss"), [("softmax", "cross-entropy"), ("sigmoid", "squared-error")])
def test_a_copy_of_a_network_answers_and_learns_as_it_does_and_apart_from_it(
    activation, output, loss, copied, tmp_path
):
    network = trained(activation=activation, output=output, loss=loss)[0]
    other = copied(network)
    np.testing.assert_array_equal(other.predict_proba(X), network.predict_proba(X))
    before = network.W1.copy()
    other.train(X, Y, epochs=2)
    np.testing.assert_array_equal(network.W1, before)
    network.train(X, Y, epochs=2)
    np.testing.assert_array_equal(network.W1, other.W1)
    other.save(tmp_path / "m")


def test_an_activation_of_ones_own_is_found_by_its_name_when_it_is_registered():
    own = Activation("softsign of a test", g=lambda Z: Z / (1 + np.abs(Z)), g_prime=lambda Z: 1 / (1 + np.abs(Z)) ** 2)
    assert copy.deepcopy(own) == own
    with pytest.raises(Exception, match=r"[Pp]ickle"):  # as Python has it, for any lambda
        pickled(own)
    register_activation(own)
    try:
        assert pickled(TwoLayerNN(4, 5, 3, activation=own)).activation is own
        data = ForkingPickler.dumps(own)
    finally:
        del ACTIVATIONS._values[own.name]
    with pytest.raises(InputError, match="unknown activation 'softsign of a test'"):
        ForkingPickler.loads(data)


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize(
    "error", [InputError("bad"), WorkError("full"), DivergenceError(7, "the loss became nan", 0.1)]
)
def test_errors_come_back_from_other_processes(error, copied):
    error.history = History()
    other = copied(error)
    assert (type(other), str(other)) == (type(error), str(error))
    assert getattr(other, "step", None) == getattr(error, "step", None)
    assert len(other.history) == 0


@pytest.mark.parametrize("copied", COPIES)
def test_pixels(copied):
    pixels = Pixels(np.arange(12, dtype=np.uint8).reshape(3, 4))
    np.testing.assert_array_equal(np.asarray(copied(pixels)), np.asarray(pixels))


def _answer(network, X):
    if X is None:
        raise DivergenceError(7, "the loss became nan", 0.1)
    return network, network.predict(X)


def test_joblib_runs_networks_in_other_processes():
    joblib = pytest.importorskip("joblib")
    networks = [trained(activation=name)[0] for name in ("relu", "gelu")]
    parallel = joblib.Parallel(n_jobs=2)
    for network, (other, answers) in zip(
        networks, parallel(joblib.delayed(_answer)(network, X) for network in networks), strict=True
    ):
        assert same(vars(network), vars(other))
        np.testing.assert_array_equal(answers, network.predict(X))
    with pytest.raises(DivergenceError, match="step 7"):
        parallel([joblib.delayed(_answer)(networks[0], None)])
