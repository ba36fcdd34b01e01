"""raw 1001784: gradient: copysign(-0.0, 1.0) turns the sign of its argument, and so of the derivative"""

import math


def f(x, y):
    return math.copysign(x, y) * 3.0 + y


CALLS = (
    "(-0.0, 1.0)",
    "(0.0, 1.0)",
    "(0.0, -1.0)",
    "(-2.0, -1.0)",
)
SEED = 1001784
PROFILE = "raw"
