"""guarded 10166: internal ValueError: zip() argument 2 is shorter: a loop that leaves in its first iteration"""


def f(x, a):
    for e in a:
        return x * e
    return a[1] + x


CALLS = (
    "(0.5, np.array([1.63, -1.72, -0.566]))",
    "(0.5, np.array([0.5]))",
    "(0.5, np.zeros(0))",
)
SEED = 10166
PROFILE = "guarded"
