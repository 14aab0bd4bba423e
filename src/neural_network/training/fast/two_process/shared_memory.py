"""Memory that two processes see: arrays and a few words to talk by. It has no name, so it cannot be left over."""

import mmap
import os
from typing import Any, TypedDict

import numpy as np

PAGE = 4096  # bytes: each array begins at a multiple of it
WORDS = 8  # whole numbers, and as many floats, by which the processes talk


class Layout(TypedDict):
    """What must be known to find the arrays: as JSON, so that it can be sent."""

    dtype: str
    shapes: dict[str, list[int]]


def _file_in_memory(size: int) -> int | None:
    """Return a file without a name, None where the system has none or, as by `ulimit -f`, none that large."""
    if not hasattr(os, "memfd_create"):
        return None
    descriptor = os.memfd_create("mnist-nn")
    try:
        os.ftruncate(descriptor, size)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


class Shared:
    """Arrays of one dtype by their names, with control words before them.

    Parameters
    ----------
    layout : dict
        The dtype, and the shape of each array.
    descriptor : int, optional
        The open file of a piece that another process has made; None makes one, of zeros.

    Attributes
    ----------
    arrays : dict of arrays
        The arrays.
    words, reals : memoryview
        WORDS whole numbers and WORDS floats.
    """

    def __init__(self, layout: Layout, descriptor: int | None = None) -> None:
        dtype, places, size = np.dtype(layout["dtype"]), {}, PAGE
        for name, shape in layout["shapes"].items():
            places[name] = size
            size += -(-int(np.prod(shape)) * dtype.itemsize // PAGE) * PAGE
        if descriptor is None:
            descriptor = _file_in_memory(size)
        self.descriptor, self.layout = descriptor, layout
        memory: Any = mmap.mmap(-1 if descriptor is None else descriptor, size)
        self.arrays = {
            name: np.frombuffer(memory, dtype, int(np.prod(shape)), places[name]).reshape(shape)
            for name, shape in layout["shapes"].items()
        }
        control = memoryview(memory)[: 16 * WORDS]
        self.words, self.reals = control[: 8 * WORDS].cast("q"), control[8 * WORDS :].cast("d")

    def close(self) -> None:
        """Close the open file, which nobody needs once both processes have seen it; the arrays stay."""
        if self.descriptor is not None:
            os.close(self.descriptor)
        self.descriptor = None
