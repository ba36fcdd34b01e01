"""deep 1119: not valid IR: a contiguous and a strided array change places in a loop"""



def f(a, b, m):
    s = 0.0
    for i in m:
        a, b = (b, a)
        s += a[0] * i
        b[0] += s
    return s


CALLS = (
    "(np.array([0.5, 0.0, 0.5])[::2], np.array([0.5]), np.array([0.5, 1.5]))",
    "(np.array([0.5, 0.0, 0.5])[::2], np.array([0.5]), np.array([0.5, 1.5, 2.5]))",
)
SEED = 1119
PROFILE = "deep"
