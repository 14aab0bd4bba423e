"""`mnist-nn report`: a run in one HTML file, to keep or to send."""

import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..runs.checkpoint_files import fingerprint
from ..runs.folder import SNAPSHOTS, load_history, load_run, load_summary
from ..runs.snapshots import Snapshots
from ..runs.summary import DivergedSummary, Metrics, Summary
from ..support.arguments import plain
from ..support.progress import Progress
from . import terminal
from .dataset_for_model import load_data, load_for
from .diagnose import saved_findings
from .html_files import check_page, write_page
from .options import Json
from .train.resume import arrays

if TYPE_CHECKING:
    from ..data import Dataset
    from ..inspection.report import Evaluated


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="The file to write.", show_default="RUN/report.html")
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            help="Its data set, if that has moved, or another one to evaluate the run on.",
            show_default="that of the run",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Draw only this figure; repeatable.", show_default="all of them"),
    ] = None,
    json: Json = False,
) -> None:
    """Write the results, mistakes, figures and settings of a run into one HTML file.

    It opens in any browser, without a connection. Press a cell of the confusion matrix to see its images, or a mistake
    to see the numbers behind it.

    Examples:

      mnist-nn report runs/first

      mnist-nn report runs/first --output first.html --only training_progress --only mistakes
    """
    from ..inspection.figures import FIGURES

    path = output or run / "report.html"
    summary = load_summary(run)
    for name in only or ():
        FIGURES[name]  # an unknown name is an error before anything is read
    check_page(path, "--output")

    if isinstance(summary, DivergedSummary):
        html, result = _report_divergence(run, summary, data)
    else:
        html, result = _report_run(run, data, only)
    write_page(path, html)
    if json:
        terminal.print_json({"report": str(path), "bytes": len(html.encode()), **result})
    else:
        typer.echo(path)


def _report_run(run: Path, data: str | None, only: list[str] | None) -> tuple[str, dict[str, Any]]:
    """Return the page of a run that has ended, and its results as JSON values."""
    from ..inspection.diagnosis import diagnose
    from ..inspection.figures import FIGURES, RunData
    from ..inspection.report import report_run

    network, history, summary = load_run(run)
    dataset = load_for(network, data, run)
    parts = dataset.split(summary.data.validation)
    own = _alike(Metrics.of(network, *parts[0]), summary.metrics["train"])
    evaluated = _evaluated(dataset, summary, own)
    run_data = RunData.of(network, history, summary, dataset, partial(Snapshots.load, run / SNAPSHOTS, network))
    with terminal.busy("diagnosing the run"):
        findings = diagnose(history, network, *parts) if own else None
    wanted = list(dict.fromkeys(only)) if only else None
    with Progress("drawing", len(wanted or FIGURES)) as bar:
        name = plain(run.resolve().name)
        page = report_run(name, run_data, summary, findings, evaluated, figures=wanted, advance=bar.advance)
    accuracy = page.row.accuracy
    result = {
        "samples": accuracy.trials,
        "accuracy": accuracy.value,
        "interval": [accuracy.low, accuracy.high],
        "loss": page.row.loss,
        "mistakes": page.mistakes,
        "findings": None if findings is None else [finding.cause for finding in findings],
        "figures": page.figures,
        "not_drawn": page.missing,
    }
    return page.html, result


def _report_divergence(run: Path, summary: DivergedSummary, data: str | None) -> tuple[str, dict[str, Any]]:
    """Return the page of a run that diverged, and its results as JSON values."""
    from ..inspection.report import report_divergence

    history, findings = load_history(run), saved_findings(run, summary)
    dataset = terminal.reading(lambda: load_data(data, run, summary.data.pictures))
    evaluated = _evaluated(dataset, summary, own=True)
    html = report_divergence(plain(run.resolve().name), history, summary, findings, evaluated)
    return html, {"diverged_at": summary.diverged_at, "findings": [finding.cause for finding in findings]}


def _evaluated(dataset: "Dataset", summary: Summary, own: bool) -> "Evaluated":
    """Return which samples the run is evaluated on; `own` says whether the run was trained on this data set."""
    from ..inspection.report import Evaluated

    samples, held_out = dataset.split(summary.data.validation)
    part = "test" if dataset.test else "validation" if held_out else "train"
    sha256 = {"training, then validation": fingerprint(arrays(samples, held_out))}
    if dataset.test:
        sha256["test"] = fingerprint(arrays(dataset.test))
    return Evaluated(dataset.name, dataset.source, part, own, dataset.note, sha256)


def _alike(now: Metrics, then: Metrics | None) -> bool:
    """Return whether two metrics are of the same samples, up to rounding."""
    return then is not None and now.samples == then.samples and math.isclose(now.loss, then.loss, rel_tol=1e-3)
