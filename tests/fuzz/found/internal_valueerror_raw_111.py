"""raw 111: internal ValueError: zip() argument 2 is shorter than argument 1"""

import math


def f(x, a):
    k = 1
    for i10 in a:
        x = blunt
    for e14 in a:
        a[k] = math.acos(a[0])
        if x:
            return 0.5


def blunt(u):
    return u


CALLS = (
    "(1.0, np.array([1.0]))",
    "(1.0, np.array([1.0, 0.5]))",
)
SEED = 111
PROFILE = "raw"
