"""Figures that need experiments: attacks, changed pictures, short trainings, and the loss landscape.

All use a subset of the samples, always the same, so that all figures of a run take seconds.
"""

import numpy as np
from matplotlib.figure import Figure

from ...formats.model_file import configuration
from ...network import Network
from ...training.loop import fit
from ...training.optimizers import make_optimizer
from ..analysis.adversarial import accuracy_under_attack, fgsm
from ..analysis.input_gradients import logit_gradient
from ..analysis.landscape import filter_normalized, loss_on_plane, path_of_training
from ..analysis.learning_rate_sweep import sweep_learning_rates
from ..analysis.robustness import DISTORTIONS, accuracies
from ..analysis.sampling import some_of
from ..analysis.toy_data import TOYS, grid
from .boundaries import Regions, decision_boundaries
from .landscape import Plane, loss_landscape
from .learning_rates import learning_rates
from .pictures import add_key, as_pictures
from .pixels import adversarial, saliency
from .robustness import robustness
from .run import RunData

MAX_SAMPLES = 1000
EPSILONS = np.linspace(0, 0.3, 13)
EXAMPLES = (0, 0.05, 0.1, 0.15, 0.2, 0.3)  # ε of the pictures
RATES = np.logspace(-2, 2, 9)  # times the run's own
SWEEP_COST = 1e11  # multiplications of a sweep: some seconds
TOY_SAMPLES, TOY_EPOCHS, TOY_RATE = 240, 400, 0.03
TOY_LIMIT, TOY_POINTS = 1.7, 160  # half the side of the square, and the points along its side


def draw_saliency(run: RunData) -> Figure:
    chosen = run.pick(16)
    X, Y = run.test[0][:, chosen], run.test[1][chosen]
    predicted = run.probabilities.argmax(axis=0)[chosen]
    captions = [f"✓ {c}" if c == y else f"✗ {c}, is {y}" for c, y in zip(predicted, Y, strict=True)]
    return add_key(saliency(X, logit_gradient(run.network, X, predicted), captions, run.shape), run.names)


def draw_adversarial(run: RunData) -> Figure:
    X, Y = run.some_of_test(MAX_SAMPLES)
    pictures = as_pictures(X, "X", run.shape)
    attack = accuracy_under_attack(run.network, X, Y, EPSILONS)
    correct = [run.network.predict(fgsm(run.network, X, Y, ε)) == Y for ε in (0, 0.15)]
    fooled = np.flatnonzero(correct[0] & ~correct[1])
    i = int(fooled[0]) if len(fooled) else 0
    x, y = X[:, i : i + 1], Y[i : i + 1]
    examples = []
    for ε in EXAMPLES:
        attacked = fgsm(run.network, x, y, ε)
        A2 = run.network.predict_proba(attacked)[:, 0]
        predicted = f"{A2.argmax()}  {A2.max():.0%}"
        examples.append((ε, attacked.reshape(pictures[0].shape), predicted, bool(A2.argmax() == y[0])))
    return add_key(adversarial(attack, examples), run.names)


def draw_robustness(run: RunData) -> Figure:
    pictures, Y = run.pictures(MAX_SAMPLES)
    curves = [accuracies(run.network, pictures, Y, distortion) for distortion in DISTORTIONS]
    correct = np.flatnonzero(run.network.predict(pictures.reshape(len(Y), -1).T) == Y)
    return robustness(curves, pictures[correct[0] if len(correct) else 0], len(Y))


def draw_landscape(run: RunData) -> Figure:
    X, Y = some_of(*run.train, MAX_SAMPLES // 2)
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
    """Return 25 coordinates from a little below the least of `places` and 0 to a little above the largest."""
    low, high = min(places.min(), 0), max(places.max(), 0)
    margin = max(0.25 * (high - low), 0.1)
    return np.linspace(low - margin, high + margin, 25)


def draw_learning_rates(run: RunData) -> Figure:
    """Use the run's network, optimizer and batch size, on few samples, without schedule, penalties and augmentation."""
    name, used = run.settings.optimizer, run.settings.make_optimizer().learning_rate
    uses = int(np.clip(SWEEP_COST / (6 * len(RATES) * run.network.W1.size), 1500, 50 * MAX_SAMPLES))
    batch_size = run.settings.batch_size
    if not batch_size or batch_size >= len(run.train[1]):  # full batch: many steps on few samples
        batch_size, samples = None, int(np.clip(uses // 50, 100, MAX_SAMPLES))
    else:
        samples = MAX_SAMPLES
    X, Y = some_of(*run.train, samples)
    sweep = sweep_learning_rates(
        lambda: Network(**configuration(run.network)),
        lambda rate: make_optimizer(name, rate),
        X,
        Y,
        used * RATES,
        batch_size=batch_size,
        epochs=int(np.clip(uses // len(Y), 1, 5 if batch_size else 50)),
    )
    return learning_rates(sweep, used, name)


def draw_decision_boundaries(run: RunData) -> Figure:
    """Use a network like the run's, but with two inputs, trained with Adam on each toy data set."""
    network, toys = run.network, {}
    for name, make in TOYS.items():
        X, Y = make(TOY_SAMPLES)
        settings = configuration(network) | {"input_size": 2, "output_size": int(Y.max()) + 1, "classes": None}
        toy = Network(**settings)
        optimizer = make_optimizer("adam", TOY_RATE)
        fit(toy, X, Y, epochs=TOY_EPOCHS, optimizer=optimizer, progress=False)
        points = grid(-TOY_LIMIT, TOY_LIMIT, TOY_POINTS)
        probabilities = toy.predict_proba(points).reshape(-1, TOY_POINTS, TOY_POINTS)
        toys[name] = Regions(X, Y, (-TOY_LIMIT, TOY_LIMIT), probabilities, toy.evaluate(X, Y))
    units = f"{network.hidden_size} hidden unit{'s'[: network.hidden_size != 1]}"
    return decision_boundaries(toys, f"{units} of {network.activation.name}")
