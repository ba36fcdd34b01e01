"""Functions of numpy, given what is an array of doubles or of singles, or an array or a number, depending on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numeric.harness import same_as_python

import irad

halved = np.vectorize(lambda u, d=0.5: u * d)

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "vectorize": lambda a: halved(a),
    "vectorize, by keyword": lambda a: halved(a, d=a),
    "outer": lambda a: np.multiply.outer(a, a),
    "outer with a list": lambda a: np.subtract.outer(a, [1.0, 2.0]),
    "reduce": lambda a: np.add.reduce(a),
    "accumulate": lambda a: np.maximum.accumulate(np.atleast_1d(a)),
    "r_": lambda a: np.r_[a, 1.0, 2.0],
    "c_": lambda a: np.c_[a, a],
    "concatenate": lambda a: np.concatenate([np.atleast_1d(a), [1.0]]),
    "stack": lambda a: np.stack([a, a]),
    "dot": lambda a: np.dot(a, a),
    "norm": lambda a: np.linalg.norm(a),
    "clip": lambda a: np.clip(a, 0.0, 0.6),
    "method": lambda a: a.reshape(-1),
    "item": lambda a: np.atleast_1d(a)[..., None],
}


def singles_on_some_ways(f: Callable[[Any], Any], a: Any, n: int) -> Any:
    for i in range(n):
        a = a.astype(np.float32) if i % 2 == 0 else a * 2.0
    return f(a)


def numbers_on_some_ways(f: Callable[[Any], Any], a: Any, n: int) -> Any:
    b = a
    if n > 1:
        b = a[0]
    return f(b)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name: str) -> None:
    for way in (singles_on_some_ways, numbers_on_some_ways):
        for n in (0, 1, 2):
            same_as_python(lambda a, n, way=way: way(FUNCTIONS[name], a, n), np.array([0.25, 0.75, 0.5]), n)


def test_gradient() -> None:
    def f(a: Any, z: Any) -> Any:
        for _ in range(2):
            a = np.vectorize(lambda e, d=0.5: e * e * d)(a, d=z)
        return a.sum()

    a, z = np.array([0.25, 0.75, 0.5]), np.float32(0.5)
    same_as_python(f, a, z)
    assert irad.grad(f)(a, z) == pytest.approx(4.0 * a**3 * 0.125, rel=1e-6)
