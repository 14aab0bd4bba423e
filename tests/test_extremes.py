"""Extremes: enormous, constant and empty-handed inputs give what is right, or a clear error; NaN is never an answer.

Whatever is registered is tested by itself, an extension too. The inputs go to ±1e300 as float64 and ±1e38 as float32.
Where a result cannot be written as a number, it is an error, or infinite where that is what it is; warnings are errors.
"""

import math
from fractions import Fraction

import numpy as np
import pytest

from neural_network import DivergenceError, InputError, TwoLayerNN, prepare_data
from neural_network.data.augment import AUGMENTATIONS, deform
from neural_network.functions.activations import ACTIVATIONS
from neural_network.functions.initializers import INITIALIZERS
from neural_network.functions.losses import LOSSES, OUTPUTS
from neural_network.functions.metrics import accuracy, confusion_matrix, per_class
from neural_network.inspection.analysis import adversarial, calibration, intervals, layers, neighbors, pca
from neural_network.inspection.analysis.landscape import filter_normalized, loss_on_plane
from neural_network.runs.checkpoint_files import SaveCheckpoints
from neural_network.support.norms import norm
from neural_network.training.callback import Callback
from neural_network.training.callbacks import ClipGradients, EarlyStopping, MovingAverage
from neural_network.training.multi_seed import train_many
from neural_network.training.optimizers import OPTIMIZERS, make_optimizer
from neural_network.training.regularizers import L1, L2, MaxNorm
from neural_network.training.schedules import SCHEDULES

KINDS = [(np.float64, 1e300), (np.float32, 1e38)]
PAIRS = [(loss, output) for loss in LOSSES for output in LOSSES[loss].output_gradient]
kinds = pytest.mark.parametrize(("dtype", "large"), KINDS)

# What each activation comes to far out: g(z) and g'(z) for z → -∞, and the same for z → ∞; z itself is "z".
LIMITS = {
    "relu": (0, 0, "z", 1),
    "leaky-relu": ("0.01 z", 0.01, "z", 1),
    "elu": (-1, 0, "z", 1),
    "tanh": (-1, 0, 1, 0),
    "scaled-tanh": (-1.7159, 0, 1.7159, 0),
    "sigmoid": (0, 0, 1, 0),
    "softplus": (0, 0, "z", 1),
    "swish": (0, 0, "z", 1),
    "gelu": (0, 0, "z", 1),
    "identity": ("z", 1, "z", 1),
}


# ---------------------------------------------------------------------- functions of arrays


@kinds
@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_activations_are_finite_everywhere_and_come_to_their_limits(name, dtype, large):
    activation = ACTIVATIONS[name]
    Z = np.array([-large, -1e20, -1e4, -100, -1, 0, 1, 100, 1e4, 1e20, large], dtype)
    for values in (activation.g(Z), activation.g_prime(Z)):
        assert np.isfinite(values).all()
        assert values.dtype == dtype
    if name not in LIMITS:
        return  # somebody's own
    low, low_slope, high, high_slope = LIMITS[name]
    for z, g, slope in ((-large, low, low_slope), (large, high, high_slope)):
        expected = float(dtype(z)) * float(g.removesuffix("z") or 1) if isinstance(g, str) else g
        assert activation.g(np.array([z], dtype))[0] == pytest.approx(expected, rel=1e-6)
        assert activation.g_prime(np.array([z], dtype))[0] == pytest.approx(slope, rel=1e-6)


@kinds
@pytest.mark.parametrize("name", list(OUTPUTS))
@pytest.mark.parametrize("classes", [1, 3])
def test_outputs_lie_between_0_and_1_for_any_sums(name, classes, dtype, large):
    Z = np.array([[-large, 0, large, large, -1e20], [large, 0, -large, large, 0], [0, 0, 0, large, 1e20]], dtype)
    A2 = OUTPUTS[name](Z[:classes])
    assert A2.dtype == dtype
    assert ((A2 >= 0) & (A2 <= 1)).all()


@kinds
def test_softmax_only_minds_differences(dtype, large):
    """e^(z + c) / Σ e^(z + c) = e^z / Σ e^z."""
    Z = np.array([[0.0], [1.0], [-2.0]], dtype)
    shifted = OUTPUTS["softmax"](Z + dtype(1024))
    np.testing.assert_allclose(shifted, OUTPUTS["softmax"](Z), rtol=1e-3 if dtype is np.float32 else 1e-12)
    np.testing.assert_array_equal(OUTPUTS["softmax"](np.full((4, 1), large, dtype)), np.full((4, 1), 0.25))
    np.testing.assert_array_equal(OUTPUTS["softmax"](np.array([[large], [-large]], dtype)), [[1], [0]])


@kinds
@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_losses_and_their_way_back_are_finite(loss, output, dtype, large):
    Z2 = np.array([[-large, 0, large, large], [large, 0, -large, large], [0, 0, 0, large]], dtype)
    A2, Y = OUTPUTS[output](Z2), np.eye(3, dtype=dtype)[:, [0, 1, 1, 2]]
    values = LOSSES[loss].value(Z2, A2, Y)
    assert (np.isfinite(values) & (values >= 0)).all()
    output_gradient = LOSSES[loss].output_gradient[output]
    if output_gradient:
        assert np.isfinite(output_gradient(A2 - Y, A2)).all()
    if loss == "cross-entropy":  # log Σ e^z - z of the label: 2 large, log 3, 2 large, log 3
        np.testing.assert_allclose(values, [2 * large, math.log(3), 2 * large, math.log(3)], rtol=1e-6)


@pytest.mark.parametrize("name", list(INITIALIZERS))
@pytest.mark.parametrize("fans", [(1, 1), (1, 10_000), (10_000, 1)])
def test_initializers_of_any_size_are_finite(name, fans):
    assert np.isfinite(INITIALIZERS[name](*fans, np.random.default_rng(0))).all()


@pytest.mark.parametrize("name", list(SCHEDULES))
@pytest.mark.parametrize("total", [1, 2, 3, 10**9])
def test_schedules_of_any_length_stay_between_0_and_1(name, total):
    for step in (1, 2, total // 2, total - 1, total):
        if 1 <= step <= total:
            assert 0 <= SCHEDULES[name](step, total) <= 1


@kinds
@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_optimizers_stay_where_they_are_without_a_gradient_and_move_by_the_smallest(name, dtype, large):
    for gradient in (0.0, float(np.finfo(dtype).tiny)):
        parameters, optimizer = {"b": np.ones((2, 2), dtype)}, make_optimizer(name)
        for _ in range(3):
            optimizer.step(parameters, {"b": np.full((2, 2), gradient, dtype)})
        assert np.isfinite(parameters["b"]).all()
        if not gradient:
            assert (parameters["b"] == 1).all()


@kinds
def test_lengths_do_not_overflow_before_their_value_does(dtype, large):
    W = np.array([[3, 4], [0, 0]], dtype) * dtype(large / 10)
    assert norm(W) == pytest.approx(large / 2, rel=1e-6)
    assert norm(np.zeros(3, dtype)) == 0
    network = TwoLayerNN(2, 2, 1, seed=0, dtype=dtype)
    network.W1[...] = W
    run = of(network)
    MaxNorm(5).on_step(run)
    np.testing.assert_allclose(network.W1, [[3, 4], [0, 0]], rtol=1e-6)
    run.gradients = {"W1": W}
    with np.errstate(over="ignore"):  # as in training
        ClipGradients(5).on_gradients(run)
    np.testing.assert_allclose(run.gradients["W1"], [[3, 4], [0, 0]], rtol=1e-6)


@kinds
def test_penalties_are_their_value_or_infinite(dtype, large):
    W = np.full((1, 4), dtype(large))
    exact = Fraction(float(dtype(large)))
    assert L1(0.5).value(W) == pytest.approx(float(2 * exact), rel=1e-12)
    square = 2 * exact**2
    assert L2(1).value(W) == (math.inf if square > Fraction(np.finfo(np.float64).max) else pytest.approx(float(square)))
    assert L2(1).value(np.zeros((1, 4), dtype)) == L1(1).value(np.zeros((1, 4), dtype)) == 0
    for penalty in (L1(1), L2(1)):
        assert np.isfinite(penalty.gradient(W)).all()


def of(network):
    class Bare:
        pass

    run = Bare()
    run.network = network
    return run


# ---------------------------------------------------------------------- the network


@kinds
@pytest.mark.parametrize(("loss", "output"), PAIRS)
@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_a_network_answers_with_numbers_or_says_that_it_cannot(dtype, large, loss, output, activation):
    """For one sample, one class and one hidden unit, too, and for inputs that are all the same."""
    for hidden, classes, samples in ((1, 1, 1), (3, 2, 4)):
        network = TwoLayerNN(20, hidden, classes, activation=activation, loss=loss, output=output, seed=0, dtype=dtype)
        Y = np.arange(samples) % classes
        for value in (0.0, 1.0, large, -large):
            X = np.full((20, samples), value, dtype)
            try:
                probabilities, mean_loss = network.predict_proba(X), network.loss(X, Y)
                assert np.isfinite(probabilities).all()
                assert math.isfinite(mean_loss)
                assert 0 <= network.evaluate(X, Y) <= 1
            except InputError:
                assert abs(value) == large
            try:
                history = network.train(X, Y, epochs=2, optimizer="adam")
                assert math.isfinite(history.rows[-1]["loss"])
            except DivergenceError:
                assert abs(value) == large
            network = TwoLayerNN(20, hidden, classes, activation=activation, loss=loss, output=output, dtype=dtype)


def test_sums_that_overflow_are_an_error_and_no_answer():
    network = TwoLayerNN(784, 10, 10, seed=0)
    X, Y = np.full((784, 3), 3e38, np.float32), np.zeros(3, int)
    network.W1[...] = 1
    for ask in (lambda: network.predict_proba(X), lambda: network.evaluate(X, Y), lambda: network.loss(X, Y)):
        with pytest.raises(InputError, match=r"scale the inputs to \[0, 1\]"):
            ask()
    with pytest.raises(DivergenceError, match="at step 1: the loss became nan"):
        network.train(X, Y, epochs=1)
    many = np.repeat(X, 1000, axis=1)
    with pytest.raises(InputError, match=r"scale the inputs to \[0, 1\]"):
        network.predict(many)


# ---------------------------------------------------------------------- divergence, in its very step


def first_bad_step(network, X, Y, optimizer, batch_size):
    """By the plain equations, one step after the other: the first whose loss or update is infinite or NaN."""
    with np.errstate(all="ignore"):
        for step in range(1, 100):
            batch = slice((step - 1) * batch_size % len(Y), (step - 1) * batch_size % len(Y) + batch_size)
            forward = network.forward(X[:, batch])
            if not np.isfinite(network.mean_loss(forward, Y[batch])):
                return step
            optimizer.step(network.parameters, network.backward(X[:, batch], Y[batch], forward))
            if not all(np.isfinite(θ).all() for θ in network.parameters.values()):
                return step
    raise AssertionError("it never diverges")


@pytest.mark.parametrize(
    ("dtype", "optimizer", "rate", "step"),
    [
        (np.float32, "sgd", 1e30, 2),
        (np.float64, "sgd", 1e200, 2),
        (np.float32, "adamw", 1e30, 2),
        (np.float64, "adamw", 1e30, None),
        (np.float32, "sgd", 1e40, 1),
        (np.float32, "momentum", 1e22, None),
    ],
)
def test_divergence_is_noticed_in_the_step_in_which_it_happens(blobs, dtype, optimizer, rate, step):
    X, Y = blobs[0].astype(dtype), blobs[1]
    options = {"activation": "identity", "seed": 1, "dtype": dtype}
    expected = first_bad_step(TwoLayerNN(4, 5, 3, **options), X, Y, make_optimizer(optimizer, rate), 50)
    assert step in (None, expected)
    network = TwoLayerNN(4, 5, 3, **options)
    with pytest.raises(DivergenceError) as caught:
        network.train(X, Y, epochs=33, batch_size=50, shuffle=False, optimizer=optimizer, learning_rate=rate)
    assert caught.value.step == caught.value.history.diverged_at == expected


def test_a_gradient_whose_square_overflows_is_divergence_and_not_the_end_of_learning(blobs):
    """Adam would divide by infinity for ever after, and stand still."""

    class Explode(Callback):
        def on_gradients(self, run):
            if run.step == 3:
                run.gradients["W1"][0, 0] = 1e20

    with pytest.raises(DivergenceError, match="at step 3: its update gave infinite or NaN values"):
        TwoLayerNN(4, 5, 3, seed=1).train(*blobs, epochs=9, optimizer="adam", callbacks=[Explode()])


def test_a_validation_loss_that_overflows_is_divergence(blobs):
    X, Y = blobs
    network = TwoLayerNN(4, 5, 3, activation="identity", seed=1)
    with pytest.raises(DivergenceError, match="at step 1: the validation loss became"):
        network.train(X, Y, epochs=2, learning_rate=1e3, validation=(np.full_like(X, 1e38), Y))


def test_of_many_only_those_that_diverge_do(blobs):
    networks = [TwoLayerNN(4, 5, 3, activation="identity", seed=seed) for seed in range(2)]
    histories = train_many(
        networks, *blobs, epochs=9, optimizers=[make_optimizer("sgd", 0.1), make_optimizer("sgd", 1e30)]
    )
    assert [history.diverged_at for history in histories] == [None, 2]
    assert [len(history) for history in histories] == [9, 1]


# ---------------------------------------------------------------------- no NaN on the disk


class Spoil(Callback):
    """Puts NaN into a weight behind the loop's back, after step 2."""

    def on_step(self, run):
        if run.step == 2:
            run.network.W1[0, 0] = np.nan


def test_a_network_with_nan_is_saved_by_nobody(tmp_path, blobs):
    network = TwoLayerNN(4, 5, 3, seed=0)
    network.W2[1, 1] = np.nan
    with pytest.raises(InputError, match="W2 holds infinite or NaN values"):
        network.save(tmp_path / "model.safetensors")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("aids", [[], [EarlyStopping(3)], [MovingAverage(0.9)]])
def test_what_a_callback_spoils_is_in_no_checkpoint_and_no_model(tmp_path, blobs, aids):
    network = TwoLayerNN(4, 5, 3, seed=0)
    checkpoints = SaveCheckpoints(tmp_path, {}, blobs, every="1")
    with pytest.raises((DivergenceError, InputError), match=r"infinite or NaN|became nan"):
        network.train(*blobs, epochs=9, validation=blobs, callbacks=[Spoil(), *aids, checkpoints])
    for path in tmp_path.glob("*.safetensors"):
        assert path.name in ("checkpoint-0.safetensors", "checkpoint-1.safetensors")


# ---------------------------------------------------------------------- data, figures, other faces


@pytest.mark.parametrize("name", list(AUGMENTATIONS))
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_augmentation_of_blank_images_stays_within_0_and_their_value(name, value):
    X = AUGMENTATIONS[name].apply(np.full((784, 2), value, np.float32), 0, 1, np.arange(2))
    assert ((X >= 0) & (value * (1 + 1e-6) >= X)).all()


def test_images_that_leave_the_frame_are_blank():
    images = np.ones((1, 28, 28), np.float32)
    assert not deform(images, shift=(1e30, 0)).any()


@pytest.mark.parametrize("rows", [[[0, 0, 0]], [[3, 255, 255]], [[0, 7, 7], [0, 7, 7]]])
def test_a_row_or_rows_that_are_all_alike_are_data_too(rows):
    X = prepare_data(np.array(rows)).X
    assert X.shape == (2, len(rows))
    np.testing.assert_array_equal(X.T, np.array(rows, np.float32)[:, 1:] / np.float32(255))


@pytest.mark.parametrize("pixel", [-1e300, 1e300, math.inf, math.nan])
def test_pixels_that_are_none_are_refused(pixel):
    with pytest.raises(InputError, match="pixels must be 0 to 255"):
        prepare_data(np.array([[0, pixel, 0]]))


def test_metrics_of_one_sample_and_one_class():
    one = np.zeros(1, int)
    assert accuracy(one, one) == 1
    assert per_class(confusion_matrix(one, one, 1)) == [
        {"label": 0, "samples": 1, "precision": 1, "recall": 1, "f1": 1}
    ]
    assert per_class(np.zeros((2, 2), int))[1] == {"label": 1, "samples": 0, "precision": 0, "recall": 0, "f1": 0}


@kinds
@pytest.mark.parametrize("value", [0, 1, -1])
def test_analysis_of_samples_that_are_all_alike(dtype, large, value):
    network = TwoLayerNN(4, 1, 2, seed=0, dtype=dtype)
    X, Y = np.full((4, 3), value, dtype), np.array([0, 1, 0])
    probabilities = network.predict_proba(X)
    reliability = calibration.reliability(probabilities, Y)
    assert 0 <= reliability.error <= 1
    assert all(np.isfinite(curve).all() for curve in calibration.rejection_curve(probabilities, Y))
    assert np.isfinite(layers.measure_layers(network, X, Y).active).all()
    _, distances = neighbors.nearest(X, X, 2)
    assert not distances.any()
    mean, directions, places, shares = pca.principal_components(X)
    assert not np.square(places).sum() > 1e-20
    assert all(np.isfinite(array).all() for array in (mean, directions, shares))
    assert np.isfinite(adversarial.fgsm(network, X, Y, 0.1)).all()
    plane = filter_normalized(network, 0), filter_normalized(network, 1)
    assert np.isfinite(loss_on_plane(network, X, Y, plane, np.array([0.0]), np.array([0.0]))).all()


def test_an_interval_for_nothing_and_for_very_much():
    for correct, trials in ((0, 0), (0, 1e300), (1e300, 1e300), (1, 1)):
        low, high = intervals.wilson(correct, trials)
        assert 0 <= low <= high <= 1
