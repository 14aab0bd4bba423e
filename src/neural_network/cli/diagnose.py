"""`mnist-nn diagnose`: what is wrong with a run, and since which step."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..runs.folder import load_run, load_summary
from ..runs.summary import DivergedSummary
from ..support.errors import InputError
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
    """Name what is wrong with a run, since which step, and what to try.

    Example:

      mnist-nn diagnose runs/first
    """
    from ..data.classes import fit_classes
    from ..inspection import diagnosis

    summary, remark = load_summary(run), None
    if isinstance(summary, DivergedSummary):
        findings = saved_findings(run, summary)
    else:
        network, history, _ = load_run(run)
        with terminal.busy("diagnosing the run"):
            dataset = fit_classes(load_data(data, run, network.picture_format), network.classes)
            samples, held_out = dataset.split(summary.data.validation)
            findings = diagnosis.diagnose(history, network, samples, held_out)
            remark = diagnosis.remark_on_units(network, samples)
    if json:
        remarks = {"remarks": [remark]} if remark else {}
        terminal.print_json({"run": str(run), "findings": [asdict(finding) for finding in findings], **remarks})
        return
    print_findings(findings, typer.echo)
    if not findings:
        typer.echo("No problems found.")
    if remark:
        typer.echo(f"Remark: {remark}.")


def saved_findings(run: Path, summary: DivergedSummary) -> "list[Finding]":
    """Return what was found when the run diverged, which its config.json holds."""
    from ..inspection.diagnosis.finding import read_findings
    from ..inspection.report.configuration import command

    if summary.findings is None:
        raise InputError(
            f"{run} diverged in an earlier version, which saved no findings; train it again: {command(summary)}"
        )
    return read_findings(summary.findings)


def print_findings(findings: "Iterable[Finding]", say: Callable[[str], object]) -> None:
    """Say each finding in three lines: its cause, its evidence, and what to try."""
    for finding in findings:
        since = "" if finding.since is None else f" since step {finding.since:,}"
        say(f"{finding.cause}{since}\n  {finding.evidence}\n  {finding.advice}")
