"""vjp and its relatives: results that are lists, what pullbacks read later, and all of them inside of compiled code."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irad

X = np.array([1.0, 2.0, 4.0])


def doubled(x: Any) -> Any:
    """A list of floats of run-time length."""
    found = []
    for i in range(len(x)):
        found.append(float(x[i]) * 2.0)
    return found


def squares(x: Any) -> Any:
    """A list of numbers of two kinds: each has a tag that says which."""
    found = [0.0] * len(x)
    for i in range(len(x)):
        found[i] = x[i] * x[i]
    return found


def pairs(x: Any) -> Any:
    found = []
    for i in range(len(x)):
        found.append((x[i] * x[i], i))
    return found


LONG = [1.0] * 100  # not taken apart item by item


@pytest.mark.parametrize("cotangent", [[1.0, 2.0, 3.0], [1, 2, 3], (1.0, 2.0, 3.0)])
def test_cotangents_of_lists(cotangent: Any) -> None:
    assert irad.vjp(doubled, X)[1](cotangent)[0].tolist() == [2.0, 4.0, 6.0]
    assert irad.vjp(squares, X)[1](cotangent)[0].tolist() == [2.0, 8.0, 24.0]
    values, pullback = irad.vjp(squares, np.arange(100.0))
    assert pullback(values)[0].tolist() == [2.0 * i**3 for i in range(100)]
    assert pullback(LONG)[0].tolist() == pullback([1] * 100)[0].tolist() == [2.0 * i for i in range(100)]


def test_cotangents_of_lists_of_pairs() -> None:
    values, pullback = irad.vjp(pairs, X)
    for cotangent in (values, [(v, None) for v, _ in values], [(v, 7) for v, _ in values]):
        assert pullback(cotangent)[0].tolist() == (2.0 * X**3).tolist()
    values, pullback = irad.vjp(pairs, np.arange(100.0))
    for cotangent in ([(1.0, None)] * 100, [(1.0, 7)] * 100, [(1, 7)] * 100):
        assert pullback(cotangent)[0].tolist() == [2.0 * i for i in range(100)]


@pytest.mark.parametrize("f", [doubled, squares, lambda x: {"a": doubled(x), "b": 1.0}])
@pytest.mark.parametrize("n", [0, 2, 4, 100])
def test_lists_of_other_lengths_are_refused(f: Callable[..., Any], n: int) -> None:
    """The memory behind a shorter one was read."""
    wrong: Any = [1.0] * n
    with pytest.raises(ValueError, match=f"the cotangent has {n} elements along axis 0, and the result 3"):
        irad.vjp(f, X)[1](wrong if isinstance(f(X), list) else {"a": wrong, "b": 1.0})


@pytest.mark.parametrize("wrong", [["a"] * 3, [(1.0,)] * 3, [None] * 3, {"a": 1.0}, np.ones(3)], ids=str)
def test_other_structures_are_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="the cotangent must have the structure of the result"):
        irad.vjp(squares, X)[1](wrong)


@pytest.mark.parametrize("f", [doubled, squares, pairs, lambda x: [[v] for v in doubled(x)]])
@pytest.mark.parametrize("jacobian", [irad.jacobian, irad.jacfwd, irad.jacrev])
def test_jacobians_of_lists_are_refused(jacobian: Callable[..., Any], f: Callable[..., Any]) -> None:
    with pytest.raises(irad.UnsupportedError, match="a Jacobian of a list whose length is not known"):
        jacobian(f)(X)


class Point:
    def __init__(self, x: Any, y: Any) -> None:
        self.x, self.y = x, y

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)


class Slots:
    __slots__ = ("x", "y")
    __init__ = Point.__init__


def of_list(p: Any) -> Any:
    p[0] = 9.0


def of_object(p: Any) -> Any:
    p.x = 9.0


LATER: list[tuple[Callable[[Any], Any], Callable[[Any], Any], Any]] = [
    (lambda a: a[0] ** 3 * a[1], of_list, np.array([2.0, 3.0])),
    (lambda a: a[0] ** 3 * a[1], of_list, [2.0, 3.0]),
    (lambda a: a[0] ** 3 * a[1] * len(a), lambda a: a.append(1.0), [2.0, 3.0]),
    (lambda p: p.x**3 * p.y, of_object, Point(2.0, 3.0)),
    (lambda p: p.x**3 * p.y, of_object, Slots(2.0, 3.0)),
    (lambda p: p.x[0] ** 3 * p.y, lambda p: of_list(p.x), Point([2.0], 3.0)),
    (lambda p: p.x[0] ** 3 * p.y, lambda p: of_list(p.x), Point(np.array([2.0]), 3.0)),
    (lambda d: d["a"] ** 3 * d["b"][0], lambda d: d.update(a=9.0), {"a": 2.0, "b": (3.0, "b")}),
    (lambda d: d["a"][0] ** 3 * d["b"], lambda d: of_list(d["a"]), {"a": [2.0], "b": 3.0}),
]


def plain(x: Any) -> Any:
    """Objects and arrays as what they hold."""
    if isinstance(x, (Point, Slots)):
        return plain(x.x), plain(x.y)
    if isinstance(x, (tuple, list)):
        return [plain(v) for v in x]
    return {k: plain(v) for k, v in x.items()} if isinstance(x, dict) else x.tolist() if isinstance(x, np.ndarray) else x


@pytest.mark.parametrize("f, change, given", LATER)
@pytest.mark.parametrize("around", [lambda f: f, irad.compile], ids=["outside", "compiled"])
def test_later_changes_do_not_matter(f: Any, change: Any, given: Any, around: Any) -> None:
    """A pullback belongs to what the arguments were; of lists and objects (compiled: of arrays too) it read the new ones."""

    def pulled(p: Any) -> Any:
        value, pullback = irad.vjp(f, p)
        change(p)
        return value, pullback(1.0)[0]

    value, slope = around(pulled)(copy.deepcopy(given))
    assert value == f(given) and plain(slope) == plain(irad.grad(f)(given))


def test_arrays_that_are_one_stay_one() -> None:
    a = np.array([2.0, 3.0])
    value, pullback = irad.vjp(lambda v: (v[0] * v[1]).sum(), [a, a])
    a[0] = 9.0
    assert value == 13.0 and [g.tolist() for g in pullback(1.0)[0]] == [[2.0, 3.0], [2.0, 3.0]]


def writes(y: Any) -> Any:
    y[0] = 7.0 * y[1]
    return (y * y).sum()


INSIDE: dict[str, Callable[[Any], Any]] = {
    "vjp": lambda x: irad.vjp(lambda y: (y * y, 3.0), x)[1]((x, 1.0)),
    "vjp with aux": lambda x: irad.vjp(lambda y: ((y * y).sum(), y[0]), x, has_aux=True)[1](2.0),
    "value and aux": lambda x: irad.vjp(lambda y: ((y * y).sum(), y[0]), x, has_aux=True)[::2],
    "vjp of what writes": lambda x: (irad.vjp(writes, x)[0], irad.vjp(writes, x)[1](1.0), x),
    "vjp by a list": lambda x: irad.vjp(lambda p: p[0] * p[1], [x[0], x[1]])[1](1.0),
    "vjp of a list": lambda x: irad.vjp(doubled, x)[1]([1.0, 2.0, 3.0]),
    "linearize": lambda x: irad.linearize(lambda y: y * y, x)[1](x),
    "value of linearize": lambda x: irad.linearize(lambda y: y * y, x)[0],
    "linearize by two": lambda x: irad.linearize(lambda a, b: (a * b).sum(), x, x)[1](x, 2.0 * x),
    "linearize by a list": lambda x: irad.linearize(lambda p: p[0] * p[1], [x[0], x[1]])[1]([1.0, 2.0]),
    "jvp": lambda x: irad.jvp(fun=lambda y: y * y, primals=(x,), tangents=(x,)),
    "jvp by a list": lambda x: irad.jvp(lambda p: p[0] * p[1], ([x[0], x[1]],), ([1.0, 2.0],)),
    "hvp": lambda x: irad.hvp(lambda y: (y**3).sum(), (x,), tangents=(x,)),
    "hvp by a list": lambda x: irad.hvp(lambda p: p[0] ** 2 * p[1], ([x[0], x[1]],), ([1.0, 2.0],)),
    "vhp": lambda x: irad.vhp(lambda y: (y**3).sum(), (x,), x),
    "vhp by two": lambda x: irad.vhp(lambda a, b: (a * b).sum() * a[0], (x, x), (x, x)),
}


@pytest.mark.parametrize("name", INSIDE)
def test_inside_of_compiled_code(name: str) -> None:
    f = INSIDE[name]
    wanted, found = f(X.copy()), irad.compile(f)(X.copy())
    assert plain(found) == plain(wanted) and type(found) is type(wanted)


def test_overlapping_arrays_inside_of_compiled_code() -> None:
    def read(x: Any) -> Any:
        return irad.vjp(lambda a, b: (a * b).sum(), x[1:], x[:-1])[1](1.0)

    def written(x: Any) -> Any:
        def f(a: Any, b: Any) -> Any:
            a[0] = 2.0
            return (a * b).sum()

        return irad.vjp(f, x[1:], x[:-1])[1](1.0)

    assert plain(irad.compile(read)(X)) == plain(read(X)) == [[1.0, 2.0], [2.0, 4.0]]
    with pytest.raises(ValueError, match="two arrays overlap and the function writes them"):
        irad.compile(written)(X)
    with pytest.raises(ValueError, match="overlap and the function writes them"):
        written(X)


def test_derivatives_of_pullbacks() -> None:
    def slope(x: Any) -> Any:
        _, pullback = irad.vjp(lambda y: (y**3).sum(), x)
        return pullback(1.0)[0].sum()

    def push(x: Any) -> Any:
        return irad.linearize(lambda y: (y**3).sum(), x)[1](np.ones(3))

    assert irad.grad(slope)(X).tolist() == irad.grad(push)(X).tolist() == (6.0 * X).tolist()


@pytest.mark.parametrize("ct", [None, "1", (), [1.0]])
def test_the_cotangent_of_a_number_is_a_number(ct):
    _, pullback = irad.vjp(lambda x: (x, 2.0 * x), 1.25)
    with pytest.raises(TypeError, match=r"cotangent|structure"):
        pullback((ct, 1.0))
    assert pullback((np.float64(1.0), 1)) in (3.0, (3.0,))


def root_or_none(t):
    return t**3 if t > 0 else None


def root_or_text(t):
    return (t**3, t**2 if t < 1 else "large")


def pulled_back(x):
    out, pullback = irad.vjp(root_or_none, x)
    return out, pullback(None if out is None else 2.0)[0]


def pulled_back_where_it_is_a_number(x):
    out, pullback = irad.vjp(root_or_none, x)
    return 0.0 if out is None else pullback(1.0)[0] * out


def pulled_back_in_a_tuple(x):
    (_, second), pullback = irad.vjp(root_or_text, x)
    return pullback((1.0, None if type(second) is str else 2.0))[0]


def test_pullbacks_of_what_is_a_number_on_some_ways_only():
    for f in (pulled_back, irad.compile(pulled_back)):
        assert f(2.0) == (8.0, 24.0)
        assert f(-2.0) == (None, 0.0)
    for f in (pulled_back_where_it_is_a_number, irad.compile(pulled_back_where_it_is_a_number)):
        assert (f(2.0), f(-2.0)) == (96.0, 0.0)
    for f in (pulled_back_in_a_tuple, irad.compile(pulled_back_in_a_tuple)):
        assert (f(2.0), f(0.5)) == (12.0, 0.75 + 2.0)
    assert irad.grad(pulled_back_where_it_is_a_number)(2.0) == 15 * 2.0**4
    assert irad.grad(pulled_back_where_it_is_a_number)(-2.0) == 0.0
    assert irad.grad(lambda x: pulled_back(x)[1])(2.0) == 24.0
    for wrong in ("text", np.ones(2), (1.0,)):
        with pytest.raises(TypeError, match="the cotangent of a number must be a number"):
            irad.vjp(root_or_none, 2.0)[1](wrong)
