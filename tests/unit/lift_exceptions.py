"""Small functions with try, except, finally and with, each with argument tuples that take its ways."""

import contextlib

PROGRAMS = []


def program(*calls):
    def enter(function):
        PROGRAMS.append((function, calls))
        return function

    return enter


@program((1, 2), (1, 0), ("a", 0), ("a", 2))
def fallback(x, y):
    try:
        z = x / y
    except ZeroDivisionError:
        z = -1
    return z


@program((1, 2), (1, 0), ("a", 1), (None, None), (1, "b"))
def clauses(x, y):
    where = ["start"]
    try:
        where.append(x)
        z = x / y
        where.append(z)
    except ZeroDivisionError as e:
        where.append(str(e))
        z = 0
    except (TypeError, ValueError) as e:
        z = type(e).__name__
        where.append(e.args)
        if x == "a":
            raise LookupError(f"no {x}") from e
    else:
        where.append("else")
    finally:
        where.append("finally")
    return z, where


@program((3,), (0,), (-1,))
def order_of_assignments(n):
    a = b = 0
    try:
        a = 1
        b = 10 // n
        a = 2
        c, d = (b, n) if n > 0 else (b,)
        a = 3
        d = [c, d, 5][n]
        a = 4
    except ZeroDivisionError:
        return a, b
    except ValueError as e:
        b = a, type(e)
    except IndexError:
        return a, b, c, d
    return a, b


@program((1,), (0,))
def unbound_afterwards(n):
    try:
        x = 1 / n
        y = x
    except ZeroDivisionError as e:
        y = str(e)
    return x, y


@program((0,), (1,), (2,), (3,), (4,))
def ways_out_of_finally(n):
    log = []
    for i in range(4):
        try:
            log.append(i)
            if i == n:
                break
            if i == n - 1:
                continue
            if n == 4 and i == 2:
                return log, "returned"
            if n == 3 and i == 0:
                raise KeyError(i)
        except KeyError as e:
            log.append(e.args[0])
        finally:
            log.append("f")
    else:
        log.append("else")
    return log


@program((0,), (1,), (2,))
def finally_overrules(n):
    for i in range(3):
        try:
            if n == 0:
                raise ValueError("lost")
            if n == 1:
                return i
        finally:
            if i == 1:
                break
            if n == 0:
                continue
    return n, i


@program((0,), (1,), (2,), (3,))
def nested(n):
    log = []
    try:
        try:
            log.append([1, 2][n] // (n - 1))
        except ZeroDivisionError:
            log.append("inner")
            if n == 1:
                raise ValueError("again")
        finally:
            log.append("between")
            if n == 3:
                raise OSError("over")
    except (IndexError, ValueError) as e:
        log.append(type(e).__name__)
        log.append(type(e.__context__).__name__)
    return log


@program((1,), (0,))
def bare_raise(n):
    try:
        return 1 // n
    except ZeroDivisionError:
        try:
            n.missing
        except AttributeError:
            pass
        raise


@program((1,), (0,))
def without_cause(n):
    try:
        return 1 // n
    except ZeroDivisionError:
        raise ValueError("none") from None


@program((0,))
def raise_of_nothing(n):
    raise


@program(([1, 2, 3], 2), ([1, 2, 3], 7), ([], 0))
def retry(items, i):
    tries = 0
    while True:
        try:
            tries += 1
            return items[i], tries
        except IndexError:
            if not items:
                raise
            i //= 2


@program((5,), (0,))
def comprehension(n):
    i = "outer"
    try:
        x = [10 // (i - 2) for i in range(n)]
    except ZeroDivisionError:
        x = i
    return x, i


@program((2,), (0,))
def cells(n):
    x = 0

    def change(y):
        nonlocal x
        x = 1
        x = y / n

    try:
        change(4)
        x += 10
    except ZeroDivisionError:
        x += 100
    return x


@program((2,), (0,))
def in_an_argument(n):
    def f(*args):
        return sum(args) / n

    def g():
        try:
            return f(1, 2)
        except ZeroDivisionError:
            return -1

    return max(g(), 2, f(3) if n else 5)


@program((2, int), (0, int), ("x", int), (None, 5), ("x", (int, 3)))
def computed_classes(x, y):
    class_ = ZeroDivisionError if y is int else y
    try:
        1 / x
    except class_:
        return "caught"
    return "fine"


@program((1,), (0,))
def with_suppress(n):
    x = 0
    with contextlib.suppress(ZeroDivisionError):
        x = 1
        x = 2 / n
    return x


@contextlib.contextmanager
def logged(log, name):
    log.append(f"enter {name}")
    try:
        yield name
    except ValueError:
        log.append("swallowed")
    finally:
        log.append(f"exit {name}")


@program((0,), (1,), (2,), (3,))
def with_statements(n):
    log = []
    for i in range(3):
        with logged(log, "a") as a, logged(log, "b"):
            log.append(a)
            if n == 1:
                raise ValueError
            if n == 2:
                break
            if n == 3 and i == 1:
                return log
            if n == 0 and i == 1:
                continue
            log.append(i)
    return log


@program((1,), (0,))
def custom(n):
    class_ = type("Found", (Exception,), {})
    try:
        for i in range(5):
            for j in range(5):
                if i * j == 6 * n + 2:
                    raise class_((i, j))
    except class_ as e:
        return e.args[0]
    return None
