"""Arrays of all dtypes, ranks and layouts: indexing, views, stores, iteration, making, operators, against numpy."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_as_python

import irad
from irad.api.compiled import COUNTERS

DTYPES = (np.float64, np.float32, np.int64, np.int32, np.bool_)


def vector(dtype=np.float64, n=6, kind="C"):
    base = (np.arange(2 * n) * 7 % 11 - 4).astype(dtype)
    if kind == "strided":
        return base[::2]
    if kind == "reversed":
        return base[:n][::-1]
    a = base[:n].copy()
    if kind == "readonly":
        a.flags.writeable = False
    return a


def matrix(dtype=np.float64, m=3, n=4, kind="C"):
    base = (np.arange(4 * m * n) * 5 % 13 - 6).astype(dtype).reshape(2 * m, 2 * n)
    if kind == "C":
        return base[:m, :n].copy()
    if kind == "F":
        return np.asfortranarray(base[:m, :n])
    if kind == "strided":
        return base[::2, 1::2]
    if kind == "reversed":
        return base[:m, :n][::-1, ::-1]
    a = base[:m, :n].copy()
    a.flags.writeable = False
    return a


KINDS = ("C", "strided", "reversed", "readonly")


def make(source: str, **names):
    space = {"np": np, "irad": irad, **names}
    exec(source, space)
    return space["f"]


def reading(a, i):
    return (
        a[i], a[-1], a[0], len(a), a.shape, a.size, a.ndim, a[i] + 1, float(a[i]), a[1:3], a[::-1], a[-2:], a[i:], a[:i],
        a[1:5:2], a[4:1:-2], a[:], a[...],
    )


@pytest.mark.parametrize("dtype", DTYPES)
def test_reading(dtype):
    of_bools = "def f(a, i): return a[i], a[-1], len(a), a.shape, a[1:3], a[::-1], a[i:], not a[i], a[i] and a[0], int(a[i])"
    f = reading if dtype is not np.bool_ else make(of_bools)
    all_same(f, [(vector(dtype, kind=k), i) for k in KINDS for i in (0, 1, 5, -1, -6, 6, -7, 100)])


def slices(a, i, j):
    return a[i:j], a[i:], a[:j], a[i:j:2], a[j:i:-1], a[i::-1], a[:j:-3], a[i:j][::-1], a[i:][1:], a[::-1][i:j]


def test_slices_with_run_time_bounds():
    bounds = [(i, j) for i in (-9, -3, 0, 2, 6, 9) for j in (-8, -1, 0, 3, 6, 20)]
    all_same(slices, [(vector(kind=k), i, j) for k in ("C", "reversed") for i, j in bounds])


def slice_step(a, s):
    return a[::s], a[1:5:s], a[4:0:s]


def test_slice_with_run_time_step():
    all_same(slice_step, [(vector(), s) for s in (1, 2, -1, -2, 3, 7)])
    same_as_python(slice_step, vector(), 0)


def reading2(a, i, j):
    return (
        a[i, j], a[i][j], a[i], a[:, j], a[i, :], a[i, 1:], a[1:, j], a[::-1, ::2], a[..., j], a[i, ...], a.T, a.T[j],
        a.shape, a.size, len(a), a[-1, -1], a[i:, j:], a[(i, j)], a[..., 0:2],
    )


@pytest.mark.parametrize("kind", ("C", "F", "strided", "reversed", "readonly"))
def test_reading_matrices(kind):
    places = ((0, 0), (2, 3), (-1, -4), (1, 2), (3, 0), (0, 4), (-4, 0))
    all_same(reading2, [(matrix(d, kind=kind), i, j) for d in (np.float64, np.int32) for i, j in places])


def reading3(a, i, j, k):
    return (
        a[i, j, k], a[i], a[i, j], a[:, j], a[..., k], a[i, ..., k], a[i][j][k], a.T, a[i, :, k], a.T[k, j, i],
        a[::2, ::-1, 1:], a[:, :, k][i], a[None][0, i], a[i, None, j], a[..., None],
    )


def test_rank_three():
    a = np.arange(24.0).reshape(2, 3, 4)
    all_same(reading3, [(a, 1, 2, 3), (a, 0, -1, -2), (a, 1, 3, 0), (np.asfortranarray(a), 1, 1, 1), (a[::-1, :, ::2], 1, 0, 1)])


def zero_d(a):
    return a[()], float(a), a + 1, a.ndim, a.shape, a.size, a.copy(), np.sin(a), a * a, a[...]


def test_rank_zero():
    same_as_python(zero_d, np.array(2.5))
    same_as_python(make("def f(a):\n a[()] = 7.0\n a += 1\n return a"), np.array(2.5))
    same_as_python(make("def f(a): return len(a)"), np.array(2.5))
    same_as_python(make("def f(a):\n for x in a: return x"), np.array(2.5))
    same_as_python(make("def f(a): return a[0]"), np.array(2.5))
    same_as_python(make("def f(a): return np.array(1.5) + a, np.array(a), np.zeros(())"), np.array(2.5))


def writing(a, i, v):
    a[i] = v
    a[-1] += 2
    a[0] = a[1] * 2
    b = a[1:4]
    b[0] = 9
    a[2:4] = v
    a[::2] *= 2
    c = a
    c += 1
    a[1:] = a[:-1]
    a[:-1] = a[1:]
    a[:] = a[::-1]
    return b, c


@pytest.mark.parametrize("dtype", DTYPES[:4])
def test_writing(dtype):
    all_same(writing, [(vector(dtype, kind=k), i, v) for k in KINDS for i in (0, 2, -6, 6) for v in (3, 1)])


def test_conversion_on_store():
    f = make("def f(a, v):\n a[0] = v\n a[1:] = v\n return a")
    values = (0, 1, True, 2.5, -3.7, np.float64(1.5), np.float32(0.1), np.int64(3), np.bool_(True), np.int32(-2))
    all_same(f, [(vector(d), v) for d in DTYPES for v in values])


def writing2(a, i, j, v):
    a[i, j] = v
    a[i][j] += 1
    a[i] = a[i - 1] * 2
    a[:, j] += 1
    a[0, :] = a[1]
    a[:, 1:3] = v
    a.T[j, i] = 5
    a[...] += a[::-1]
    a[i:] -= a[0]
    return a.sum()


@pytest.mark.parametrize("kind", ("C", "F", "strided", "reversed", "readonly"))
def test_writing_matrices(kind):
    stores = ((0, 0, 3), (2, 3, -1), (-1, -2, 7), (3, 1, 0))
    all_same(writing2, [(matrix(d, kind=kind), i, j, v) for d in (np.float64, np.int64) for i, j, v in stores])


def same_argument_twice(a, b):
    a[0] = 5
    b[1] = a[0] + b[0]
    a += b
    a[1:] = b[:-1]
    return a, b


def test_aliases():
    a = vector()
    base = vector(n=8)
    all_same(same_argument_twice, [(a, a), (base[:6], base[2:]), (base[:7], base[1:]), (base[:4], base[:4]), (a, vector())])


def aliases_inside(a):
    b = a
    b[0] = 10
    c = a[:]
    c[1] = 20
    d = a.copy()
    d[2] = 30
    e = a
    e += 1
    f = a + 0
    f[3] = 9
    e = e * 2
    g = a[::2]
    g *= 3
    return b, c, d, e, f, g


def test_aliases_inside():
    all_same(aliases_inside, [(vector(),), (vector(kind="strided"),), (vector(np.int64),)])


def iterating(a):
    s = a[0] * 0
    for x in a:
        s = s + x
    t = 0.0
    for i, x in enumerate(a):
        t += i * x
    for x, y in zip(a, a[1:]):
        t -= x * y
    for x in reversed(a):
        t = t * 0.5 + x
    last = -1
    for x in a[:0]:
        last = x
    return s, t, x, last, sum(a), max(a), min(a), x in a, 100 in a


def test_iterating():
    all_same(iterating, [(vector(d, kind=k),) for d in DTYPES[:4] for k in KINDS])


def rows(a):
    s = 0.0
    for row in a:
        for x in row:
            s = s * 0.5 + x
        row[0] = s
    for i, row in enumerate(a.T):
        s += i * row[0]
    u, v, w = a[:, 0]
    return s, row, u, v, w


def test_rows():
    all_same(rows, [(matrix(kind=k),) for k in ("C", "F", "strided", "reversed", "readonly")])


def unpacking(a):
    x, y, *z = 1, 2, 3
    u, v = a
    return u, v


def test_unpacking():
    all_same(unpacking, [(vector(n=n),) for n in (0, 1, 2, 3)])


def changed_while_iterated(a):
    s = 0.0
    for x in a:
        s += x
        a[-1] = s
        a[2] = 100.0
    return s


def test_changed_while_iterated():
    all_same(changed_while_iterated, [(vector(),)])


MAKERS = (
    "np.zeros(n)", "np.zeros((n, 2))", "np.zeros(n, np.int64)", "np.zeros((2, n), dtype=np.float32)", "np.ones(n)",
    "np.ones((n, n), int)", "np.ones(n, bool)",
    "np.full(n, 2.5)", "np.full((2, n), 3)", "np.full(n, 1, float)", "np.full(n, True)", "np.empty((n, 0))",
    "np.zeros(())", "np.zeros([n, 1])", "np.zeros_like(a)",
    "np.ones_like(a)", "np.full_like(a, 3)", "np.zeros_like(a, dtype=np.float32)", "np.empty_like(a)[:0]", "np.arange(n)",
    "np.arange(1, n)", "np.arange(n, 0, -2)", "np.arange(0.0, n, 0.3)",
    "np.arange(n, dtype=float)", "np.arange(2.5)", "np.linspace(0.0, 1.0, n)", "np.linspace(1, 2, 5)", "np.linspace(-1.0, n)",
    "np.array([n, 2.5])", "np.array((1, n))", "np.array([[1, n], [n, 3.5]])", "np.array([a[0], n])",
    "np.array([True, n > 2])", "np.array([])", "np.array(a)", "np.array(n)", "np.array(2.5)",
    "np.array([n], dtype=np.float32)", "np.asarray(a)", "a.copy()", "np.copy(a)", "a.astype(int)", "a.astype(np.float32)",
    "a.astype(bool)", "np.eye(n)", "np.eye(2, n)",
    "np.identity(n)", "np.asarray([n, 1])", "np.array([a, a])", "np.array([a[:2], [n, 1.0]])", "np.ascontiguousarray(a[::2])",
)


@pytest.mark.parametrize("source", MAKERS)
def test_making(source):
    f = make(f"def f(a, n): return {source}")
    all_same(f, [(vector(), n) for n in (0, 1, 3, 5)])


def test_making_errors():
    all_same(make("def f(n): return np.zeros(n)"), [(-1,)])
    all_same(make("def f(n): return np.zeros((2, n))"), [(-3,)])
    all_same(make("def f(n): return np.ones(n - 5)"), [(1,)])
    all_same(make("def f(n): return np.zeros(2.5)"), [(1,)])
    same_as_python(make("def f(n): return np.array([[1, 2], [n]])"), 1, text=False)


def test_shapes():
    f = make(
        "def f(a, n): return a.reshape(n, -1), a.reshape((-1, n)), a.ravel(), a.flatten(), a.T.reshape(-1), np.reshape(a, -1), "
        "a.T.ravel(), np.ravel(a), a.transpose(), np.transpose(a), np.shape(a), np.ndim(a), np.size(a)"
    )
    all_same(f, [(matrix(kind=k), n) for k in ("C", "F", "strided", "reversed", "readonly") for n in (1, 2, 3, 12)])
    all_same(make("def f(a, n): return a.reshape(n, n)"), [(matrix(), 3), (matrix(), 0)])
    all_same(make("def f(a, n): return a.reshape(n, -1)"), [(matrix(), 5), (matrix(), 0)])
    views = make(
        "def f(a):\n b = a.reshape(-1)\n b[0] = 77\n c = a.ravel()\n c[1] = 88\n d = a.flatten()\n d[2] = 99\n"
        " e = a[None, :]\n e[0] = 5\n return b, c, d, e"
    )
    all_same(views, [(vector(),), (vector(kind="strided"),), (matrix(),)])
    copies = make("def f(a):\n c = a.ravel()\n c[1] = 88\n d = a.flatten()\n d[2] = 99\n return c, d")
    all_same(copies, [(matrix(kind=k),) for k in ("C", "F", "strided", "reversed")])
    flat = make("def f(a):\n b = a.reshape(-1)\n b[0] = 1\n return b")
    all_same(flat, [(matrix(kind=k),) for k in ("C", "F", "strided", "reversed")])


A = [
    ("vector", vector()), ("matrix", matrix(m=2, n=6)), ("column", matrix(m=6, n=1)), ("scalar", 2.5), ("numpy", np.float64(1.5)),
    ("one", np.array([3.0])), ("zero-d", np.array(2.0)),
]
A_PAIRS = [(x, y) for x in A for y in A if isinstance(x[1], np.ndarray) or isinstance(y[1], np.ndarray)]


@pytest.mark.parametrize("pair", A_PAIRS, ids=lambda p: f"{p[0][0]}-{p[1][0]}")
def test_broadcasting(pair):
    (_, x), (_, y) = pair
    same_as_python(make("def f(a, b): return a + b, a - b * 2, a < b, np.maximum(a, b), a / (b * b + 1), -a, abs(b)"), x, y)


@pytest.mark.parametrize("pair", itertools.product(DTYPES, DTYPES), ids=lambda p: f"{p[0].__name__}-{p[1].__name__}")
def test_mixed_dtypes(pair):
    a, b = vector(pair[0]), vector(pair[1])[::-1]
    ops = ["a + b", "a * b", "a / b", "a == b", "a < b", "a + b[0]", "a[0] * b"]
    if np.bool_ not in pair:
        ops += ["a - b", "a // b", "a % b"]
    if all(not issubclass(d, np.floating) for d in pair):
        ops += ["a & b", "a | b", "a ^ b"]
    same_as_python(make("def f(a, b): return (" + ", ".join(ops) + ")"), a, b)


@pytest.mark.parametrize("dtype", DTYPES)
def test_array_and_python_scalar(dtype):
    a = vector(dtype)
    f = make("def f(a): return a + 1, a * 2, a + 1.5, 2 * a, a / 2, a == 1, a > 0.5, True + a, a * True")
    same_as_python(f, a)
    if dtype is not np.bool_:
        f = make(
            "def f(a): return a - 1, a // 2, a % 3, -a, +a, abs(a), a ** 2, 2 - a, 7 // (a * a + 1), a + np.float32(0.5), "
            "a * np.int64(3), a - np.float64(2)"
        )
        same_as_python(f, a)
    if not issubclass(dtype, np.floating):
        same_as_python(make("def f(a): return a & 1, a | 2, a ^ 3, ~a"), a)


def test_inplace():
    f = make("def f(a, b):\n a += b\n a *= 2\n a -= a\n a += 1\n a /= 4\n return a")
    operands = (2.0, 3, vector(), vector(np.int64), np.array([1.0]), np.float32(2))
    all_same(f, [(vector(kind=k), b) for k in KINDS for b in operands])
    all_same(make("def f(a, b):\n a += b\n return a"), [
        (vector(np.int64), 2), (vector(np.int64), True), (vector(np.float32), 1.5), (vector(np.bool_), True),
        (vector(np.float32), vector()), (vector(np.int32), vector(np.int64)),
    ], text=False)
    all_same(make("def f(a, b):\n a += b\n return a"), [
        (vector(np.int64), 2.5), (vector(np.int64), vector()), (vector(), matrix(m=2, n=6)), (vector(), vector(n=4)),
        (matrix(m=2, n=6), vector()), (vector(np.int64), np.float64(1)),
    ], text=False)
    all_same(make("def f(a, b):\n a //= b\n a %= 3\n a **= 2\n return a"), [(vector(), 2.0), (vector(np.int64), 2)])


def test_errors():
    f = make("def f(a, b): return a + b")
    all_same(f, [
        (vector(n=3), vector(n=4)), (matrix(), vector(n=3)), (matrix(), matrix(m=4, n=3)), (vector(n=0), vector(n=2)),
        (vector(n=0), vector(n=1)),
    ])
    all_same(make("def f(a, b):\n a[:] = b"), [
        (vector(n=3), vector(n=4)), (vector(n=3), matrix()), (matrix(), vector(n=3)), (matrix(), vector(n=4)),
    ])
    all_same(make("def f(a, b):\n a[1:3] = b"), [(vector(n=3), vector(n=4)), (vector(n=5), vector(n=1))])
    all_same(make("def f(a): return a[1, 2]"), [(vector(),)])
    all_same(make("def f(a): return a[1.5]"), [(vector(),)])
    all_same(make("def f(a): return a['x']"), [(vector(),)], text=False)
    truths = [(vector(),), (vector(n=1),), (vector(np.int64, n=1),), (np.array(3.0),)]
    all_same(make("def f(a):\n if a: return 1\n return 0"), truths)
    all_same(make("def f(a): return float(a), int(a)"), [(vector(),), (vector(n=1),), (np.array(3.5),)])
    all_same(make("def f(a):\n for x in range(3): a[x, 0] = 1"), [(matrix(m=2),)])
    all_same(make("def f(a): return a.nothing"), [(vector(),)])
    all_same(make("def f(a): return a + None"), [(vector(),)], text=False)
    all_same(make("def f(a, n): return a[n][n]"), [(vector(), 1)], text=False)
    all_same(make("def f(a):\n a[0] = None"), [(vector(np.int64),)], text=False)
    all_same(make("def f(a):\n a[0] = a"), [(vector(),)], text=False)
    all_same(make("def f(a):\n a[0] = (1, 2)"), [(vector(),)], text=False)


def returned_argument(a):
    return a


def test_identity_of_results():
    a = vector()
    assert irad.compile(returned_argument)(a) is a
    b = irad.compile(lambda a: a[1:])(a)
    b[0] = 55
    expected = vector()
    assert b[0] == 55 and expected[1] != 55
    t = irad.compile(lambda a: (a, a))(a)
    assert t[0] is a and t[1] is a


def test_nan_and_inf_stores():
    same_as_python(make("def f(a, x):\n a[0] = x\n a[1] = -x\n return a"), vector(np.float32), float("nan"))
    same_as_python(make("def f(a, x):\n a[0] = x\n return a"), vector(np.int64), float("nan"))
    same_as_python(make("def f(a, x):\n a[0] = x\n return a"), vector(np.int64), float("inf"))
    same_as_python(make("def f(a, x):\n a[0] = x\n return a"), vector(np.int32), 2**40)


@pytest.mark.parametrize("source", [
    "a.astype(complex)", "np.linalg.eigh(a[:, None] * a)", "np.fft.fft(a)", "np.argpartition(a, 1)", "a.tobytes()",
    "a.reshape(2, 3, order='K')[:, ::2].ravel('K')",
])
def test_refused(source):
    refused(make(f"def f(a): return {source}"), vector())


@pytest.mark.parametrize("source", [
    "(a.T + 1).ravel('K')", "np.copy(a.T).reshape(-1, order='A')", "np.zeros_like(a.T).ravel(order='K')",
    "a[:, [0, 1]].ravel('K')",
    "np.copy(np.broadcast_to(a, (2, 2, 3))).ravel('K')", "np.linalg.inv(a[:, :2].T).ravel('K')",
])
def test_orders_in_memory_that_numpy_keeps(source):
    refused(make(f"def f(a): return {source}"), np.arange(6.0).reshape(2, 3) ** 2, match="depends on memory")
    same_as_python(make("def f(a): return (a * 2).ravel('K'), a.reshape(3, 2, order='A')"), np.arange(6.0).reshape(2, 3))
    strided = np.arange(12.0).reshape(3, 4)[:, ::2]
    refused(make("def f(a): return (a * 2).ravel('K')"), strided, match="depends on memory")


KEPT = [
    "b = a.T * 2.0", "b = np.zeros((3, 2), order='F')", "b = np.copy(a.T)", "b = np.zeros_like(a.T)", "b = a.T.astype(int)",
    "b = np.where(a.T > 1, a.T, 0.0)", "b = a[:, [0, 1]]", "b = np.concatenate([a.T, a.T])", "b = a.T.copy(order='K')",
    "b = FORTRAN * 2", "b = np.sort(a.T, axis=0)", "b = np.multiply(*(a.T, 2))", "b = functools.partial(np.multiply, 2)(a.T)",
    "b = np.vectorize(lambda v: v * 2)(a.T)", "b = np.zeros((3, 2), order='f')", "b = [a.T * k for k in range(int(a[1, 2]))][1]",
]


@pytest.mark.parametrize("made", KEPT)
@pytest.mark.parametrize("write", [
    "c = b.ravel(); c[0] = 9", "c = b.T.reshape(-1); c += 1", "c = np.reshape(b, (2, -1)); b[0, 0] = 7",
    "c = np.ascontiguousarray(b); c[0, 0] = 9", "b.flags.c_contiguous", "b.strides",
])
def test_arrays_in_an_order_that_numpy_keeps(made, write):
    """`b.ravel()` is a copy in numpy, and would be a view here: who only reads cannot tell."""
    names = {"functools": functools, "FORTRAN": np.asfortranarray(np.arange(6.0).reshape(3, 2))}
    body = "\n    ".join(f"{made}; {write}".split("; "))
    refused(make(f"def f(a):\n    {body}\n    return b", **names), np.arange(6.0).reshape(2, 3), match="order in memory")
    read = f"def f(a):\n    {made}\n    b[0, 0] += 1\n    return b, b.ravel().sum(), b.reshape(2, -1) * 2, b.copy().ravel()"
    same_as_python(make(read, **names), np.arange(6.0).reshape(2, 3))


@pytest.mark.parametrize("body", [
    "b = (a.T * 2).copy(); c = b.ravel(); c[0] = 9", "b = np.zeros((3, 2)); c = b.ravel(); c[0] = a.T[0, 1]",
    "b = a.T @ a; c = b.ravel(); c[0] = 9", "b = a.T; c = b.ravel(); c[0] = 9", "b = a.T * 2; b.flat[1] = 3.0",
    "b = a[:, 1:]; c = b[0].reshape(2, 1); c[0] = 9", "b = (a.T * 2)[0]; c = b.reshape(-1, 1); c[0] = 9",
])
def test_arrays_whose_order_is_known_are_written_through_views(body):
    same_as_python(make("def f(a):\n    " + body.replace("; ", "\n    ") + "\n    return a, b"), np.arange(6.0).reshape(2, 3))


@pytest.mark.parametrize("made", [
    "np.exp(a.T)", "(a.T + 1)", "(a.T * 2).reshape(3, -1)", "np.ones((3, 2), order='F')", "a[:, [0, 1]]",
])
def test_products_with_arrays_in_an_order_that_numpy_keeps(made):
    """A product of many rows asks how its second factor lies in memory; that is no question of the program's."""
    f = make(f"def f(a, m): return m[:, :len({made})] @ {made}, m[:2, :len({made})].dot({made}).sum()")
    for rows in (2, 9):
        same_as_python(f, np.arange(6.0).reshape(2, 3) / 4, np.arange(3.0 * rows).reshape(rows, 3), ulps=4)
    irad.check_grads(lambda a, m: (m @ np.exp(a.T)).sum(), (np.arange(6.0).reshape(2, 3) / 4, np.arange(27.0).reshape(9, 3)))


@pytest.mark.parametrize("source", [
    "np.asarray(a, order='c'), np.array(a.T, order='f'), np.ones((2, 3), order='c')", "a.ravel('f'), a.flatten('c')",
    "a.reshape(3, 2, order='f')", "np.ravel_multi_index((1, 2), (2, 3), order='f')", "np.unravel_index(4, (2, 3), order='c')",
    "np.unravel_index(4, (2, 3), 'f')", "np.asarray(a, order='X')", "a.reshape(3, 2, order='')", "a.ravel('CF')",
    "np.asarray(a, order=1)",
])
def test_names_of_orders(source):
    same_as_python(make(f"def f(a): return {source}"), np.arange(6.0).reshape(2, 3))


def bubble(a):
    n = len(a)
    for i in range(n):
        for j in range(n - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return a


def prefix(a):
    for i in range(1, len(a)):
        a[i] += a[i - 1]
    return a[-1]


def lu(a):
    n = a.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    return a


def stencil(u, steps):
    v = np.empty_like(u)
    for _ in range(steps):
        v[0] = u[0]
        v[-1] = u[-1]
        v[1:-1] = 0.25 * u[:-2] + 0.5 * u[1:-1] + 0.25 * u[2:]
        u, v = v, u
    return u


def test_programs():
    all_same(bubble, [(vector(d, kind=k),) for d in DTYPES[:4] for k in KINDS[:3]])
    all_same(prefix, [(vector(d, kind=k),) for d in DTYPES[:4] for k in KINDS])
    all_same(lu, [(matrix(m=3, n=3, kind=k) + 9 * np.eye(3),) for k in ("C", "F")])
    all_same(stencil, [(vector(n=9), s) for s in range(4)])


def test_a_result_that_is_an_array_of_no_axes_or_a_number():
    """What is not there, of the array or the number, is not read."""
    same = make("def f(x, k): return np.array(x) if k > 0 else x")
    all_same(same, [(2.0, 1), (2.0, 0)])
    all_same(make("def f(w, x):\n    y = np.zeros_like(x)\n    for c in w:\n        y = y * x + c\n    return y"), [
        (np.ones(0), 2.0), (np.ones(3), 2.0),
    ])


def one_axis(x, big):
    a = np.atleast_1d(x)
    if big:
        a[0] = 2.0 * x
    return a.T if a.size == 1 else np.zeros((2, 2))  # whose rank is known, though `a` comes from two ways


def columns(v, w):
    return v[:, None] * w[None, :] + np.sum(v, keepdims=True), v[:, None].shape, np.squeeze(v[None, :], axis=0)


def one_of_two(v, n):
    a = v[None, :]
    for _ in range(n):
        a = np.concatenate((a, a))  # not known to have one row any more
    return a + v, a.shape


def test_axes_that_are_known_to_have_one_element():
    all_same(one_axis, [(1.5, False), (1.5, True)])
    all_same(columns, [(np.array([0.5, 2.0]), np.array([1.0, 2.0, 3.0])), (np.array([0.5]), np.array([4.0]))])
    all_same(one_of_two, [(np.array([0.5, 2.0]), 0), (np.array([0.5, 2.0]), 2), (np.array([0.5]), 1)])
    text = irad.compile(one_axis)
    text(1.5, True)
    assert "dim " not in text.ir()


def grown(a, b, c):
    d = np.zeros_like(a)
    for _ in range(3):
        d = d + a * b / (1.0 + c[0] * d)
    return d.sum()


def test_extents_are_taken_not_to_be_one_until_they_are():
    f, slope = irad.compile(grown), irad.value_and_grad(grown, argnums=(0, 1, 2))
    long, one, short = np.array([0.5, 2.0, 1.5]), np.array([0.25]), np.array([1.0, 2.0])
    before = COUNTERS["compilations"]
    none = np.array([])
    for a, b in ((long, long), (long, long * 2.0), (none, none), (long, one), (one, long), (one, one), (long, long)):
        want, (got, (da, db, dc)) = grown(a, b, short), slope(a, b, short)
        assert f(a, b, short) == got == want
        h = 1e-6
        assert np.isclose(sum(da), (grown(a + h, b, short) - grown(a - h, b, short)) / (2 * h), rtol=1e-6)
        assert np.isclose(sum(db), (grown(a, b + h, short) - grown(a, b - h, short)) / (2 * h), rtol=1e-6)
    assert COUNTERS["compilations"] == before + 4
    with pytest.raises(ValueError, match=r"could not be broadcast together with shapes \(3,\) \(2,\)"):
        f(long, short, one)
    with pytest.raises(ValueError, match=r"could not be broadcast together with shapes \(3,\) \(2,\)"):
        irad.compile(lambda a, b: a + b)(long, short)


def test_extents_that_are_never_asked_for_are_not_assumed():
    def total(a):
        s = 0.0
        for i in range(len(a)):
            s += a[i] * a[i]
        return s

    f = irad.grad(total)
    before = COUNTERS["compilations"]
    assert f(np.array([1.0, 2.0])).tolist() == [2.0, 4.0] and f(np.array([3.0])).tolist() == [6.0]
    assert COUNTERS["compilations"] == before + 1


@pytest.mark.parametrize("f", [
    lambda x: np.array([[1.0, 2.0], [3.0]]), lambda x: np.array([[1.0, x], x]), lambda x: np.array([x, [x]]),
    lambda x: np.array([[[x, 2.0], [x, 3.0]], [[x, 2.0], [x]]]), lambda x: np.array([[[x, 2.0], [x, 3.0]], [[x, 2.0]]]),
    lambda x: np.array([np.ones(2), np.ones(3)]), lambda x: np.array([np.ones((2, 2)), np.ones((2, 3))]),
    lambda x: np.array([[x] * (i + 1) for i in range(int(x) + 1)]),
])
def test_rows_of_different_lengths(f):
    same_as_python(f, 2.0)
