"""New values for arrays that stay where they are, so that whatever else holds them has the new values too."""

from collections.abc import Mapping

import numpy as np


def assign(arrays: Mapping[str, np.ndarray], values: Mapping[str, np.ndarray]) -> None:
    """Give each array the values of the one of its name."""
    for name, array in arrays.items():
        array[...] = values[name]
