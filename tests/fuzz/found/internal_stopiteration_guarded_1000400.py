"""guarded 1000400: internal StopIteration: two equal slices that are known were two things to choose from"""


def f(n, a):
    c = a
    for i5 in a:
        m7 = 0
        s = m7
    else:
        c[1:] *= 0 <= n < 2

        def local11(w):
            nonlocal s


CALLS = (
    "(3, np.array([0.5]))",
    "(1, np.array([0.5, 1.5]))",
    "(1, np.array([]))",
)
SEED = 1000400
PROFILE = "guarded"
