"""The page of a comparison: what `mnist-nn compare --html` writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...support.byte_pixels import Inputs
from ...support.errors import InputError
from ...support.picture_format import Shape
from ...training.history import History
from ..comparison import CHANGES, Comparison, PairResult, method, options_table, results_table
from ..figures import training_curves
from ..figures.pictures import as_pictures
from .captions import MEANS, learning_curves
from .confusion import MAX_PIXELS
from .embed import embed_figure
from .formats import counted, percent
from .page import Section, make_page, render
from .sprite import Sprite


@dataclass(frozen=True)
class Images:
    """The images that changed sides in one direction; `first` and `shown` are their place and number in the sprite."""

    count: int
    first: int
    shown: int
    title: str
    note: str


def report_comparison(
    comparison: Comparison,
    X: Inputs,
    histories: Mapping[str, History],
    classes: Sequence[str],
    shape: Shape | None = None,
) -> str:
    """Return the HTML page of a comparison.

    Parameters
    ----------
    X : array (D, m)
        The samples. If they are not pictures, those that changed sides are counted and not shown.
    histories : mapping of str to History
        The histories of the runs, by their names; model files have none.
    classes : sequence of str
        The names of the classes.
    shape : (int, int), optional
        Height and width of the samples as pictures; by default they are square.
    """
    try:
        sprite = Sprite(as_pictures(X, "X", shape))
    except InputError:
        sprite = None
    room = MAX_PIXELS // len(X) // (2 * len(comparison.pairs))
    changes = [
        (pair, {kind: _images(pair, kind, classes, sprite, room) for kind in CHANGES}) for pair in comparison.pairs
    ]
    names = [run.run for run in comparison.runs]
    rows = results_table(comparison)
    sections = [
        Section(
            "result", "Result", render("comparison.html", comparison=comparison, rows=rows, method=method(comparison))
        ),
        Section(
            "changes", "Images that changed sides", render("changes.html", changes=changes, what=comparison.data.images)
        ),
        Section("options", "Options", render("options.html", rows=options_table(comparison))),
    ]
    if histories:
        alt = f"Loss and accuracy over the epochs of {', '.join(histories)}, each with its own color and marker."
        said = [f"{name}: {words}" for name, history in histories.items() if (words := learning_curves(history))]
        body = embed_figure(training_curves(histories), "curves", "Loss and accuracy", alt, " ".join([MEANS, *said]))
        sections.append(Section("curves", "Learning curves", body))
    best = max(comparison.runs, key=lambda run: run.accuracy)
    lead = f"Of {len(names)} runs, {best.run} has the highest accuracy: {percent(best.accuracy)}."
    if len(comparison.pairs) == 1:
        lead = f"{comparison.pairs[0].verdict}."
    return make_page(f"{', '.join(names)} compared", lead, sections, sprite=sprite.render() if sprite else None)


def _images(pair: PairResult, kind: str, classes: Sequence[str], sprite: Sprite | None, room: int) -> Images:
    """Put the images that changed sides in one direction into the sprite, as many as there is room for."""
    images = getattr(pair, kind)
    first = shown = 0
    if sprite:
        captions = (
            f"image {i.index}: {classes[i.label]}, predicted {classes[i.before]}, then {classes[i.after]}"
            for i in images[:room]
        )
        first, shown = sprite.add((image.index for image in images[:room]), captions)
    title = f"{counted(len(images), 'image')} {CHANGES[kind]}, {pair.run} against {pair.baseline}"
    which = "All of them" if shown == len(images) else f"{shown:,} of them"
    note = f"{which}; those first whose label's probability {'rose' if kind == 'newly_correct' else 'fell'} most."
    return Images(len(images), first, shown, title, note)
