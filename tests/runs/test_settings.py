"""The settings of a run: checking them."""

import tracemalloc

import pytest

from neural_network.playground.sessions.reading import read_settings
from neural_network.runs.settings import Settings
from neural_network.support.errors import InputError


def test_the_check_takes_no_memory_for_a_large_network():
    tracemalloc.start()
    try:
        Settings(hidden=10**9).check()
        read_settings({"hidden": "1000000000"})  # which anybody may write in an address
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"hidden": 0}, "hidden must be a whole number ≥ 1, not 0"),
        ({"hidden": 2**31}, "hidden must be less than 2.31"),
        ({"hidden": 0.5}, "hidden must be a whole number ≥ 1, not 0.5"),
        ({"label_smoothing": 2.0}, "label_smoothing must be a number from 0"),
        ({"output": "softmax", "loss": "squared-error", "activation": "no"}, "activation"),
        ({"learning_rate": -1.0}, "learning_rate|learning rate"),
        ({"dropout": 1.0}, "dropout of hidden units"),
        ({"warmup_steps": 3}, "warmup_steps needs schedule to be 'cosine'"),
        ({"light_epochs": 4, "epochs": 3, "augment": "strong"}, r"light_epochs must be at most epochs \(3\), not 4"),
    ],
)
def test_what_training_would_refuse_is_refused_at_once(settings, what):
    with pytest.raises(InputError, match=what):
        Settings(**settings).check()
