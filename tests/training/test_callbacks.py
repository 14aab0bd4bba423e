"""Training aids and regularizers: each by hand, or by a property that defines it."""

import numpy as np
import pytest

from neural_network import Callback, InputError, TwoLayerNN
from neural_network.data.augment import AUGMENTATIONS, Augmentation
from neural_network.support.picture_format import PictureFormat
from neural_network.training.callbacks import Augment, ClipGradients, EarlyStopping, MovingAverage
from neural_network.training.regularizers import L1, L2, Dropout, MaxNorm, draw_mask


class Watch(Callback):
    """Keeps the parameters after each step, and the gradients before it."""

    def on_start(self, run):
        self.parameters, self.gradients = [], []

    def on_gradients(self, run):
        self.gradients.append({name: g.copy() for name, g in run.gradients.items()})

    def on_step(self, run):
        self.parameters.append({name: θ.copy() for name, θ in run.network.parameters.items()})


def train(blobs, *callbacks, epochs=3, **options):
    network, watch = TwoLayerNN(4, 5, 3, seed=1, dtype=np.float64), Watch()
    history = network.train(*blobs, epochs=epochs, callbacks=[*callbacks, watch], **options)
    return network, history, watch


def test_penalties_are_added_to_gradients_of_weights_only(blobs):
    start = TwoLayerNN(4, 5, 3, seed=1, dtype=np.float64).parameters
    plain, l1, l2 = (train(blobs, *c)[2].gradients[0] for c in ([], [L1(0.5)], [L2(0.5)]))
    for name in ("W1", "W2"):
        np.testing.assert_allclose(l1[name] - plain[name], 0.5 * np.sign(start[name]))
        np.testing.assert_allclose(l2[name] - plain[name], 0.5 * start[name])
    for name in ("b1", "b2"):
        np.testing.assert_array_equal(l1[name], plain[name])


def test_penalty_is_recorded_beside_the_loss(blobs):
    network, history, _ = train(blobs, L1(0.1), L2(0.2))
    weights = np.concatenate([network.W1.ravel(), network.W2.ravel()])
    assert history["penalty"][-1] == pytest.approx(0.1 * np.abs(weights).sum() + 0.1 * (weights**2).sum())


@pytest.mark.parametrize("penalty", [L1, L2])
def test_a_larger_penalty_makes_smaller_weights(blobs, penalty):
    sizes = [np.abs(train(blobs, penalty(λ), epochs=100)[0].W1).sum() for λ in (1e-6, 1e-2, 1e-1)]
    assert sizes[0] > sizes[1] > sizes[2]


def test_max_norm_limits_every_unit_and_touches_no_smaller_one(blobs):
    network, _, _ = train(blobs, MaxNorm(0.5), epochs=20, learning_rate=1)
    assert np.linalg.norm(network.W1, axis=1).max() <= 0.5 + 1e-12
    plain, _, _ = train(blobs, epochs=20, learning_rate=1)
    generous, _, _ = train(blobs, MaxNorm(1e6), epochs=20, learning_rate=1)
    np.testing.assert_array_equal(plain.W1, generous.W1)


def test_a_dropout_mask_keeps_the_mean(rng):
    mask = draw_mask((400, 500), 0.2, rng, np.dtype(np.float64))
    assert set(np.unique(mask)) == {0.0, 1.25}
    assert mask.mean() == pytest.approx(1, abs=0.005)  # 4 standard deviations of the mean of 200,000


def test_dropout_is_a_network_without_the_dropped_units(network, rng):
    X, Y = rng.normal(size=(4, 6)), np.array([0, 1, 2, 0, 1, 2])
    keep = np.array([1.0, 0, 1, 0, 1])[:, None]
    smaller = TwoLayerNN(4, 3, 3, seed=0, dtype=np.float64)
    rows = keep.ravel() > 0
    smaller.W1[...], smaller.W2[...] = network.W1[rows], network.W2[:, rows]
    ours, theirs = network.backward(X, Y, mask=keep * np.ones((5, 6))), smaller.backward(X, Y)
    np.testing.assert_allclose(ours["W1"][rows], theirs["W1"])
    np.testing.assert_array_equal(ours["W1"][~rows], 0)
    np.testing.assert_allclose(ours["W2"][:, rows], theirs["W2"])


def test_dropout_is_off_at_prediction_and_reproducible(blobs):
    first, _, _ = train(blobs, Dropout(0.5, inputs=0.2), batch_size=32)
    second, _, _ = train(blobs, Dropout(0.5, inputs=0.2), batch_size=32)
    plain, _, _ = train(blobs, batch_size=32)
    np.testing.assert_array_equal(first.W1, second.W1)
    assert not np.array_equal(first.W1, plain.W1)
    assert first.activation is plain.activation
    np.testing.assert_array_equal(first.predict_proba(blobs[0]), first.predict_proba(blobs[0]))


def test_input_dropout_alone_leaves_hidden_units_alone(blobs):
    class Look(Callback):
        def on_gradients(self, run):
            self.share = np.mean(run.X == 0)
            self.plain = run.network.activation.name == "relu" and run.network.activation is relu

    relu, look = TwoLayerNN().activation, Look()
    train(blobs, Dropout(0, inputs=0.5), look, epochs=1)
    assert look.plain
    assert look.share == pytest.approx(0.5, abs=0.1)


def test_clipping_scales_all_gradients_together(blobs):
    plain, clipped = train(blobs)[2].gradients[0], train(blobs, ClipGradients(0.1))[2].gradients[0]
    length = np.sqrt(sum((g**2).sum() for g in plain.values()))
    assert length > 0.1
    for name, gradient in plain.items():
        np.testing.assert_allclose(clipped[name], gradient * 0.1 / length)
    generous = train(blobs, ClipGradients(1e6))[2].gradients[0]
    np.testing.assert_array_equal(generous["W1"], plain["W1"])


def test_early_stopping_ends_the_run_and_restores_the_best(blobs, rng):
    X, Y = blobs
    other = X, rng.permutation(Y)  # what is learnt of the blobs makes these worse and worse
    network, history, watch = train(blobs, EarlyStopping(7), epochs=500, validation=other, learning_rate=0.5)
    losses = history["validation_loss"]
    best = int(np.argmin(losses))
    assert len(history) == best + 1 + 7 < 500
    np.testing.assert_array_equal(network.W1, watch.parameters[best]["W1"])
    assert network.loss(*other) == pytest.approx(losses[best])


def test_early_stopping_without_validation_is_refused(blobs):
    with pytest.raises(InputError, match="early stopping needs validation samples"):
        train(blobs, EarlyStopping())


def test_moving_average_is_the_weighted_mean_of_all_steps(blobs):
    network, _, watch = train(blobs, MovingAverage(0.9), epochs=5)
    weights = 0.1 * 0.9 ** np.arange(4, -1, -1)
    expected = sum(w * p["W1"] for w, p in zip(weights, watch.parameters, strict=True)) / weights.sum()
    np.testing.assert_allclose(network.W1, expected)


def test_augment_deforms_by_sample_whatever_the_batch():
    rng = np.random.default_rng(0)
    X, Y = rng.random((64, 30), dtype=np.float32), rng.integers(0, 3, 30)
    seen = {}

    class Look(Callback):
        def on_gradients(self, run):
            for column, sample in enumerate(run.indices):
                seen.setdefault((run.epoch, sample), []).append(run.X[:, column].copy())

    augment = Augment(Augmentation(rotation=20))
    for batch_size in (None, 7):
        TwoLayerNN(64, 3, 3, seed=4).train(X, Y, epochs=2, batch_size=batch_size, callbacks=[augment, Look()])
    assert len(seen) == 60
    for first, second in seen.values():
        np.testing.assert_array_equal(first, second)
    assert not np.array_equal(seen[1, 0][0], seen[2, 0][0])


class Look(Callback):
    """Keeps the batches that the network saw, each in the order of the samples."""

    def on_start(self, run):
        self.seen = []

    def on_gradients(self, run):
        self.seen.append(run.X[:, run.indices.argsort()])


def test_the_last_epochs_are_deformed_lightly(rng):
    X, Y = rng.random((64, 5), dtype=np.float32), rng.integers(0, 3, 5)
    look = Look()
    strong, light = AUGMENTATIONS["strong"], AUGMENTATIONS["light"]
    TwoLayerNN(64, 3, 3, seed=0).train(X, Y, epochs=3, callbacks=[Augment(strong, light_epochs=2), look])
    for epoch, augmentation in enumerate((strong, light, light), start=1):
        np.testing.assert_array_equal(look.seen[epoch - 1], augmentation.apply(X, 0, epoch, np.arange(5)))


def test_a_network_of_deskewed_images_sees_deskewed_deformations(rng):
    X, Y = rng.random((64, 5), dtype=np.float32), rng.integers(0, 3, 5)
    look = Look()
    network = TwoLayerNN(64, 3, 3, seed=0)
    network.picture_format = PictureFormat(8, 8, deskew=True)
    network.train(X, Y, epochs=1, callbacks=[Augment(AUGMENTATIONS["strong"]), look])
    np.testing.assert_array_equal(look.seen[0], AUGMENTATIONS["strong"].apply(X, 0, 1, np.arange(5), deskew=True))


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: L2(-1), "strength must be a finite number > 0, not -1"),
        (lambda: Dropout(1), "dropout of hidden units must be a number from 0 to below 1, not 1"),
        (lambda: Dropout(0.5, inputs=-0.1), "dropout of inputs must be a number from 0 to below 1, not -0.1"),
        (lambda: MaxNorm(0), "limit must be a finite number > 0, not 0"),
        (lambda: ClipGradients(float("nan")), "limit of clipping must be a finite number > 0, not nan"),
        (lambda: EarlyStopping(0), "patience must be a whole number ≥ 1, not 0"),
        (lambda: Augment(Augmentation(), -1), "light_epochs must be a whole number ≥ 0, not -1"),
        (lambda: MovingAverage(1), "decay of the moving average must be a number from 0 to below 1, not 1"),
    ],
)
def test_bad_arguments_are_named(make, complaint):
    with pytest.raises(InputError, match=complaint):
        make()
