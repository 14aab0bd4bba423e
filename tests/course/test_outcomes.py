"""Whether two results of learners' functions are the same."""

import numpy as np
import pytest

from neural_network.course.outcomes import alike

RIGHT = np.array(0.3)


@pytest.mark.parametrize(
    ("given", "other", "same"),
    [
        (0.29, 0.31, True),  # both are right, as random numbers are: by the tolerance of 0.05 · 0.3
        (0.29, 0.5, False),
        (0.5, 0.51, True),
        (0.5, 0.53, False),
    ],
)
def test_two_right_results_are_alike_and_wrong_ones_that_are_near(given, other, same):
    assert alike(np.array(given), np.array(other), RIGHT, 0.05) == same
