"""guarded 20065: internal AssertionError: a tuple of run-time length of a list that is one of two"""


def f(x, n, v):
    s = 0.0
    for _ in range(n):
        s += [v[-1], *tuple(v)][-1]
        v = [x, *tuple([e * x for e in v])]
        v[-1] -= s
    t = tuple(v)
    return s + sum(a * b for a, b in zip(t, t[1:])), t, (t, v)


CALLS = (
    "(0.5, 3, [0.5, 1.5, 2.0])",
    "(1.5, 0, [0.5, 1.5])",
)
SEED = 20065
PROFILE = "guarded"
