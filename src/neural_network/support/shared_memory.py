"""Arrays in memory that two processes share, and words in it by which one tells the other how far it is."""

import mmap
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

LINE = 64  # bytes of a cache line
SPINS, YIELDS, PAUSE = 3000, 20_000, 0.0005  # looks at a word before the processor is given away; then seconds of sleep

Words = memoryview  # of whole numbers, each written by one process only


def share(fields: list[Any], words: int, descriptor: int) -> tuple[dict[str, np.ndarray], Words]:
    """Return arrays by name, and so many words that are 0, in the memory of an open file that the two processes have.

    `fields` are (name, dtype, shape) as in a structured dtype. Each word has a cache line of its own, so that writing
    one does not take another from a process that waits for it. Raises OSError where there is no such memory.
    """
    layout = np.dtype([("words", np.int64, (words, LINE // 8)), *fields])
    os.ftruncate(descriptor, layout.itemsize)
    memory = np.ndarray((), layout, mmap.mmap(descriptor, layout.itemsize))
    return {name: memory[name] for name, *_ in fields}, memory["words"][:, 0].data


def wait(words: Words, word: int, value: int, is_lost: Callable[[], bool]) -> bool:
    """Wait until a word has reached `value`; return False where the other process is lost before."""
    looks = 0
    while words[word] < value:
        looks += 1
        if looks > YIELDS:
            if is_lost():
                return False
            time.sleep(PAUSE)
        elif looks > SPINS:
            os.sched_yield()
    return True
