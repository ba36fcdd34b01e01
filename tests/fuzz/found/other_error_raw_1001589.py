"""raw 1001589: other error: `-` of a bool that may be numpy's (which has no sign) was refused for both"""


def f(n, z):
    s = -(n < 3 and z < 0.5)
    return s * 2.0


CALLS = (
    "(3, np.float64(0.25))",
    "(2, np.float64(0.25))",
    "(2, np.float64(0.75))",
)
SEED = 1001589
PROFILE = "raw"
