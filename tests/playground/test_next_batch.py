"""The step under glass on the batch of the next step is the very step that the run makes, to the last bit."""

import numpy as np
import pytest

from neural_network.playground import glass
from neural_network.playground.sessions.job import Job
from neural_network.playground.sessions.next_batch import next_batch
from neural_network.runs.settings import Settings
from neural_network.support.errors import InputError

from .conftest import trained


@pytest.mark.parametrize(
    "settings",
    [
        Settings(hidden=6, epochs=2, batch_size=50),
        Settings(hidden=6, epochs=2, batch_size=50, optimizer="adam", l2=0.01),
        Settings(hidden=6, epochs=2, batch_size=50, optimizer="momentum", schedule="cosine", learning_rate=0.2),
    ],
)
def test_it_is_the_step_of_the_run(sessions, digits, settings):
    session = trained(sessions.open(Job(settings, digits)), 18)
    for step in (0, 7, 17):
        indices, optimizer = next_batch(session.run, step)
        assert len(indices) == 50
        X, Y = digits.train.X[:, indices], digits.train.Y[indices]
        trace = glass.record(session.network_at(step), X, Y, settings, optimizer)
        after = session.network_at(step + 1)
        for name, θ in trace.network.parameters.items():
            np.testing.assert_array_equal(θ, after.parameters[name], err_msg=f"{name} after step {step + 1}")


def test_after_the_last_step_there_is_none(sessions, digits):
    session = trained(sessions.open(Job(Settings(hidden=3, epochs=2), digits)))
    with pytest.raises(InputError, match="step 2"):
        next_batch(session.run, 2)
