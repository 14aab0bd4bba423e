"""Which pixels matter: the gradient with respect to the picture, and attacks that use it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ...support.errors import InputError
from ...support.picture_format import Shape
from ..analysis.adversarial import Attack
from .pictures import as_pictures, draw_over, draw_pictures
from .style import BLUE, FAINT, RIGHT, SMALL_FONT, VERMILION, WIDTH, WRONG, house_style

COLUMNS = 8


@house_style()
def saliency(X: np.ndarray, gradients: np.ndarray, captions: Sequence[str], shape: Shape | None = None) -> Figure:
    """Draw up to 16 pictures `X` (D, n), each above its `gradients` (D, n): red where ink raises the predicted logit.

    Each gradient has its own scale, symmetric about zero.

    Raises InputError if D pixels do not have that shape, or there are no pictures.
    """
    pictures, slopes = (as_pictures(*each, shape)[: 2 * COLUMNS] for each in ((X, "X"), (gradients, "gradients")))
    count, columns = len(pictures), min(COLUMNS, len(pictures))
    order: list[tuple[int, bool]] = []
    for start in range(0, count, columns):
        row = range(start, min(start + columns, count))
        order += [(place, False) for place in row]
        order += [(-1, False)] * (columns - len(row)) if start else []
        order += [(place, True) for place in row]
    blank = np.full_like(pictures[0], np.nan)
    mosaic = draw_pictures(
        np.stack([blank if i < 0 or gradient else pictures[i] for i, gradient in order]),
        ["" if i < 0 or not gradient else captions[i] for i, gradient in order],
        columns,
        title="Saliency: more ink raises (red) or lowers (blue) the logit of the predicted class",
        beside=WIDTH * (1 - columns / COLUMNS),
        below=1.3,
        cmap="gray_r",
        vmin=0,
        vmax=max(1, float(pictures.max())),
    )
    for (i, _), frame in zip(order, mosaic.frames, strict=True):
        frame.set_visible(i >= 0)
    frames = [frame for (_, gradient), frame in zip(order, mosaic.frames, strict=True) if gradient]
    draw_over(mosaic, frames, slopes, [np.abs(slope).max() or 1 for slope in slopes])
    return mosaic.figure


@house_style()
def adversarial(attack: Attack, examples: Sequence[tuple[float, np.ndarray, str, bool]]) -> Figure:
    """Draw the accuracy against ε, and one picture under attack.

    Parameters
    ----------
    examples : list of (ε, picture (height, width), its predicted class in words, whether that is correct)

    Raises
    ------
    InputError
        There are no examples.
    """
    if not examples:
        raise InputError("examples is empty: there is no attacked picture to draw")
    figure = Figure(figsize=(WIDTH, 4.1))
    above, strip = figure.subfigures(2, 1, squeeze=False, height_ratios=(2.6, 1.5))[:, 0]
    axes = above.subplots()
    axes.set_title(f"Accuracy on {attack.samples:,} images when every pixel changes by ε")
    axes.plot(attack.epsilons, attack.random, "s--", color=BLUE, clip_on=False, label="random signs")
    axes.plot(
        attack.epsilons, attack.attacked, "o-", color=VERMILION, clip_on=False, label="signs of the gradient (FGSM)"
    )
    axes.set(xlabel="ε (0 is paper, 1 is ink)", ylabel="accuracy", ylim=(0, 1), xlim=(0, None))
    axes.yaxis.set_major_formatter(PercentFormatter(xmax=1))
    axes.legend(frameon=False)
    axes.grid(axis="both", color=FAINT)
    for panel, (ε, picture, predicted, correct) in zip(
        strip.subplots(1, len(examples), squeeze=False)[0], examples, strict=True
    ):
        panel.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
        color = RIGHT if correct else WRONG
        panel.set(xticks=[], yticks=[])
        panel.spines[:].set(visible=True, color=color, linewidth=1 if correct else 2)
        panel.set_xlabel(f"{'✓' if correct else '✗'} {predicted}", color=color, fontsize=SMALL_FONT)
        panel.set_title(f"ε = {ε:g}", fontsize=SMALL_FONT, weight="normal", loc="center", pad=4)
        panel.grid(visible=False)
    return figure
