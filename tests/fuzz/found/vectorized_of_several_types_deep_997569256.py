"""deep 997569256: a TypeError (unsupported operand type: numpy.ndarray) of np.vectorize, given singles on some ways"""

import math

import numpy as np


def f(x, a, z):
    for _ in range(1, len(a)):
        a = np.vectorize(lambda e, d=0.5: math.sin(e) * d)(a, d=z)
    return x * 0.25 + a[0], a


CALLS = (
    "(0.382, np.array([-0.845, 0.3]), np.float32(1.274))",
    "(1.09, np.array([1.306]), np.float32(0.15))",
)
SEED = 997569256
PROFILE = "deep"
