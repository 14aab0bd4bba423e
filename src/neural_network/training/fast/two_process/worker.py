"""The partner: a second process that computes half of a network, `python -m neural_network.fast.partner`.

Threads of one Python process wait for each other at every call, and to wake one takes longer than many a step of
training. A process of its own that looks at a word of shared memory until it changes is there within a microsecond.

It is told over a socket what network it is about, and by words in shared memory what to do next: a task and its number,
which it writes back when that is done. Between two trainings it waits at the socket, and it ends when the process that
trains has ended.
"""

import atexit
import contextlib
import json
import os
import platform
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ....functions.activations import ACTIVATIONS
from ....support import threads
from ....support.errors import WorkError
from ...optimizers import OPTIMIZERS
from .shard import READY, REST, UPDATE, Half, Sizes, Task
from .shared_memory import Shared

NUMBER, DONE, TASK, OVERFLOW = 0, 1, 2, 6  # words: the task at hand, the last one done, the task itself in four, a flag
SPINS, YIELDS = 3000, 20_000  # looks at a word until others are let in, and until it is left alone for moments
MOMENT = 0.0005  # seconds


def is_possible() -> bool:
    """Return whether there are two processors, and a system on which two processes see each other's writes in order."""
    return threads.size() > 1 and hasattr(os, "memfd_create") and platform.machine() == "x86_64"


def wait(words: "memoryview[int]", word: int, value: int, lost: Callable[[], bool]) -> bool:
    """Wait until a word of shared memory has reached `value`; return False if the other process is `lost` before."""
    looks = 0
    while words[word] < value:
        looks += 1
        if looks > YIELDS:
            if lost():
                return False
            time.sleep(MOMENT)
        elif looks > SPINS:
            os.sched_yield()
    return True


class Partner:
    """The process, seen from the one that trains."""

    def __init__(self) -> None:
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # which keeps messages apart
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(other.fileno()), str(os.getpid())],
                pass_fds=[other.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # so that Ctrl-C reaches only the process that trains
            )

    def is_lost(self) -> bool:
        """Return whether the process has ended."""
        return self._process.poll() is not None

    def begin(self, shared: Shared, work: dict[str, Any]) -> None:
        """Tell it what it is about, and where; it `is_ready` some time later."""
        self._shared, self._number = shared, 0
        self.ask(Task(READY))
        descriptors = [] if shared.descriptor is None else [shared.descriptor]
        socket.send_fds(self._socket, [json.dumps(work).encode()], descriptors)

    def is_ready(self) -> bool:
        """Return whether it has done all that it was asked for."""
        return self._shared.words[DONE] == self._number

    def ask(self, task: Task) -> None:
        """Give it its next task, once it has done the one before."""
        words = self._shared.words
        words[TASK], words[TASK + 1], words[TASK + 2], words[TASK + 3] = task[:4]
        self._shared.reals[0] = task.rate
        self._number += 1
        words[NUMBER] = self._number  # last: on x86-64 what was written before is seen before

    def wait(self) -> None:
        """Wait until the task is done.

        Raises
        ------
        WorkError
            The process has been ended, by somebody or for want of memory.
        FloatingPointError
            A number overflowed in an update.
        """
        if not wait(self._shared.words, DONE, self._number, self.is_lost):
            raise WorkError("the process that computes half of the network was ended in the middle of a step")
        if self._shared.words[OVERFLOW]:
            raise FloatingPointError("overflow in the other half of the network")

    def finish(self, seconds: float) -> None:
        """Wait until the task is done, for so many seconds at most: after them the process is ended."""
        until = time.monotonic() + seconds
        if not wait(self._shared.words, DONE, self._number, lambda: self.is_lost() or time.monotonic() > until):
            self._process.kill()
            self._process.wait()

    def rest(self) -> None:
        """End the work on this network."""
        self.ask(Task(REST))
        del self._shared

    def end(self) -> None:
        """End the process, once it has done what it is at."""
        self._socket.close()
        self._process.wait()

    def forget(self) -> None:
        """Leave it to the process that this one was forked from."""
        self._socket.close()
        self._process.returncode = 0  # it is no child of this process, which cannot wait for it


_partner: Partner | None = None
_hired = threading.Lock()  # one training at a time has the partner


def hire(shared: Shared, work: dict[str, Any]) -> Partner | None:
    """Return the partner, which begins to work, or None where it cannot be had or is with another training."""
    global _partner
    if shared.descriptor is None or not is_possible() or not _hired.acquire(blocking=False):
        return None
    try:
        if _partner and _partner.is_lost():
            _partner.end()
            _partner = None
        _partner = _partner or Partner()
        _partner.begin(shared, work)
    except OSError:  # no more processes, files or memory: it goes without
        _partner = None
        _hired.release()
    return _partner


def dismiss(partner: Partner) -> None:
    """Let the partner rest, until another training hires it."""
    partner.rest()
    _hired.release()


@atexit.register
def _end() -> None:
    if _partner:
        _partner.end()


def _forget() -> None:
    """A process that was forked has this module's memory, but is not the partner's parent."""
    global _partner, _hired
    if _partner:
        _partner.forget()
    _partner, _hired = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def main(descriptor: int, parent: int) -> None:
    """Work for the process `parent`, which is at the other end of the socket `descriptor`, until that is closed."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")
    with socket.socket(fileno=descriptor) as orders, np.errstate(all="ignore"):
        while True:
            message, descriptors, _, _ = socket.recv_fds(orders, 2**16, 1)
            if not message or not _work(json.loads(message), descriptors[0], lambda: os.getppid() != parent):
                return


def _work(work: dict[str, Any], descriptor: int, lost: Callable[[], bool]) -> bool:
    """Do one task after the other, until REST; return False if there is nobody any more."""
    shared = Shared(work["layout"], descriptor)
    shared.close()
    optimizer = OPTIMIZERS[work["optimizer"]]()
    vars(optimizer).update(work["settings"])
    activation = ACTIVATIONS[work["activation"]]
    half = Half(shared.arrays, Sizes(*work["sizes"]), first=True, activation=activation, optimizer=optimizer)
    words, number = shared.words, 0
    while wait(words, NUMBER, number + 1, lost):
        command, place, samples, steps = words[TASK : TASK + 4].tolist()
        task = Task(command, place, samples, steps, shared.reals[0])
        number = words[NUMBER]
        try:
            with np.errstate(over="raise", invalid="raise") if task.command == UPDATE else contextlib.nullcontext():
                half.carry_out(task)
        except FloatingPointError:
            words[OVERFLOW] = 1
        words[DONE] = number
        if task.command == REST:
            return True
    return False


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
