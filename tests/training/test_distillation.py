"""Distillation: labels drawn from the probabilities of teachers."""

import numpy as np
import pytest

from neural_network import InputError, TwoLayerNN
from neural_network.training.callback import Run
from neural_network.training.distillation import Distill
from neural_network.training.history import History
from neural_network.training.optimizers import SGD


@pytest.fixture
def teachers():
    return [TwoLayerNN(6, 5, 3, seed=seed) for seed in (1, 2)]


@pytest.fixture
def run(rng):
    run = Run(TwoLayerNN(6, 4, 3, seed=0), SGD(0.1), History(), epochs=1, steps_per_epoch=1, seed=3)
    run.X, run.Y, run.step = np.repeat(rng.random((6, 1), np.float32), 40_000, axis=1), np.zeros(40_000, np.int64), 1
    return run


def test_labels_have_the_mean_probabilities_of_the_teachers(run, teachers):
    Distill(teachers).on_batch(run)
    expected = sum(teacher.predict_proba(run.X[:, :1]) for teacher in teachers)[:, 0] / 2
    shares = np.bincount(run.Y, minlength=3) / len(run.Y)
    assert shares == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(len(run.Y)))


def test_each_step_draws_anew_and_a_step_again_the_same(run, teachers):
    drawn = []
    for run.step in (1, 2, 1):
        Distill(teachers).on_batch(run)
        drawn.append(run.Y.copy())
    assert np.array_equal(drawn[0], drawn[2])
    assert not np.array_equal(drawn[0], drawn[1])


def test_the_student_becomes_like_its_teacher(rng):
    """The labels that it is given are random: it must not learn them."""
    X = rng.normal(size=(6, 3000)).astype(np.float32)
    teacher, student = (TwoLayerNN(6, hidden, 3, seed=hidden) for hidden in (5, 40))
    teacher.W2 *= 3
    Y = rng.integers(0, 3, 3000)
    student.train(X, Y, epochs=40, batch_size=50, optimizer="adam", callbacks=[Distill([teacher])])
    apart = np.abs(student.predict_proba(X) - teacher.predict_proba(X)).mean()
    assert apart < 0.04
    assert np.abs(teacher.predict_proba(X) - 1 / 3).mean() > 0.2  # which is no small number here


def test_a_teacher_of_other_sizes_is_refused(run):
    with pytest.raises(InputError, match="6 inputs and 3 classes, as the network has, not 7 and 3"):
        Distill([TwoLayerNN(7, 5, 3)]).on_start(run)
