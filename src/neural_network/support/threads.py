"""The crew: threads that wait for work, so that a large piece of it can be shared among the processors.

NumPy lets go of the interpreter while it computes, so Python's threads do run at the same time. They get in each
other's way when they call for it often, though: only work of long calls is worth sharing, with matrix products of some
100 µs. What is computed never depends on who computes it: the work is cut in the same places whatever the number of
threads, and the results come back in order.
"""

import contextvars
import functools
import os
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # what BLAS libraries listen to, and so do we

_tasks: "SimpleQueue[Callable[[], None]]" = SimpleQueue()
_crew: list[threading.Thread] = []


def size() -> int:
    """Return how many threads share the work: one for each processor, or as many as the environment allows."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limits = [int(value) for name in LIMITS if (value := os.environ.get(name, "")).isdigit()]
    return max(1, min([processors, *limits]))


def share(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return `[work(item) for item in items]`, worked through by all threads at once.

    An exception of `work` is raised here, once all threads have stopped. They go by the caller's `numpy.errstate`.
    """
    helpers = min(size(), len(items)) - 1
    if helpers < 1:
        return [work(item) for item in items]
    _hire(helpers)
    results: dict[int, Result] = {}
    remaining = iter(range(len(items)))  # all threads draw from it
    ended: SimpleQueue[BaseException | None] = SimpleQueue()

    def draw() -> None:
        try:
            for i in remaining:
                results[i] = work(items[i])
            ended.put(None)
        except BaseException as error:
            ended.put(error)

    for _ in range(helpers):
        _tasks.put(functools.partial(contextvars.copy_context().run, draw))
    draw()
    errors = [ended.get() for _ in range(helpers + 1)]
    for error in filter(None, errors):
        raise error
    return [results[i] for i in range(len(items))]


def _hire(helpers: int) -> None:
    while len(_crew) < helpers:
        _crew.append(threading.Thread(target=_wait_for_work, name=f"crew-{len(_crew)}", daemon=True))
        _crew[-1].start()


def _wait_for_work() -> None:
    while True:
        _tasks.get()()


def _start_anew() -> None:
    """A process that was forked has this module's memory, but none of the threads."""
    global _tasks
    _tasks = SimpleQueue()
    _crew.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
