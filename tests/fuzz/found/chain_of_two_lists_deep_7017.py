"""deep 7017: internal StopIteration: itertools.chain of two lists of run-time length"""

import itertools


def f(x, n):
    s = 0.0
    for w in range(n):
        s += sum(itertools.chain([x] * (w % 3 + 1), [w * x] * (w % 2)))
    return s + sum(itertools.chain(*[(x,) * (n % 3 + 1), (s,) * n]))


CALLS = (
    "(0.5, 3)",
    "(1.5, 0)",
)
SEED = 7017
PROFILE = "deep"
