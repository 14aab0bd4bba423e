"""Augmentation: in each epoch, every image is turned, stretched, moved and bent a little, at random.

Such a deformation does not change which digit an image shows, so it gives more training data. Each pixel of the new
image comes from a place in the old one (an affine map, plus a smooth random field: elastic deformation, Simard,
Steinkraus and Platt 2003) and is interpolated between the four pixels around that place (bilinear interpolation). The
deformation of a sample depends on (seed, epoch, sample) alone, and not on its batch.
"""

import dataclasses
import functools
import math
import numbers

import numpy as np
from numpy.typing import ArrayLike

from ..support.arguments import check_count
from ..support.byte_pixels import Inputs
from ..support.error_state import own_error_state
from ..support.errors import InputError
from ..support.picture_format import Shape, square
from ..support.registry import Registry
from ..support.threads import share
from .affine import affine_map, upright_map
from .counter_rng import coarse_uniform, keys, uniform
from .interpolate import bilinear

_CHUNK = 256  # images deformed at a time: few enough for the processor's cache, enough to keep threads apart
_AFFINE_NUMBERS = 6  # random numbers of an affine map: rotation, scale × 2, shear, shift × 2


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """How far images may be deformed: in each epoch, each image gets its own random deformation within these bounds.

    Attributes
    ----------
    rotation : float
        Degrees, at most, either way.
    scale : float
        Fraction, at most, by which height and width grow or shrink, each on its own: 0.1 is 90 to 110 %.
    shear : float
        Slant, at most, either way: pixels sideways per pixel upwards.
    shift : float
        Pixels, at most, up or down and left or right; fractions of a pixel too.
    elastic : float
        Pixels by which the elastic field moves a pixel along each axis, root mean square.
    sigma : float
        Pixels over which the elastic field is smooth: the σ of the Gaussian that blurs it.
    """

    rotation: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    elastic: float = 0.0
    sigma: float = 5.0

    def __post_init__(self) -> None:
        bounds = {"rotation": 180.0, "scale": 0.9, "shear": 10.0, "shift": 1000.0, "elastic": 1000.0, "sigma": 1000.0}
        for name, highest in bounds.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 <= float(value) <= highest:
                raise InputError(f"{name} of an augmentation must be a number from 0 to {highest:g}, not {value!r}")
        if self.sigma == 0:
            raise InputError(
                "sigma of an augmentation must be greater than 0: the pixels over which its field is smooth"
            )

    @own_error_state
    def apply(
        self,
        X: Inputs,
        seed: int,
        epoch: int,
        samples: np.ndarray,
        shape: Shape | None = None,
        *,
        deskew: bool = False,
    ) -> np.ndarray:
        """Return deformed copies of the samples: an array (D, m) like `X`, of images of this height and width.

        By default the images are square. `samples`, integers (m,), says which sample of the data set each column of
        `X` is: its deformation depends on (seed, epoch, sample) and not on the order or the size of the batch. With
        `deskew`, the copies are upright and centered, as `data.deskew` makes them, but interpolated once and not twice.

        Raises
        ------
        InputError
            `X` does not hold images as columns of floats, `samples` does not name each of them, or `seed` or `epoch`
            is not a whole number ≥ 0.
        """
        X, samples = np.asarray(X), np.asarray(samples)
        size = "×".join(map(str, shape or ("square",)))
        shape = shape or (square(len(X)) if X.ndim == 2 else None)
        if X.ndim != 2 or not shape or math.prod(shape) != len(X) or X.dtype.kind != "f":
            raise InputError(f"X must hold {size} images as columns of floats, not {X.dtype} of shape {X.shape}")
        if samples.shape != (X.shape[1],) or samples.dtype.kind not in "iu":
            raise InputError(
                f"samples must be {X.shape[1]} integers, one for each column of X, "
                f"not {samples.dtype} of shape {samples.shape}"
            )
        images = X.T.reshape(-1, *shape)
        result = np.empty_like(images)
        streams = keys(check_count("seed", seed, 0), check_count("epoch", epoch, 0), samples)
        number = uniform(streams, _AFFINE_NUMBERS)
        maps = affine_map(
            len(images),
            shape,
            rotation=self.rotation * number[:, 0],
            scale=self.scale * number[:, 1:3],
            shear=self.shear * number[:, 3],
            shift=self.shift * number[:, 4:6],
        )

        def deform_chunk(start: int) -> None:
            chunk = slice(start, start + _CHUNK)
            field = self._field(streams[chunk], shape) if self.elastic else np.float32(0)
            places = maps.of(chunk)
            result[chunk] = bilinear(images[chunk], places.sources(shape) + field)
            if deskew:  # by what the deformed image shows, but from the original, which is sharper
                places = places.then(upright_map(result[chunk]))
                result[chunk] = bilinear(images[chunk], places.sources(shape) + field)

        share(deform_chunk, range(0, len(images), _CHUNK))
        return result.reshape(len(X.T), -1).T

    def _field(self, streams: np.ndarray, shape: Shape) -> np.ndarray:
        """Return smooth random displacements, float32 (m, 2, height, width), of root mean square `elastic`."""
        (rows, _), (_, columns) = (_gaussian_blur(size, self.sigma) for size in shape)
        points = rows.shape[1], columns.shape[0]
        noise = coarse_uniform(streams, 2 * math.prod(points), skip=_AFFINE_NUMBERS).reshape(-1, 2, *points)
        amplitude = math.sqrt(3) * self.elastic  # numbers uniform in (-1, 1) have the variance 1/3
        return np.float32(amplitude) * rows @ noise @ columns


@functools.cache
def _gaussian_blur(size: int, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Return G, float32 (size, points), and its transpose: G blurs a column of independent numbers into `size` pixels.

    The blur averages neighboring numbers, so one for each σ/2 pixels is as good as one for each pixel. The variance of
    a weighted sum is that of the numbers times the sum of the squared weights: rows of norm 1 keep it.
    """
    distance = np.subtract.outer(np.arange(size), np.arange(0, size, max(1, int(sigma / 2))))
    G = np.exp(-0.5 * (distance / sigma) ** 2)
    G = (G / np.linalg.norm(G, axis=1, keepdims=True)).astype(np.float32)
    return G, G.T.copy()  # a copy, because products with it are faster than with a view


AUGMENTATIONS: Registry[Augmentation] = Registry("augmentation")
AUGMENTATIONS.register("none", Augmentation())
AUGMENTATIONS.register("light", Augmentation(rotation=7.5, scale=0.08, shear=0.08, shift=1.0, elastic=0.6))
AUGMENTATIONS.register("affine", Augmentation(rotation=12.5, scale=0.15, shear=0.15, shift=1.5))
AUGMENTATIONS.register("strong", Augmentation(rotation=12.5, scale=0.15, shear=0.15, shift=1.5, elastic=1.2))


def deform(
    images: np.ndarray,
    *,
    rotation: ArrayLike = 0.0,
    scale: ArrayLike = 0.0,
    shear: ArrayLike = 0.0,
    shift: ArrayLike = 0.0,
    field: np.ndarray | None = None,
) -> np.ndarray:
    """Scale, shear and rotate images about their middle, then shift them, then bend them; outside an image all is 0.

    Parameters
    ----------
    images : float array (m, height, width)
    rotation : float or (m,)
        Degrees, counter-clockwise as one looks at the picture.
    scale : float or (m, 2)
        Fractions by which height and width grow: 0.1 is 10 % larger.
    shear : float or (m,)
        Pixels to the right for each pixel upwards: positive values slant as italics do.
    shift : float or (m, 2)
        Pixels down and to the right.
    field : float array (m, 2, height, width), optional
        Pixels down and to the right from each pixel of the result to the place that its value comes from.

    Returns
    -------
    float array (m, height, width) of the images' dtype. Without any deformation, it equals the images, bit for bit.

    Raises
    ------
    InputError
        `images` is not a three-dimensional array of floats.
    """
    if images.ndim != 3 or images.dtype.kind != "f":
        raise InputError(
            f"images must be floats of shape (m, height, width), not {images.dtype} of shape {images.shape}"
        )
    m, *shape = images.shape
    sources = affine_map(m, tuple(shape), rotation, scale, shear, shift).sources(tuple(shape))
    return bilinear(images, sources if field is None else sources + field.astype(np.float32))
