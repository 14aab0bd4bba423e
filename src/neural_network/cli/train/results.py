"""The table that `mnist-nn train` ends with."""

from dataclasses import replace

from ...runs.settings import Settings
from ...runs.summary import EndedSummary
from .. import terminal

# What the original of this network reached on Kaggle's MNIST with the default settings and weights uniform in ±0.5.
PUBLISHED = {"train": {"accuracy": 0.852, "loss": 0.45}, "validation": {"accuracy": 0.844, "loss": 0.48}}


def print_results(summary: EndedSummary, settings: Settings) -> None:
    """Print the result of a run, beside the published figures where it did the same job."""
    data, progress = summary.data, summary.progress
    published = PUBLISHED if data.name == "mnist" and _is_first_job(settings) else {}
    columns = ["", "samples", "accuracy", "loss", *(["published accuracy", "loss"] if published else [])]
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
    if settings.from_run:
        console.print(f"started with the weights of {settings.from_run}", markup=False, soft_wrap=True)
    console.print(
        f"{summary.model.parameters:,} parameters, steps: {progress.steps:,} in {progress.seconds:.1f} s; "
        f"saved in {summary.run}",
        markup=False,
        soft_wrap=True,
    )


def _is_first_job(settings: Settings) -> bool:
    """Return whether these are the settings of the published figures, up to the random weights."""
    return replace(settings, initializer="he-normal", seed=0) == Settings()
