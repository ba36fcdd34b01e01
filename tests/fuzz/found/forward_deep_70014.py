"""deep 70014: forward: tanh far out, where 1 - r * r cancels"""

import math


def f(x, n):
    return math.tanh(x - n) * 3.0


CALLS = (
    "(-1.0, 4)",
    "(9.5, 1)",
    "(-30.0, 1)",
)
SEED = 70014
PROFILE = "deep"
