"""raw 1007443: internal OverflowError: the interpreter took a builtin exception for the program's own of that name"""


def f(n, a, y):
    if 3 > n:
        raise OverflowError("a", 2)
    for _ in a:
        for _ in a:
            n *= 77777
    return y


CALLS = (
    "(3, np.array([1.0, 0.0]), 0.5)",
    "(1, np.array([1.0, 0.0]), 0.5)",
)
SEED = 1007443
PROFILE = "raw"
