"""try, except, else, finally, raise and with: around calls and loops, nested, as control flow."""

from __future__ import annotations

import contextlib
import math

import numpy as np

from programs.registry import program, vec


@program((2.0, 4.0), (2.0, 0.0), (-1.5, 0.0), second=True, smooth=False)
def division_fallback(x, y):
    try:
        z = x / y
    except ZeroDivisionError:
        z = x * x * 3.0
    return z * x


@program((2.0,), (0.5,), (-0.5,), second=True, smooth=False)
def domain_fallback(x):
    try:
        y = math.sqrt(x)
    except ValueError:
        y = -math.sqrt(-x)
    return y * y * x


@program((3.0,), (-3.0,), (1000.0,), second=True)
def overflow_fallback(x):
    try:
        y = math.exp(x)
    except OverflowError:
        y = x * 2.0
    return y + x


@program((vec(4), 2), (vec(4), 4), (vec(4), -5), (vec(4), -4))
def index_fallback(a, i):
    try:
        x = a[i]
    except IndexError:
        x = 0.0
    return x * x + a[0]


@program((vec(6), 4), (vec(6), 6), (vec(6), 9))
def index_ends_the_loop(a, n):
    s = 0.0
    try:
        for i in range(n):
            s += a[i] * a[i]
    except IndexError:
        s = s * 2.0
    return s


@program((0.5, 1.0, 4), (2.0, 0.0, 3), (1.5, 1.5, 5), smooth=False)
def try_in_a_loop(x, y, n):
    s = 0.0
    for i in range(n):
        try:
            s += x / (y - i * 0.5)
        except ZeroDivisionError:
            s += x * x
        else:
            s += 0.25 * y
        finally:
            s *= 1.125
    return s


@program((0.5, 3), (0.5, 4), (0.5, 0))
def raise_in_a_loop(x, n):
    s = x
    for i in range(n):
        if i == 3:
            raise ValueError(f"too many: {i} {s}")
        s = s * x + 1.0
    return s


@program((0.7, 0), (0.7, 1), (0.7, 2), (0.7, 3), (0.7, 4))
def finally_ways_out(x, n):
    s = 0.0
    for i in range(4):
        try:
            s += x * i
            if n == i:
                break
            if n == i + 1:
                continue
            if n == 4 and i == 2:
                return s * s
            s += 1.0
        finally:
            s = s * x + 2.0
    return s


@program((0.7, 0), (0.7, 1), (0.7, 2))
def finally_overrules(x, n):
    s = x
    for i in range(3):
        try:
            if n == 0:
                raise ValueError("lost")
            if n == 1:
                return s
            s = s * x
        finally:
            s = s + x
            if i == 1:
                break
            if n == 0:
                continue
    return s * x


@program((1.5, 2.0), (1.5, 0.0), (0.0, 2.0), (0.0, 0.0), smooth=False)
def nested(x, y):
    s = x + y
    try:
        try:
            s = s + 1.0 / x
            s = s * 2.0
        except ZeroDivisionError:
            s = s - 0.5
            s = s + x / y
        finally:
            s = s * y
        s = s + 1.0 / y
    except ArithmeticError:
        s = s * s + 1.0
    return s


@program((1.5, 2.0), (1.5, 0.0), smooth=False)
def uncaught(x, y):
    try:
        z = x / y
    except (ValueError, IndexError):
        z = x
    return z


@program((1.5, 2.0), (1.5, 0.0), smooth=False)
def passes_a_finally(x, y):
    z = x
    try:
        z = x / y
    finally:
        z = z + x
    return z


@program((1.5, 2.0), (1.5, 0.0), (-1.5, 2.0), smooth=False)
def raised_again(x, y):
    try:
        z = math.log(x) / y
    except ValueError:
        raise
    except ZeroDivisionError as e:
        raise ValueError(f"no quotient of {x}: {e}") from e
    return z


@program((1.5, 2), (1.5, 0), (1.5, 1), smooth=False)
def another_from_none(x, n):
    try:
        z = x ** (1.0 / (n - 1))
    except ZeroDivisionError:
        raise KeyError("n") from None
    return z


def quotient(x, y):
    return x / y


@program((1.5, 2.0), (1.5, 0.0), second=True, smooth=False)
def from_a_callee(x, y):
    try:
        return quotient(x, y) * x
    except ZeroDivisionError:
        return x * x * x


def root(x, bound):
    if x < bound:
        raise ValueError("below", x, bound)
    return math.sqrt(x - bound)


def two_roots(x, y):
    return root(x, 1.0) * root(y, 0.5)


@program((2.0, 3.0), (0.5, 3.0), (2.0, 0.25))
def from_a_deep_callee(x, y):
    try:
        return two_roots(x, y)
    except ValueError as e:
        return e.args[1] * x + e.args[2] * y


def countdown(x, n):
    if n == 0:
        return math.log(x)
    return x * countdown(x - 0.75, n - 1)


@program((4.0, 3), (2.0, 3), (1.75, 2))
def from_a_recursion(x, n):
    try:
        return countdown(x, n)
    except ValueError:
        return x * n


def guarded_countdown(x, n):
    if n == 0:
        return math.log(x)
    try:
        return x * guarded_countdown(x - 0.75, n - 1)
    except ValueError:
        return x * x


@program((4.0, 3), (2.0, 3), (1.0, 3), (-1.0, 0), smooth=False)
def try_in_a_recursion(x, n):
    return guarded_countdown(x, n)


def fall(a, i):
    return a[i] * fall(a, i + 1)


@program((vec(4),), (vec(7),), smooth=False)
def recursion_ends_by_an_error(a):
    try:
        return fall(a, 0)
    except IndexError:
        return a[0] * a[1]


def cost(x):
    if x <= 0.0:
        raise ValueError("not defined there")
    return x - math.log(x)


@program((2.0, 5.0), (0.3, 0.5), (4.0, 40.0), second=True)
def line_search(x, step):
    start = cost(x)
    slope = 1.0 - 1.0 / x
    while True:
        try:
            new = cost(x - step * slope)
            if new < start:
                break
        except ValueError:
            pass
        step *= 0.5
    return new * x


@program((2.0, 6), (9.0, 6), (50.0, 3), smooth=False)
def retry(x, n):
    tries = 0
    while True:
        try:
            if x > 3.0:
                raise RuntimeError("too large")
            return x * math.sin(x)
        except RuntimeError:
            tries += 1
            if tries > n:
                raise
            x = x * 0.5


class Found(Exception):
    pass


@program((vec(4, 3), 1.0), (vec(3, 3), 1.4), (vec(3, 3), 5.0))
def early_exit(a, bound):
    s = 0.0
    try:
        for i in range(a.shape[0]):
            for j in range(a.shape[1]):
                s += a[i, j] * a[i, j]
                if a[i, j] > bound:
                    raise Found
    except Found:
        s = s * 2.0
    return s


class Rejected(ValueError):
    def __init__(self, value, limit):
        super().__init__(f"{value} is over {limit}")
        self.value = value
        self.limit = limit

    def excess(self):
        return self.value - self.limit


def accept(x, limit):
    if x > limit:
        raise Rejected(x * x, limit)
    return x


@program((0.5, 2.0), (3.0, 2.0))
def exception_with_fields(x, y):
    try:
        return accept(x, y) * y
    except Rejected as e:
        return e.value * x + e.excess()


@program((0.5, 2.0), (3.0, 2.0), (3.0, 2.5))
def exception_with_fields_leaves(x, y):
    return accept(x, y) * y


@program((1.5, 3), (1.5, 4), (1.5, 5), smooth=False)
def text_of_the_error(x, n):
    s = x
    for i in range(n):
        try:
            if i == 3:
                raise ValueError(f"round {i}")
            if i == 4:
                raise KeyError("four")
            s = s * x
        except (ValueError, KeyError) as e:
            if isinstance(e, KeyError) and str(e) == "'four'":
                s = s + 1.0
            s = s + 0.5
    return s


@program((0.5, 2), (0.5, 0), (0.5, -1))
def known_keys(x, n):
    table = {"a": x, "b": 2.0 * x}
    s = 0.0
    for key in ("a", "c", "b"):
        try:
            s += table[key] * n
        except KeyError:
            s += x * x
    return s


@program((0.5, 2), (0.5, 0))
def known_text(x, n):
    s = x
    for text in ("1.5", "abc", "-2"):
        try:
            s = s * float(text)
        except ValueError:
            s = s + n * x
    return s


@program((0.5,), (1.5,))
def missing_module(x):
    try:
        import irad_has_no_such_module as m
    except ImportError:
        m = None
    if m is None:
        return x * x
    return m.something(x)


@program((0.5, 2.0), (3.0, 2.0))
def failed_assertion(x, y):
    try:
        assert x < y, "order"
        z = y - x
    except AssertionError:
        z = x * y
    return z


@program((vec(5), 0.75), (vec(5), 9.0), (vec(5), 0.0))
def stores_before_the_error(a, bound):
    try:
        for i in range(len(a)):
            a[i] = a[i] * a[i]
            if a[i] > bound:
                raise OverflowError("bound")
            a[i] = a[i] + 1.0
    except OverflowError:
        a[0] = a[0] * 3.0
    s = 0.0
    for i in range(len(a)):
        s += a[i] * (i + 1)
    return s


@program((vec(5), 5), (vec(5), 3), (vec(5), 7), smooth=False)
def stores_then_leaves(a, n):
    s = 0.0
    for i in range(n):
        a[i] = a[i] * 2.0
        s += a[i]
    return s


@program((vec(5), 7), (vec(5), 5), (vec(5), 3))
def stores_in_a_callee(a, n):
    try:
        s = stores_then_leaves(a, n)
    except IndexError:
        s = 1.0
    return s + a[0] * a[4]


@program((vec(6), 0.8), (vec(6), 2.0), (vec(6), 0.0))
def arrays_made_in_try(a, bound):
    s = 0.0
    for i in range(len(a)):
        try:
            b = np.empty(i + 1)
            for j in range(i + 1):
                b[j] = a[j] * a[i]
                if b[j] > bound:
                    raise ValueError("over")
            c = b * 2.0
        except ValueError:
            c = b[:1] + a[:1]
        s += np.sum(c)
    return s


@program((vec(3), vec(3, seed=1)), (vec(3), vec(4)), (vec(2), vec(1)))
def shapes_do_not_fit(a, b):
    try:
        c = a * b
    except ValueError:
        c = a * b[0]
    return np.sum(c * c)


@program((0.5, 1), (0.5, 0), (-0.5, 1), (-0.5, 0), smooth=False)
def several_kinds_of_errors(x, n):
    try:
        y = math.log(x) / n
        y = y + (1.0, 2.0)[n]
    except ValueError:
        y = x * 2.0
    except ZeroDivisionError:
        y = x * 3.0
    except Exception:
        y = x * 5.0
    return y * x


@program((0.5, 1.0), (0.5, 0.0), (0.0, 0.0), smooth=False)
def partly_assigned(x, y):
    a = b = c = x
    try:
        a = x * 2.0
        b, c = x * 3.0, 1.0 / y
        a = 7.0
    except ZeroDivisionError:
        c = c + 1.0
    return a * b * c


@program((0.5, 1.0), (0.5, 0.0), smooth=False)
def unbound_after_try(x, y):
    try:
        z = x / y
    except ZeroDivisionError:
        pass
    return z


def local_change(x, y):
    total = x

    def change():
        nonlocal total
        total = total * x
        total = total / y
        total = total + 100.0

    try:
        change()
    except ZeroDivisionError:
        total = total + 1.0
    return total


@program((0.5, 1.0), (0.5, 0.0), smooth=False)
def cells_of_a_callee(x, y):
    return local_change(x, y) * x


@program((0.75, 1.0, 3), (0.25, 3.0, 3), (0.25, 0.0, 3), smooth=False)
def unrolled(x, y, n):
    s = 0.0
    for f in (math.sqrt, math.log, math.exp):
        try:
            s += f(x - 0.5) + x / (y - n)
        except ValueError:
            s += x * x
            continue
        s += x
    return s


@program((0.5, 2.0), (0.5, 0.0), smooth=False)
def suppressed(x, y):
    z = x
    with contextlib.suppress(ZeroDivisionError, ValueError):
        z = x * x
        z = z / y
    return z


@program((0.5, 1), (0.5, 2), (0.5, 9), smooth=False)
def cause_and_context(x, n):
    try:
        try:
            y = x / (n - 1)
        except ZeroDivisionError as e:
            raise LookupError("inner") from e
    except LookupError as e:
        y = x * (2.0 if isinstance(e.__cause__, ZeroDivisionError) else 3.0)
    if n == 9:
        try:
            raise ValueError("nine", n)
        except ValueError as e:
            raise RuntimeError("outer") from e
    return y * x
