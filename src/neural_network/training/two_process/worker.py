"""The second process: it trains the second half of the hidden units, and ends with the process that started it.

It is a new Python that imports this package and NumPy from where the first process has them, and nothing from the
current folder. It writes no output and stops at no breakpoint: what a learner puts into network.py is seen once.
"""

import json
import mmap
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...network import Network
from ...support import threads
from ...support.blas_threads import one_blas_thread
from .. import optimizers
from .half import Half

# Words in shared memory: the first process writes those of the first line, the second the others. BATCH counts steps.
BATCH, STEPS, SAMPLES, LOGITS_1 = range(4)
READY, LOGITS_2, UPDATING, DONE, OVERFLOW = range(4, 9)
WORDS, LINE = ("int64", [9, 8]), 64  # a cache line of 64 bytes for each word, and for the beginning of each array
SPINS, YIELDS, PAUSE = 3000, 20_000, 0.0005  # looks at a word before the processor is given away; then seconds of sleep
PACKAGE, IMPORTED = Path(__file__).parents[2], time.time() - 0.02  # clocks of file systems tick in up to 0.01 s
# Without site-packages, whose modules come after the standard library's, and NumPy's before those beside this package.
CODE = f"""import json, sys
sys.path.append(sys.argv[2])
import numpy
sys.path.insert(-1, sys.argv[3])
from {PACKAGE.name}.training.two_process.worker import main
main(json.loads(sys.argv[1]))
"""

Shared = tuple[dict[str, np.ndarray], "memoryview[int]"]  # arrays by name, and the words


def share(layout: dict[str, tuple[str, list[int]]], descriptor: int) -> Shared:
    """Return arrays of this layout (dtype and shape by name), and the words, in the memory of an open file."""
    layout, places, size = {**layout, "words": WORDS}, {}, 0
    for name, (dtype, shape) in layout.items():
        places[name] = size
        size += -(-int(np.prod(shape)) * np.dtype(dtype).itemsize // LINE) * LINE
    os.ftruncate(descriptor, size)
    memory: Any = mmap.mmap(descriptor, size)
    arrays = {name: np.ndarray(shape, dtype, memory, places[name]) for name, (dtype, shape) in layout.items()}
    return arrays, memoryview(memory)[places["words"] : size].cast("q")[:: LINE // 8]


def is_possible() -> bool:
    """Return whether a second process can be started, and would import this package as this process has imported it.

    It takes two processors, a Python to start, memory in which writes are seen in their order, and unchanged files.
    """
    python = Path(sys.executable or "").name.startswith("python") and not getattr(sys, "frozen", False)
    system = threads.size() > 1 and hasattr(os, "memfd_create") and platform.machine() == "x86_64"
    return python and system and all(path.stat().st_mtime < IMPORTED for path in PACKAGE.rglob("*.py"))


def start(work: dict[str, Any]) -> tuple["subprocess.Popen[bytes]", Shared]:
    """Start the process, which sets READY when it can take a step. Raises OSError where no process can be had."""
    with os.fdopen(os.memfd_create(PACKAGE.name), "r+b") as memory:
        shared = share(work["layout"], memory.fileno())
        work = {**work, "descriptor": memory.fileno(), "parent": os.getpid()}
        paths = str(Path(np.__file__).parents[1]), str(PACKAGE.parent)
        command = [sys.executable, "-I", "-S", "-c", CODE, json.dumps(work), *paths]
        streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        # in a session of its own, so that Ctrl-C reaches only the process that trains
        return subprocess.Popen(command, pass_fds=[memory.fileno()], start_new_session=True, **streams), shared


def wait(words: "memoryview[int]", word: int, value: int, is_lost: Callable[[], bool]) -> bool:
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


def main(work: dict[str, Any]) -> None:
    """Train the second half, step by step, until the process that started this one has ended or kills it."""
    sys.breakpointhook = lambda *arguments, **options: None
    arrays, words = share(work["layout"], work["descriptor"])
    network, optimizer, step = Network(**work["network"]), getattr(optimizers, work["optimizer"])(), 0
    vars(network).update({name: arrays[name] for name in network.parameters})
    vars(optimizer).update(work["settings"])
    optimizer.state = {kind: {θ: arrays[kind + θ] for θ in network.parameters} for kind in optimizer.state_names}
    half = Half(network, optimizer, first=False)

    def is_lost() -> bool:
        return os.getppid() != work["parent"]

    def exchange(Z2: np.ndarray) -> np.ndarray:
        first, second = (logits[: Z2.size].reshape(Z2.shape) for logits in arrays["logits"])
        second[...] = Z2
        words[LOGITS_2] = step
        return np.add(first, second) if wait(words, LOGITS_1, step, is_lost) else sys.exit()

    half.exchange = exchange
    words[READY] = 1
    with np.errstate(all="ignore"), one_blas_thread():
        while wait(words, BATCH, step + 1, is_lost):
            step += 1
            X, Y = arrays["X"][: words[SAMPLES]].T, arrays["Y"][: words[SAMPLES]]
            gradients = half.backward(X, Y, half.forward(X))
            words[UPDATING] = step
            try:
                with np.errstate(over="raise", invalid="raise"):
                    half.step(gradients, words[STEPS], float(arrays["learning_rate"][0]))
            except FloatingPointError:
                words[OVERFLOW] = 1
            words[DONE] = step
