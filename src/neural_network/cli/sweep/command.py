"""`mnist-nn sweep`: train with many settings and seeds, and find the best setting."""

import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from ...runs.command import option
from ...runs.folder import RUNS, check_writable, new_run_folder
from ...runs.settings import Settings
from ...runs.summary import check_recordable
from ...runs.sweep.jobs import DIVERGED, FAILED, Source, read_data
from ...runs.sweep.recipe_file import write_recipe
from ...runs.sweep.results import Trial, ranked
from ...runs.sweep.search import SEARCHES, Plan
from ...runs.sweep.space import Varied, parse_space
from ...runs.sweep.sweep import BEST, FIGURE, TRIALS, Sweep, check_plan, remove_if_empty, run_sweep, take_folder
from ...runs.sweep.workers import BACKENDS, Workers
from ...support.directory_lock import hold
from ...support.errors import InputError, WorkError
from ...support.progress import Progress
from .. import terminal
from ..options import Data, Json, one_of
from ..train.given import was_given
from .results import MOST_ROWS, Reporter, print_table, to_json, values
from .settings_options import takes_settings

WHERE = "Processes"


@takes_settings
def sweep(
    context: typer.Context,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SETTING=VALUES",
            help="Vary a setting: a list, hidden=10,32,128, or a range, learning-rate=0.01..0.3 log; repeatable.",
            show_default=False,
        ),
    ] = None,
    data: Data = "auto",
    search: Annotated[str, one_of(SEARCHES, "Which values to try", "Options")] = "grid",
    trials: Annotated[
        int | None,
        typer.Option(min=1, help="Try this many settings.", show_default="20; in a grid, all of them"),
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=1, max=10_000, help="Train each setting with this many consecutive seeds.")
    ] = 1,
    name: Annotated[
        str | None,
        typer.Option(
            help="Save the sweep in runs/NAME, or continue the one that is there.", show_default="date and time"
        ),
    ] = None,
    validation: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Compare settings by this many of the first training samples, which are held out.",
            show_default="1000, or a tenth of fewer than 10,000",
        ),
    ] = None,
    backend: Annotated[str, one_of(BACKENDS, "Where to train", WHERE)] = "processes",
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Number of processes.", show_default="one a processor", rich_help_panel=WHERE),
    ] = None,
    scheduler: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Scheduler of the cluster, such as tcp://localhost:8786 for dask.",
            show_default=False,
            rich_help_panel=WHERE,
        ),
    ] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a sweep of the same name.")] = False,
    json: Json = False,
    **settings: Any,
) -> None:
    """Train with many settings and seeds, and find the best setting.

    The settings of the command are those of train. Validation samples decide; the test samples are not read. Each
    result is saved as it comes: after Ctrl-C or a crash, the same command continues.

    Examples:

      mnist-nn sweep --vary hidden=10,32,128 --vary activation=relu,tanh --seeds 3 --epochs 100

      mnist-nn sweep --vary "learning-rate=0.01..0.3 log" --search random --trials 20 --name rates

      mnist-nn sweep --vary "l2=1e-6..1e-2 log 5" --batch-size 64 --epochs 5

      mnist-nn sweep --vary hidden=10,32 --backend dask --scheduler tcp://localhost:8786

      mnist-nn train --recipe runs/rates/best.toml
    """
    workers = Workers(backend, jobs, scheduler)
    workers.check()
    plan = Plan(Settings.among(settings), _space(context, vary or []), trials)
    check_plan(plan, search)
    names = [varied.name for varied in plan.space]
    folder = RUNS / name if name and (RUNS / name).is_dir() else new_run_folder(name)
    check_writable(folder)
    with terminal.busy("reading the data"):
        the_sweep, spec = _read(data, validation, plan, search, seeds)
    context.with_resource(hold(folder, terminal.note))
    take_folder(folder, the_sweep, overwrite)
    context.call_on_close(lambda: remove_if_empty(folder))
    try:
        with Progress("trainings", 1) as bar:
            all_trials = run_sweep(the_sweep, folder, workers, Reporter(names, bar))
    except KeyboardInterrupt:
        terminal.note(f"what is done is in {folder / TRIALS}; {_how_to_continue(name, folder)}")
        raise SystemExit(130) from None
    best, *_ = order = ranked(all_trials)
    if best.accuracy is None:
        raise _nothing(best, all_trials)
    title = f"{_title(the_sweep, spec)}: trial {best.number}, {values(best.settings, names)}"
    about = f"The best of {len(all_trials)} trials: validation accuracy {100 * best.accuracy:.2f} %, seeds: {seeds}."
    write_recipe(folder / BEST, title, about, best.settings, spec, the_sweep.source.validation)
    with terminal.busy("drawing the figure"):
        from ...inspection.figures import parallel_coordinates, save_figure

        save_figure(parallel_coordinates(plan.space, all_trials, best), folder / FIGURE)
    if json:
        result = {"sweep": str(folder), "data": spec, "validation": the_sweep.source.validation}
        terminal.print_json(
            {
                **result,
                "trials": [to_json(trial, names) for trial in all_trials],
                "best": best.number,
                "recipe": str(folder / BEST),
            }
        )
        return
    title = (
        f"{_title(the_sweep, spec)}; validation samples, seeds: {seeds}{', mean ± standard deviation' * (seeds > 1)}"
    )
    print_table(order, names, title)
    console = terminal.console()
    more = f"the best {MOST_ROWS} of {len(order)} trials; " if len(order) > MOST_ROWS else ""
    console.print(f"{more}saved in {folder}: {TRIALS}, {BEST}, {FIGURE}", markup=False, soft_wrap=True)
    command = f"mnist-nn train --recipe {shlex.quote(str(folder / BEST))}"
    console.print(f"\nNext:\n  {command}   # train the best setting", markup=False, soft_wrap=True)


def _space(context: typer.Context, vary: list[str]) -> tuple[Varied, ...]:
    """Return what is varied. Raises InputError where nothing is, or a setting has a value of its own too."""
    if not vary:
        raise InputError("sweep needs --vary with a setting and its values, such as --vary hidden=10,32,128")
    space = parse_space(vary)
    for varied in space:
        if was_given(context, varied.name):
            one = option(varied.name)
            raise InputError(f"{one} has one value and --vary {one[2:]} has several: leave one of them out")
    return space


def _read(data: str, validation: int | None, plan: Plan, search: str, seeds: int) -> tuple[Sweep, str]:
    """Read the data, and return the sweep and the --data of its recipe: of auto, what was found."""
    from ...data.catalog import absolute, found_by
    from ...data.dataset import usual_validation

    read_data.cache_clear()  # of an earlier sweep, whose files may have changed
    dataset, sha256 = read_data(absolute(data))
    data = found_by(data, dataset)
    count = usual_validation(len(dataset.train.Y)) if validation is None else validation
    samples, held_out = dataset.split(count)
    if held_out is None:
        raise InputError(f"a sweep needs validation samples, but {len(samples.Y)} samples are too few for any")
    check_recordable(plan.base, dataset, data, count)
    if dataset.note:
        terminal.note(dataset.note)
    source = Source(absolute(data), count, sha256)
    return Sweep(source, (len(samples.Y), count), plan, search, seeds), data


def _title(sweep: Sweep, spec: str) -> str:
    return f"{sweep.search} search on {spec}"


def _how_to_continue(name: str | None, folder: Path) -> str:
    return f"the same command{'' if name else f' with --name {folder.name}'} continues"


def _nothing(first: Trial, trials: list[Trial]) -> BaseException:
    """Return the end of a sweep without a trial of which all seeds are done."""
    failed = next((each for trial in trials for each in trial.outcomes if each.status == FAILED), None)
    if failed:
        return WorkError(f"no trial has succeeded; trial {failed.trial}: {failed.error}")
    assert first.status == DIVERGED
    terminal.complain("all trials diverged; try smaller learning rates")
    return SystemExit(3)
