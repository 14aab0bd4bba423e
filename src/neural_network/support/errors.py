"""Errors, by what can be done about them.

Each is one line: what came, what was expected, what to do. The command turns them into exit statuses: 2 for bad input,
1 for work that failed (a full disk, a dead mirror), 3 for training that diverged.
"""

from typing import Any


class InputError(ValueError):
    """A bad argument, or a file whose content is not what it must be: the user can mend it."""


class NotFiniteError(InputError):
    """A network's outputs or its loss are infinite or NaN: its parameters or its inputs are too large."""


class WorkError(OSError):
    """The input was good and the work failed: a download, a full disk, a folder without permission to write."""


class DivergenceError(ArithmeticError):
    """The loss or the parameters of a training run became infinite or NaN.

    Attributes
    ----------
    step : int
        The step, counted from 1, at which this was noticed.
    history : History or None
        The rows recorded until then.
    """

    def __init__(self, step: int, what: str, learning_rate: float) -> None:
        super().__init__(step, what, learning_rate)  # from which a copy in another process is made
        self.step, self.what, self.learning_rate = step, what, learning_rate
        self.history: Any = None

    def __str__(self) -> str:
        return (
            f"training diverged at step {self.step}: {self.what} with learning rate {self.learning_rate:g}; "
            f"try a learning rate of {self.learning_rate / 10:g}, and check that the inputs are in [0, 1]"
        )
