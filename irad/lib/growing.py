"""Buffers behind lists of run-time length."""

from __future__ import annotations

from typing import Any

import numpy as np


def with_room(buffer: Any, size: int, extra: int) -> Any:
    """The buffer if `extra` items fit behind the first `size`; else one that is at least twice as large, with these items."""
    if size + extra > buffer.shape[0]:
        larger = np.empty(max(2 * buffer.shape[0], size + extra), buffer.dtype)
        larger[:size] = buffer[:size]
        return larger
    return buffer


def open_gap(buffer: Any, at: int, size: int) -> None:
    """Move the items from `at` on by one place."""
    for i in range(size, at, -1):
        buffer[i] = buffer[i - 1]


def close_gap(buffer: Any, at: int, size: int) -> None:
    """Move the items behind `at` back by one place."""
    for i in range(at, size - 1):
        buffer[i] = buffer[i + 1]
