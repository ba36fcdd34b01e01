"""Products of arrays as loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib import evaluated
from irad.lib.reductions import check_axis, refuse


def product_like(a: Any, b: Any) -> Any:
    """The scalar class of the products of elements (known to the compiler)."""
    return np.result_type(a, b).type


def dot(a: Any, b: Any, out: Any = None) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return _scaled(a, b)
    n, m = a.shape[a.ndim - 1], b.shape[max(b.ndim - 2, 0)]
    if n != m:
        _not_aligned(a, b)
    if a.ndim > 2 or b.ndim > 2:
        return tensordot(a, b, ((a.ndim - 1,), (max(b.ndim - 2, 0),)))
    return matmul(a, b)


def _scaled(a: Any, b: Any) -> Any:
    """The product with a number, which is an array of its own dtype here: of Python's ints int64."""
    return np.multiply(np.asarray(a), np.asarray(b))


def _not_aligned(a: Any, b: Any) -> None:
    n, m = a.shape[a.ndim - 1], b.shape[max(b.ndim - 2, 0)]
    where = f"{n} (dim {a.ndim - 1}) != {m} (dim {max(b.ndim - 2, 0)})"
    if a.ndim == 1 and b.ndim == 1:
        raise ValueError(f"shapes ({n},) and ({m},) not aligned: {where}")
    if a.ndim == 1 and b.ndim == 2:
        raise ValueError(f"shapes ({n},) and ({m},{b.shape[1]}) not aligned: {where}")
    if a.ndim == 2 and b.ndim == 1:
        raise ValueError(f"shapes ({a.shape[0]},{n}) and ({m},) not aligned: {where}")
    if a.ndim == 2 and b.ndim == 2:
        raise ValueError(f"shapes ({a.shape[0]},{n}) and ({m},{b.shape[1]}) not aligned: {where}")
    raise ValueError(f"shapes not aligned: {where}")


WORTH_A_COPY = 8  # times that a strided matrix is read: the rows of a copy are read in vectors
SIGNATURE = "(n?,k),(k,m?)->(n?,m?)"


def matmul(a: Any, b: Any, out: Any = None) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        which = 0 if np.ndim(a) == 0 else 1
        raise ValueError(
            f"matmul: Input operand {which} does not have enough dimensions "
            f"(has 0, gufunc core with signature {SIGNATURE} requires 1)"
        )
    if a.dtype == np.bool_ and b.dtype == np.bool_:
        refuse("a product of arrays of bools", "convert them with astype(int)")
    if a.ndim > 2 or b.ndim > 2:
        return _stacked(a, b)
    n, m = a.shape[a.ndim - 1], b.shape[0]
    if n != m:
        raise ValueError(
            "matmul: Input operand 1 has a mismatch in its core dimension 0, "
            f"with gufunc signature {SIGNATURE} (size {m} is different from {n})"
        )
    if a.ndim == 1 and b.ndim == 1:
        s = product_like(a, b)(0)
        for i in range(a.shape[0]):
            s += a[i] * b[i]
        return s
    if a.ndim == 2 and b.ndim == 1:
        out = np.zeros(a.shape[0], product_like(a, b))
        _times_vector(a, b, out)
        return out
    if a.ndim == 1:
        out = np.zeros(b.shape[1], product_like(a, b))
        for i in range(b.shape[0]):
            for j in range(b.shape[1]):
                out[j] += a[i] * b[i, j]
        return out
    if a.shape[0] >= WORTH_A_COPY and not b.flags.c_contiguous:
        return matmul(a, np.ascontiguousarray(b))
    out = np.zeros((a.shape[0], b.shape[1]), product_like(a, b))
    for i in range(a.shape[0]):
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                out[i, j] += a[i, k] * b[k, j]
    return out


def linalg_matmul(a: Any, b: Any) -> Any:
    return matmul(a, b)


def _times_vector(a: Any, b: Any, out: Any) -> None:
    """a @ b. Each sum goes from left to right; those of four rows go side by side, as none has to wait for another."""
    together = a.shape[0] // 4 * 4
    for i in range(0, together, 4):
        s, t, u, v = out[i], out[i + 1], out[i + 2], out[i + 3]
        for j in range(a.shape[1]):
            x = b[j]
            s += a[i, j] * x
            t += a[i + 1, j] * x
            u += a[i + 2, j] * x
            v += a[i + 3, j] * x
        out[i], out[i + 1], out[i + 2], out[i + 3] = s, t, u, v
    for i in range(together, a.shape[0]):
        s = out[i]
        for j in range(a.shape[1]):
            s += a[i, j] * b[j]
        out[i] = s


def _stacked(a: Any, b: Any) -> Any:
    """Products of stacks of matrices, the stacks broadcast."""
    stack = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    rows = a.shape[-2:-1] if a.ndim > 1 else ()
    columns = b.shape[-1:] if b.ndim > 1 else ()
    out = np.empty(stack + rows + columns, product_like(a, b))
    _fill_stack(a, b, out, len(stack))
    return out


def _fill_stack(a: Any, b: Any, out: Any, depth: int) -> None:
    if depth == 0:
        out[...] = matmul(a, b)
        return
    leads_a, leads_b = max(a.ndim - 2, 0) == depth, max(b.ndim - 2, 0) == depth
    for i in range(out.shape[0]):
        mine = a if not leads_a else a[i if a.shape[0] > 1 else 0]
        other = b if not leads_b else b[i if b.shape[0] > 1 else 0]
        _fill_stack(mine, other, out[i], depth - 1)


def vdot(a: Any, b: Any) -> Any:
    return matmul(np.asarray(a).reshape(-1), np.asarray(b).reshape(-1))


def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    if np.ndim(x1) == 0 or np.ndim(x2) == 0:
        which = 0 if np.ndim(x1) == 0 else 1
        raise ValueError(
            f"vecdot: Input operand {which} does not have enough dimensions "
            "(has 0, gufunc core with signature (n),(n)->() requires 1)"
        )
    a, b = np.moveaxis(x1, axis, -1), np.moveaxis(np.asarray(x2), axis, -1)
    n, m = a.shape[a.ndim - 1], b.shape[b.ndim - 1]
    if n != m:
        raise ValueError(
            "vecdot: Input operand 1 has a mismatch in its core dimension 0, "
            f"with gufunc signature (n),(n)->() (size {m} is different from {n})"
        )
    return np.sum(a * b, axis=-1, dtype=product_like(a, b))


def inner(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return _scaled(a, b)
    return tensordot(a, b, ((-1,), (-1,))) if b.ndim > 1 or a.ndim > 1 else dot(a, b)


def outer(a: Any, b: Any, out: Any = None) -> Any:
    a, b = np.asarray(a).reshape(-1), np.asarray(b).reshape(-1)
    made = np.empty((a.shape[0], b.shape[0]), product_like(a, b))
    for i in range(a.shape[0]):
        for j in range(b.shape[0]):
            made[i, j] = a[i] * b[j]
    return made


@evaluated
def tensor_axes(rank_a: int, rank_b: int, axes: Any) -> Any:
    """Which axes of both stay, and which are summed over, counted from the front."""
    if isinstance(axes, (tuple, list)):
        mine, other = (tuple(x) if isinstance(x, (tuple, list)) else (x,) for x in axes)
    else:
        mine, other = tuple(range(rank_a - axes, rank_a)), tuple(range(axes))
    if len(mine) != len(other):
        raise ValueError("shape-mismatch for sum")
    mine, other = tuple(k % rank_a for k in mine), tuple(k % rank_b for k in other)
    return tuple(k for k in range(rank_a) if k not in mine), mine, tuple(k for k in range(rank_b) if k not in other), other


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = np.asarray(a), np.asarray(b)
    rows, mine, columns, other = tensor_axes(a.ndim, b.ndim, axes)
    x, y = a.transpose(rows + mine), b.transpose(other + columns)
    n = len(mine)
    if x.shape[len(rows) :] != y.shape[:n]:
        raise ValueError("shape-mismatch for sum")
    inside = 1
    for size in y.shape[:n]:
        inside *= size
    left, right = 1, 1
    for size in x.shape[: len(rows)]:
        left *= size
    for size in y.shape[n:]:
        right *= size
    found = matmul(x.reshape((left, inside)), y.reshape((inside, right)))
    return found.reshape(x.shape[: len(rows)] + y.shape[n:])


def kron(a: Any, b: Any) -> Any:
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim == 0 or b.ndim == 0:
        return np.multiply(a, b)
    if a.ndim < b.ndim:
        return kron(a[None], b)
    if b.ndim < a.ndim:
        return kron(a, b[None])
    return _kron(a, b)


def _kron(a: Any, b: Any) -> Any:
    if a.ndim == 1:
        return outer(a, b).reshape(-1)
    if a.ndim > 2:
        refuse("np.kron of arrays of more than two axes", "write the loop")
    out = np.empty((a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]), product_like(a, b))
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            for k in range(b.shape[0]):
                for m in range(b.shape[1]):
                    out[i * b.shape[0] + k, j * b.shape[1] + m] = a[i, j] * b[k, m]
    return out


def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError("At least one array has zero dimension")
    a, b = np.moveaxis(a, check_axis(a, axisa), -1), np.moveaxis(b, check_axis(b, axisb), -1)
    n, m = a.shape[-1], b.shape[-1]
    if n not in (2, 3) or m not in (2, 3):
        raise ValueError("incompatible dimensions for cross product\n(dimension must be 2 or 3)")
    if n == 2 and m == 2:
        refuse("np.cross of vectors of two components", "write a[0] * b[1] - a[1] * b[0]")
    dtype = product_like(a, b)
    a0, a1, b0, b1 = a[..., 0], a[..., 1], b[..., 0], b[..., 1]
    if n == 3 and m == 3:
        a2, b2 = a[..., 2], b[..., 2]
        x, y = a1 * b2 - a2 * b1, a2 * b0 - a0 * b2
    elif n == 3:
        a2 = a[..., 2]
        x, y = -(a2 * b1), a2 * b0
    else:
        b2 = b[..., 2]
        x, y = a1 * b2, -(a0 * b2)
    z = a0 * b1 - a1 * b0
    out = np.empty(np.shape(z) + (3,), dtype)
    out[..., 0] = x
    out[..., 1] = y
    out[..., 2] = z
    return np.moveaxis(out, -1, axisc)


def linalg_cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    return cross(x1, x2, axis=axis)


def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    a, v = np.atleast_1d(a), np.atleast_1d(v)
    if a.ndim != 1 or v.ndim != 1:
        raise ValueError("object too deep for desired array")
    if a.shape[0] == 0:
        raise ValueError("a cannot be empty")
    if v.shape[0] == 0:
        raise ValueError("v cannot be empty")
    full = _convolved(a, v)
    n, m = max(a.shape[0], v.shape[0]), min(a.shape[0], v.shape[0])
    if mode in ("full", "f"):
        return full
    if mode in ("same", "s"):
        return full[(m - 1) // 2 : (m - 1) // 2 + n].copy()
    if mode in ("valid", "v"):
        return full[m - 1 : n].copy()
    raise ValueError(f"mode must be one of 'valid', 'same', or 'full' (got '{mode}')")


def _convolved(a: Any, v: Any) -> Any:
    out = np.zeros(a.shape[0] + v.shape[0] - 1, product_like(a, v))
    for i in range(a.shape[0]):
        for j in range(v.shape[0]):
            out[i + j] += a[i] * v[j]
    return out


def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    a, v = np.asarray(a), np.asarray(v)
    if a.ndim == 0 or v.ndim == 0:
        raise ValueError("object of too small depth for desired array")
    if a.ndim > 1 or v.ndim > 1:
        raise ValueError("object too deep for desired array")
    if a.shape[0] == 0:
        raise ValueError("first array argument cannot be empty")
    if v.shape[0] == 0:
        raise ValueError("second array argument cannot be empty")
    if mode in ("same", "s") and a.shape[0] < v.shape[0]:
        n, m = v.shape[0], a.shape[0]
        return _convolved(a, v[::-1])[m // 2 : m // 2 + n].copy()
    return convolve(a, v[::-1], mode)
