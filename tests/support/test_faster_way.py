"""Which of two ways is taken depends on how long their steps take, and on nothing else."""

from pathlib import Path

import pytest

from neural_network.support import faster_way
from neural_network.support.faster_way import FasterWay


@pytest.fixture
def ways(monkeypatch):
    """Have a function that makes steps of these lengths (usual, other) for some seconds and returns the ways taken."""
    clock = [100.0]
    monkeypatch.setattr(faster_way.time, "perf_counter", lambda: clock[0])
    way = FasterWay()

    def steps(usual, other, seconds, possible=True, free=True):
        monkeypatch.setattr(faster_way, "has_free_processor", lambda: free)
        taken, end = [], clock[0] + seconds
        while clock[0] < end:
            taken.append(way.is_other(possible))
            clock[0] += other if taken[-1] else usual
        return taken

    return steps


def test_the_other_way_is_taken_as_long_as_it_is_faster(ways):
    taken = ways(0.01, 0.007, 3)
    assert not any(taken[:10])  # the usual one is timed first
    assert all(taken[15:])


def test_what_is_not_possible_is_never_taken(ways):
    assert not any(ways(0.01, 0.007, 3, possible=False))


def test_without_a_free_processor_the_other_way_is_not_begun(ways):
    assert not any(ways(0.01, 0.007, 3, free=False))
    assert any(ways(0.01, 0.007, 1))
    assert all(ways(0.01, 0.007, 3, free=False))  # which it takes itself


def test_what_runs_is_read_from_the_system(monkeypatch):
    monkeypatch.setattr(faster_way.threads, "size", lambda: 2)
    for running, free in (("0.10 0.20 0.30 1/99 4711", True), ("0.10 0.20 0.30 2/99 4711", False), ("?", True)):
        monkeypatch.setattr(Path, "read_text", lambda path, running=running: running)
        assert faster_way.has_free_processor() is free


def test_a_slower_way_is_tried_ever_more_rarely(ways):
    taken = ways(0.01, 0.015, 20)
    seconds = [0.015 if other else 0.01 for other in taken]
    tried = sum(length for length, other in zip(seconds, taken, strict=True) if other)
    assert 0.01 * sum(seconds) < tried < 0.05 * sum(seconds)
    assert sum(seconds) < 1.1 * 0.01 * len(taken)  # never slower than the usual way alone by more than a tenth


def test_when_the_other_becomes_faster_again_it_is_taken_again(ways):
    ways(0.01, 0.007, 2)
    assert not all(ways(0.01, 0.015, 3))
    assert all(ways(0.01, 0.007, 5)[-100:])


def test_when_all_becomes_slower_the_usual_way_is_timed_anew(ways):
    ways(0.01, 0.007, 2)
    assert all(ways(0.03, 0.02, 10)[-50:])


def test_the_usual_way_is_judged_by_its_best_window_before_the_other_begins(ways):
    ways(0.01, 0.02, 0.3, possible=False)
    ways(0.05, 0.02, 0.2, possible=False)  # as while the second process starts
    taken = ways(0.01, 0.02, 10)
    assert sum(taken) * 0.02 < 1
