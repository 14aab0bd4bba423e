"""How many threads the BLAS may use for matrix products.

Left alone it takes all processors for products of any size. For small ones that gains nothing, and it has a price:
where other programs want the processors too, the threads wait for each other; and how a product is divided among
threads decides how it is rounded, so that the bits depend on their number.
"""

import contextlib

from . import threads

WORTH = 5 * 10**6  # multiplications for each thread


def threads_for(multiplications: int) -> contextlib.AbstractContextManager[object]:
    """Return a context in which the BLAS uses as many threads as its largest product, of so many, is worth.

    There are never more than it may use already: who has limited it, as `one_thread` does, keeps the limit.
    """
    from threadpoolctl import ThreadpoolController

    blas = ThreadpoolController().select(user_api="blas")
    allowed = min((library["num_threads"] for library in blas.info()), default=1)
    limits: contextlib.AbstractContextManager[object] = blas.limit(
        limits=max(1, min(multiplications // WORTH, threads.size(), allowed))
    )
    return limits


def one_thread() -> contextlib.AbstractContextManager[object]:
    """Return a context in which all products are made by one thread each: `with one_thread(): network.train(...)`.

    Nothing that is computed in it depends on the number of threads. Work that our own threads share is cut in the same
    places whatever their number (see threads.py), so what is left to depend on it are products that the BLAS divides.
    """
    return threads_for(0)
