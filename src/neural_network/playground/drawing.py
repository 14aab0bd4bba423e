"""A drawing and what the network sees in it: the steps to its input, and the numbers behind the answer.

The steps are those of `mnist-nn predict` (data/preprocess.py). Each of them can be left out, to see what it is for.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..data.find_ink import NoDigitError
from ..data.normalize import STEPS, Normalized, normalize
from ..data.preprocess import default_format, finish, fit_picture
from ..data.strokes import rasterize
from ..inspection.analysis.input_gradients import logit_gradient
from ..network import Network
from ..support.blas_threads import one_blas_thread
from ..support.errors import InputError
from ..support.picture_format import PictureFormat

MAX_POINTS = 4000  # of a drawing; a digit that is drawn with a mouse has some hundred
CANVAS = (0.0, 0.0, 1.0, 1.0)  # the box of the points
MARGIN = 4  # pixels around the ink, by whose border the steps tell paper from ink

ZOOM = "zoom"  # the step from strokes to a picture

SENTENCES = {
    ZOOM: "Draw the strokes as large as the picture, wherever on the canvas they are.",
    "find_paper": "Find the sheet of paper in the picture.",
    "add_margin": "Add a margin, so that ink at the border is ink as well.",
    "flatten": "Even out the light: shadows on paper are no ink.",
    "invert": "Make the ink bright and the paper dark, as MNIST has them; the page shows ink as dark.",
    "threshold": "Decide what is ink: the brightness between the pen and the paper.",
    "remove_frame": "Remove a frame that is drawn around the digit.",
    "remove_lines": "Remove the lines of ruled paper.",
    "despeckle": "Remove specks of dust.",
    "crop": "Cut out the digit.",
    "equalize": "Give the strokes the width that MNIST's have.",
    "fit": "Scale the digit into a box of 20 × 20 pixels, and keep its proportions.",
    "center": "Move the digit so that its center of mass is in the middle.",
    "as it is": "Keep the picture: it has the right size already.",
    "deskew": "Shear the digit upright and center it, as the pictures were that this network was trained on.",
    "scale": "Scale the picture to the size of the network's inputs.",
}


@dataclass(frozen=True, eq=False)
class Step:
    """A step from a drawing to an input, and the picture after it, floats in [0, 1]; None where it was not reached.

    A step that is not `done` was left out by the user.
    """

    name: str
    sentence: str
    done: bool
    picture: np.ndarray | None


@dataclass(frozen=True, eq=False)
class Reading:
    """How a picture became an input: `image` is uint8 (height, width), or None where `problem` says why not."""

    steps: list[Step]
    image: np.ndarray | None
    problem: str


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network says to one input, and why.

    Attributes
    ----------
    Z1, A1, A2 : arrays (H,), (H,), (C,)
        Pre-activations, activations, and probabilities.
    votes : array (C, H)
        The terms of equation (3): what each hidden unit adds to the logit of each class.
    evidence : array (C, D)
        The gradient of each logit times the input: what the ink of each pixel says for a class, or against it. With
        ReLU these add up to the logit, except for what the biases give.
    slopes : array (C, D)
        The gradients themselves: where more ink would speak for a class, or against it.
    """

    Z1: np.ndarray
    A1: np.ndarray
    A2: np.ndarray
    votes: np.ndarray
    evidence: np.ndarray
    slopes: np.ndarray

    @property
    def label(self) -> int:
        return int(self.A2.argmax())


def picture_of(strokes: object, zoom: bool = True) -> np.ndarray:
    """Draw strokes, lists of points (x, y) on a canvas from 0 to 1, y downwards, as bright ink on black.

    The picture shows the square around the ink, with a margin; without `zoom`, it shows the canvas. Raises InputError
    where they are not such lists, are empty, or lie far beside the canvas.
    """
    if not isinstance(strokes, list) or not all(isinstance(stroke, list) for stroke in strokes):
        raise InputError("strokes must be a list of lists of points (x, y)")
    points = [point for stroke in strokes for point in stroke]
    if len(points) > MAX_POINTS:
        raise InputError(f"the drawing has {len(points):,} points, more than {MAX_POINTS:,}; press Clear and draw anew")
    for point in points:
        if not isinstance(point, list) or len(point) != 2 or not all(_is_near(value) for value in point):
            raise InputError(f"points must be (x, y) from 0 to 1, not {point!r:.80}")
    return np.pad(rasterize(strokes), MARGIN) if zoom else rasterize(strokes, box=CANVAS)


def _is_near(value: object) -> bool:
    return isinstance(value, int | float) and -1 <= value <= 2


def format_for(network: Network) -> PictureFormat:
    """Return the format of a network's inputs as pictures. Raises InputError where they are no pictures."""
    form = network.picture_format or default_format(network.input_size, network.classes)
    if form is None:
        raise InputError(f"this network has {network.input_size} inputs, which are no picture; choose data with digits")
    return form


def read(picture: np.ndarray, form: PictureFormat, left_out: Collection[str] = ()) -> Reading:
    """Return the input that a grey picture, uint8 (height, width), becomes, with the steps `left_out` left out.

    Without any left out it is what `predict` makes of the picture. A picture without a digit is a reading with a
    problem, whose steps end where it was noticed. Raises InputError where there is no step of such a name.
    """
    names = (*STEPS, "deskew") if form.deskew else STEPS
    if unknown := set(left_out) - set(names):
        raise InputError(f"unknown step {min(unknown)!r}; the steps are: {', '.join(names)}")
    form = replace(form, deskew=form.deskew and "deskew" not in left_out)
    kept = [name for name in STEPS if name not in left_out]
    try:
        fitted, problem = _fit(picture, form, kept if left_out else None), ""
    except NoDigitError as error:
        fitted, problem = None, str(error)
        done = dict(error.steps)
    if fitted:
        done = dict(fitted.steps)
    shown = names if left_out or not fitted or "crop" in done else tuple(done)
    steps = [Step(name, SENTENCES.get(name, ""), name not in left_out, done.get(name)) for name in shown]
    return Reading(steps, fitted.image if fitted else None, problem)


def read_strokes(strokes: object, form: PictureFormat, left_out: Collection[str] = ()) -> Reading:
    """Return the input that strokes become: see `read`, before which comes the step ZOOM."""
    zoom = ZOOM not in left_out
    picture = picture_of(strokes, zoom)
    reading = read(picture, form, [name for name in left_out if name != ZOOM])
    return Reading([Step(ZOOM, SENTENCES[ZOOM], zoom, picture / 255), *reading.steps], reading.image, reading.problem)


@one_blas_thread()
def _fit(picture: np.ndarray, form: PictureFormat, steps: Sequence[str] | None) -> Normalized:
    if steps is None or form.fit == "frame":
        return fit_picture(picture, form)
    return finish(normalize(picture, steps, form), form)


def column(image: np.ndarray, network: Network) -> np.ndarray:
    """Return a picture of an input's size, uint8, as the column X (D, 1)."""
    return (image.reshape(-1, 1) / 255).astype(network.dtype)


def answer(network: Network, X: np.ndarray) -> Answer:
    """Return what the network says to the one sample `X` (D, 1). Raises InputError where its sums overflow."""
    forward, A2 = network.forward(X), network.predict_proba(X)
    classes = np.arange(network.output_size)
    slopes = logit_gradient(network, np.repeat(X, len(classes), axis=1), classes).T
    Z1, A1 = forward.Z1[:, 0], forward.A1[:, 0]
    return Answer(Z1, A1, A2[:, 0], network.W2 * A1, slopes * X[:, 0], slopes)
