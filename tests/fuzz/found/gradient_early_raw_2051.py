"""raw 2051: dot product: nan: what a loop of no iterations would compute is computed before it, and was differentiated"""

import math


def f(x, n, y, a):
    u = y
    s = math.atan(math.sqrt(1.5 - abs(x)))
    for i in range(n, 3):
        a[i] = math.atan(math.log(x)) * math.cos(1.0 / x)
        u += a[i]
    return u * s


CALLS = (
    "(-1.0, 6, 0.5, np.array([1.0, 0.5, 1.5]))",
    "(0.0, 3, 0.5, np.array([1.0, 0.5, 1.5]))",
    "(0.5, 0, 0.5, np.array([1.0, 0.5, 1.5]))",
)
SEED = 2051
PROFILE = "raw"
