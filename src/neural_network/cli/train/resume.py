"""`mnist-nn train --resume RUN`: what the run was begun with, from its newest checkpoint, and nothing else."""

from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...runs.checkpoint_files import fingerprint, has_checkpoint, newest_checkpoint, remove_strays
from ...runs.folder import load_run, load_summary
from ...runs.settings import Settings
from ...runs.summary import DivergedSummary, check_spec
from ...support.directory_lock import hold
from ...support.errors import InputError
from ...support.json_schema import check_values
from ...training.checkpoint import Checkpoint
from .. import terminal

if TYPE_CHECKING:
    import typer

    from ...data import Samples

FREE = {"resume", "checkpoint_every", "figures", "json"}  # options that change nothing of the result


def is_finished(folder: Path, context: "typer.Context", json: bool) -> bool:
    """Return whether the run in `folder` has come to its end, and say so, or print its summary again.

    Raises InputError where it came to a bad one, or where an option was given that differs.
    """
    if has_checkpoint(folder) or not (folder / "config.json").is_file():
        return False
    summary = load_summary(folder)
    if isinstance(summary, DivergedSummary):
        raise InputError(f"{folder} cannot go on: its training diverged; see mnist-nn diagnose {folder}")
    if summary.interrupted:
        return False
    spec = "auto" if context.params["data"] == "auto" else summary.data.spec  # which is what auto had found
    begun = {**asdict(summary.settings), "validation": summary.data.validation, "data": spec}
    begun["callbacks"] = [*summary.settings.callbacks]
    _check_options(folder, context, begun)
    terminal.note(f"{folder} is finished: there is nothing to go on with")
    if json:
        terminal.print_json(load_run(folder)[2].to_json())
    return True


def take_up(folder: Path, context: "typer.Context") -> Checkpoint:
    """Return the newest checkpoint in `folder` that is whole. Its `origin` has the options of the run.

    Raises InputError where there is none, or where an option was given that differs.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no run at {folder} to resume")
    context.with_resource(hold(folder, terminal.note))  # what follows may remove files of the process that has the lock
    remove_strays(folder)
    checkpoint = newest_checkpoint(folder, terminal.note)
    if checkpoint is None:
        raise InputError(f"{folder} has no checkpoint to go on from: train it again, with --overwrite")
    try:
        _check_origin(checkpoint)
        _check_options(folder, context, checkpoint.origin["options"])
    except (AttributeError, KeyError, TypeError) as error:
        raise InputError(f"the checkpoints in {folder} are not of this version: {error}") from error
    return checkpoint


def _check_origin(checkpoint: Checkpoint) -> None:
    """Raise InputError, or what a value of another type leads to, where a checkpoint was begun with no such options."""
    options = checkpoint.origin["options"]
    check_values(options, {"data": str, "validation": int}, "what it was begun with")
    check_spec(options["data"])
    settings = Settings.from_json({field.name: options.get(field.name, field.default) for field in fields(Settings)})
    if len(checkpoint.tensors["parameters/W1"]) != settings.hidden:
        raise InputError(f"the checkpoint's network does not have the {settings.hidden} hidden units of its options")


def _check_options(folder: Path, context: "typer.Context", options: dict[str, Any]) -> None:
    """Raise InputError where an option was given that differs from those with which the run in `folder` was begun."""
    options = {**options, "name": folder.name, "overwrite": False, "seeds": 1}
    for name in context.params.keys() - FREE:
        now, then = context.params[name], options.get(name)
        if now != then and was_given(context, name):
            option = "callback" if name == "callbacks" else name.replace("_", "-")
            raise InputError(f"--{option} is {now!r} now, but {then!r} in {folder}: a run goes on as it was begun")


def was_given(context: "typer.Context", name: str) -> bool:
    """Return whether the option was written on the command line."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def arrays(*parts: "Samples | None") -> list[Any]:
    """Return what a run depends on of its data, for a fingerprint."""
    return [array for part in parts if part for array in part]


def check_data(checkpoint: Checkpoint, data: list[Any], folder: Path) -> None:
    """Raise InputError where `data` is not what the run has been learning from."""
    if checkpoint.origin.get("sha256") != fingerprint(data):
        spec = checkpoint.origin["options"]["data"]
        raise InputError(f"--data {spec} now has other samples than when {folder} was begun: their SHA-256 differs")
