"""raw 9: other error: an unbound variable of a function that a closure shares is a local variable in its own words"""


def f(x, n, a):
    for _ in range(n):
        for e in (x, 0.5):
            def local(w):
                nonlocal e
                e = w * x
                return e
            x = local(0.5)

    def later():
        return x + u

    if n > 3:
        u = x
    elif n < 0:
        return later()
    return x + e


CALLS = (
    "(0.7, 0, np.array([0.5, 1.5]))",
    "(-0.7, 2, np.array([0.5, 1.5]))",
    "(0.7, 1, np.array([0.5, 1.5]))",
    "(-0.3, -1, np.array([0.5, 1.5]))",
)
SEED = 9
PROFILE = "raw"
