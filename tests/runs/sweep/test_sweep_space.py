"""What --vary takes: lists and ranges, read as they are written, and draws from them."""

import math

import numpy as np
import pytest

from neural_network.runs.sweep.space import Choice, Range, as_text, parse_space, parse_value, parse_varied
from neural_network.support.errors import InputError


@pytest.mark.parametrize(
    ("text", "varied"),
    [
        ("hidden=10,32,128", Choice("hidden", (10, 32, 128))),
        ("--hidden = 10 , 32", Choice("hidden", (10, 32))),
        ("activation=relu", Choice("activation", ("relu",))),
        ("learning-rate=default,1e-3,2", Choice("learning_rate", (None, 0.001, 2.0))),
        ("batch_size=default,64", Choice("batch_size", (None, 64))),
        ("hidden=default,20", Choice("hidden", (10, 20))),
        ("deterministic=true,false", Choice("deterministic", (True, False))),
        ("learning-rate=0.01..0.3 log", Range("learning_rate", 0.01, 0.3, log=True)),
        ("hidden=10..500", Range("hidden", 10, 500, whole=True)),
        ("batch-size=16..512 log", Range("batch_size", 16, 512, log=True, whole=True)),
        ("l2=0..1 3", Choice("l2", (0.0, 0.5, 1.0))),
        ("l2=0.01..1 log 3", Choice("l2", (0.01, 0.1, 1.0))),
        ("l2=0.01..1 3 log", Choice("l2", (0.01, 0.1, 1.0))),
        ("hidden=16..16384 log 6", Choice("hidden", (16, 64, 256, 1024, 4096, 16384))),
        ("hidden=1..3 5", Choice("hidden", (1, 2, 3))),
    ],
)
def test_what_is_varied_is_read_as_it_is_written(text, varied):
    assert parse_varied(text) == varied


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("hidden", "'hidden'"),
        ("hidden=", "'hidden='"),
        ("hiden=3", "did you mean 'hidden'?"),
        ("data=mnist", "no setting 'data'"),
        ("seed=1,2", "--seeds"),
        ("from-run=a", "random weights"),
        ("callbacks=a", "--callback"),
        ("hidden=ten", "whole numbers, not 'ten'"),
        ("hidden=1.5", "whole numbers, not '1.5'"),
        ("hidden=10,,32", "not ''"),
        ("learning-rate=nan", "numbers, not 'nan'"),
        ("learning-rate=inf", "numbers, not 'inf'"),
        ("deterministic=1", "true or false"),
        ("hidden=10,10", "10 is there twice"),
        ("hidden=10,default", "10 is there twice"),
        ("activation=a..b", "only numbers|no number"),
        ("deterministic=true..false", "no number"),
        ("hidden=5..5", "5..5"),
        ("l2=0..1 log", "> 0"),
        ("l2=1..2 lin", "'1..2 lin'"),
        ("l2=1..2 log log", "'1..2 log log'"),
        ("l2=1..2 3 4", "'1..2 3 4'"),
        ("l2=1..2 1", "at least 2"),
    ],
)
def test_what_is_not_understood_is_refused_in_a_line_that_says_what_was_expected(text, fact):
    with pytest.raises(InputError, match=fact.replace("?", r"\?")) as error:
        parse_varied(text)
    assert "\n" not in str(error.value)


def test_a_setting_is_varied_once():
    with pytest.raises(InputError, match="l2 is varied twice"):
        parse_space(["l2=1,2", "hidden=1,2", "l2=3"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hidden", 7),
        ("l2", 1e-05),
        ("l2", 3.0),
        ("batch_size", None),
        ("deterministic", True),
        ("loss", "squared-error"),
    ],
)
def test_a_value_as_text_reads_back_as_the_same_value(name, value):
    assert parse_value(name, as_text(value)) == value


def test_draws_lie_in_the_range_reach_its_ends_and_are_as_likely_as_they_should_be(rng):
    whole = [Range("hidden", 3, 6, whole=True).draw(rng) for _ in range(4000)]
    assert set(whole) == {3, 4, 5, 6}
    assert min(whole.count(value) for value in set(whole)) > 850  # 1,000 expected, standard deviation 27
    linear = [Range("l2", 0.2, 0.8).draw(rng) for _ in range(4000)]
    assert 0.2 <= min(linear) < 0.21 < 0.79 < max(linear) <= 0.8
    assert np.mean(linear) == pytest.approx(0.5, abs=0.01)
    decades = [math.floor(math.log10(Range("l2", 1e-5, 1e-1, log=True).draw(rng))) for _ in range(4000)]
    assert all(abs(decades.count(decade) - 1000) < 150 for decade in (-5, -4, -3, -2))
    assert all(float(f"{value:.4g}") == value for value in linear)
    chosen = [Choice("loss", ("a", "b")).draw(rng) for _ in range(1000)]
    assert abs(chosen.count("a") - 500) < 100


def test_a_number_that_is_rounded_stays_in_the_range():
    assert Range("l2", 0.123444, 0.2).fit(0.123444) == 0.123444
    assert Range("l2", 0.1, 0.199999).fit(0.199999) == 0.199999
