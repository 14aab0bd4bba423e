"""Gradients with respect to the pixels: what to change in a picture, rather than in the weights.

Backpropagation stops at W1. One step further, through W1 itself, it tells for each pixel how the loss, or the score of
a class, would change with it.
"""

import numpy as np

from ...network import Network


def loss_gradient(network: Network, X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Return ∂loss/∂x of each sample's own loss, (D, m), for `X` (D, m) and labels `Y` (m,): dX = W1ᵀ dZ1.

    Each sample is a batch of its own, in which the gradient at the hidden biases is dZ1, equation (10).
    """
    samples = X.T[:, :, None]
    forward = network.forward(samples)
    dZ1 = network.backward(samples[:, :0], Y[:, None], forward)["b1"]  # without inputs, which dZ1 does not depend on
    return network.W1.T @ dZ1[:, :, 0].T


def score_gradient(network: Network, X: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return ∂Z2[c]/∂x (D, m): how the score of class `classes[i]` grows with each pixel of sample i.

    Source: Simonyan, Vedaldi and Zisserman 2014, 'Deep inside convolutional networks', section 3. The score before the
    softmax is taken, since behind it a sure answer has hardly any gradient left.
    """
    Z1 = network.W1 @ X + network.b1
    return network.W1.T @ (network.W2[classes].T * network.activation.g_prime(Z1))
