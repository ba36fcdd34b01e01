"""raw 1000357: dot product: reverse nan, forward finite: the partials of atan2 overflowed although they are small"""

import math


def f(x, y):
    s = y
    x = s * math.atan2(x, s)
    return x


CALLS = (
    "(1e155, 1e150)",
    "(1e-170, 1e-165)",
    "(1e155, -2e156)",
    "(0.5, 2.0)",
)
SEED = 1000357
PROFILE = "raw"
