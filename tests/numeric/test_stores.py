"""What may be stored in an array: sequences as deep as what they go into, None as nan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numeric.harness import same_as_python

STORES = [
    "a[1:3] = [[7, 8]]", "a[[0, 1]] = [[7, 8]]", "a[a > 3] = [[7, 8]]", "a[a > 3] = np.ones((1, 2))", "a[...] = [a]",
    "a[:2] = np.array([[1, 2]])", "a[:2] = [np.array([1, 2])]", "a[0] = [1]", "a[0] = np.array([1])", "a[0] = [[1]]", "a[0] = []",
    "m[0] = [[1, 2, 3]]", "m[0, 0] = [1]", "m[:] = [[[1, 2, 3]]]", "m[0] = (1, 2, 3)", "a[:1] = [[1]]", "a[:2] = ((1, 2),)",
    "a[:2] = []", "a[:0] = []", "a[:2] = [[1], [2]]", "a[:] = [1]", "a[:2] = [[1, 2], [3]]",
    "np.copyto(a, [[1, 2, 3, 4, 5, 6]])",
    "a[0] = None", "a[:2] = None", "a[[0, 2]] = None", "k[0] = None", "k[0] = [1]", "k[0] = np.ones(1)",
    "b = a > 1; b[0] = [1]; b[1] = (); a[b] = 9",
    "a[:2] = [x, 1]",
    "a[:n] = [i for i in range(n)]",
    "a[0] = [i for i in range(n)]", "a[:n] = [[i] for i in range(n)]", "m[:, :n] = [[x for i in range(n)] for j in range(2)]",
    "a[0] = None if n > 5 else x", "m[None, 0] = [[1, 2, 3]]", "m[None, 0] = [[[1, 2, 3]]]",
]


@pytest.mark.parametrize("store", STORES)
def test_as_numpy(store: str) -> None:
    space: dict[str, Any] = {"np": np}
    exec(f"def f(a, m, k, x, n):\n    {store}\n    return a, m, k\n", space)
    same_as_python(space["f"], np.arange(6.0), np.zeros((2, 3)), np.arange(3), 0.5, 2)
