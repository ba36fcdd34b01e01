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
