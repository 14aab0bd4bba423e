"""What has to be tried out before it can be drawn: attacks, changed pictures, short trainings, and the landscape.

All of it is measured on some samples, always the same ones, so that the whole set of a run's figures takes seconds.
"""

import numpy as np
from matplotlib.figure import Figure

from ...formats.model_file import configuration
from ...network import Network
from ...training.loop import fit
from ...training.optimizers import make_optimizer
from ..analysis.adversarial import accuracy_under_attack, fgsm
from ..analysis.input_gradients import score_gradient
from ..analysis.landscape import filter_normalized, loss_on_plane, path_of_training
from ..analysis.learning_rate_sweep import sweep_learning_rates
from ..analysis.robustness import CHANGES, accuracies
from ..analysis.sampling import some_of
from ..analysis.toy_data import TOYS, grid
from .boundaries import Regions, decision_boundaries
from .landscape import Plane, loss_landscape
from .learning_rates import learning_rates
from .pictures import add_key, as_squares
from .pixels import adversarial, saliency
from .robustness import robustness
from .run import RunData

SOME = 1000  # samples
EPSILONS = np.linspace(0, 0.3, 13)
EXAMPLES = (0, 0.05, 0.1, 0.15, 0.2, 0.3)
RATES = np.logspace(-2, 2, 9)  # times the run's own
SWEEP = 1e11  # multiplications of a sweep: some seconds
TOY = {"count": 240, "epochs": 400, "learning_rate": 0.03, "limit": 1.7, "side": 160}


def draw_saliency(run: RunData) -> Figure:
    chosen = run.pick(16)
    X, Y = run.test[0][:, chosen], run.test[1][chosen]
    read = run.probabilities.argmax(axis=0)[chosen]
    captions = [f"✓ {c}" if c == y else f"✗ {c}, is {y}" for c, y in zip(read, Y, strict=True)]
    return add_key(saliency(X, score_gradient(run.network, X, read), captions), run.names)


def draw_adversarial(run: RunData) -> Figure:
    X, Y = run.some_of_test(SOME)
    pictures = as_squares(X, "X")
    attack = accuracy_under_attack(run.network, X, Y, EPSILONS)
    right = [run.network.predict(fgsm(run.network, X, Y, ε)) == Y for ε in (0, 0.15)]
    falls = np.flatnonzero(right[0] & ~right[1])
    i = int(falls[0]) if len(falls) else 0
    x, y = X[:, i : i + 1], Y[i : i + 1]
    examples = []
    for ε in EXAMPLES:
        moved = fgsm(run.network, x, y, ε)
        A2 = run.network.predict_proba(moved)[:, 0]
        read = f"{A2.argmax()}  {A2.max():.0%}"
        examples.append((ε, moved.reshape(pictures[0].shape), read, bool(A2.argmax() == y[0])))
    return add_key(adversarial(attack, examples), run.names)


def draw_robustness(run: RunData) -> Figure:
    pictures, Y = run.pictures(SOME)
    curves = [accuracies(run.network, pictures, Y, change) for change in CHANGES]
    right = np.flatnonzero(run.network.predict(pictures.reshape(len(Y), -1).T) == Y)
    return robustness(curves, pictures[right[0] if len(right) else 0])


def draw_landscape(run: RunData) -> Figure:
    X, Y = some_of(*run.train, SOME // 2)
    along = np.linspace(-1, 1, 25)
    directions = filter_normalized(run.network, seed=0), filter_normalized(run.network, seed=1)
    around = Plane(along, along, loss_on_plane(run.network, X, Y, directions, along, along))
    if len(run.snapshots) < 3:
        return loss_landscape(around)
    path = path_of_training(run.network, run.snapshots.parameters)
    across, up = (_span(places) for places in path.places)
    plane = Plane(across, up, loss_on_plane(run.network, X, Y, path.directions, across, up))
    return loss_landscape(around, plane, path)


def _span(places: np.ndarray) -> np.ndarray:
    """Return 25 places from a little before the first of `places` and 0 to a little after the last."""
    low, high = min(places.min(), 0), max(places.max(), 0)
    margin = max(0.25 * (high - low), 0.1)
    return np.linspace(low - margin, high + margin, 25)


def draw_learning_rates(run: RunData) -> Figure:
    """The run's network, optimizer and batches, on few samples and without schedule, penalties and augmentation."""
    name, used = str(run.training.get("optimizer", "sgd")), run.training.get("learning_rate")
    used = make_optimizer(name, used).learning_rate
    visits = int(np.clip(SWEEP / (6 * len(RATES) * run.network.W1.size), 1500, 50 * SOME))
    batch_size = run.training.get("batch_size")
    if not batch_size or batch_size >= len(run.train[1]):  # full batch: many steps, hence few samples
        batch_size, samples = None, int(np.clip(visits // 50, 100, SOME))
    else:
        samples = SOME
    X, Y = some_of(*run.train, samples)
    sweep = sweep_learning_rates(
        lambda: Network(**configuration(run.network)),
        lambda rate: make_optimizer(name, rate),
        X,
        Y,
        used * RATES,
        batch_size=batch_size,
        epochs=int(np.clip(visits // len(Y), 1, 5 if batch_size else 50)),
    )
    return learning_rates(sweep, used, name)


def draw_decision_boundaries(run: RunData) -> Figure:
    """A network like the run's, but for two inputs, trained by Adam on each toy data set."""
    network, toys = run.network, {}
    limit, side = TOY["limit"], int(TOY["side"])
    for name, make in TOYS.items():
        X, Y = make(int(TOY["count"]))
        settings = configuration(network) | {"input_size": 2, "output_size": int(Y.max()) + 1, "classes": None}
        toy = Network(**settings)
        optimizer = make_optimizer("adam", TOY["learning_rate"])
        fit(toy, X, Y, epochs=int(TOY["epochs"]), optimizer=optimizer, progress=False)
        probabilities = toy.predict_proba(grid(-limit, limit, side)).reshape(-1, side, side)
        toys[name] = Regions(X, Y, (-limit, limit), probabilities, toy.evaluate(X, Y))
    units = f"{network.hidden_size} hidden unit{'s'[: network.hidden_size != 1]}"
    return decision_boundaries(toys, f"{units} of {network.activation.name}")
