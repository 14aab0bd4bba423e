"""The output layer in one go: softmax, loss and error share what they have in common.

network.py takes the exponentials twice, once for the probabilities and once for the loss, and writes the targets out as
columns of zeros and ones. Here they are taken once, and 1 is subtracted where the label says. Other output layers and
losses, and smoothed labels, are computed as they are there.
"""

from typing import NamedTuple

import numpy as np

from ...functions.losses import cross_entropy, softmax
from ...network import Network


class Error(NamedTuple):
    """What the output layer says of some samples."""

    losses: np.ndarray  # (k,) of each sample
    correct: np.ndarray  # (k,) bool: which of them are right
    dZ2: np.ndarray  # (C, k) equation (5)


def error(network: Network, Z2: np.ndarray, Y: np.ndarray) -> Error:
    """Compare the output for `Z2` (C, k), which is used up, with the labels `Y` (k,)."""
    if network.loss_function is cross_entropy and network.output_function is softmax and not network.label_smoothing:
        right = Y.astype(np.intp) * len(Y) + np.arange(len(Y))  # where the labels' entries stand, row after row
        Z2 -= np.maximum.reduce(Z2)
        log_likelihoods = Z2.take(right)
        correct = log_likelihoods == 0
        if np.count_nonzero(Z2 == 0) > len(Y):  # where classes are equally probable, the first of them is the answer
            correct = Z2.argmax(axis=0) == Y
        E = np.exp(Z2, order="C")
        total = np.add.reduce(E)
        E /= total
        E.ravel()[right] -= 1
        return Error(np.log(total) - log_likelihoods, correct, E)

    A2, T = network.output_function(Z2), network.targets(Y)
    output_gradient = network.loss_function.output_gradient[network.output]
    dZ2 = A2 - T
    if output_gradient:
        dZ2 = output_gradient(dZ2, A2)
    return Error(network.loss_function.value(Z2, A2, T), A2.argmax(axis=0) == Y, dZ2)
