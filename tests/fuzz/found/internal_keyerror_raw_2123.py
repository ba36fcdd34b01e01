"""raw 2123: internal KeyError, and a loop that did not end: a block was emitted with more known than when it was analysed"""


def f(x, n):
    s = 0.0
    while x > 0:
        x /= round(s, 2) / x
        s = x
    return x


CALLS = (
    "(0.5, 1)",
    "(-0.5, 1)",
)
SEED = 2123
PROFILE = "raw"
