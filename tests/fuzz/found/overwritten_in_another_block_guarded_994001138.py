"""an element of a new array was read, and overwritten in another block: computed again, it was read after that"""

import numpy as np


def f(y, b):
    t = y
    v1 = b
    for k3 in range(5):
        d4 = np.array([v1[1], np.max(b), 0.5])
        e5 = d4[1:]
        e5[k3 % 2] *= max(t, y, 0.5)
        v1 = d4 * 0.5
        s = d4[1]
    return s


CALLS = ("(0.5, np.array([1.0, 0.5]))",)
SEED = 3
PROFILE = "guarded"
