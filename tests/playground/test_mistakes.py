"""Mistakes: the images of a cell are exactly its images, and what a network would have needed does help."""

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.data.dataset import Samples, make_samples
from neural_network.data.synthetic import generate
from neural_network.inspection.analysis.adversarial import fgsm
from neural_network.playground import mistakes
from neural_network.training.loop import fit
from neural_network.training.optimizers import SGD


@pytest.fixture(scope="module")
def trained() -> tuple[TwoLayerNN, Samples]:
    """A network that has learned a little, and samples that it has not seen."""
    network = TwoLayerNN(784, 12, 10, seed=0)
    fit(network, *make_samples(*generate(500, seed=1)), epochs=60, optimizer=SGD(0.3), progress=False)
    return network, make_samples(*generate(400, seed=2))


def test_cells_have_their_images_in_order(trained):
    network, samples = trained
    found = mistakes.predictions(network, samples)
    assert found.confusion.sum() == 400
    seen = []
    for (label, predicted), count in np.ndenumerate(found.confusion):
        indices = mistakes.of_cell(found, samples.Y, label, predicted)
        assert len(indices) == count
        assert (samples.Y[indices] == label).all()
        assert (network.predict(samples.X[:, indices]) == predicted).all() if count else True
        confidence = found.confidence[indices]
        assert (np.diff(confidence) * (1 if label == predicted else -1) >= 0).all()
        seen.extend(indices)
    assert sorted(seen) == list(range(400))


def test_without_a_cell_there_are_all_mistakes(trained):
    network, samples = trained
    found = mistakes.predictions(network, samples)
    wrong = mistakes.of_cell(found, samples.Y)
    assert len(wrong) == 400 - np.trace(found.confusion)
    assert (found.predicted[wrong] != samples.Y[wrong]).all()


def test_the_smallest_change_mends_a_mistake_and_half_of_it_does_not(trained):
    network, samples = trained
    found = mistakes.predictions(network, samples)
    wrong = mistakes.of_cell(found, samples.Y)
    assert len(wrong) > 5
    for index in wrong[:5]:
        X, label = samples.X[:, [index]], int(samples.Y[index])
        need = mistakes.need(network, X, label)
        assert need.predicted == found.predicted[index]
        assert network.predict(need.mended[:, None])[0] == label
        assert np.abs(need.mended - X[:, 0]).max() <= need.change + 1e-6
        almost = fgsm(network, X, samples.Y[[index]], -0.97 * need.change)
        assert network.predict(almost)[0] != label
        half = np.clip(X[:, 0] + 0.5 * (need.mended - X[:, 0]), 0, 1)
        assert network.predict(half[:, None].astype(np.float32))[0] != label
        assert need.missing > 0


def test_the_votes_make_the_difference_of_the_logits(trained):
    network, samples = trained
    X = samples.X[:, [7]]
    need = mistakes.need(network, X, int(samples.Y[7]))
    Z2 = network.forward(X).Z2[:, 0]
    assert need.votes.sum() + need.bias == pytest.approx(-need.missing, abs=1e-4)
    assert need.logits == pytest.approx((Z2[need.predicted], Z2[need.label]))


def test_the_wish_is_the_slope_of_the_difference(trained):
    network, samples = trained
    index = int(mistakes.of_cell(mistakes.predictions(network, samples), samples.Y)[0])
    x, label = samples.X[:, [index]].astype(np.float64), int(samples.Y[index])
    need = mistakes.need(network, x.astype(np.float32), label)
    pixel = int(np.abs(need.wish).argmax())
    step = np.zeros_like(x)
    step[pixel] = 1e-3
    difference = [(Z2[label] - Z2[need.predicted])[0] for Z2 in (network.forward(x + s).Z2 for s in (step, -step))]
    assert need.wish[pixel] == pytest.approx((difference[0] - difference[1]) / 2e-3, rel=1e-2)


def test_a_correct_prediction_needs_nothing(trained):
    network, samples = trained
    found = mistakes.predictions(network, samples)
    index = int(np.flatnonzero(found.predicted == samples.Y)[0])
    need = mistakes.need(network, samples.X[:, [index]], int(samples.Y[index]))
    assert need.change == 0
    assert need.missing < 0
    assert need.predicted != need.label
