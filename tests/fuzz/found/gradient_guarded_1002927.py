"""guarded 1002927: gradient: nan: an infinite adjoint met the zero tangent of a branch that was not taken"""

import math


def f(a):
    s = 0.0
    for i in range(len(a) - 1, -1, -1):
        for e in a:
            if a[i] > s:
                s = math.cbrt(s) + a[i]
    return s


CALLS = (
    "(np.array([1.0, 1.0, 0.5, 0.5, 0.0]),)",
    "(np.array([1.0, 0.5, -1.0]),)",
)
SEED = 1002927
PROFILE = "guarded"
