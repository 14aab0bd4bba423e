"""A comparison as tables: rows of text, for a terminal or a page."""

from .compare import Comparison

Rows = list[list[str]]  # the first row holds the headings

DELTA = "Δ"  # heads a row of differences to the first run
CHANGES = {"newly_correct": "wrong → right", "newly_wrong": "right → wrong"}


def results_table(comparison: Comparison) -> Rows:
    """Return the results of each run, and in a row below them, Δ, their differences to the first run's."""
    first, rows = comparison.runs[0], []
    for run, pair in zip(comparison.runs, [None, *comparison.pairs], strict=True):
        low, high = run.interval
        rows.append(
            [
                run.run,
                f"{run.accuracy:.2%}",
                f"{100 * low:.2f} to {100 * high:.2f}",
                f"{run.loss:.4f}",
                f"{run.parameters:,}",
                _format("{:,}", run.steps),
                _format("{:.1f}", run.seconds),
            ]
        )
        if pair:
            low, high = pair.interval
            rows.append(
                [
                    DELTA,
                    f"{100 * pair.difference:+z.2f} ",
                    f"{100 * low:+z.2f} to {100 * high:+z.2f}",
                    _format("{:+z.4f}", pair.loss_difference),
                    f"{run.parameters - first.parameters:+,}",
                    _format("{:+,}", _difference(run.steps, first.steps)),
                    _format("{:+z.1f}", _difference(run.seconds, first.seconds)),
                ]
            )
    return [["run", "accuracy", "95 % interval", "loss", "parameters", "steps", "seconds"], *rows]


def _format(form: str, value: float | None) -> str:
    return "unknown" if value is None else form.format(value)


def _difference(ours: float | None, theirs: float | None) -> float | None:
    return None if ours is None or theirs is None else ours - theirs


def options_table(comparison: Comparison) -> Rows:
    """Return the options in which the runs differ."""
    return [
        ["option", *(run.run for run in comparison.runs)],
        *(
            [name.replace("_", " "), *("unknown" if value is None else str(value) for value in values)]
            for name, values in comparison.options.items()
        ),
    ]


def method(comparison: Comparison) -> str:
    """Return in a sentence what the p-values are, and what they do not cover."""
    several = ", with Holm's correction for several comparisons" if len(comparison.pairs) > 1 else ""
    return (
        f"p is that of McNemar's exact test on these images{several}: how often equally good networks would differ so "
        f"much. It does not cover the luck of the seed, which train --seeds measures."
    )
