"""docs/semantics.md: a test for each deviation from CPython and numpy, and that its tables name tests that are there."""

from __future__ import annotations

import ast
import io
import math
import random
import re
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irad

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    lines = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0].splitlines()
    table = [line for line in lines if line.startswith("|")]
    return [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in table[2:]]


def names_of_tests(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_deviation_has_its_row_and_every_row_its_test() -> None:
    found = rows("Deviations from CPython and numpy")
    assert 0 < len(found) <= 10
    tested = [re.fullmatch(r"`(\w+\.py)::(test_\w+)`", row[-1]) for row in found]
    assert all(len(row) == 3 for row in found) and all(tested), found
    for name in tested:
        assert name is not None and name[2] in names_of_tests(ROOT / "tests" / "unit" / name[1]), name
    assert len({name[0] for name in tested if name}) == len(found)


def test_the_rows_about_bits_name_their_tests() -> None:
    for row in rows("Bits"):
        assert (name := re.fullmatch(r"`([\w/]+\.py)::(test_\w+)`", row[-1])), row
        assert name[2] in names_of_tests(ROOT / "tests" / name[1]), name


# -- a test for each row -----------------------------------------------------------------------------------------------


def items_of_a_range(n: int) -> int:
    for i in range(-n, n):
        if i > 2 - n:
            return i
    return 0


def test_ints_have_64_bits() -> None:
    for f in (lambda n: n + n, lambda n: n << 1, lambda n: n**2, lambda n: -(n * 4)):
        with pytest.raises(OverflowError, match="64-bit integers"):
            irad.compile(f)(2**62)
    with pytest.raises(OverflowError, match="64-bit integers"):
        irad.compile(items_of_a_range)(2**63 - 1)
    assert irad.compile(items_of_a_range)(2**62 - 1) == items_of_a_range(2**62 - 1)
    with pytest.raises(OverflowError):
        irad.compile(lambda n: n)(2**63)
    assert irad.compile(overflow="wrap")(lambda n: n + n)(2**62) == -(2**63)
    assert irad.compile(lambda n: n + n)(np.int64(2**61)) == 2**62
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert irad.compile(lambda n: n + n)(np.int64(2**62)) == np.int64(2**62) + np.int64(2**62)


def one_variable(n: int, x: float) -> Any:
    y = 2**60 + 1 if n > 0 else x
    return y * 2


def too_large(n: int) -> int:
    y = 2**70
    for _ in range(n):
        y = y // 2
    return y


def test_ints_that_do_not_fit_where_paths_meet() -> None:
    f = irad.compile(one_variable)
    assert f(0, 0.5) == 1.0
    with pytest.raises(OverflowError, match="int 1152921504606846977 too large to share a variable with floats"):
        f(1, 0.5)
    with pytest.raises(OverflowError, match="too large to convert to a 64-bit integer"):
        irad.compile(too_large)(1)


def careful(work: Any) -> Any:
    def f(x):
        log = np.zeros(1)
        try:
            return work(x) + 0.0 * log[0]
        except BaseException:
            return -1.0
        finally:
            log[0] = 1.0

    return f


def endless(x):
    return endless(x + 1.0) + 1.0


CLOSED = io.StringIO()
CLOSED.close()


def test_what_no_handler_catches() -> None:
    assert irad.compile(careful(lambda x: 1.0 / x))(0.0) == -1.0
    cases: list[tuple[Any, Any, type[Exception]]] = [
        (lambda n: n * n, 2**40, OverflowError), (endless, 1.0, RecursionError), (lambda n: np.zeros(n)[0], 2**44, MemoryError),
        (lambda x: eval("x"), 1.0, irad.UnsupportedError), (lambda x: irad.grad(lambda y: 1.0 / y)(x), 0.0, ZeroDivisionError),
        (lambda x: print(x, file=CLOSED), 1.0, ValueError),
        (lambda x: irad.callback(int, int, "no", vjp=lambda n, ct: (None,)), 1.0, ValueError),
    ]
    for work, value, error in cases:
        with pytest.raises(error):
            irad.compile(careful(work))(value)


def test_identity() -> None:
    for x, y in ((1.0, 2.0), (1, 1), ((1.0,), (1.0,))):
        with pytest.raises(irad.UnsupportedError, match="`is` between two values of type"):
            irad.compile(lambda a, b: a is b)(x, y)
    a = np.ones(2)
    same = irad.compile(lambda a, b: a is b)
    assert same(a, np.ones(2)) is False
    for b in (a, a[:]):
        with pytest.raises(irad.UnsupportedError, match="`is` between two arrays that are in the same memory"):
            same(a, b)
    assert irad.compile(lambda a: a is None)(1.0) is False and irad.compile(lambda a, b: a is b)(True, True) is True


def outcome(f: Callable[..., object], *args: object) -> object:
    try:
        return f(*args)
    except ValueError as error:
        return str(error)


SEARCHES = [
    lambda xs, x: x in xs,
    lambda xs, x: xs.index(x),
    lambda xs, x: xs.count(x),
    lambda xs, x: x in (2.0, xs[-1]),
    lambda xs, x: (x, 1) == (xs[-1], 1),
    lambda xs, x: xs == [3.0, x],
    lambda xs, x: [y for y in xs] < [3.0, x],
    lambda xs, x: x in iter(xs),
]


@pytest.mark.parametrize("f", SEARCHES)
def test_whether_two_nans_are_one_object_is_not_known(f: Callable[..., object]) -> None:
    compiled = irad.compile(f)
    for xs, x in (([3.0, 2.0], 2.0), ([3.0, math.nan], 3.0), ([3.0, 2.0], 3.0)):
        assert outcome(compiled, xs, x) == outcome(f, xs, x)
    with pytest.raises(irad.UnsupportedError, match="nan compared with nan by a container"):
        compiled([3.0, math.nan], math.nan)
    assert irad.compile(lambda x: (x in [x], [x] == [x], (x, 1) < (x, 2)))(math.nan) == (True, True, True)


OUTSIDE, HELD = 1.0, np.ones(2)


def assigns(x):
    global OUTSIDE
    OUTSIDE = x
    return OUTSIDE


def test_names_outside_are_fixed_during_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(irad.UnsupportedError, match="assignment to a global variable"):
        irad.compile(assigns)(2.0)
    held = 1.0

    def captures(x):
        nonlocal held
        held = x
        return x

    with pytest.raises(irad.UnsupportedError, match="assignment to the captured variable `held`"):
        irad.compile(captures)(2.0)
    f = irad.compile(lambda x: x * OUTSIDE)
    assert f(2.0) == 2.0
    monkeypatch.setitem(globals(), "OUTSIDE", 3.0)
    assert f(2.0) == 6.0 and held == 1.0


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


def test_recursion_has_its_own_limit() -> None:
    f = irad.compile(down)
    assert f(5000) == 5000
    with pytest.raises(RecursionError, match="maximum recursion depth exceeded"):
        f(10**6)


def test_extents_are_limited() -> None:
    f = irad.compile(len)
    assert f(np.broadcast_to(0.0, 2**47 - 1)) == 2**47 - 1
    with pytest.raises(ValueError, match=r"irad takes extents below 2\*\*47"):
        f(np.broadcast_to(0.0, 2**47))


def spin(n, x):
    for _ in range(n):
        x = x + 1.0 / (1.0 + x)
    return x


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs interval timers")
def test_signals_wait() -> None:
    f = irad.compile(spin)
    f(10, 1.0)
    start = time.perf_counter()
    f(10**7, 1.0)
    whole = time.perf_counter() - start

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        start = time.perf_counter()
        with pytest.raises(KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, whole / 10)
            f(10**7, 1.0)
            time.sleep(1.0)
        assert time.perf_counter() - start < 20.0 * whole + 0.5
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def test_warnings_of_numpy() -> None:
    def f(a):
        return 1.0 / a + np.log(a - 1.0) + (a * 1e308) * 10.0

    a = np.array([0.0, 1.0, 5.0])
    with np.errstate(all="ignore"):
        wanted = f(a)
    with pytest.warns(RuntimeWarning) as own:
        f(a)
    for derived in (irad.compile(f), irad.value_and_grad(lambda a: f(a).sum()), irad.jacfwd(f)):
        with pytest.warns(RuntimeWarning) as told:
            found = derived(a)
        said = [(str(w.message), w.filename, w.lineno) for w in told]
        assert said[:len(own)] == [(str(w.message), w.filename, w.lineno) for w in own] and len(own) == 6
    assert np.array_equal(irad.compile(f)(a), wanted, equal_nan=True)
    g = irad.compile(f)
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError, match="divide by zero encountered in divide") as caught:
        g(a)
    assert caught.traceback[-1].name == "f" and not any("/irad/" in str(entry.path) for entry in caught.traceback)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning, match="divide by zero encountered in divide"):
            g(a)
        with np.errstate(all="ignore"):
            found = g(a)
    assert np.array_equal(found, wanted, equal_nan=True)
    with np.errstate(under="raise"):  # not heeded
        assert irad.compile(lambda x: x * np.float64(1e-300))(np.float64(1e-300)) == 0.0

    def strict(a):
        with np.errstate(divide="raise"):
            return 1.0 / a

    with pytest.raises(irad.UnsupportedError, match="errstate"):
        irad.compile(strict)(a)


def test_errors_of_numpy_that_the_function_catches() -> None:
    """Compiled code went another way than CPython: silently, once."""
    def f(a):
        try:
            return 1.0 / a
        except (FloatingPointError, RuntimeWarning):
            return np.zeros(2)

    def again(a):
        try:
            return 1.0 / a
        except FloatingPointError:
            raise ValueError("no") from None

    g, a = irad.compile(f), np.zeros(2)
    assert g(a + 1.0).tolist() == [1.0, 1.0]
    for _ in range(5):
        with np.errstate(divide="raise"):
            assert f(a).tolist() == [0.0, 0.0]
            with pytest.raises(irad.UnsupportedError, match="a FloatingPointError of numpy's that the function catches"):
                g(a)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(irad.UnsupportedError, match="a RuntimeWarning of numpy's that the function catches"):
                g(a)
    with np.errstate(divide="raise"), pytest.raises(irad.UnsupportedError, match="a FloatingPointError"):
        irad.compile(again)(a)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(5):
            with pytest.raises(RuntimeWarning, match="divide by zero"):
                irad.compile(lambda a: 1.0 / a)(a)


def test_warnings_of_numpy_in_calls_that_change_their_arguments() -> None:
    def inverted(a):
        for i in range(len(a)):
            a[i] = 1.0 / a[i]

    first, later = irad.compile(inverted), irad.compile(lambda a: inverted(a))
    a = np.array([2.0, 0.0])
    with pytest.warns(RuntimeWarning, match="divide by zero encountered in scalar divide"):
        first(a)
    assert a.tolist() == [0.5, np.inf]
    a, b = np.array([2.0, 4.0]), np.array([2.0, 0.0])
    later(a)
    assert a.tolist() == [0.5, 0.25]
    with pytest.warns(irad.IradWarning, match="it has changed its arguments: the next call is looked at"):
        later(b)
    with pytest.warns(RuntimeWarning, match="divide by zero encountered in scalar divide"):
        later(np.array([0.0]))


def test_warnings_of_numpy_in_calls_that_end_with_an_exception() -> None:
    def fails(a):
        x = a / 0.0
        raise ValueError(x[0])

    def passes(a):
        if np.isinf(1.0 / a[0]):
            raise KeyError
        return a[0]

    def changes(a):
        a[0] = 1.0 / a[0]
        if a[0] > 1.0:
            raise IndexError

    def shows(a):
        print(1.0 / a)
        return a

    for f, error in ((fails, ValueError), (passes, KeyError), (changes, IndexError)):
        with pytest.warns(RuntimeWarning) as own, pytest.raises(error):
            f(np.zeros(2))
        g = irad.compile(f)
        with pytest.warns(RuntimeWarning) as told, pytest.raises(error):
            g(np.zeros(2))
        assert [(str(w.message), w.lineno) for w in told] == [(str(w.message), w.lineno) for w in own]
        with np.errstate(all="raise"), pytest.raises(FloatingPointError) as caught:
            irad.compile(f)(np.zeros(2))
        assert not any("/irad/" in str(entry.path) for entry in caught.traceback)
    again = irad.compile(fails)
    for _ in range(2):  # the general way, then the fast one
        with pytest.warns(RuntimeWarning, match="divide"), pytest.raises(ValueError, match="nan"):
            again(np.zeros(2))
    with pytest.warns(irad.IradWarning, match="of which numpy may have warned: it speaks"):
        irad.compile(shows)(np.zeros(2))  # numpy clears the processor's flags in what it computes to print


def test_what_gives_no_warning() -> None:
    def unread(a):
        x = a / 0.0
        raise ValueError(len(x))

    def known(a):
        return np.float64(1.0) / 0.0

    cases: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (lambda n, k: n // k, (np.int64(5), np.int64(0))), (lambda n, k: n + k, (np.int32(2**31 - 1), np.int32(1))),
        (lambda a, k: a % k, (np.arange(2), 0)), (unread, (np.ones(2),)), (known, (np.ones(2),)),
    ]
    for f, args in cases:
        with pytest.warns(RuntimeWarning):
            try:
                wanted = f(*args)
            except ValueError:
                wanted = None
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                found = irad.compile(f)(*args)
            except ValueError:
                found = None
        assert np.array_equal(found, wanted)


def test_what_was_computed_ahead_of_a_branch_gives_no_warning() -> None:
    def guarded(a, out):
        for i in range(len(a)):
            if a[i] > 0.0:
                out[i] = 1.0 / a[i]
            else:
                out[i] = 0.0

    f = irad.compile(guarded)
    a, out = np.zeros(100), np.ones(100)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(5):
            f(a, out)
    assert not out.any()


def test_warnings_of_numpy_that_cannot_be_looked_for() -> None:
    def speaking(x):
        print(x)
        return np.log(x)

    def long(a):
        s = 0.0
        for _ in range(10_000_000):
            s += a[0] / a[1]
        return s

    def deep(a, n):
        return np.log(a[0]) if n == 0 else deep(a, n - 1)

    with pytest.warns(irad.IradWarning, match="CPython raised RecursionError when it made the call again"):
        assert irad.compile(deep)(np.zeros(1), 5000) == -np.inf
    with pytest.warns(irad.IradWarning, match="of which numpy may have warned: it speaks"):
        irad.compile(speaking)(0.0)
    with warnings.catch_warnings(), pytest.warns(irad.IradWarning, match="did not come to the end of the call in 1 s"):
        warnings.simplefilter("ignore", RuntimeWarning)
        irad.compile(long)(np.array([1.0, 0.0]))


def handled(x, raises):
    try:
        y = 1.0 / x
    except ZeroDivisionError:
        if raises:
            raise LookupError("raised") from None
        y = math.log(x)
    return y


def test_context_and_frames() -> None:
    for f in (handled, irad.compile(handled)):
        with pytest.raises(LookupError, match="raised") as caught:
            f(0.0, True)
        assert isinstance(caught.value.__context__, ZeroDivisionError) and caught.value.__cause__ is None
        with pytest.raises(ValueError, match="math domain error|positive") as found:
            f(0.0, False)
        assert any("__context__" in note for note in getattr(found.value, "__notes__", ())) is (f is not handled)
        last = found.tb
        while last.tb_next is not None:
            last = last.tb_next
        assert last.tb_frame.f_code.co_name == "handled" and last.tb_lineno == handled.__code__.co_firstlineno + 6
        assert isinstance(found.value.__context__, ZeroDivisionError) is (f is handled)
        assert ("x" in last.tb_frame.f_locals) is (f is handled)

    def linked(x: float) -> float:
        try:
            return math.log(x)
        except ValueError as error:
            raise KeyError(x) from error

    for f in (linked, irad.compile(linked)):
        with pytest.raises(KeyError) as named:
            f(0.0)
        cause = named.value.__cause__
        assert isinstance(cause, ValueError) and (cause.__traceback__ is None) is (f is not linked)


# -- bits --------------------------------------------------------------------------------------------------------------


def values() -> Iterator[float]:
    rng = random.Random(7)
    yield from (0.0, -0.0, 1.0, math.inf, -math.inf, 5e-324, 1.7976931348623157e308, 1e-200, 0.1, -3.5)
    for _ in range(2000):
        yield math.ldexp(rng.uniform(-1.0, 1.0), rng.randint(-500, 500))


def test_the_square_of_a_float() -> None:
    f, g = irad.compile(lambda x: x**2), irad.compile(lambda x: x * x)
    for x in values():
        try:
            power = x**2
        except OverflowError:
            with pytest.raises(OverflowError):
                f(x)
        else:
            assert f(x) == g(x) == x * x and (f(x) == power or abs(f(x) - power) <= math.ulp(power))


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_least_of_zeros(size: int) -> None:
    for first in (0.0, -0.0):
        a = np.full(size, -first)
        a[0] = first
        found = irad.compile(lambda a: (a.min(), np.max(a), np.sort(a)[0], np.clip(a, -first, 1.0)[0]))(a)
        assert [math.copysign(1.0, x) for x in found] == [math.copysign(1.0, first)] * 4
        assert found == (a.min(), np.max(a), np.sort(a)[0], np.clip(a, -first, 1.0)[0])


def test_sums_and_ufuncs_agree_but_for_last_bits() -> None:
    a = np.random.default_rng(3).standard_normal(10_000)
    left = 0.0
    for x in a:
        left += float(x)
    assert irad.compile(lambda a: a.sum())(a) == left and abs(left - a.sum()) < 1e-10
    b = np.abs(a) + 0.1
    for f in (np.exp, np.log, np.sin, np.tanh):
        assert np.allclose(irad.compile(lambda a, f=f: f(a))(b), f(b), rtol=1e-15, atol=1e-15)
