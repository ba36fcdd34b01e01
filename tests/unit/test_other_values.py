"""Arguments of other libraries' classes: a TypeError with the two lines to write instead. (The classes are made up here.)"""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pytest

import irad


def from_package(package: str, name: str, **members: Any) -> Any:
    """An object of a class that says it is from a package."""
    cls = type(name, (), {**members, "__module__": f"{package}.core"})
    return cls()


def method(self: Any) -> Any:
    return None


SERIES = from_package("pandas", "Series", to_numpy=method, index=property(method), __array__=method)
FRAME = from_package("pandas", "DataFrame", to_numpy=method, index=property(method), columns=property(method), __array__=method)
TENSOR = from_package("torch", "Tensor", detach=method, numpy=method, __array__=method)
JAX = from_package("jaxlib", "ArrayImpl", __array__=method)
QUANTITY = from_package("pint", "Quantity", magnitude=property(method), units=property(method))
UNKNOWN = from_package("else", "Grid", __array__=method, __slots__=())


class Meters(np.ndarray):
    unit = "m"
    value = property(method)


def f(rate: Any, n: int = 2) -> Any:
    return rate * n


@pytest.mark.parametrize(("value", "name", "line"), [
    (SERIES, "pandas.Series", "rate = rate.to_numpy()"), (FRAME, "pandas.DataFrame", "rate = rate.to_numpy()"),
    (TENSOR, "torch.Tensor", "rate = rate.detach().numpy()"), (JAX, "jaxlib.ArrayImpl", "rate = np.asarray(rate)"),
    (QUANTITY, "pint.Quantity", "rate = rate.magnitude"), (np.ma.ones(3), "numpy.MaskedArray", "rate = rate.filled(np.nan)"),
    (np.ones(3).view(Meters), "Meters", "rate = rate.value"), (np.matrix([[1.0]]), "numpy.matrix", "rate = np.asarray(rate)"),
])
def test_the_two_lines(value: Any, name: str, line: str) -> None:
    for call, text in (
        (lambda: irad.compile(f)(value, 3), "f(rate, n)"), (lambda: irad.grad(f)(value), "irad.grad(f)(rate)"),
        (lambda: irad.value_and_grad(f, argnums=(0,))(value, 2), "irad.value_and_grad(f, argnums=(0,))(rate, n)"),
        (lambda: irad.grad(f, argnames="rate")(rate=value), "irad.grad(f, argnames='rate')(rate=rate)"),
        (lambda: irad.hessian(irad.compile(f))(value), "irad.hessian(f)(rate)"),
    ):
        with pytest.raises(TypeError) as info:
            call()
        message = str(info.value)
        assert type(info.value) is TypeError and name in message and "`rate`" in message
        lines = message.splitlines()
        assert len(lines) == 3 and lines[1] == f"    {line}" and lines[2].partition("  #")[0] == f"    {text}", message
    if hasattr(type(value), "columns"):
        assert "DataFrame(..., index=rate.index, columns=rate.columns)" in message


def test_inside_of_a_tuple_and_without_a_name() -> None:
    with pytest.raises(TypeError, match=r"argument 0 `rate` is a pandas.Series.*: write\n    x = x.to_numpy\(\)\n"):
        irad.compile(lambda rate: rate[0])((SERIES, 1.0))
    with pytest.raises(TypeError, match=r"    x = x.to_numpy\(\)\n    f\(\.\.\.\)"):
        irad.compile(lambda *rates: rates[0])(SERIES)


def test_own_classes_are_still_taken_apart() -> None:
    class Vector:
        def __init__(self, x: float) -> None:
            self.x = x

        def __array__(self) -> Any:
            return np.array([self.x])

    assert irad.grad(lambda v: v.x * v.x)(Vector(3.0)).x == 6.0
    assert irad.compile(lambda s: s.x)(types.SimpleNamespace(x=2.0)) == 2.0


def fill(x: float, n: int, out: np.ndarray) -> None:
    for i in range(n):
        out[i] = x**i


def test_a_function_that_fills_an_array() -> None:
    a = np.zeros(3)
    for derivative, end in ((irad.grad, "return out.sum()"), (irad.value_and_grad, "return out.sum()"),
                            (irad.jacobian, "return out"),
                            (irad.jacfwd, "return out"), (irad.jacrev, "return out")):
        with pytest.raises(TypeError, match="returns None") as info:
            derivative(fill)(2.0, 3, a)
        assert f"def g(x, n, out):\n           fill(x, n, out); {end}\n" in str(info.value)
    with pytest.raises(TypeError, match="returns None"):
        irad.vjp(lambda x: fill(x, 3, a), 2.0)
    with pytest.raises(TypeError, match="let it return what it computes"):
        irad.grad(lambda x: None)(2.0)

    def g(x: float, n: int, out: np.ndarray) -> float:
        fill(x, n, out)
        return out.sum()

    assert irad.grad(g)(2.0, 3, a) == 5.0 and not a.any()
