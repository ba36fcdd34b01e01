"""`irad.callback`: CPython called from compiled code, with the user's derivative or none."""

from __future__ import annotations

import functools
import math
import os
import subprocess
import sys
import traceback
from typing import Any, NamedTuple

import numpy as np
import pytest
from numeric.harness import all_same, compiled, same_as_python

import irad

SEEN: list[Any] = []


def noted(*args: Any) -> None:
    SEEN.append(args)


def outside(x: float) -> float:
    """What irad does not compile."""
    return float(eval("x * x * x", {"x": x}))


def slope(x: float, ct: float) -> tuple[float]:
    return (ct * 3.0 * x * x,)


def hidden_slope(x: float, ct: float) -> tuple[float]:
    return (float(eval("ct * 3.0 * x * x", {"x": x, "ct": ct})),)


def push(primals: tuple[float], tangents: tuple[float]) -> tuple[float, float]:
    (x,), (t,) = primals, tangents
    return x * x * x, 3.0 * x * x * t


def hidden_push(primals: tuple[float], tangents: tuple[float]) -> tuple[float, float]:
    (x,), (t,) = primals, tangents
    return outside(x), float(eval("3.0 * x * x * t", {"x": x, "t": t}))


def cube(x: float) -> float:
    return irad.callback(outside, float, x, vjp=slope)


def in_a_loop(x: float, n: int) -> float:
    y = x
    for i in range(n):
        if i % 2:
            y = y + 0.1 * irad.callback(outside, float, y, vjp=slope)
        else:
            y = math.sin(y) + i
    return y


def plain_loop(x: float, n: int) -> float:
    y = x
    for i in range(n):
        y = y + 0.1 * (y * y * y) if i % 2 else math.sin(y) + i
    return y


# -- values ------------------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    a: float
    b: float


def every_kind(x: float, n: int, b: bool, a: np.ndarray) -> Any:
    def shown(*args: Any) -> str:
        return f"{args!r} {[type(arg).__name__ for arg in args]}"

    irad.callback(noted, None, x, n, b, a, (x, (n, b)), np.float32(x), np.int64(n), None, "text", Pair(x, 2.0), [x, n])
    length = irad.callback(lambda *args: len(shown(*args)), int, x, n, b, np.float64(x))
    return length + irad.callback(float.__mul__, float, x, 2.0)


def results(x: float, a: np.ndarray) -> Any:
    one = irad.callback(lambda v: v > 1, bool, x)
    two = irad.callback(lambda v: (int(v), v * 2, [v, v]), (int, 1.0, np.zeros(2)), x)
    three = irad.callback(np.outer, np.zeros((len(a), len(a))), a, a)
    four = irad.callback(lambda v: v[::-1], a, a)
    five = irad.callback(lambda v: np.float64(v), np.float64, x)
    six = irad.callback(lambda v: (v > 0), np.zeros(len(a), bool), a)
    return one, two, three, four, five, six, irad.callback(lambda: None, None)


def test_values_are_those_of_python() -> None:
    SEEN.clear()
    a = np.array([[1.0, 2.0], [3.0, -4.0]])
    same_as_python(every_kind, 2.5, 3, True, a)
    theirs, mine = SEEN[:2]
    assert repr(theirs) == repr(mine) and [type(v) for v in theirs] == [type(v) for v in mine]
    same_as_python(every_kind, 2.5, 3, True, a.T)
    assert SEEN[-1][3].flags.f_contiguous
    all_same(results, [(2.5, np.array([1.0, -2.0, 3.0])), (0.5, np.zeros(0)), (1e300, np.arange(6.0)[::2])])
    all_same(in_a_loop, [(0.3, n) for n in range(6)])


def test_functions_of_any_sort() -> None:
    scale, calls = 3.0, []

    class Solver:
        def __init__(self, k: float) -> None:
            self.k = k

        def solve(self, x: float) -> float:
            calls.append(x)
            return self.k * x

        def __call__(self, x: float) -> float:
            return self.k + x

    solver, bound = Solver(2.0), Solver(5.0).solve

    def f(x: float, k: float) -> float:
        def local(y: float, power: float = k) -> float:
            calls.append(y)
            return float(y**power * scale)

        total = irad.callback(local, float, x) + irad.callback(solver, float, x) + irad.callback(solver.solve, float, x)
        total += irad.callback(bound, float, x) + irad.callback(functools.partial(pow, x), float, 2.0)
        return total + irad.callback(lambda y: y * scale, float, x) + irad.callback(math.gamma, float, x)

    same_as_python(f, 1.5, 2.0)
    same_as_python(f, 2.5, 3.0)
    assert calls[0] == calls[1] == 1.5 and len(calls) == 12
    scale = 4.0
    same_as_python(f, 2.5, 3.0)


def test_what_it_returns_is_checked_in_both_worlds() -> None:
    for f, match in (
        (lambda x: irad.callback(lambda y: "no", float, x), "returned a str, not a float"),
        (lambda x: irad.callback(lambda y: None, float, x), "returned None, not a float"),
        (lambda x: irad.callback(lambda y: 1.5, int, x), "returned a float, not an int"),
        (lambda x: irad.callback(lambda y: np.ones(3), np.zeros(2), x), r"array of shape \(3,\), not \(2,\)"),
        (lambda x: irad.callback(lambda y: (1.0, 2.0), (float, float, float), x), "tuple of 3"),
        (lambda x: irad.callback(lambda y: np.ones(2), np.zeros(2, int), x), "array of float64, not int64"),
    ):
        for g in (f, irad.compile(f)):
            with pytest.raises((TypeError, ValueError), match=match):
                g(2.0)
    for bad in ("float", {"a": 1.0}, str):
        def f(x: float, bad: Any = bad) -> Any:
            return irad.callback(outside, bad, x)

        for g in (f, irad.compile(f)):
            with pytest.raises(TypeError, match="with a result like"):
                g(2.0)


def test_a_change_of_an_argument_is_an_error() -> None:
    def fill(a: np.ndarray) -> float:
        a[0] = 7.0
        return 1.0

    a = np.zeros(2)
    with pytest.raises(ValueError, match="fill, which compiled code calls, has changed an array"):
        irad.compile(lambda v: irad.callback(fill, float, v))(a)
    assert a[0] == 0.0


def test_arrays_may_be_kept() -> None:
    SEEN.clear()

    def f(n: int) -> float:
        a = np.zeros(3)
        for i in range(n):
            a[i] = i + 1.0
            irad.callback(noted, None, a)
        return a.sum()

    assert irad.compile(f)(3) == 6.0
    assert [args[0].tolist() for args in SEEN] == [[1.0, 0.0, 0.0], [1.0, 2.0, 0.0], [1.0, 2.0, 3.0]]


HELD = np.zeros(2)


def put(x: float) -> None:
    HELD[0] = x


def test_it_may_change_what_is_outside() -> None:
    def f(x: float) -> float:
        before = HELD[0]
        irad.callback(put, None, x)
        return before * 100.0 + HELD[0]

    assert irad.compile(f)(2.0) == 2.0 and irad.compile(f)(3.0) == 203.0


def fails(x: float) -> float:
    if x > 1:
        raise LookupError(f"no {x}")
    return x


def calls_what_fails(a: np.ndarray, x: float) -> float:
    a[0] = 1.0
    y = irad.callback(fails, float, x)
    a[0] = 2.0
    return y


def test_exceptions_have_their_own_traceback() -> None:
    a = np.zeros(1)
    for f in (compiled(calls_what_fails), irad.grad(lambda x, a: x + calls_what_fails(a, irad.stop_gradient(x)))):
        with pytest.raises(LookupError, match="no 2.0") as info:
            f(a, 2.0) if f is compiled(calls_what_fails) else f(2.0, a)
        names = [frame.name for frame in traceback.extract_tb(info.value.__traceback__)]
        assert names[-2:] == ["calls_what_fails", "fails"] and names.count("fails") == names.count("calls_what_fails") == 1
        assert not any(f"{os.sep}irad{os.sep}" in f.filename for f in traceback.extract_tb(info.value.__traceback__))
    assert a[0] == 1.0


def tower(n: int) -> int:
    return 1 if n == 0 else n * irad.callback(storey, int, n - 1)


def storey(n: int) -> int:
    return int(eval("compiled(tower)(n)", globals(), {"n": n}))


class Money(Exception):
    def __init__(self, amount: float) -> None:
        super().__init__(f"no {amount}")
        self.amount = amount


def picky(x: float) -> float:
    if x > 3:
        raise Money(x)
    if x > 2:
        raise KeyError("two")
    return math.sqrt(x)


def caught_in_order(x: float) -> Any:
    try:
        y = irad.callback(picky, float, x)
    except (LookupError, ValueError):
        y = -1.0
    except Money as e:
        irad.callback(noted, None, e)
        y = -2.0
    else:
        y += 10.0
    finally:
        irad.callback(noted, None, x)
    return y


def raised_again(x: float) -> float:
    try:
        return irad.callback(picky, float, x)
    except KeyError:
        try:
            irad.callback(picky, float, -1.0)
        except ValueError:
            pass
        raise
    finally:
        irad.callback(noted, None, x)


def given_a_cause(x: float) -> float:
    try:
        return irad.callback(picky, float, x)
    except Exception as e:
        raise RuntimeError("wrapped", x) from e


class Counter:
    def __init__(self) -> None:
        self.n = 0

    def step(self, x: float) -> float:
        self.n += 1
        y = irad.callback(picky, float, x)
        self.n += 1
        return y


def counts(counter: Counter, x: float) -> float:
    return counter.step(x) + counter.step(x + 1.5)


def until_it_works(x: float) -> float:
    tries = 0
    while True:
        try:
            return irad.callback(picky, float, x) + tries
        except Exception:
            x, tries = x - 1.0, tries + 1


def test_handlers_catch_what_it_raises() -> None:
    for f in (caught_in_order, raised_again, given_a_cause, until_it_works):
        all_same(f, [(x,) for x in (1.0, 2.5, 5.0, -1.0)] if f is not until_it_works else [(1.0,), (2.5,), (7.0,)])
    for x in (0.2, 1.0, 2.5, 5.0):
        same_as_python(counts, Counter(), x)
    SEEN.clear()
    compiled(caught_in_order)(5.0)
    assert type(SEEN[0][0]) is Money and SEEN[0][0].amount == 5.0 and SEEN[1] == (5.0,)
    with pytest.raises(Money) as info:
        compiled(raised_again)(5.0)
    assert [f.name for f in traceback.extract_tb(info.value.__traceback__)][-2:] == ["raised_again", "picky"]
    with pytest.raises(RuntimeError) as info:
        compiled(given_a_cause)(2.5)
    assert type(info.value.__cause__) is KeyError
    for f in (lambda x: caught_text(x), lambda x: caught_args(x)):
        with pytest.raises(irad.UnsupportedError, match="of an exception of a Python function"):
            irad.compile(f)(5.0)


def caught_text(x: float) -> int:
    try:
        irad.callback(picky, float, x)
    except Exception as e:
        raise ValueError(f"because {e}")
    return 1


def caught_args(x: float) -> int:
    try:
        irad.callback(picky, float, x)
    except Exception as e:
        return len(e.args)
    return 1


def test_a_derivative_around_a_handler() -> None:
    def f(x: float) -> float:
        try:
            y = irad.callback(picky, float, irad.stop_gradient(x))
        except Money:
            y = 2.0 * x
        return y * x

    assert irad.grad(f)(4.0) == 16.0 and irad.grad(f)(1.0) == 1.0


def test_it_may_call_compiled_code_again() -> None:
    assert compiled(tower)(10) == math.factorial(10)


# -- derivatives -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", [{"vjp": slope}, {"vjp": hidden_slope}, {"jvp": push}, {"jvp": hidden_push},
                                   {"vjp": slope, "jvp": push}],
                         ids=["vjp", "hidden vjp", "jvp", "hidden jvp", "both"])
def test_one_rule_serves_both_directions(rules: dict[str, Any]) -> None:
    vjp, jvp = rules.get("vjp"), rules.get("jvp")

    def f(x: float, n: int) -> float:
        y = x
        for i in range(n):
            y = y + 0.1 * irad.callback(outside, float, y, vjp=vjp, jvp=jvp) if i % 2 else math.sin(y) + i
        return y

    x, n = 0.3, 5
    assert irad.grad(f)(x, n) == pytest.approx(irad.grad(plain_loop)(x, n), rel=1e-14)
    assert irad.value_and_grad(f)(x, n)[0] == f(x, n)
    assert irad.jvp(lambda x: f(x, n), (x,), (1.0,))[1] == pytest.approx(irad.grad(plain_loop)(x, n), rel=1e-14)
    assert irad.compile(irad.grad(f), mode="forward")(x, n) == pytest.approx(irad.grad(plain_loop)(x, n), rel=1e-14)
    if hidden_slope in rules.values() or hidden_push in rules.values():
        for second in (irad.hessian(f), irad.grad(irad.grad(f))):
            with pytest.raises(irad.DifferentiationError, match=r"(vjp|jvp) of irad.callback is not compiled: .*eval"):
                second(x, n)
    else:
        want = irad.hessian(plain_loop)(x, n)
        assert irad.hessian(f)(x, n) == pytest.approx(want, rel=1e-13)
        assert irad.grad(irad.grad(f))(x, n) == pytest.approx(want, rel=1e-13)


def solve(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.linalg.solve(a, b)


def solve_vjp(a: np.ndarray, b: np.ndarray, ct: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, u = np.linalg.solve(a, b), np.linalg.solve(a.T, ct)
    return -np.outer(u, x), u


def solve_jvp(primals: Any, tangents: Any) -> Any:
    (a, b), (da, db) = primals, tangents
    x = np.linalg.solve(a, b)
    return x, np.linalg.solve(a, db - da @ x)


def hidden(f: Any) -> Any:
    return lambda *args: eval("f(*args)", {"f": f, "args": args})


RULES = {"vjp": {"vjp": solve_vjp}, "jvp": {"jvp": solve_jvp}, "hidden vjp": {"vjp": hidden(solve_vjp)},
         "hidden jvp": {"jvp": hidden(solve_jvp)}}


@pytest.mark.parametrize("which", RULES)
def test_arrays_with_rules(which: str) -> None:
    vjp, jvp = RULES[which].get("vjp"), RULES[which].get("jvp")

    def steps(a: np.ndarray, b: np.ndarray, solver: Any) -> float:
        a = a.copy()
        total = 0.0
        for _ in range(2):
            x = solver(a, b)
            total += (x * x).sum() + x[0]
            a[0] += x * 0.1
            b = b + x
        return total

    def inside(a: np.ndarray, b: np.ndarray) -> float:
        return steps(a, b, lambda a, b: irad.callback(solve, b, a, b, vjp=vjp, jvp=jvp))

    def plain(a: np.ndarray, b: np.ndarray) -> float:
        return steps(a, b, np.linalg.solve)

    a, b = np.array([[4.0, 1.0], [0.2, 3.0]]), np.array([1.0, -2.0])
    assert inside(a, b) == irad.compile(inside)(a, b)
    want = irad.grad(plain, argnums=(0, 1))(a, b)
    if which != "hidden jvp":
        for got, expected in zip(irad.grad(inside, argnums=(0, 1))(a, b), want):
            np.testing.assert_allclose(got, expected, rtol=1e-11)
    else:
        with pytest.raises(irad.DifferentiationError, match="not compiled"):
            irad.grad(inside)(a, b)
    if which != "hidden vjp":
        got = irad.jvp(inside, (a, b), (a * 0.1, b))[1]
        assert got == pytest.approx(irad.jvp(plain, (a, b), (a * 0.1, b))[1], rel=1e-11)
    if which == "vjp":
        h, k = (irad.hessian(g, argnums=1)(a, b) for g in (inside, plain))
        np.testing.assert_allclose(h, k, rtol=1e-9)
    assert (a[0, 0], b[0]) == (4.0, 1.0)


def test_none_is_zero_and_only_floats_have_derivatives() -> None:
    def rule(x: float, n: int, a: np.ndarray, t: Any, ct: Any) -> Any:
        c, _ = ct
        return c * 2.0, None, None, (None, c * 5.0)

    def f(x: float, n: int, a: np.ndarray, t: Any) -> float:
        y, k = irad.callback(lambda x, n, a, t: (2.0 * x + 5.0 * t[1], n), (float, int), x, n, a, t, vjp=rule)
        return y * k + a[0]

    got = irad.grad(f, argnums=(0, 2, 3))(3.0, 2, np.ones(2), (1.0, 2.0))
    assert got[0] == 4.0 and got[1].tolist() == [1.0, 0.0] and got[2] == (0.0, 10.0)


def test_a_monitor_has_no_derivative_and_needs_none() -> None:
    SEEN.clear()

    def f(a: np.ndarray) -> float:
        s = 0.0
        for v in a:
            s += v * v
            irad.callback(noted, None, s, a)
        if irad.callback(lambda s: s > 0, bool, s):
            s = s * 2.0
        return s

    a = np.array([1.0, 2.0])
    assert irad.grad(f)(a).tolist() == [4.0, 8.0] and [args[0] for args in SEEN] == [1.0, 5.0]
    assert irad.hessian(f)(a).tolist() == [[4.0, 0.0], [0.0, 4.0]]


def test_without_a_rule_a_derivative_is_an_error_that_says_what_to_do() -> None:
    def f(x: float) -> float:
        return x * irad.callback(outside, float, x)

    for derivative in (irad.grad(f), irad.jacfwd(f)):
        with pytest.raises(irad.DifferentiationError, match="which irad does not see into") as info:
            derivative(2.0)
        assert "vjp=lambda x, ct" in str(info.value) and "irad.callback(outside, float, x)" in str(info.value)
        assert info.value.kind == "opaque-call"
    assert irad.grad(lambda x: x * irad.callback(outside, float, irad.stop_gradient(x)))(2.0) == 8.0
    assert irad.grad(lambda x, y: x * irad.callback(outside, float, y))(3.0, 2.0) == 8.0


def test_a_captured_float_needs_a_place_among_the_arguments() -> None:
    def f(x: float) -> float:
        return irad.callback(lambda y: y * x, float, 2.0, vjp=lambda y, ct: (ct,))

    assert irad.compile(f)(3.0) == 6.0
    with pytest.raises(irad.DifferentiationError, match="captured"):
        irad.grad(f)(3.0)


def test_a_rule_may_capture() -> None:
    def f(x: float, k: float) -> float:
        return irad.callback(lambda y: outside(y), float, x, vjp=lambda y, ct: (ct * k * y * y,))

    assert irad.grad(f)(2.0, 3.0) == 12.0
    assert irad.grad(f, argnums=(0, 1))(2.0, 3.0) == (12.0, 0.0)
    assert irad.grad(lambda k: irad.grad(f)(2.0, k))(3.0) == 4.0


def test_rules_that_return_the_wrong_thing() -> None:
    for rule in (lambda x, ct: ct, lambda x, ct: (ct, ct), lambda x, ct: ("a",)):
        with pytest.raises(TypeError, match=r"irad.callback: the function returned"):
            irad.grad(lambda x, rule=rule: irad.callback(outside, float, x, vjp=rule))(2.0)
    with pytest.raises(ValueError, match="3 elements along axis 0, not 2"):
        irad.grad(lambda a: irad.callback(np.sum, float, a, vjp=lambda a, ct: (np.ones(3) * ct,)))(np.ones(2))


def test_in_recursions_and_branches() -> None:
    def power(x: float, n: int) -> float:
        return x if n == 0 else irad.callback(outside, float, power(x, n - 1) * 0.5, vjp=slope)

    def same(x: float, n: int) -> float:
        return x if n == 0 else (same(x, n - 1) * 0.5) ** 3

    assert irad.grad(power)(1.7, 3) == pytest.approx(irad.grad(same)(1.7, 3), rel=1e-13)


def test_check_grads_knows_callbacks() -> None:
    def rule(x: float, ct: float) -> tuple[float]:
        return (ct * 2 / math.sqrt(math.pi) * math.exp(-x * x),)

    irad.check_grads(lambda x: irad.callback(math.erf, float, x, vjp=rule), (0.3,), order=2)


PLAIN = """
import irad, math
def f(x):
    return x * irad.callback(lambda y: eval('y * y'), float, x, vjp=lambda y, ct: (2 * y * ct,))
print(f(3.0), irad.compile(f)(3.0), irad.grad(f)(3.0), irad.hessian(f)(3.0))
"""


def test_without_machine_code() -> None:
    run = subprocess.run([sys.executable, "-c", PLAIN], env={**os.environ, "IRAD_DISABLE": "1"}, capture_output=True, text=True)
    assert run.stdout.split() == ["27.0", "27.0", "27.0", "18.0"], run.stderr
