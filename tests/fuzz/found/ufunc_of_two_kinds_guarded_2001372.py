"""guarded 2001372: other value: a ufunc of a number that is a float or a float32 computed both as one of them"""

import numpy as np


def f(x, n, a, d):
    if n > 2:
        x = d[0] * 0.5
    a[0] = np.hypot(np.all(d > 0) * x, 0.3)
    a[1] = np.sum(x) + np.abs(x)
    return float(np.square(x)) * a[0] + float(np.maximum(x, 0.1))


CALLS = (
    "(0.3, 1, np.array([0.5, 1.5]), np.array([0.3, 1.7], np.float32))",
    "(0.3, 3, np.array([0.5, 1.5]), np.array([0.3, 1.7], np.float32))",
    "(-0.3, 3, np.array([0.5, 1.5]), np.array([-0.3, 1.7], np.float32))",
    "(0.7, 0, np.array([0.5, 1.5]), np.array([-0.3, 1.7], np.float32))",
)
SEED = 2001372
PROFILE = "guarded"
