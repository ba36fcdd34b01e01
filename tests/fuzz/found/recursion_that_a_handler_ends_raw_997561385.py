"""raw 997561385: internal RecursionError: that of the IR interpreter, where a handler of the program catches CPython's"""


class Deep:
    def __init__(self, x):
        self.x = Deep(max(x, 0.0, 0.5)).x


def f(x, n):
    try:
        return Deep(x).x
    except Exception:
        return x * n


CALLS = (
    "(0.7, 3)",
    "(-0.7, 1)",
)
SEED = 997561385
PROFILE = "raw"
