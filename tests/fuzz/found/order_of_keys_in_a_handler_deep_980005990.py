"""deep 980005990: internal KeyError: the order of a dict's keys depends on where an exception comes from"""

import math

import numpy as np


def f(x, y, b, m, di):
    s = y
    t = 0.5
    w1 = 0
    while w1 < 12 and (di["a"] > di["a"]):
        w1 += 1
        if (s + y) == math.gamma(2.0):
            try:
                s -= math.sin(b[math.ceil(math.sin(y) * 2.0) % len(b)])
                di["a"] = di.pop("a") * 0.5
                if (s + t) < np.mean(m, axis=1)[0]:
                    raise ArithmeticError("x")
            except Exception:
                for _ in di.values():
                    t = math.tanh(di["b"])
        else:
            di["b"] = math.cos(max(di["a"], t, 0.5))
    return s * 2.0 + di["c"] * 2.0 + b[0] * x + t


CALLS = (
    "(0.5, 0.25, np.array([1.0, 2.0]), np.array([[1.0, 2.0]]), {'a': 1.0, 'b': 2.0, 'c': 3.0})",
    "(1.5, -0.25, np.array([1.0, 2.0]), np.array([[1.0, 2.0]]), {'a': 1.0, 'b': 2.0, 'c': 3.0})",
)
SEED = 980005990
PROFILE = "deep"
