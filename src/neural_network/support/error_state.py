"""NumPy's floating-point errors: what the caller has set with np.seterr must not change a result.

Functions that compute for the caller are decorated with `own_error_state`. In them, and in all that they call, an
overflow gives infinity and an underflow zero, without warnings or exceptions; what went wrong is told by the numbers.
"""

import numpy as np

own_error_state = np.errstate(all="ignore")
