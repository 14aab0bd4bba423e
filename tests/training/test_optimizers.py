"""Optimizers against PyTorch (live, and as frozen figures), against first steps by hand, and as a stranger's base."""

import copy
import itertools
import json
import math

import numpy as np
import pytest
from frozen.make_optimizers import CASES, FROZEN, RATE_DROP, STEPS, problem, torch_run

from neural_network.support.errors import InputError
from neural_network.training import optimizers
from neural_network.training.optimizers import OPTIMIZERS, Optimizer, make_optimizer, register_optimizer

RTOL = 1e-12  # of rounding; the runs of two different optimizers are 1e-3 apart and more (see below)


def run(optimizer):
    """Return the parameters after each of STEPS, as the frozen figures have them."""
    parameters, gradients = problem()
    recorded = {}
    for t, gradient in enumerate(gradients, start=1):
        optimizer.step(parameters, gradient)
        if t in STEPS:
            recorded[str(t)] = copy.deepcopy(parameters)
        if t == RATE_DROP:
            optimizer.learning_rate /= 10
    return recorded


def our_run(case):
    return run(make_optimizer(case.name, case.learning_rate, **case.options))


def assert_same_runs(ours, theirs):
    for t, name in itertools.product(map(str, STEPS), problem()[0]):
        np.testing.assert_allclose(ours[t][name], theirs[t][name], rtol=RTOL, atol=0, err_msg=f"{name}, step {t}")


@pytest.mark.parametrize("case", CASES)
def test_100_steps_are_the_frozen_ones_of_pytorch(case):
    assert_same_runs(our_run(CASES[case]), json.loads(FROZEN.read_text())[case])


@pytest.mark.parametrize("case", CASES)
def test_100_steps_are_those_of_the_installed_pytorch(case):
    pytest.importorskip("torch")
    assert_same_runs(our_run(CASES[case]), torch_run(CASES[case]))


def test_every_optimizer_is_compared_with_pytorch():
    assert {case.name for case in CASES.values()} == set(OPTIMIZERS)


def test_no_optimizer_passes_for_another():
    ends = {name: run(make_optimizer(name, 0.01))["100"] for name in OPTIMIZERS}
    for a, b in itertools.combinations(ends, 2):
        apart = max(np.abs(ends[a][name] / ends[b][name] - 1).max() for name in ends[a])
        assert apart > 1e-3, f"{a} and {b}"


# ---------------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    ("name", "options", "moves"),
    [
        ("sgd", {}, [[-0.2, 0.4], [-0.2, 0.4]]),
        ("momentum", {"momentum": 0.5}, [[-0.2, 0.4], [-0.3, 0.6]]),  # v = dθ, then 1.5 dθ
        ("nesterov", {"momentum": 0.5}, [[-0.3, 0.6], [-0.35, 0.7]]),  # dθ + v/2 = 1.5 dθ, then 1.75 dθ
        ("adagrad", {}, [[-0.1, 0.1], [-0.1 / np.sqrt(2), 0.1 / np.sqrt(2)]]),  # s = dθ², then 2 dθ²
        ("rmsprop", {"beta": 0.75}, [[-0.2, 0.2], [-0.1 / np.sqrt(7 / 16), 0.1 / np.sqrt(7 / 16)]]),  # s = dθ²/4, 7/16
        ("adam", {}, [[-0.1, 0.1], [-0.1, 0.1]]),  # α times the sign, however large the gradient
        ("amsgrad", {}, [[-0.1, 0.1], [-0.1, 0.1]]),
        ("adamw", {"weight_decay": 0.5}, [[-0.15, 0.05], [-0.1 - 0.05 * 0.85, 0.1 - 0.05 * 1.05]]),  # W = 1 at first
    ],
)
def test_two_steps_by_hand_on_the_gradient_2_and_minus_4(name, options, moves):
    optimizer = make_optimizer(name, 0.1, **options)
    W, before = np.ones(2), np.ones(2)
    for move in moves:
        optimizer.step({"W1": W}, {"W1": np.array([2.0, -4.0])})
        np.testing.assert_allclose(W - before, move, rtol=1e-7)  # ε is 1e-8
        before = W.copy()


def test_adamw_shrinks_weights_and_leaves_biases_alone():
    parameters = {name: np.ones((2, 1)) for name in ("W1", "b1", "W2", "b2")}
    zeros = {name: np.zeros((2, 1)) for name in parameters}
    make_optimizer("adamw", 0.5, weight_decay=0.25).step(parameters, zeros)
    assert {name: θ[0, 0] for name, θ in parameters.items()} == {"W1": 0.875, "b1": 1, "W2": 0.875, "b2": 1}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sgd", {"learning_rate": 0.1}),
        ("momentum", {"learning_rate": 0.01, "momentum": 0.9}),
        ("nesterov", {"learning_rate": 0.01, "momentum": 0.9}),
        ("adagrad", {"learning_rate": 0.01, "epsilon": 1e-10}),
        ("rmsprop", {"learning_rate": 0.001, "beta": 0.9, "epsilon": 1e-8}),
        ("adam", {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
        ("amsgrad", {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
        ("adamw", {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.01}),
    ],
)
def test_options_that_are_not_given_are_those_of_the_papers(name, expected):
    new = {"steps": 0, "state": {}}
    assert vars(make_optimizer(name)) == expected | new


# ---------------------------------------------------------------------- every optimizer


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_parameters_and_state_keep_their_dtype_and_parameters_their_place(name, dtype):
    optimizer, W = make_optimizer(name), np.ones((2, 3), dtype)
    parameters = {"W1": W}
    optimizer.step(parameters, {"W1": np.full((2, 3), 0.5, dtype)})
    assert parameters["W1"] is W
    assert (W < 1).all()
    assert {array.dtype for arrays in optimizer.state.values() for array in [W, *arrays.values()]} <= {np.dtype(dtype)}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_gradients_are_left_as_they_are(name):
    gradients = {"W1": np.array([0.5, -1.5])}
    optimizer = make_optimizer(name)
    for _ in range(2):
        optimizer.step({"W1": np.ones(2)}, gradients)
    np.testing.assert_array_equal(gradients["W1"], [0.5, -1.5])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_how_the_numbers_are_grouped_into_arrays_makes_no_difference(name):
    """Which it would if a step were counted once per array."""
    rng = np.random.default_rng(0)
    whole, first, second = make_optimizer(name), np.ones(2), np.ones(3)
    W, parts = np.ones(5), make_optimizer(name)
    for _ in range(5):
        dW = rng.standard_normal(5)
        whole.step({"W1": W}, {"W1": dW})
        parts.step({"W1": first, "W2": second}, {"W1": dW[:2], "W2": dW[2:]})
    np.testing.assert_array_equal(W, [*first, *second])
    assert whole.steps == parts.steps == 5


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_blocks_of_rows_make_no_difference(name, monkeypatch):
    rows, update = [], OPTIMIZERS[name].update
    monkeypatch.setattr(
        OPTIMIZERS[name], "update", lambda self, *arrays: (rows.append(len(arrays[0])), update(self, *arrays))
    )
    monkeypatch.setattr(optimizers, "CHUNK", 1000)
    rng = np.random.default_rng(0)
    W, dW = rng.standard_normal((2, 35, 100))
    blocks, whole = W.copy(), W.copy()
    make_optimizer(name).step({"W1": blocks}, {"W1": dW})
    assert rows == ([] if name == "sgd" else [10, 10, 10, 5])
    monkeypatch.setattr(OPTIMIZERS[name], "elementwise", False)
    make_optimizer(name).step({"W1": whole}, {"W1": dW})
    assert (whole != W).all()
    np.testing.assert_array_equal(blocks, whole)


@pytest.mark.parametrize(
    ("shape", "rows"),
    [((7, 4), [3, 3, 1]), ((6, 4), [3, 3]), ((2, 12), [1, 1]), ((2, 13), [1, 1]), ((30,), [12, 12, 6])],
)
def test_a_block_has_as_many_rows_as_fit_and_at_least_one(monkeypatch, shape, rows):
    monkeypatch.setattr(optimizers, "CHUNK", 12)
    θ = np.arange(math.prod(shape)).reshape(shape)
    blocks = [θ[block] for block in optimizers._blocks(θ)]
    assert [len(block) for block in blocks] == rows
    np.testing.assert_array_equal(np.concatenate(blocks), θ)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_and_state_are_all_it_takes_to_go_on_with_the_same_bits(name):
    parameters, gradients = problem()
    optimizer = make_optimizer(name)
    for gradient in gradients[:7]:
        optimizer.step(parameters, gradient)
    resumed, copies = make_optimizer(name), copy.deepcopy(parameters)
    resumed.steps, resumed.state = optimizer.steps, copy.deepcopy(optimizer.state)
    for gradient in gradients[7:14]:
        optimizer.step(parameters, gradient)
        resumed.step(copies, gradient)
    for key, θ in parameters.items():
        np.testing.assert_array_equal(copies[key], θ)


def test_state_is_arrays_by_kind_and_parameter():
    parameters, gradients = problem()
    optimizer = make_optimizer("adam", beta1=0.75)
    optimizer.step(parameters, gradients[0])
    assert {kind: list(arrays) for kind, arrays in optimizer.state.items()} == {kind: list(parameters) for kind in "mv"}
    np.testing.assert_array_equal(optimizer.state["m"]["b1"], gradients[0]["b1"] / 4)


# ---------------------------------------------------------------------- names, options and strangers


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("adm", None, {}), "unknown optimizer 'adm'; did you mean 'adam'?"),
        (("adam", None, {"beta_1": 0.5}), "optimizer 'adam' has no option 'beta_1'; did you mean 'beta1'?"),
        (("sgd", None, {"momentum": 0.9}), "optimizer 'sgd' has no option 'momentum'; its options: learning_rate"),
        (("sgd", 0, {}), "learning_rate must be a finite number > 0, not 0"),
        (("momentum", None, {"momentum": 1}), "momentum must be a number from 0 to below 1, not 1"),
        (("nesterov", None, {"momentum": -0.1}), "momentum must be a number from 0 to below 1, not -0.1"),
        (("adagrad", None, {"epsilon": 0}), "epsilon must be a finite number > 0, not 0"),
        (("rmsprop", None, {"beta": 1.5}), "beta must be a number from 0 to below 1, not 1.5"),
        (("adam", None, {"beta1": "x"}), "beta1 must be a number from 0 to below 1, not 'x'"),
        (("amsgrad", None, {"beta2": 1.0}), "beta2 must be a number from 0 to below 1, not 1.0"),
        (("adamw", None, {"weight_decay": -1}), "weight_decay must be a number from 0 to below 1, not -1"),
    ],
)
def test_bad_names_and_values_are_answered_in_one_line(arguments, message):
    name, learning_rate, options = arguments
    with pytest.raises(InputError) as error:
        make_optimizer(name, learning_rate, **options)
    assert str(error.value) == message


def test_a_strangers_optimizer_is_a_few_lines(monkeypatch):
    monkeypatch.setattr(OPTIMIZERS, "_values", dict(OPTIMIZERS._values))

    @register_optimizer("sign-momentum")
    class SignMomentum(Optimizer):
        state_names = ("v",)

        def update(self, θ, dθ, v):
            v[...] = 0.5 * v + dθ
            θ -= self.learning_rate * np.sign(v)

    optimizer, W = make_optimizer("sign-momentum", 0.25), np.zeros(2)
    for dW in ([4.0, -4.0], [-1.0, 3.0]):  # v = [4, -4], then [1, 1]
        optimizer.step({"W1": W}, {"W1": np.array(dW)})
    np.testing.assert_array_equal(W, [-0.5, 0.0])


def test_a_strangers_update_sees_whole_parameters():
    class UnitStep(Optimizer):
        def update(self, θ, dθ):
            θ -= self.learning_rate * dθ / np.linalg.norm(dθ)

    W = np.zeros((400, 100))
    UnitStep(0.5).step({"W1": W}, {"W1": np.ones((400, 100))})  # a gradient of length 200
    np.testing.assert_allclose(W, -0.5 / 200, rtol=1e-14)


def test_an_optimizer_without_an_update_says_so():
    with pytest.raises(NotImplementedError, match="Optimizer must define update"):
        Optimizer().step({"W1": np.ones(1)}, {"W1": np.ones(1)})


def test_a_strangers_optimizer_has_a_learning_rate_too():
    assert Optimizer().learning_rate == 0.01


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_what_is_remembered_of_a_gradient_long_gone_is_zero_and_never_subnormal(name, monkeypatch):
    def run(after_each):
        parameters = {"W1": np.ones((2, 3), np.float32)}
        optimizer = make_optimizer(name)
        gradients = {"W1": np.full((2, 3), 0.01, np.float32)}
        for _ in range(2000):
            optimizer.step(parameters, gradients)
            gradients["W1"][1] = 0  # while the first row's gradient stays
            after_each(optimizer)
        return parameters["W1"], optimizer

    def look(optimizer):
        for kind in optimizer.state.values():
            sizes = np.abs(kind["W1"])
            assert not ((sizes > 0) & (sizes < np.finfo(np.float32).tiny)).any()

    θ, optimizer = run(look)
    for kind in optimizer.state.values():
        assert kind["W1"][0].all()
    monkeypatch.setattr(optimizers, "FLUSH", math.inf)
    kept, _ = run(lambda optimizer: None)
    assert θ.tobytes() == kept.tobytes()


@pytest.mark.parametrize(("dtype", "limit"), [(np.float32, 2.0**-96), (np.float64, 2.0**-992)])
def test_what_is_negligible_is_kept_for_63_steps_and_zero_after_the_64th(dtype, limit):
    class Keep(Optimizer):
        state_names = ("v",)

        def update(self, θ, dθ, v):
            pass

    θ, optimizer = {"W1": np.ones(4, dtype)}, Keep()
    optimizer.step(θ, θ)
    v = optimizer.state["v"]["W1"]
    for remembered in range(64, 257, 64):
        v[:] = small = [limit, -limit, np.nextafter(dtype(limit), dtype(0)), -limit / 2]
        while optimizer.steps < remembered - 1:
            optimizer.step(θ, θ)
            assert v.tolist() == small
        optimizer.step(θ, θ)
        assert v.tolist() == [limit, -limit, 0, 0]
