"""raw 1000357: dot product: reverse nan, forward finite: the partials of atan2 overflowed although they are small"""

import math


def f(x, y):
    s = y
    x = s * math.atan2(x, s)
    return x


CALLS = (
    "(1.0, 1e+300)",
    "(1e-300, 1e-300)",
    "(1e300, -2e300)",
    "(0.5, 2.0)",
)
SEED = 1000357
PROFILE = "raw"
