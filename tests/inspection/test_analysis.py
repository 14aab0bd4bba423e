"""What the figures say is computed right: each function against finite differences, brute force or numbers by hand."""

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.functions.activations import ACTIVATIONS
from neural_network.inspection.analysis.adversarial import accuracy_under_attack, fgsm
from neural_network.inspection.analysis.calibration import rejection_curve, reliability
from neural_network.inspection.analysis.input_gradients import logit_gradient, loss_gradient
from neural_network.inspection.analysis.intervals import wilson
from neural_network.inspection.analysis.landscape import filter_normalized, loss_on_plane, path_of_training
from neural_network.inspection.analysis.layers import measure_layers, most_activating, strongest_units
from neural_network.inspection.analysis.learning_rate_sweep import sweep_learning_rates
from neural_network.inspection.analysis.neighbors import confident_mistakes, nearest
from neural_network.inspection.analysis.pca import principal_components
from neural_network.inspection.analysis.robustness import DISTORTIONS, accuracies, thicken
from neural_network.inspection.analysis.sampling import some_of
from neural_network.inspection.analysis.toy_data import TOYS, grid
from neural_network.training.optimizers import make_optimizer


@pytest.fixture
def samples(rng):
    return rng.random((4, 30)), rng.integers(0, 3, 30)


# ---------------------------------------------------------------------------------- counting


def test_wilson_intervals_are_the_published_ones():
    # Newcombe 1998, 'Two-sided confidence intervals for the single proportion', table I, method 3
    low, high = wilson([81, 15, 0, 1], [263, 148, 20, 29], z=1.959964)
    np.testing.assert_allclose(low, [0.2553, 0.0624, 0.0000, 0.0061], atol=5e-5)
    np.testing.assert_allclose(high, [0.3662, 0.1605, 0.1611, 0.1718], atol=5e-5)


def test_wilson_intervals_solve_their_equation_and_know_nothing_without_trials():
    low, high = wilson(7, 10, z=2)
    for p in (low, high):
        assert abs(0.7 - p) == pytest.approx(2 * np.sqrt(p * (1 - p) / 10))
    assert tuple(map(float, wilson(0, 0))) == pytest.approx((0, 1))


def test_reliability_of_hand_worked_answers():
    sure = np.array([0.55, 0.6, 0.95, 0.95, 0.95])
    probabilities = np.stack([sure, 1 - sure])
    result = reliability(probabilities, np.array([0, 1, 0, 0, 1]))
    assert result.counts.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 0, 3]  # 0.6 is the upper edge of its bin
    assert result.confidence[[5, 9]] == pytest.approx([0.575, 0.95])
    assert result.accuracy[[5, 9]] == pytest.approx([0.5, 2 / 3])
    assert result.error == pytest.approx(2 / 5 * 0.075 + 3 / 5 * (0.95 - 2 / 3))


def test_perfect_and_honest_predictions_have_no_calibration_error(rng):
    Y = rng.integers(0, 4, 50)
    assert reliability(np.eye(4)[:, Y], Y).error == 0
    honest = np.repeat([[0.75], [0.25]], 40, axis=1)  # and right in three of four cases
    assert reliability(honest, np.tile([0, 0, 0, 1], 10)).error == pytest.approx(0, abs=1e-12)


def test_rejection_takes_the_least_probable_first_and_equals_together():
    sure = np.array([0.9, 0.6, 0.8, 0.6])
    rejected, accuracy = rejection_curve(np.stack([sure, 1 - sure]), np.array([0, 1, 0, 0]))
    assert rejected.tolist() == [0, 0.5, 0.75]
    assert accuracy.tolist() == [0.75, 1, 1]


# ---------------------------------------------------------------------------------- pictures


def test_confident_mistakes_are_wrong_and_in_order(rng):
    probabilities, Y = rng.dirichlet(np.ones(3), 40).T, rng.integers(0, 3, 40)
    predicted, sure = probabilities.argmax(axis=0), probabilities.max(axis=0)
    expected = sorted((i for i in range(40) if predicted[i] != Y[i]), key=lambda i: -sure[i])[:5]
    assert confident_mistakes(probabilities, Y, 5).tolist() == expected


def test_nearest_agrees_with_measuring_every_distance(rng):
    queries, X = rng.random((6, 3)), rng.random((6, 50))
    indices, distances = nearest(queries, X, 4)
    for q, (found, far) in enumerate(zip(indices, distances, strict=True)):
        every = np.linalg.norm(X - queries[:, [q]], axis=0)
        assert found.tolist() == np.argsort(every)[:4].tolist()
        np.testing.assert_allclose(far, every[found])


def test_a_sample_is_always_the_same_and_keeps_labels_with_their_pictures():
    X = np.arange(100)[None, :]
    first, second = some_of(X, np.arange(100), 10), some_of(X, np.arange(100), 10)
    np.testing.assert_array_equal(first[0][0], first[1])
    np.testing.assert_array_equal(first[1], second[1])
    assert len(np.unique(first[1])) == 10


@pytest.mark.parametrize("radius", [1, 2])
def test_thicken_widens_a_line_by_the_radius_on_both_sides(radius):
    line = np.zeros((1, 11, 11), np.float32)
    line[0, :, 5] = 1
    wide = thicken(line, radius)
    np.testing.assert_array_equal(wide[0, 5], (np.abs(np.arange(11) - 5) <= radius).astype(float))
    np.testing.assert_allclose(thicken(wide, -radius)[0, 5], line[0, 5], atol=1e-6)
    assert thicken(line, 0.5)[0, 5, 6] == 0.5


@pytest.mark.parametrize("change", DISTORTIONS, ids=lambda change: change.name)
def test_the_neutral_level_changes_nothing(rng, change):
    pictures = rng.random((5, 8, 8)).astype(np.float32)
    assert change.neutral in change.levels
    for unchanged in change.apply(pictures, change.neutral):
        np.testing.assert_allclose(unchanged, pictures, atol=1e-6)
    assert all(np.abs(changed - pictures).max() > 0.05 for changed in change.apply(pictures, change.levels[-1]))


def test_accuracies_are_those_of_the_changed_pictures(rng):
    pictures, Y = rng.random((20, 4, 4)).astype(np.float32), rng.integers(0, 3, 20)
    network, noise = TwoLayerNN(16, 8, 3, seed=0), DISTORTIONS[-1]
    by_hand = [network.evaluate(noise.apply(pictures, level)[0].reshape(20, 16).T, Y) for level in noise.levels]
    assert accuracies(network, pictures, Y, noise).tolist() == by_hand
    assert accuracies(network, pictures, Y, DISTORTIONS[0])[0] == network.evaluate(pictures.reshape(20, 16).T, Y)


# ---------------------------------------------------------------------------------- gradients


def central_differences(function, X, step=1e-6):
    """Return the derivative of function(X) (m,) with respect to each pixel of its own sample, (D, m)."""
    slopes = np.empty_like(X)
    for d in range(len(X)):
        up, down = X.copy(), X.copy()
        up[d] += step
        down[d] -= step
        slopes[d] = (function(up) - function(down)) / (2 * step)
    return slopes


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize(
    "options",
    [{}, {"label_smoothing": 0.1}, {"loss": "squared-error"}, {"loss": "squared-error", "output": "sigmoid"}],
    ids=str,
)
def test_gradients_with_respect_to_pixels_equal_central_differences(samples, activation, options):
    X, Y = samples
    network = TwoLayerNN(4, 5, 3, activation=activation, seed=1, dtype=np.float64, **options)

    def losses(X):
        _, _, Z2, A2 = network.forward(X)
        return network.loss_function.value(Z2, A2, network.targets(Y))

    def scores(X):
        return network.forward(X).Z2[Y, np.arange(len(Y))]

    np.testing.assert_allclose(loss_gradient(network, X, Y), central_differences(losses, X), atol=1e-8)
    np.testing.assert_allclose(logit_gradient(network, X, Y), central_differences(scores, X), atol=1e-8)


def test_an_attack_moves_each_pixel_by_epsilon_and_makes_the_loss_grow(samples, network):
    X, Y = samples
    X = 0.2 + 0.6 * X
    moved = fgsm(network, X, Y, 0.01)
    np.testing.assert_allclose(np.abs(moved - X)[loss_gradient(network, X, Y) != 0], 0.01)
    assert network.loss(moved, Y) > network.loss(X, Y)
    assert fgsm(network, X, Y, 5).min() == 0
    assert fgsm(network, X, Y, 5).max() == 1


def test_accuracy_under_attack_begins_at_the_accuracy_and_falls_faster_than_at_random(blobs):
    X, Y = blobs
    network = TwoLayerNN(4, 8, 3, seed=0)
    network.train(X, Y, epochs=300, learning_rate=0.5)
    attack = accuracy_under_attack(network, X, Y, [0, 0.1, 0.2])
    assert attack.attacked[0] == attack.random[0] == network.evaluate(X, Y) > 0.9
    assert attack.attacked[2] == network.evaluate(fgsm(network, X, Y, 0.2), Y)
    assert attack.attacked[2] < attack.random[2] - 0.2


# ---------------------------------------------------------------------------------- the hidden layer


def test_layers_count_dead_units_and_the_samples_each_unit_learns_from(samples, network):
    X, Y = samples
    network.b1[:, 0] = [0, 0, -100, 100, 1]
    layers = measure_layers(network, X, Y)
    assert layers.dead.tolist() == [2]
    np.testing.assert_allclose(layers.active, (network.forward(X).Z1 > 0).mean(axis=1))
    assert layers.active[3] == 1
    np.testing.assert_array_equal(layers.gradients["W1"], network.backward(X, Y)["W1"])


def test_most_activating_have_the_largest_answers(samples, network):
    X, _ = samples
    network.W1[1] = network.b1[1] = 0
    units = strongest_units(network, 3)
    assert 1 not in units
    answers = network.forward(X).Z1[units]
    np.testing.assert_array_equal(most_activating(network, X, units, 4), np.argsort(-answers, axis=1)[:, :4])


@pytest.mark.parametrize("shape", [(5, 40), (40, 7), (3, 3)])
def test_principal_components_are_those_of_the_singular_value_decomposition(rng, shape):
    X = rng.normal(size=shape)
    mean, directions, places, shares = principal_components(X, 2)
    U, s, Vt = np.linalg.svd(X - X.mean(axis=1, keepdims=True), full_matrices=False)
    for k in range(2):
        sign = np.sign(U[:, k] @ directions[:, k])
        np.testing.assert_allclose(directions[:, k], sign * U[:, k], atol=1e-9)
        np.testing.assert_allclose(places[k], sign * s[k] * Vt[k], atol=1e-9)
    np.testing.assert_allclose(shares, s[:2] ** 2 / np.sum(s**2))
    np.testing.assert_allclose(places.var(axis=1), s[:2] ** 2 / shape[1])
    np.testing.assert_allclose(mean[:, 0], X.mean(axis=1))


def test_where_there_are_fewer_components_the_rest_are_zeros(rng):
    _, directions, places, shares = principal_components(rng.normal(size=(1, 9)), 2)
    assert (directions.shape, places.shape) == ((1, 2), (2, 9))
    assert shares.tolist() == [1, 0]
    assert not principal_components(np.ones((6, 3)), 2).places.any()


# ---------------------------------------------------------------------------------- the landscape


def test_the_landscape_is_the_loss_of_the_network_moved(samples, network):
    X, Y = samples
    network.b1[...] = 0.1
    directions = filter_normalized(network, seed=0), filter_normalized(network, seed=1)
    along = np.array([-1.0, 0.0, 0.5])
    losses = loss_on_plane(network, X, Y, directions, along, along)
    assert losses[1, 1] == pytest.approx(network.loss(X, Y), rel=1e-12)
    home = {name: θ.copy() for name, θ in network.parameters.items()}
    for row, b in enumerate(along):
        for column, a in enumerate(along):
            for name, θ in network.parameters.items():
                θ[...] = home[name] + a * directions[0][name] + b * directions[1][name]
            assert losses[row, column] == pytest.approx(network.loss(X, Y), rel=1e-9)


def test_each_unit_of_a_direction_is_as_long_as_that_of_the_network(network):
    network.b2[...] = 0.3
    direction = filter_normalized(network, seed=0)
    for W, b in (("W1", "b1"), ("W2", "b2")):
        own, drawn = (np.hstack([each[W], each[b]]) for each in (network.parameters, direction))
        np.testing.assert_allclose(np.linalg.norm(drawn, axis=1), np.linalg.norm(own, axis=1))


def test_a_path_in_a_plane_is_found_again(rng, network):
    directions = filter_normalized(network, seed=0), filter_normalized(network, seed=1)
    steps = [*rng.normal(size=(6, 2)), np.zeros(2)]
    snapshots = [
        {name: θ + a * directions[0][name] + b * directions[1][name] for name, θ in network.parameters.items()}
        for a, b in steps
    ]
    path = path_of_training(network, snapshots)
    assert path.shares.sum() == pytest.approx(1)
    np.testing.assert_allclose(path.places[:, -1], 0, atol=1e-12)
    for place, snapshot in zip(path.places.T, snapshots, strict=True):
        for name, θ in network.parameters.items():
            found = θ + place[0] * path.directions[0][name] + place[1] * path.directions[1][name]
            np.testing.assert_allclose(found, snapshot[name], atol=1e-9)


# ---------------------------------------------------------------------------------- short trainings


def test_a_sweep_is_so_many_trainings_and_divergence_is_infinite(blobs):
    X, Y = blobs
    rates = [1e-9, 0.5, 1e39]
    sweep = sweep_learning_rates(
        lambda: TwoLayerNN(4, 5, 3, seed=0), lambda α: make_optimizer("sgd", α), X, Y, rates, epochs=20
    )
    network = TwoLayerNN(4, 5, 3, seed=0)
    assert sweep.before == network.loss(X, Y)
    network.train(X, Y, epochs=20, learning_rate=0.5)
    assert sweep.losses[0] == pytest.approx(sweep.before, rel=1e-6)
    assert sweep.losses[1] == network.loss(X, Y)
    assert sweep.losses[2] == np.inf
    assert sweep.steps == 20


@pytest.mark.parametrize("name", TOYS)
def test_toys_are_balanced_and_no_straight_line_parts_them(name):
    X, Y = TOYS[name](240)
    assert np.ptp(np.bincount(Y)) == 0
    right = {}
    for activation in ("identity", "tanh"):
        network = TwoLayerNN(2, 16, int(Y.max()) + 1, activation=activation, seed=0)
        network.train(X, Y, epochs=400, learning_rate=0.02, optimizer="adam")
        right[activation] = network.evaluate(X, Y)
    assert right["identity"] < 0.93 < right["tanh"]


def test_the_grid_goes_row_by_row_from_below():
    assert grid(0, 1, 2).tolist() == [[0, 1, 0, 1], [0, 0, 1, 1]]
