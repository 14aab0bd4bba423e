"""A contest in words and figures: the rows of its tables, for whoever prints them."""

from collections.abc import Mapping
from typing import Any

Result = Mapping[str, Any]
Rows = list[list[str]]  # the first row is that of the headings

DELTA = "Δ"  # heads a row of differences to the first run
CHANGES = {"gained": "wrong → right", "lost": "right → wrong"}


def figures_table(result: Result) -> Rows:
    """Return the figures of each run, and in a row below them, Δ, their differences to the first run's."""
    first, rows = result["runs"][0], []
    for run, comparison in zip(result["runs"], [None, *result["comparisons"]], strict=True):
        low, high = run["interval"]
        rows.append(
            [
                run["run"],
                f"{run['accuracy']:.2%}",
                f"{100 * low:.2f} to {100 * high:.2f}",
                f"{run['loss']:.4f}",
                f"{run['parameters']:,}",
                _told("{:,}", run["steps"]),
                _told("{:.1f}", run["seconds"]),
            ]
        )
        if comparison:
            low, high = comparison["interval"]
            rows.append(
                [
                    DELTA,
                    f"{100 * comparison['difference']:+z.2f} ",
                    f"{100 * low:+z.2f} to {100 * high:+z.2f}",
                    _told("{:+z.4f}", comparison["loss_difference"]),
                    f"{run['parameters'] - first['parameters']:+,}",
                    _told("{:+,}", _difference(run["steps"], first["steps"])),
                    _told("{:+z.1f}", _difference(run["seconds"], first["seconds"])),
                ]
            )
    return [["run", "accuracy", "95 % interval", "loss", "parameters", "steps", "seconds"], *rows]


def _told(form: str, value: float | None) -> str:
    return "unknown" if value is None else form.format(value)


def _difference(ours: float | None, theirs: float | None) -> float | None:
    return None if ours is None or theirs is None else ours - theirs


def options_table(result: Result) -> Rows:
    """Return the options in which the runs differ."""
    return [
        ["option", *(run["run"] for run in result["runs"])],
        *(
            [name.replace("_", " "), *("unknown" if value is None else str(value) for value in values)]
            for name, values in result["options"].items()
        ),
    ]


def method(result: Result) -> str:
    """Say what the p-values are, and what they are not."""
    several = ", with Holm's correction for their number" if len(result["comparisons"]) > 1 else ""
    return f"p: McNemar's exact test on these images{several}; another seed is another chance (train --seeds)"
