"""Work that threads share: all of it is done, in order, whatever becomes of the threads."""

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.support import threads


def test_work_is_shared_and_the_results_come_in_order(monkeypatch):
    monkeypatch.setattr(threads, "size", lambda: 2)
    both = threading.Barrier(2, timeout=10)  # passes when a second thread is there

    def work(i):
        if i < 2:
            both.wait()
        return i * i, threading.current_thread()

    squares, workers = zip(*threads.share(work, range(50)), strict=True)
    assert squares == tuple(i * i for i in range(50))
    assert len(set(workers)) == 2


@pytest.mark.parametrize("size", [1, 3])
def test_an_error_is_raised_once_the_threads_have_stopped_and_they_work_on(monkeypatch, size):
    monkeypatch.setattr(threads, "size", lambda: size)
    running = []

    def work(i):
        if i == 7:
            raise KeyError(i)
        running.append(i)
        time.sleep(0.001)
        running.remove(i)
        return i

    with pytest.raises(KeyError, match="7"):
        threads.share(work, range(20))
    assert running == []
    assert threads.share(work, range(5)) == [0, 1, 2, 3, 4]


def test_the_errstate_of_the_caller_holds_in_all_threads(monkeypatch):
    monkeypatch.setattr(threads, "size", lambda: 2)
    both = threading.Barrier(2, timeout=10)

    def work(i):
        both.wait()
        return np.geterr()["over"]

    with np.errstate(over="ignore"):
        assert threads.share(work, range(2)) == ["ignore", "ignore"]


def test_work_within_work_is_done_where_it_is(monkeypatch):
    monkeypatch.setattr(threads, "size", lambda: 2)
    assert threads.share(lambda i: threads.share(lambda j: i * j, range(4)), range(4)) == [
        [i * j for j in range(4)] for i in range(4)
    ]


def test_several_callers_at_once_have_each_their_own_results(monkeypatch):
    monkeypatch.setattr(threads, "size", lambda: 3)
    results = {}

    def call(k):
        results[k] = [threads.share(lambda i: (k, i), range(20)) for _ in range(50)]

    callers = [threading.Thread(target=call, args=(k,)) for k in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert results == {k: [[(k, i) for i in range(20)]] * 50 for k in range(4)}


@pytest.mark.parametrize(
    ("variable", "expected"), [("1", 1), ("", None), ("all", None), ("0", 1), ("9999", None), ("²", None)]
)
def test_the_environment_limits_the_threads(monkeypatch, variable, expected):
    for name in threads.LIMITS:
        monkeypatch.delenv(name, raising=False)
    processors = threads.size()
    monkeypatch.setenv("OMP_NUM_THREADS", variable)
    assert threads.size() == (expected or processors)


PROGRAM = """
import os, sys, threading, time
from neural_network.support import threads
threads.size = lambda: 3
def work():
    if sys.argv[1] == "fork":
        all_three = threading.Barrier(3)
        threads.share(lambda i: all_three.wait(), range(3))
        time.sleep(0.1)  # until they are idle
        if os.fork():
            sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
    if sys.argv[1] == "late":
        time.sleep(0.3)
    print(threads.share(lambda i: i * i, range(4)))
if sys.argv[1] == "late":
    threading.Thread(target=work).start()
else:
    work()
"""


@pytest.mark.parametrize(
    "moment", ["late", pytest.param("fork", marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"))]
)
def test_work_is_done_after_a_fork_and_after_the_end_of_the_main_thread(moment):
    result = subprocess.run([sys.executable, "-W", "ignore", "-c", PROGRAM, moment], capture_output=True, timeout=60)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"[0, 1, 4, 9]\n", b"")


@pytest.mark.parametrize("count", [1025, 2000, 2999])
@pytest.mark.parametrize("activation", ["relu", "identity", "gelu"])
def test_many_samples_are_predicted_as_one_by_one(count, activation, monkeypatch):
    monkeypatch.setattr(threads, "size", lambda: 3)
    network = TwoLayerNN(20, 7, 5, activation=activation, seed=0, dtype=np.float64)
    X = np.random.default_rng(1).normal(size=(20, count))
    np.testing.assert_allclose(network.predict_proba(X), network.forward(X).A2, rtol=1e-12)


def test_changed_equations_are_the_ones_that_predict():
    class Shy(TwoLayerNN):
        def forward(self, X):
            return super().forward(X / 2)

    network, X = Shy(20, 7, 5, seed=0), np.random.default_rng(1).random((20, 3000)).astype(np.float32)
    assert np.array_equal(network.predict_proba(X)[:, :1024], network.forward(X[:, :1024]).A2)
