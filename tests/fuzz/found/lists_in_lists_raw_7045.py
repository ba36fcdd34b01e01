"""raw 7045: a fault of the fuzzer's own: analysis that begins anew for lists in lists was an error"""


def f(x, a):
    m = [[0.5] for _ in a]
    m[-1][0] = x
    return m[0][0] * x


CALLS = (
    "(1.5, [0.5, 1.0])",
    "(1.5, [0.5])",
)
SEED = 7045
PROFILE = "raw"
