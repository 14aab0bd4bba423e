"""Threads that share the items of a large piece of work among the processors.

NumPy releases the interpreter lock while it computes, so Python threads do run at the same time. They get in each
other's way when they need the lock often, though: only long calls are worth sharing, such as matrix products of 100 µs.
The result never depends on the number of threads: the items are the same, and so is the order of their results.
"""

import contextlib
import contextvars
import functools
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # the limits of BLAS libraries hold here too
NAME = "neural-network"  # of the threads


def size() -> int:
    """Return how many threads share the work: one for each processor, or as many as the environment allows."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limits = [int(value) for name in LIMITS if (value := os.environ.get(name, "")).isdecimal()]
    return max(1, min([processors, *limits]))


def share(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return `[work(item) for item in items]`, computed by several threads.

    An exception of `work` is raised here, once all threads have stopped. The caller's `numpy.errstate` holds in them.
    """
    threads = min(size(), len(items))
    if threads < 2 or threading.current_thread().name.startswith(NAME):
        return [work(item) for item in items]
    results: dict[int, Result] = {}
    remaining = iter(range(len(items)))  # all threads draw from it

    def draw() -> None:
        for i in remaining:
            results[i] = work(items[i])

    others: list[Future[None]] = []
    try:
        with contextlib.suppress(RuntimeError):  # no threads to be had, as when the main thread has ended already
            for _ in range(threads - 1):
                others.append(_pool(threads - 1, os.getpid()).submit(contextvars.copy_context().run, draw))
        draw()
    finally:
        wait(others)
    for other in others:
        other.result()
    return [results[i] for i in range(len(items))]


@functools.cache
def _pool(threads: int, process: int) -> ThreadPoolExecutor:
    """Return the threads of this process; a fork of it has the memory of its parent's, but not the threads."""
    return ThreadPoolExecutor(threads, thread_name_prefix=NAME)
