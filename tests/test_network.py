"""The mathematics, held against a step worked by hand, other libraries, and properties that hold for any numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from neural_network import InputError, TwoLayerNN
from neural_network.functions.initializers import INITIALIZERS
from neural_network.network import PIECE, gradient_descent
from neural_network.training import model
from neural_network.training.optimizers import SGD, Adam


def hand_network() -> TwoLayerNN:
    """One input, two hidden units of which the second stays silent, two classes: every number can be worked by head."""
    network = TwoLayerNN(1, 2, 2, dtype=np.float64)
    network.W1[...], network.b1[...] = [[1.0], [-1.0]], [[0.0], [0.0]]
    network.W2[...], network.b2[...] = [[1.0, 0.0], [0.0, 1.0]], [[0.0], [0.0]]
    return network


def test_a_step_worked_by_hand():
    # x = ln 3: Z1 = (ln 3, -ln 3), A1 = (ln 3, 0), Z2 = A1, A2 = (3/4, 1/4); for label 0, dZ2 = (-1/4, 1/4).
    network, ln3 = hand_network(), np.log(3)
    X, Y = np.array([[ln3]]), np.array([0])

    forward = network.forward(X)
    np.testing.assert_allclose(forward.Z1, [[ln3], [-ln3]])
    np.testing.assert_allclose(forward.A1, [[ln3], [0]])
    np.testing.assert_allclose(forward.A2, [[0.75], [0.25]])
    assert network.loss(X, Y) == pytest.approx(-np.log(0.75))

    gradients = network.backward(X, Y)
    np.testing.assert_allclose(gradients["W2"], [[-ln3 / 4, 0], [ln3 / 4, 0]])
    np.testing.assert_allclose(gradients["b2"], [[-0.25], [0.25]])
    np.testing.assert_allclose(gradients["W1"], [[-ln3 / 4], [0]])
    np.testing.assert_allclose(gradients["b1"], [[-0.25], [0]])

    gradient_descent(network.parameters, gradients, learning_rate=0.4)
    np.testing.assert_allclose(network.b2, [[0.1], [-0.1]])
    np.testing.assert_allclose(network.W1, [[1 + 0.1 * ln3], [-1]])


def test_gradients_equal_pytorchs(rng):
    torch = pytest.importorskip("torch", reason="compares with PyTorch's automatic differentiation")
    network = TwoLayerNN(7, 6, 4, seed=3, dtype=np.float64)
    X, Y = rng.normal(size=(7, 20)), rng.integers(0, 4, 20)
    W1, b1, W2, b2 = (torch.tensor(θ, requires_grad=True) for θ in network.parameters.values())
    loss = torch.nn.functional.cross_entropy((W2 @ torch.relu(W1 @ torch.tensor(X) + b1) + b2).T, torch.tensor(Y))
    loss.backward()

    assert network.loss(X, Y) == pytest.approx(float(loss.detach()), rel=1e-13)
    for name, θ in zip(network.parameters, (W1, b1, W2, b2), strict=True):
        np.testing.assert_allclose(network.backward(X, Y)[name], θ.grad.numpy(), rtol=1e-11, atol=1e-15)


def test_five_steps_equal_scikit_learns(blobs):
    """scikit-learn's own gradient descent, from our weights, ends with our weights."""
    neural = pytest.importorskip("sklearn.neural_network")
    X, Y = blobs
    X = X.astype(np.float64)
    network = TwoLayerNN(4, 5, 3, seed=1, dtype=np.float64)
    peer = neural.MLPClassifier(
        (5,), solver="sgd", momentum=0, alpha=0, batch_size=150, learning_rate_init=0.5, shuffle=False, random_state=0
    )
    peer.partial_fit(X.T, Y, classes=[0, 1, 2])
    peer.coefs_ = [network.W1.T.copy(), network.W2.T.copy()]
    peer.intercepts_ = [network.b1.ravel().copy(), network.b2.ravel().copy()]
    peer._optimizer.params = peer.coefs_ + peer.intercepts_
    for _ in range(5):
        peer.partial_fit(X.T, Y)
    network.train(X, Y, epochs=5, learning_rate=0.5)

    np.testing.assert_allclose(network.W1, peer.coefs_[0].T, rtol=1e-10)
    np.testing.assert_allclose(network.b2.ravel(), peer.intercepts_[1], rtol=1e-10)


logits = arrays(np.float64, (5, 3), elements=st.floats(-1e300, 1e300))


@given(logits)
def test_probabilities_sum_to_one_for_any_logits(Z):
    network = TwoLayerNN(5, 5, 5, activation="identity", dtype=np.float64)
    network.W1[...], network.W2[...] = np.eye(5), np.eye(5)
    P = network.predict_proba(Z)
    np.testing.assert_allclose(P.sum(axis=0), 1, rtol=1e-12)
    assert (P >= 0).all()
    assert np.isfinite(network.loss(Z, np.array([0, 1, 2])))


@given(st.permutations(range(8)), st.integers(0, 2**32 - 1))
def test_permuting_samples_permutes_predictions(order, seed):
    X = np.random.default_rng(seed).normal(size=(4, 8))
    network = TwoLayerNN(4, 5, 3, seed=seed, dtype=np.float64)
    np.testing.assert_allclose(network.predict_proba(X[:, order]), network.predict_proba(X)[:, order], rtol=1e-12)


@given(st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_a_batchs_gradient_is_the_mean_of_its_parts(cut, seed):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(4, 10)), rng.integers(0, 3, 10)
    network = TwoLayerNN(4, 5, 3, seed=seed, dtype=np.float64)
    whole, left, right = (network.backward(X[:, s], Y[s]) for s in (slice(None), slice(cut), slice(cut, None)))
    for name in whole:
        mean = (cut * left[name] + (10 - cut) * right[name]) / 10
        np.testing.assert_allclose(whole[name], mean, rtol=1e-9, atol=1e-14)


def test_bias_gradients_are_summed_per_unit(network, rng):
    gradients = network.backward(rng.normal(size=(4, 10)), rng.integers(0, 3, 10))
    assert gradients["b1"].shape == (5, 1)
    assert gradients["b2"].shape == (3, 1)
    assert np.abs(gradients["b2"]).max() > 1e-3
    assert gradients["b2"].sum() == pytest.approx(0, abs=1e-15)  # what a scalar sum would have made of it


def test_the_sizes_of_a_network_that_is_told_nothing_are_those_of_mnist():
    shapes = {name: θ.shape for name, θ in TwoLayerNN().parameters.items()}
    assert shapes == {"W1": (10, 784), "b1": (10, 1), "W2": (10, 10), "b2": (10, 1)}


def test_smoothed_targets_by_hand():
    """Of ε = 0.2 every one of four classes gets a quarter."""
    network = TwoLayerNN(1, 1, 4, label_smoothing=0.2, dtype=np.float64)
    np.testing.assert_allclose(network.targets(np.array([2])), [[0.05], [0.05], [0.85], [0.05]])


def test_accuracy_is_the_share_of_right_answers():
    X, network = np.array([[3.0, 2.0, 1.0, 4.0]]), hand_network()  # all of them are read as 0
    assert network.predict(X).tolist() == [0, 0, 0, 0]
    assert network.evaluate(X, np.array([0, 1, 0, 0])) == 0.75


def test_many_samples_are_predicted_in_pieces_as_they_are_at_once(network, rng, monkeypatch):
    X, forward, sizes = rng.normal(size=(4, 2 * PIECE + 3)), network.forward, []
    monkeypatch.setattr(network, "forward", lambda X: (sizes.append(X.shape[1]), forward(X))[1])
    pieces = network.predict_proba(X)
    assert sizes == [PIECE, PIECE, 3]
    assert pieces.shape == (3, 2 * PIECE + 3)
    np.testing.assert_allclose(pieces, forward(X).A2, rtol=1e-12)


def test_the_mean_of_many_losses_is_taken_in_double_precision(rng):
    network = TwoLayerNN(4, 5, 3, seed=0)
    X, Y = rng.normal(size=(4, 10_001)).astype(np.float32), rng.integers(0, 3, 10_001)
    forward = network.forward(X)
    losses = network.loss_function.value(forward.Z2, forward.A2, network.targets(Y))
    assert losses.dtype == np.float32
    assert network.mean_loss(forward, Y) == pytest.approx(math.fsum(losses) / 10_001, rel=1e-12)


def test_weights_lie_in_memory_row_by_row_even_where_an_initializer_gives_columns(monkeypatch):
    monkeypatch.setattr(INITIALIZERS, "_values", {"columns": lambda fan_in, fan_out, rng: np.ones((fan_in, fan_out)).T})
    network = TwoLayerNN(4, 5, 3, initializer="columns")
    assert network.W1.flags.c_contiguous
    assert network.W2.flags.c_contiguous


def test_a_network_is_loaded_as_what_it_was_saved_as(tmp_path):
    class Mine(TwoLayerNN):
        pass

    network = Mine(4, 5, 3, seed=0)
    network.save(tmp_path / "m")
    loaded = Mine.load(tmp_path / "m")
    assert type(loaded) is Mine
    np.testing.assert_array_equal(loaded.W2, network.W2)


DEFAULTS = {"epochs": 500, "batch_size": None, "validation": None, "shuffle": True}
DEFAULTS |= {"seed": None, "callbacks": (), "progress": None}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {
            "epochs": 3,
            "batch_size": 2,
            "validation": "V",
            "shuffle": False,
            "seed": 4,
            "callbacks": [],
            "progress": True,
        },
    ],
    ids=["nothing", "everything"],
)
def test_train_hands_its_arguments_to_fit(network, monkeypatch, given):
    monkeypatch.setattr(model, "fit", lambda *samples, optimizer, **options: (samples, optimizer, options))
    samples, optimizer, options = network.train("X", "Y", **given)
    assert samples == (network, "X", "Y")
    assert (type(optimizer), optimizer.learning_rate) == (SGD, 0.1)
    assert options == {**DEFAULTS, **given}


def test_train_takes_an_optimizer_by_name_with_a_learning_rate_or_as_it_is(network, monkeypatch):
    monkeypatch.setattr(model, "fit", lambda *samples, optimizer, **options: optimizer)
    named, value = network.train("X", "Y", optimizer="adam", learning_rate=0.25), Adam(0.5)
    assert (type(named), named.learning_rate) == (Adam, 0.25)
    assert network.train("X", "Y", optimizer=value) is value
    with pytest.raises(InputError, match="an optimizer's value has its own"):
        network.train("X", "Y", optimizer=value, learning_rate=0.1)


@pytest.mark.parametrize("values", [1e300, 1e308])  # 1e308 overflows, and infinities of both signs are then added
def test_sums_that_overflow_are_no_answer(values):
    network = TwoLayerNN(4, 5, 3, seed=0, activation="identity", dtype=np.float64)
    network.W1 *= 1e10
    X, advice = np.full((4, 2), values), "scale the inputs to [0, 1], and see that training has not diverged"
    with pytest.raises(InputError) as error:
        network.predict(X)
    assert str(error.value) == f"the network's sums overflow float64: {advice}"
    with pytest.raises(InputError) as error:
        network.loss(X, np.array([0, 1]))
    assert str(error.value) == f"the loss is nan: {advice}"


def test_same_seed_same_parameters_and_another_seed_others():
    first, same, other = (TwoLayerNN(seed=seed).W1 for seed in (7, 7, 8))
    assert first.tobytes() == same.tobytes() != other.tobytes()


def test_a_network_without_a_seed_tells_the_one_it_drew():
    drawn = TwoLayerNN()
    assert TwoLayerNN(seed=drawn.seed).W1.tobytes() == drawn.W1.tobytes()
    assert TwoLayerNN().seed != drawn.seed


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_everything_keeps_its_dtype(dtype, blobs):
    network = TwoLayerNN(4, 5, 3, dtype=dtype)
    X, Y = blobs[0].astype(dtype), blobs[1]
    assert {a.dtype for a in network.forward(X)} == {np.dtype(dtype)}
    assert {g.dtype for g in network.backward(X, Y).values()} == {np.dtype(dtype)}
    network.train(X, Y, epochs=2)
    assert {θ.dtype for θ in network.parameters.values()} == {np.dtype(dtype)}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"input_size": 0}, "input_size must be a whole number ≥ 1, not 0"),
        ({"hidden_size": 2.5}, "hidden_size must be a whole number ≥ 1, not 2.5"),
        ({"output_size": True}, "output_size must be a whole number ≥ 1, not True"),
        ({"activation": "rleu"}, "unknown activation 'rleu'; did you mean 'relu'?"),
        ({"initializer": "he"}, "unknown initializer 'he'"),
        ({"output": "sigmoid"}, "loss 'cross-entropy' has no gradient for output 'sigmoid'; it goes with softmax"),
        ({"loss": "squared-eror"}, "did you mean 'squared-error'?"),
        ({"label_smoothing": 1}, "label_smoothing must be a number from 0 to below 1, not 1"),
        ({"seed": -1}, "seed must be an integer from 0 to"),
        ({"dtype": np.int32}, "dtype must be float32 or float64, not int32"),
    ],
)
def test_bad_arguments_are_named(arguments, complaint):
    with pytest.raises(InputError, match=complaint.replace("?", r"\?")):
        TwoLayerNN(**arguments)


@pytest.mark.parametrize(
    ("X", "Y", "complaint"),
    [
        (np.ones((3, 2)), [0, 1], r"X must have the shape \(4, samples\), not \(3, 2\)"),
        (np.ones((2, 4)), [0, 1], "samples are columns: pass its transpose"),
        (np.ones((4, 0)), [], "X has no samples"),
        (np.full((4, 2), np.nan), [0, 1], r"X must be finite in float64, but X\[0, 0\] is nan"),
        (np.full((4, 2), np.inf), [0, 1], "X must be finite"),
        (np.full((4, 2), "a"), [0, 1], "X must hold numbers"),
        (np.ones((4, 2)), [0, 3], r"Y must hold labels 0 to 2, but Y\[1\] is 3"),
        (np.ones((4, 2)), [-1, 0], r"Y must hold labels 0 to 2, but Y\[0\] is -1"),
        (np.ones((4, 2)), [0, 1, 2], "equally many samples, not 2 and 3"),
        (np.ones((4, 2)), [0.0, 1.0], "one-dimensional array of whole numbers, not float64"),
        (np.ones((4, 2)), [[0, 1]], "one-dimensional"),
    ],
)
@pytest.mark.parametrize("method", ["loss", "evaluate", "train"])
def test_bad_samples_are_named(network, method, X, Y, complaint):
    with pytest.raises(InputError, match=complaint):
        getattr(network, method)(X, np.array(Y, dtype=None if Y else int))
