"""Which settings a sweep tries: a grid worked by hand, random draws that can be repeated, and Optuna's proposals."""

import pytest

from neural_network.runs.settings import Settings
from neural_network.runs.sweep.search import PROPOSED_AT_ONCE, SEARCHES, Plan
from neural_network.runs.sweep.space import parse_space
from neural_network.support.errors import InputError

BASE = Settings(epochs=7, seed=3)


def only_batch(search, trials, *vary):
    (batch,) = SEARCHES[search](Plan(BASE, parse_space(vary), trials), [])
    return batch


def test_a_grid_is_all_combinations_in_order():
    batch = only_batch("grid", None, "hidden=5,6", "activation=relu,tanh,elu")
    assert [(each.hidden, each.activation) for each in batch] == [
        *((5, "relu"), (5, "tanh"), (5, "elu")),
        *((6, "relu"), (6, "tanh"), (6, "elu")),
    ]
    assert all((each.epochs, each.seed) == (7, 3) for each in batch)
    assert only_batch("grid", 6, "hidden=5,6", "activation=relu,tanh,elu") == batch


@pytest.mark.parametrize(
    ("trials", "vary", "fact"), [(None, "l2=0.1..0.2 log", '"l2=0.1..0.2 log 5"'), (3, "hidden=5,6", "2 combinations")]
)
def test_a_grid_needs_values_and_their_own_number_of_trials(trials, vary, fact):
    with pytest.raises(InputError, match=fact):
        only_batch("grid", trials, vary)


def test_random_trials_are_the_same_each_time_and_for_more_of_them():
    vary = "hidden=5,6", "l2=0.001..0.1 log"
    twenty = only_batch("random", None, *vary)
    assert len(set(twenty)) == len(twenty) == 20
    assert only_batch("random", 8, *vary) == twenty[:8]
    assert {each.hidden for each in twenty} == {5, 6}
    assert all(0.001 <= each.l2 <= 0.1 and each.epochs == 7 for each in twenty)
    other = SEARCHES["random"](Plan(Settings(epochs=7, seed=4), parse_space(vary), 8), [])
    assert [each.l2 for each in next(other)] != [each.l2 for each in twenty[:8]]


def test_random_trials_end_where_all_values_are_drawn():
    batch = only_batch("random", 100, "hidden=5,6,7", "activation=relu,tanh")
    assert len(set(batch)) == len(batch) == 6


def guided(trials, accuracy, *vary):
    pytest.importorskip("optuna")
    accuracies, batches = [], []
    for batch in SEARCHES["optuna"](Plan(BASE, parse_space(vary), trials), accuracies):
        batches.append(batch)
        accuracies += [accuracy(settings) for settings in batch]
    return batches


def test_optuna_proposes_the_same_each_time_and_comes_nearer_to_the_best():
    def accuracy(settings):
        return None if settings.hidden > 35 else 1 - abs(settings.l2 - 0.3) - (settings.activation == "tanh")

    vary = "l2=0..1", "hidden=5..40", "activation=tanh,relu", "learning-rate=default,0.1"
    batches = guided(50, accuracy, *vary)
    assert batches == guided(50, accuracy, *vary)
    assert [len(batch) for batch in batches] == [PROPOSED_AT_ONCE] * 12 + [2]
    early, late = ([accuracy(each) or 0 for batch in part for each in batch] for part in (batches[:3], batches[-3:]))
    assert sum(late) / len(late) > sum(early) / len(early) + 0.2
    assert {type(each.hidden) for batch in batches for each in batch} == {int}


def test_without_optuna_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(ImportError, match=r"mnist-nn\[optuna\]"):
        next(SEARCHES["optuna"](Plan(BASE, parse_space(["hidden=5,6"])), []))
