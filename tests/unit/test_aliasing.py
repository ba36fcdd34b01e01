"""Arrays that overlap (docs/api.md, section 2): values as in CPython, derivatives by position, total ones, or a refusal."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import irad

X = np.array([1.0, 2.0, 3.0])
Y = np.arange(1.0, 6.0)
ONES = np.ones(3)


def dot(p, q):
    s = 0.0
    for i in range(len(p)):
        s += p[i] * q[i]
    return s


def scale(p, q):
    for i in range(len(p)):
        p[i] = p[i] * q[i]
    return p.sum() + 2.0 * q.sum()


def spread(p, q, c):
    for i in range(1, len(p)):
        q[i] = p[i - 1] * c + q[i]
    return p.sum() * q[0]


def within(p):
    q = p[1:]
    q[0] = p[0] * 3.0
    return p.sum() + q[0] * p[1]


def three(p, q, r):
    p[0] = q[1] * r[2]
    r[1] = p[0] + q[0]
    return p.sum() * q[0] + r[1]


def total(function: Any, x: np.ndarray, places: int, *more: Any) -> np.ndarray:
    """Derivative of the function of one array that is passed at several places, by complex steps of the program itself."""
    out = []
    for k in range(len(x)):
        moved = x.astype(complex)
        moved[k] += 1e-30j
        out.append(function(*[moved] * places, *more).imag / 1e-30)
    return np.array(out)


VIEWS = {
    "the same": lambda a: (a[:3], a[:3]), "shifted": lambda a: (a[:3], a[1:4]), "reversed": lambda a: (a[:3], a[2::-1]),
    "strided": lambda a: (a[:2], a[1:4:2]), "apart": lambda a: (a[:2], a[3:]),
}


@pytest.mark.parametrize("views", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("function", [dot, scale, lambda p, q: spread(p, q, 1.5)], ids=["dot", "scale", "spread"])
def test_values(function: Any, views: Any) -> None:
    ours, theirs = Y.copy(), Y.copy()
    compiled = irad.compile(function)
    assert compiled(*views(ours)) == function(*views(theirs))
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("views", VIEWS.values(), ids=VIEWS)
def test_read_only_is_by_position(views: Any) -> None:
    y = Y.copy()
    p, q = views(y)
    for derive in (irad.grad, irad.jacfwd, irad.jacrev):
        by_p, by_q = derive(dot, (0, 1))(p, q)
        assert np.array_equal(by_p, q) and np.array_equal(by_q, p)
    assert irad.jvp(dot, (p, q), (np.ones(len(p)), np.zeros(len(p)))) == (dot(p, q), q.sum())
    assert np.array_equal(y, Y)


@pytest.mark.parametrize(
    ("function", "places", "more"), [(scale, 2, ()), (spread, 2, (1.5,)), (three, 3, ())], ids=["scale", "spread", "three"]
)
def test_one_array_that_is_written_has_its_total_derivative(function: Any, places: int, more: tuple[float, ...]) -> None:
    wanted = total(function, X, places, *more)
    x = X.copy()
    value, gradients = irad.value_and_grad(function, tuple(range(places)))(*[x] * places, *more)
    assert value == function(*[x.copy()] * places, *more)
    for gradient in gradients:
        assert np.allclose(gradient, wanted, rtol=1e-14)
    rng = np.random.default_rng(1)
    steps = [rng.standard_normal(3) for _ in range(places)]
    out, moved = irad.jvp(lambda *a: function(*a, *more), (x,) * places, tuple(steps))
    assert out == value and np.isclose(moved, wanted @ sum(steps), rtol=1e-14)
    assert np.array_equal(x, X)


def test_a_view_within_the_function() -> None:
    wanted = total(within, X, 1)
    for derive in (irad.grad, irad.jacfwd, irad.jacrev):
        assert np.allclose(derive(within)(X), wanted, rtol=1e-14)


@pytest.mark.parametrize("derive", [irad.grad, irad.value_and_grad, irad.jacfwd, irad.jacrev])
@pytest.mark.parametrize("which", ["shifted", "reversed", "strided"])
def test_partly_overlapping_and_written_is_refused(derive: Any, which: str) -> None:
    y = Y.copy()
    with pytest.raises(ValueError, match="the arrays `p` and `q` overlap"):
        derive(scale, (0, 1))(*VIEWS[which](y))
    assert np.array_equal(y, Y)


def as_tuple(found: Any) -> tuple[Any, ...]:
    return found if isinstance(found, tuple) else (found,)


@pytest.mark.parametrize("derive", [irad.grad, irad.jacfwd, irad.jacrev, irad.jacobian])
@pytest.mark.parametrize("argnums", [0, 1, (1,), (0, 1), (1, 0)], ids=str)
@pytest.mark.parametrize(("function", "more"), [(scale, ()), (spread, (1.5,))], ids=["scale", "spread"])
def test_each_place_has_the_total_derivative_whichever_are_asked_for(
    derive: Any, argnums: Any, function: Any, more: tuple[float, ...],
) -> None:
    wanted = total(function, X, 2, *more)
    x = X.copy()
    for gradient in as_tuple(derive(function, argnums)(x, x, *more)):
        assert np.allclose(gradient, wanted, rtol=1e-14)
    assert np.array_equal(x, X)


@pytest.mark.parametrize("argnums", [0, 1, 2, (0, 2), (2, 1)], ids=str)
def test_three_places(argnums: Any) -> None:
    wanted = total(three, X, 3)
    for gradient in as_tuple(irad.grad(three, argnums)(X, X, X)):
        assert np.allclose(gradient, wanted, rtol=1e-14)
    two = as_tuple(irad.grad(three, argnums)(X, Y[:3].copy(), X))  # the first and the last are one
    other = total(lambda p, r: three(p, Y[:3].astype(complex), r), X, 2)
    for place, gradient in zip(as_tuple(argnums), two, strict=True):
        assert place == 1 or np.allclose(gradient, other, rtol=1e-14)


def test_the_derivative_by_a_number_beside_one_array_at_two_places() -> None:
    """What depends on the number is stored through one place and read through the other."""
    step = 1e-30j
    wanted = spread(*[X.astype(complex)] * 2, 1.5 + step).imag / 1e-30
    assert np.isclose(irad.grad(spread, 2)(X, X, 1.5), wanted, rtol=1e-14)
    assert np.isclose(irad.jacfwd(spread, 2)(X, X, 1.5), wanted, rtol=1e-14)


def squares(p, q):
    for i in range(len(p)):
        p[i] = p[i] * q[i] * q[0]
    return p + q


def test_jacobians_are_total() -> None:
    moved = [X.astype(complex) for _ in X]
    for k, m in enumerate(moved):
        m[k] += 1e-30j
    wanted = np.array([squares(m, m).imag / 1e-30 for m in moved]).T
    for derive in (irad.jacfwd, irad.jacrev, irad.jacobian):
        for place in (0, 1):
            assert np.allclose(derive(squares, place)(X, X), wanted, rtol=1e-14)


def test_second_derivatives_are_total() -> None:
    wanted = np.array([(total(spread, X + d, 2, 1.5) - total(spread, X - d, 2, 1.5)) / 2e-5 for d in 1e-5 * np.eye(3)])
    for argnums in (0, 1, (0, 1)):
        found = irad.hessian(spread, argnums)(X, X, 1.5)
        for block in [b for row in as_tuple(found) for b in as_tuple(row)]:
            assert np.allclose(block, wanted, rtol=1e-8)
    step = np.array([0.3, -1.0, 2.0])
    for mine in irad.hvp(lambda p, q: spread(p, q, 1.5), (X, X), (step, np.zeros(3))):
        assert np.allclose(mine, wanted @ step, rtol=1e-8)


def test_pullbacks_and_tangents_are_total() -> None:
    wanted, step, x = total(scale, X, 2), np.array([0.3, -1.0, 2.0]), X.copy()
    out, pullback = irad.vjp(scale, x, x)
    assert out == scale(*[X.copy()] * 2)
    for gradient in pullback(1.0):
        assert np.allclose(gradient, wanted, rtol=1e-14)
    for tangents in ((step, np.zeros(3)), (np.zeros(3), step), (0.5 * step, 0.5 * step)):
        value, moved = irad.jvp(scale, (x, x), tangents)
        assert value == out and np.isclose(moved, wanted @ step, rtol=1e-14)
        value, push = irad.linearize(scale, x, x)
        assert value == out and np.isclose(push(*tangents), wanted @ step, rtol=1e-14)
    with pytest.raises(ValueError, match="the arrays `p` and `q` overlap"):
        irad.vjp(scale, *VIEWS["shifted"](Y))
    assert np.array_equal(x, X)


def nested(pair, deeper):
    return scale(pair[0], deeper[1][0]) * pair[1]


@pytest.mark.parametrize("derive", [irad.grad, irad.jacfwd])
def test_places_in_tuples(derive: Any) -> None:
    wanted = total(lambda p, q: nested((p, 2.0), (0, (q,))), X, 2)
    (by_first, by_number), by_second = derive(nested, (0, 1))((X, 2.0), (0, (X,)))
    assert np.allclose(by_first, wanted, rtol=1e-14) and np.allclose(by_second[1][0], wanted, rtol=1e-14)
    assert np.isclose(by_number, scale(*[X.copy()] * 2), rtol=1e-14)
    assert np.allclose(derive(nested)((X, 2.0), (0, (X,)))[0], wanted, rtol=1e-14)
    within = irad.grad(lambda pair: scale(*pair))((X, X))
    assert all(np.allclose(g, wanted / 2.0, rtol=1e-14) for g in within)


def test_calls_with_and_without_one_array_in_turn() -> None:
    """One function object: the code changes at the first such call, results and reference counts do not."""
    derive, other = irad.grad(scale), Y[:3].copy()
    apart, wanted = 1.0 * other, total(scale, X, 2)
    x = X.copy()
    before = [sys.getrefcount(a) for a in (x, other)]
    for _ in range(3):
        assert np.array_equal(derive(x, other), apart)
        assert np.allclose(derive(x, x), wanted, rtol=1e-14)
        with pytest.raises(ValueError, match="overlap"):
            derive(*VIEWS["shifted"](Y))
    assert [sys.getrefcount(a) for a in (x, other)] == before
    again = irad.grad(scale)  # the code is shared
    assert np.allclose(again(x, x), wanted, rtol=1e-14) and np.array_equal(again(x, other), apart)


def test_within_compiled_code() -> None:
    """Nothing begins anew there: what was stored before stays stored once."""

    def user(x, y, log):
        log[0] += 1.0
        return irad.grad(scale)(x, y)

    log, compiled = np.zeros(1), irad.compile(user)
    assert np.allclose(compiled(X, X, log), total(scale, X, 2), rtol=1e-14)
    assert np.array_equal(compiled(X, Y[:3], log), Y[:3]) and log[0] == 2.0


def test_forward_mode_only() -> None:
    with irad.options(mode="forward"):
        assert np.allclose(irad.grad(scale)(X, X), total(scale, X, 2), rtol=1e-14)


CAPTURED, BESIDE = X.copy(), X.copy()


def reads_captured(p):
    p[0] = p[0] * p[1]
    return (p * CAPTURED).sum()


def writes_captured(p):
    CAPTURED[0] = p[0] * p[1]
    return (p * CAPTURED).sum()


def captures_twice(p):
    CAPTURED[1:] = p[0] * BESIDE[1:]
    return (CAPTURED * BESIDE * p).sum()


@pytest.mark.parametrize("view", [lambda a: a, lambda a: a[::-1]], ids=["the same", "reversed"])
@pytest.mark.parametrize("function", [reads_captured, writes_captured])
def test_an_argument_that_is_captured_as_well_is_refused(function: Any, view: Any) -> None:
    for derive in (irad.grad, irad.value_and_grad, irad.jacfwd, irad.hessian, lambda f: lambda x: irad.vjp(f, x)):
        with pytest.raises(ValueError, match="the arrays `p` and `CAPTURED`, which the function captured, overlap"):
            derive(function)(view(CAPTURED))
    assert np.array_equal(irad.grad(function)(X), [4.0, 3.0, 3.0] if function is writes_captured else [2.0, 3.0, 3.0])
    assert np.array_equal(CAPTURED, X)


def test_captured_arrays_that_overlap_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    derive = irad.grad(captures_twice)
    wanted = derive(Y[:3])
    monkeypatch.setitem(globals(), "BESIDE", CAPTURED[::-1])
    with pytest.raises(ValueError, match="the arrays `CAPTURED` and `BESIDE`, which the function captured, overlap"):
        derive(Y[:3])
    monkeypatch.setitem(globals(), "BESIDE", X.copy())
    assert np.array_equal(derive(Y[:3]), wanted) and np.array_equal(CAPTURED, X)


def test_pullbacks_change_no_captured_array() -> None:
    for call in (irad.vjp, irad.linearize, lambda f, x: irad.vhp(f, (x,), x)):
        call(writes_captured, Y[:3])
        assert np.array_equal(CAPTURED, X)


def test_views_apart_are_no_overlap() -> None:
    y = Y.copy()
    p, q = VIEWS["apart"](y)
    by_p, by_q = irad.grad(scale, (0, 1))(p, q)
    assert np.array_equal(by_p, q) and np.array_equal(by_q, p + 2.0)
    moved = irad.jacfwd(scale, (0, 1))(p, q)
    assert np.array_equal(moved[0], by_p) and np.array_equal(moved[1], by_q)


def cubes(p):
    for i in range(len(p)):
        p[i] = p[i] * p[0] * p[-1]
    return p


def test_each_row_of_a_jacobian_starts_from_the_arguments() -> None:
    wanted = irad.jacfwd(cubes)(X)
    for derive in (irad.jacrev, irad.jacobian):
        assert np.array_equal(derive(cubes)(X), wanted)
    assert np.array_equal(wanted[0], [3.0 * 2.0, 0.0, 1.0])


TOTALS = np.zeros(2)


def recursive(p, n):
    if n <= 0:
        return p[0] * TOTALS[0]
    TOTALS[0] = TOTALS[0] + p[0]
    TOTALS[1] += 1.0
    return recursive(p, n - 1) * p[1]


def test_captured_arrays_that_a_recursive_function_writes() -> None:
    """recursive(p, 3) is 3 p[0]**2 p[1]**3, and counts its calls."""
    x = np.array([1.5, 2.0])
    value, wanted = 3 * 1.5**2 * 8, [6 * 1.5 * 8, 9 * 1.5**2 * 4]
    for _ in range(2):
        found, gradient = irad.value_and_grad(recursive)(x, 3)
        assert found == value and np.allclose(gradient, wanted)
        found, moved = irad.jvp(lambda p: recursive(p, 3), (x,), (x,))
        assert found == value and np.isclose(moved, wanted @ x)
        assert irad.vjp(lambda p: recursive(p, 3), x)[0] == value
        assert np.allclose(irad.hessian(recursive)(x, 3), [[48.0, 108.0], [108.0, 81.0]])
        assert np.array_equal(TOTALS, [0.0, 0.0])


def test_a_recursive_function_and_its_derivative_side_by_side() -> None:
    def both(p):
        return irad.grad(recursive)(p, 3), recursive(p, 3), irad.grad(recursive)(p, 3)

    before, value, after = irad.compile(both)(np.array([1.5, 2.0]))
    assert np.allclose(before, [72.0, 81.0]) and value == 54.0 and TOTALS[1] == 3.0
    assert np.allclose(after, [72.0 + 4.5 * 8, 81.0 + 4.5 * 1.5 * 12])
    TOTALS[:] = 0.0


def eliminate(m, n):
    m = m.copy()
    for k in range(n):
        for i in range(k + 1, n):
            m[i, k:] -= m[i, k] / m[k, k] * m[k, k:]
    return m


def assign_in_all_ways(a, b):
    a[1:] = a[:-1]
    a[2:] += a[:-2]
    a[:] = a
    a[::-1] = a
    a[:] = a[0]
    b[1:] = b[1:] * a[:-1] + b[:-1]
    a += a
    a[:3] = b[-3:]


def test_results_that_are_new_are_not_copied_before_they_are_assigned():
    """What an operation has made overlaps nothing, and an array in its own place needs no copy."""
    f = irad.compile(eliminate)
    m = np.linspace(1.0, 2.0, 16).reshape(4, 4) ** 2 + np.eye(4)
    assert np.array_equal(f(m, 4), eliminate(m, 4))
    assert "overlap" not in str(f.ir())


@pytest.mark.parametrize("steps", [1, 2, -1])
def test_arrays_are_assigned_as_numpy_does_it(steps):
    compiled = irad.compile(assign_in_all_ways)
    for other in (0, 3):
        here, there = np.arange(24.0) ** 1.5, np.arange(24.0) ** 1.5
        assign_in_all_ways(here[0:12][::steps], here[other:other + 12][::steps])
        compiled(there[0:12][::steps], there[other:other + 12][::steps])
        assert np.array_equal(here, there)


def change_rows(rows, y):
    rows[0][0] = 3.0 * y
    return sum(r[0] for r in rows) * y + rows[0][1]


def test_many_arrays_in_a_handler():
    """A check for each pair of 20 would be 190 messages that the handler may find."""
    gradient = irad.grad(change_rows, argnums=1)

    @irad.compile
    def tried(rows, y):
        try:
            return gradient(rows, y)
        except ValueError as e:
            return float(len(str(e)))

    rows = [np.array([1.0, 2.0 + i]) for i in range(20)]
    assert tried(rows, 2.0) == pytest.approx(12.0 + 19.0)
    long = np.arange(3.0)
    text = "the array `x.19` overlaps an earlier one and the function writes them: pass copies"
    rows = [long[:2], *rows[1:-1], long[1:]]
    with pytest.raises(ValueError, match="the arrays `rows.0` and `rows.19` overlap and the function writes them"):
        gradient(rows, 2.0)
    assert tried(rows, 2.0) == len(text) + 3


def change_and_fail(rows, y):
    try:
        rows[0][0] = 3.0 * y
        return rows[0][1] * y
    finally:
        y = 0.0


def test_the_error_of_a_call_that_was_made_again_has_no_context():
    with pytest.raises(IndexError) as found:
        irad.grad(change_and_fail, argnums=1)([np.array([1.0]) for _ in range(15)], 2.0)
    assert found.value.__context__ is None


def counted(a, t):
    """A table, which is built anew in code that is called."""
    seen = {}
    for v in a:
        k = int(4.0 * abs(v))
        if k not in seen:
            seen[k] = v * 2.0
    more = {}
    for i in range(len(t)):
        more[7 * i] = more.get(7 * i, 0.5) + sum(seen.values())
    return sum(more.values()) + t[0] * t[1]


def test_what_called_code_only_reads_is_not_written() -> None:
    """No array is written here: derivatives by position, and captured arrays may overlap."""
    def around(c):
        def product(t, u):
            return counted(c, t) * u[0] * np.sum(t * u) + counted(c, u)

        return lambda t: product(t, c)

    x = np.array([0.5, -1.25])
    assert np.array_equal(irad.grad(around(x))(x), irad.grad(around(x.copy()))(x))
    parts = irad.grad(lambda t, u: counted(t, u) * u[1] + counted(u, t), argnums=(0, 1))
    for mine, apart in zip(parts(x, x), parts(x, x.copy()), strict=True):
        assert np.array_equal(mine, apart)


PART = CAPTURED[1:]


def reads_a_part(p):
    p[0] = 2.0 * p[1]
    return np.sum(p * CAPTURED) + p[0] * np.sum(PART)


def test_captured_arrays_that_overlap_and_are_read_only() -> None:
    assert np.array_equal(irad.grad(reads_a_part)(Y[:3]), [0.0, 2.0 * (1.0 + 5.0) + 2.0, 3.0])


def test_second_derivatives_beside_an_array_that_is_written() -> None:
    """One array at two places, which is only read: by position, whatever else is written."""
    def of(c, b):
        def function(t, u):
            b[:] = 2.0 * b
            return np.sum(t * t * u) * b[0]

        return lambda t: function(t, c), irad.grad(function)

    b, d = np.array([0.5, 1.0]), np.array([1.0, -0.5])
    x = X[:2].copy()
    inner, by_first = of(x, b)
    assert np.array_equal(irad.hessian(inner)(x), np.diag(2.0 * x))
    slope = irad.grad(inner)
    for found in (irad.jacrev(slope)(x) @ d, irad.jvp(slope, (x,), (d,))[1], irad.hvp(inner, (x,), (d,))[0]):
        assert np.array_equal(found, 2.0 * x * d)
    assert np.array_equal(irad.jvp(by_first, (x, x), (d, 0.0 * d))[1], 2.0 * x * d)
    assert np.array_equal(irad.compile(lambda x: irad.hessian(of(x, b)[0])(x))(x), np.diag(2.0 * x))


def test_second_derivatives_beside_a_list_that_grows() -> None:
    """The reverse of a list keeps shadows on a tape: what is loaded from there is what was kept, and no argument."""
    def around(c):
        return lambda t: sum([2.0 * v * v for v in t * 1.0]) + np.sum(t * c)

    x, d = X[:3].copy(), np.array([1.0, -0.5, 2.0])
    for inner in (around(x), around(x.copy())):
        assert np.array_equal(irad.grad(inner)(x), 5.0 * x)
        assert np.array_equal(irad.hessian(inner)(x), 4.0 * np.eye(3))
        assert np.array_equal(irad.hvp(inner, (x,), (d,))[0], 4.0 * d)
    assert np.array_equal(irad.compile(lambda x: irad.hessian(around(x))(x))(x), 4.0 * np.eye(3))


def test_second_derivatives_beside_a_view_that_loops_carry() -> None:
    def written(t, b):
        k, s = 0, 0.0
        while k < 3 and b[0] != s:
            k += 1
            v = b[::-1]
            b[0] = t[0] * t[0] * v[0]
            for _ in range(2):
                b = np.ones_like(b) * v[1]
                s += b[1]
        return s

    def around(c):
        return lambda t, b: written(t * 1.0, b) + np.sum(t * c)

    x, b = X[:2].copy(), np.array([0.5, 1.5])
    wanted = irad.hessian(around(x.copy()))(x, b)
    assert np.array_equal(irad.hessian(around(x))(x, b), wanted) and wanted[0, 0] != 0.0 and wanted[1, 1] == 0.0
    inside = irad.compile(lambda x, b: irad.hessian(around(x))(x, b))
    assert np.array_equal(inside(x, b), wanted)


HELD = (CAPTURED, {"beside": CAPTURED[::-1]})


def reads_held(p):
    p[0] = HELD[0][1]
    return (p * HELD[0]).sum()


def writes_held(p):
    HELD[0][0] = p[0]
    return (HELD[0] * HELD[1]["beside"] * p).sum()


def test_captured_arrays_without_a_name_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="the arrays `p` and one that the function captured overlap and the function"):
        irad.grad(reads_held)(CAPTURED)
    with pytest.raises(ValueError, match="two arrays that the function captured overlap and the function writes them"):
        irad.grad(writes_held)(Y[:3])
