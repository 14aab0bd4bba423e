"""Full batches as the bytes that they were read from: a step then takes a quarter of the data from memory.

Images are whole numbers from 0 to 255, divided by 255. Where the inputs are that, to the last bit, full batches are
kept as bytes, which become floats again block by block. They are not divided again: W1 (X / 255) is (W1 / 255) X.
Pixels that are zero in all samples, as in the corners of MNIST's images, are left out: they add nothing to any sum,
and the gradients of their weights are zero.
"""

import copy
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..network import Network, Parameters
from ..support.byte_pixels import Inputs, Pixels, scale

COMPARED = 512  # samples at a time


class ByteInputs(NamedTuple):
    """Stands in for the inputs `X` (D, m) of a full batch."""

    pixels: NDArray[np.uint8]  # (k, m): without the inputs that are always zero
    inputs: NDArray[np.intp]  # (k,): which of the D inputs they are

    def narrow(self, network: Network) -> Network:
        """Return the network that gives for the bytes what `network` gives for `X`."""
        narrow = copy.copy(network)
        narrow.input_size = len(self.inputs)
        narrow.W1 = network.W1.take(self.inputs, axis=1) / network.dtype.type(255)
        return narrow

    def widen(self, gradients: Parameters, network: Network) -> Parameters:
        """Return gradients of the narrow network as those of `network`."""
        dW1 = np.zeros_like(network.W1)
        dW1[:, self.inputs] = gradients["W1"] / network.dtype.type(255)
        return {**gradients, "W1": dW1}


def pack(X: Inputs) -> ByteInputs | None:
    """Return the inputs `X` (D, m), which may be Pixels, as bytes; None where they would not be exactly `X`."""
    if X.dtype != np.float32:  # the quotients, which are rounded to float32, are others than those of W1
        return None
    pieces = [slice(start, start + COMPARED) for start in range(0, X.shape[1], COMPARED)]
    if isinstance(X, Pixels):
        inputs = np.flatnonzero(X.rows.any(axis=0))
        return ByteInputs(X.rows.take(inputs, axis=1).T, inputs)  # a sample stays in one piece of memory
    inputs = np.flatnonzero(np.any([X[:, piece].any(axis=1) for piece in pieces], axis=0))
    rows = np.empty((X.shape[1], len(inputs)), np.uint8)
    for piece in pieces:
        values = X.T[piece, inputs]
        with np.errstate(all="ignore"):
            rows[piece] = np.rint(values * 255)
        if not np.array_equal(scale(rows[piece], X.dtype), values):
            return None
    return ByteInputs(rows.T, inputs)
