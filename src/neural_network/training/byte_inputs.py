"""Full batches as the bytes that they were read from: a step then takes a quarter of the data from memory.

Images are whole numbers from 0 to 255, divided by 255. Where the inputs are that, to the last bit, full batches are
kept as bytes, which become floats again block by block. Pixels that are zero in all samples, as in the corners of
MNIST's images, are left out: they add nothing to any sum, and the gradients of their weights are zero.
"""

import copy
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..network import Network, Parameters
from ..support.byte_pixels import Inputs, Pixels

COMPARED = 512  # samples at a time


class ByteInputs(NamedTuple):
    """Stands in for the inputs `X` (D, m) of a full batch."""

    pixels: Pixels  # (k, m): without the inputs that are always zero
    inputs: NDArray[np.intp]  # (k,): which of the D inputs they are

    def narrow(self, network: Network) -> Network:
        """Return `network` without the weights of the inputs that are left out."""
        narrow = copy.copy(network)
        narrow.input_size, narrow.W1 = len(self.inputs), network.W1.take(self.inputs, axis=1)
        return narrow

    def widen(self, gradients: Parameters, network: Network) -> Parameters:
        """Return gradients of the narrow network as those of `network`."""
        dW1 = np.zeros_like(network.W1)
        dW1[:, self.inputs] = gradients["W1"]
        return {**gradients, "W1": dW1}


def pack(X: Inputs) -> ByteInputs | None:
    """Return the inputs `X` (D, m), which may be Pixels, as bytes; None where they would not be exactly `X`."""
    pieces = [slice(start, start + COMPARED) for start in range(0, X.shape[1], COMPARED)]
    if isinstance(X, Pixels):
        inputs = np.flatnonzero(X.rows.any(axis=0))
        return ByteInputs(Pixels(X.rows.take(inputs, axis=1), X.dtype), inputs)  # a sample stays in one piece of memory
    inputs = np.flatnonzero(np.any([X[:, piece].any(axis=1) for piece in pieces], axis=0))
    packed = Pixels(np.empty((X.shape[1], len(inputs)), np.uint8), X.dtype)
    for piece in pieces:
        values = X.T[piece, inputs]
        with np.errstate(all="ignore"):
            packed.rows[piece] = np.rint(values * 255)
        if not np.array_equal(packed[:, piece], values.T):
            return None
    return ByteInputs(packed, inputs)
