"""The dtypes in which numpy computes: of results, of options, of Python's ints beside narrow arrays."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import all_same

F = np.float32
NARROW = np.array([1, 2], np.int32)
BEYOND = (2**31, 2**33, -(2**31) - 1, 5)


def make(source: str, names: str = "a, x"):
    space = {"np": np, "F": F}
    exec(f"def f({names}): return {source}", space)
    return space["f"]


@pytest.mark.parametrize("source", [
    "np.maximum(a, x), np.minimum(x, a[0])", "np.fmax(a, x)", "np.fmin(x, a)", "np.fmod(a, x)", "np.maximum(a, x, out=a)",
    "np.clip(a, 0, x)", "np.clip(a, x, None)", "a.clip(0, x)", "np.clip(a[0], 0, x)", "np.clip(a, a_min=x, a_max=5)",
    "np.logical_and(a, x), np.arctan2(a, x), np.equal(a, x), np.where(a > 1, a, x), np.append(a, x), np.kron(a, x)",
])
def test_ints_of_python_beside_narrow_arrays(source):
    all_same(make(source), [(NARROW, x) for x in BEYOND], ulps=2)


@pytest.mark.parametrize("source", [
    "np.put(a, [0], x)", "a.put([0], x)", "np.insert(a, 0, x)", "np.place(a, a > 1, [x])", "np.putmask(a, a > 1, x)", "a.fill(x)",
    "np.put_along_axis(a, np.array([0]), x, 0)", "np.fill_diagonal(a[:, None], x)", "np.copyto(a, x)", "np.full_like(a, x)",
])
def test_ints_of_python_stored_in_narrow_arrays(source):
    all_same(make(source), [(NARROW, x) for x in BEYOND])


def test_clip_of_several_kinds():
    all_same(make("np.clip(a, x, y)", "a, x, y"), [
        (2.5, F(1), F(2)), (2.5, F(1), None), (F(2.5), 1.0, 2.0), (2, F(1), 3.0), (NARROW, np.int64(1), 2), (3, 0, 1), (3, 0, 1.5),
        (np.array([1, 2]), 0, 1.5), (NARROW, -(2**40), 1.5), (np.array([0.5, 2], F), 0, 1e300), (np.array([True, False]), 0, 1),
    ])


def test_linspace_of_several_kinds():
    ends = [(F(0), 1), (0, F(1)), (1, 5), (np.int32(1), 2**31), (2**62, 2**62 + 10), (-(2**63), 2**63 - 1)]
    all_same(make("np.linspace(a, x, 3), np.linspace(a, x, 4, endpoint=False, retstep=True), np.linspace(a, x, 1)"), ends)
