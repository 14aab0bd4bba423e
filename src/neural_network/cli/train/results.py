"""The table that `mnist-nn train` ends with, and what to do next."""

import shlex
from dataclasses import replace
from pathlib import Path

from ...runs.settings import Settings
from ...runs.summary import EndedSummary
from .. import terminal

# The first version of this network reported these figures, for Kaggle's MNIST and weights uniform in ±0.5.
PUBLISHED = {"train": {"accuracy": 0.852, "loss": 0.45}, "validation": {"accuracy": 0.844, "loss": 0.48}}
WHOSE = "published: by the first version of this network, whose weights started uniform in ±0.5, for Kaggle's MNIST"

BUILTIN = "with the default options, expect about 80 % of the test digits to be right; for MNIST it is about 90 %"


def print_results(summary: EndedSummary, settings: Settings) -> None:
    """Print the results of a run, beside the published ones if it did the same job."""
    data, duration = summary.data, summary.duration
    published = PUBLISHED if data.name == "mnist" and _is_first_job(settings) else {}
    columns = ["", "samples", "accuracy", "loss", *(["published accuracy", "published loss"] if published else [])]
    table = terminal.table(*columns, title=f"{data.name} from {data.source}")
    for part, metrics in summary.metrics.items():
        if metrics:
            row = [part, f"{metrics.samples:,}", f"{metrics.accuracy:.2%}", f"{metrics.loss:.4f}"]
            if published:
                row += [f"{p['accuracy']:.1%}", f"{p['loss']:.2f}"] if (p := published.get(part)) else ["", ""]
            table.add_row(*row)
    for name, metrics in summary.parts.items():
        table.add_row(f"test: {name}", "", f"{metrics.accuracy:.2%}", f"{metrics.loss:.4f}")
    console = terminal.console()
    console.print(table)
    if published:
        console.print(WHOSE, style="dim", soft_wrap=True)
    if settings.from_run:
        console.print(f"started with the weights of {settings.from_run}", markup=False, soft_wrap=True)
    console.print(
        f"{summary.model.parameters:,} parameters, steps: {duration.steps:,} in {duration.seconds:.1f} s; "
        f"saved in {summary.run}",
        markup=False,
        soft_wrap=True,
    )


def print_next_steps(run: Path) -> None:
    """Print commands that look at a run."""
    name = shlex.quote(str(run))
    terminal.console().print(
        f"\nNext:\n"
        f"  mnist-nn predict {name} --index 0   # or a picture of your own instead of --index 0\n"
        f"  mnist-nn report {name}              # results, mistakes and figures on one page\n"
        f"  mnist-nn explain {name}             # one training step, number by number",
        markup=False,
        soft_wrap=True,
    )


def _is_first_job(settings: Settings) -> bool:
    """Return whether these are the settings of the published figures, apart from the random weights."""
    return replace(settings, initializer="he-normal", seed=0) == Settings()
