"""guarded 10166, raw 111: internal ValueError: zip() argument 2 is shorter: what is behind a check that always fails"""

import math


def f(x, a):
    for e in a:
        return math
    return a[1] * a


CALLS = (
    "(0.5, np.array([1.63, -1.72, -0.566]))",
    "(0.5, np.zeros(0))",
)
SEED = 10166
PROFILE = "guarded"
