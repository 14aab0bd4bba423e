"""Gradients with respect to the pixels: how the loss, or the logit of a class, changes with each pixel.

Backpropagation stops at W1. One step further, through W1 itself, it reaches the inputs.
"""

import copy

import numpy as np

from ...functions.losses import cross_entropy
from ...network import Forward, Network


def loss_gradient(network: Network, X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Return ∂loss/∂x of each sample's own loss, (D, m), for `X` (D, m) and labels `Y` (m,): dX = W1ᵀ dZ1.

    Each sample is a batch of its own, in which the gradient at the hidden biases is dZ1, equation (10).
    """
    samples = X.T[:, :, None]
    return _to_inputs(network, samples, Y, network.forward(samples))


def logit_gradient(network: Network, X: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return ∂Z2[c]/∂x (D, m): how the logit of class `classes[i]` grows with each pixel of sample i.

    Source: Simonyan, Vedaldi and Zisserman 2014, 'Deep inside convolutional networks', section 3. They take the logit,
    since the softmax leaves a confident prediction hardly any gradient.
    """
    samples = X.T[:, :, None]
    scores = copy.copy(network)
    scores.output, scores.loss_function, scores.label_smoothing = "softmax", cross_entropy, 0.0  # dZ2 is A2 - Y
    A2 = 2 * scores.targets(classes[:, None])  # so that dZ2 is 1 at the class, and 0 elsewhere
    return _to_inputs(scores, samples, classes, network.forward(samples)._replace(A2=A2))


def _to_inputs(network: Network, samples: np.ndarray, Y: np.ndarray, forward: Forward) -> np.ndarray:
    """Return dX = W1ᵀ dZ1, (D, m), for a stack of `samples` (m, D, 1), each of which is a batch of its own."""
    dZ1 = network.backward(samples[:, :0], Y[:, None], forward)["b1"]  # without inputs, which dZ1 does not depend on
    return network.W1.T @ dZ1[:, :, 0].T
