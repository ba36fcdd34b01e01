"""deep 2010179: internal InterpretError: in a `try` a loop read its next item before it was known that there is one"""

import math

import numpy as np


def f(x, n, a):
    y = x
    w = 0
    while w < n:
        w += 1
        try:
            for i, e in enumerate(a):
                a[i] *= math.tanh(x)
                y = y * 0.5 + math.sin(e)
            if y > 0.25:
                raise ZeroDivisionError("x")
        except ZeroDivisionError:
            x = x * 0.5
        finally:
            x = math.sin(x) + np.sum(a) * 0.25
    return x + y


CALLS = (
    "(0.768, 3, np.array([-0.414, 1.625, -1.997]))",
    "(0.5, 2, np.array([1.5, 0.25]))",
    "(-0.5, 0, np.array([1.5]))",
    "(1.5, 4, np.array([0.5, 0.5, 1.0, 2.0]))",
)
SEED = 2010179
PROFILE = "deep"
