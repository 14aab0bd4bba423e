"""`mnist-nn compare`: which of several runs is best, and by more than chance."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...data.classes import are_numbered
from ...inspection.comparison import Contender, changed_images, check_alike, contest
from ...runs.folder import load_run, model_file
from ...support.arguments import check_inputs, check_labels, plain
from ...support.errors import InputError
from ...training.model import TwoLayerNN
from .. import terminal
from ..dataset_for_model import load_for, own_data
from ..html_files import check_page, write_page
from ..options import Json
from .json_result import print_contest

if TYPE_CHECKING:
    from ...data import Dataset, Samples


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN RUN...",
            help="Folders of runs, or model files; the first is what the others are compared with.",
        ),
    ],
    data: Annotated[
        str | None,
        typer.Option(help="The data set whose test images judge them.", show_default="that of the first run"),
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="Draw loss and accuracy of all runs together.", show_default=False),
    ] = None,
    show_images: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="Draw the images that changed sides.", show_default=False),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="Write all of it as one page.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Compare runs on the same test images: how much better each is than the first, and whether chance explains it.

    What differs in their options is listed, and the images that only one of two reads right.

    Examples:

      mnist-nn compare runs/first runs/second

      mnist-nn compare runs/luck/seed-* --figure curves.png --html luck.html

      mnist-nn compare old.safetensors new.safetensors --data mnist --show-images changed.png
    """
    from ...inspection.figures import changed_pictures, check_picture, save_figure, training_curves

    if len(runs) < 2:
        raise InputError(f"compare needs two runs or more, not {len(runs)}")
    for picture in (figure, show_images):
        if picture:
            check_picture(picture)
    if html:
        check_page(html, "--html")
    contenders = [_load(path) for path in runs]
    check_alike(contenders)
    _tell_of_other_data(contenders)
    histories = {contender.name: contender.history for contender in contenders if contender.history.rows}
    if figure and not histories:
        raise InputError("--figure draws how runs learnt, which model files do not tell: give the folders of the runs")
    own = next((path for path in runs if path.is_dir()), runs[0])
    named = (contender for contender in contenders if not are_numbered(contender.network.classes))
    dataset = load_for(next(named, contenders[0]).network, data, own)
    samples, what = _unseen(dataset, data or own_data(own), contenders)
    X = check_inputs(samples.X, contenders[0].network.input_size, samples.X.dtype, f"{dataset.name}'s images")
    Y = check_labels(samples.Y, contenders[0].network.output_size, X.shape[1], f"{dataset.name}'s labels")
    with terminal.busy("comparing"):
        found, readings = contest(contenders, X, Y)
        result = {"data": {"name": dataset.name, "source": dataset.source, "images": what}} | found
        if figure:
            save_figure(training_curves(histories), figure)
        if show_images:
            changed = changed_images(result)
            names = [contender.name for contender in contenders]
            drawn = changed_pictures(X[:, changed], Y[changed], readings[:, changed], names, dataset.classes)
            save_figure(drawn, show_images)
        if html:
            from ...inspection.report import report_contest

            write_page(html, report_contest(result, X, histories, dataset.classes))
    written = [str(path) for path in (figure, show_images, html) if path]
    if json:
        terminal.print_json({**result, "written": written})
        return
    print_contest(result, dataset.classes)
    for path in written:
        typer.echo(path)


def _load(path: Path) -> Contender:
    """Return what is known of the run, or of the model file, at `path`."""
    if path.is_dir():
        return Contender(plain(str(path)), *load_run(path))
    return Contender(plain(str(path)), TwoLayerNN.load(model_file(path)))


def _tell_of_other_data(contenders: list[Contender]) -> None:
    """Say so where runs have learnt from different data: some are then judged by images unlike those they know."""
    specs = {c.name: c.summary["data"]["spec"] for c in contenders if c.summary.get("data")}
    if len(set(specs.values())) > 1:
        learnt = ", ".join(f"{name} from {plain(spec)}" for name, spec in specs.items())
        terminal.note(f"these runs learnt from different data: {learnt}")


def _unseen(dataset: "Dataset", spec: str, contenders: list[Contender]) -> "tuple[Samples, str]":
    """Return the test images, or others that no run is known to have learnt from, and what they are."""
    if dataset.test:
        return dataset.test, "test images"
    held_out = [c.summary["data"]["validation"] for c in contenders if c.summary["data"].get("spec") == spec]
    if not held_out:
        return dataset.train, "images"
    _, samples = dataset.split(min(held_out))
    if samples is None:
        raise InputError(f"{dataset.source} has no test images, and not every run held some out: give others by --data")
    return samples, "images that all runs held out"
