import numpy as np
import pytest

from neural_network import InputError
from neural_network.functions.initializers import INITIALIZERS, find_initializer


@pytest.mark.parametrize(
    ("name", "variance", "bound"),
    [
        ("he-normal", 2 / 300, np.inf),
        ("he-uniform", 2 / 300, np.sqrt(6 / 300)),
        ("glorot-normal", 2 / 500, np.inf),
        ("glorot-uniform", 2 / 500, np.sqrt(6 / 500)),
        ("lecun-normal", 1 / 300, np.inf),
        ("uniform", 1 / 12, 0.5),
        ("uniform(0.1)", 0.01 / 3, 0.1),
        ("normal", 1e-4, np.inf),
        ("normal(0.5)", 0.25, np.inf),
        ("zeros", 0, 0),
    ],
)
def test_published_variance_and_bounds(name, variance, bound, rng):
    W = find_initializer(name)(300, 200, rng)  # 60,000 draws: the sample variance is within 1.7 % at three sigma
    assert W.shape == (200, 300)
    assert W.var() == pytest.approx(variance, rel=0.03)
    assert np.abs(W).max() <= bound
    assert W.mean() == pytest.approx(0, abs=4 * np.sqrt(variance / W.size) + 1e-12)


def test_every_initializer_is_tested_above():
    tested = test_published_variance_and_bounds.pytestmark[0].args[1]
    assert {name.partition("(")[0] for name, *_ in tested} == set(INITIALIZERS)


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("unifrom(0.1)", "did you mean 'uniform'"),
        ("uniform(x)", "the size of initializer 'uniform' must be a number, not 'x'"),
        ("uniform(-1)", "the size of initializer 'uniform' must be a finite number > 0, not -1.0"),
        ("he-normal(1)", "initializer 'he-normal' takes no size"),
    ],
)
def test_bad_names_are_explained(name, complaint):
    with pytest.raises(InputError, match=complaint):
        find_initializer(name)
