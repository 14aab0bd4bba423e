"""The size of this machine's memory, so that what cannot fit into it is refused before the system kills the program."""

import contextlib
import math
import os
from pathlib import Path

from .errors import InputError

CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


def check_fits(what: str, size: float) -> None:
    """Raise InputError if `what` takes more bytes than there is memory, where the system tells how much that is."""
    if size > (memory := total_memory()):
        raise InputError(
            f"{what} would take {size / 2**30:,.0f} GiB of memory, and this machine has {memory / 2**30:,.0f}"
        )


def total_memory() -> float:
    """Return the memory of the machine, or of its container, in bytes; infinite where the system does not tell."""
    memory = math.inf
    with contextlib.suppress(AttributeError, OSError, ValueError):  # Windows has no sysconf
        memory = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    with contextlib.suppress(OSError, ValueError):  # no limit is "max"
        memory = min(memory, float(CONTAINER_LIMIT.read_text()))
    return memory
