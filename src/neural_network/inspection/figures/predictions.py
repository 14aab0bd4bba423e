"""Single predictions: pictures with what the network said about them."""

import numpy as np
from matplotlib.figure import Figure

from ...support.arguments import check_labels
from ...support.errors import InputError
from .pictures import as_squares, draw_pictures
from .style import RIGHT, WRONG, house_style

COLUMNS = 8
ROOM = 3 * COLUMNS


@house_style()
def sample_predictions(X: np.ndarray, Y: np.ndarray | None, probabilities: np.ndarray) -> Figure:
    """Draw up to 24 of the pictures `X` (D, m), each with the most probable class and its probability.

    With labels `Y` (m,) they are the first pictures the network got right and then the first it got wrong;
    the title says how many there are of either kind. Without labels they are the first pictures of `X`.

    Parameters
    ----------
    X : array (D, m)
        Pictures as columns; D is a square number.
    Y : array (m,) of integers, or None
        Labels 0 to C - 1.
    probabilities : array (C, m)
        What `network.predict_proba(X)` gave.

    Raises
    ------
    InputError
        The arrays do not fit each other, or D is not a square number.
    """
    pictures = as_squares(X, "X")
    probabilities = np.asarray(probabilities)
    samples = len(pictures)
    if probabilities.ndim != 2 or probabilities.shape[1] != samples:
        raise InputError(f"probabilities must have the shape (classes, {samples}), not {probabilities.shape}")
    predicted = probabilities.argmax(axis=0)
    captions = [f"{label}  {p:.0%}" for label, p in zip(predicted, probabilities.max(axis=0), strict=True)]
    if Y is None:
        title = f"Predictions: the first {min(samples, ROOM)} of {samples:,}"
        return draw_pictures(pictures[:ROOM], captions[:ROOM], COLUMNS, title=title, cmap="gray_r").figure

    Y = check_labels(Y, len(probabilities), samples)
    right = predicted == Y
    correct, misses = np.flatnonzero(right), np.flatnonzero(~right)
    some_misses = misses[: max(COLUMNS, ROOM - len(correct))]
    some_hits = correct[: ROOM - len(some_misses)]
    shown = np.concatenate([some_hits, some_misses])
    mosaic = draw_pictures(
        pictures[shown],
        [f"✓ {captions[i]}" if right[i] else f"✗ {captions[i]}\nis {Y[i]}" for i in shown],
        COLUMNS,
        title=f"Predictions: {len(some_hits)} of the {len(correct):,} right ones, "
        f"{len(some_misses)} of the {len(misses):,} wrong ones",
        cmap="gray_r",
    )
    for i, frame, caption in zip(shown, mosaic.frames, mosaic.captions, strict=True):
        color = RIGHT if right[i] else WRONG
        frame.set(edgecolor=color, linewidth=0.8 if right[i] else 2)
        caption.set_color(color)
    return mosaic.figure
