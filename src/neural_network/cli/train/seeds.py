"""`mnist-nn train --seeds N`: the same training with several seeds, to see how much of a result is chance."""

import shlex
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...runs.folder import save_run
from ...runs.summary import Metrics, summarize
from ...support.atomic_files import write_json
from ...support.errors import DivergenceError
from ...support.signals import postponed
from .. import terminal
from .task import Task

if TYPE_CHECKING:
    from ...training.history import History


def train_seeds(task: Task, count: int, folder: Path, json: bool) -> bool:
    """Train with `count` seeds from the settings' own on, print mean ± standard deviation, save each run in `folder`.

    Returns whether none of them was interrupted.
    """
    from ...data.preprocess import format_of

    settings, dataset, parts = task.settings, task.dataset, task.parts
    seeds = range(settings.seed, settings.seed + count)
    networks, histories = settings.train_seeds(seeds, *task.samples, dataset.classes, format_of(dataset))
    whole = [history for history in histories if not history.interrupted and history.diverged_at is None]
    interrupted = len(histories) < count or any(history.interrupted for history in histories)
    runs = []
    with postponed():  # the networks are trained: they are saved before Ctrl-C takes effect
        for seed, network, history in zip(seeds, networks, histories, strict=False):
            run = folder / f"seed-{seed}"
            try:
                summary = summarize(network, history, replace(settings, seed=seed), dataset, parts, task.spec, str(run))
            except DivergenceError as error:
                terminal.note(f"seed {seed} diverged at step {error.step} and is left out")
                continue
            save_run(run, network, history, summary)
            if history.interrupted:
                left_out = "; it is left out of the mean" if whole else ""
                terminal.note(f"seed {seed} was interrupted in epoch {len(history)} of {settings.epochs}{left_out}")
            if not history.interrupted or not whole:
                runs.append(summary)
    if not runs:
        step = min(history.diverged_at or history.rows[-1]["step"] for history in histories)
        rate = settings.make_optimizer().learning_rate
        raise DivergenceError(int(step), "the loss of every seed became infinite or NaN", rate)
    spread = {
        part: _spread([row for run in runs if (row := run.metrics[part])]) for part, samples in parts.items() if samples
    }
    result = {
        "run": str(folder),
        "data": asdict(runs[0].data),
        "seeds": [run.settings.seed for run in runs],
        "metrics": spread,
        **({"interrupted": True} if interrupted else {}),
    }
    write_json(folder / "seeds.json", result)
    if json:
        terminal.print_json(result)
    else:
        _print(result, histories)
    if dataset.note:
        terminal.note(dataset.note)
    return not interrupted


def _spread(metrics: Sequence[Metrics]) -> dict[str, Any]:
    """Return mean, standard deviation and values of accuracy and loss; the deviation of one value is 0."""
    result: dict[str, Any] = {"samples": metrics[0].samples}
    for name in ("accuracy", "loss"):
        values = [getattr(row, name) for row in metrics]
        deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
        result[name] = {"mean": float(np.mean(values)), "std": deviation, "values": values}
    return result


def _print(result: dict[str, Any], histories: Sequence["History"]) -> None:
    data = result["data"]
    title = f"{data['name']} from {data['source']}, {len(result['seeds'])} seeds: mean ± standard deviation"
    table = terminal.table("", "samples", "accuracy", "loss", title=title)
    for part, figures in result["metrics"].items():
        accuracy, loss = figures["accuracy"], figures["loss"]
        table.add_row(
            part,
            f"{figures['samples']:,}",
            f"{100 * accuracy['mean']:.2f} ± {100 * accuracy['std']:.2f} %",
            f"{loss['mean']:.4f} ± {loss['std']:.4f}",
        )
    console = terminal.console()
    console.print(table)
    seconds = max(history.rows[-1]["seconds"] for history in histories if history.rows)
    console.print(f"{seconds:.1f} s; saved in {result['run']}", markup=False, soft_wrap=True)
    next_step = f"mnist-nn compare {shlex.quote(result['run'])}/seed-*"
    console.print(f"\nNext:\n  {next_step}   # which seeds differ by more than chance", markup=False, soft_wrap=True)
