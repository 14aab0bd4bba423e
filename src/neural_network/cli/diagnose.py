"""`mnist-nn diagnose`: what is wrong with a run, and since which step."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..runs import load_run
from . import terminal
from .options import Json

if TYPE_CHECKING:
    from ..diagnosis import Finding


def diagnose(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)],
    data: Annotated[
        str | None, typer.Option(help="Where its data set is now.", show_default="where it was for the run")
    ] = None,
    json: Json = False,
) -> None:
    """Name what is wrong with a run, since which step, and what to try; say so where nothing is.

    [bold]Example[/bold]

      mnist-nn diagnose runs/first
    """
    from .. import diagnosis
    from ..data import load

    network, history, summary = load_run(run)
    with terminal.busy("looking for what is wrong"):
        dataset = load(data or summary["data"]["spec"])
        findings = diagnosis.diagnose(history, network, *dataset.split(summary["data"]["validation"]))
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
