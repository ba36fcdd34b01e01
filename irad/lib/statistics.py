"""Statistics, interpolation, differences and integrals of samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib.order import place_of, places_in_order
from irad.lib.reductions import along, check_axis, gathered, keep_sign, kept, quotient_like, refuse
from irad.lib.shapes import known_range


def order_statistic(a: Any, at: Any, k: int) -> Any:
    """Element number k in order; of equal ones each has the same part in its derivative."""
    m = a[at[k]]
    if a.dtype.kind != "f":
        return m
    first, last = k, k
    while first > 0 and a[at[first - 1]] == m:
        first -= 1
    while last + 1 < a.shape[0] and a[at[last + 1]] == m:
        last += 1
    n = last - first + 1
    if n == 1 or m - m != 0.0:
        return m
    share = m * 0.0
    for i in range(first, last + 1):
        share += (a[at[i]] - m) / n
    return keep_sign(m + share, m)


def _median_of(line: Any) -> Any:
    n = line.shape[0]
    if n == 0:
        return quotient_like(line)(np.nan)
    at = np.empty(n, np.int64)
    places_in_order(line, at)
    last = line[at[n - 1]]
    if last != last:
        return quotient_like(line)(last)
    middle = order_statistic(line, at, n // 2)
    if n % 2 == 1:
        return 0.0 + quotient_like(line)(middle)  # numpy's is a mean, and no mean is -0.0
    below = order_statistic(line, at, n // 2 - 1)
    if np.dtype(line.dtype).kind == "b":
        return (np.float64(below) + np.float64(middle)) / 2.0
    return 0.0 + (below + middle) / quotient_like(line)(2)


def kept_array(result: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """`kept`, but of no axes an array too."""
    return np.array(result) if keepdims and a.ndim == 0 else kept(result, a, axis, keepdims)


def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    a = np.asarray(a)
    if axis is None:
        return kept_array(_median_of(a.reshape(-1)), a, axis, keepdims)
    if isinstance(axis, tuple):
        return kept(median(gathered(a, axis), -1), a, axis, keepdims)
    return kept(along(_median_of, a, check_axis(a, axis), quotient_like(a)), a, axis, keepdims)


def nanmedian(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    a = np.asarray(a)
    if axis is None:
        return kept_array(_nanmedian_of(a.reshape(-1)), a, axis, keepdims)
    if isinstance(axis, tuple):
        return kept(nanmedian(gathered(a, axis), -1), a, axis, keepdims)
    return kept(along(_nanmedian_of, a, check_axis(a, axis), quotient_like(a)), a, axis, keepdims)


def _nanmedian_of(line: Any) -> Any:
    return _median_of(line[np.logical_not(np.isnan(line))])


def quantile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False, *, weights: Any = None,
) -> Any:
    if weights is not None:
        refuse("np.quantile with weights", "write the loop")
    for x in np.asarray(q).reshape(-1):
        if not (x >= 0.0 and x <= 1.0):
            raise ValueError("Quantiles must be in the range [0, 1]")
    q = q if np.ndim(q) == 0 and not isinstance(q, np.ndarray) else np.asarray(q)
    a = np.asarray(a)
    if axis is None:
        return _quantiles(a.reshape(-1), q, 0, method, a, axis, keepdims)
    if isinstance(axis, tuple):
        return _quantiles(gathered(a, axis), q, -1, method, a, axis, keepdims)
    return _quantiles(a, q, axis, method, a, axis, keepdims)


def _quantiles(a: Any, q: Any, axis: int, method: str, whole: Any, axes: Any, keepdims: bool) -> Any:
    axis = check_axis(a, axis)
    counted = np.asarray(q).dtype.kind == "i"
    chosen = method == "lower" or method == "higher" or method == "nearest" or (counted and method == "linear")
    kind = a.dtype.type if chosen else np.result_type(a, q, 1.0).type
    if np.ndim(q) == 0:
        share = q[()] if isinstance(q, np.ndarray) else q
        found = along(lambda line: _quantile_of(line, share, method, kind), a, axis, kind)
        return kept_array(found, whole, axes, keepdims)
    if q.ndim > 1:
        refuse("np.quantile for an array of more than one axis", "give it a vector")
    one = kept(np.empty(a.shape[:axis] + a.shape[axis + 1 :]), whole, axes, keepdims)
    out = np.empty(q.shape + np.shape(one), kind)
    for i in range(q.shape[0]):
        p = q[i]
        out[i] = kept(along(lambda line: _quantile_of(line, p, method, kind), a, axis, kind), whole, axes, keepdims)
    return out


def _quantile_of(line: Any, q: Any, method: str, kind: Any) -> Any:
    """One quantile as a number of this class."""
    n = line.shape[0]
    if n == 0:
        if line.dtype.kind == "f":
            raise IndexError("index -1 is out of bounds for axis 0 with size 0")
        raise IndexError("index 0 is out of bounds for axis 0 with size 0")
    at = np.empty(n, np.int64)
    places_in_order(line, at)
    last = line[at[n - 1]]
    if last != last:
        return kind(last)
    place = q * (n - 1)
    low = int(np.floor(place))
    high = min(low + 1, n - 1)
    x, y = order_statistic(line, at, low), order_statistic(line, at, high)
    part = place - low
    if method == "lower":
        return kind(x)
    if method == "higher":
        return kind(y if part > 0.0 else x)
    if method == "midpoint":
        return kind((x + y) * 0.5 if part > 0.0 else x)
    if method == "nearest":
        return kind(order_statistic(line, at, int(np.rint(place))))
    if method != "linear":
        refuse(f"np.quantile with method {method!r}", 'use "linear", "lower", "higher", "midpoint" or "nearest"')
    if place >= n - 1:
        part = place + 1.0  # numpy counts it from the end of the line: that decides about the sign of zero
    return kind(x + (y - x) * part if part < 0.5 else y - (y - x) * (1.0 - part))


def percentile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False, *, weights: Any = None,
) -> Any:
    share = q / 100 if type(q) is int or type(q) is float else np.true_divide(q, 100)
    for x in np.asarray(share).reshape(-1):
        if not (x >= 0.0 and x <= 1.0):
            raise ValueError("Percentiles must be in the range [0, 100]")
    return quantile(a, share, axis, None, False, method, keepdims, weights=weights)


def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    a = np.asarray(a)
    if weights is None:
        found = np.mean(a, axis, keepdims=keepdims)
        count = a.size / np.asarray(found).size if returned else 1.0
        return (found, found * 0.0 + count) if returned else found
    w = np.asarray(weights)
    if w.ndim != a.ndim:
        if axis is None or isinstance(axis, tuple):
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        if w.ndim != 1:
            raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
        if w.shape[0] != a.shape[check_axis(a, axis)]:
            raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
        w = w.reshape(w.shape + (1,) * (a.ndim - 1 - check_axis(a, axis)))
        w = np.broadcast_to(w, a.shape)
    kind = np.result_type(quotient_like(a), w.dtype)
    a, w = a.astype(kind, copy=False), w.astype(kind, copy=False)
    total = np.sum(w, axis, keepdims=keepdims)
    if np.any(total == 0.0):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    found = np.sum(np.multiply(a, w), axis, keepdims=keepdims) / total
    return (found, total * 1.0) if returned else found


def cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None, fweights: Any = None, aweights: Any = None,
) -> Any:
    if fweights is not None or aweights is not None:
        refuse("np.cov with weights", "weigh the samples first")
    rows = np.atleast_2d(np.asarray(m, np.float64))
    if not rowvar and np.ndim(m) == 2:
        rows = rows.T
    if y is not None:
        more = np.atleast_2d(np.asarray(y, np.float64))
        if not rowvar and np.ndim(y) == 2:
            more = more.T
        rows = np.concatenate((rows, more), 0)
    free = (0 if bias else 1) if ddof is None else ddof
    return _without_ones(_covariance(rows, free), np.ndim(m) == 1 and y is None)


def _without_ones(c: Any, single: bool) -> Any:
    return c[0, 0:1].reshape(()) if single else np.squeeze(c)


def _covariance(rows: Any, ddof: Any) -> Any:
    count = rows.shape[1] - ddof
    if count <= 0:
        count = 0
    d = rows - np.mean(rows, axis=1, keepdims=True)
    return np.matmul(d, d.T) / np.float64(count)


def corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    if np.ndim(x) == 1 and y is None:
        variance = cov(x)
        return variance / variance
    c = cov(x, y, rowvar)
    d = np.sqrt(np.diag(c))
    return np.clip(c / d[:, np.newaxis] / d[np.newaxis, :], -1, 1)


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    xs, ys, at = np.asarray(xp, np.float64), np.asarray(fp, np.float64), np.asarray(x, np.float64)
    if xs.ndim != 1 or ys.ndim != 1:
        raise ValueError("object too deep for desired array")
    if period is not None:
        if period == 0:
            raise ValueError("period must be a non-zero value")
        width = abs(period)
        at = np.asarray(at % width)
        xs = xs % width
        order = np.argsort(xs)
        xs, ys = xs[order], ys[order]
        xs = np.concatenate((xs[-1:] - width, xs, xs[0:1] + width))
        ys = np.concatenate((ys[-1:], ys, ys[0:1]))
        left = right = None
    if xs.shape[0] == 0:
        raise ValueError("array of sample points is empty")
    if xs.shape[0] != ys.shape[0]:
        raise ValueError("fp and xp are not of the same length.")
    low = ys[0] if left is None else np.float64(left)
    high = ys[-1] if right is None else np.float64(right)
    if at.ndim == 0:
        return _between(at[()], xs, ys, low, high)
    flat = at.reshape(-1)
    out = np.empty(flat.shape[0])
    for i in range(flat.shape[0]):
        out[i] = _between(flat[i], xs, ys, low, high)
    return out.reshape(at.shape)


def _between(x: Any, xs: Any, ys: Any, low: Any, high: Any) -> Any:
    """The value at x; at a sample its own, with the slope on its right (of the last one on its left)."""
    n = xs.shape[0]
    if x != x:
        return x
    if x > xs[n - 1]:
        return high
    if x < xs[0]:
        return low
    if n == 1:
        return ys[0]
    j = min(place_of(xs, x, False) - 1, n - 2)
    if x == xs[n - 1]:
        j = n - 2
        if xs[j] == x:  # it is there twice, and there is no slope
            return ys[n - 1]
    slope = (ys[j + 1] - ys[j]) / (xs[j + 1] - xs[j])
    if x == xs[j + 1]:
        return _at_sample(ys[j + 1], slope * (x - xs[j + 1]))
    if x == xs[j]:
        return _at_sample(ys[j], slope * (x - xs[j]))
    y = slope * (x - xs[j]) + ys[j]
    if y != y:
        y = slope * (x - xs[j + 1]) + ys[j + 1]
        if y != y and ys[j] == ys[j + 1]:
            y = ys[j]
    return y


def _at_sample(y: Any, nothing: Any) -> Any:
    return y + nothing if nothing == 0.0 else y


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    y = np.asarray(y)
    axis = check_axis(y, axis)
    values = np.moveaxis(y, axis, -1)
    means = (values[..., 1:] + values[..., :-1]) / 2.0
    if x is None:
        return np.sum(dx * means, -1)
    at = np.asarray(x)
    steps = np.diff(at if at.ndim == 1 else np.moveaxis(at, axis, -1))
    return np.sum(steps * means, -1)


trapz = trapezoid  # its name before numpy 2.4


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    f = np.asarray(f)
    if f.dtype.kind in "iu":
        f = f.astype(np.float64)
    if edge_order not in (1, 2):
        raise ValueError("'edge_order' greater than 2 not supported")
    if f.ndim == 0:
        raise ValueError("gradient of a number")
    axes = tuple([axis]) if isinstance(axis, int) else axis
    if axis is None:
        axes = known_range(f.ndim)
    if len(varargs) > 1 and len(varargs) != len(axes):
        raise TypeError("invalid number of arguments")
    found = [_slope(f, _spacing(varargs, k), check_axis(f, axes[k]), edge_order) for k in known_range(len(axes))]
    return found[0] if len(axes) == 1 else tuple(found)


def _spacing(given: Any, k: int) -> Any:
    return 1.0 if len(given) == 0 else given[0] if len(given) == 1 else given[k]


def _slope(f: Any, spacing: Any, axis: int, edge_order: int) -> Any:
    x = np.moveaxis(f, axis, 0)
    n = x.shape[0]
    if n < edge_order + 1:
        raise ValueError(
            "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are required."
        )
    out = np.empty(x.shape, quotient_like(x))
    if np.ndim(spacing) == 0:
        _even_slopes(x, spacing, edge_order, out)
    else:
        at = np.asarray(spacing)
        if at.shape[0] != n:
            raise ValueError("when 1d, distances must match the length of the corresponding dimension")
        _uneven_slopes(x, at[1:] - at[:-1], edge_order, out)
    return np.moveaxis(out, 0, axis)


def _even_slopes(x: Any, h: Any, edge_order: int, out: Any) -> None:
    n = x.shape[0]
    for i in range(1, n - 1):
        out[i] = (x[i + 1] - x[i - 1]) / (2.0 * h)
    if edge_order == 1:
        out[0] = (x[1] - x[0]) / h
        out[n - 1] = (x[n - 1] - x[n - 2]) / h
    else:
        out[0] = -1.5 / h * x[0] + 2.0 / h * x[1] + -0.5 / h * x[2]
        out[n - 1] = 0.5 / h * x[n - 3] + -2.0 / h * x[n - 2] + 1.5 / h * x[n - 1]


def _uneven_slopes(x: Any, d: Any, edge_order: int, out: Any) -> None:
    n = x.shape[0]
    for i in range(1, n - 1):
        p, q = d[i - 1], d[i]
        out[i] = -q / (p * (p + q)) * x[i - 1] + (q - p) / (p * q) * x[i] + p / (q * (p + q)) * x[i + 1]
    if edge_order == 1:
        out[0] = (x[1] - x[0]) / d[0]
        out[n - 1] = (x[n - 1] - x[n - 2]) / d[n - 2]
    else:
        p, q = d[0], d[1]
        out[0] = -(2.0 * p + q) / (p * (p + q)) * x[0] + (p + q) / (p * q) * x[1] + -p / (q * (p + q)) * x[2]
        p, q = d[n - 3], d[n - 2]
        out[n - 1] = q / (p * (p + q)) * x[n - 3] + -(q + p) / (p * q) * x[n - 2] + (2.0 * q + p) / (q * (p + q)) * x[n - 1]
