"""Drawings: the input is the one that predict makes, a step can be left out, and the numbers add up."""

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.data.normalize import MNIST, normalize
from neural_network.data.preprocess import fit_picture
from neural_network.data.strokes import rasterize
from neural_network.playground import drawing
from neural_network.support.errors import InputError

SEVEN = [[[0.55, 0.1], [0.9, 0.1], [0.7, 0.5]]]


@pytest.fixture(scope="module")
def network():
    return TwoLayerNN(784, 6, 10, seed=1)


def test_all_steps_give_what_predict_reads():
    picture = drawing.picture_of(SEVEN)
    np.testing.assert_array_equal(picture, np.pad(rasterize(SEVEN), drawing.MARGIN))
    reading = drawing.read(picture, MNIST)
    fitted = fit_picture(picture, MNIST)
    np.testing.assert_array_equal(reading.image, fitted.image)
    assert [step.name for step in reading.steps] == [name for name, _ in fitted.steps]
    for step, (_, after) in zip(reading.steps, fitted.steps, strict=True):
        np.testing.assert_array_equal(step.picture, after)
        assert step.done
        assert step.sentence


def test_ink_along_two_edges_is_not_taken_for_paper():
    corner = [[[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]]
    reading = drawing.read_strokes(corner, MNIST)
    assert not reading.problem
    ink = reading.image > 127
    assert ink[9:11, :20].all()
    assert not ink[14:, :15].any()


def test_a_step_can_be_left_out():
    picture = drawing.picture_of(SEVEN)
    reading = drawing.read(picture, MNIST, ["center"])
    kept = [step.name for step in reading.steps if step.done]
    np.testing.assert_array_equal(reading.image, normalize(picture, kept).image)
    assert [step.name for step in reading.steps if not step.done] == ["center"]
    assert (reading.image != drawing.read(picture, MNIST).image).any()


def test_strokes_are_read_as_the_library_reads_them_wherever_they_are():
    reading = drawing.read_strokes(SEVEN, MNIST)
    np.testing.assert_array_equal(reading.image, fit_picture(rasterize(SEVEN), MNIST).image)
    assert [step.name for step in reading.steps][:2] == ["zoom", "find_paper"]
    moved = [[[x / 4, y / 4 + 0.5] for x, y in SEVEN[0]]]
    difference = drawing.read_strokes(moved, MNIST).image.astype(int) - reading.image
    assert np.abs(difference).max() <= 1


def test_without_zoom_crop_and_fit_the_digit_stays_where_it_was_drawn():
    shaping = ["zoom", "find_paper", "add_margin", "crop", "equalize", "fit", "center"]
    reading = drawing.read_strokes(SEVEN, MNIST, shaping)
    assert not reading.steps[0].done
    np.testing.assert_array_equal(reading.steps[0].picture, rasterize(SEVEN, box=(0, 0, 1, 1)) / 255)
    image = reading.image
    assert image.shape == (28, 28)
    assert image[:14, 14:].sum() > 0.8 * image.sum()  # up on the right


def test_a_dot_is_a_problem_and_the_steps_show_how_far_it_came():
    reading = drawing.read(drawing.picture_of([[[0.5, 0.5]]]), MNIST)
    assert reading.image is None
    assert "dot" in reading.problem
    assert reading.steps[0].picture is not None
    assert reading.steps[-1].picture is None


@pytest.mark.parametrize(
    ("strokes", "fact"),
    [
        ("abc", "list"),
        ([1, 2], "list"),
        ([[{"x": 1}]], "points"),
        ([[[0.5, float("nan")]]], "points"),
        ([[[0.5, 1e300]]], "points"),
        ([[[0.5, "1"]]], "points"),
        ([[[0.1, 0.1]] * 5000], "5,000"),
        ([], "at least one point"),
        ([[]], "at least one point"),
    ],
)
def test_what_are_no_strokes_is_refused(strokes, fact):
    with pytest.raises(InputError, match=fact):
        drawing.picture_of(strokes)


def test_an_unknown_step_is_refused():
    with pytest.raises(InputError, match="magic"):
        drawing.read(drawing.picture_of(SEVEN), MNIST, ["magic"])


def test_votes_and_evidence_add_up_to_the_logits(network):
    network.b1[:], network.b2[:] = 0.0, 0.25
    X = drawing.column(drawing.read(drawing.picture_of(SEVEN), MNIST).image, network)
    found = drawing.answer(network, X)
    _, A1, Z2, A2 = network.forward(X)
    np.testing.assert_allclose(found.votes.sum(axis=1) + 0.25, Z2[:, 0], rtol=1e-5)
    np.testing.assert_allclose(found.evidence.sum(axis=1) + 0.25, Z2[:, 0], rtol=1e-4, atol=1e-5)  # ReLU without biases
    np.testing.assert_array_equal(found.A1, A1[:, 0])
    np.testing.assert_array_equal(found.A2, A2[:, 0])
    assert found.label == network.predict(X)[0]


def test_a_network_of_measurements_reads_no_pictures():
    with pytest.raises(InputError, match="2 inputs"):
        drawing.format_for(TwoLayerNN(2, 3, 2))
    assert drawing.format_for(TwoLayerNN(784, 3, 10)) == MNIST
