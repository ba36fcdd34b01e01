"""raw 69: gradient: arc cosine near 1, where 1 - x * x cancels"""

import math


def f(n, y):
    s = math.cos(y / (n * n))
    return math.acos(s) + math.asin(s)


CALLS = (
    "(7, 1.0)",
    "(100, 1.0)",
)
SEED = 69
PROFILE = "raw"
