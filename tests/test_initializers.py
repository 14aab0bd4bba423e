import numpy as np
import pytest

from neural_network.initializers import INITIALIZERS


@pytest.mark.parametrize(
    ("name", "variance", "bound"),
    [
        ("he-normal", 2 / 300, np.inf),
        ("glorot-uniform", 2 / 500, np.sqrt(6 / 500)),
        ("uniform", 1 / 12, 0.5),
        ("zeros", 0, 0),
    ],
)
def test_published_variance_and_bounds(name, variance, bound, rng):
    W = INITIALIZERS[name](300, 200, rng)  # 60,000 draws: the sample variance is within 1.7 % at three sigma
    assert W.shape == (200, 300)
    assert W.var() == pytest.approx(variance, rel=0.03)
    assert np.abs(W).max() <= bound
    assert W.mean() == pytest.approx(0, abs=4 * np.sqrt(variance / W.size) + 1e-12)
