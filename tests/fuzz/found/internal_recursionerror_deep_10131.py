"""deep 10131: internal RecursionError: loops that are split in loops that are split"""

import math

import numpy as np


def f(x, n, a, y, z, m):
    k = 1
    s = x
    c = np.ones(len(a))
    for i5 in range(3):
        s, z = (z, math.cos(0.5 / (1.5 + x * x)))
        w13 = 0
        while w13 < 4 and (not z + 0.5 < s % (1.5 + y * y) <= 2.0):
            w13 += 1
        for i14 in range(m.shape[1]):
            if n * i14 < n % (1 + abs(k)):
                z = math.atan(c[min(w13, w13) % len(c)])
    return s * z


CALLS = (
    "(0.232, -1, np.array([-1.016, 0.0, 0.5]), 0.386, np.float64(0.895), np.array([[0.541, -0.669, -0.427], [0.8, -1.3, 1.7]]))",
    "(0.232, 3, np.array([-1.016, 0.0, 0.5]), 0.386, np.float64(0.895), np.array([[0.541, -0.669, -0.427], [0.8, -1.3, 1.7]]))",
)
SEED = 10131
PROFILE = "deep"
