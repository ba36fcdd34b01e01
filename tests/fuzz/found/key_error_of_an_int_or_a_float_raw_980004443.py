"""a KeyError whose key is an int on one way and a float on another had a text in its place, where arguments are changed"""


def f(x, k, vs, named):
    vs[0] = 1.0
    small = {0.25: 1.0}
    if x > 0.0:
        return named[k] * x
    return small[x] * x


CALLS = (
    "(0.5, 0, [1.0, 2.0], {3: 2.0})",
    "(-0.5, 0, [1.0, 2.0], {3: 2.0})",
    "(0.25, 3, [1.0, 2.0], {3: 2.0})",
)
SEED = 980004443
PROFILE = "raw"
