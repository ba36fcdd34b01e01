"""np.sum(x, axis=-1) of a number: many of numpy's functions let it have one axis, as vectorised code relies on."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import all_same

import irad

REDUCTIONS = (
    "sum", "prod", "max", "min", "any", "all", "nansum", "nanprod", "nanmax", "nanmin", "nanmean", "nanstd", "ptp",
    "count_nonzero", "add.reduce", "maximum.reduce", "logical_or.reduce", "argmax", "argmin", "nanargmax", "argsort",
    "cumsum", "cumprod", "squeeze", "mean", "std", "median", "sort", "flip", "expand_dims", "maximum.accumulate",
)


def of_name(name):
    return eval(f"lambda x: (np.{name}(x, axis=0), np.{name}(x, axis=-1))", {"np": np})


@pytest.mark.parametrize("name", REDUCTIONS)
def test_same(name):
    all_same(of_name(name), [2.0, np.float64(-0.5), np.array(3.0)])
    all_same(eval(f"lambda x: np.{name}(x, axis=1)", {"np": np}), [2.0])


def test_options():
    all_same(lambda x: np.sum(x, axis=-1, keepdims=True), [2.0])
    all_same(lambda x: np.max(x, axis=0, initial=3.0), [2.0, 4.0])
    all_same(lambda x: np.sum(x, axis=(0,)), [2.0])
    all_same(lambda x: np.hypot.reduce(x), [2.0])


def test_derivatives():
    def distance(x, y):
        return np.sqrt(np.sum((x - y) ** 2, axis=-1)) * np.max(x, axis=-1)

    assert irad.grad(distance, argnums=(0, 1))(3.0, 1.0) == (5.0, -3.0)
