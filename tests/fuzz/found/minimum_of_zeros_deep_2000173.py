"""deep 2000173: other arguments: of two zeros np.minimum gives the second, np.fmin and np.clip the first"""

import numpy as np


def f(x, n, a):
    a[0] = np.minimum(0.0, x)
    a[1] = np.maximum(0.0, x)
    a[2] = np.fmin(0.0, x)
    a[3] = np.clip(x, 0.0, 1.0)
    return x + a[1]


CALLS = (
    "(-0.0, 1, np.array([0.5, 1.5, 1.0, 1.0]))",
    "(0.0, 1, np.array([0.5, 1.5, 1.0, 1.0]))",
    "(0.5, 1, np.array([0.5, 1.5, 1.0, 1.0]))",
    "(-0.5, 1, np.array([0.5, 1.5, 1.0, 1.0]))",
)
SEED = 2000173
PROFILE = "deep"
