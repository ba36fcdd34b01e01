"""deep 1001159: gradient: 0.0: an inner loop run forward left the loop around it together with that loop's value"""


def f(x, a):
    for i in range(3):
        x *= 0.5
        for e in a:
            if x < e:
                return x
        a[0] *= 0.5
    return a[0]


CALLS = (
    "(0.5, np.array([0.5]))",
    "(8.0, np.array([1.5, 4.5]))",
    "(80.0, np.array([1.5, 4.5]))",
)
SEED = 1001159
PROFILE = "deep"
