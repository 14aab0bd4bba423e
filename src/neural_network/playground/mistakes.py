"""The confusion matrix, the images behind each of its cells, and what the network would have needed to read one.

What it would have needed is answered twice: which hidden units decided between the two classes, and by how much every
pixel would have to change, each in the direction that helps most.
"""

from dataclasses import dataclass

import numpy as np

from ..data.dataset import Samples
from ..functions.metrics import confusion_matrix
from ..inspection.analysis.adversarial import fgsm
from ..inspection.analysis.input_gradients import logit_gradient
from ..network import Network

CHANGES = np.geomspace(0.002, 0.5, 30)  # of each pixel that are tried, where paper is 0 and ink is 1
HALVINGS = 6  # of the interval in which the smallest change lies


@dataclass(frozen=True, eq=False)
class Predictions:
    """What the network says to a set of samples.

    Attributes
    ----------
    predicted, confidence : arrays (m,)
        The most probable class of each sample, and its probability.
    confusion : array (C, C)
        How often samples of the row's class were predicted as the column's.
    """

    predicted: np.ndarray
    confidence: np.ndarray
    confusion: np.ndarray


@dataclass(frozen=True, eq=False)
class Need:
    """What the network would have needed to choose the right class of a sample.

    Attributes
    ----------
    predicted, label : int
    logits : (float, float)
        Of the predicted and of the right class.
    votes : array (H,)
        What each hidden unit adds to the logit of the right class, less what it adds to that of the predicted one.
    bias : float
        The difference that the biases b2 make.
    wish : array (D,)
        How the difference of the two logits grows with each pixel.
    change : float or None
        The smallest change of every pixel, in the direction that helps most, after which the prediction is right;
        None where none of CHANGES is.
    mended : array (D,) or None
        The sample after this change.
    """

    predicted: int
    label: int
    logits: tuple[float, float]
    votes: np.ndarray
    bias: float
    wish: np.ndarray
    change: float | None
    mended: np.ndarray | None

    @property
    def missing(self) -> float:
        """By how much the logit of the right class would have to grow."""
        return self.logits[0] - self.logits[1]


def predictions(network: Network, samples: Samples) -> Predictions:
    """Return what the network says to `samples`."""
    A2 = network.predict_proba(samples.X)
    predicted = A2.argmax(axis=0)
    return Predictions(predicted, A2.max(axis=0), confusion_matrix(predicted, samples.Y, network.output_size))


def of_cell(found: Predictions, Y: np.ndarray, label: int | None = None, predicted: int | None = None) -> np.ndarray:
    """Return the indices of the samples with this label that were predicted as this class, the most confident first.

    None stands for any; without both, these are all mistakes. Of correct predictions, the least confident are first.
    """
    chosen = np.ones(len(Y), bool) if label is not None or predicted is not None else found.predicted != Y
    if label is not None:
        chosen &= label == Y
    if predicted is not None:
        chosen &= predicted == found.predicted
    indices = np.flatnonzero(chosen)
    order = np.argsort(-found.confidence[indices], kind="stable")
    return indices[order[::-1] if label is not None and label == predicted else order]


def need(network: Network, X: np.ndarray, label: int) -> Need:
    """Return what the network would have needed to see that the one sample `X` (D, 1) is of class `label`.

    For a correct prediction, the runner-up takes the place of the predicted class: it says how safe the prediction is.
    """
    _, A1, Z2, A2 = network.forward(X)
    ranking = np.argsort(-A2[:, 0], kind="stable")
    predicted = int(ranking[0]) if ranking[0] != label else int(ranking[min(1, len(ranking) - 1)])
    right, wrong = logit_gradient(network, np.repeat(X, 2, axis=1), np.array([label, predicted])).T
    change, mended = _smallest_change(network, X, label)
    return Need(
        predicted,
        label,
        (float(Z2[predicted, 0]), float(Z2[label, 0])),
        (network.W2[label] - network.W2[predicted]) * A1[:, 0],
        float(network.b2[label, 0] - network.b2[predicted, 0]),
        right - wrong,
        change,
        mended,
    )


def _smallest_change(network: Network, X: np.ndarray, label: int) -> tuple[float | None, np.ndarray | None]:
    """Return by how much every pixel must change along its gradient so that `X` is read as `label`, and the result."""
    Y = np.array([label])

    def changed(size: float) -> np.ndarray:
        return fgsm(network, X, Y, -size)  # against the loss

    def helps(size: float) -> bool:
        return bool(network.predict(changed(size))[0] == label)

    if helps(0.0):
        return 0.0, X[:, 0]
    low = 0.0
    for high in map(float, CHANGES):  # a large change may miss what a smaller one reaches
        if helps(high):
            break
        low = high
    else:
        return None, None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if helps(middle) else (middle, high)
    return high, changed(high)[:, 0]
