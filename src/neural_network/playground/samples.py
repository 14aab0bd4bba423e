"""Samples by the names they have in the page's address: `test:3`, `train:5,7,9`, or the pixels of a drawing.

Pixels are written as `pixels:` and their bytes in base64 for addresses, so that an address shows the same drawing
elsewhere, with nothing stored here.
"""

import base64
import binascii
from dataclasses import dataclass

import numpy as np

from ..data.dataset import Samples
from ..network import Network
from ..support.arguments import check_labels, shown
from ..support.errors import InputError
from .drawing import column
from .glass import MAX_SAMPLES

PARTS = ("train", "validation", "test")
PIXELS = "pixels"
MAX_TEXT = 8000  # characters of a name


@dataclass(frozen=True, eq=False)
class Chosen:
    """Some samples: inputs `X` (D, m), labels `Y` (m,), and the name of each. Pixels have the label given, or none."""

    names: list[str]
    X: np.ndarray
    Y: np.ndarray | None

    def labels(self, network: Network) -> np.ndarray:
        """Return the labels, those that the network predicts where there are none."""
        return network.predict(self.X) if self.Y is None else self.Y


def choose(text: str, parts: dict[str, Samples], network: Network, label: int | None = None) -> Chosen:
    """Return the samples that `text` names, out of `parts`, or the pixels in it with the `label`.

    Raises InputError where it names none.
    """
    part, _, rest = text[:MAX_TEXT].partition(":")
    if part == PIXELS:
        Y = None if label is None else check_labels(np.array([label]), network.output_size, 1, "label")
        return Chosen(["the drawing"], _pixels(rest, network), Y)
    if part not in parts:
        raise InputError(f"sample must be {', '.join(f'{name}:3' for name in parts)} or pixels, not {shown(text)}")
    samples = parts[part]
    indices = [_index(each, len(samples.Y), part) for each in rest.split(",")]
    if len(indices) > MAX_SAMPLES:
        raise InputError(f"at most {MAX_SAMPLES} samples can be chosen, not {len(indices)}")
    return Chosen([f"{part} {index}" for index in indices], np.asarray(samples.X[:, indices]), samples.Y[indices])


def write_pixels(image: np.ndarray) -> str:
    """Return the name of a picture, uint8, that `choose` reads."""
    return f"{PIXELS}:{base64.urlsafe_b64encode(image.tobytes()).decode().rstrip('=')}"


def _pixels(text: str, network: Network) -> np.ndarray:
    try:
        image = np.frombuffer(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True), np.uint8)
    except (binascii.Error, ValueError):
        raise InputError("pixels are not written in base64; draw anew") from None
    if len(image) != network.input_size:
        raise InputError(f"the drawing has {len(image)} pixels, but this network has {network.input_size} inputs")
    return column(image, network)


def _index(text: str, count: int, part: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) < count):
        raise InputError(f"samples of {part} are 0 to {count - 1}, not {shown(text)}")
    return int(text)
