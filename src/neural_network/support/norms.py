"""Norms of arrays."""

import math

import numpy as np

from .error_state import own_error_state


@own_error_state
def norm(θ: np.ndarray) -> float:
    """Return the Euclidean norm of an array of any shape, which may be finite though the squares overflow."""
    usual = float(np.linalg.norm(θ))
    largest = float(np.abs(θ).max()) if math.isinf(usual) else 0.0
    return largest * float(np.linalg.norm(θ / largest)) if 0 < largest < math.inf else usual
