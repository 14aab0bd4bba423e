"""`mnist-nn diagnose`: what is wrong with a run, and since which step."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..network import Network
from ..runs.folder import load_history, load_run, load_summary
from ..runs.replay import claimed_settings, train_again
from ..runs.summary import DivergedSummary
from . import terminal
from .dataset_for_model import load_data
from .options import Json

if TYPE_CHECKING:
    from ..inspection.diagnosis import Finding


def diagnose(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)],
    data: Annotated[
        str | None, typer.Option(help="Where its data set is now.", show_default="where it was for the run")
    ] = None,
    json: Json = False,
) -> None:
    """Name what is wrong with a run, since which step, and what to try; say so where nothing is.

    Example:

      mnist-nn diagnose runs/first
    """
    from ..data.classes import fit_classes
    from ..inspection import diagnosis

    summary = load_summary(run)
    step = summary.diverged_at if isinstance(summary, DivergedSummary) else None
    network: Network
    if isinstance(summary, DivergedSummary):
        history = load_history(run)
        claimed_settings(summary, history)
    else:
        network, history, _ = load_run(run)
    with terminal.busy("looking for what is wrong"):
        dataset = load_data(data, run)
        if step is None:
            dataset = fit_classes(dataset, network.classes)
        samples, held_out = dataset.split(summary.data.validation)
        if isinstance(summary, DivergedSummary):
            history, network = train_again(summary, history, samples, held_out, len(dataset.classes))
        findings = diagnosis.diagnose(history, network, samples, held_out, diverged_at=step)
    if json:
        terminal.print_json({"run": str(run), "findings": [asdict(finding) for finding in findings]})
    else:
        print_findings(findings, typer.echo)
        if not findings:
            typer.echo("nothing is wrong that shows")


def print_findings(findings: "Iterable[Finding]", say: Callable[[str], object]) -> None:
    """Say each finding in three lines: its cause, its evidence, and what to try."""
    for finding in findings:
        since = "" if finding.since is None else f" since step {finding.since:,}"
        say(f"{finding.cause}{since}\n  {finding.evidence}\n  {finding.advice}")
