"""scipy.linalg and the sums of exponentials of scipy.special: values but for the last bits, gradients by differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

interpolate = pytest.importorskip("scipy.interpolate")
linalg = pytest.importorskip("scipy.linalg")
special = pytest.importorskip("scipy.special")

from numeric.harness import same_as_python  # noqa: E402

import irad  # noqa: E402

M = np.array([[4.0, 1.0, 0.2], [1.0, 3.0, 0.5], [0.2, 0.5, 2.0]])
HALF = np.array([[4.0, 9.0, 9.0], [1.0, 3.0, 9.0], [0.2, 0.5, 2.0]])  # of which one triangle counts
B = np.array([1.0, 2.0, 3.0])
STACK = np.stack([M, 2.0 * M])
BAND = np.array([[0.0, 1.0, 0.5], [0.25, 3.0, 2.0], [4.0, -1.0, 0.0]])  # rows are exchanged
WIDE = np.array([[0.0, 1.0, 2.0, -1.0, 0.5], [0.5, 0.2, 3.0, 1.0, 2.0], [2.0, 1.0, -4.0, 0.3, 0.0], [0.1, 5.0, 1.0, 0.0, 0.0]])
TWO = np.array([[1.0, 2.0, -3.0], [0.5, 100.0, 1.0]])

CASES: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "solve": (lambda a, b: linalg.solve(a, b), (M, B)),
    "solve_matrix": (lambda a, b: linalg.solve(a, np.outer(b, b), transposed=True), (M, B)),
    "solve_pos": (lambda a, b: linalg.solve(a, b, assume_a="pos", lower=True), (HALF, B)),
    "solve_sym": (lambda a, b: linalg.solve(a, b, assume_a="sym"), (HALF.T.copy(), B)),
    "inv": (lambda a: linalg.inv(a), (M,)),
    "det": (lambda a: linalg.det(a), (M,)),
    "norm": (lambda a: linalg.norm(a) + linalg.norm(a, 1), (M,)),
    "cholesky": (lambda a: linalg.cholesky(a), (HALF.T.copy(),)),
    "cholesky_lower": (lambda a: linalg.cholesky(a, lower=True), (HALF,)),
    "cho_factor": (lambda a: linalg.cho_factor(a)[0], (HALF.T.copy(),)),
    "cho_solve": (lambda a, b: linalg.cho_solve(linalg.cho_factor(a, lower=True), b), (HALF, B)),
    "cho_solve_upper": (lambda a, b: linalg.cho_solve(linalg.cho_factor(a), np.outer(b, b)), (M, B)),
    "triangular": (lambda a, b: linalg.solve_triangular(a, b, lower=True), (HALF, B)),
    "triangular_turned": (lambda a, b: linalg.solve_triangular(a, b, trans="T", lower=True), (HALF, B)),
    "triangular_unit": (lambda a, b: linalg.solve_triangular(a, b, unit_diagonal=True), (M, B)),
    "expm": (lambda a: linalg.expm(a) + linalg.expm(-6.0 * a) + linalg.expm(0.001 * a), (M,)),
    "banded": (lambda a, b: linalg.solve_banded((1, 1), a, b), (BAND, B)),
    "banded_matrix": (lambda a, b: linalg.solve_banded((1, 1), a, np.outer(b, b), check_finite=False), (BAND, B)),
    "banded_wide": (lambda a, b: linalg.solve_banded((2, 1), a, b), (WIDE, np.arange(1.0, 6.0))),
    "banded_lower": (lambda a, b: linalg.solve_banded((2, 0), a[1:], b), (WIDE, np.arange(1.0, 6.0))),
    "banded_number": (lambda a, b: linalg.solve_banded((0, 0), a, b), (np.array([[2.0]]), np.array([3.0]))),
    "banded_ints": (lambda b: linalg.solve_banded((1, 1), [[0, 1, 2], [1, 5, 7], [4, 5, 0]], b), (B,)),
    "solve_number": (lambda a, b: linalg.solve(a, b), (np.array([[2.0]]), B)),
    "solve_number_matrix": (lambda a, b: linalg.solve(a, np.outer(b, b)), (np.array([[2.0]]), B)),
    "cholesky_number": (lambda x: linalg.cholesky(x, lower=True), (0.35,)),
    "cho_factor_vector": (lambda a: linalg.cho_factor(a)[0], (np.array([2.0]),)),
    "expm_number": (lambda x: linalg.expm(x), (0.35,)),
    "several_solve": (lambda a, b: linalg.solve(a, b), (STACK, B)),
    "several_inv": (lambda a: linalg.inv(a), (STACK,)),
    "several_det": (lambda a: linalg.det(a), (STACK,)),
    "several_cholesky": (lambda a: linalg.cholesky(a, lower=True), (np.stack([HALF, 2.0 * HALF]),)),
    "several_cho_factor": (lambda a: linalg.cho_factor(a)[0], (STACK,)),
    "several_expm": (lambda a: linalg.expm(a), (STACK,)),
    "banded_upper": (lambda a, b: linalg.solve_banded((0, 2), a, np.outer(b, b)), (BAND + 2.5, B)),
    "banded_pivots": (lambda a, b: linalg.solve_banded((2, 1), a, b), (np.vstack([BAND, [[9.0, 8.0, 7.0]]]), B)),
    "toeplitz": (lambda c, r: linalg.toeplitz(c, r), (B, np.array([0.5, 4.0]))),
    "toeplitz_symmetric": (lambda c: linalg.toeplitz(c) @ c, (B,)),
    "block_diag": (lambda a, b, x: linalg.block_diag(a, b, x, [1, 2]), (M, B, 0.35)),
    "spline": (lambda y, x: interpolate.CubicSpline([0.0, 0.5, 2.0, 3.0], y)([x, 2 * x]), (np.array([1.0, 3.0, 2.0, 0.5]), 0.35)),
    "logsumexp": (lambda a: special.logsumexp(a), (TWO,)),
    "logsumexp_axis": (lambda a: special.logsumexp(a, axis=1), (TWO,)),
    "logsumexp_kept": (lambda a: special.logsumexp(a, axis=0, keepdims=True), (TWO,)),
    "logsumexp_weights": (lambda a, b: special.logsumexp(a, b=b, axis=1), (TWO, B)),
    "logsumexp_list": (lambda x, y: special.logsumexp([x, y]), (0.5, -2.0)),
    "logsumexp_infinite": (lambda x: special.logsumexp(np.array([x, -np.inf])), (0.5,)),
    "softmax": (lambda a: special.softmax(a), (TWO,)),
    "softmax_axis": (lambda a: special.softmax(a, axis=0), (TWO,)),
    "log_softmax": (lambda a: special.log_softmax(a, axis=1), (TWO,)),
}


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients(name: str) -> None:
    f, args = CASES[name]
    want, found = f(*args), irad.compile(f)(*args)
    assert type(found) is type(want) and np.shape(found) == np.shape(want)
    assert np.allclose(found, want, rtol=1e-13, atol=1e-13 * np.abs(want).max())

    weights = np.cos(np.arange(1.0, np.size(want) + 1.0)).reshape(np.shape(want))

    def loss(*given: Any) -> Any:
        return np.sum(f(*given) * weights)

    gradient = irad.grad(loss, argnums=tuple(range(len(args))))(*args)
    for place, part in enumerate(gradient):
        flat = np.ravel(args[place]).astype(float)
        for k in range(flat.size):
            def at(h: float, place: int = place, k: int = k) -> float:
                moved = np.ravel(args[place]).astype(float)
                moved[k] += h
                new = moved.reshape(np.shape(args[place])) if np.ndim(args[place]) else float(moved[0])
                return float(loss(*[new if i == place else a for i, a in enumerate(args)]))

            h = 1e-4 * max(1.0, abs(flat[k]))
            slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
            assert abs(np.ravel(part)[k] - slope) <= 1e-7 * max(1.0, abs(slope)), (place, k)


CHECKED: dict[str, Callable[..., Any]] = {
    "asarray_chkfinite": lambda a: np.asarray_chkfinite(a), "solve": lambda a: linalg.solve(a, B), "inv": lambda a: linalg.inv(a),
    "right side": lambda a: linalg.solve(M, a), "cholesky": lambda a: linalg.cholesky(a), "det": lambda a: linalg.det(a),
    "triangular": lambda a: linalg.solve_triangular(a, B), "factor": lambda a: linalg.cho_solve((a, True), B),
    "norm": lambda a: linalg.norm(a), "banded": lambda a: linalg.solve_banded((1, 1), a, B), "pinv": lambda a: linalg.pinv(a),
    "cho_factor": lambda a: linalg.cho_factor(a)[0],
}


@pytest.mark.parametrize("name", CHECKED)
def test_what_is_not_finite_is_an_error(name: str) -> None:
    for bad in (np.nan, np.inf):
        a = M.copy()
        a[0, 1] = bad
        for f in (CHECKED[name], irad.compile(CHECKED[name]), irad.grad(lambda a: np.sum(CHECKED[name](a)))):
            with pytest.raises(ValueError, match="array must not contain infs or NaNs"):
                f(a)
    assert np.isnan(irad.compile(lambda a: linalg.det(a, check_finite=False))(M * np.nan))


def test_errors() -> None:
    flat = np.array([[1.0, 1.0], [1.0, 1.0]])
    cases: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (lambda a: linalg.cholesky(a), (flat,)), (lambda a: linalg.cholesky(a[:1]), (flat,)),
        (lambda a: linalg.cho_factor(a)[0], (-flat,)), (lambda a, b: linalg.solve_triangular(a, b), (flat, np.ones(3))),
        (lambda a, b: linalg.solve_triangular(a, b), (np.zeros((2, 2)), np.ones(2))),
        (lambda a, b: linalg.solve_banded((1, 1), a, b), (BAND, np.ones(2))),
        (lambda a, b: linalg.solve_banded((0, 1), a, b), (BAND, B)),
        (lambda a, b: linalg.solve_banded((1, 1), a, b), (BAND * 0.0, B)),
        (lambda a, b: linalg.solve_banded((1, 1), a, b), (BAND, B * np.nan)),
        (lambda a, b: linalg.solve_banded((1, 1), a, b), (np.zeros((3, 3)), B)),
        (lambda a, b: linalg.solve_banded((1, 2), a, b), (BAND, B)),
        (lambda a, b: linalg.solve_banded((1, 1), a, b), (BAND, B[1:])),
    ]
    for f, args in cases:
        with pytest.raises(Exception) as want:
            f(*args)
        with pytest.raises(type(want.value)) as found:
            irad.compile(f)(*args)
        assert str(found.value) == str(want.value)
    for b in (np.ones(1), np.ones(3)):
        with pytest.raises(np.linalg.LinAlgError):
            irad.compile(lambda a, b: linalg.solve(a, b, assume_a="pos"))(np.array([[-1.0]]), b)
    for f in (lambda a: linalg.solve(a, a), lambda a: linalg.solve_triangular(np.stack([flat, flat]), a)):
        with pytest.raises(irad.UnsupportedError, match=r"scipy.linalg.solve"):
            irad.compile(f)(np.ones(2))
    with pytest.raises(irad.UnsupportedError, match="logsumexp with return_sign"):
        irad.compile(lambda a: special.logsumexp(a, return_sign=True))(flat)


@pytest.mark.parametrize("name, args", [
    ("lu", (M,)), ("lu_factor", (M,)), ("lu_solve", ((M, np.array([0, 1, 2])), B)), ("qr", (M,)), ("ldl", (M,)), ("schur", (M,)),
    ("solveh_banded", (M[:2], B)), ("eigh_tridiagonal", (B, B[1:])), ("sqrtm", (M,)), ("orth", (M,)),
    ("solve_discrete_are", (M, M, M, M)), ("solve_sylvester", (M, M, M)), ("solve_continuous_lyapunov", (M, M)),
])
def test_what_is_refused_is_named(name: str, args: tuple[Any, ...]) -> None:
    """And not what its Python around LAPACK asks first."""
    function = getattr(linalg, name)
    with pytest.raises(irad.UnsupportedError, match=f"a call of scipy.linalg.{name}") as found:
        irad.compile(lambda given: function(*given))(args)
    assert found.value.hint


@pytest.mark.parametrize("a", [
    np.array([3.0, 4.0]), np.ones(0), np.ones(3, np.float32), np.ones(3, int), np.ones((2, 2)), np.ones((3, 1)),
    np.asfortranarray(np.ones((2, 3))), np.ones((4, 4))[::2, ::2],
], ids=["line", "empty", "float32", "ints", "square", "column", "fortran", "strided"])
def test_norms_of_blas_are_numbers_of_python(a):
    for order in (None, 1, np.inf):
        same_as_python(lambda a: linalg.norm(a, order), a, ulps=2)
        same_as_python(lambda a: linalg.norm(a, order, keepdims=True), a, ulps=2)
    same_as_python(lambda a: 1.0 / linalg.norm(a - a), a)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_block_diag_of_a_list_of_run_time_length(n):
    same_as_python(lambda q, n: linalg.block_diag(*[np.array([[q, 1.0], [2.0, q]])] * n), 1.5, n)
    same_as_python(lambda q, n: linalg.block_diag(*[[[q, 1.0], [2.0, q]]] * n), 1.5, n)
    same_as_python(lambda n: linalg.block_diag(*[np.arange(4).reshape(2, 2)] * n), n)
    squares = irad.grad(lambda q, n: (linalg.block_diag(*[[[q, 1.0], [2.0, q]]] * n) ** 2).sum())
    assert squares(1.5, n) == 4 * 1.5 * n


def test_the_shape_of_numbers_together():
    same_as_python(lambda x: np.broadcast(x, 2.0).shape, 1.5)
