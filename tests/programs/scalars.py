"""Straight-line code, branches, kinks, masking: no loops."""

from __future__ import annotations

import math

import numpy as np

from programs.registry import program


@program([1.3, 0.7], [0.4, 2.0], second=True)
def straight_line(x, y):
    a = x * y + math.sin(x) / y
    b = math.exp(a * 0.1) - math.sqrt(x * x + y * y)
    return a * b + math.log(x) ** 2.0


@program([1.3], [-0.4], second=True)
def trigonometry(x):
    return math.sin(x) * math.cos(x) + math.tan(x * 0.3) - math.atan(x) + math.asin(x * 0.5) * math.acos(x * 0.25)


@program([1.3], [-0.4], second=True)
def hyperbolic(x):
    return math.sinh(x) + math.cosh(x) * math.tanh(x) + math.asinh(x) - math.atanh(x * 0.5) + math.acosh(x * x + 1.5)


@program([1.3], [0.4], second=True)
def exponentials(x):
    return math.exp(x) + math.expm1(x) + math.log(x) + math.log1p(x) + math.log2(x) * math.log10(x)


@program([1.3], [0.4])
def error_functions(x):
    return math.erf(x) * 2.0 + math.erfc(x * 0.5)


@program([1.3, 0.7], [-0.4, 2.0], [-1.5, -0.5])
def two_operands(x, y):
    return math.atan2(x, y) * math.hypot(x, y) + math.copysign(x, y)


@program([5.3, 0.7], [-5.3, 0.7], [5.3, -0.7])
def remainders(x, y):
    return x % y + math.fmod(x, y) * 2.0 + (x // y) * y


@program([1.3, 0.7], [2.0, 3.0], [0.5, -1.5], second=True)
def powers(x, y):
    return x ** y + x ** 2 + x ** 3 + x ** -1 + 2.0 ** y + math.pow(x, 1.5)


@program([1.3], [-1.3], second=True)
def integer_power(x):
    return x ** 5 - 3 * x ** 2 + x ** 0


@program([2.5, 3], [-2.5, 2], [2.5, 0], [2.5, -2])
def power_of_int(x, n):
    return x ** n


@program([0.0], [1.0], [-2.0], smooth=False)
def zero_power_zero(x):
    return x ** 0 + x ** 0.0


@program([0.0, 2.0], [0.0, 3.5], smooth=False)
def zero_to_a_power(x, y):
    return x ** y + 1.0


@program([1.5], [-1.5], second=True)
def branch_expression(x):
    return 2 * x if x > 0 else x ** 2


@program([1.5], [-1.5], [-0.5], [0.0], smooth=False)
def branch_statement(x):
    if x > 0.0:
        y = 2.0 * x
    elif x > -1.0:
        y = x * x
    else:
        y = math.exp(x)
    return y * x


@program([1.5, 0.3], [0.3, 1.5], [-0.3, 0.2], [-0.3, -0.2])
def nested_branches(x, y):
    if x > y:
        if x > 1.0:
            r = x * y
        else:
            r = x / y
    else:
        r = y - x
        if r > 1.0:
            r = r * r * x
    return r + x


@program([0.5, 0.3], [0.5, -0.3], [-0.5, 0.3], [-0.5, -0.3])
def short_circuit(x, y):
    if x > 0.0 and y > 0.0 and x / y > 1.0:
        return x / y
    if x < 0.0 or y < -0.1:
        return x * y
    return x + y


@program([0.5], [1.5], [2.5])
def chained_comparison(x):
    return x * x if 0.0 < x < 1.0 <= 2.0 else (3.0 * x if 1.0 <= x < 2.0 else math.sqrt(x))


@program([0.5, 2.0], [-0.5, 2.0], second=True)
def early_return(x, y):
    if x < 0.0:
        return x * y * y
    z = x * math.exp(y)
    return z - x


@program([0.7, 0.2], [0.2, 0.7], [0.4, 0.4], smooth=False)
def builtin_max_min(x, y):
    return max(x, y) * 2.0 + min(x, y) + max(x, y, 0.5) - min(0.3, x, y * 2.0)


@program([0.7], [-0.7], [0.0], smooth=False)
def kink_abs(x):
    return abs(x) * 3.0 + x + math.fabs(x)


@program([0.7, 0.2], [0.2, 0.7], [0.4, 0.4], smooth=False)
def kink_maximum_splits(x, y):
    return np.maximum(x, y) * 3.0 + np.minimum(x, 2.0 * y)


@program([1.7], [-1.7], [2.5], smooth=False)
def kink_rounding(x):
    return math.floor(x) * x + math.ceil(x) * 2.0 + round(x) * x + int(x) * x


@program([0.7], [-0.7], [0.0], smooth=False)
def kink_relu(x):
    return (x if x > 0.0 else 0.0) + max(0.0, x) * 2.0 + max(x, 0.0) * 5.0


@program([0.0, 1.0], [1.0, 1.0], [4.0, -1.0], smooth=False, forward=False)
def masked_sqrt(x, y):
    """0 * inf: the sqrt at 0 is multiplied by 0 before it reaches the result. (A tangent inf times 0 is nan, as in JAX.)"""
    s = math.sqrt(x)
    return y + (s * y if x > 0.0 else s * 0.0)


@program([0.0], [2.0], smooth=False)
def masked_hypot(x):
    return math.hypot(x, 0.0) * 0.0 + x * 3.0


@program([0.0, 1.0], [2.0, 1.0], [-1.0, 2.0], smooth=False)
def guarded_division(x, y):
    """A guard that skips a singular operation."""
    if x != 0.0:
        return y / x
    return y * 2.0


@program([1.0, True], [2.0, False], [-1.0, False], smooth=False)
def untaken_arm_would_raise(x, safe):
    if safe:
        return x * x
    if x < 0.0:
        return -x
    t = math.log(x) + math.sqrt(x)
    return t / x


@program([1.5, True], [-1.5, False])
def boolean_arithmetic(x, flag):
    s = x * flag
    s += (x > 0) * x * 2.0
    if not flag:
        s -= x
    return s


@program([1.5, 3], [1.5, -3], [-1.5, 7])
def integer_arithmetic(x, n):
    q, r = divmod(n, 4)
    k = (n * n - 3) // 2 + (n % 5) * (n & 3) - (n << 1) + abs(n) + (n ^ 2)
    return x * k + x * x * q - r * x


@program([1.5], [0.3])
def constant_result(x):
    return 2.5


@program([1.5, 2.0], [0.3, 1.0])
def independent_of_one(x, y):
    z = x * 3.0
    z = y * y
    return z


@program([1.5], [0.3])
def identity(x):
    return x


@program([1.5], [2.5], second=True)
def swap_variables(x):
    a, b = x, x * x
    a, b = b, a + b
    a, b = b - a, a * b
    return a * b


@program([1.0, 2.0, 0.5], [1.0, 3.0, 2.0], [1.0, 1.0, 3.0], smooth=False)
def raises_for_some(a, b, c):
    """The last two argument sets raise in CPython; so must the compiled function and its gradient."""
    disc = b * b - 4.0 * a * c
    if disc < 0.0:
        raise ValueError("no real root")
    if disc == 1.0:
        assert c > 5.0, "c is small"
    return (-b + math.sqrt(disc)) / (2.0 * a)


@program([1.5, 2.0], [1.5, 0.0], [0.0, 0.0], smooth=False)
def division_by_zero(x, y):
    return x / y


@program([np.float64(1.5), 2.0], [np.float64(-1.5), 3.0])
def numpy_scalar_mixed(x, y):
    z = x * y + np.sin(x)
    return z / (y + np.exp(x)) + np.sqrt(np.abs(x))


@program([0.3, 0.9], [1.4, -0.9])
def numpy_scalar_functions(x, y):
    return np.tanh(x) * np.arctan2(y, x) + np.log1p(x) + np.hypot(x, y) + np.square(y) + np.arctan(x * y)


@program([0.3], [1.4], [-2.0])
def conditional_chain(x):
    a = x if x < 1.0 else x * x
    b = a * 2.0 if a < 1.5 else -a
    c = math.sin(b) if b > 0.0 else math.cos(b)
    return a * b * c


@program([2.0, 3.0], [3.0, 2.0], [2.5, 2.5], smooth=False)
def branch_join_three(x, y):
    if x < y:
        s, t = x, y * y
    elif x > y:
        s, t = y, x
    else:
        s, t = x * y, x
    return s * t + s / t


@program([0.8], [1.8], [30.0], second=True)
def softplus(x):
    if x > 20.0:
        return x
    return math.log1p(math.exp(x))


@program([0.8, 0.3], [-0.8, 0.3])
def sigmoid_stable(x, w):
    if x >= 0.0:
        z = math.exp(-x * w)
        return 1.0 / (1.0 + z)
    z = math.exp(x * w)
    return z / (1.0 + z)
