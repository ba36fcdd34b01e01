"""Arguments of numpy's and math's functions that are not as usual: what is taken, and the errors of what is not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numeric.harness import all_same, refused

import irad

F, NAN, INF = np.float32, math.nan, math.inf
A = np.array([1.0, 2.0])


def make(source: str, names: str = "a"):
    space = {"np": np, "F": F, "math": math}
    exec(f"def f({names}): return {source}", space)
    return space["f"]


def test_arange_computes_in_the_kinds_of_its_bounds():
    all_same(make("np.arange(a)"), [(x,) for x in (F(3), NAN, True, np.int32(3), np.array(3.0), 3, 2.5, INF, 1e300, -INF)])
    all_same(make("np.arange(a, b)", "a, b"), [(F(0), 3), (0, F(2)), (0.0, NAN), (-INF, 0.0), (np.int32(0), np.int32(3))])
    all_same(make("np.arange(a, b, c)", "a, b, c"), [
        (F(0), F(1), F(0.25)), (F(0), F(1), F(0.1)), (F(0.1), F(1), F(0.3)), (F(16777216), F(16777225), F(1)), (0.0, 5.0, INF),
        (0.0, -5.0, INF), (5, 0, -2), (5.0, 0.0, -0.7), (0, 1, 0.1), (1, 2, -1),
    ])
    all_same(make("np.arange(a, b, dtype=F), np.arange(0.5, b, dtype=int)", "a, b"), [(F(0), F(3))])


def test_arange_with_a_step_of_zero():
    steps = [
        (0, 5, 0), (0.0, 5.0, 0.0), (0.0, 5, 0), (0, 5, NAN), (0, True, 0), (0, 5, np.float64(0)), (0, 5, np.int64(0)),
        (F(0), F(5), F(0)), (np.float64(0), 5.0, 0.0), (0.0, 0.0, 0.0), (0.0, 5.0, -0.0),
    ]
    all_same(make("np.arange(a, b, c)", "a, b, c"), steps)
    all_same(make("np.arange(0, 5, 0)"), [(A,)])


@pytest.mark.parametrize("source", [
    "a @ [1.0, 2.0], [1.0, 2.0] @ a, a @ (1.0, 2.0), [[1.0, 2.0]] @ a", "a @ [1, 2, 3]", "a @ 2", "2 @ a",
    "math.ldexp(a[0], np.int64(3))", "math.ldexp(1.5, True)", "math.ldexp(1.5, 2.0)", "a[:2.0]", "a[1.0:]", "a[::1.0]",
    "a[np.float64(1):]", "a[:np.int64(1)], a[:True]", "a[:'x']", "np.array(1.0, copy=False)", "np.array([1.0], copy=False)",
    "np.array(a, copy=False), np.array(a, copy=False, ndmin=2).shape, np.asarray(a, copy=False)", "np.array(a[0], copy=False)",
    "np.array(a, dtype=F, copy=False)", "np.asarray([1.0], copy=False)", "np.asarray(a, dtype=F, copy=False)",
    "np.arange(3, device=None) * a[0], np.zeros(2, device='cpu', like=None)",
    "np.zeros_like(a, device=None), np.array(a[0], like=None)",
    "np.fft.fftfreq(5, a[1]), np.fft.rfftfreq(4, a[0]), np.fft.fftshift(np.fft.fftfreq(4))",
    "[float(x) for x in np.abs(np.asarray(2.0)).flat], a[1].flat[0], a.sum().flat[-1], len(a.max().flat)",
])
def test_forms_of_arguments(source):
    all_same(make(source), [(A,)])


def test_known_slices_of_lists_that_python_refuses():
    all_same(make("[a, 2][:2.0]"), [(1.0,)])
    all_same(make("(a, 2)[::0]"), [(1.0,)])


def test_bounds_that_are_known_at_run_time():
    all_same(make("a[:n]", "a, n"), [(A, 2.0), (A, 1), (A, F(1)), ([1, 2], 2.0)])
    all_same(make("math.ldexp(1.5, n)", "n"), [(3,), (np.int64(3),), (np.int32(2),), (2.0,)])


def test_powers_of_arrays_of_bools():
    flags = np.array([True, False])
    refused(make("a**2"), flags, match="array of bools")
    refused(make("a**n", "a, n"), flags, 3, match="array of bools")
    all_same(make("a**3, a**2.0, a**np.int64(2)"), [(flags,)])


def test_mantissas_and_exponents():
    x = np.array([0.0, -0.0, 1.0, -3.7, 5e-324, 1e300, INF, -INF, NAN, 1e-310])
    narrow = np.array([0, -0.0, 1, -3.7, 1e-45, 3e38, INF, NAN], F)
    all_same(make("np.frexp(a), np.spacing(a)"), [(x,), (narrow,), (np.float64(3.5),), (F(0.1),), (2.5,), (np.array([3, -4]),)])
    all_same(make("np.ldexp(a, n)", "a, n"), [(x, 3), (x, np.arange(10)), (narrow, np.int32(3)), (2.5, 3), (F(0.1), 2)])


@pytest.mark.parametrize("source", [
    "np.clip(a, b, 5.0)", "np.clip(a, 0.0, b)", "np.clip(a, None, b)", "a.clip(b)", "np.clip(a, b, b)", "np.clip(b, a[:1], a)",
])
def test_clip_names_the_shapes_of_all_its_operands(source):
    a = np.array([0.5, 1.5, 2.5])
    cases = [(a, a[:2]), (a, a[:1]), (a, a), (a[:0], a), (a[None] * np.ones((2, 1)), a)]
    all_same(make(source, "a, b"), cases)


def padded(a, axis):
    """As pypole pads its maps, and atmosthermo makes layers of levels."""
    shape = np.array(a.shape)
    shape[-2:] *= 3
    shape[axis] = shape[axis] - 1
    out = np.zeros(shape, dtype=a.dtype)
    out[..., 1 : 1 + a.shape[-2], 2 : 2 + a.shape[-1]] = a
    return out


def test_shapes_that_are_arrays():
    """The number of axes is known where the array was made with a known number of elements."""
    m, t = np.ones((2, 3)), np.ones((2, 3, 4))
    all_same(padded, [(m, 0), (m, 1), (t, -1), (t, 0)])
    for source in (
        "np.ones(np.array(a.shape) + 1), np.empty(np.asarray(a.shape) // 2 + 1).shape", "a.reshape(np.array([-1, 2]))",
        "np.full(np.ceil(np.array(a.shape) / 2).astype(int), 1.5), np.broadcast_to(1.0, np.array(a.shape))",
        "np.zeros(np.array(a.shape) - 4)", "np.zeros(np.array(a.shape) * 1.5)", "np.zeros(np.array([2.0], dtype=F))",
        "np.zeros(np.array([], dtype=int)), np.zeros(np.array([3], dtype=np.uint64)), np.zeros(np.arange(3))",
    ):
        all_same(make(source), [(m,)])
    assert np.array_equal(irad.grad(lambda a: np.sum(padded(a, 0) ** 2))(m), 2 * m)
    refused(make("np.zeros(a)"), np.array([2, 3]))
