"""scipy.spatial.distance between the rows of matrices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from irad.lib.reductions import refuse, root

NAMES = {
    "euclidean": "euclidean", "euclid": "euclidean", "eu": "euclidean", "e": "euclidean",
    "sqeuclidean": "sqeuclidean", "sqe": "sqeuclidean", "sqeuclid": "sqeuclidean",
    "cityblock": "cityblock", "cblock": "cityblock", "cb": "cityblock", "c": "cityblock",
    "chebyshev": "chebyshev", "chebychev": "chebyshev", "cheby": "chebyshev", "cheb": "chebyshev", "ch": "chebyshev",
    "minkowski": "minkowski", "mi": "minkowski", "m": "minkowski", "pnorm": "minkowski",
}


def cdist(XA: Any, XB: Any, metric: Any = "euclidean", *, p: Any = None) -> Any:
    if XA.ndim != 2:
        raise ValueError("XA must be a 2-dimensional array.")
    if XB.ndim != 2:
        raise ValueError("XB must be a 2-dimensional array.")
    if XA.shape[1] != XB.shape[1]:
        raise ValueError("XA and XB must have the same number of columns (i.e. feature dimension.)")
    name = _metric(metric, p)
    XA, XB = XA.astype(np.float64), XB.astype(np.float64)
    found = np.empty((XA.shape[0], XB.shape[0]))
    for i in range(XA.shape[0]):
        for j in range(XB.shape[0]):
            found[i, j] = _between(XA, i, XB, j, name, p)
    return found


def pdist(X: Any, metric: Any = "euclidean", *, p: Any = None) -> Any:
    if X.ndim != 2:
        raise ValueError("A 2-dimensional array must be passed.")
    name = _metric(metric, p)
    X = X.astype(np.float64)
    n = X.shape[0]
    found = np.empty(n * (n - 1) // 2)
    k = 0
    for i in range(n):
        for j in range(i + 1, n):
            found[k] = _between(X, i, X, j, name, p)
            k += 1
    return found


def _metric(metric: Any, p: Any) -> Any:
    """The name of the metric, as far as it can be known."""
    name = NAMES.get(metric.lower()) if isinstance(metric, str) else None
    if name is None or (p is not None and name != "minkowski"):
        refuse("this metric of scipy.spatial.distance", "use 'euclidean', 'sqeuclidean', 'cityblock', 'chebyshev' or 'minkowski'")
    return name


def _between(a: Any, i: int, b: Any, j: int, name: Any, p: Any) -> Any:
    n = a.shape[1]
    s = 0.0
    if name == "cityblock":
        for k in range(n):
            s += abs(a[i, k] - b[j, k])
        return s
    if name == "chebyshev":
        for k in range(n):
            s = max(s, abs(a[i, k] - b[j, k]))
        return s
    if name == "minkowski" and p is not None:
        return _power_mean(a, i, b, j, p)
    for k in range(n):
        d = a[i, k] - b[j, k]
        s += d * d
    return s if name == "sqeuclidean" else root(s)


def _power_mean(a: Any, i: int, b: Any, j: int, p: Any) -> Any:
    if p <= 0.0:
        raise ValueError("p must be greater than 0")
    if p == 2.0:
        return _between(a, i, b, j, "euclidean", None)
    if p == 1.0:
        return _between(a, i, b, j, "cityblock", None)
    if p == math.inf:
        return _between(a, i, b, j, "chebyshev", None)
    s = 0.0
    for k in range(a.shape[1]):
        d = abs(a[i, k] - b[j, k])
        if d > 0.0 or d != d:
            s += d**p
    return s ** (1.0 / p) if s > 0.0 else s
