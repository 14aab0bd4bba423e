"""The caller's np.seterr and warnings change no result: what overflows or underflows does so quietly."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from neural_network import DivergenceError, InputError, TwoLayerNN, check_gradients, prepare_data
from neural_network.data.augment import AUGMENTATIONS
from neural_network.data.builtin import make_digits
from neural_network.functions.activations import ACTIVATIONS
from neural_network.functions.initializers import INITIALIZERS
from neural_network.inspection.diagnosis import diagnose
from neural_network.runs.settings import Settings
from neural_network.training.loop import judge, measure
from neural_network.training.multi_seed import train_many
from neural_network.training.optimizers import OPTIMIZERS, make_optimizer

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 3, 200)
X = (RNG.random((16, 200)) * 10.0 ** RNG.integers(-44, 1, (16, 200))).astype(np.float32)  # some of it subnormal
TABLE = np.column_stack([Y, np.full(200, 255.0), X.T.astype(np.float64) * 1e-300])
LARGE = np.where(RNG.random((16, 200)) < 0.1, 1e38, X).astype(np.float32)  # sums of which overflow


def network(**options):
    return TwoLayerNN(16, 8, 3, **{"seed": 0, **options})


def trained(X=X, **options):
    settings = Settings(**{"hidden": 8, "epochs": 5, "batch_size": 50, **options})
    net = settings.make_network(16, 3)
    history = settings.train(net, (X, Y), (X[:, :50], Y[:50]))
    return net, [{**row, "seconds": 0} for row in history.rows]


def estimated(X):
    pytest.importorskip("sklearn")
    from neural_network.estimator import TwoLayerClassifier

    estimator = TwoLayerClassifier(hidden_size=8, epochs=3, batch_size=50, random_state=0).fit(X.T, Y)
    return [*(getattr(estimator, f"predict{what}")(X.T) for what in ("", "_proba", "_log_proba"))]


JOBS = {
    **{f"make {name}": lambda name=name: network(initializer=name) for name in INITIALIZERS},
    "make of tiny weights": lambda: network(initializer="normal(1e-44)"),
    **{f"train {name}": lambda name=name: trained(activation=name) for name in ACTIVATIONS},
    **{f"train by {name}": lambda name=name: trained(optimizer=name) for name in OPTIMIZERS},
    "train in full batches": lambda: trained(batch_size=None),
    "train with callbacks": lambda: trained(
        l1=1e-40, l2=1e-40, max_norm=1e-30, clip=1e-30, dropout=0.5, input_dropout=0.1, average=0.9, early_stopping=3
    ),
    "train with augmentation": lambda: trained(augment="strong"),
    "train and diverge": lambda: trained(learning_rate=1e30),
    "train on what overflows": lambda: trained(LARGE),
    "train many": lambda: [
        {**row, "seconds": 0}
        for history in train_many(
            [network(seed=seed) for seed in range(3)],
            X,
            Y,
            epochs=3,
            optimizers=[make_optimizer("adam", rate) for rate in (0.1, 1e30, 1e-40)],
        )
        for row in history.rows
    ],
    **{
        f"{use.__name__} {name}": lambda X=X, use=use: use(network(), X, Y)
        for name, X in (("samples", X), ("what overflows", LARGE), ("float64", X.astype(np.float64) * 1e-300))
        for use in (measure, judge, TwoLayerNN.loss, TwoLayerNN.evaluate)
    },
    "predict": lambda: network().predict(X),
    "predict_proba of many": lambda: network().predict_proba(np.tile(X, 20)),
    "check": lambda: check_gradients(network(dtype=np.float64, activation="gelu"), X[:, :5], Y[:5]),
    "diagnose": lambda: [str(finding) for finding in diagnose(*_run(), (X, Y), None)],
    "prepare": lambda: prepare_data(TABLE),
    "make digits": lambda: make_digits(30, 5),
    "augment": lambda: AUGMENTATIONS["strong"].apply(X, 0, 1, np.arange(200)),
    "estimate": lambda: estimated(X),
    "estimate what overflows": lambda: estimated(LARGE),
    "save and load": lambda: TwoLayerNN.load(_saved(network(initializer="normal(1e-40)"))),
}


def _run():
    settings = Settings(hidden=8, epochs=3)
    net = settings.make_network(16, 3)
    return settings.train(net, (X, Y)), net


def _saved(net):
    net.save("model")
    return Path("model")


def outcome(job):
    """What a job returns, as text that shows every bit, or the error that it raises."""
    try:
        value = job()
    except (DivergenceError, InputError) as error:
        return type(error).__name__, str(error)
    return _bits(value)


def _bits(value):
    if isinstance(value, TwoLayerNN):
        return _bits(value.parameters)
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, dict):
        return {name: _bits(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_bits(part) for part in value]
    return repr(value)


@pytest.mark.parametrize("job", JOBS)
def test_the_caller_s_error_state_changes_no_result(job, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    expected = outcome(JOBS[job])
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert outcome(JOBS[job]) == expected
    with np.errstate(all="warn"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert outcome(JOBS[job]) == expected
