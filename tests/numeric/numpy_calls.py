"""Calls of numpy functions on fixed data, by what they do: the tables that values and derivatives are tested with.

A group of calls shares its arguments and is compiled as one function. Names: `v`, `w` vectors of floats, `m`, `q` matrices
(`q` square), `p` a positive definite one, `t` of three axes, `n`, `k` with nan in them, `i` a vector of ints, `x` a float.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def data(dtype: Any = np.float64) -> dict[str, Any]:
    """The arguments of all groups."""
    rng = np.random.default_rng(5)
    v, w = rng.normal(size=7), rng.normal(size=3)
    m, q, t = rng.normal(size=(3, 4)), rng.normal(size=(4, 4)), rng.normal(size=(2, 3, 4))
    n, k = v.copy(), m.copy()
    n[2] = k[1, 2] = k[0, 0] = np.nan
    made = {"v": v, "w": w, "m": m, "q": q, "p": q @ q.T + np.eye(4), "t": t, "n": n, "k": k, "x": 0.7}
    given = {name: a.astype(dtype) if isinstance(a, np.ndarray) else a for name, a in made.items()}
    return {**given, "i": np.array([3, 1, 2, 1, 0, 5, 3])}


def strided(given: dict[str, Any]) -> dict[str, Any]:
    """The same numbers in memory with gaps, or backwards."""
    return {name: _spaced(a) if isinstance(a, np.ndarray) else a for name, a in given.items()}


def _spaced(a: np.ndarray) -> np.ndarray:
    wide = np.zeros(tuple(2 * n for n in a.shape), a.dtype)
    view = wide[tuple(slice(None, None, 2) for _ in a.shape)][::-1]
    view[...] = a
    return view


AXES = ("", "axis=0", "axis=1", "axis=-1, keepdims=True", "axis=(0, 1)", "keepdims=True")


def _axes(names: str, argument: str) -> list[str]:
    return [f"np.{name}({argument}, {axis})".replace(", )", ")") for name in names.split() for axis in AXES]


GROUPS: dict[str, list[str]] = {
    "sums": _axes("sum mean prod", "m"),
    "spreads": [*_axes("var std ptp", "m"), "np.var(v, ddof=1)", "v.std(ddof=1)", "np.std(m, axis=0, ddof=1)"],
    "extremes": _axes("max min", "t"),
    "truths": [*_axes("any all", "m > 0"), "np.count_nonzero(m)", "np.count_nonzero(m, axis=0)"],
    "places": [
        "np.argmax(m)", "np.argmin(m, axis=0)", "np.argmax(t, axis=1)", "np.argmax(m, axis=1, keepdims=True)", "m.argmin(1)",
        "np.nanargmax(k)", "np.nanargmin(k, axis=1)",
    ],
    "missing": [*_axes("nansum nanmean nanmax", "k")],
    "missing spreads": [
        "np.nanvar(k)", "np.nanvar(k, axis=0, ddof=1)", "np.nanstd(k, axis=1, keepdims=True)", "np.nanstd(n)", "np.nanmin(k)",
        "np.nanmin(k, axis=0)", "np.nanmedian(n)", "np.nanprod(k, axis=0)", "np.nan_to_num(n)",
    ],
    "reduction options": [
        "np.sum(m, where=m > 0)", "np.max(m, axis=0, initial=0.3)", "np.mean(m, dtype=np.float32)", "np.sum(i, dtype=float)",
        "np.sum(m, axis=0, out=np.zeros(4))", "np.prod(m, initial=2.0)", "np.min(m, where=m > 0, initial=9.0)",
        "np.sum(v, initial=x)", "np.mean(m, axis=1, where=m > -1)", "np.any(m, where=m < 0)",
    ],
    "running": [
        "np.cumsum(m)", "np.cumsum(m, axis=0)", "m.cumsum(1)", "np.cumprod(m, axis=1)", "np.diff(v)", "np.diff(m, n=2)",
        "np.diff(m, axis=0)", "np.diff(v, prepend=0.0, append=x)", "np.ediff1d(v, to_begin=x)", "np.maximum.accumulate(v)",
        "np.add.accumulate(m)", "np.add.accumulate(m, axis=1)",
    ],
    "products": [
        "m @ q", "q @ m.T", "t @ q", "np.matmul(v[:4], t[:, 0].T)", "np.dot(m, q)", "np.inner(m, m)", "np.outer(v, w)",
        "np.vdot(m, m)", "np.kron(m, w)", "np.kron(w, w)", "np.tensordot(t, m, axes=([1, 2], [0, 1]))",
        "np.tensordot(m, q, axes=1)", "np.einsum('ij,kj->ik', m, m)", "np.einsum('ij->j', m)", "np.einsum('ii', q)",
        "np.einsum('ij,jk,kl->il', m, q, q)", "np.einsum('...i,...i->...', t, m)", "np.multiply.outer(w, v)",
    ],
    "cross": [
        "np.cross(w, w[::-1])", "np.cross(w, m[:, :3])", "np.cross(m, m[::-1], axis=0)", "np.cross(m[:, :2], w)",
        "np.convolve(v, w)", "np.convolve(v, w, 'same')", "np.convolve(w, v, mode='valid')", "np.correlate(v, w)",
        "np.correlate(v, w, 'full')", "np.correlate(w, v, 'same')",
    ],
    "grids": [
        "np.linspace(0.0, x, 5)", "np.linspace(0, 10, 5, dtype=int)", "np.linspace(0, x, 4, endpoint=False, retstep=True)",
        "np.linspace(w, w + x, 3)", "np.logspace(0, x, 3)", "np.geomspace(x, 10.0, 4)", "np.arange(0.0, 2.0, 0.25)",
        "np.arange(3)", "np.arange(5, 0, -2)", "np.arange(3, dtype=float)", "np.meshgrid(v, w)",
        "np.meshgrid(v, w, indexing='ij')", "np.meshgrid(v, w, sparse=True)", "np.mgrid[0:3, 0:2]", "np.ogrid[0:3, 0:2.5]",
        "np.r_[0, v, 1.5]", "np.c_[v, v]", "np.full(3, x)", "np.full((2, 3), w)",
    ],
    "patterns": [
        "np.eye(3)", "np.eye(3, 4, k=1)", "np.identity(3)", "np.tri(3, 4, 1)", "np.tril(m)", "np.triu(t, 1)", "np.diag(w, -1)",
        "np.diag(m, 1)", "np.diagonal(t)", "np.trace(m)", "np.trace(t)", "m.trace(1)", "np.vander(w)",
        "np.vander(w, 2, increasing=True)", "np.diagflat(w)", "np.tril_indices(3)", "np.triu_indices(3, 1)",
    ],
    "joined": [
        "np.concatenate((v, w))", "np.concatenate((m, m), axis=1)", "np.concatenate((m, m), axis=None)", "np.stack((w, w))",
        "np.stack([w, w], axis=1)", "np.vstack((w, w))", "np.hstack((v, w))", "np.hstack([m, m])", "np.column_stack((w, m))",
        "np.dstack((m, m))", "np.append(v, x)", "np.append(m, m, axis=0)", "np.insert(v, 2, x)", "np.delete(v, 1)",
        "np.delete(m, 0, axis=1)", "np.array([w, w * 2])", "np.array((x, 2.5))", "np.array([[x, 1.0], [2, 3]])",
    ],
    "repeated": [
        "np.tile(w, 2)", "np.tile(m, (2, 1))",
        "np.resize(w, 5)", "np.resize(m, (2, 2))", "np.resize(x, len(w))", "np.resize(w, 0)",
        "np.repeat(w, 2)", "np.repeat(m, 2, axis=0)", "w.repeat([1, 0, 2])",
        "np.roll(v, 1.7)", "np.roll(v, -0.5)",
        "np.roll(v, 2)", "np.roll(m, 1, axis=0)", "np.roll(m, (1, -1), (0, 1))", "np.flip(m)", "np.flip(m, 1)", "np.fliplr(m)",
        "np.flipud(m)", "np.rot90(m)", "np.pad(v, 2)", "np.pad(m, ((1, 0), (2, 1)), mode='edge')",
        "np.pad(v, (2, 3), mode='reflect')",
    ],
    "split": ["np.split(v, [2, 5])", "np.array_split(v, 3)", "np.split(m, 2, axis=1)", "np.hsplit(m, 2)", "np.vsplit(m, 3)"],
    "shapes": [
        "m.reshape(2, -1)", "m.reshape((4, 3))", "m.reshape(2, 6, order='F')", "np.ravel(m)", "m.ravel('F')", "m.flatten()",
        "t.transpose(2, 0, 1)", "np.transpose(m)", "np.swapaxes(t, 0, 2)", "np.moveaxis(t, 0, -1)", "np.rollaxis(t, 2)", "m.T",
        "np.expand_dims(m, 1)", "np.squeeze(m[None], axis=0)", "np.broadcast_to(w, (2, 3))", "np.broadcast_arrays(m, v[:4])",
        "np.atleast_1d(x)", "np.atleast_2d(v)", "np.atleast_3d(m)", "m[:, None]", "m[..., 0]", "m.flat[5]", "m.item(5)", "m.mT",
        "np.lib.stride_tricks.sliding_window_view(v, 3)", "np.lib.stride_tricks.sliding_window_view(m, (2, 2))",
    ],
    "sorted": [
        "np.sort(v)", "np.sort(m, axis=0)", "np.sort(m, axis=None)", "np.argsort(v)", "np.argsort(m)", "np.unique(i)",
        "np.sort(n)", "np.unique(i, return_index=True, return_inverse=True, return_counts=True)",
        "np.searchsorted(np.sort(v), m)", "np.searchsorted(np.sort(v), x, side='right')", "np.digitize(v, [-1.0, 0.0, 1.0])",
    ],
    "counted": [
        "np.bincount(i)", "np.bincount(i, weights=v, minlength=8)", "np.histogram(v, bins=4)", "np.nonzero(m > 0)",
        "np.histogram(v, [-1.0, 0.0, 2.0], weights=v)", "np.histogram(v, 4, range=(-1, 1), density=True)",
        "np.flatnonzero(v > 0)", "np.argwhere(m > 0)", "np.where(v > 0)", "np.isin(i, [1, 2])",
        "np.setdiff1d(i, [1, 2])", "np.setdiff1d(n, n[:2])", "np.setdiff1d(i, n, assume_unique=True)",
        "np.setdiff1d(np.arange(6), [k for k in i if k > 2])",
    ],
    "statistics": [
        "np.median(v)", "np.median(m, axis=0)", "np.median(m)", "np.percentile(v, 30)", "np.percentile(m, [10, 50], axis=1)",
        "np.quantile(v, x)", "np.quantile(m, 0.5, axis=0, keepdims=True)", "np.quantile(v, 0.37, method='lower')",
        "np.average(v)", "np.average(m, axis=0, weights=w * w)", "np.cov(m)", "np.cov(v, v[::-1] * x)", "np.corrcoef(m)",
    ],
    "samples": [
        "np.interp(x, [0.0, 1.0, 2.0], w)", "np.interp(v, [-1.0, 0.0, 1.0], w, left=0.5)",
        "np.interp(v, [0.0, 1.0], w[:2], period=2.0)", "np.trapezoid(v)", "np.trapezoid(v, dx=x)",
        "np.trapezoid(m, v[:4], axis=1)", "np.gradient(v)", "np.gradient(m, x, axis=0)",
        "np.gradient(v, np.cumsum(v * v), edge_order=2)", "np.unwrap(v * 5)", "np.sinc(v)",
    ],
    "polynomials": [
        "np.polyval(w, v)", "np.polyval(w, x)", "np.polyder(v)", "np.polyint(v)", "np.polyadd(v, w)", "np.polysub(w, v)",
        "np.polymul(v, w)", "np.polyfit(np.arange(7.0), v, 2)",
    ],
    "chosen": [
        "np.where(m > 0, m, 0.0)", "np.where(x > 0, v, -v)", "np.select([v > 1, v < 0], [v, v * v], default=x)",
        "np.clip(m, -1, 1)", "np.clip(v, None, x)", "v.clip(min=0)", "np.take(v, [0, -1])", "np.take(m, i[1:4], axis=1)",
        "np.compress(w > 0, m, axis=0)", "np.extract(m > 0, m)", "np.take_along_axis(m, np.argsort(m, axis=1), axis=1)",
        "np.choose(np.array([0, 1, 0]), [w, -w])", "np.piecewise(v, [v < 0, v >= 0], [np.exp, x])",
    ],
    "fancy": [
        "v[i[1:5]]", "m[[0, 2]]", "m[:, [1, 3, 1]]", "m[[0, 1, 2], [1, 0, 3]]", "v[v > 0]", "m[m > 0]", "m[w > -9, 1]",
        "t[:, [0, 2], 1]", "t[[0, 1], :, [1, 2]]", "m[np.array([0, 2])[:, None], np.array([1, 3])]", "t[..., [0, 1]]",
        "m[None, [1]]", "m[-1, i[1:4]]", "v[[]]", "v[~(v > 0)]", "m[np.where(w > -9)]",
    ],
    "compared": [
        "np.isclose(v, v + 1e-9)", "np.allclose(m, m)", "np.array_equal(v, w)", "np.array_equal(w, w)", "np.isnan(n)",
        "np.isfinite(k).all()", "np.logical_and(v > 0, v < 1)", "np.isposinf(v)", "np.isscalar(x)", "np.ndim(t)", "np.shape(t)",
        "np.size(t, 1)",
    ],
    "ufuncs": [
        "np.add(v, x, out=np.zeros(7))", "np.divide(1.0, v, out=np.zeros_like(v), where=v > 0)", "np.add.reduce(m)",
        "np.maximum.reduce(m, axis=1)", "np.multiply.reduce(w)", "np.hypot.reduce(w)", "np.subtract.outer(w, w)", "np.modf(v)",
        "np.divmod(v, 2)", "np.heaviside(v, 0.5)", "np.logaddexp2(v, x)", "np.add(v, 1, dtype=np.float32)", "np.fix(v)",
        "np.real(v)", "np.logical_or.reduce(m > 1)", "np.abs(m, out=m.copy())",
    ],
    "linear": [
        "np.linalg.solve(q, q[0])", "np.linalg.solve(q, m.T)", "np.linalg.inv(q)", "np.linalg.det(q)", "np.linalg.slogdet(q)",
        "np.linalg.matrix_power(q, 3)", "np.linalg.det(q[:3, :3])", "np.linalg.multi_dot([m, q, m.T])",
    ],
    "factors": [
        "np.linalg.cholesky(p)", "np.linalg.qr(m.T)", "np.linalg.pinv(m)",
        "np.linalg.solve(np.stack((q, p)), np.stack((p, q)))",
    ],
    "norms": [
        "np.linalg.norm(v)", "np.linalg.norm(m)", "np.linalg.norm(m, axis=1)", "np.linalg.norm(m, axis=0, keepdims=True)",
        "np.linalg.norm(v, 1)", "np.linalg.norm(v, np.inf)", "np.linalg.norm(v, 3)", "np.linalg.norm(m, 1)",
        "np.linalg.norm(t, axis=(1, 2))",
    ],
}


def function(calls: list[str], names: str = "v w m q p t n k x i") -> Callable[..., Any]:
    """All calls of a group in one function: it returns their results."""
    space: dict[str, Any] = {"np": np}
    body = "".join(f"        {call},\n" for call in calls)
    exec(f"def f({', '.join(names.split())}):\n    return (\n{body}    )", space)
    found: Callable[..., Any] = space["f"]
    return found
