"""raw 960000072: an int beyond 2**53 divided by zero is a ZeroDivisionError first."""

CALLS = ["(1, 0)", "(-(2**62), 0)", "(7, 2)", "(-(2**40), 3)"]


def f(w, m):
    return w / m
