"""raw 111: other error: tuple index out of range: a tag of 8 bits was read as 64"""


def f(x, n):
    for i in range(n):
        x = x * 0.5
        if x < 0.1:
            return x
    return None


CALLS = (
    "(1.0, 2)",
    "(1.0, 9)",
    "(0.5, 0)",
    "(-1.0, 1)",
)
SEED = 111
PROFILE = "raw"
