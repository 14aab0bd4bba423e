"""The network you can see through: a two-layer neural network for MNIST on NumPy alone.

    from neural_network import TwoLayerNN, prepare_data

Start reading in network.py. Importing this package loads NumPy and the standard library, nothing else.
"""

from .data.prepare import prepare_data
from .inspection.gradient_check.check import GradientCheck, check_gradients
from .network import Forward
from .support.errors import DivergenceError, InputError, WorkError
from .support.version import __version__
from .training.callback import Callback, Run
from .training.history import History
from .training.model import TwoLayerNN
from .training.optimizers import SGD

__all__ = [
    "SGD",
    "Callback",
    "DivergenceError",
    "Forward",
    "GradientCheck",
    "History",
    "InputError",
    "Run",
    "TwoLayerNN",
    "WorkError",
    "__version__",
    "check_gradients",
    "prepare_data",
]
