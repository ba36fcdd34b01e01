"""Values between the points of a rectangular grid, as scipy.interpolate's RegularGridInterpolator and interpn compute them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from irad.lib.piecewise import interval


def points_of(points: Any, ndim: Any = None) -> Any:
    """Points as an array whose last axis is that of the coordinates."""
    if isinstance(points, tuple) and len(points) == 1:
        points = points[0]
    if isinstance(points, tuple):
        return np.stack([p.astype(np.float64) for p in np.broadcast_arrays(*points)], axis=-1)
    points = np.asanyarray(points)
    if points.ndim == 1:
        return points.reshape(-1, 1 if ndim is None else ndim)
    return points


def find_indices(grid: Any, xi: Any) -> tuple[Any, Any]:
    """For each coordinate (the first axis of xi) and point: its cell, -1 if it has none, and how far in the cell it is."""
    cells, parts = np.empty(xi.shape, dtype=np.int64), np.zeros(xi.shape)
    for i, edges in enumerate(grid):
        for j in range(xi.shape[1]):
            cells[i, j] = at = -1 if len(edges) == 1 else interval(edges, xi[i, j], True)
            if at >= 0:
                parts[i, j] = (xi[i, j] - edges[at]) / (edges[at + 1] - edges[at])
            elif len(edges) > 1:
                parts[i, j] = math.nan
    return cells, parts


def evaluate_linear_2d(values: Any, cells: Any, parts: Any, grid: Any, out: Any) -> Any:
    """out[k] = the value at point k, bilinear in the cell; along one axis where the other one has one point only."""
    for k in range(cells.shape[1]):
        i, j, s, t = cells[0, k], cells[1, k], parts[0, k], parts[1, k]
        if (i < 0 and len(grid[0]) > 1) or (j < 0 and len(grid[1]) > 1):
            out[k] = math.nan
        elif len(grid[1]) == 1:
            out[k] = values[i, 0] * (1 - s) + values[i + 1, 0] * s
        elif len(grid[0]) == 1:
            out[k] = values[0, j] * (1 - t) + values[0, j + 1] * t
        else:
            out[k] = (
                values[i, j] * (1 - s) * (1 - t) + values[i, j + 1] * (1 - s) * t
                + values[i + 1, j] * s * (1 - t) + values[i + 1, j + 1] * s * t
            )
    return out


def evaluate_linear(interpolator: Any, cells: Any, parts: Any) -> Any:
    """The values at points, linear along each axis: scipy's sum over the corners of a cell, in its order."""
    values, ndim = interpolator._values, len(interpolator._grid)
    sizes = np.array(values.shape)
    rows, width = np.prod(sizes[:ndim]), np.prod(sizes[ndim:])
    each = values.reshape((rows, width))
    found = np.zeros((cells.shape[1], width))
    for k in range(cells.shape[1]):
        for corner in range(2**ndim):
            at, weight = 0, 1.0
            for axis in range(len(cells)):
                side = corner >> (ndim - 1 - axis) & 1
                at = at * sizes[axis] + (cells[axis, k] + side) % sizes[axis]  # -1 is the last one, as in numpy
                weight = weight * (parts[axis, k] if side else 1 - parts[axis, k])
            for j in range(width):
                found[k, j] += each[at, j] * weight
    return found.reshape(found.shape[:1] + values.shape[ndim:])
