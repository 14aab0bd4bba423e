"""How many threads the BLAS may use for matrix products.

Left alone it takes all processors for products of any size. For small ones that gains nothing, and it has a price: how
a product is divided among threads decides how it is rounded, so the bits would depend on the machine's number of
processors, and where other programs want the processors too, the threads wait for each other.
"""

import contextlib

SMALL = 2 * 10**7  # multiplications: up to here one thread is about as fast as two


def threads_for(multiplications: int) -> contextlib.AbstractContextManager[object]:
    """Return a context in which the BLAS uses one thread, if its largest product has few `multiplications`."""
    if multiplications > SMALL:
        return contextlib.nullcontext()
    from threadpoolctl import threadpool_limits

    limits: contextlib.AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits
