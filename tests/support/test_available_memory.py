"""What cannot fit into memory is refused in one line, before any memory is taken."""

import math
import os

import pytest

from neural_network import InputError, TwoLayerNN
from neural_network.runs.settings import Settings
from neural_network.support import memory
from neural_network.support.memory import check_fits, total_memory


@pytest.mark.parametrize("sizes", [(2, 3, 2**40), (2**40, 3, 2), (2, 2**40, 3), (2, 3, 10**5000)])
def test_sizes_that_no_array_has_are_refused(sizes):
    with pytest.raises(InputError, match=r"(input|hidden|output)_size must be less than 2\^31"):
        TwoLayerNN(*sizes)


@pytest.mark.parametrize("sizes", [(2**31 - 1, 2**30, 2), (784, 2**31 - 1, 10), (2, 100, 2**31 - 1)])
def test_networks_that_no_machine_holds_are_refused(sizes):
    with pytest.raises(InputError, match=r"would take .* GiB of memory, and this machine has"):
        TwoLayerNN(*sizes)


def test_a_network_that_fits_is_made(monkeypatch):
    monkeypatch.setattr(memory, "total_memory", lambda: 100e6)
    assert TwoLayerNN(1000, 1000, 10).hidden_size == 1000
    with pytest.raises(InputError, match="a network of 10000 inputs, 1000 hidden units and 10 classes would take"):
        TwoLayerNN(10_000, 1000, 10)


def test_the_limit_of_a_container_counts(monkeypatch, tmp_path):
    machine = total_memory()
    assert machine > 2**28
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "CONTAINER_LIMIT", limit)
    limit.write_text("268435456\n")
    assert total_memory() == 2**28
    limit.write_text("max\n")
    assert total_memory() >= machine


def test_where_the_system_does_not_tell_nothing_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "CONTAINER_LIMIT", tmp_path / "none")
    monkeypatch.delattr(os, "sysconf")
    assert total_memory() == math.inf
    check_fits("everything", 1e30)


def test_more_networks_than_fit_are_refused_before_the_first_is_made(blobs):
    with pytest.raises(InputError, match="1,000,000,000 networks at once would take"):
        Settings(epochs=1).train_seeds(range(10**9), blobs, classes=3)
