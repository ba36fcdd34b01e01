"""What distributions of scipy.stats with a covariance matrix need of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib import linear
from irad.lib.making import check_finite as checked
from irad.lib.primitives import is_known
from irad.lib.reductions import need

SINGULAR = "a covariance matrix that is singular, or almost, or has a negative eigenvalue"


def decompose(
    self: Any, M: Any, cond: Any = None, rcond: Any = None, lower: bool = True, check_finite: bool = True,
    allow_singular: bool = True,
) -> None:
    """`_PSD.__init__`. scipy takes eigenvalues and eigenvectors: U @ U.T is the inverse. The inverse of a Cholesky factor does
    as well, if no eigenvalue is so small that scipy would take it for 0: none is below 1 / (the sum of the squares in U)."""
    self._M = np.asarray(M)
    if self._M.ndim != 2 or self._M.shape[0] != self._M.shape[1]:
        raise ValueError("expected square matrix")
    if check_finite:
        checked(self._M)
    a = self._M * 1.0
    n = a.shape[0]
    need(_is_regular(a, 2.3e-10 if cond is None and rcond is None else cond or rcond), SINGULAR, "add a little to its diagonal")
    factor = linear.cholesky(a)
    self.U = linear.inv(factor).T
    self.rank = n
    self.log_pdet = 2.0 * np.sum(np.log(np.diag(factor)))
    self.eps = 0.0
    self.V = np.zeros((n, 0))
    self._pinv = None


def begin(self: Any, seed: Any = None) -> None:
    """`multivariate_normal_gen.__init__`, without random numbers and texts."""


def points(self: Any, x: Any, dim: Any) -> Any:
    """`_process_quantiles`: the last axis is that of a point. Whether one axis is one point or many of one dimension decides how
    many axes the result has, so that the dimension has to be known for the latter."""
    x = np.asarray(x, dtype=float)
    if x.ndim == 0:
        return x[np.newaxis]
    if x.ndim == 1:
        if is_known(dim) and dim == 1:
            return x[:, np.newaxis]
        need(dim > 1 or x.shape[0] == 1, "several points of a distribution in one dimension", "pass x[:, None]")
        return x[np.newaxis, :]
    return x


def _is_regular(a: Any, cond: float) -> Any:
    """Whether all eigenvalues are surely more than `cond` of the greatest."""
    n = a.shape[0]
    c = np.zeros((n, n))
    for j in range(n):
        s = a[j, j]
        for k in range(j):
            s -= c[j, k] * c[j, k]
        if not s > 0.0:
            return False
        c[j, j] = np.sqrt(s)
        for i in range(j + 1, n):
            s = a[i, j]
            for k in range(j):
                s -= c[i, k] * c[j, k]
            c[i, j] = s / c[j, j]
    return np.sum(linear.inv(c) ** 2) * cond * np.trace(a) < 1.0
