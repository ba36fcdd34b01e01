"""raw 21192: internal AssertionError: a dict gets a key that is known at run time only in a loop over it"""


def f(x, n, d):
    s = 0.0
    for v in d.values():
        s += v
        d[n] = x
    return s


CALLS = (
    "(0.5, 3, {0: 1.5, 1: 2.5})",
    "(1.5, 0, {0: 1.5, 1: 2.5})",
)
SEED = 21192
PROFILE = "raw"
