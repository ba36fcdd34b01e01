"""an array of one element that is an argument on one way and new on another was returned as a view of the argument"""

import numpy as np


def f(x, n, a):
    w = 0
    while w < 12 and n > 5:
        w += 1
        a = np.full(len(a), 0.5)
        n -= 1
    return x * a.sum(), a


CALLS = (
    "(1.814, 3, np.array([1.5, 0.0])[::2])",
    "(1.042, 7, np.array([1.5, 0.0])[::2])",
)
SEED = 976103704
PROFILE = "deep"
