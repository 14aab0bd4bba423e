"""Run folders: the files of one training run.

runs/NAME/model.safetensors   the network
          history.csv         a row for each epoch
          config.json         data, settings and results: what `mnist-nn train --json` prints
          snapshots.safetensors   the parameters at some steps of the training
          figures/*.png
          report.html         written by `mnist-nn report`
          checkpoint-STEP.safetensors   during the training and after an interruption (see checkpoint_files.py)

A run that diverged has no model, and its config.json has `diverged_at` instead of results.
"""

import contextlib
import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from ..formats.model_file import save_model
from ..formats.shipped_models import SHIPPED, shipped_or
from ..network import Network
from ..support.arguments import is_plain, shown
from ..support.atomic_files import write_json
from ..support.directory_lock import hold, lock_file
from ..support.errors import InputError, WorkError
from ..support.signals import postponed
from ..support.suggestion import did_you_mean, most_like
from ..training.history import REQUIRED, History
from ..training.model import TwoLayerNN
from ..training.monitor import COLUMNS
from .snapshots import Snapshots
from .summary import DivergedSummary, EndedSummary, Summary

RUNS = Path("runs")
SNAPSHOTS = "snapshots.safetensors"
# Columns that are in all rows of a run's history or in none; others are of callbacks, which may skip epochs.
COMPLETE = (
    *("validation_loss", "validation_accuracy", "learning_rate", "penalty", "dropout", "input_dropout", "max_norm"),
    *COLUMNS,
)


def new_run_folder(name: str | None, overwrite: bool = False) -> Path:
    """Return the folder for a new run: `name`, or the date and time, in runs/. It does not exist yet.

    Raises InputError where `name` is taken and `overwrite` is false, or is not the name of a folder.
    """
    if name is None:
        return _unused(RUNS / datetime.now().strftime("%Y-%m-%d_%H-%M-%S"))
    folder = RUNS / name
    plain = is_plain(name) and len(name.encode()) <= 200 and not name.startswith("-")  # which looks like an option
    if not plain or name != name.strip() or name in ("", ".", "..") or folder.parent != RUNS:
        raise InputError(f"--name must be a plain name for a folder, of at most 200 letters, not {shown(name)}")
    if folder.exists() and not overwrite:
        resume = f", or go on with it: --resume {folder}" if any(folder.glob("checkpoint-*.safetensors")) else ""
        raise InputError(f"{folder} exists already; choose another --name, or replace it with --overwrite{resume}")
    return folder


def _unused(folder: Path) -> Path:
    candidates = (folder.with_name(f"{folder.name}-{n}") for n in range(2, 10_000))
    return next(path for path in (folder, *candidates) if not path.exists() and not lock_file(path).exists())


@contextlib.contextmanager
def claim_run_folder(
    name: str | None, overwrite: bool = False, say: Callable[[str], object] = lambda line: None
) -> Iterator[Path]:
    """Yield what `new_run_folder` returns, and keep other processes out of it while the block runs (see `hold`).

    Raises InputError if `name` is taken, or another process is training into it. Without a name a free one is found.
    """
    with contextlib.ExitStack() as held:
        while True:
            folder = new_run_folder(name, overwrite)
            try:
                held.enter_context(hold(folder, say))
            except InputError:
                if name is not None:
                    raise
            else:
                break
        if name is not None:
            new_run_folder(name, overwrite)  # the process that had locked it may have finished
        try:
            yield folder
        finally:
            with contextlib.suppress(OSError):
                folder.rmdir()  # if nothing could be saved, the name is free again


def check_writable(folder: Path) -> None:
    """Raise WorkError before the training if a run cannot be saved in `folder`."""
    place = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not place.is_dir() or not os.access(place, os.W_OK):
        raise WorkError(f"cannot write {folder}: {place} is not a folder that can be written to")


def save_run(
    folder: Path, network: Network, history: History, summary: EndedSummary, snapshots: Snapshots | None = None
) -> None:
    """Write model, history, summary and snapshots into `folder`, each file whole or not at all (WorkError).

    The model comes first and the snapshots, which only figures need, last: on a full disk, the model may still fit.
    Each file is read as its readers read it before it replaces an older one.
    """
    with postponed():
        save_model(network, folder / "model.safetensors")
        history.save(folder / "history.csv")
        _save_summary(folder, summary)
        if snapshots:
            snapshots.save(folder / SNAPSHOTS)
        else:  # files of a replaced run are removed last
            (folder / SNAPSHOTS).unlink(missing_ok=True)
        (folder / "report.html").unlink(missing_ok=True)
        shutil.rmtree(folder / "figures", ignore_errors=True)


def save_diverged(folder: Path, history: History, summary: DivergedSummary) -> None:
    """Write the history and the summary of a run that diverged.

    The folder of a run that ended with a network stays as it is.
    """
    if (folder / "model.safetensors").exists():
        return
    with postponed():
        history.save(folder / "history.csv")
        _save_summary(folder, summary)


def _save_summary(folder: Path, summary: Summary) -> None:
    write_json(folder / "config.json", summary.to_json(), check=_read_summary)


def load_run(folder: str | os.PathLike[str]) -> tuple[TwoLayerNN, History, EndedSummary]:
    """Return what `save_run` wrote to `folder`. Raises FileNotFoundError or InputError, naming the file."""
    folder = Path(folder)
    summary = load_summary(folder)
    if isinstance(summary, DivergedSummary):
        raise InputError(_diverged(folder))
    network = TwoLayerNN.load(model_file(folder))
    try:
        summary.check_model(network)
    except InputError as error:
        raise InputError(f"{folder / 'config.json'} is of another run: {error}") from None
    return network, load_history(folder), summary


def load_history(folder: Path) -> History:
    """Return the history in `folder`, of a run that may have diverged in its first epoch."""
    file = folder / "history.csv"
    if not file.is_file():
        raise FileNotFoundError(f"{folder} is not the folder of a whole run: it has no history.csv")
    history = History.load(file)
    for column in REQUIRED if history.rows else ():
        if column not in history.columns:
            raise InputError(f"{file} is not the history of a run: it has no {column}")
    for column in COMPLETE:
        for row in history.rows if column in history.columns else ():
            if column not in row:
                raise InputError(f"{file}: epoch {row['epoch']} has no {column}, which others have")
    return history


def _several(folder: Path) -> str:
    runs = sorted(path.name for path in folder.glob("seed-*"))
    return f"{folder} holds the runs of several seeds; choose one of them: {', '.join(runs[:5])}"


def _runs_in(folder: Path) -> str:
    if (folder / "sweep.json").is_file():
        return f"; it is a sweep: to train its best setting, mnist-nn train --recipe {folder / 'best.toml'}"
    runs = sorted(path.parent.name for path in folder.glob("*/config.json"))
    return f"; choose one of the runs in it: {', '.join(runs[:5])}" if runs else ""


def nearest(path: Path) -> str:
    """Return the question whether another path was meant, the one most like `path`; nothing where none is like it."""
    found: dict[str, Path] = {}
    for folder in (RUNS, path.parent):
        with contextlib.suppress(OSError):
            found |= {each.name: each for each in itertools.islice(folder.iterdir(), 10_000) if each.name[0] != "."}
    found |= {name: Path(name) for name in SHIPPED if path.parent == Path()}
    near = most_like(path.name, found)
    return did_you_mean(near and found[near])


def _diverged(folder: Path) -> str:
    return f"{folder} has no model, because its training diverged; see mnist-nn diagnose {folder}"


def load_summary(folder: Path) -> EndedSummary | DivergedSummary:
    """Return the summary in `folder`, of a run that may have diverged."""
    config = folder / "config.json"
    if not folder.exists():
        if str(folder) in SHIPPED:
            raise InputError(f"{folder} is a model without its run; give the folder of a run, such as runs/first")
        raise FileNotFoundError(f"there is no run at {folder}{nearest(folder)}")
    if not config.is_file():
        if (folder / "seeds.json").is_file():
            raise InputError(_several(folder))
        raise FileNotFoundError(f"{folder} is not the folder of a run: it has no config.json{_runs_in(folder)}")
    return _read_summary(config)


def _read_summary(config: Path) -> EndedSummary | DivergedSummary:
    try:
        values = json.loads(config.read_bytes())
        json.dumps(values, allow_nan=False)  # which refuses NaN and infinite numbers
        return Summary.from_json(values)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{config} is not the summary of a run: {error}") from None


def model_file(path: str | os.PathLike[str]) -> Path:
    """Return the model file meant by `path`: a file, the one in the folder of a run, or a shipped model by its name."""
    path = shipped_or(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no run or model file at {path}{nearest(path)}")
    if not path.is_dir():
        if not path.is_file():  # but a pipe, from which nothing may ever come
            raise InputError(f"{path} is neither a file nor the folder of a run")
        return path
    model, config = path / "model.safetensors", path / "config.json"
    if not model.exists() and (path / "seeds.json").is_file():
        raise InputError(_several(path))
    if not model.exists() and config.is_file() and isinstance(load_summary(path), DivergedSummary):
        raise InputError(_diverged(path))
    if not model.exists():
        raise FileNotFoundError(f"{path} is not the folder of a run: it has no {model.name}{_runs_in(path)}")
    return model
