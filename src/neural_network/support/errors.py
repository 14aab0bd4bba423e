"""What can go wrong, told apart by who can mend it.

Each error is one line: what came, what was expected, what to do. The command turns them into exit statuses:
bad input is 2, work that failed (a full disk, a dead mirror) is 1, training that diverged is 3.
"""

from typing import Any


class InputError(ValueError):
    """A bad argument, or a file whose content is not what it must be: whoever gave it can mend it."""


class WorkError(OSError):
    """The input was good and the work failed all the same: a download, a full disk, a folder nobody may write to."""


class DivergenceError(ArithmeticError):
    """The loss or the parameters of a training run became infinite or NaN.

    Attributes
    ----------
    step : int
        The step, counted from 1, at which this was noticed.
    history : History or None
        What had been recorded of the run until then.
    """

    def __init__(self, step: int, what: str, learning_rate: float) -> None:
        self.step = step
        self.history: Any = None
        super().__init__(
            f"training diverged at step {step}: {what} with learning rate {learning_rate:g}; "
            f"try a learning rate of {learning_rate / 10:g}, and see that the inputs lie in [0, 1]"
        )
