"""`mnist-nn train --resume RUN`: continue an interrupted run from its newest checkpoint, with its own options."""

from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...formats.shipped_models import SHIPPED
from ...runs.checkpoint_files import fingerprint, has_checkpoint, newest_checkpoint, remove_strays
from ...runs.folder import load_run, load_summary, nearest
from ...runs.settings import Settings
from ...runs.summary import DivergedSummary, check_spec
from ...support.directory_lock import hold
from ...support.errors import InputError
from ...support.json_schema import check_values
from ...training.checkpoint import Checkpoint
from .. import terminal
from .given import was_given

if TYPE_CHECKING:
    import typer

    from ...data import Samples

FREE = {"resume", "checkpoint_every", "figures", "json"}  # options that do not change the result


def named(folder: Path) -> Path:
    """Return `folder` by a path that ends in its name, which `.` and `..` lack. Raises InputError where it has none."""
    folder = folder.resolve() if folder.name in ("", "..") else folder
    if not folder.name:
        raise InputError(f"{folder} is not the folder of a run")
    return folder


def is_finished(folder: Path, context: "typer.Context", json: bool) -> bool:
    """Return whether the run in `folder` is finished; if so, say it, or print its summary again.

    Raises InputError if it diverged, or if an option differs from the run's own.
    """
    if has_checkpoint(folder) or not (folder / "config.json").is_file():
        return False
    summary = load_summary(folder)
    if isinstance(summary, DivergedSummary):
        raise InputError(f"{folder} cannot continue: its training diverged; see mnist-nn diagnose {folder}")
    if summary.interrupted:
        return False
    spec = "auto" if context.params["data"] == "auto" else summary.data.spec  # which is what auto had found
    begun = {**asdict(summary.settings), "validation": summary.data.validation, "data": spec}
    begun["callbacks"] = [*summary.settings.callbacks]
    _check_options(folder, context, begun)
    terminal.note(f"{folder} is finished: there is nothing to continue")
    if json:
        terminal.print_json(load_run(folder)[2].to_json())
    return True


def take_up(folder: Path, context: "typer.Context") -> Checkpoint:
    """Return the newest undamaged checkpoint in `folder`, and take the options of the run from it.

    Raises InputError if there is none, or if an option differs from the run's own.
    """
    if folder.is_file():
        raise InputError(f"--resume takes the folder of a run, not a file such as {folder}")
    if not folder.is_dir() and str(folder) in SHIPPED:
        raise InputError(f"{folder} is a shipped model, with no run to resume; --from {folder} trains it further")
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no run at {folder} to resume{nearest(folder)}")
    context.with_resource(hold(folder, terminal.note))  # what follows may remove files of the process that has the lock
    remove_strays(folder)
    checkpoint = newest_checkpoint(folder, terminal.note)
    if checkpoint is None:
        raise InputError(f"{folder} has no checkpoint to continue from: train it again, with --overwrite")
    try:
        _check_origin(checkpoint)
        _check_options(folder, context, checkpoint.origin["options"])
    except (AttributeError, KeyError, TypeError) as error:
        raise InputError(f"the checkpoints in {folder} are of another version: {error}") from error
    context.params |= checkpoint.origin["options"]
    if not was_given(context, "figures"):
        context.params["figures"] = checkpoint.origin.get("figures", context.params["figures"])
    return checkpoint


def _check_origin(checkpoint: Checkpoint) -> None:
    """Raise InputError, or an error of a wrong type, if the options in a checkpoint are not valid."""
    options = checkpoint.origin["options"]
    check_values(options, {"data": str, "validation": int}, "its list of options")
    check_spec(options["data"])
    settings = Settings.from_json({field.name: options.get(field.name, field.default) for field in fields(Settings)})
    if len(checkpoint.tensors["parameters/W1"]) != settings.hidden:
        raise InputError(f"the checkpoint's network does not have the {settings.hidden} hidden units of its options")


def _check_options(folder: Path, context: "typer.Context", options: dict[str, Any]) -> None:
    """Raise InputError if an option of the command line differs from that of the run in `folder`."""
    options = {**options, "name": folder.name, "overwrite": False, "seeds": 1}
    for name in context.params.keys() - FREE:
        now, then = context.params[name], options.get(name)
        now = [*now] if isinstance(now, tuple) else now  # as older versions of Typer have several values
        if now != then and was_given(context, name):
            (option,) = (each.opts[0] for each in context.command.params if each.name == name)
            raise InputError(f"{option} is {now!r} now, but {then!r} in {folder}: a run keeps its options")


def arrays(*parts: "Samples | None") -> list[Any]:
    """Return the arrays of the data that a run depends on, for a fingerprint."""
    return [array for part in parts if part for array in part]


def check_data(checkpoint: Checkpoint, data: list[Any], folder: Path) -> None:
    """Raise InputError if `data` is not the data that the run learns from."""
    if checkpoint.origin.get("sha256") != fingerprint(data):
        spec = checkpoint.origin["options"]["data"]
        raise InputError(f"--data {spec} has changed since {folder} began: the SHA-256 of its samples differs")
