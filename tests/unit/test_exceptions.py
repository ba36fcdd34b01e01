"""Exceptions in compiled code: what is lost (nothing), what stays (arguments), what leaves, what cannot be caught."""

from __future__ import annotations

import copy
import math
import traceback
import warnings
from typing import Any

import numpy as np
import pytest
from fences import clean, fences
from programs import exceptions as programs
from programs.outcomes import bits
from programs.registry import PROGRAMS

import irad
from irad.infer.exceptions import CAUGHT
from irad.infer.shapes import shape_of
from irad.infer.unit import Unit
from irad.infer.values import Num
from irad.ir.core import Value
from irad.ir.interpret import run
from irad.ir.parse import parse
from irad.ir.types import FLOAT, INT
from irad.lift import lift, lift_module
from irad.ops.table import OPS

NAMES = sorted(name for name, p in PROGRAMS.items() if p.function.__module__ == programs.__name__)
ARRAYS = [name for name in NAMES if any(isinstance(a, np.ndarray) for a in PROGRAMS[name].calls[0])]


def outcome(function: Any, *args: Any) -> Any:
    try:
        return bits(function(*args))
    except Exception as error:
        return type(error), str(error)


def test_there_are_enough() -> None:
    assert len(NAMES) >= 40


@pytest.mark.parametrize("name", ARRAYS)
def test_no_memory_is_lost(name: str) -> None:
    p = PROGRAMS[name]
    active = tuple(i for i, a in enumerate(p.calls[0]) if isinstance(a, (float, np.ndarray)))
    with fences() as damage:
        for f in (irad.compile(p.function), irad.compile(lambda *a: irad.grad(p.function, argnums=active)(*a))):
            first = [outcome(f, *copy.deepcopy(args)) for args in p.calls]
            for args, want in zip(p.calls, first, strict=True):  # usable afterwards, with the same results
                assert outcome(f, *copy.deepcopy(args)) == want
                assert clean(f)
    assert not damage


def test_many_errors_in_one_call_keep_nothing() -> None:
    def part(a: Any, i: int) -> Any:
        b = np.empty(1000)
        b[:] = a[i % 3]
        if i % 2:
            raise ValueError("odd")
        return b

    def f(a: Any, n: int) -> Any:
        s = 0.0
        for i in range(n):
            try:
                s += part(a, i)[5]
            except ValueError:
                s -= 0.5
        return s

    compiled = irad.compile(f, memory="1 MiB")
    assert compiled(np.arange(3.0), 100_000) == f(np.arange(3.0), 100_000)  # 800 MB if each were kept
    assert clean(compiled)


def test_gradients_change_no_argument() -> None:
    def f(a: Any, n: int) -> Any:
        try:
            for i in range(n):
                a[i] = a[i] * a[i]
        except IndexError:
            a[0] = a[0] * 2.0
            if n > 9:
                raise
        return a.sum()

    a = np.array([1.0, 2.0, 3.0])
    assert irad.grad(f)(a, 5).tolist() == [4.0, 4.0, 6.0]
    with pytest.raises(IndexError, match="index 3 is out of bounds"):
        irad.grad(f)(a, 10)
    assert a.tolist() == [1.0, 2.0, 3.0]
    assert irad.grad(f)(a, 2).tolist() == [2.0, 4.0, 1.0]


# -- what leaves -------------------------------------------------------------------------------------------------------


class Outside(Exception):
    def __init__(self, place: int, *, weight: float = 0.5) -> None:
        super().__init__("outside", place)
        self.place = place
        self.weight = weight
        self.both = (place, [weight, "kg"])

    def __str__(self) -> str:
        return f"outside at {self.place}: {self.weight}"


def test_objects_that_leave() -> None:
    def f(x: float, n: int) -> float:
        if n > 2:
            raise Outside(n, weight=x * 2.0)
        return x

    with pytest.raises(Outside) as caught:
        irad.compile(f)(1.5, 3)
    error = caught.value
    assert (error.args, error.place, error.weight, error.both) == (("outside", 3), 3, 3.0, (3, [3.0, "kg"]))
    assert str(error) == "outside at 3: 3.0"


@pytest.mark.parametrize("dtype", ["f4", "f8", "i4", "i8", "?"])
def test_numbers_of_each_class_that_leave(dtype: str) -> None:
    def f(a: Any) -> None:
        raise ValueError(f"{a[1]} {a[1]!r}", a[1], [str(a[1])])

    def g(a: Any) -> int:
        return [100, 101].index(a[1])

    a = np.array([0, -3]).astype(dtype)
    for function in (f, g):
        want, got = (_raised(h, a) for h in (function, irad.compile(function)))
        assert (type(got), repr(got.args), str(got)) == (type(want), repr(want.args), str(want))


def test_a_number_of_32_bits_that_leaves() -> None:
    def f(x: Any) -> Any:
        if x > 2.0:
            raise ValueError(f"{x:.2f}", x)
        if x == 2.0:
            [1.0, 1.5].index(x * np.float32(0.05))
        if x < 1.0:
            raise AssertionError("%s is too small" % x, str(x), repr(x), f"{x} {x!s} {x!r} {x!s:>8}", x)
        return x * x

    for g in (irad.compile(f), irad.compile(lambda x: irad.grad(f)(x)), irad.grad(f)):
        for x in (np.float32(2.6), np.float32(0.1), np.float32(2.0)):
            assert repr(_raised(g, x).args) == repr(_raised(f, x).args)


class Holding(Exception):
    def __init__(self, a: Any, rest: Any = ()) -> None:
        self.a, self.rest = a, rest


class Counter:
    def __init__(self) -> None:
        self.n = 0


def _text(a: Any) -> None:
    raise ValueError(f"{a} {a!r} {a[0]}", a, a.T[::-1], a.astype(np.float32), a > 2.0)


def _attributes(a: Any) -> None:
    raise Holding(a, {"a": [a, (a[0], 1)], "n": 2})


def _later_stores(a: Any) -> None:
    try:
        raise Holding(a * 2.0, a)
    except Holding as e:
        a[0] = 7.0
        raise KeyError(e.a, e.rest) from e


def _lists(a: Any) -> None:
    found = []
    for x in a[0]:
        found.append(x)
    raise ValueError(found, a.tolist())


def _many_numbers(a: Any) -> None:
    raise ValueError([[a[0, 0] * i for i in range(20)], a[1, 1], [a[0, 1] + i for i in range(20)]])


def _assertion(a: Any) -> None:
    if a.sum() > 0.0:
        raise AssertionError(a)


@pytest.mark.parametrize("function", [_text, _attributes, _later_stores, _lists, _many_numbers, _assertion])
def test_arrays_and_lists_that_leave(function: Any) -> None:
    a = np.array([[1.0, 2.0], [3.0, 4.0]])

    def of(error: BaseException | None) -> Any:
        return error and (type(error), repr(error.args), str(error), repr(vars(error)), of(error.__cause__))

    before = list(CAUGHT)  # those that programs have caught and dealt with stay for a while
    want = of(_raised(function, a.copy()))
    differentiated = irad.grad(lambda b: function(b) or b.sum())
    for compiled in (irad.compile(function), irad.compile(lambda b: function(b)), differentiated):
        with fences() as damage:
            assert of(_raised(compiled, a.copy())) == want
            assert isinstance(compiled, type(differentiated)) or clean(compiled)
        assert not damage
    assert not CAUGHT  # nobody keeps the arrays


def test_an_array_leaves_with_what_was_changed_before() -> None:
    def f(counter: Any, a: Any) -> float:
        for x in a:
            counter.n += 1
            if x > 2.0:
                raise Holding(a, counter.n)
        return counter.n * 1.0

    for g in (f, irad.compile(f)):
        counter = Counter()
        error = _raised(g, counter, np.arange(5.0))
        assert isinstance(error, Holding)
        assert (counter.n, error.a.tolist(), error.rest, vars(error)) == (4, [0, 1, 2, 3, 4], 4, {"a": error.a, "rest": 4})
        assert g(Counter(), np.zeros(2)) == 2.0


def test_texts_and_arguments_of_errors_of_numpy() -> None:
    def condition(a: Any) -> float:
        return 1.0 if a > 0.0 else 2.0

    def axis(a: Any) -> Any:
        return a.sum(axis=2)

    for function, shape in ((condition, 0), (condition, 3), (condition, (2, 0)), (axis, 3), (axis, (2, 0))):
        want, got = (_raised(f, np.zeros(shape)) for f in (function, irad.compile(function)))
        assert (type(got), got.args, str(got), vars(got)) == (type(want), want.args, str(want), vars(want))
    assert irad.compile(condition)(np.ones((1, 1))) == 1.0


def test_what_an_exception_cannot_carry() -> None:
    def f(a: Any, n: int) -> float:
        if n > 2:
            raise ValueError(iter(a))
        return a[0]

    compiled = irad.compile(f)
    assert compiled(np.ones(2), 1) == 1.0
    with pytest.raises(irad.UnsupportedError, match="a value of type iterator in an exception"):
        compiled(np.ones(2), 3)


def _raised(function: Any, *args: Any) -> BaseException:
    try:
        function(*args)
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def test_text_of_an_object_in_a_handler() -> None:
    def f(x: float, n: int) -> float:
        try:
            raise Outside(n, weight=x)
        except Outside as e:
            raise RuntimeError(f"<{e}> {e.place}") from e

    for g in (f, irad.compile(f)):
        with pytest.raises(RuntimeError, match="<outside at 3: 1.5> 3") as caught:
            g(1.5, 3)
        assert type(caught.value.__cause__) is Outside and caught.value.__cause__.args == ("outside", 3)


def test_causes_and_contexts() -> None:
    def f(x: float, n: int) -> float:
        try:
            try:
                return x / n
            except ZeroDivisionError as e:
                raise LookupError("first", x) from e
        except LookupError:
            if x > 1.0:
                raise ValueError("second") from None
            raise ValueError("second")  # noqa: B904

    for x in (0.5, 1.5):
        found = []
        for g in (f, irad.compile(f)):
            with pytest.raises(ValueError, match="second") as caught:
                g(x, 0)
            error = caught.value
            first = error.__context__
            found.append((error.__cause__, error.__suppress_context__, type(first), first.args, str(first.__cause__)))
        assert found[0] == found[1]


def test_a_chain_does_not_grow_with_a_recursion() -> None:
    def f(x: float, n: int) -> float:
        try:
            if n == 0:
                return 1.0 / x
            return f(x, n - 1)
        except Exception as e:
            raise RuntimeError(f"level {n}") from e

    compiled = irad.compile(f)
    assert compiled(2.0, 20) == 0.5
    with pytest.raises(RuntimeError, match="level 20") as caught:
        compiled(0.0, 20)
    assert str(caught.value.__cause__) == "level 19"


def test_the_same_object_is_raised_again() -> None:
    known = ValueError("known")

    def f(x: float) -> float:
        try:
            if x > 1.0:
                raise known
        except ValueError as e:
            if x > 2.0:
                raise
            return x * len(e.args)
        return 0.0

    compiled = irad.compile(f)
    assert [compiled(x) for x in (0.5, 1.5)] == [0.0, 1.5]
    with pytest.raises(ValueError, match="known"):
        compiled(2.5)


def positive(x: float) -> float:
    if x <= 0.0:
        raise ValueError(f"not {x}")
    return x


def test_the_traceback_begins_where_it_was_raised() -> None:
    def f(x: float, n: int) -> float:
        s = 0.0
        try:
            s += 1.0 / n
            s += positive(x)
        except IndexError:
            s = 1.0
        finally:
            s = s * 2.0
        return s

    for args, texts in (((1.0, 0), ["s += 1.0 / n"]), ((-1.0, 1), [None, 'raise ValueError(f"not {x}")'])):
        with pytest.raises((ValueError, ZeroDivisionError)) as caught:
            irad.compile(f)(*args)
        lines = [entry.line for entry in traceback.extract_tb(caught.tb)][1:]
        assert len(lines) == len(texts)
        assert all(text in (None, line) for line, text in zip(lines, texts, strict=True))


def quiet(a, n):
    with warnings.catch_warnings(action="ignore"):
        try:
            return np.log(a).sum() / n
        except ZeroDivisionError:
            return 0.0


def test_caught_warnings() -> None:
    """There are none to catch; what would be made of them is refused."""
    compiled, a = irad.compile(quiet), np.array([1.0, 2.0])
    assert compiled(a, 2) == quiet(a, 2) and np.isneginf(compiled(0.0 * a, 2))
    assert np.array_equal(irad.grad(quiet)(a, 2), [0.5, 0.25])

    def strict(a):
        with warnings.catch_warnings(action="error"):
            return np.log(a)

    def recorded(a):
        with warnings.catch_warnings(record=True) as found:
            return np.log(a), len(found)

    def is_recorded(a):
        with warnings.catch_warnings(record=True) as found:
            return np.log(a) if found else a

    def filters(a):
        warnings.simplefilter("error")
        return np.log(a)

    with pytest.raises(irad.UnsupportedError, match="what numpy may warn about, where warnings are exceptions"):
        irad.compile(strict)(np.zeros(2))
    assert np.array_equal(irad.compile(strict)(np.ones(2)), np.zeros(2))
    strange = "a filter that makes warnings exceptions"
    for f, text in ((recorded, "record=True"), (is_recorded, "record=True"), (filters, strange)):
        with pytest.raises(irad.UnsupportedError, match=text):
            irad.compile(f)(a)


def test_warning_filters_inside() -> None:
    """Filters that a `with catch_warnings` undoes, and a record that nobody looks at."""

    def f(a):
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("ignore")
            warnings.filterwarnings("ignore", category=RuntimeWarning)
            return np.log(a).sum()

    assert np.array_equal(irad.grad(f)(np.array([1.0, 2.0])), [1.0, 0.5])


ERRORS = (ZeroDivisionError, ValueError)


def of_a_global(x):
    try:
        return 1.0 / x
    except ERRORS as e:
        return -1.0 * len(e.args)


def of_a_default(x, errors=(ZeroDivisionError, *ERRORS)):
    try:
        return 1.0 / x
    except errors:
        return -1.0


def of_a_list(x):
    kinds = [ZeroDivisionError, KeyError]
    try:
        return 1.0 / x
    except tuple(kinds):
        return -1.0


def of_an_expression(x, strict=False):
    cls = type(ZeroDivisionError("a"))
    try:
        return 1.0 / x
    except () if strict else (cls, *ERRORS):
        return -1.0


def of_a_table(x):
    try:
        return 1.0 / x
    except {"zero": ZeroDivisionError}["zero"] as e:
        return -1.0 * len(e.args)


@pytest.mark.parametrize("function", [of_a_global, of_a_default, of_a_list, of_an_expression, of_a_table])
def test_classes_that_are_computed(function: Any) -> None:
    compiled = irad.compile(function)
    assert [compiled(x) for x in (0.0, 2.0)] == [function(x) for x in (0.0, 2.0)] == [-1.0, 0.5]
    assert irad.grad(function)(0.0) == 0.0 and irad.grad(function)(2.0) == -0.25


# -- what cannot be caught ---------------------------------------------------------------------------------------------


def test_an_int_that_leaves_64_bits_is_not_caught() -> None:
    """CPython goes on with a long int: a handler that runs would be a silently different result."""

    def f(n: int) -> int:
        try:
            return n * n
        except Exception:
            return 0

    with pytest.raises(OverflowError, match="64-bit"):
        irad.compile(f)(1 << 40)


def test_errors_of_irad_are_not_caught() -> None:
    def f(x: float) -> float:
        try:
            if x > 1.0:
                return x + eval("1")
        except BaseException:
            return 0.0
        return x

    compiled = irad.compile(f)
    assert compiled(0.5) == 0.5
    with pytest.raises(irad.UnsupportedError, match="eval"):
        compiled(1.5)


def test_memory_and_recursion_are_not_caught() -> None:
    def deep(x: float) -> float:
        try:
            return deep(x + 1.0)
        except Exception:
            return 0.0

    def large(n: int) -> float:
        try:
            return np.zeros(n).sum()
        except Exception:
            return 0.0

    with pytest.raises(RecursionError):
        irad.compile(deep)(0.0)
    compiled = irad.compile(large, memory="1 MiB")
    with pytest.raises(MemoryError):
        compiled(1 << 20)
    assert compiled(3) == 0.0


def test_a_bare_raise_outside_of_a_handler() -> None:
    def f(x: float) -> float:
        if x > 1.0:
            raise
        return x

    compiled = irad.compile(f)
    assert compiled(0.5) == 0.5
    with pytest.raises(irad.UnsupportedError, match="outside of a handler"):
        compiled(1.5)


def test_classes_that_cannot_be_caught() -> None:
    def f(x: float) -> float:
        try:
            return 1.0 / x
        except 5:  # type: ignore[misc]
            return 0.0

    compiled = irad.compile(f)
    assert compiled(0.5) == 2.0
    with pytest.raises(TypeError, match="catching classes that do not inherit from BaseException is not allowed"):
        compiled(0.0)


# -- many, and derivatives ---------------------------------------------------------------------------------------------


def test_many_messages_in_one_try() -> None:
    source = "def f(x, n):\n try:\n"
    source += "".join(f"  if n == {i}:\n   raise ValueError(f'number {i}: {{x}}', {i})\n" for i in range(40))
    source += "  return x\n except ValueError as e:\n  if n == 39:\n   raise\n  return x * e.args[1]\n"
    space: dict[str, Any] = {}
    exec(source, space)
    compiled = irad.compile(space["f"])
    assert [compiled(0.5, n) for n in (0, 7, 38, 41)] == [0.0, 3.5, 19.0, 0.5]
    with pytest.raises(ValueError, match="number 39: 0.5"):
        compiled(0.5, 39)


def test_derivatives_of_any_kind() -> None:
    def safe_log(x: float) -> float:
        try:
            return math.log(x)
        except ValueError:
            return 0.0

    def f(x: Any) -> Any:
        s = 0.0
        for i in range(x.shape[0]):
            s += safe_log(x[i]) * x[i]
        return s

    x = np.array([0.5, -1.0, 2.0])
    slopes = np.array([math.log(0.5) + 1.0, 0.0, math.log(2.0) + 1.0])
    assert np.allclose(irad.grad(f)(x), slopes, rtol=1e-15)
    assert np.allclose(irad.jacfwd(f)(x), slopes, rtol=1e-15)
    assert np.allclose(irad.hessian(f)(x), np.diag([2.0, 0.0, 0.5]), rtol=1e-15)
    assert irad.jvp(f, (x,), (np.ones(3),))[1] == pytest.approx(slopes.sum(), rel=1e-15)
    assert irad.vjp(f, x)[1](2.0)[0] == pytest.approx(2.0 * slopes, rel=1e-15)


def test_a_derivative_that_is_taken_inside() -> None:
    def inner(x: float) -> float:
        try:
            return x * x / (x - 1.0)
        except ZeroDivisionError:
            return x * x * x

    compiled = irad.compile(lambda x: irad.grad(inner)(x) + 1.0)
    assert compiled(1.0) == 4.0 and compiled(2.0) == 1.0


def test_inspection() -> None:
    def f(x: float, y: float) -> float:
        try:
            return x / y
        except ZeroDivisionError:
            return x

    compiled = irad.compile(f)
    text = compiled.ir(float, float, stage="py")
    assert "except ^except" in text and str(parse(text)) == text
    assert "except" in compiled.cfg(float, float, stage="py").mermaid
    assert compiled.cfg(float, float).dot and str(irad.explain(f, float, float))
    assert "py.caught" in str(lift_module(f.__code__))
    for stage in ("typed", "loops", "low"):
        module = parse(compiled.ir(float, float, stage=stage))
        module.verify()
        assert module.run(next(iter(module.functions)), 1.5, 0.0) in (1.5, (1.5,))


def test_the_interpreter_raises_the_same_objects() -> None:
    def f(x: float, n: int) -> float:
        if n > 2:
            raise Outside(n, weight=x * 2.0)
        if n == 2:
            raise ValueError(f"two of {x:.2f}")
        return x

    unit = Unit(lift)
    args = (shape_of(Num("float", Value(FLOAT))), shape_of(Num("int", Value(INT))))
    unit.entry("f", f, ("root",), args)

    def call(*values: Any) -> Any:
        return run(unit.module, "f", values, evaluate=lambda op: OPS[op].eval, inputs=(0.5,))  # the default of `weight`

    assert call(1.5, 1)[0] == 1.5
    with pytest.raises(ValueError, match="two of 1.50"):
        call(1.5, 2)
    with pytest.raises(Outside, match="outside at 3: 3.0") as caught:
        call(1.5, 3)
    assert caught.value.both == (3, [3.0, "kg"])
