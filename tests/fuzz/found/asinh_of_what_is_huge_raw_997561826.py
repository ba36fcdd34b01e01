"""raw 997561826: gradient: -1.03 instead of -0.88: the square in the oracle's derivative of asinh overflowed (a false alarm)"""

import math

import numpy as np


def f(x, n, a):
    return x * 2.0 + np.arcsinh(a * x)[-1] + math.acosh(1.5 + abs(a[-1]))


CALLS = (
    "(-0.88, 4, np.array([0.843, 1e300]))",
    "(1.5, 4, np.array([0.843, -0.2]))",
)
SEED = 997561826
PROFILE = "raw"
