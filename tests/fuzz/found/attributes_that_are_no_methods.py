"""by hand: what is an attribute but no method of a number, an array or a tuple was taken for a method, which is true"""

def f(x, n, a):
    s = 1.0 if x.imag else 2.0
    if n.__class__ is int and n.imag == 0 and n.denominator == 1:
        s += 3.0 * n.numerator * x
    if (x, s).__class__ is tuple:
        s *= a[0]
    return s


CALLS = (
    "(0.5, 2, np.array([0.3, 0.4]))",
    "(-1.5, 0, np.array([2.3]))",
)
SEED = 1
PROFILE = "raw"
