"""What may be stored in an array: sequences as deep as what they go into, None as nan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numeric.harness import refused, same_as_python

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


def indices_in_its_own_memory():
    def zeroed(a):
        a[a] = 0
        return a

    def far_away(a):
        a[a[::-1]] = 10**9  # an index that is read after that is no index any more
        return a

    def turned(a):
        a[a] = a[::-1]
        return a

    def changed(a):
        a[a] += 1
        return a

    def rows(a):
        b = a.reshape(2, 3) % 2
        b[b[:, 0], b[:, 1]] = 9
        b[b % 2] = 7
        return b

    def added(a):
        np.add.at(a, a, 10**9)
        return a

    def added_reversed(a):
        np.add.at(a, a[::-1], a)
        return a

    def parts(a):
        v = a[1:4]
        a[v] = [10, 20, 30]
        return a

    return zeroed, far_away, turned, changed, rows, added, added_reversed, parts


@pytest.mark.parametrize("f", indices_in_its_own_memory(), ids=lambda f: f.__name__)
def test_indices_in_the_memory_that_is_written_to(f):
    for kind in (np.int64, np.int32):
        same_as_python(f, np.array([3, 1, 0, 2, 5, 4], kind))


def test_masks_in_the_memory_that_is_written_to():
    def reversed_mask(b):
        b[b[::-1]] = False
        return b

    def moved(b):
        b[1:][b[:-1]] = False
        return b

    def moved_values(b):
        b[b > 0] = b[: int(np.sum(b > 0))]
        return b

    def itself(b):
        b[b] = False
        b[~b] = b[0]
        b[b[::-1].copy()] = True
        b[b] = b[::-1][b]
        return b

    for f in (reversed_mask, moved, moved_values):
        refused(f, np.array([True, False, True, True]), match="in the memory that is written to")
    same_as_python(itself, np.array([True, False, True, True]))


def values_in_its_own_memory():
    def put(a):
        np.put(a, [0, 1, 2, 3], a[::-1])
        return a

    def place(a):
        np.place(a, a > 2, a[::-1])
        return a

    def putmask(a):
        np.putmask(a, a > 2, a[::-1])
        return a

    def along(a):
        np.put_along_axis(a, np.argsort(a), a[::-1], 0)
        return a

    def where(a):
        np.copyto(a, a[::-1], where=a > 2)
        return a

    return put, place, putmask, along, where


@pytest.mark.parametrize("f", values_in_its_own_memory(), ids=lambda f: f.__name__)
def test_values_in_the_memory_that_is_written_to(f):
    for a in (np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), np.array([5.0, 1.5, 0.5, 3.0, 2.5, 4.5]), np.array([3, 1, 0, 2, 5, 4])):
        same_as_python(f, a)


@pytest.mark.parametrize("given", [1.5, 1, True, np.float64(3.0), np.int32(3), 300, "list", "array", "ints"])
@pytest.mark.parametrize("kind", [np.int64, np.int32, np.float64, np.float32, np.bool_])
def test_copyto_casts_as_numpy(given, kind):
    given = {"list": [1.0] * 3, "array": np.array([1.5, 2.5, 3.5]), "ints": np.array([1, 2, 3])}.get(given, given) \
        if isinstance(given, str) else given

    def whole(a):
        np.copyto(a, given)
        return a

    def unsafe(a):
        np.copyto(a, given, casting="unsafe", where=[True, False, True])
        return a

    for f in (whole, unsafe):
        same_as_python(f, np.zeros(3, kind))


def test_put_and_place_of_nothing_and_modes():
    for call in ("np.put(a, [7], 1, mode='wrap')", "np.put(a, [9, -9], 1, mode='clip')", "np.put(a, [1], [])",
                 "np.put(a, [7], 1)", "np.place(a, a > 1, [])", "np.place(a, a > 100, [])", "np.putmask(a, a > 1, [])"):
        space = {"np": np}
        exec(f"def f(a):\n    {call}\n    return a", space)
        same_as_python(space["f"], np.array([3, 1, 0, 2, 5, 4]))


@pytest.mark.parametrize("source", [
    "np.concatenate([a[0, 1:], a[0, :1]], out=a[0])", "np.stack([a[1], a[0]], out=a)", "np.concatenate(a, out=np.zeros(6))",
    "np.concatenate([a, a], axis=1, out=np.zeros((2, 6), int))", "np.concatenate([a, a], out=np.zeros((2, 5)))",
    "np.concatenate([a, a], dtype=int)", "np.concatenate([a, a], None, dtype=np.float32)", "np.stack(a, dtype=np.float32)",
    "np.vstack(a, dtype=np.float32)", "np.hstack([a, a], dtype=int, casting='unsafe')", "np.concatenate(a, dtype=np.float32)",
    "np.stack([a, a], dtype=int)", "np.concatenate([a, a > 1], casting='no')",
])
def test_parts_are_put_into_an_array_one_by_one(source: str) -> None:
    space: dict[str, Any] = {"np": np}
    exec(f"def f(a):\n    return {source}, a\n", space)
    same_as_python(space["f"], np.arange(6.0).reshape(2, 3))


@pytest.mark.parametrize("body", [
    "a.T.flat[1] = 5.0", "b, c = np.broadcast_arrays(a, np.ones((2, 3)))\n    b[0] = 5.0",
    "b, c = np.broadcast_arrays(a[0], a)\n    b.reshape(-1)[0] = 5.0",
])
def test_memory_that_is_not_numpys(body: str) -> None:
    space: dict[str, Any] = {"np": np}
    exec(f"def f(a):\n    {body}\n    return a\n", space)
    refused(space["f"], np.arange(6.0).reshape(2, 3), match="broadcast_arrays")


def test_what_broadcast_arrays_makes_is_read() -> None:
    def f(a: Any) -> Any:
        b, c = np.broadcast_arrays(a[0], a)
        d = b.copy()
        d[0] = 3
        return b * c, d, b.sum(axis=0), list(a.T.flat)

    same_as_python(f, np.arange(6.0).reshape(2, 3))


FLOATS_INTO = [
    "np.argmax(a, axis=0, out={})", "np.nanmean(a, axis=0, out={})", "np.nanvar(a, 0, out={})", "np.dot(a.T, a[:, 0], out={})",
    "np.take(a[0], [0, 1, 2], out={})", "np.mean(a, axis=0, out={})", "np.max(a, axis=0, out={})", "np.cumsum(a[0], out={})",
    "np.putmask({}, [True, False, True], a[0])", "np.place({}, [True, False, True], a[0])",
    "np.putmask({}, [True, False, True], 1.5)", "np.place({}, [True, False, True], [1.5])",
    "np.putmask({}, [True, False, True], np.array(2))",
    "np.median(a, axis=0, out={})", "np.nanmean(np.arange(6).reshape(2, 3), axis=0, out={})",
]


@pytest.mark.parametrize("call", FLOATS_INTO)
def test_results_in_arrays_of_another_dtype(call: str) -> None:
    space: dict[str, Any] = {"np": np}
    exec(f"def f(a, o):\n    {call.format('o')}\n    return o\n", space)
    for dtype in (np.float64, np.float32, np.int64, np.int32):
        same_as_python(space["f"], np.arange(6.0).reshape(2, 3) * 1.5, np.zeros(3, dtype))


@pytest.mark.parametrize("call", ["np.std(a, 0, out=o)", "np.ptp(a, axis=0, out=o)", "np.quantile(a, 0.3, axis=0, out=o)"])
def test_results_that_numpy_puts_into_no_ints(call: str) -> None:
    """A TypeError of numpy's, after it has written some of it."""
    space: dict[str, Any] = {"np": np}
    exec(f"def f(a, o):\n    {call}\n    return o\n", space)
    refused(space["f"], np.arange(6.0).reshape(2, 3), np.zeros(3, int), match="into an array of int64")
    same_as_python(space["f"], np.arange(6.0).reshape(2, 3) ** 2, np.zeros(3))


@pytest.mark.parametrize("call", [
    "np.matmul(a, a.T, out=o)", "np.matmul(a, a.T, o)", "np.matmul(o, o, out=o)", "np.matmul(a, a.T, out=o.T)",
    "np.linalg.matmul(a, a.T, out=o)",
])
def test_products_in_an_array(call: str) -> None:
    space: dict[str, Any] = {"np": np}
    exec(f"def f(a, o):\n    r = {call}\n    return o, r is o\n", space)
    for dtype in (np.float64, np.float32, np.int64):
        same_as_python(space["f"], np.arange(6.0).reshape(2, 3) * 1.5, np.arange(4).reshape(2, 2).astype(dtype))


@pytest.mark.parametrize("call", [
    "np.sum(a, axis=0, keepdims=True, out=o)", "np.max(a, axis=0, keepdims=True, out=o)", "np.dot(a[:1], a.T @ a, out=o)",
    "np.take(a, [0], axis=0, out=o)", "np.matmul(a[:1], a.T @ a, out=o)", "np.cumsum(a[:1], axis=0, out=o)",
])
def test_results_are_not_broadcast_into_an_array(call: str) -> None:
    """Most functions of numpy raise here."""
    space: dict[str, Any] = {"np": np}
    exec(f"def f(a, o):\n    {call}\n    return o\n", space)
    refused(space["f"], np.ones((2, 3)), np.zeros((2, 3)), match="with another shape than the result")


@pytest.mark.parametrize("call", ["np.arange(b)", "np.arange(b, 5, 2)", "np.arange(1, 5, b)", "np.arange(0, b)"])
def test_ranges_of_bools(call: str) -> None:
    space: dict[str, Any] = {"np": np}
    exec(f"def f(b):\n    return {call}\n", space)
    for b in (True, np.True_):
        same_as_python(space["f"], b)
