"""The most confident mistakes, each with the training images nearest to it."""

import numpy as np
from matplotlib.figure import Figure

from ...support.byte_pixels import Inputs
from ...support.errors import InputError
from ...support.picture_format import Shape
from ...training.loop import Samples
from ..analysis.neighbors import confident_mistakes, nearest
from .pictures import as_pictures, draw_pictures
from .style import QUIET, RIGHT, WIDTH, WRONG, house_style

MAX_MISTAKES = 8
NEIGHBORS = 4


@house_style()
def mistakes(
    X: Inputs,
    Y: np.ndarray,
    probabilities: np.ndarray,
    train: Samples,
    shape: Shape | None = None,
) -> Figure:
    """Draw the wrong predictions for `X` (D, m) with labels `Y` (m,) that have the highest `probabilities` (C, m).

    Each is at the top of a column, above its four nearest neighbors among the training samples `train`. Neighbors with
    the predicted class (✗) explain the mistake; with neighbors of the true class (✓) a comparison would have helped.

    Raises InputError if there is no mistake, or D pixels do not have that shape.
    """
    chosen = confident_mistakes(probabilities, Y, MAX_MISTAKES)
    if not len(chosen):
        raise InputError(f"there is no mistake among {len(Y):,} samples")
    predicted = probabilities.argmax(axis=0)[chosen]
    X_train, Y_train = train
    places, _ = nearest(X[:, chosen], X_train, NEIGHBORS)
    shown = np.concatenate([X[:, chosen], X_train[:, places.T.ravel()]], axis=1)
    confidence = probabilities.max(axis=0)[chosen]
    captions = [f"✗ {c}  {p:.0%}\nis {y}" for c, p, y in zip(predicted, confidence, Y[chosen], strict=True)]
    labels = Y_train[places.T]  # (neighbors, mistakes)
    for row in labels:
        signs = np.where(row == Y[chosen], "✓ ", np.where(row == predicted, "✗ ", ""))
        captions += [f"{sign}{label}" for sign, label in zip(signs, row, strict=True)]
    wrong = int(np.count_nonzero(probabilities.argmax(axis=0) != Y))
    mosaic = draw_pictures(
        as_pictures(shown, "X", shape),
        captions,
        len(chosen),
        title=f"The {len(chosen)} most confident of {wrong:,} mistakes, and the training images nearest to each",
        beside=WIDTH * (1 - len(chosen) / MAX_MISTAKES),
        below=2.2,
        cmap="gray_r",
        vmin=0,
        vmax=1,
    )
    for place, (frame, caption) in enumerate(zip(mosaic.frames, mosaic.captions, strict=True)):
        sign = captions[place][0]
        color = {"✗": WRONG, "✓": RIGHT}.get(sign, QUIET)
        frame.set(edgecolor=color, linewidth=2 if place < len(chosen) else 1)
        caption.set_color(color)
    return mosaic.figure
