"""Recursive filters of scipy.signal: its leaves in C, in the order of its operations (a transposed direct form II)."""

from __future__ import annotations

from typing import Any

import numpy as np


def linear_filter(b: Any, a: Any, x: Any, axis: Any = -1, zi: Any = None) -> Any:
    if a[0] == 0.0:
        raise ValueError("BUG: filter coefficient a[0] == 0 not supported yet")
    taps = max(len(a), len(b))
    scaled = np.zeros(taps, dtype=x.dtype), np.zeros(taps, dtype=x.dtype)
    scaled[0][: len(b)] = b / a[0]
    scaled[1][: len(a)] = a / a[0]
    moved = np.moveaxis(x, axis, -1)
    rows = moved.reshape(-1, moved.shape[-1])
    found = np.empty_like(rows)
    states = np.zeros((rows.shape[0], taps - 1), dtype=x.dtype)
    if zi is not None:
        states[:] = _begun(zi, moved, axis, taps - 1).reshape(-1, taps - 1)
    for k in range(rows.shape[0]):
        _row(scaled[0], scaled[1], rows[k], found[k], states[k])
    y = np.moveaxis(found.reshape(moved.shape), -1, axis)
    if zi is None:
        return y
    return y, np.moveaxis(states.reshape((*moved.shape[:-1], taps - 1)), -1, axis)


def _begun(zi: Any, moved: Any, axis: Any, size: Any) -> Any:
    """The states to begin with, of each row: axes of one stand for all."""
    if zi.ndim > moved.ndim:
        raise ValueError("object too deep for desired array")
    if zi.ndim < moved.ndim:
        raise ValueError("object of too small depth for desired array")
    states = np.moveaxis(zi, axis, -1)
    if states.shape[-1] != size:
        raise ValueError(f"Unexpected shape for zi: expected ({size},), found ({states.shape[-1]},).")
    return np.broadcast_to(states, (*moved.shape[:-1], size))


def _row(b: Any, a: Any, x: Any, y: Any, state: Any) -> None:
    last = len(b) - 1
    for k in range(len(x)):
        if last == 0:
            y[k] = x[k] * b[0]
        else:
            y[k] = state[0] + b[0] * x[k]
            for i in range(last - 1):
                state[i] = state[i + 1] + x[k] * b[i + 1] - y[k] * a[i + 1]
            state[last - 1] = x[k] * b[last] - y[k] * a[last]
