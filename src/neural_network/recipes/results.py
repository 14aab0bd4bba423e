"""Results of recipes: the error over several seeds, beside the published one."""

import json
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..inspection.analysis.intervals import wilson
from ..runs.summary import EndedSummary, Summary
from ..support.errors import InputError
from .recipe import Recipe

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Result:
    """The errors of a recipe, in per cent: one for each seed, and their mean and standard deviation.

    `interval` are the ends of Wilson's 95 % interval for the mean, as of one test set; `seconds` is the mean training
    time.
    """

    seeds: tuple[int, ...]
    errors: tuple[float, ...]
    interval: tuple[float, float]
    seconds: float

    @property
    def mean(self) -> float:
        """The mean error in per cent."""
        return statistics.fmean(self.errors)

    def __str__(self) -> str:
        return f"{self.mean:.2f} ± {self.std:.2f}" if len(self.errors) > 1 else f"{self.mean:.2f}"

    @property
    def std(self) -> float:
        """The standard deviation of the errors in percentage points, 0 for a single seed."""
        return statistics.stdev(self.errors) if len(self.errors) > 1 else 0.0


def summarize_runs(recipe: Recipe, runs: Iterable[EndedSummary]) -> Result:
    """Return the result of a recipe from the summaries of its runs, one for each seed.

    Raises InputError where a run has other settings than the recipe, was interrupted, or has no images to test with.
    """
    runs = sorted(runs, key=lambda run: run.settings.seed)
    for run in runs:
        check_run(recipe, run)
    part = recipe.published.part if recipe.published else "test"
    metrics = [row for run in runs if (row := run.metrics[part])]
    if not metrics:
        raise InputError(f"the data of the recipe {recipe.name} have no {part} images to measure the error on")
    errors = tuple(100 * round((1 - row.accuracy) * row.samples) / row.samples for row in metrics)
    low, high = wilson(statistics.fmean(errors) / 100 * metrics[0].samples, metrics[0].samples)
    return Result(
        tuple(run.settings.seed for run in runs),
        errors,
        (100 * float(low), 100 * float(high)),
        statistics.fmean(run.duration.seconds for run in runs),
    )


def check_run(recipe: Recipe, run: EndedSummary) -> None:
    """Raise InputError where a run was interrupted, or was not trained as the recipe says, whatever its seed."""
    check_settings(recipe, run, run.run or "a run")
    if run.interrupted:
        raise InputError(f"{run.run or 'a run'} was interrupted: mnist-nn train --resume {run.run}")


def check_settings(recipe: Recipe, run: Summary, name: str) -> None:
    """Raise InputError where the run of this name has other settings than the recipe, whatever its seed."""
    settings = recipe.settings
    expected = {
        **vars(settings),
        "learning_rate": settings.make_optimizer().learning_rate,
        "data": recipe.options.get("data", run.data.spec),
        "validation": recipe.options.get("validation", run.data.validation),
    }
    found = {**vars(run.settings), "data": run.data.spec, "validation": run.data.validation}
    for setting, value in expected.items():
        if setting != "seed" and found[setting] != value:
            values = f"{setting} is {found[setting]!r}, not {value!r}"
            raise InputError(f"{name} is not of the recipe {recipe.name}: {values}")


def recorded(recipe: Recipe, results: Path = RESULTS) -> Result | None:
    """Return the result of the runs that come with this package, None where there are none."""
    runs = [Summary.from_json(json.loads(path.read_bytes())) for path in results.glob(f"{recipe.name}-seed-*.json")]
    return summarize_runs(recipe, [run for run in runs if isinstance(run, EndedSummary)]) if runs else None
