"""guarded 88: internal KeyError: a value that the slot of a caught exception had later was handed to the handler"""

import math


def f(x, n, a):
    while n < 3:
        n += 1
        try:
            try:
                assert n > 0
            finally:
                return math.sqrt(x) * a[n]
        except Exception:
            x = x * x + 0.5
    return x


CALLS = (
    "(0.7, 0, np.array([0.5, 1.5]))",
    "(-0.7, -2, np.array([0.5, 1.5]))",
    "(0.7, 1, np.array([0.5, 1.5]))",
    "(-0.3, 3, np.array([0.5, 1.5]))",
)
SEED = 88
PROFILE = "raw"
