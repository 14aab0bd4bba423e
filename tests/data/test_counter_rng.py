"""Hashed random numbers: the published outputs of splitmix64, even spread, and independence of one another."""

import numpy as np

from neural_network.data import counter_rng


def test_the_words_are_those_of_splitmix64():
    # the first outputs of the authors' reference code for the seed 0
    expected = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert counter_rng._bits(np.zeros(1, np.uint64), 0, 3).tolist() == [expected]


def test_numbers_are_spread_evenly_from_minus_one_to_one():
    streams = counter_rng.keys(seed=0, epoch=0, samples=np.arange(1000))
    for numbers in (counter_rng.uniform(streams, 200), counter_rng.coarse_uniform(streams, 200, skip=6)):
        assert -1 <= numbers.min() < -0.999
        assert 0.999 < numbers.max() <= 1
        counts = np.histogram(numbers, bins=100, range=(-1, 1))[0]  # 2000 expected in each
        chi_squared = ((counts - 2000) ** 2 / 2000).sum()
        assert 50 < chi_squared < 170  # 99 degrees of freedom: mean 99, standard deviation 14


def test_seeds_epochs_samples_and_numbers_are_independent_of_one_another():
    streams = [
        counter_rng.uniform(counter_rng.keys(seed, epoch, np.arange(100)), 100).ravel()
        for seed in (0, 1)
        for epoch in (0, 1)
    ]
    neighbors = streams[0].reshape(100, 100)
    streams += [np.roll(neighbors, 1, axis=0).ravel(), np.roll(neighbors, 1, axis=1).ravel()]
    correlation = np.corrcoef(streams) - np.eye(len(streams))
    assert np.abs(correlation).max() < 0.05  # chance alone: standard deviation 0.01


def test_skipped_numbers_are_not_used_twice():
    streams = counter_rng.keys(seed=0, epoch=0, samples=np.arange(2))
    assert np.array_equal(
        counter_rng.coarse_uniform(streams, 8, skip=0)[:, 4:], counter_rng.coarse_uniform(streams, 4, skip=1)
    )
