"""deep 7023: Counter of ints that are known at run time only"""

from collections import Counter


def f(x, n):
    d = Counter([0, n, 0])
    return d[0] * x + d[n]


CALLS = (
    "(0.5, 3)",
    "(0.5, 0)",
)
SEED = 7023
PROFILE = "deep"
