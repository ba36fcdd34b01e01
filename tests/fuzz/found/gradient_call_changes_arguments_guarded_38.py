"""guarded 38: gradient call changes arguments: a read, b written, and both the same array"""



def f(a, y, b):
    b -= b * 0.5
    return y * a[0]


CALLS = (
    "(lambda same: (same, 0.5, same))(np.array([0.5, 1.5]))",
    "(np.array([0.5, 1.5]), 0.5, np.array([0.5, 1.5]))",
)
SEED = 38
PROFILE = "guarded"
