"""`mnist-nn recipes`: named settings, each beside the published figure that it answers."""

import contextlib
import io
from pathlib import Path
from typing import Annotated, Any

import typer

from ..recipes import RECIPES, Recipe, Result, check_settings, find_recipe, recorded, summarize_runs
from ..runs.checkpoint_files import has_checkpoint
from ..runs.folder import RUNS, load_run, load_summary
from ..runs.summary import DivergedSummary, EndedSummary
from ..support.errors import DivergenceError, InputError
from . import terminal
from .help import Command, Group
from .options import Json, Seed
from .train.given import was_given

app = typer.Typer(
    cls=Group,
    rich_markup_mode=None,
    help="List and train named settings, each beside the published figure that it answers.",
)


@app.command("list", cls=Command)
def list_recipes(json: Json = False) -> None:
    """List the recipes: test error in per cent, ours as mean ± standard deviation over seeds, and the published one.

    Examples:

      mnist-nn recipes list
    """
    rows = [(recipe, recorded(recipe)) for recipe in map(find_recipe, RECIPES)]
    if json:
        terminal.print_json({"recipes": [_to_json(recipe, result) for recipe, result in rows]})
        return
    table = terminal.table("recipe", "ours", "published", "difference", "seconds")
    for recipe, result in rows:
        table.add_row(recipe.name, *_cells(recipe, result))
    console = terminal.console()
    console.print(table)
    console.print("Error in per cent. To train one: mnist-nn recipes run NAME", soft_wrap=True)


@app.command(cls=Command)
def run(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME|FILE.toml", help="The recipe.", show_default=False)],
    seeds: Annotated[int, typer.Option(min=1, max=1000, help="Train this many networks, with consecutive seeds.")] = 1,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Train a recipe with one or more seeds, and print the error beside the published one.

    Each seed is a run of its own, runs/NAME-seed-0 and so on. Ctrl-C keeps what was done: the same command continues.
    Seeds whose numbers become infinite or NaN are left out. The first seed is the recipe's unless --seed is given.

    Examples:

      mnist-nn recipes run seed

      mnist-nn recipes run simard-800 --seeds 5
    """
    recipe = find_recipe(name)
    first = seed if was_given(context, "seed") else recipe.settings.seed
    runs = []
    for number in range(first, first + seeds):
        folder = RUNS / f"{recipe.name}-seed-{number}"
        if summary := _finish(context, recipe, name, number, folder):
            runs.append(summary)
            terminal.note(f"{folder}: {summarize_runs(recipe, [summary]).mean:.2f} %")
        else:
            terminal.note(f"{folder} diverged and is left out; to see why: mnist-nn diagnose {folder}")
    if not runs:
        raise SystemExit(3)
    result = summarize_runs(recipe, runs)
    if json:
        terminal.print_json(_to_json(recipe, result))
        return
    table = terminal.table("recipe", "ours", "published", "difference", "seconds")
    table.add_row(recipe.name, *_cells(recipe, result))
    console = terminal.console()
    console.print(table)
    low, high = result.interval
    console.print(f"Error in per cent; the 95 % interval of the mean is {low:.2f} to {high:.2f}.")


def _finish(context: typer.Context, recipe: Recipe, name: str, seed: int, folder: Path) -> EndedSummary | None:
    """Train one seed, or what is left of its training, and return the summary; None where it diverged.

    Raises InputError, before hours of training, where the run in `folder` is of another recipe.
    """
    if (folder / "config.json").is_file():
        begun = load_summary(folder)
        try:
            check_settings(recipe, begun, str(folder))
        except InputError as error:
            raise InputError(f"{error}; rename that folder, or the recipe") from None
        if isinstance(begun, DivergedSummary):
            return None
        if isinstance(begun, EndedSummary) and not begun.interrupted and not has_checkpoint(folder):
            return load_run(folder)[2]
    terminal.note(f"training {folder}")
    try:
        _train(context, ["--resume", str(folder)] if folder.exists() else _options(name, seed, folder.name))
    except DivergenceError:
        return None
    except (KeyboardInterrupt, SystemExit):
        terminal.note("the same recipes run command continues this training, and trains the other seeds")
        raise
    return load_run(folder)[2]


def _options(recipe: str, seed: int, run: str) -> list[str]:
    return ["--recipe", recipe, "--seed", str(seed), "--name", run, "--checkpoint-every", "60s", "--no-figures"]


def _train(context: typer.Context, options: list[str]) -> None:
    """Run `mnist-nn train` with these options in this process, without its table of results."""
    root = context.find_root()
    command = root.command.get_command(root, "train")  # type: ignore[attr-defined]  # of a group
    with contextlib.redirect_stdout(io.StringIO()), command.make_context("train", options, parent=root) as inner:
        command.invoke(inner)


def _cells(recipe: Recipe, result: Result | None) -> tuple[str, str, str, str]:
    """Return our error, the published one, their difference, and our training time."""
    published = f"{recipe.published.error:.2f}" if recipe.published else ""
    difference = f"{result.mean - recipe.published.error:+.2f}" if result and recipe.published else ""
    return str(result or ""), published, difference, f"{result.seconds:.0f}" if result else ""


def _to_json(recipe: Recipe, result: Result | None) -> dict[str, Any]:
    published = recipe.published and {**vars(recipe.published)}
    ours = result and {**vars(result), "mean": result.mean, "std": result.std}
    return {"name": recipe.name, "title": recipe.title, "options": recipe.options, "published": published, "ours": ours}
