"""numpy's reductions as loops. Ranks, axes and dtypes are known to the compiler: branches on them cost nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib import evaluated


def dtype_like(a: Any) -> Any:
    """The scalar class in which elements of `a` are summed (known to the compiler)."""
    return np.add.reduce(a).dtype.type


def quotient_like(a: Any) -> Any:
    """The scalar class of the mean of `a` (known to the compiler)."""
    return np.true_divide(a, 1).dtype.type


def summand_like(a: Any) -> Any:
    """The scalar class in which `a` is summed for its mean: one whose sums do not overflow (known to the compiler)."""
    return np.float64 if a.dtype.kind in "iu" else a.dtype.type


def refuse(what: str, hint: str) -> Any:
    """A form that is not supported: the compiler raises its error where it comes to this call."""
    raise NotImplementedError(f"{what}: {hint}")


def need(fine: Any, what: str, hint: str) -> None:
    """What is not supported unless `fine`: where a call comes to it, it ends with an error of irad."""
    if not fine:
        raise NotImplementedError(f"{what}: {hint}")


def read_only(a: Any) -> Any:
    """The array as one that may not be written to, as the views are that numpy would give."""
    a.flags.writeable = False
    return a


def first_diagonal(a: Any, n: int) -> Any:
    """A view of the first `n` elements of the diagonal of the last two axes."""
    return np.lib.stride_tricks.as_strided(a, a.shape[:-2] + (n,), a.strides[:-2] + (a.strides[-2] + a.strides[-1],))


def check_axis(a: Any, axis: int) -> int:
    """An axis counted from the front."""
    if axis < -a.ndim or axis >= a.ndim:
        raise np.exceptions.AxisError(axis, a.ndim, None)
    return axis + a.ndim if axis < 0 else axis


def reduced_axis(a: Any, axis: Any) -> Any:
    """The axis of a reduction; None for the only one (0 or -1) that numpy lets a number have."""
    return None if a.ndim == 0 and not isinstance(axis, tuple) and (axis == 0 or axis == -1) else axis


def with_an_axis(a: Any) -> Any:
    """An array with at least one axis, as functions along one axis see a number."""
    return a.reshape(-1) if a.ndim == 0 else a


@evaluated
def axes_last(rank: int, axes: tuple[int, ...]) -> tuple[int, ...]:
    """The order of axes that puts these at the end."""
    last = [axis % rank for axis in axes]
    if len(set(last)) < len(last):
        raise ValueError("duplicate value in 'axis'")
    return (*[k for k in range(rank) if k not in last], *sorted(last))


@evaluated
def with_ones(rank: int, axis: Any) -> tuple[Any, ...]:
    """The index that puts the axes that a reduction took back, with one element each."""
    taken = range(rank) if axis is None else [k % rank for k in (axis if isinstance(axis, tuple) else (axis,))]
    return tuple(None if k in taken else slice(None) for k in range(rank))


def gathered(a: Any, axes: Any) -> Any:
    """`a` with these axes as one, at the end."""
    for axis in axes:
        check_axis(a, axis)
    moved = a.transpose(axes_last(a.ndim, axes))
    count = 1
    for n in moved.shape[a.ndim - len(axes) :]:
        count *= n
    return moved.reshape(moved.shape[: a.ndim - len(axes)] + (count,))


def kept(result: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """The result of a reduction of `a`, with axes of one element in place of those that are gone if `keepdims`."""
    return np.asarray(result)[with_ones(a.ndim, axis)] if keepdims else result


def along(reduce: Any, a: Any, axis: int, dtype: Any) -> Any:
    """`reduce` of every line of `a` along an axis."""
    if a.ndim == 1:
        return reduce(a)
    out = np.empty(a.shape[:axis] + a.shape[axis + 1 :], dtype)
    if axis == 0:
        for j in range(a.shape[1]):
            out[j] = along(reduce, a[:, j], 0, dtype)
    else:
        for i in range(a.shape[0]):
            out[i] = along(reduce, a[i], axis - 1, dtype)
    return out


def lines(change: Any, a: Any, axis: int, length: int, dtype: Any) -> Any:
    """Every line of `a` along an axis changed into one of `length` elements: `change(line, new)` fills it."""
    out = np.empty(a.shape[:axis] + (length,) + a.shape[axis + 1 :], dtype)
    _change_lines(change, np.moveaxis(a, axis, -1), np.moveaxis(out, axis, -1))
    return out


def _change_lines(change: Any, a: Any, out: Any) -> None:
    if a.ndim == 1:
        change(a, out)
    else:
        for i in range(a.shape[0]):
            _change_lines(change, a[i], out[i])


def converted(a: Any, dtype: Any, where: Any, neutral: Any) -> Any:
    """The elements as they are summed: of another dtype, with others in place of those that do not count."""
    if dtype is not None:
        a = a.astype(dtype, copy=False)
    return a if where is True else np.where(where, a, np.asarray(neutral).astype(a.dtype))


def sum_(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, initial: Any = 0, where: Any = True,
) -> Any:
    a = converted(a, dtype, where, 0)
    kind = summed_like(a, dtype)
    axis = reduced_axis(a, axis)
    if isinstance(axis, tuple):
        total = total_of(gathered(a, axis), -1, kind)
    else:
        total = total_of(a, axis, kind)
    if initial is not np._NoValue and initial is not None and not (isinstance(initial, int) and initial == 0):
        total = total + kind(initial)
    return kept(total, a, axis, keepdims)


def summed_like(a: Any, dtype: Any) -> Any:
    """The scalar class of the sum of `a`, whose elements are of this dtype if one is asked for."""
    return dtype_like(a) if dtype is None else a.dtype.type


def total_of(a: Any, axis: Any, kind: Any) -> Any:
    """The sum of all elements, or along one axis, as a number of this class."""
    if axis is None:
        return added(kind(0), a)
    axis = check_axis(a, axis)
    if a.ndim > 1 and axis == 0:
        out = np.zeros(a.shape[1:], kind)
        for row in a:
            out += row
        return out
    return along(lambda line: added(kind(0), line), a, axis, kind)


def added(s: Any, a: Any) -> Any:
    """The sum with all elements, one after the other."""
    if a.ndim == 0:
        s += a[()]
    elif a.ndim == 1:
        for x in a:
            s += x
    else:
        for row in a:
            s = added(s, row)
    return s


def prod(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, initial: Any = 1, where: Any = True,
) -> Any:
    a = converted(a, dtype, where, 1)
    kind = summed_like(a, dtype)
    axis = reduced_axis(a, axis)
    if isinstance(axis, tuple):
        product = product_of(gathered(a, axis), -1, kind)
    else:
        product = product_of(a, axis, kind)
    if initial is not np._NoValue and initial is not None and not (isinstance(initial, int) and initial == 1):
        product = product * kind(initial)
    return kept(product, a, axis, keepdims)


def product_of(a: Any, axis: Any, kind: Any) -> Any:
    """The product of all elements, or along one axis, as a number of this class."""
    if axis is None:
        s = kind(1)
        if a.ndim == 0:
            s *= a[()]
        elif a.ndim == 1:
            for x in a:
                s *= x
        else:
            for row in a:
                s *= product_of(row, None, kind)
        return s
    axis = check_axis(a, axis)
    if a.ndim > 1 and axis == 0:
        out = np.ones(a.shape[1:], kind)
        for row in a:
            out *= row
        return out
    return along(lambda line: product_of(line, None, kind), a, axis, kind)


def mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    a = converted(a, dtype, True, 0)
    kind = quotient_like(a) if dtype is None else a.dtype.type
    if where is not True:
        counted = sum_(np.broadcast_to(where, a.shape), axis, None, None, keepdims)
        return as_kind(sum_(a, axis, kind, None, keepdims, 0, where) / np.asarray(counted).astype(kind), kind)
    if isinstance(axis, tuple):
        return kept(mean_of(gathered(a, axis), -1, kind), a, axis, keepdims)
    return kept(mean_of(a, axis, kind), a, axis, keepdims)


def mean_of(a: Any, axis: Any, kind: Any) -> Any:
    """The mean of all elements, or along one axis: their sum as a number of this class, which the quotient is then."""
    if axis is None:
        return as_kind(total_of(a, None, kind) / a.size, kind)
    axis = check_axis(a, axis)
    return as_kind(total_of(a, axis, kind) / a.shape[axis], kind)


def as_kind(quotient: Any, kind: Any) -> Any:
    """A number or an array of numbers of this class: where it counts, without what is behind the point."""
    return quotient if np.dtype(kind).kind == "f" else np.asarray(quotient).astype(kind)[()]


def var(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False, where: Any = True,
    mean: Any = None, correction: Any = None,
) -> Any:
    a, free = _spread_elements(a, dtype, mean), ddof if correction is None else correction
    if where is not True:
        return var_where(a, axis, free, keepdims, where)
    if isinstance(axis, tuple):
        return kept(var_of(gathered(a, axis), -1, free), a, axis, keepdims)
    return kept(var_of(a, axis, free), a, axis, keepdims)


def _spread_elements(a: Any, dtype: Any, mean: Any) -> Any:
    """The elements of which a variance is asked."""
    if mean is not None:
        refuse("np.var or np.std with `mean=`", "leave it out")
    a = converted(a, summand_like(a) if dtype is None else dtype, True, 0)
    if dtype is not None and a.dtype.kind != "f":
        refuse("np.var or np.std with a dtype of ints", "convert the result")
    return a


def var_where(a: Any, axis: Any, ddof: Any, keepdims: bool, where: Any) -> Any:
    """The variance of the elements that a mask names."""
    d = a - mean(a, axis, None, None, True, where)
    total = sum_(d * d, axis, None, None, keepdims, 0, where)
    counted = sum_(np.broadcast_to(where, a.shape), axis, None, None, keepdims)
    return total / np.asarray(np.maximum(counted - ddof, 0)).astype(total.dtype)


def var_of(a: Any, axis: Any, ddof: Any) -> Any:
    """The variance of all elements, or along one axis."""
    if axis is None:
        kind = quotient_like(a)
        d = a - mean_of(a, None, kind)
        return total_of(d * d, None, kind) / max(a.size - ddof, 0)
    axis = check_axis(a, axis)
    return along(lambda line: var_of(line, None, ddof), a, axis, quotient_like(a))


def std(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False, where: Any = True,
    mean: Any = None, correction: Any = None,
) -> Any:
    a, free = _spread_elements(a, dtype, mean), ddof if correction is None else correction
    if where is not True:
        return roots(var_where(a, axis, free, keepdims, where))
    if isinstance(axis, tuple):
        return kept(std_of(gathered(a, axis), -1, free), a, axis, keepdims)
    return kept(std_of(a, axis, free), a, axis, keepdims)


def std_of(a: Any, axis: Any, ddof: Any) -> Any:
    """The standard deviation; its derivative where it is 0 is 0."""
    if axis is None:
        return root(var_of(a, None, ddof))
    axis = check_axis(a, axis)
    return along(lambda line: std_of(line, None, ddof), a, axis, quotient_like(a))


def root(x: Any) -> Any:
    """sqrt with the derivative 0 at 0."""
    return np.sqrt(x) if x > 0.0 else x * 0.0 if x <= 0.0 else x


def roots(a: Any) -> Any:
    """Square roots place by place, with the derivative 0 at 0."""
    if np.ndim(a) == 0:
        return root(a)
    positive = a > 0.0
    return np.where(positive, np.sqrt(np.where(positive, a, 1.0)), a)


def _check_not_empty(a: Any, axis: Any, message: str) -> None:
    if (a.size if axis is None else a.shape[axis]) == 0:
        raise ValueError(message)


def keep_sign(x: Any, m: Any) -> Any:
    """`x`; if it is zero, the zero with the sign of `m`. The derivative is that of `x` (copysign has a kink there)."""
    if x != 0.0:
        return x
    return -(0.0 - x) if np.signbit(m) else 0.0 + x


def share_tie(m: Any, x: Any, n: int) -> Any:
    """`m` itself, but with the mean derivative of the n equal items seen so far, of which `x` is the last."""
    if x - m == 0.0:  # not so for infinities
        return keep_sign(m + (x - m) / n, m)
    return m


def extreme(a: Any, largest: bool) -> Any:
    """The largest or smallest item; nan if there is one."""
    if a.ndim != 1:
        a = a.reshape(-1)
    m = a[0]
    n = 1
    for i in range(1, a.shape[0]):
        x = a[i]
        if (x > m) if largest else (x < m):
            m = x
            n = 1
        elif a.dtype.kind == "f" and x == m:
            n += 1
            m = share_tie(m, x, n)
        elif x != x:
            m = x
    return m


def _extremes(a: Any, axis: Any, keepdims: bool, initial: Any, where: Any, largest: bool) -> Any:
    name = "maximum" if largest else "minimum"
    if initial is None:
        initial = np._NoValue
    if where is not True:
        if initial is np._NoValue:
            raise ValueError(
                f"reduction operation '{name}' does not have an identity, so to use a where mask one has to specify 'initial'"
            )
        a = np.where(where, a, np.asarray(initial, a.dtype))
    axis = reduced_axis(a, axis)
    if isinstance(axis, tuple):
        return kept(_extremes(gathered(a, axis), -1, False, initial, True, largest), a, axis, keepdims)
    if axis is not None:
        axis = check_axis(a, axis)
    if initial is np._NoValue:
        _check_not_empty(a, axis, f"zero-size array to reduction operation {name} which has no identity")
        found = _extreme_along(a, axis, largest)
    else:
        ends = (1,) if axis is None else a.shape[:axis] + (1,) + a.shape[axis + 1 :]
        first = np.empty(ends, a.dtype)
        first[...] = initial
        flat = a.reshape(-1) if axis is None else a
        found = _extreme_along(np.concatenate((flat, first), 0 if axis is None else axis), axis, largest)
    return kept(found, a, axis, keepdims)


def _extreme_along(a: Any, axis: Any, largest: bool) -> Any:
    return extreme(a, largest) if axis is None else along(lambda line: extreme(line, largest), a, axis, a.dtype)


def max_(
    a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, initial: Any = np._NoValue, where: Any = True,
) -> Any:
    return _extremes(a, axis, keepdims, initial, where, True)


def min_(
    a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, initial: Any = np._NoValue, where: Any = True,
) -> Any:
    return _extremes(a, axis, keepdims, initial, where, False)


def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return max_(a, axis, None, keepdims) - min_(a, axis, None, keepdims)


def argmax(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return _place_of_extreme(a, axis, keepdims, _place_of_largest, "argmax")


def argmin(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return _place_of_extreme(a, axis, keepdims, _place_of_smallest, "argmin")


def _place_of_extreme(a: Any, axis: Any, keepdims: bool, of_line: Any, name: str) -> Any:
    if a.ndim == 0 and axis is not None:
        axis = None if check_axis(with_an_axis(a), axis) == 0 else axis
    if axis is not None:
        axis = check_axis(a, axis)
    _check_not_empty(a, axis, f"attempt to get {name} of an empty sequence")
    if axis is not None:
        return kept(along(of_line, a, axis, np.int64), a, axis, keepdims)
    return kept(of_line(a.reshape(-1)), a, axis, keepdims)


def _place_of_largest(a: Any) -> Any:
    at = 0
    best = a[0]
    for i in range(1, a.shape[0]):
        if a[i] > best or (a[i] != a[i] and best == best):
            best = a[i]
            at = i
    return np.int64(at)


def _place_of_smallest(a: Any) -> Any:
    at = 0
    best = a[0]
    for i in range(1, a.shape[0]):
        if a[i] < best or (a[i] != a[i] and best == best):
            best = a[i]
            at = i
    return np.int64(at)


def any_(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    if where is not True:
        a = np.logical_and(a, where)
    axis = reduced_axis(a, axis)
    if isinstance(axis, tuple):
        return kept(any_(gathered(a, axis), -1), a, axis, keepdims)
    if axis is not None:
        return kept(along(_any_true, a, check_axis(a, axis), np.bool_), a, axis, keepdims)
    return kept(_any_true(a), a, axis, keepdims)


def _any_true(a: Any) -> Any:
    if a.ndim == 0:
        return np.bool_(a[()])
    if a.ndim == 1:
        for x in a:
            if x:
                return np.bool_(True)
        return np.bool_(False)
    for row in a:
        if _any_true(row):
            return np.bool_(True)
    return np.bool_(False)


def all_(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    if where is not True:
        a = np.logical_or(a, np.logical_not(where))
    axis = reduced_axis(a, axis)
    if isinstance(axis, tuple):
        return kept(all_(gathered(a, axis), -1), a, axis, keepdims)
    if axis is not None:
        return kept(along(_all_true, a, check_axis(a, axis), np.bool_), a, axis, keepdims)
    return kept(_all_true(a), a, axis, keepdims)


def _all_true(a: Any) -> Any:
    if a.ndim == 0:
        return np.bool_(a[()])
    if a.ndim == 1:
        for x in a:
            if not x:
                return np.bool_(False)
        return np.bool_(True)
    for row in a:
        if not _all_true(row):
            return np.bool_(False)
    return np.bool_(True)


def count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    counted = np.asarray(a) != 0
    found = sum_(counted, axis)
    return kept(counted_class(found) if axis is None and not keepdims else found, counted, axis, keepdims)


counted_class: Any = type(np.count_nonzero(np.ones(1)))  # numpy's own int from 2.4 on
