"""Schedules: how the learning rate changes during training.

A schedule is a function of the step, counted from 1, and the total number of steps. It returns a factor, by which the
callback `LearningRate` multiplies the optimizer's own learning rate before each step. The factor depends on nothing
else, so a resumed run has the same learning rates as one that was never interrupted.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from ..support.arguments import check_count, check_fraction, check_options, check_positive
from ..support.errors import InputError
from ..support.registry import Registry
from .callback import Callback, Run
from .history import Row

Schedule = Callable[..., float]  # (step, total_steps, and options that have defaults)

SCHEDULES: Registry[Schedule] = Registry("schedule")


def register_schedule(name: str) -> Callable[[Schedule], Schedule]:
    """Register the decorated schedule under `name`, for `LearningRate` and the command."""
    return lambda schedule: SCHEDULES.register(name, schedule)


class LearningRate(Callback):
    """Sets the learning rate before each step, and adds a column `learning_rate` to the history.

    Parameters
    ----------
    schedule : str or function
        A function that returns the factor for a step and the total number of steps, or its registered name.
    **options
        The schedule's further arguments, such as `warmup_steps=100`.

    Raises
    ------
    InputError
        An unknown name or option. A value that does not suit the run, such as a warm-up that is longer than the run, is
        only refused before the first step.
    """

    process_safe = True

    def __init__(self, schedule: str | Schedule, **options: Any) -> None:
        function = SCHEDULES[schedule] if isinstance(schedule, str) else schedule
        check_options(f"schedule {schedule!r}", function, options)
        self.factor = partial(function, **options)

    def on_start(self, run: Run) -> None:
        self.base = run.optimizer.learning_rate

    def on_batch(self, run: Run) -> None:
        run.optimizer.learning_rate = self.base * self.factor(run.step, run.epochs * run.steps_per_epoch)

    def on_epoch(self, run: Run, row: Row) -> None:
        row["learning_rate"] = run.optimizer.learning_rate  # in the epoch's last step

    def on_end(self, run: Run) -> None:
        run.optimizer.learning_rate = self.base


@register_schedule("constant")
def constant(step: int, total_steps: int) -> float:
    """1: the learning rate stays as it is."""
    return 1.0


@register_schedule("step")
def step_decay(step: int, total_steps: int, *, stages: int = 3, gamma: float = 0.1) -> float:
    """γ^⌊stages (step - 1) / total⌋: stages of equal length, each with γ times the rate of the stage before."""
    stages, γ = check_count("stages", stages), check_positive("gamma", gamma)
    return γ ** (stages * (step - 1) // total_steps)


@register_schedule("exponential")
def exponential(step: int, total_steps: int, *, final: float = 0.01) -> float:
    """final^((step - 1) / total): falls by the same percentage in every step, from 1 towards `final`."""
    return check_positive("final", final) ** ((step - 1) / total_steps)


@register_schedule("cosine")
def cosine(step: int, total_steps: int, *, warmup_steps: int = 0) -> float:
    """A linear rise over the first w = `warmup_steps` steps, if any, then half a cosine wave from 1 down to 0.

        step / w                                             step ≤ w
        (1 + cos(π (step - 1 - w) / (total - w))) / 2        step > w

    Source: Loshchilov and Hutter 2017, 'SGDR', arXiv:1608.03983, equation (5) without restarts. The warm-up keeps the
    first steps, from random weights, small: Goyal et al. 2017, arXiv:1706.02677, section 2.2.
    """
    w = check_count("warmup_steps", warmup_steps, minimum=0)
    if w > total_steps:
        raise InputError(f"warmup_steps must be at most {total_steps}, the total number of steps, not {w}")
    if step <= w:
        return step / w
    return _half_wave(1, 0, (step - 1 - w) / (total_steps - w))


@register_schedule("one-cycle")
def one_cycle(
    step: int, total_steps: int, *, rise: float = 0.3, start: float = 1 / 25, end: float = 1 / 250_000
) -> float:
    """Half a cosine wave up from `start` to 1 over a share `rise` of the steps, and half a wave down to `end`.

        wave(start, 1, (step - 1) / (p - 1))                 step < p = rise · total
        wave(1, end, (step - p) / (total - p))               step ≥ p
        wave(a, b, s) = b + (a - b) (1 + cos(π s)) / 2

    Source: Smith and Topin 2018, 'Super-convergence', arXiv:1708.07120, with the cosines and the defaults of fast.ai
    and of PyTorch's OneCycleLR. Those also lower the momentum while the rate is high; here it is constant.
    """
    peak = check_fraction("rise", rise) * total_steps
    start, end = check_positive("start", start), check_positive("end", end)
    if step < peak:
        return _half_wave(start, 1, (step - 1) / (peak - 1))
    return _half_wave(1, end, (step - peak) / (total_steps - peak))


def _half_wave(a: float, b: float, share: float) -> float:
    """Go from `a` (share 0) to `b` (share 1) along half a wave of the cosine."""
    return b + (a - b) * (1 + math.cos(math.pi * share)) / 2
