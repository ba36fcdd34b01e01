"""a negative shift of what is an int on this way, and one of numpy on another, gave a number: CPython raises a ValueError"""


def f(x, n, k, l):
    if x > 1.0:
        n = l[-1] % 5
    if x > 0.5:
        return x * (n >> k)
    return x * (n << k)


CALLS = (
    "(0.75, 4, -1, np.array([-2, 2, -3, 1]))",
    "(0.25, 4, -1, np.array([-2, 2, -3, 1]))",
    "(1.75, 4, -1, np.array([-2, 2, -3, 1]))",
    "(0.25, 4, 62, np.array([-2, 2, -3, 1]))",
    "(0.75, 4, 1, np.array([-2, 2, -3, 1]))",
)
SEED = 979101821
PROFILE = "raw"
