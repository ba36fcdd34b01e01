"""deep 2010284: interpreter: in a `try` the end of a loop over known items was taken for one more item, and raised"""

import math


def f(x, n, a):
    y = 0.5
    try:
        for e in (x, 3.0):
            e = math.tanh(e)
            y += e
    except Exception:
        y += 10.0
    try:
        for e in (y, a[0]):
            y = math.sin(e) / n
    finally:
        y += 1.0
    return y


CALLS = (
    "(0.3, 3, np.array([-0.414, 1.625, -1.997]))",
    "(1.5, 2, np.array([1.5, 0.25]))",
    "(-0.5, 0, np.array([1.5]))",
    "(1.5, 4, np.array([0.5, 0.5, 1.0, 2.0]))",
)
SEED = 2010284
PROFILE = "deep"
