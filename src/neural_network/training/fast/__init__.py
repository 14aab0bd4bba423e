"""The fast path: loss and gradients as network.py computes them, the same but for rounding, and sooner.

network.py is there to be read, and this package to be used: `compute` takes the way that suits the batch, and nothing
else in the project needs to know which one it was. A network whose equations somebody has changed is computed by those.
"""

import numpy as np

from ...functions.activations import ACTIVATIONS
from ...functions.losses import LOSSES
from ...network import PIECE, Network
from ..optimizers import Optimizer
from . import blockwise, minibatch, network_step, prediction
from .batch_result import Compute, Result
from .byte_inputs import pack
from .stepper import Solo
from .two_process import stepper
from .two_process.stepper import Duet

__all__ = ["Compute", "Result", "Solo", "compute", "make_steps", "predict_proba", "prepare"]

EQUATIONS = ("forward", "backward", "targets", "mean_loss")


def compute(network: Network, X: np.ndarray, Y: np.ndarray) -> Result:
    """Return mean loss, correct and gradients for `X` (D, m) and labels `Y` (m,), both checked already."""
    if not has_our_equations(network):
        return network_step.compute(network, X, Y)
    return (blockwise if takes_blocks(network, len(Y)) else minibatch).compute(network, X, Y)


def make_steps(network: Network, optimizer: Optimizer, X: np.ndarray, batch_size: int, steps: int) -> Solo:
    """Return what makes so many steps of a training on `X` (D, m) the fastest."""
    if batch_size >= X.shape[1]:
        return Solo(prepare(network, X))
    undivided = takes_blocks(network, batch_size) or not has_our_equations(network)
    if not undivided and stepper.suits(network, optimizer, batch_size):
        return Duet(network, optimizer, batch_size, steps)
    return Solo(compute)


def prepare(network: Network, X: np.ndarray) -> Compute:
    """Return `compute`, or a faster one for full batches, where all of `X` (D, m) will be a batch again and again."""
    packed = pack(X) if takes_blocks(network, X.shape[1]) else None
    if packed is None:
        return compute

    def compute_packed(network: Network, batch: np.ndarray, Y: np.ndarray) -> Result:
        if batch is X and takes_blocks(network, len(Y)) and has_our_equations(network):
            return blockwise.compute_packed(network, packed, Y)
        return compute(network, batch, Y)

    return compute_packed


def predict_proba(network: Network, X: np.ndarray) -> np.ndarray:
    """Return the probabilities (C, m) of the classes for many columns of `X` (D, m), checked already."""
    if has_our_equations(network):
        return prediction.probabilities(network, X)
    pieces = range(0, X.shape[1], PIECE)
    return np.concatenate([network.forward(X[:, start : start + PIECE]).A2 for start in pieces], axis=1)


def has_our_equations(network: Network) -> bool:
    """Return whether neither a subclass nor anybody else has put another method in the place of one of ours."""
    if type(network) is Network:
        return vars(network).keys().isdisjoint(EQUATIONS)
    return all(getattr(getattr(network, name), "__func__", None) is vars(Network)[name] for name in EQUATIONS)


def takes_blocks(network: Network, samples: int) -> bool:
    """Return whether a batch of so many samples is computed in blocks.

    An activation or a loss that a callback put in place for this batch, as dropout does, may treat each sample in its
    own way, and cannot be applied to a block.
    """
    return samples >= 2 * blockwise.BLOCK and ACTIVATIONS.has(network.activation) and LOSSES.has(network.loss_function)


def largest_product(network: Network, samples: int) -> int:
    """Return how many multiplications the largest matrix product for so many samples takes, 0 for one of our threads'.

    Blocks are shared among threads as wholes, so that each of their products is left to a single one.
    """
    return 0 if takes_blocks(network, samples) else network.hidden_size * network.input_size * samples
