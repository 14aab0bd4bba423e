"""Optimizers: how the gradients move the parameters.

An optimizer has one method, `step(parameters, gradients)`, which changes the parameters in place. It knows nothing of
networks or data: two dictionaries of arrays with the same names are all it sees. What it remembers from step to step
(a velocity, a mean of squares) are arrays of the parameters' shapes, so a new optimizer writes its update for one array
and leaves the bookkeeping to the base class:

    @register_optimizer("heavy-ball")
    class HeavyBall(Optimizer):
        state_names = ("v",)

        def update(self, θ, dθ, v):
            v[...] = 0.9 * v + dθ
            θ -= self.learning_rate * v

In the equations θ is a parameter, dθ its gradient, α the learning rate and t the number of the step, counted from 1;
everything else starts at zero. Powers, roots and quotients go entry by entry.
"""

import math
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import numpy as np

from ..network import Parameters, gradient_descent
from ..support.arguments import check_fraction, check_options, check_positive
from ..support.contracts import check_optimizer
from ..support.registry import Registry

CHUNK = 2**15  # entries: in float32 an array of 128 kB
FLUSH = 64  # steps after which negligible entries of the state are set to zero, again and again
NEGLIGIBLE = 2.0**30  # times the smallest normal number of a dtype: 1e-29 in float32, 2e-299 in float64


class Optimizer:
    """What all optimizers share: the learning rate, the number of steps, and the arrays kept between steps.

    A subclass overrides `update`, and names in `state_names` the arrays that `update` is handed after θ and dθ. Where
    the update goes entry by entry, `elementwise = True` has large parameters updated a few rows at a time: their
    temporary arrays then stay in the processor's cache, which makes Adam on 128 × 784 weights several times faster.

    Attributes
    ----------
    learning_rate : float
        α; it may be changed between steps.
    steps : int
        How many steps were made. Together with `state` it is all that a later step depends on.
    state : dict of dict of arrays
        `state["v"]["W1"]` is what is remembered as v of W1; made, as zeros, by the first step. One optimizer serves one
        set of parameters.
    """

    state_names: ClassVar[tuple[str, ...]] = ()
    elementwise: ClassVar[bool] = False

    def __init__(self, learning_rate: float = 0.01) -> None:
        self.learning_rate = check_positive("learning_rate", learning_rate)
        self.steps = 0
        self.state: dict[str, Parameters] = {}

    def prepare(self, parameters: Parameters) -> None:
        """Make the arrays of `state`, as zeros, if there are none yet."""
        if not self.state:
            self.state = {kind: {name: np.zeros_like(θ) for name, θ in parameters.items()} for kind in self.state_names}

    def step(self, parameters: Parameters, gradients: Parameters) -> None:
        """Move `parameters` in place, given the `gradients` of the same names, shapes and dtypes."""
        self.prepare(parameters)
        self.steps += 1
        for name, θ in parameters.items():
            arrays = [θ, gradients[name], *(self.state[kind][name] for kind in self.state_names)]
            for rows in _blocks(θ) if self.elementwise else [...]:
                self.update(*(array[rows] for array in arrays))
        if self.steps % FLUSH == 0:
            self._flush()

    def update(self, *arrays: Any, **names: Any) -> None:  # so typed that an override may name its own arrays
        """Move one parameter in place: `update(θ, dθ, v)` if the optimizer remembers v, which it also updates."""
        raise NotImplementedError(f"{type(self).__name__} must define update or step")

    def _flush(self) -> None:
        """Set to zero what is remembered and negligible.

        The mean of a gradient that stays zero, as that of a pixel which is hardly ever lit, halves every few steps.
        Before it is zero it is subnormal: a number so small that processors take many times as long to compute with it.
        """
        for arrays in self.state.values():
            for array in arrays.values():
                array[np.abs(array) < NEGLIGIBLE * np.finfo(array.dtype).tiny] = 0


def _blocks(θ: np.ndarray) -> list[slice]:
    """Split the rows of θ into blocks of at most CHUNK entries, or of one row where that is longer."""
    rows = max(1, CHUNK * len(θ) // θ.size)
    return [slice(start, start + rows) for start in range(0, len(θ), rows)]


OPTIMIZERS: Registry[type[Optimizer]] = Registry("optimizer", check_optimizer)

AnyOptimizer = TypeVar("AnyOptimizer", bound=type[Optimizer])


def register_optimizer(name: str) -> Callable[[AnyOptimizer], AnyOptimizer]:
    """Decorate an optimizer's class to make it known under `name`: to `make_optimizer` and to the command."""

    def register(optimizer: AnyOptimizer) -> AnyOptimizer:
        OPTIMIZERS.register(name, optimizer)
        return optimizer

    return register


def make_optimizer(name: str, learning_rate: float | None = None, **options: Any) -> Optimizer:
    """Return a new optimizer by its registered name.

    Parameters
    ----------
    name : str
        One of `OPTIMIZERS`.
    learning_rate : float, optional
        None takes the optimizer's own default: their sizes differ by orders of magnitude.
    **options
        The optimizer's further arguments, such as `momentum=0.95`.

    Raises
    ------
    InputError
        An unknown name or option (with the nearest that is known), or a value out of range.
    """
    optimizer = OPTIMIZERS[name]
    if learning_rate is not None:
        options["learning_rate"] = learning_rate
    check_options(f"optimizer {name!r}", optimizer, options)
    return optimizer(**options)


@register_optimizer("sgd")
class SGD(Optimizer):
    """Gradient descent: θ := θ - α dθ, equation (11) as it stands. 'Stochastic' once the batches are random."""

    def __init__(self, learning_rate: float = 0.1) -> None:
        super().__init__(learning_rate)

    def step(self, parameters: Parameters, gradients: Parameters) -> None:
        self.steps += 1
        gradient_descent(parameters, gradients, self.learning_rate)


@register_optimizer("momentum")
class Momentum(Optimizer):
    """A ball rolling downhill: it keeps a share μ of its velocity, and each gradient adds to it.

        v := μ v + dθ
        θ := θ - α v

    Where gradients agree the velocity grows to 1 / (1 - μ) gradients; where they alternate it cancels.

    Source: Polyak 1964, 'Some methods of speeding up the convergence of iteration methods'. Sutskever et al. 2013,
    'On the importance of initialization and momentum in deep learning', equations (1) and (2), put α inside the
    velocity, v := μ v - α dθ and θ := θ + v: the same steps while α is constant. When α changes, ours (and PyTorch's)
    takes effect at once.

    Parameters
    ----------
    momentum : float
        μ, 0 ≤ μ < 1.
    """

    state_names = ("v",)
    elementwise = True

    def __init__(self, learning_rate: float = 0.01, *, momentum: float = 0.9) -> None:
        super().__init__(learning_rate)
        self.momentum = check_fraction("momentum", momentum)

    def update(self, θ: np.ndarray, dθ: np.ndarray, v: np.ndarray) -> None:
        α, μ = self.learning_rate, self.momentum
        v *= μ
        v += dθ
        θ -= α * v


@register_optimizer("nesterov")
class Nesterov(Momentum):
    """Momentum that looks ahead: the gradient is taken where the velocity is about to carry the parameters.

        v := μ v + dθ
        θ := θ - α (dθ + μ v)

    Source: Nesterov 1983; Sutskever et al. 2013, equations (3) and (4), measure the gradient at the point θ + μ v ahead
    of θ. As in PyTorch, θ here is that point ahead, where the gradient was measured already, which is the same method
    while α is constant: Bengio et al. 2013, 'Advances in optimizing recurrent networks', arXiv:1212.0901, section 3.5.

    Parameters
    ----------
    momentum : float
        μ, 0 ≤ μ < 1.
    """

    def update(self, θ: np.ndarray, dθ: np.ndarray, v: np.ndarray) -> None:
        α, μ = self.learning_rate, self.momentum
        v *= μ
        v += dθ
        θ -= α * (dθ + μ * v)


@register_optimizer("adagrad")
class AdaGrad(Optimizer):
    """A learning rate for each entry: the more gradient it has seen, the smaller its steps become.

        s := s + dθ²
        θ := θ - α dθ / (√s + ε)

    Source: Duchi, Hazan and Singer 2011, 'Adaptive subgradient methods', JMLR 12, figure 1 with diagonal matrices; its
    δ is our ε. PyTorch's default ε.

    Parameters
    ----------
    epsilon : float
        ε > 0: no division by zero.
    """

    state_names = ("s",)
    elementwise = True

    def __init__(self, learning_rate: float = 0.01, *, epsilon: float = 1e-10) -> None:
        super().__init__(learning_rate)
        self.epsilon = check_positive("epsilon", epsilon)

    def update(self, θ: np.ndarray, dθ: np.ndarray, s: np.ndarray) -> None:
        α, ε = self.learning_rate, self.epsilon
        s += dθ**2
        θ -= α * dθ / (np.sqrt(s) + ε)


@register_optimizer("rmsprop")
class RMSprop(Optimizer):
    """AdaGrad that forgets: gradients are divided by the root of a running mean of their squares.

        s := β s + (1 - β) dθ²
        θ := θ - α dθ / (√s + ε)

    Source: Tieleman and Hinton 2012, lecture 6.5 of 'Neural networks for machine learning', which gives β = 0.9 and no
    ε. PyTorch calls β alpha and has other defaults (β = 0.99, α = 0.01), but the same rule.

    Parameters
    ----------
    beta : float
        β, 0 ≤ β < 1: the mean reaches back over some 1 / (1 - β) steps.
    epsilon : float
        ε > 0: no division by zero.
    """

    state_names = ("s",)
    elementwise = True

    def __init__(self, learning_rate: float = 0.001, *, beta: float = 0.9, epsilon: float = 1e-8) -> None:
        super().__init__(learning_rate)
        self.beta = check_fraction("beta", beta)
        self.epsilon = check_positive("epsilon", epsilon)

    def update(self, θ: np.ndarray, dθ: np.ndarray, s: np.ndarray) -> None:
        α, β, ε = self.learning_rate, self.beta, self.epsilon
        s *= β
        s += (1 - β) * dθ**2
        θ -= α * dθ / (np.sqrt(s) + ε)


@register_optimizer("adam")
class Adam(Optimizer):
    """Momentum and RMSprop together, each corrected for having started at zero.

        m := β1 m + (1 - β1) dθ         m_hat = m / (1 - β1^t)
        v := β2 v + (1 - β2) dθ²        v_hat = v / (1 - β2^t)
        θ := θ - α m_hat / (√v_hat + ε)

    In the first step m_hat / √v_hat is the gradient's sign: every entry moves by α, however small its gradient.

    Source: Kingma and Ba 2015, 'Adam', arXiv:1412.6980, algorithm 1, with its defaults. PyTorch's is the same.

    Parameters
    ----------
    beta1, beta2 : float
        0 ≤ β < 1: how slowly the means of gradients and of squares forget.
    epsilon : float
        ε > 0: no division by zero.
    """

    state_names: ClassVar[tuple[str, ...]] = ("m", "v")
    elementwise = True

    def __init__(
        self, learning_rate: float = 0.001, *, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8
    ) -> None:
        super().__init__(learning_rate)
        self.beta1 = check_fraction("beta1", beta1)
        self.beta2 = check_fraction("beta2", beta2)
        self.epsilon = check_positive("epsilon", epsilon)

    def update(self, θ: np.ndarray, dθ: np.ndarray, m: np.ndarray, v: np.ndarray) -> None:
        α, β1, β2, ε, t = self.learning_rate, self.beta1, self.beta2, self.epsilon, self.steps
        m *= β1
        m += (1 - β1) * dθ
        v *= β2
        v += (1 - β2) * dθ**2
        # What would make m_hat of m and v_hat of v is multiplied into α and ε instead, which are single numbers.
        root = math.sqrt(1 - β2**t)
        θ -= α * root / (1 - β1**t) * m / (np.sqrt(v) + ε * root)


@register_optimizer("amsgrad")
class AMSGrad(Adam):
    """Adam that never forgets a large gradient: the divisor is the largest v so far, so no step size grows again.

        m := β1 m + (1 - β1) dθ         m_hat = m / (1 - β1^t)
        v := β2 v + (1 - β2) dθ²
        v_max := max(v_max, v)          v_hat = v_max / (1 - β2^t)
        θ := θ - α m_hat / (√v_hat + ε)

    Source: Reddi, Kale and Kumar 2018, 'On the convergence of Adam and beyond', arXiv:1904.09237, algorithm 2. The
    paper has neither the corrections for t nor ε: θ := θ - α m / √v_max. We follow PyTorch, which keeps Adam's.

    Parameters
    ----------
    beta1, beta2, epsilon : float
        As for Adam.
    """

    state_names = ("m", "v", "v_max")

    def update(  # type: ignore[override]  # it is handed one array more than Adam's
        self, θ: np.ndarray, dθ: np.ndarray, m: np.ndarray, v: np.ndarray, v_max: np.ndarray
    ) -> None:
        α, β1, β2, ε, t = self.learning_rate, self.beta1, self.beta2, self.epsilon, self.steps
        m *= β1
        m += (1 - β1) * dθ
        v *= β2
        v += (1 - β2) * dθ**2
        np.maximum(v_max, v, out=v_max)
        root = math.sqrt(1 - β2**t)
        θ -= α * root / (1 - β1**t) * m / (np.sqrt(v_max) + ε * root)


@register_optimizer("adamw")
class AdamW(Adam):
    """Adam with weight decay beside it: the weights shrink by a share of themselves, whatever their gradients.

        W := W - α λ W                  for the weights W1 and W2; biases do not decay
        θ := Adam's step                for all

    An L2 penalty would put λ W into dθ, where Adam divides it away again.

    Source: Loshchilov and Hutter 2019, 'Decoupled weight decay regularization', arXiv:1711.05101, algorithm 2. There λ
    is multiplied by the schedule's factor and not by α; we follow PyTorch, which multiplies it by α, the schedule
    included, and has the default λ = 0.01. To leave the biases alone is the custom; PyTorch decays what it is told to.

    Parameters
    ----------
    beta1, beta2, epsilon : float
        As for Adam.
    weight_decay : float
        λ, 0 ≤ λ < 1.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(learning_rate, beta1=beta1, beta2=beta2, epsilon=epsilon)
        self.weight_decay = check_fraction("weight_decay", weight_decay)

    def step(self, parameters: Parameters, gradients: Parameters) -> None:
        α, λ = self.learning_rate, self.weight_decay
        for name, θ in parameters.items():
            if name.startswith("W"):
                θ -= α * λ * θ
        super().step(parameters, gradients)
