"""The functions that the documentation shows."""

import math


def my_pow(x: float, n: int) -> float:
    net = x
    for _ in range(n - 1):
        net *= x
    return net


def branch(x: float) -> float:
    if x > 0:
        return 2 * x
    return x**2


def newton(a: float) -> float:
    x = a
    while abs(x * x - a) > 1e-12 * a:
        x = 0.5 * (x + a / x)
    return x


def spring(x: float, v: float, k: float) -> float:
    for _ in range(100):
        v -= 0.01 * k * math.sin(x)
        x += 0.01 * v
    return x
