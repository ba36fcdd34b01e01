"""guarded 3000356: internal AssertionError: the trip count of a loop was read outside of the loop around it, which it ends"""


def f(k, x, v):
    w = 0
    while w < 4 and v[0] in v:
        w += 1
        if v[w * k % len(v)] > x:
            v.sort(key=lambda e: -e)
    return v[-1] * 1.5


CALLS = (
    "(3, -1.18, [0.849, 0.59, -0.953, -0.519, -0.527])",
    "(1, 0.5, [0.3, 0.6])",
    "(2, 0.5, [0.25])",
)
SEED = 3000356
PROFILE = "guarded"
