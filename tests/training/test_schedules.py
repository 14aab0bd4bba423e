"""Schedules against values by hand and against PyTorch's schedulers, and the callback in real runs."""

from math import cos, pi

import numpy as np
import pytest

from neural_network import SGD, Callback, TwoLayerNN
from neural_network.support.errors import InputError
from neural_network.training.loop import fit
from neural_network.training.schedules import SCHEDULES, LearningRate, register_schedule


def factors(name, total_steps, **options):
    return [SCHEDULES[name](step, total_steps, **options) for step in range(1, total_steps + 1)]


# ---------------------------------------------------------------------- the factors


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("constant", {}, [1, 1, 1, 1]),
        ("step", {"stages": 2, "gamma": 0.5}, [1, 1, 0.5, 0.5]),
        ("step", {}, [1, 1, 0.1, 0.01]),  # four steps in three stages
        ("exponential", {"final": 1 / 16}, [1, 1 / 2, 1 / 4, 1 / 8]),
        ("cosine", {}, [1, (1 + 0.5**0.5) / 2, 0.5, (1 - 0.5**0.5) / 2]),
        ("cosine", {"warmup_steps": 1}, [1, 1, 3 / 4, 1 / 4]),
        ("cosine", {"warmup_steps": 2}, [1 / 2, 1, 1, 1 / 2]),
        ("cosine", {"warmup_steps": 4}, [1 / 4, 1 / 2, 3 / 4, 1]),
        ("one-cycle", {"rise": 0.75, "start": 0.2, "end": 0.1}, [0.2, 0.6, 1, 0.1]),
        ("one-cycle", {"rise": 0.5, "start": 0.2, "end": 0.1}, [0.2, 1, 0.55, 0.1]),
        ("one-cycle", {"rise": 0.625, "start": 0.2, "end": 0.1}, [0.2, 0.8, 0.775, 0.1]),  # peak at 2.5
        ("one-cycle", {"rise": 0, "end": 0.1}, [0.55 + 0.45 * cos(pi * k / 4) for k in (1, 2, 3, 4)]),
    ],
)
def test_four_steps_by_hand(name, options, expected):
    np.testing.assert_allclose(factors(name, 4, **options), expected, rtol=1e-14)


def test_one_cycle_has_the_published_defaults():
    values = factors("one-cycle", 10)
    assert (values[0], values[2], values[9]) == pytest.approx((0.04, 1, 4e-6), rel=1e-12)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("total_steps", [1, 2, 3, 1000])
def test_factors_are_shares_of_the_full_rate_however_short_the_run(name, total_steps):
    values = np.array(factors(name, total_steps))
    assert (values > 0).all()
    assert (values <= 1).all()
    if total_steps == 1000:
        assert values.max() == pytest.approx(1)


def torch_factors(make_scheduler, total_steps):
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make_scheduler(torch.optim.lr_scheduler, optimizer)
    values = []
    for _ in range(total_steps):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return values


@pytest.mark.parametrize(
    ("name", "options", "make_scheduler"),
    [
        ("step", {"stages": 4, "gamma": 0.5}, lambda torch, o: torch.StepLR(o, step_size=15, gamma=0.5)),
        ("exponential", {"final": 0.02}, lambda torch, o: torch.ExponentialLR(o, gamma=0.02 ** (1 / 60))),
        ("cosine", {}, lambda torch, o: torch.CosineAnnealingLR(o, T_max=60)),
        ("one-cycle", {}, lambda torch, o: torch.OneCycleLR(o, max_lr=1.0, total_steps=61)),
    ],
)
def test_60_steps_are_pytorchs(name, options, make_scheduler):
    total_steps = 61 if name == "one-cycle" else 60  # PyTorch refuses the step of a scheduler after its last
    theirs = torch_factors(make_scheduler, 60)
    np.testing.assert_allclose(factors(name, total_steps, **options)[:60], theirs, rtol=1e-10)


def test_the_warm_up_is_pytorchs_linear_one():
    theirs = torch_factors(lambda torch, o: torch.LinearLR(o, start_factor=1 / 8, total_iters=7), 8)
    np.testing.assert_allclose(factors("cosine", 60, warmup_steps=8)[:8], theirs, rtol=1e-14)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("cosine", {"warmup_steps": 5}, "warmup_steps must be at most 4, the total number of steps, not 5"),
        ("cosine", {"warmup_steps": -1}, "warmup_steps must be a whole number ≥ 0, not -1"),
        ("step", {"stages": 0}, "stages must be a whole number ≥ 1, not 0"),
        ("step", {"gamma": 0}, "gamma must be a finite number > 0, not 0"),
        ("exponential", {"final": -1}, "final must be a finite number > 0, not -1"),
        ("one-cycle", {"rise": 1}, "rise must be a number from 0 to below 1, not 1"),
        ("one-cycle", {"start": 0}, "start must be a finite number > 0, not 0"),
        ("one-cycle", {"end": 0}, "end must be a finite number > 0, not 0"),
    ],
)
def test_a_bad_value_is_refused_before_the_first_step(name, options, message, network, blobs):
    before = network.W1.copy()
    with pytest.raises(InputError) as error:
        fit(network, *blobs, epochs=4, optimizer=SGD(0.1), callbacks=[LearningRate(name, **options)])
    assert str(error.value) == message
    np.testing.assert_array_equal(network.W1, before)


# ---------------------------------------------------------------------- the callback


class RatesUsed(Callback):
    """Writes down the learning rate of every update."""

    def __init__(self):
        self.rates = []

    def on_step(self, run):
        self.rates.append(run.optimizer.learning_rate)


def test_every_step_has_its_rate_and_every_epoch_its_last_one(network, blobs):
    optimizer, used = SGD(0.5), RatesUsed()
    callbacks = [LearningRate("exponential", final=1 / 64), used]
    history = fit(network, *blobs, epochs=2, batch_size=50, optimizer=optimizer, callbacks=callbacks)
    np.testing.assert_allclose(used.rates, [0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625], rtol=1e-14)
    assert history["learning_rate"] == [used.rates[2], used.rates[5]]


def test_the_rates_are_those_the_parameters_move_by(network, blobs):
    """Two epochs at 0.4 and 0.1 by hand are a run with a schedule."""
    by_hand = TwoLayerNN(4, 5, 3, seed=1, dtype=np.float64)
    for rate in (0.4, 0.1):
        by_hand.train(*blobs, epochs=1, learning_rate=rate)
    network.train(*blobs, epochs=2, learning_rate=0.4, callbacks=[LearningRate("step", stages=2, gamma=0.25)])
    np.testing.assert_array_equal(network.W1, by_hand.W1)


def test_the_optimizer_has_its_own_rate_again_after_the_run(network, blobs):
    optimizer = SGD(0.5)
    for _ in range(2):
        history = fit(network, *blobs, epochs=3, optimizer=optimizer, callbacks=[LearningRate("step", gamma=0.5)])
        assert history["learning_rate"] == [0.5, 0.25, 0.125]
    assert optimizer.learning_rate == 0.5


def test_names_and_options_are_checked_at_once():
    with pytest.raises(InputError, match=r"^unknown schedule 'cosin'; did you mean 'cosine'\?$"):
        LearningRate("cosin")
    with pytest.raises(InputError, match=r"^schedule 'cosine' has no option 'warmup'; did you mean 'warmup_steps'\?$"):
        LearningRate("cosine", warmup=3)
    with pytest.raises(InputError, match=r"^schedule 'constant' has no option 'final'; its options: none$"):
        LearningRate("constant", final=3)


def test_a_strangers_schedule_is_a_function(monkeypatch, network, blobs):
    monkeypatch.setattr(SCHEDULES, "_values", dict(SCHEDULES._values))

    @register_schedule("linear")
    def linear(step, total_steps, *, last=0.0):
        return 1 + (last - 1) * (step - 1) / (total_steps - 1)

    for schedule in ("linear", linear):
        history = network.train(*blobs, epochs=3, learning_rate=0.5, callbacks=[LearningRate(schedule, last=0.5)])
        assert history["learning_rate"] == [0.5, 0.375, 0.25]
