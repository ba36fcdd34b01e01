"""guarded 1001827: internal KeyError: a handler found a stack slot as it was after the instruction that raised"""


def f(x, n):
    w = 0
    while n > 0:
        n -= 1
        try:
            try:
                raise RuntimeError
            except Exception:
                return w % x
        except Exception:
            x += 0.5
    return x


CALLS = (
    "(1.0, 2)",
    "(0.0, 1)",
    "(0.0, 2)",
    "(0.5, 0)",
)
SEED = 1001827
PROFILE = "guarded"
