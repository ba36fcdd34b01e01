"""numpy's functions of lists of arrays whose length is known at run time only: there may be no array, and then one axis less."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import all_same

import irad

CALLS = (
    "np.transpose(rows)", "np.reshape(rows, -1)", "np.ravel(rows)", "np.swapaxes(rows, 0, 1)", "np.moveaxis(rows, 0, -1)",
    "np.expand_dims(rows, 0)", "np.squeeze(rows)", "np.broadcast_to(rows, (2, 2, 3))", "np.zeros_like(rows) + x",
    "np.full_like(rows, x)", "np.einsum('ij->j', rows)", "np.sort(rows)", "np.flip(rows)", "np.roll(rows, 1)", "np.tile(rows, 2)",
    "np.interp(rows, [0.0, 3.0], [0.0, 1.0])", "np.polyval([1.0, 2.0], rows)", "np.rot90(rows)", "np.pad(rows, 1)",
    "np.tensordot(rows, np.ones((3, 2)), 1)", "np.dot(rows, np.ones(3))", "np.linalg.norm(rows)", "np.median(rows, axis=0)",
    "np.cov(rows)", "np.array(rows).T", "np.diff(rows, axis=0)", "np.outer(rows, rows)", "np.take(rows, [0, 1])",
    "np.zeros_like(a=rows) + x", "np.sort(a=rows)", "np.transpose(a=rows)", "np.swapaxes(a=rows, axis1=0, axis2=1)",
    "np.tile(A=rows, reps=2)", "np.take(a=rows, indices=[0, 1])", "np.broadcast_to(array=rows, shape=(2, 2, 3))",
)


def of_rows(call):
    space = {"np": np}
    exec(f"def f(x, n):\n    rows = []\n    for i in range(n):\n        rows.append(np.array([x * i, x, 1.0]) + i)\n"
         f"    return np.sum({call} * x)", space)
    return space["f"]


@pytest.mark.parametrize("call", CALLS)
def test_value_and_derivative(call):
    f = of_rows(call)
    value, gradient = irad.value_and_grad(f)(1.5, 2)
    assert value == pytest.approx(f(1.5, 2), rel=1e-13)
    assert gradient == pytest.approx((f(1.5 + 1e-6, 2) - f(1.5 - 1e-6, 2)) / 2e-6, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("call", ["np.transpose(rows)", "np.ravel(rows)", "np.zeros_like(rows) + x", "np.sort(rows)"])
def test_no_rows(call):
    all_same(of_rows(call), [(1.5, 0)])
