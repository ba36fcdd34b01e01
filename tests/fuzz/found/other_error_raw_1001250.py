"""raw 1001250: other error: the OverflowError of a power has two arguments"""


def f(z):
    y = z ** 3
    return y


CALLS = (
    "(1e+300,)",
    "(2.0,)",
)
SEED = 1001250
PROFILE = "raw"
