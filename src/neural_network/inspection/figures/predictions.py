"""Single predictions: pictures with the predicted class and its probability."""

import numpy as np
from matplotlib.figure import Figure

from ...support.arguments import check_labels
from ...support.byte_pixels import Inputs
from ...support.errors import InputError
from ...support.picture_format import Shape
from .pictures import as_pictures, draw_pictures
from .style import RIGHT, WRONG, house_style

COLUMNS = 8
MAX_PICTURES = 3 * COLUMNS


@house_style()
def sample_predictions(
    X: Inputs, Y: np.ndarray | None, probabilities: np.ndarray, shape: Shape | None = None
) -> Figure:
    """Draw up to 24 of the pictures `X` (D, m), each with the most probable class and its probability.

    With labels `Y` (m,) they are the first pictures that are classified correctly, and then the first that are not; the
    title counts both kinds. Without labels they are the first pictures of `X`.

    `probabilities` (C, m) are the result of `network.predict_proba(X)`. Raises InputError if the arrays do not fit each
    other, or D pixels do not have that shape.
    """
    pictures = as_pictures(X, "X", shape)
    probabilities = np.asarray(probabilities)
    samples = len(pictures)
    if probabilities.ndim != 2 or probabilities.shape[1] != samples:
        raise InputError(f"probabilities must have the shape (classes, {samples}), not {probabilities.shape}")
    predicted = probabilities.argmax(axis=0)
    captions = [f"{label}  {p:.0%}" for label, p in zip(predicted, probabilities.max(axis=0), strict=True)]
    if Y is None:
        title = f"Predictions: the first {min(samples, MAX_PICTURES)} of {samples:,}"
        return draw_pictures(
            pictures[:MAX_PICTURES], captions[:MAX_PICTURES], COLUMNS, title=title, cmap="gray_r"
        ).figure

    Y = check_labels(Y, len(probabilities), samples)
    right = predicted == Y
    correct, wrong = np.flatnonzero(right), np.flatnonzero(~right)
    some_wrong = wrong[: max(COLUMNS, MAX_PICTURES - len(correct))]
    some_correct = correct[: MAX_PICTURES - len(some_wrong)]
    shown = np.concatenate([some_correct, some_wrong])
    mosaic = draw_pictures(
        pictures[shown],
        [f"✓ {captions[i]}" if right[i] else f"✗ {captions[i]}\nis {Y[i]}" for i in shown],
        COLUMNS,
        title=f"Predictions: {len(some_correct)} of {len(correct):,} correct ones, "
        f"{len(some_wrong)} of {len(wrong):,} wrong ones",
        cmap="gray_r",
    )
    for i, frame, caption in zip(shown, mosaic.frames, mosaic.captions, strict=True):
        color = RIGHT if right[i] else WRONG
        frame.set(edgecolor=color, linewidth=0.8 if right[i] else 2)
        caption.set_color(color)
    return mosaic.figure
