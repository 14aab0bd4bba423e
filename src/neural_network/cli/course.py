"""`mnist-nn course`: build the network yourself, and be told what is wrong."""

import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..support.errors import InputError
from . import terminal
from .help import Command, Group
from .options import DATA, Json

if TYPE_CHECKING:
    from ..course.exercise import Exercise
    from ..course.grader import Verdict
    from ..course.workspace import Workspace

POLL = 0.2  # seconds between two looks at the files
FINISHED = "You have built all of it. See your network beside the reference: mnist-nn course check network --data auto"

app = typer.Typer(
    cls=Group,
    rich_markup_mode=None,
    help="Build the network yourself in nineteen exercises, and be told what is wrong.",
)

Folder = Annotated[Path, typer.Option("--dir", metavar="DIR", help="The folder of the course.")]
Name = Annotated[
    str | None,
    typer.Argument(
        metavar="EXERCISE", help="Name, number or file of an exercise.", show_default="the first not passed yet"
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask for a confirmation.")]
HERE = Path()


@app.command(name="start", cls=Command)
def start_course(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder for the exercises.", show_default=False)],
    notebooks: Annotated[bool, typer.Option("--notebooks", help="Write Jupyter notebooks.")] = False,
) -> None:
    """Make a folder with the exercises.

    Example:

      mnist-nn course start my-network
    """
    from ..course.workspace import start

    start(folder.expanduser(), notebooks)
    typer.echo(f"The exercises are in {folder}. Begin with:\n\n  cd {folder}\n  mnist-nn course next")


@app.command(name="next", cls=Command)
def show_next(name: Name = None, folder: Folder = HERE) -> None:
    """Show the page of the next exercise."""
    workspace, exercise = _chosen(name, folder)
    if name is None and workspace.current() is None:
        typer.echo(FINISHED)
        return
    _show_markdown(f"# {exercise.number}. {exercise.title}\n\n{exercise.page}")
    if workspace.progress.notebooks:
        typer.echo(f"\nWrite it in {workspace.folder / exercise.module}.ipynb, and run its cell.")
    else:
        typer.echo(f"\nWrite it in {workspace.folder / exercise.file}, then: mnist-nn course check {exercise.name}")


@app.command(name="check", cls=Command)
def check_exercise(
    name: Name = None,
    folder: Folder = HERE,
    everything: Annotated[bool, typer.Option("--all", help="Check all exercises.")] = False,
    data: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|PATH", help=f"With exercise network: train it on these data, beside the reference. {DATA}"
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object; without EXERCISE, check all exercises.")
    ] = False,
) -> None:
    """Check an exercise, and name the mistake.

    Examples:

      mnist-nn course check

      mnist-nn course check softmax

      mnist-nn course check --json --dir homework/ada
    """
    from ..course.catalog import ordered

    if name is not None and everything:
        raise InputError(f"--all checks every exercise: leave {name!r} out")
    if everything or (json and name is None):
        workspace, chosen = _workspace(folder), ordered()
    else:
        workspace, exercise = _chosen(name, folder)
        chosen = [exercise]
    if data is not None and (len(chosen) > 1 or chosen[0].name != "network"):
        raise InputError("--data goes with the last exercise: mnist-nn course check network --data auto")
    with terminal.busy("checking"):
        verdicts = workspace.check_all(chosen)
    compared = _compare(workspace, data) if data is not None and verdicts[0].passed else {}
    if json:
        terminal.print_json(_as_json(workspace, chosen, verdicts) | compared)
    elif everything:
        _print_table(chosen, verdicts)
    else:
        _print_verdict(workspace, chosen[0], verdicts[0])
        if compared:
            _print_comparison(compared["comparison"])
    if not all(verdict.passed for verdict in verdicts):
        raise typer.Exit(1)


@app.command(name="watch", cls=Command)
def watch_files(folder: Folder = HERE) -> None:
    """Check each exercise whenever its file is saved, until Ctrl-C."""
    from ..course.catalog import ordered

    workspace = _workspace(folder)
    seen = {exercise.file: _changed(workspace.folder / exercise.file) for exercise in ordered()}
    current = workspace.current()
    typer.echo("Save a file, and it is checked. Ctrl-C ends.")
    if current is not None:
        typer.echo(f"The next exercise is {current.number}, {current.title}: {current.file}")
    while True:
        for exercise in ordered():
            now = _changed(workspace.folder / exercise.file)
            if now != seen[exercise.file]:
                seen[exercise.file] = now
                typer.echo()
                _print_verdict(workspace, exercise, workspace.check(exercise))
        time.sleep(POLL)


@app.command(name="hint", cls=Command)
def show_hint(name: Name = None, folder: Folder = HERE) -> None:
    """Show a hint; each time one more, three in all."""
    workspace, exercise = _chosen(name, folder)
    hints = workspace.next_hint(exercise)
    text = "\n\n".join(f"**Hint {number} of 3.** {hint}" for number, hint in enumerate(hints, start=1))
    _show_markdown(f"# {exercise.number}. {exercise.title}\n\n{text}")
    if len(hints) == len(exercise.hints):
        typer.echo(f"\nThese are all. The solution, as a last resort: mnist-nn course solution {exercise.name}")


@app.command(name="progress", cls=Command)
def show_progress(folder: Folder = HERE, json: Json = False) -> None:
    """Show which exercises have passed, and how many hints were used."""
    from ..course.catalog import ordered

    workspace = _workspace(folder)
    rows = [
        {**_state(workspace, exercise), "passed": exercise.name in workspace.progress.passed} for exercise in ordered()
    ]
    passed = sum(row["passed"] for row in rows)
    if json:
        terminal.print_json({"folder": str(folder), "passed": passed, "exercises": rows})
        return
    table = terminal.table("exercise", "title", "passed", "hints", "solution", words=2)
    for row in rows:
        marks = "yes" if row["passed"] else "", str(row["hints"] or ""), "shown" if row["solution_shown"] else ""
        table.add_row(f"{row['number']} {row['exercise']}", row["title"], *marks)
    terminal.console().print(table)
    current = workspace.current()
    rest = f"The next is: mnist-nn course next ({current.name})" if current else "All is done."
    typer.echo(f"{passed} of {len(rows)} exercises have passed. {rest}")


@app.command(name="reset", cls=Command)
def reset_exercise(
    name: Annotated[str, typer.Argument(metavar="EXERCISE", help="Name, number or file of an exercise.")],
    folder: Folder = HERE,
    yes: Yes = False,
) -> None:
    """Begin an exercise again: write its file as it was at first, and keep yours beside it."""
    workspace, exercise = _chosen(name, folder)
    gone = not (workspace.folder / exercise.file).exists()
    _confirm(f"Write {exercise.file} as it was at first?", yes or gone)
    kept = workspace.reset(exercise)
    typer.echo(f"{exercise.file} is as it was at first." + (f" Yours is kept in {kept}." if kept else ""))


@app.command(name="solution", cls=Command)
def show_solution(
    name: Annotated[str, typer.Argument(metavar="EXERCISE", help="Name, number or file of an exercise.")],
    folder: Folder = HERE,
    yes: Yes = False,
) -> None:
    """Show the solution of an exercise, after a confirmation; the progress will tell that it was shown."""
    workspace, exercise = _chosen(name, folder)
    _confirm(f"Show the solution of exercise {exercise.number}, {exercise.title}?", yes)
    workspace.note_solution(exercise)
    typer.echo(exercise.solution)


def _workspace(folder: Path) -> "Workspace":
    from ..course.workspace import Workspace

    return Workspace(folder.expanduser())


def _chosen(name: str | None, folder: Path) -> "tuple[Workspace, Exercise]":
    """Return the folder, and the exercise of this name or else the first that has not passed (the last if all have)."""
    from ..course.catalog import find_exercise, ordered

    workspace = _workspace(folder)
    return workspace, find_exercise(name) if name is not None else workspace.current() or ordered()[-1]


def _confirm(question: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise InputError(f"{question} Confirm with --yes")
    if not typer.prompt(f"{question} (yes/no)", default="no").lower().startswith("y"):
        raise typer.Exit(0)


def _show_markdown(text: str) -> None:
    from rich.markdown import Markdown

    terminal.console().print(Markdown(text))


def _changed(path: Path) -> tuple[int, int]:
    """Return what tells one version of a file from another."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _print_verdict(workspace: "Workspace", exercise: "Exercise", verdict: "Verdict") -> None:
    from ..course.verdict_text import verdict_lines

    for paragraph in verdict_lines(exercise, verdict):
        terminal.console().print(terminal.plain(paragraph), soft_wrap=False)
        typer.echo()
    if verdict.passed:
        current = workspace.current()
        typer.echo(f"Next is exercise {current.number}, {current.title}: mnist-nn course next" if current else FINISHED)


def _print_table(chosen: "list[Exercise]", verdicts: "list[Verdict]") -> None:
    table = terminal.table("exercise", "state", "what was found", words=3)
    for exercise, verdict in zip(chosen, verdicts, strict=True):
        found = "; ".join(each.title for each in verdict.mistakes) or (verdict.messages or [""])[0].partition("\n")[0]
        table.add_row(
            f"{exercise.number} {exercise.name}", verdict.status, found if verdict.status != "not started" else ""
        )
    terminal.console().print(table)
    typer.echo(f"{sum(verdict.passed for verdict in verdicts)} of {len(verdicts)} exercises are right.")


def _compare(workspace: "Workspace", data: str) -> dict[str, Any]:
    from ..course.final import beside_reference
    from ..data import load

    dataset = terminal.reading(lambda: load(data))
    with terminal.busy("training your network, and the reference"):
        return {"comparison": asdict(beside_reference(workspace.folder, dataset))}


def _print_comparison(comparison: dict[str, Any]) -> None:
    typer.echo(f"\nOn {comparison['data']}, with {comparison['settings']}:")
    table = terminal.table("network", "test accuracy", "seconds")
    for who in ("learner", "reference"):
        accuracy, seconds = comparison[f"{who}_accuracy"], comparison[f"{who}_seconds"]
        table.add_row({"learner": "yours", "reference": "the reference"}[who], f"{accuracy:.2%}", f"{seconds:.1f}")
    terminal.console().print(table)


def _as_json(workspace: "Workspace", chosen: "list[Exercise]", verdicts: "list[Verdict]") -> dict[str, Any]:
    return {
        "folder": str(workspace.folder),
        "passed": sum(verdict.passed for verdict in verdicts),
        "exercises": [
            {**_state(workspace, exercise), **asdict(verdict), "passed": verdict.passed}
            for exercise, verdict in zip(chosen, verdicts, strict=True)
        ],
    }


def _state(workspace: "Workspace", exercise: "Exercise") -> dict[str, Any]:
    """Return how far a learner is with an exercise, apart from whether it is right."""
    progress = workspace.progress
    return {
        "number": exercise.number,
        "exercise": exercise.name,
        "title": exercise.title,
        "hints": progress.hints.get(exercise.name, 0),
        "solution_shown": exercise.name in progress.solutions,
    }
