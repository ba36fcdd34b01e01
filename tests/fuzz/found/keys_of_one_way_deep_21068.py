"""deep 21068: other value: the length of a dict of which only some ways have set or taken out keys"""


def f(x, n, d):
    e = {"a": x}
    for i in range(n):
        d.clear()
        e["b"] = x * i
    if d:
        x = x * 2.0
    return x * len(d) + len(e), not d, 0 in d, "b" in e


CALLS = (
    "(0.5, 3, {0: 1.5, -1: 2.5})",
    "(1.5, 0, {0: 1.5, -1: 2.5})",
)
SEED = 21068
PROFILE = "deep"
