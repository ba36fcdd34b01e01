"""an int beyond 2**53 over what is a float on this way and an int on another was an OverflowError"""

def f(x, n, y, w):
    m = 0
    for i in range(n % 4):
        m = m + y
    s = w / m if n % 4 else x
    return x * x + s * 0.25


CALLS = (
    "(1.814, 1, -1.947, 2**63 - 1)",
    "(1.042, 3, 0.88, -2)",
    "(1.175, 4, -1.619, -2**62)",
)
SEED = 976100678
PROFILE = "raw"
