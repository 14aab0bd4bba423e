"""`mnist-nn train` with one seed: train the network, save the run, and show results, figures and findings."""

from dataclasses import asdict
from pathlib import Path

from ...inspection.diagnosis import diagnose
from ...network import Network
from ...runs.checkpoint_files import SaveCheckpoints, remove_checkpoints, remove_strays
from ...runs.folder import save_diverged, save_run
from ...runs.snapshots import Snapshots
from ...runs.summary import EndedSummary, diverged_summary, summarize
from ...support.errors import DivergenceError
from ...support.in_place import assign
from ...support.signals import postponed
from ...training.checkpoint import Checkpoint
from ...training.history import History
from ...training.monitor import Monitor
from .. import terminal
from ..diagnose import print_findings
from .results import print_next_steps, print_results
from .resume import arrays, check_data
from .task import Task


def train_once(
    task: Task,
    folder: Path,
    start: Network | None,
    checkpoint: Checkpoint | None,
    every: str,
    figures: bool,
    json: bool,
) -> bool:
    """Train from random weights, those of `start`, or a `checkpoint`, save the run in `folder`, and print its results.

    Returns whether it was not interrupted.
    """
    from ...data.preprocess import format_of

    settings, dataset = task.settings, task.dataset
    saver = _make_saver(task, folder, checkpoint, every, figures)
    network = settings.make_network(len(dataset.train.X), dataset.classes, format_of(dataset))
    if start:
        assign(network.parameters, start.parameters)
    history, snapshots, summary = _learn(network, task, saver, checkpoint)
    if not history.interrupted:
        remove_checkpoints(folder)
    if json:
        terminal.print_json(summary.to_json())
    else:
        print_results(summary, settings)
    findings = diagnose(history, network, *task.samples)  # before the figures take their memory
    if figures:
        _draw_figures(network, history, summary, task, snapshots, folder)
    print_findings(findings, terminal.note)
    if dataset.note:
        terminal.note(dataset.note)
    if history.interrupted:
        saved = f"interrupted in epoch {len(history)} of {settings.epochs}; the network so far is saved in {folder}"
        to_continue = f"To continue: mnist-nn train --resume {folder}"
        terminal.note(f"{saved}. {f'It cannot be resumed: {saver.problem}' if saver.problem else to_continue}")
    elif not json:
        print_next_steps(folder)
    return not history.interrupted


def _make_saver(task: Task, folder: Path, checkpoint: Checkpoint | None, every: str, figures: bool) -> SaveCheckpoints:
    """Return the callback that writes checkpoints, after those of a run that is replaced are removed.

    Raises InputError if the data are not those of the run that is resumed.
    """
    samples = arrays(*task.samples)
    if checkpoint:
        check_data(checkpoint, samples, folder)
        origin = checkpoint.origin
    else:
        remove_strays(folder)
        remove_checkpoints(folder)
        options = {**asdict(task.settings), "data": task.data, "validation": task.validation}
        origin = {"options": options, "figures": figures}
    return SaveCheckpoints(folder, origin, samples, every or origin.get("every", ""), resumed=bool(checkpoint))


def _learn(
    network: Network, task: Task, saver: SaveCheckpoints, checkpoint: Checkpoint | None
) -> tuple[History, Snapshots, EndedSummary]:
    """Train the network, save the run, and return its history, snapshots of its weights, and the summary.

    Ctrl-C after the training waits until the run is saved. If training diverges, save history and summary, and print
    the findings, before raising the error.
    """
    settings, dataset, folder, snapshots = task.settings, task.dataset, saver.folder, Snapshots()
    try:
        watching = [Monitor(), snapshots, saver]
        history = settings.train(network, *task.samples, callbacks=watching, resume=checkpoint)
        with postponed():
            summary = summarize(network, history, settings, dataset, task.parts, task.spec, str(folder))
            save_run(folder, network, history, summary, snapshots)
    except DivergenceError as error:
        findings = diagnose(error.history, network, *task.samples, diverged_at=error.step)
        print_findings(findings, terminal.note)
        remove_checkpoints(folder)  # they lead to the same end
        found = [asdict(finding) for finding in findings]
        diverged = diverged_summary(error, settings, dataset, task.spec, task.validation, found)
        save_diverged(folder, error.history, diverged)
        raise
    return history, snapshots, summary


def _draw_figures(
    network: Network, history: History, summary: EndedSummary, task: Task, snapshots: Snapshots, folder: Path
) -> None:
    try:
        with terminal.busy("drawing the figures"):
            from ...inspection.figures import RunData, save_run_figures

            save_run_figures(RunData.of(network, history, summary, task.dataset, snapshots), folder)
    except KeyboardInterrupt:
        terminal.note(f"the run is saved in {folder}; mnist-nn figures {folder} draws the missing figures")
        raise
