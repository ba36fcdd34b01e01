"""Places in arrays of several axes as numbers, and back: np.unravel_index, np.ravel_multi_index."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from irad.lib.reductions import refuse


def as_indices(given: Any) -> Any:
    """Indices as an array, of ints also if there are none."""
    if isinstance(given, (list, tuple, range)) and len(given) == 0:
        return np.zeros(0, np.int64)
    return np.asarray(given)


def unravel_index(indices: Any, shape: Any, order: str = "C") -> Any:
    by_rows = _by_rows(order)
    at = np.asarray(indices)
    if at.dtype.kind not in "iub":
        if at.size == 0 and isinstance(indices, (list, tuple)):
            raise TypeError(
                "indices must be integral: the provided empty sequence was inferred as float. "
                "Wrap it with 'np.array(indices, dtype=np.intp)'"
            )
        raise TypeError("only int indices permitted")
    if isinstance(shape, np.ndarray):
        refuse("np.unravel_index for a shape in an array", "give a tuple")
    extents = _extents(shape)
    size = 1
    for n in extents:
        size *= n
    rest: Any = at.reshape(-1).astype(np.int64)
    for i in rest:
        if not 0 <= i < size:
            raise ValueError(f"index {int(i)} is out of bounds for array with size {size}")
    places: tuple[Any, ...] = ()
    for n in extents[::-1] if by_rows else extents:
        place = (rest % n).reshape(at.shape)
        found = (place if at.ndim else place[()],)
        places = found + places if by_rows else places + found
        rest = rest // n
    return places


def ravel_multi_index(multi_index: Any, dims: Any, mode: Any = "raise", order: str = "C") -> Any:
    by_rows = _by_rows(order)
    extents = _extents(dims)
    if len(multi_index) != len(extents):
        raise ValueError(f"parameter multi_index must be a sequence of length {len(extents)}")
    total: Any = 0
    step = 1
    axes = range(len(extents) if isinstance(multi_index, np.ndarray) else len(multi_index))
    for k in axes[::-1] if by_rows else axes:
        at = np.asarray(multi_index[k])
        if at.dtype.kind not in "iub":
            raise TypeError("only int indices permitted")
        total = total + _inside(at.astype(np.int64), extents[k], mode if isinstance(mode, str) else mode[k]) * step
        step *= extents[k]
    return np.int64(total) if np.ndim(total) == 0 else total


def _by_rows(order: str) -> bool:
    """Whether the last index is the one that runs fastest."""
    if order not in ("C", "F", "c", "f"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got '{order}')")
    return order in ("C", "c")


def _inside(at: Any, n: Any, mode: str) -> Any:
    """Places along an axis of n elements, those outside as the mode says."""
    if mode == "wrap":
        return at % n
    if mode == "clip":
        return np.clip(at, 0, n - 1)
    if mode != "raise":
        raise ValueError(f"clipmode must be one of 'clip', 'raise', or 'wrap' (got '{mode}')")
    if np.any((at < 0) | (at >= n)):
        raise ValueError("invalid entry in coordinates array")
    return at


def _extents(shape: Any) -> tuple[Any, ...]:
    several = isinstance(shape, (tuple, list)) or (isinstance(shape, np.ndarray) and shape.ndim > 0)
    return tuple([operator.index(n) for n in shape]) if several else (operator.index(shape),)
