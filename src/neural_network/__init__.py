"""The network you can see through: a two-layer neural network for MNIST on NumPy alone.

    from neural_network import TwoLayerNN, prepare_data

Start reading in network.py. Importing this package loads NumPy and the standard library, nothing else.
"""

from .callbacks import Callback, Run
from .data.prepare import prepare_data
from .errors import DivergenceError, InputError, WorkError
from .gradient_check import GradientCheck, check_gradients
from .history import History
from .network import Forward, TwoLayerNN
from .optimizers import SGD
from .version import __version__

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
