"""print, logging and warnings in compiled code: the texts, their order, and that derivatives say everything once."""

from __future__ import annotations

import collections
import contextlib
import io
import logging
import os
import subprocess
import sys
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
from numeric.harness import _copies, compiled, difference, outcome, same_as_python

import irad


def said(f: Callable[..., Any], *args: Any) -> tuple[Any, str, str]:
    """What a call gives, and what it prints to stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        result = outcome(f, args, {})
    return result, out.getvalue(), err.getvalue()


def says_the_same(f: Callable[..., Any], *args: Any, some: bool = True) -> None:
    """Fail unless compiled code prints what CPython prints, and does what it does."""
    mine, theirs = _copies(args), _copies(args)
    expected, *texts = said(f, *theirs)
    got, *found = said(compiled(f), *mine)
    assert found == texts
    assert any(texts) or not some
    assert difference(expected, got) is None, difference(expected, got)


LOG = logging.getLogger("irad.test")


class Point(NamedTuple):
    x: float
    y: float


@dataclass
class Body:
    mass: float
    name: str = "moon"


class Named:
    def __init__(self, x: float) -> None:
        self.x = x

    def __str__(self) -> str:
        return f"<{self.x:.2f}>"


def numbers(x: float, n: int, b: bool) -> float:
    print(x, n, b, -0.0 * x, 1e300 * x, x / 3, n // 2, n > 2, None, "text", 1.5, 7)
    print(np.float64(x), np.float32(x), np.int64(n), np.bool_(b), np.sqrt(x))
    print()
    print(x)
    return x


def separators(x: float, n: int) -> float:
    print(x, n, sep=", ", end=";\n")
    print("a", x, sep="")
    for i in range(n):
        print(i, end=" ", flush=True)
    print()
    return x


def containers(x: float, n: int) -> float:
    print((x, n), [x, n, "a'b"], (x,), [], {"a": x, "n": [n]}, Point(x, 2.0), [np.float64(x), np.int64(n)])
    xs = []
    for i in range(n):
        xs.append(x * i)
    print(xs, [i for i in range(n)], [(i, x) for i in range(n)], [[x * j for j in range(i)] for i in range(n)])
    print(Body(x), Named(x), [Body(x)])
    return x


def arrays(a: np.ndarray, n: int) -> float:
    print(a, a * 2, a[::-1], a.shape, a.sum(), a[1], a > 1, np.arange(n), np.zeros((2, n)), a.reshape(-1, 1), a[:0])
    print(f"{a} {a!r} {a.mean():.4f}", np.array(2.0), [a, n])
    return float(a[0])


def formats(x: float, n: int, b: bool) -> float:
    print(f"{x:.3f} {x:10.2e} {n:05d} {n:>8} {x!r:>12} {b} {n:,} {x:+g} {x:%} {{}} {n:x}")
    digits = n
    print(f"{x:.{digits}f} {x:{n + 5}.{n}f}", f"{np.float64(x)!r} {np.float32(x)} {b!r:>7}")
    print("x = %.3f, n = %d, %s %5.1f|%-8d|%+d|%5s|%r%%" % (x, n, x, x, n, n, b, x))
    print("%d %i %x %05d %e %g" % (x, n, n, n, x, n), "%s" % x, "%(a)s and %(b).1f" % {"a": n, "b": x})
    print("{} {:.2f} {1} {0!r}".replace("{1}", "").replace("{0!r}", "").format(x, n), "{0:.1f} {1} {0}".format(x, n))
    print("{a} {b:>{w}}".format(a=x, b=n, w=6), "{0[0]} {1.x}".format((x, n), Point(x, 1.0)))
    print("x = " + str(x) + " n = " + str(n) + repr(x), ", ".join([str(x), "y", f"{n}"]))
    return x


def kinds(x: float, n: int) -> float:
    y = 0
    if x > 1.0:
        y = x
    z = None if n > 2 else x
    w = np.float64(x) if n > 2 else x
    s = "low" if x < 1 else f"high {n}"
    print(y, z, w, s, [y], f"{y} {z} {w}", str(y))
    return x


def in_order(x: float, n: int) -> float:
    total = 0.0
    for i in range(n):
        if i % 3 == 0:
            print("three", i)
        elif i % 3 == 1:
            print("one", total, file=sys.stderr)
        while total < i * x:
            total += x
            print("total", total)
    return total


def until_it_fails(a: np.ndarray, n: int) -> float:
    s = 0.0
    for i in range(n):
        print("item", i)
        s += a[i]
    print("never seen for a large n")
    return s


def changes(a: np.ndarray, n: int) -> None:
    for i in range(n):
        a[i % len(a)] += 1.0
        print(i, a, a[0])


def own_array(x: float, n: int) -> float:
    a = np.zeros(2)
    for i in range(n):
        print(a)
        a = a + x * i
    return x


SINK = io.StringIO()


def writes(x: float, n: int) -> int:
    count = 0
    for i in range(n):
        count += SINK.write(f"step {i}: {x * i}\n")
    SINK.writelines(["a", f"{x}"])
    SINK.flush()
    if LOG.isEnabledFor(logging.INFO):
        count += 1000
    return count


def with_caught(x: float) -> float:
    try:
        if x > 1:
            raise ValueError("too large", x)
        print("fine")
    except ValueError as e:
        print("caught", e, repr(e), str(e))
    finally:
        print("done")
    return x


CASES = [
    *[(numbers, (x, n, b)) for x, n, b in ((2.0, 3, True), (float("inf"), -4, False), (float("nan"), 0, True))],
    *[(f, (2.5, 3)) for f in (separators, containers, kinds)], (kinds, (0.5, 1)), (separators, (0.1, 0)),
    (arrays, (np.array([1.0, 2.5, 1e-10]), 3)), (arrays, (np.linspace(0, 1, 2001), 2)), (arrays, (np.arange(4.0)[::2], 1)),
    (formats, (1234.5678, 3, True)), (formats, (-0.001, 12, False)), (in_order, (1.5, 8)),
    (until_it_fails, (np.arange(3.0), 3)), (until_it_fails, (np.arange(3.0), 9)), (changes, (np.arange(2.0), 3)),
    (own_array, (1.5, 3)), (with_caught, (2.0,)), (with_caught, (0.5,)),
]


@pytest.mark.parametrize(("f", "args"), CASES, ids=[f"{f.__name__}{i}" for i, (f, _) in enumerate(CASES)])
def test_prints_what_python_prints(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
    says_the_same(f, *args)


def test_streams_are_written_to() -> None:
    for level in (logging.INFO, logging.ERROR):
        LOG.setLevel(level)
        SINK.seek(0)
        SINK.truncate()
        expected = writes(1.5, 3), SINK.getvalue()
        SINK.seek(0)
        SINK.truncate()
        assert (compiled(writes)(1.5, 3), SINK.getvalue()) == expected


def test_errors_of_formats_are_pythons() -> None:
    more, two, named = "%d %d", "{} {}", "{a}"
    for f in (lambda x: print(f"{x:d}"), lambda x: print("%x" % x), lambda x: print(more % (x, x, x)),
              lambda x: print(two.format(x)), lambda x: print(named.format(x)), lambda x: print("%d" % (x * 1e400))):
        says_the_same(f, 2.5, some=False)


# -- derivatives -------------------------------------------------------------------------------------------------


def newton(x: float, n: int) -> float:
    y = x
    for i in range(n):
        y = y - (y * y - x) / (2.0 * y)
        print(f"step {i}: {y:.6f}")
    if y > 1:
        print("done", y)
    return y


def vector(a: np.ndarray) -> np.ndarray:
    print("vector", a)
    return np.array([a[0] * a[1], a[1] ** 2, a[0]])


def energy(a: np.ndarray) -> float:
    s = 0.0
    for v in a:
        s += v * v * v
        print("s", s)
    return s


def recursive(x: float, n: int) -> float:
    print("level", n)
    return x if n == 0 else x * recursive(x, n - 1)


@pytest.mark.parametrize("transform", [irad.grad, irad.value_and_grad, irad.jacfwd, irad.jacrev, irad.hessian])
def test_a_derivative_prints_once(transform: Any) -> None:
    for f, args in ((newton, (2.0, 4)), (recursive, (2.0, 3))):
        assert said(transform(f), *args)[1] == said(f, *args)[1] != ""
    a = np.array([1.0, 2.0, 3.0])
    assert said(transform(energy), a)[1] == said(energy, a)[1]
    if transform in (irad.jacfwd, irad.jacrev):
        assert said(transform(vector), a)[1] == said(vector, a)[1]


def test_vjp_and_its_relatives_print_once() -> None:
    a, text = np.array([1.0, 2.0]), said(vector, np.array([1.0, 2.0]))[1]

    def pulled() -> Any:
        out, pullback = irad.vjp(vector, a)
        return pullback(out), pullback(out)

    def pushed() -> Any:
        _, push = irad.linearize(vector, a)
        return push(a), push(a)

    assert said(pulled)[1] == said(pushed)[1] == said(lambda: irad.jvp(vector, (a,), (a,)))[1] == text
    words = said(energy, a)[1]
    assert said(lambda: irad.hvp(energy, (a,), (a,)))[1] == said(lambda: irad.vhp(energy, (a,), a))[1] == words
    assert said(irad.compile(lambda x: irad.vjp(newton, x, 3)[1](1.0)[0]), 2.0)[1] == said(newton, 2.0, 3)[1]
    assert said(irad.grad(irad.grad(newton)), 2.0, 3)[1] == said(newton, 2.0, 3)[1]
    assert said(irad.compile(irad.grad(newton), mode="forward"), 2.0, 3)[1] == said(newton, 2.0, 3)[1]


def test_prints_change_no_derivative() -> None:
    def silent(x: float, n: int) -> float:
        y = x
        for _ in range(n):
            y = y - (y * y - x) / (2.0 * y)
        return y

    assert said(irad.grad(newton), 2.0, 4)[0] == irad.grad(silent)(2.0, 4)
    assert said(irad.hessian(newton), 2.0, 4)[0] == irad.hessian(silent)(2.0, 4)


PLAIN = """
import irad
def f(x, n):
    y = x
    for i in range(n):
        y = y * x
        print(f"{i} {y:.2f}", [y])
    return y
print(irad.grad(f)(2.0, 2), irad.compile(f)(2.0, 1))
"""


def test_the_interpreter_prints_as_well() -> None:
    run = subprocess.run([sys.executable, "-c", PLAIN], env={**os.environ, "IRAD_DISABLE": "1"}, capture_output=True, text=True)
    assert run.stdout.splitlines() == ["0 4.00 [4.0]", "1 8.00 [8.0]", "0 4.00 [4.0]", "12.0 4.0"], run.stderr


def test_a_call_that_speaks_is_not_made_again() -> None:
    def f(a: np.ndarray, n: int) -> float:
        x = a[0]
        print("once")
        for i in range(n):
            x = np.sin(x) * x
            if i == 3:
                raise ValueError("stop")
        return x

    result, text, _ = said(irad.grad(f), np.ones(1), 1 << 45)
    assert text == "once\n" and result.text == "stop"


# -- what happens in Python ----------------------------------------------------------------------------------------


class Full(io.StringIO):
    def write(self, text: str) -> int:
        if self.tell() > 20:
            raise OSError(f"no room after {self.tell()}")
        return super().write(text)


def test_an_error_of_the_stream_comes_at_its_place() -> None:
    def f(a: np.ndarray, n: int) -> float:
        for i in range(n):
            a[0] = i
            print("a line of text", i)
        return a[0]

    a, b = np.zeros(1), np.zeros(1)
    with contextlib.redirect_stdout(Full()), pytest.raises(OSError) as expected:
        f(b, 10)
    with contextlib.redirect_stdout(Full()), pytest.raises(OSError) as info:
        irad.compile(f)(a, 10)
    assert str(info.value) == str(expected.value) and a[0] == b[0] > 0
    frames = [(frame.name, frame.line) for frame in traceback.extract_tb(info.value.__traceback__)]
    assert [name for name, _ in frames[-2:]] == ["f", "write"] and 'print("a line' in str(frames[-2][1])


def test_a_stream_may_call_compiled_code() -> None:
    def echoed(f: Any) -> str:
        class Echo(io.StringIO):
            busy = False

            def write(self, text: str) -> int:
                if not self.busy and text.strip():
                    self.busy = True
                    f(3.0, 1)
                    self.busy = False
                return super().write(text)

        with contextlib.redirect_stdout(Echo()) as out:
            f(2.0, 2)
        return out.getvalue()

    assert echoed(irad.compile(newton)) == echoed(newton)


def test_long_loops_print_with_flat_memory() -> None:
    def f(n: int) -> int:
        for i in range(n):
            print(i)
        return n

    assert said(irad.compile(f), 20_000)[1] == said(f, 20_000)[1]


# -- logging and warnings -------------------------------------------------------------------------------------------

def logs(x: float, n: int) -> float:
    logging.getLogger("irad.test").info("x = %s, %d", x, n)
    LOG.warning(f"x is {x:.3f}")
    LOG.debug("hidden %s", x)
    LOG.log(logging.ERROR, "list %s %s", [x, n], np.ones(2) * x)
    helper(x)
    return x


def helper(x: float) -> None:
    LOG.error("in the helper: %g", x)


def records(f: Callable[..., Any], *args: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []

    class Handler(logging.Handler):
        def emit(self, r: logging.LogRecord) -> None:
            found.append((r.levelname, r.getMessage(), r.pathname, r.lineno, r.funcName, r.name))

    handler = Handler()
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    try:
        f(*args)
    finally:
        LOG.removeHandler(handler)
    return found


def test_logging_is_pythons_with_the_users_lines() -> None:
    assert records(compiled(logs), 2.5, 3) == records(logs, 2.5, 3) != []
    assert records(irad.grad(logs), 2.5, 3) == records(logs, 2.5, 3)


def warns(x: float) -> float:
    if x > 1:
        warnings.warn(f"x is {x}, which is large", RuntimeWarning, stacklevel=1)
    warnings.warn("plain")
    warnings.warn("for the caller", stacklevel=2)
    outer_warns(x)
    return x


def outer_warns(x: float) -> None:
    warnings.warn(DeprecationWarning("old"), stacklevel=2)


def warned(f: Callable[..., Any], *args: Any) -> list[tuple[Any, ...]]:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        f(*args)
    return [(str(w.message), w.category, w.filename, w.lineno) for w in found]


def test_warnings_are_pythons_with_the_users_lines() -> None:
    expected, found = warned(warns, 2.0), warned(lambda x: compiled(warns)(x), 2.0)
    assert [w[:3] for w in found] == [w[:3] for w in expected]
    assert [w[3] for w in found if "caller" not in w[0]] == [w[3] for w in expected if "caller" not in w[0]]
    assert [w[:3] for w in warned(lambda x: irad.grad(warns)(x), 2.0)] == [w[:3] for w in expected]


def test_a_warning_that_is_an_error_leaves_where_it_was_given() -> None:
    def f(a: np.ndarray) -> float:
        a[0] = 1.0
        warnings.warn("no", UserWarning)
        a[0] = 2.0
        return a[0]

    a = np.zeros(1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="no") as info:
            irad.compile(f)(a)
    assert a[0] == 1.0 and traceback.extract_tb(info.value.__traceback__)[-1].name == "f"


def test_warnings_of_a_program_that_makes_them_exceptions_are_refused() -> None:
    def f(x: float) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            if x > 1:
                warnings.warn("hidden")
        return x

    assert irad.compile(f)(0.5) == 0.5
    with pytest.raises(irad.UnsupportedError, match="makes warnings exceptions"):
        irad.compile(f)(2.0)


def test_tracebacks_in_logs_are_refused() -> None:
    with pytest.raises(irad.UnsupportedError, match="logging"):
        irad.compile(lambda x: LOG.error("no", exc_info=True))(1.0)
    with pytest.raises(irad.UnsupportedError, match="logging"):
        irad.compile(lambda x: LOG.exception("no"))(1.0)


def texts(x: float, n: int, a: np.ndarray) -> Any:
    if n > 5:
        return f"many: {n}"
    if n > 4:
        return "%g of %s" % (x, a)
    return f"{x:.3f} {n}", [str(x), repr(np.float64(x)), f"{a} {np.float32(x)} {x > 1}"], {"text": "x = " + str(x)}


def test_texts_as_results() -> None:
    for n in (1, 5, 6):
        says_the_same(texts, 2.5, n, np.ones(2), some=False)
    assert irad.value_and_grad(lambda x: (x * x, f"x is {x}"), has_aux=True)(3.0) == ((9.0, "x is 3.0"), 6.0)


def test_texts_are_for_saying_only() -> None:
    with pytest.raises(irad.UnsupportedError, match="length of a text"):
        irad.compile(lambda x: len(f"{x}"))(1.0)


def message_of(x):
    raise ValueError(x, (x, 1))


def texts_of(x):
    return str(x), repr(x), f"{x} {x!s} {x!r}", f"{str(x):>12}", repr((x,))


@pytest.mark.parametrize("x", [np.float32(0.1), np.float32(3), np.uint64(2**64 - 1), np.uint8(250), np.int8(-3), np.True_, 0.1])
def test_texts_of_numbers_of_narrow_kinds(x):
    same_as_python(message_of, x)
    same_as_python(texts_of, x)


class Listed:
    def __init__(self, *values: float) -> None:
        self.values = values

    def __str__(self) -> str:
        return "<" + ", ".join(f"{v:.2f}" for v in self.values) + ">"

    def __format__(self, style: str) -> str:
        return "<" + ", ".join(format(v, style or ".1f") for v in self.values) + ">"


def _joins(x: float) -> float:
    which = "p" if x > 1 else "qq"
    path = [which]
    path.insert(0, "up" if x > 5 else "down")
    print(" ".join(path), "-".join([which, "x", which.upper(), f"{x:.2f}"]))
    print("; ".join(f"{k}={v:g}" for k, v in {"a": x, "b": 1}.items()), "|".join("%6.2f" % (x * i) for i in range(4)))
    print(str(Listed(1, x)), f"{Listed(x, 2)} {Listed(x):+.2e}", ",".join(map(str, [x, 1, which])))
    try:
        print(",".join([which, 1]))  # type: ignore[list-item]
    except TypeError as e:
        print(e)
    return x


def test_join_of_texts_that_are_known_at_run_time_only() -> None:
    for x in (0.1, 1.2, 7.0):
        says_the_same(_joins, x)


def _many(x: float) -> float:
    print(" ".join(["a" if x > i else "b" for i in (1, 2, 3, 4, 5, 6, 7, 8, 9)]))
    return x


def test_join_of_too_many_texts_is_refused() -> None:
    with pytest.raises(irad.UnsupportedError, match="a join of many texts"):
        irad.compile(_many)(4.0)


def _formatted(x: float) -> float:
    which = "p" if x > 1 else "qq"
    print(format(x, ".3f"), format(3), format(x), format(which, ">5"), format("s", "<4") + "|", format(True, "d"))
    print(format(x, ".1f" if x > 1 else ".2e"), format(Listed(x), ".3f"))
    for style in ("q", 3):
        try:
            print(format(x, style))  # type: ignore[arg-type]
        except (ValueError, TypeError) as e:
            print(e)
    return x


def test_format_as_a_function() -> None:
    for x in (0.1, 1.2):
        says_the_same(_formatted, x)


class Lost(AttributeError):
    pass


def _texts_of_exceptions(x: float) -> float:
    for error in (AttributeError("a"), NameError("n"), IOError("io"), OSError(), Lost(x), TimeoutError(f"t {x}")):
        try:
            raise error
        except (AttributeError, NameError, OSError) as e:
            print(str(e), f"{e}", e)
    return x


def test_texts_of_exceptions_with_a_str_of_their_own() -> None:
    says_the_same(_texts_of_exceptions, 1.5)


class Degrees(float):
    unit: str

    def __new__(cls, value: float, unit: str = "deg") -> Degrees:
        made = super().__new__(cls, value * 2)
        made.unit = unit
        return made

    def __str__(self) -> str:
        return f"{float(self):.2f} {self.unit}"


class Label(str):
    def __str__(self) -> str:
        return "<" + self.upper() + ">"


class Stack(list[Any]):
    def __init__(self, *items: Any) -> None:
        super().__init__(items)
        self.tag = "t"

    def __repr__(self) -> str:
        return self.tag + super().__repr__()


class Twice(tuple[float, ...]):
    def __new__(cls, a: float, b: float) -> Twice:
        return super().__new__(cls, (a * 2, b))


class Scaled(Point):
    def __new__(cls, x: float, y: float = 1.0) -> Scaled:
        return super().__new__(cls, x * 2, y)


class Keyed(dict[str, float]):
    def __init__(self, value: float) -> None:
        self["k"] = value

    def __repr__(self) -> str:
        return f"Keyed with {sorted(self)}"


def _objects_that_extend(x: float) -> float:
    print(Degrees(x), Degrees(x, "grad"), [Degrees(x)], Label("abc"), Stack(x, 1.0))
    print(Twice(x, 1.0), Scaled(x), Scaled(x, y=2.0), Keyed(x))
    by: Any = collections.defaultdict(list)
    by["a"].append(x)
    print(by, collections.OrderedDict(b=x), collections.Counter("abca"))
    print(collections.deque([x, 2.0]), collections.deque([x, 2.0], maxlen=1))
    try:
        raise ValueError(Degrees(x), Twice(x, 2.0), Stack(x), collections.deque([x]), by)
    except ValueError as e:
        print(e.args)
    return x


def test_objects_that_extend_what_python_has() -> None:
    says_the_same(_objects_that_extend, 1.5)


def _in_an_exception(x: float) -> float:
    raise ValueError(collections.deque([x]), Twice(x, 2.0))


def test_objects_that_extend_what_python_has_in_exceptions() -> None:
    same_as_python(_in_an_exception, 1.5)


@pytest.mark.parametrize("source", [
    "'%s' % [1]", "'%s' % [x]", "'%r' % [1.5]", "'%s' % []", "'%s' % [(1, 2)]", "'%s' % (1,)", "'%s' % [[x], 'a']", "'abc' % [1]",
    "'abc' % [x]", "'%s %s' % [1, 2]", "'%s %s' % (1, [2])", "'%d' % [1]", "'abc' % (x,)",
])
def test_a_list_is_one_value_of_a_format(source):
    space = {}
    exec(f"def f(x): return {source}", space)
    same_as_python(space["f"], 1.5)


@pytest.mark.parametrize("text", ["%s", "%r|%%", "abc", "%s %s", "%.3f", "%5d", "%g", "%x", "%(a)s"])
def test_an_array_is_one_value_of_a_format(text):
    for x in (np.array([1.5, 2.0]), np.array([[1, 2]]), np.zeros(0), np.array(2.5), np.array(3), np.array(True)):
        same_as_python(lambda x: text % x, x)


def test_an_array_in_a_format_that_is_printed():
    says_the_same(lambda x: print("x: %s" % x), np.ones(2))


def _texts_that_stay(a: np.ndarray, n: int) -> Any:
    xs = [1.5 * i for i in range(n)]
    said = f"{a} {a!r}", "%s of %s" % (xs, a), str(xs)
    error = ValueError(f"{a} {xs}")
    a[0], xs[0] = 9.0, 7.0
    xs.append(0.5)
    print(*said)
    try:
        raise error
    except ValueError as e:
        a[1] = 8.0
        return said, str(e), a


def test_texts_do_not_change_with_what_they_are_made_of() -> None:
    says_the_same(_texts_that_stay, np.array([1.0, 2.0]), 3)


def _texts_of_lists(n: int, x: float) -> Any:
    floats, ints, flags = [x * i for i in range(n)], list(range(n)), [i > 1 for i in range(n)]
    own = [np.float32(i) for i in range(n)]
    print(f"x: {floats} {{!l}}", "%s|%r" % (ints, flags), own, repr(own))
    if n > 3:
        raise ValueError(f"too many: {floats}")
    return {"a": str(ints)}, f"{own} {flags}"


def test_texts_of_lists_of_run_time_length() -> None:
    for n in (0, 1, 3, 4):
        says_the_same(_texts_of_lists, n, 2.5)
