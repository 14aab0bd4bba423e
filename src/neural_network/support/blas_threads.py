"""One thread for each matrix product of the BLAS.

Left alone, the BLAS uses all processors for products of any size. For those of this project that is slower than one
thread: the threads wait for each other at every product, and for other programs. How a product is divided also decides
how it is rounded; with one thread the bits do not depend on the number of processors. Blocks of samples are shared
among Python threads instead (see threads.py).
"""

import contextlib
import functools
import threading
from collections.abc import Iterator
from typing import Any

_lock = threading.Lock()
_state: dict[str, Any] = {"users": 0, "limit": None}


@contextlib.contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold the BLAS at one thread while the block runs: `with one_blas_thread(): network.forward(X)`.

    The limit is that of the whole process. Blocks may overlap in several threads: the last to end restores what was.
    """
    with _lock:
        if not _state["users"]:
            _state["limit"] = _blas().limit(limits=1)
        _state["users"] += 1
    try:
        yield
    finally:
        with _lock:
            _state["users"] -= 1
            if not _state["users"]:
                _state["limit"].restore_original_limits()


@functools.cache
def _blas() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
