"""What `mnist-nn sweep` prints: a line for each trial as it ends, and the table of all, the best first."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ...runs.settings import Settings
from ...runs.sweep.jobs import DONE
from ...runs.sweep.results import Spread, Trial
from ...runs.sweep.space import as_text
from ...runs.sweep.sweep import Listener
from ...support.progress import Progress
from .. import terminal

MOST_ROWS = 20  # of the table; trials.csv has all


class Reporter(Listener):
    """Shows a bar on a terminal, and prints each trial on standard error."""

    def __init__(self, varied: Sequence[str], bar: Progress) -> None:
        self.varied, self.bar = varied, bar
        self.trainings = self.done = 0

    def planned(self, trainings: int, known: int) -> None:
        self.trainings += trainings
        self.done += known
        if known:
            terminal.note(f"{known} of {trainings} trainings are known already")
        self._show()

    def trained(self, trainings: int) -> None:
        self.done += trainings
        self._show()

    def ended(self, trial: Trial) -> None:
        accuracy = trial.spread("validation", "accuracy")
        result = f"{_percent(accuracy)} of the validation samples" if accuracy else trial.status
        error = next((each.error for each in trial.outcomes if each.error), "")
        seeds = [str(each.seed) for each in trial.outcomes if each.status != DONE]
        if accuracy and seeds:
            result += f"; {trial.status} with seed {', '.join(seeds)}"
        terminal.note(f"trial {trial.number}: {values(trial.settings, self.varied)}: {result}{error and f': {error}'}")

    def say(self, line: str) -> None:
        terminal.note(line)

    def _show(self) -> None:
        self.bar.update(self.done / self.trainings, "trainings", f"{self.done}/{self.trainings}")


def values(settings: Settings, varied: Sequence[str]) -> str:
    """Return in words the settings that are varied."""
    return ", ".join(f"{name} {as_text(getattr(settings, name))}" for name in varied)


def print_table(trials: Sequence[Trial], varied: Sequence[str], title: str) -> None:
    """Print the trials in this order: mean over the seeds, and for the accuracy ± standard deviation."""
    table = terminal.table("trial", *varied, "accuracy", "loss", "s", title=title)
    for trial in trials[:MOST_ROWS]:
        loss = trial.spread("validation", "loss")
        spread = trial.spread("validation", "accuracy")
        accuracy = _percent(spread) if spread else ""
        table.add_row(
            str(trial.number),
            *(as_text(getattr(trial.settings, name)) for name in varied),
            accuracy if trial.status == DONE else f"{trial.status} {accuracy}".strip(),
            f"{loss.mean:.4f}" if loss else "",
            "" if math.isnan(trial.seconds) else f"{trial.seconds:.1f}",
        )
    terminal.console().print(table)


def _percent(accuracy: Spread) -> str:
    deviation = f" ± {100 * accuracy.std:.2f}" if len(accuracy.values) > 1 else ""
    return f"{100 * accuracy.mean:.2f}{deviation} %"


def to_json(trial: Trial, varied: Sequence[str]) -> dict[str, Any]:
    """Return a trial as JSON values, with what each of its seeds gave."""

    def spread(part: str) -> Mapping[str, Any] | None:
        found = {quantity: trial.spread(part, quantity) for quantity in ("accuracy", "loss")}
        return {k: {"mean": v.mean, "std": v.std, "values": v.values} for k, v in found.items() if v} or None

    errors = {str(each.seed): each.error for each in trial.outcomes if each.error}
    return {
        "trial": trial.number,
        "settings": {name: getattr(trial.settings, name) for name in varied},
        "status": trial.status,
        "seeds": [each.seed for each in trial.outcomes if each.status == DONE],
        "metrics": {part: spread(part) for part in ("train", "validation")},
        "seconds": None if math.isnan(trial.seconds) else trial.seconds,
        **({"errors": errors} if errors else {}),
    }
