"""`mnist-nn compare`: which of several runs is most accurate, and whether chance explains the difference."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...data.classes import are_numbered
from ...data.image_changes import deskew_for
from ...inspection.comparison import Candidate, ImageSource, check_comparable
from ...inspection.comparison import compare as compare_candidates
from ...runs.folder import load_run, model_file
from ...support.arguments import check_inputs, check_labels, plain
from ...support.errors import InputError
from ...support.picture_format import is_deskewed
from ...training.model import TwoLayerNN
from .. import terminal
from ..dataset_for_model import load_for, own_data
from ..html_files import check_page, write_page
from ..options import Json
from .json_result import as_json, print_comparison

if TYPE_CHECKING:
    from ...data import Dataset, Samples
    from ...support.byte_pixels import Inputs


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN RUN...",
            help="Folders of runs, model files, or shipped models. The first is the baseline of the others.",
        ),
    ],
    data: Annotated[
        str | None, typer.Option(help="The data set whose test images to use.", show_default="that of the first run")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw the learning curves of all runs.", show_default=False)
    ] = None,
    show_images: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.png", help="Draw the images that only some runs classify correctly.", show_default=False
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="Write the comparison as one HTML page.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Compare the accuracy of runs on the same test images, and say whether chance explains the differences.

    Options that differ are listed, and the images that only one of two runs classifies correctly.

    Examples:

      mnist-nn compare runs/first runs/second

      mnist-nn compare runs/many/seed-* --figure curves.png --html seeds.html

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
    candidates = [_load(path) for path in runs]
    check_comparable(candidates)
    _warn_of_other_data(candidates)
    histories = {candidate.name: candidate.history for candidate in candidates if candidate.history.rows}
    if figure and not histories:
        raise InputError("--figure draws learning curves, which model files do not have: give the folders of the runs")
    forms = {path: each.network.picture_format for path, each in zip(runs, candidates, strict=True)}
    folders = (path for path in runs if path.is_dir())
    first_run = min(folders, key=lambda path: is_deskewed(forms[path]), default=runs[0])  # images can only be deskewed
    named = (candidate for candidate in candidates if not are_numbered(candidate.network.classes))
    first = next(named, candidates[0]).network
    dataset = load_for(first, data, first_run, first.picture_format and replace(first.picture_format, deskew=False))
    samples, images = _evaluation_images(dataset, data or own_data(first_run), candidates)
    X = check_inputs(samples.X, first.input_size, samples.X.dtype, f"{dataset.name}'s images")
    Y = check_labels(samples.Y, first.output_size, X.shape[1], f"{dataset.name}'s labels")
    with terminal.busy("comparing"):
        inputs = _inputs_of_each(candidates, replace(dataset, train=samples, test=None, parts=()))
        comparison = compare_candidates(candidates, inputs, Y, ImageSource(dataset.name, dataset.source, images))
        if figure:
            save_figure(training_curves(histories), figure)
        if show_images:
            changed = comparison.changed_images
            names = [candidate.name for candidate in candidates]
            predictions = comparison.predictions[:, changed]
            drawn = changed_pictures(X[:, changed], Y[changed], predictions, names, dataset.classes, dataset.shape)
            save_figure(drawn, show_images)
        if html:
            from ...inspection.report import report_comparison

            write_page(html, report_comparison(comparison, X, histories, dataset.classes, dataset.shape))
    written = [str(path) for path in (figure, show_images, html) if path]
    if json:
        terminal.print_json({**as_json(comparison), "written": written})
        return
    print_comparison(comparison, dataset.classes)
    for path in written:
        typer.echo(path)


def _load(path: Path) -> Candidate:
    """Return the run, or the model file, at `path`."""
    if path.is_dir():
        return Candidate(plain(str(path)), *load_run(path))
    return Candidate(plain(str(path)), TwoLayerNN.load(model_file(path)))


def _warn_of_other_data(candidates: list[Candidate]) -> None:
    """Warn where runs were trained on different data: the images are then unlike the training data of some."""
    specs = {each.name: each.summary.data.spec for each in candidates if each.summary}
    if len(set(specs.values())) > 1:
        trained = ", ".join(f"{name} on {plain(spec)}" for name, spec in specs.items())
        terminal.note(f"these runs were trained on different data: {trained}")


def _inputs_of_each(candidates: list[Candidate], images: "Dataset") -> "list[Inputs]":
    """Return the images as each network needs them: deskewed for those that learned from deskewed ones."""
    forms = [each.network.picture_format for each in candidates]
    inputs = {form: deskew_for(form, images).train.X for form in set(forms)}
    return [inputs[form] for form in forms]


def _evaluation_images(dataset: "Dataset", spec: str, candidates: list[Candidate]) -> "tuple[Samples, str]":
    """Return the test images, or else images that no run is known to have been trained on, and what they are."""
    if dataset.test:
        return dataset.test, "test images"
    data = [each.summary.data for each in candidates if each.summary]
    held_out = [each.validation for each in data if each.spec == spec]
    if not held_out:
        return dataset.train, "images"
    _, samples = dataset.split(min(held_out))
    if samples is None:
        raise InputError(f"{dataset.source} has no test images, and not every run held some out: name others by --data")
    return samples, "images that all runs held out"
