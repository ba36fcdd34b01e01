"""Arrays in results share memory with arguments, captured arrays and each other where they do in CPython."""

from __future__ import annotations

import gc
import sys
from typing import Any

import numpy as np
import pytest

import irad

HELD = np.ones(4)
FIXED = np.arange(5.0)
FIXED.flags.writeable = False
A, M = np.arange(12.0), np.arange(6.0).reshape(2, 3)


def made(n):
    m = np.zeros(n)
    m[1] = 3.0
    return m[1:], m[:-1], m[::-1]


def whole(n):
    m = np.zeros(n)
    m[1] = 3.0
    return m[1:], m, 2.0, m, m.reshape(2, 3).T


def mixed(a, n):
    m = np.zeros(n)
    return m[1:], a[2:], m, (a, a[2:]), a * 2.0


def of_one(a, n):
    found = []
    for i in range(n):
        found.append(a)
        a = a if i % 2 else a + 1.0
    return a, found


def parts(a, n):
    m = np.zeros(n)
    found = [a]
    for i in range(n):
        found.append(m[i + 1 :])
        found.append(a[i:] if i % 2 else HELD[i + 1 :])
    return found, (m, a)


CALLS = [
    (of_one, (A, 5)), (parts, (A, 3)), (lambda m: [r for r in m], (M,)), (lambda m: list(m.T), (M,)),
    (lambda a: a, (A,)), (lambda a: (a, 1.0), (A,)), (lambda a: a[1:], (A,)), (lambda a: a[::-2], (A,)),
    (lambda a: a.reshape(3, 4), (A,)), (lambda a: a.reshape(3, 4).T, (A,)), (lambda a: (a, a[1:], a * 2.0), (A,)),
    (lambda a, i: a if i > 3 else a[i:], (A, 2)), (lambda a, i: a if i > 3 else a[i:], (A, 5)),
    (lambda a, b: (a[1:], b[0]), (A, M)), (lambda a: a[1:], (A[::2],)), (lambda a: a[1], (M,)), (lambda a: a[1:], (FIXED,)),
    (lambda p: p[0][1:], ((A, 2.0),)), (lambda i: HELD, (0,)), (lambda i: HELD[i:], (1,)), (made, (5,)), (whole, (6,)),
    (mixed, (A, 4)), (lambda a: a[5:5], (A,)), (lambda a: (a[::2], a[1::2]), (A,)), (lambda a: a.copy(), (A,)),
    (lambda a: np.float64(a), (A,)), (lambda a: np.float64(a[::2]), (A,)), (lambda a: np.float32(a), (A,)),
]


def arrays(result: Any) -> list[np.ndarray]:
    if isinstance(result, np.ndarray):
        return [result]
    return [a for item in result for a in arrays(item)] if isinstance(result, (tuple, list)) else []


@pytest.mark.parametrize(("f", "args"), CALLS, ids=range(len(CALLS)))
def test_memory_is_shared_as_in_python(f, args) -> None:
    wanted, found = arrays(f(*args)), arrays(irad.compile(f)(*args))
    assert len(wanted) == len(found) > 0
    others = [*arrays(args), HELD]
    for w, r in zip(wanted, found, strict=True):
        assert np.array_equal(w, r) and w.dtype == r.dtype and w.shape == r.shape
        assert (w.strides == r.strides or not w.size) and w.flags.writeable == r.flags.writeable
        assert [w is o for o in others] == [r is o for o in others]
        assert [np.shares_memory(w, o) for o in others] == [np.shares_memory(r, o) for o in others]
        assert [w is o for o in wanted] == [r is o for o in found]
        assert [np.shares_memory(w, o) for o in wanted] == [np.shares_memory(r, o) for o in found]


def test_an_array_of_one_element_stays_itself() -> None:
    """Whatever its step is, which says nothing."""
    def f(a, n):
        if n > 1:
            a = np.full(len(a), 0.5)
        return a, a.sum()

    a = np.array([1.5, 0.0])[::2]
    assert irad.compile(f)(a, 1)[0] is a


def test_a_view_is_of_the_argument() -> None:
    a = np.arange(5.0)
    view = irad.compile(lambda a: a[1:])(a)
    assert view.base is a
    view[0] = 7.0
    assert a[1] == 7.0
    count = sys.getrefcount(a)
    f = irad.compile(lambda a: (a[1:], a[:2]))
    for _ in range(100):
        f(a)
    assert sys.getrefcount(a) == count
    del a
    gc.collect()
    assert view[0] == 7.0


def test_arrays_in_lists_keep_arguments_alive() -> None:
    a = np.arange(5.0)
    found = irad.compile(lambda a, n: [a[i:] for i in range(1, n)])(a, 4)
    assert all(v.base is a for v in found)
    count = sys.getrefcount(a)
    f = irad.compile(lambda a, n: [a[i:] for i in range(1, n)])
    for _ in range(100):
        f(a, 3)
    assert sys.getrefcount(a) == count
    del a
    gc.collect()
    found[0][1] = 7.0
    assert found[1].tolist() == [7.0, 3.0, 4.0]


def test_what_derivatives_return_is_new() -> None:
    a = np.arange(1.0, 5.0)
    value, gradient = irad.value_and_grad(lambda a: ((a * a).sum(), a[1:]), has_aux=True)(a)
    assert not np.shares_memory(value[1], a) and gradient.flags.owndata and not np.shares_memory(gradient, a)
    value, _ = irad.value_and_grad(lambda a: ((a * a).sum(), [a[i:] for i in range(len(a))]), has_aux=True)(a)
    assert [v.tolist() for v in value[1]] == [[1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0], [3.0, 4.0], [4.0]]
    assert not any(np.shares_memory(v, o) for i, v in enumerate(value[1]) for o in (a, *value[1][:i]))


def read_only(m):
    d = np.diagonal(m)
    return d, [d, m.diagonal(1)], np.broadcast_to(m[0], (2, 3)), np.broadcast_to(m[0] + 1.0, (2, 3)), d.copy(), m[0]


def of_one_block(n):
    x = np.zeros(n)
    return x, np.broadcast_to(x, (2, n)), x[1:]


def one_or_the_other(m, n):
    return m.diagonal() if n else np.zeros(2)


def written(m, n):
    d = m.diagonal() if n else np.zeros(2)
    d[0] = 5.0
    return d


def each_row_shown(m, n):
    return [np.broadcast_to(m[i], (2, m.shape[1])) for i in range(n)], [m[i] for i in range(n)]


READ_ONLY = [
    (each_row_shown, (M, 2)), (read_only, (M,)), (of_one_block, (3,)), (one_or_the_other, (M, 0)), (one_or_the_other, (M, 1)),
    (written, (M, 0)),
]


@pytest.mark.parametrize(("f", "args"), READ_ONLY)
def test_what_may_not_be_written_to(f, args):
    wanted, found = f(*args), irad.compile(f)(*args)

    def flags(result):
        return result.flags.writeable if isinstance(result, np.ndarray) else [flags(r) for r in result]

    assert flags(found) == flags(wanted)
    with pytest.raises(ValueError, match="read-only"):
        irad.compile(written)(M, 1)
