"""`mnist-nn report`: what is known of a run, in one HTML file to keep or to send."""

import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..runs.checkpoint_files import fingerprint
from ..runs.folder import SNAPSHOTS, Summary, load_history, load_run, load_summary, measured
from ..runs.snapshots import Snapshots
from ..support.arguments import plain
from . import terminal
from .dataset_for_model import load_data, load_for
from .diagnose import saved_findings
from .figures import run_data
from .html_files import check_page, write_page
from .options import Json
from .train.resume import arrays

if TYPE_CHECKING:
    from ..data import Dataset
    from ..inspection.report import Judged
    from ..network import Network


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Where to write it.", show_default="RUN/report.html")
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(help="Where its data set is now, or another one to judge it by.", show_default="that of the run"),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Draw only this figure; may be repeated.", show_default="all of them"),
    ] = None,
    json: Json = False,
) -> None:
    """Write a run's result, mistakes, figures and settings into one HTML file that needs nothing else.

    It opens in any browser, offline too: press a cell of the confusion matrix to see its images, or a mistake to see
    the numbers that led to it.

    [bold]Examples[/bold]

      mnist-nn report runs/first

      mnist-nn report runs/first --output first.html --only training_progress --only mistakes
    """
    from ..inspection.figures import FIGURES

    path = output or run / "report.html"
    summary = load_summary(run)
    for name in only or ():
        FIGURES[name]  # an unknown name is told before anything is read
    check_page(path, "--output")

    if "diverged_at" in summary:
        html, result = _of_divergence(run, summary, data)
    else:
        html, result = _of_network(run, summary, data, only)
    write_page(path, html)
    if json:
        terminal.print_json({"report": str(path), "bytes": len(html.encode()), **result})
    else:
        typer.echo(path)


def _of_network(run: Path, summary: Summary, data: str | None, only: list[str] | None) -> tuple[str, dict[str, Any]]:
    """Return the page of a run that has ended, and what it says, for programs."""
    from ..inspection.diagnosis import diagnose
    from ..inspection.figures import FIGURES
    from ..inspection.report import report_run

    network, history, _ = load_run(run)
    dataset = load_for(network, data, run)
    snapshots = partial(Snapshots.load, run / SNAPSHOTS, network)
    looked_at = run_data(network, history, summary, dataset, snapshots)
    judged = _judged(dataset, summary, network)
    with terminal.busy("diagnosing the run"):
        parts = dataset.split(summary["data"]["validation"])
        findings = diagnose(history, network, *parts) if judged.own else None
    name = plain(run.resolve().name)
    wanted = list(dict.fromkeys(only)) if only else None
    with terminal.progress_bar("drawing", len(wanted or FIGURES)) as advance:
        page = report_run(name, looked_at, summary, findings, judged, figures=wanted, advance=advance)
    right = page.row.right
    result = {
        "samples": right.trials,
        "accuracy": right.value,
        "interval": [right.low, right.high],
        "loss": page.row.loss,
        "mistakes": page.mistakes,
        "findings": None if findings is None else [finding.cause for finding in findings],
        "figures": page.figures,
        "not_drawn": page.missing,
    }
    return page.html, result


def _of_divergence(run: Path, summary: Summary, data: str | None) -> tuple[str, dict[str, Any]]:
    """Return the page of a run that diverged, and what it says, for programs."""
    from ..inspection.report import report_divergence

    history, findings = load_history(run), saved_findings(run, summary)
    with terminal.busy("reading the data"):
        dataset = load_data(data, run)
    if dataset.note:
        terminal.note(dataset.note)
    html = report_divergence(plain(run.resolve().name), history, summary, findings, _judged(dataset, summary))
    return html, {"diverged_at": summary["diverged_at"], "findings": [finding.cause for finding in findings]}


def _judged(dataset: "Dataset", summary: Summary, network: "Network | None" = None) -> "Judged":
    """Return by which samples a run is judged, and whether they are its own: what it recorded of them says so."""
    from ..inspection.report import Judged

    samples, held_out = dataset.split(summary["data"]["validation"])
    part = "test" if dataset.test else "validation" if held_out else "train"
    sha256 = {"training, then validation": fingerprint(arrays(samples, held_out))}
    if dataset.test:
        sha256["test"] = fingerprint(arrays(dataset.test))
    own = network is None or _alike(measured(network, samples), summary["metrics"]["train"])
    return Judged(dataset.name, dataset.source, part, own, dataset.note, sha256)


def _alike(now: dict[str, float] | None, then: dict[str, float]) -> bool:
    """Return whether two measurements are of the same samples, up to rounding."""
    if now is None or now["samples"] != then["samples"]:
        return False
    return math.isclose(now["loss"], then["loss"], rel_tol=1e-3)
