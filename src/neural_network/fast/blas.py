"""How many threads the BLAS may use for matrix products.

Left alone it takes all processors for products of any size. For small ones that gains nothing, and it has a price:
where other programs want the processors too, the threads wait for each other; and how a product is divided among
threads decides how it is rounded, so that the bits depend on their number.
"""

import contextlib

from . import crew

WORTH = 5 * 10**6  # multiplications for each thread


def threads_for(multiplications: int) -> contextlib.AbstractContextManager[object]:
    """Return a context in which the BLAS uses as many threads as its largest product, of so many, is worth."""
    from threadpoolctl import threadpool_limits

    threads = max(1, min(multiplications // WORTH, crew.size()))
    limits: contextlib.AbstractContextManager[object] = threadpool_limits(threads, user_api="blas")
    return limits
