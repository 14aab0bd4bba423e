"""Large batches, block by block: forward and backward of network.py while the pixels of a block are in the cache.

The gradient of a mean is the mean of its parts' gradients. So a batch is cut into blocks, which threads share, and
their results are added in a fixed order. With few hidden units a block is a stack of panels of some hundred samples:
the BLAS multiplies such small matrices without copying them first.

That holds for every loss that is a mean over the samples. Whether it holds for the equations as they stand is tried out
before it is relied on: see `is_mean_of_blocks`.
"""

from itertools import pairwise

import numpy as np

from ..network import Network
from ..support.byte_pixels import Inputs
from ..support.threads import share
from .byte_inputs import ByteInputs, pack
from .gradients import Result, compute
from .trial import agrees

BLOCK = 2**12  # samples: 12 MB of pixels for each thread
LARGE = 2**12  # samples from which on a batch is computed block by block
SMALL_PRODUCT = 1200  # hidden units times samples up to which the BLAS takes a product for a small one
PANEL_UNIT = 16  # samples: panels are multiples of it


def compute_blockwise(
    network: Network,
    X: Inputs,
    Y: np.ndarray,
    mask: np.ndarray | None = None,
    weights: np.ndarray | None = None,
    *,
    block: int = BLOCK,
) -> Result:
    """Return what `compute` returns for `X` (D, m) and labels `Y` (m,), but for rounding."""
    panel = SMALL_PRODUCT // network.hidden_size // PANEL_UNIT * PANEL_UNIT or 1  # 1: a block is one product

    def part(samples: slice) -> Result:
        """Return what a block adds to loss, correct predictions and gradients."""
        size = samples.stop - samples.start
        each = panel if panel > 1 and size % panel == 0 else size
        loss, correct, gradients = compute(
            network,
            _stack(np.asarray(X[:, samples], network.dtype), each),
            _stack(Y[samples], each),
            None if mask is None else _stack(mask[:, samples], each),
            None if weights is None else _stack(weights[samples], each),
        )
        share_of_loss, share_of_each = size / len(Y), each / len(Y)
        added = {name: share_of_each * dθ.sum(axis=0) for name, dθ in gradients.items()}
        return Result(share_of_loss * loss, correct, added)

    parts = share(part, blocks(len(Y), panel, block))
    gradients = parts[0].gradients
    for other in parts[1:]:
        for name, dθ in other.gradients.items():
            gradients[name] += dθ
    return Result(sum(part.loss for part in parts), sum(part.correct for part in parts), gradients)


def compute_bytes(
    network: Network, inputs: ByteInputs, Y: np.ndarray, *options: np.ndarray | None, block: int = BLOCK
) -> Result:
    """Return what `compute_blockwise` returns, for a batch of bytes."""
    result = compute_blockwise(inputs.narrow(network), inputs.pixels, Y, *options, block=block)
    return result._replace(gradients=inputs.widen(result.gradients, network))


def is_mean_of_blocks(network: Network, X: Inputs, Y: np.ndarray, *options: np.ndarray | None) -> bool:
    """Return whether the network's result for a few of these samples, block by block, is that of them as a whole.

    They are not where an equation has lost its 1/m, say, or where it cannot be applied to a stack of batches.
    """
    few = slice(2 * SMALL_PRODUCT)
    X, Y, options = np.asarray(X[:, few]), Y[few], tuple(a if a is None else a[..., few] for a in options)
    packed, block = pack(X), SMALL_PRODUCT // 2

    def by_blocks(network: Network) -> list[Result]:
        if packed:
            return [compute_bytes(network, packed, Y, *options, block=block)]
        return [compute_blockwise(network, X, Y, *options, block=block)]

    return agrees(network, by_blocks, lambda network: [compute(network, X, Y, *options)])


def blocks(samples: int, panel: int = 1, block: int = BLOCK) -> list[slice]:
    """Cut the samples into an even number of blocks of whole panels, of much the same size, and a rest."""
    panels, count = samples // panel, 2 * -(-samples // (2 * block))
    edges = [*(panel * (panels * i // count) for i in range(count + 1)), samples]
    return [slice(start, stop) for start, stop in pairwise(edges) if start < stop]


def _stack(array: np.ndarray, size: int) -> np.ndarray:
    """Cut the last axis into panels of `size` samples: (..., n * size) to (n, ..., size), without a copy."""
    return np.moveaxis(array.reshape(*array.shape[:-1], array.shape[-1] // size, size), -2, 0)
