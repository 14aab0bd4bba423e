"""Which settings a sweep tries: a grid of all, random ones, or those that Optuna proposes.

A search yields batches of settings. All trainings of a batch can run at the same time, and their results do not depend
on when each of them ends; so the same sweep has the same trials on any number of processes.
"""

import itertools
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from ...support.errors import InputError
from ...support.randomness import SWEEP, stream
from ...support.registry import Registry
from ..command import option
from ..settings import Settings
from .space import Choice, Range, Value, Varied

if TYPE_CHECKING:
    import optuna

USUAL_TRIALS = 20
PROPOSED_AT_ONCE = 4  # by Optuna, which learns from their results before it proposes the next
MOST_MISSES = 1000  # draws of settings that were drawn before, after which there are hardly any new ones


@dataclass(frozen=True)
class Plan:
    """What a search starts from.

    Attributes
    ----------
    base : Settings
        The settings that are not varied, and the first seed, from which random numbers come too.
    space : tuple
        What is varied.
    trials : int or None
        How many settings to try; None is the search's own number.
    """

    base: Settings
    space: tuple[Varied, ...]
    trials: int | None = None

    def settings(self, values: Sequence[Value]) -> Settings:
        """Return the settings with these values of what is varied."""
        varied: dict[str, Any] = {each.name: value for each, value in zip(self.space, values, strict=True)}
        return replace(self.base, **varied)


# The accuracies of all trials so far, None for those that failed, can be read when the next batch is asked for.
Search: TypeAlias = Callable[[Plan, Sequence[float | None]], Iterator[list[Settings]]]
SEARCHES: Registry[Search] = Registry("search")


def grid(plan: Plan, accuracies: Sequence[float | None]) -> Iterator[list[Settings]]:
    """Try all combinations of the values, those of the first setting varying slowest."""
    for varied in plan.space:
        if isinstance(varied, Range):
            text, name = f"{varied.low:g}..{varied.high:g}{' log' * varied.log}", option(varied.name)[2:]
            raise InputError(
                f'a grid needs values of {name}: --vary "{name}={text} 5" takes five of the range; '
                "or draw from it with --search random"
            )
    combinations = list(itertools.product(*(varied.values for varied in plan.space if isinstance(varied, Choice))))
    if plan.trials not in (None, len(combinations)):
        raise InputError(
            f"a grid tries each of its {len(combinations)} combinations: --trials goes with --search random"
        )
    yield list(map(plan.settings, combinations))


def draw(plan: Plan, accuracies: Sequence[float | None]) -> Iterator[list[Settings]]:
    """Draw values at random. The first trials are the same for any number of trials; none is there twice."""
    rng, wanted, misses = stream(plan.base.seed, SWEEP), plan.trials or USUAL_TRIALS, 0
    drawn: dict[Settings, None] = {}
    while len(drawn) < wanted and misses < MOST_MISSES:
        settings = plan.settings([varied.draw(rng) for varied in plan.space])
        misses += settings in drawn
        drawn[settings] = None
    yield list(drawn)


def guided(plan: Plan, accuracies: Sequence[float | None]) -> Iterator[list[Settings]]:
    """Let Optuna's tree-structured Parzen estimator propose values, from the results of earlier ones."""
    try:
        import optuna
    except ImportError as error:
        raise ImportError('--search optuna needs Optuna: pip install "mnist-nn[optuna]"') from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sampler = optuna.samplers.TPESampler(seed=plan.base.seed % 2**32)
        study = optuna.create_study(direction="maximize", sampler=sampler)
    wanted, failed = plan.trials or USUAL_TRIALS, optuna.trial.TrialState.FAIL
    for start in range(0, wanted, PROPOSED_AT_ONCE):
        proposed = [study.ask() for _ in range(min(PROPOSED_AT_ONCE, wanted - start))]
        yield [plan.settings([_propose(trial, varied) for varied in plan.space]) for trial in proposed]
        for trial, accuracy in zip(proposed, accuracies[start:], strict=True):
            study.tell(trial, accuracy, state=failed if accuracy is None else None)


def _propose(trial: "optuna.Trial", varied: Varied) -> Value:
    if isinstance(varied, Choice):
        value: Any = trial.suggest_categorical(varied.name, varied.values)
        return value
    if varied.whole:
        return trial.suggest_int(varied.name, int(varied.low), int(varied.high), log=varied.log)
    return varied.fit(trial.suggest_float(varied.name, varied.low, varied.high, log=varied.log))


for _name, _search in (("grid", grid), ("random", draw), ("optuna", guided)):
    SEARCHES.register(_name, _search)
