"""The page of several runs that read the same images: what `mnist-nn compare --html` writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from ...support.errors import InputError
from ...training.history import History
from ..comparison import CHANGES, figures_table, method, options_table
from ..figures import training_curves
from ..figures.pictures import as_squares
from .confusion import ROOM
from .embed import embed_figure
from .formats import counted, percent
from .page import Section, make_page, render
from .sprite import Sprite


@dataclass(frozen=True)
class Images:
    """The images that changed sides in one direction; `first` and `shown` say where they are in the sprite."""

    count: int
    first: int
    shown: int
    title: str
    note: str


def report_contest(
    result: Mapping[str, Any],
    X: np.ndarray,
    histories: Mapping[str, History],
    classes: Sequence[str],
) -> str:
    """Return the HTML page of a contest.

    Parameters
    ----------
    result : mapping
        What `contest` returned, and "data": the "name" and "source" of the samples, and "images", what they are, such
        as "test images".
    X : array (D, m)
        The samples. Where they are no pictures, those that changed sides are counted and not shown.
    histories : mapping of str to History
        How the runs learnt, by their names; those of model files are not known.
    classes : sequence of str
        The names of the classes.
    """
    try:
        sprite = Sprite(as_squares(X, "X"))
    except InputError:
        sprite = None
    comparisons = result["comparisons"]
    room = ROOM // len(X) // (2 * len(comparisons))
    changes = [
        (comparison, {kind: _images(comparison, kind, classes, sprite, room) for kind in CHANGES})
        for comparison in comparisons
    ]
    names = [run["run"] for run in result["runs"]]
    result_body = render("contest.html", result=result, rows=figures_table(result), method=method(result))
    changes_body = render("changes.html", changes=changes, what=result["data"]["images"])
    sections = [
        Section("result", "Result", result_body),
        Section("changes", "Images that changed sides", changes_body),
        Section("options", "Options", render("options.html", rows=options_table(result))),
    ]
    if histories:
        sections.append(Section("curves", "How they learnt", _curves(histories)))
    best = max(result["runs"], key=lambda run: run["accuracy"])
    lead = f"Of {len(names)} runs, {best['run']} reads the most right: {percent(best['accuracy'])}."
    if len(comparisons) == 1:
        lead = f"{comparisons[0]['verdict']}."
    return make_page(f"{', '.join(names)} compared", lead, sections, sprite=sprite.render() if sprite else None)


def _images(
    comparison: Mapping[str, Any], kind: str, classes: Sequence[str], sprite: Sprite | None, room: int
) -> Images:
    """Put the images that changed sides in a direction into the sprite, as many as there is room for."""
    images = comparison[kind]
    first = shown = 0
    if sprite:
        captions = (
            f"image {image['index']}: {classes[image['label']]}, read as {classes[image['before']]}, then as "
            f"{classes[image['after']]}"
            for image in images[:room]
        )
        first, shown = sprite.add((image["index"] for image in images[:room]), captions)
    title = f"{counted(len(images), 'image')} {CHANGES[kind]}, {comparison['run']} after {comparison['with']}"
    which = "All of them" if shown == len(images) else f"The {shown:,} clearest"
    note = f"{which}, those first whose label's probability {'rose' if kind == 'gained' else 'fell'} most."
    return Images(len(images), first, shown, title, note)


def _curves(histories: Mapping[str, History]) -> Markup:
    return embed_figure(
        training_curves(histories),
        "Loss and accuracy",
        f"Loss and accuracy over the epochs of {', '.join(histories)}, each with its own color and sign.",
        "Where a dashed line leaves the solid one of its run, the run goes on learning its training samples by heart.",
    )
