"""One thread for each matrix product of the BLAS.

Left alone, the BLAS uses all processors for products of any size. For those of this project that is slower than one
thread: the threads wait for each other at every product, and for other programs. How a product is divided also decides
how it is rounded; with one thread the bits do not depend on the number of processors. Blocks of samples are shared
among Python threads instead (see threads.py).
"""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any

_lock = threading.Lock()
_state: dict[str, Any] = {"blocks": 0, "limits": []}  # how many run now, and the limits that the first of them found


@contextlib.contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold the BLAS at one thread while the block runs: `with one_blas_thread(): network.forward(X)`.

    The limit is that of the whole process. Blocks may overlap in several threads: the last to end restores what was.
    """
    with _lock:
        if not _state["blocks"]:
            libraries = _state["libraries"] = _libraries()
            _state["limits"] = [library.get_num_threads() for library in libraries]
            _limit([1] * len(libraries))
        _state["blocks"] += 1
    try:
        yield
    finally:
        with _lock:
            _state["blocks"] -= 1
            if not _state["blocks"]:
                _limit(_state["limits"])


def _limit(limits: Sequence[int]) -> None:
    """Set the number of threads of each library, also from another thread than the one that has set it before.

    Newer versions of threadpoolctl ignore all threads but the first that has set a limit, until that is cleared.
    """
    for library, limit in zip(_state["libraries"], limits, strict=True):
        clear = getattr(library, "clear_controlling_thread", lambda **options: None)
        clear(force=True)
        library.set_num_threads(limit)
        clear(force=True)


def _libraries() -> Any:
    """Return the BLAS libraries that are loaded now: more may come, with SciPy for instance."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas").lib_controllers
