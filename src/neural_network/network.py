"""The network you can see through: 784 pixels → hidden units → 10 digits, in eleven equations.

This is the file to read first. Each equation of docs/math_derivations.md is one line here, under the same names and
with the same number at its end: (1) to (4) go forward from pixels to probabilities, (5) to (10) go backward from the
error to the gradients, and (11) is the step downhill.

Shapes. D inputs (784 pixels), H hidden units (10), C classes (10), m samples. Samples are columns:

    X  (D, m)   inputs                      Y  (C, m)   one-hot labels: a 1 in the row of the right class
    W1 (H, D)   b1 (H, 1)   hidden layer    W2 (C, H)   b2 (C, 1)   output layer

`A @ B` is the matrix product, `A * B` multiplies entry by entry, and `A.mT` is the transpose of a matrix: NumPy's mark
for it, which also transposes each matrix of a stack. X may be such a stack of batches, (n, D, m): axes are counted from
the end, so that every line below serves both, and each batch then has gradients of its own.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .functions.activations import ACTIVATIONS, Activation
from .functions.initializers import find_initializer
from .functions.losses import LOSSES, OUTPUTS, one_hot
from .support.arguments import check_fraction, check_inputs, check_labels, check_names, check_size
from .support.blas_threads import one_blas_thread
from .support.byte_pixels import Inputs
from .support.error_state import own_error_state
from .support.errors import InputError, NotFiniteError
from .support.memory import check_fits
from .support.picture_format import PictureFormat
from .support.randomness import Seed, as_seed
from .support.threads import share
from .support.watched import STOPS, calls

Parameters = dict[str, np.ndarray]

TOO_LARGE = "scale the inputs to [0, 1], and see that training has not diverged"
PIECE = 1024  # samples that are predicted at a time: what each layer computed for them stays in the cache
LARGEST_LAYER = 2**22  # numbers of a layer that are computed at a time


class Forward(NamedTuple):
    """What each layer computed on the way forward; the way back needs it again."""

    Z1: np.ndarray  # (H, m) pre-activations: the hidden units' weighted sums
    A1: np.ndarray  # (H, m) activations: g(Z1)
    Z2: np.ndarray  # (C, m) logits: the output units' weighted sums
    A2: np.ndarray  # (C, m) probabilities: each column sums to one


class Network:
    """A network with one hidden layer, which answers with a probability for each class.

    Parameters
    ----------
    input_size, hidden_size, output_size : int
        D, H and C: how many inputs, hidden units and classes.
    activation : str or Activation
        The hidden layer's g, by its registered name (see activations.py) or as a value.
    initializer : str
        How the weights start out, by name (see initializers.py). The biases start at zero.
    output, loss : str
        The output layer and the loss that is minimised on it, by name (see losses.py).
    label_smoothing : float
        The share ε, 0 ≤ ε < 1, of each target that is spread evenly over all classes (Szegedy et al. 2016).
    seed : int, numpy.random.Generator or None
        Where the random weights come from. None draws a fresh seed; `network.seed` tells which.
    dtype : numpy dtype
        float32, or float64 where the last digits matter.
    classes : sequence of str, optional
        The name of each class, kept with the model; by default "0", "1", and so on.

    Attributes
    ----------
    W1, b1, W2, b2 : arrays (H, D), (H, 1), (C, H), (C, 1)
        The parameters: 7,960 numbers for 784-10-10.
    picture_format : PictureFormat or None
        How pictures become inputs, where the network was trained on pictures; kept with the model.

    Raises
    ------
    InputError
        A size that is not a whole number ≥ 1, a name that is not registered, or a loss that has no gradient for this
        output layer.

    Examples
    --------
    >>> network = Network(input_size=2, hidden_size=3, output_size=2, seed=0)
    >>> network.predict_proba(np.zeros((2, 1)))
    array([[0.5],
           [0.5]], dtype=float32)
    """

    picture_format: PictureFormat | None = None

    @own_error_state
    def __init__(
        self,
        input_size: int = 784,
        hidden_size: int = 10,
        output_size: int = 10,
        *,
        activation: str | Activation = "relu",
        initializer: str = "he-normal",
        output: str = "softmax",
        loss: str = "cross-entropy",
        label_smoothing: float = 0.0,
        seed: Seed = None,
        dtype: Any = np.float32,
        classes: "Sequence[str] | None" = None,
    ) -> None:
        self.input_size = D = check_size("input_size", input_size)
        self.hidden_size = H = check_size("hidden_size", hidden_size)
        self.output_size = C = check_size("output_size", output_size)
        check_fits(f"a network of {D} inputs, {H} hidden units and {C} classes", 12 * H * (D + C) + 100 * C)
        self.activation = activation if isinstance(activation, Activation) else ACTIVATIONS[activation]
        self.initializer = initializer
        self.output, self.output_function = output, OUTPUTS[output]
        self.loss_function = LOSSES[loss]
        if output not in self.loss_function.output_gradient:
            known = " or ".join(self.loss_function.output_gradient)
            raise InputError(f"loss {loss!r} has no gradient for output {output!r}; it goes with {known}")
        self.label_smoothing = check_fraction("label_smoothing", label_smoothing)
        self.seed = as_seed(seed)
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise InputError(f"dtype must be float32 or float64, not {self.dtype}")
        self.classes = check_names("classes", classes, self.output_size)

        draw, rng = find_initializer(initializer), np.random.default_rng(self.seed)
        self.W1 = draw(self.input_size, self.hidden_size, rng).astype(self.dtype, order="C")
        self.b1 = np.zeros((self.hidden_size, 1), self.dtype)
        self.W2 = draw(self.hidden_size, self.output_size, rng).astype(self.dtype, order="C")
        self.b2 = np.zeros((self.output_size, 1), self.dtype)

    @property
    def parameters(self) -> Parameters:
        """W1, b1, W2 and b2 by name: the arrays themselves, not copies."""
        return {"W1": self.W1, "b1": self.b1, "W2": self.W2, "b2": self.b2}

    # ------------------------------------------------------------------ the mathematics

    def forward(self, X: np.ndarray, mask: np.ndarray | None = None) -> Forward:
        """Carry `X` (D, m) through both layers, and keep what each of them computed.

        A hidden unit compares the picture with its own row of W1: the better they match, the larger its sum Z1. The
        activation g lets it answer or stay silent. Each class then weighs the hidden units' answers, and the softmax
        (unless another output layer was chosen) turns the ten sums into ten probabilities.

        `mask` (H, m) is dropout's: 0 where a unit is dropped for a sample, and above 1 where it is kept, to make up.
        """
        W1, b1, W2, b2 = self.W1, self.b1, self.W2, self.b2
        g, output = self.activation.g, self.output_function

        Z1 = W1 @ X + b1  # (1)
        A1 = g(Z1)  # (2)
        if mask is not None:
            A1 = mask * A1
        Z2 = W2 @ A1 + b2  # (3)
        A2 = output(Z2)  # (4) softmax
        return Forward(Z1, A1, Z2, A2)

    def backward(
        self,
        X: np.ndarray,
        Y: np.ndarray,
        forward: Forward | None = None,
        mask: np.ndarray | None = None,
        weights: np.ndarray | None = None,
    ) -> Parameters:
        """Return the gradient of the mean loss over the samples, under the parameters' own names.

        dW1 is short for ∂loss/∂W1: how much the loss grows as an entry of W1 grows, an array of W1's shape. The error
        starts at the output and is handed back through the very weights that brought the signal forward.

        Parameters
        ----------
        X : array (D, m)
            Inputs.
        Y : array (m,) of integers
            Labels 0 to C - 1.
        forward : Forward, optional
            What `forward(X, mask)` gave, where it is known already.
        mask : array (H, m), optional
            The mask of dropout that the forward pass had.
        weights : array (m,), optional
            How much each sample counts; the loss is then the mean of weight times loss.

        Returns
        -------
        dict of arrays
            "W1", "b1", "W2", "b2": the gradients, each of its parameter's shape.
        """
        if forward is None:
            forward = self.forward(X) if mask is None else self.forward(X, mask)
        Z1, A1, _, A2 = forward
        W2 = self.W2
        g_prime, output_gradient = self.activation.g_prime, self.loss_function.output_gradient[self.output]
        m = X.shape[-1]
        Y = self.targets(check_labels(Y, self.output_size, (*X.shape[:-2], m)))  # from (m,) to (C, m)

        # Softmax and cross-entropy belong together: their two derivatives collapse into one difference. Another loss
        # begins with the same difference, but has to carry it back through the output layer.
        dZ2 = A2 - Y  # (5)
        if output_gradient:
            dZ2 = output_gradient(dZ2, A2)
        if weights is not None:
            dZ2 = weights[..., None, :] * dZ2

        # The loss is a mean over samples, hence 1/m. A bias is added to every sample of its unit, so its gradient is a
        # sum per unit: over the last axis. Summed over all of dZ2 it would be one number, which for b2 is always 0.
        dW2 = 1 / m * dZ2 @ A1.mT  # (6)
        db2 = 1 / m * dZ2.sum(axis=-1, keepdims=True)  # (7)

        # A hidden unit answers for the errors of all the classes it spoke to, as far as g let it speak.
        dZ1 = W2.mT @ dZ2 * g_prime(Z1)  # (8)
        if mask is not None:
            dZ1 = mask * dZ1
        dW1 = 1 / m * dZ1 @ X.mT  # (9)
        db1 = 1 / m * dZ1.sum(axis=-1, keepdims=True)  # (10)
        return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

    def targets(self, Y: np.ndarray) -> np.ndarray:
        """Return what the output should be, (C, m), for labels `Y` (m,): one-hot columns, smoothed if asked."""
        ε, C = self.label_smoothing, self.output_size
        Y = one_hot(Y, C, self.dtype)
        return (1 - ε) * Y + ε / C if ε else Y

    def losses(self, forward: Forward, Y: np.ndarray) -> np.ndarray:
        """Return the loss (m,) of each sample of a forward pass, for labels `Y` (m,)."""
        return self.loss_function.value(forward.Z2, forward.A2, self.targets(Y))

    def mean_loss(self, forward: Forward, Y: np.ndarray, weights: np.ndarray | None = None) -> float:
        """Return the mean loss of a forward pass on samples with labels `Y` (m,): what `backward` differentiates."""
        losses = self.losses(forward, Y)
        if weights is not None:
            losses = weights * losses
        return float(losses.sum(dtype=np.float64)) / losses.size

    # ------------------------------------------------------------------ using it

    @own_error_state
    def predict_proba(self, X: Inputs) -> np.ndarray:
        """Return the probabilities (C, m) of the classes for each column of `X` (D, m).

        Raises NotFiniteError where `X` or the parameters are so large that there are none: sums of theirs overflow.
        """
        X = check_inputs(X, self.input_size, self.dtype)
        if X.shape[1] <= PIECE:
            A2 = self.forward(np.asarray(X)).A2
        else:
            with one_blas_thread():
                parts = self.map_pieces(lambda piece: self.forward(np.asarray(X[:, piece])).A2, X.shape[1])
            A2 = np.concatenate(parts, axis=1)
        if not np.isfinite(A2).all():
            raise NotFiniteError(f"the network's sums overflow {self.dtype}: {TOO_LARGE}")
        return A2

    def map_pieces(self, work: Callable[[slice], Any], samples: int) -> list[Any]:
        """Return what `work` gives for each piece of so many samples; several threads share the pieces.

        The results of each layer for a piece stay in the cache. A `breakpoint()` stops in one thread only.
        """
        size = max(1, min(PIECE, LARGEST_LAYER // max(self.hidden_size, self.output_size)))
        pieces = [slice(start, start + size) for start in range(0, samples, size)]
        return list(map(work, pieces)) if calls(self.equations, STOPS) else share(work, pieces)

    @property
    def equations(self) -> list[Callable[..., Any]]:
        """The functions that hold the equations."""
        functions = self.activation.g, self.activation.g_prime, self.output_function, self.loss_function.value
        return [self.forward, self.backward, self.targets, self.losses, self.mean_loss, *functions]

    def predict(self, X: Inputs) -> np.ndarray:
        """Return the most probable class (m,), as integers, for each column of `X` (D, m)."""
        return self.predict_proba(X).argmax(axis=0)

    @own_error_state
    def loss(self, X: Inputs, Y: np.ndarray) -> float:
        """Return the mean loss (cross-entropy in nats) on `X` (D, m) with labels `Y` (m,): what training minimises.

        Raises NotFiniteError where sums overflow, as `predict_proba` does.
        """
        X = check_inputs(X, self.input_size, self.dtype)
        Y = check_labels(Y, self.output_size, X.shape[1])
        loss = self.mean_loss(self.forward(np.asarray(X)), Y)
        if not math.isfinite(loss):
            raise NotFiniteError(f"the loss is {loss}: {TOO_LARGE}")
        return loss

    def evaluate(self, X: Inputs, Y: np.ndarray) -> float:
        """Return the accuracy on `X` (D, m) with labels `Y` (m,): the share of samples it gets right, 0 to 1."""
        return float(np.mean(self.predict(X) == check_labels(Y, self.output_size, np.shape(X)[1])))


def gradient_descent(parameters: Parameters, gradients: Parameters, learning_rate: float) -> None:
    """Take one step downhill, in place: every parameter moves against its gradient.

    The gradient points to where the loss grows fastest; a small step the other way makes it smaller. The learning rate
    α is the length of the step for a gradient of length one.
    """
    α = learning_rate
    for name, θ in parameters.items():
        dθ = gradients[name]
        θ -= α * dθ  # (11)
