"""Native memory that is freed with the last reference, and not a moment before.

A `__del__` of an ordinary object is too early: the collector finalises all members of a cycle, in any order, before it
takes the first apart, and the `__del__` of a user's object in that cycle may still call a compiled function. An int
without slots is invisible to the collector, so its `__del__` runs only when its count is zero.
"""
from __future__ import annotations

import ctypes
import itertools
import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_actions: dict[int, Callable[[], None]] = {}
ctypes.pythonapi.Py_IncRef(ctypes.py_object(_actions))  # the table outlives this module
_numbers = itertools.count(1)
_immortal: list[object] = []  # what native types point into: lives as long as the process, whatever happens to this module


class Owned(int):
    """A token: holds something native; what frees it is kept outside the reach of the collector."""

    __slots__ = ()

    def __del__(self, actions: dict[int, Callable[[], None]] = _actions,
                ending: Callable[[], bool] = sys.is_finalizing) -> None:
        # At the end of the interpreter nothing is freed: objects that are still to go may point into it.
        action = actions.pop(int(self), None)
        if action is not None and not ending():
            action()
        elif action is not None:
            actions[int(self)] = action


def for_ever(item: T) -> T:
    """Keep an object beyond the end of the interpreter, when module globals go before objects do."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(item))
    _immortal.append(item)
    return item


def own(action: Callable[[], None]) -> Owned:
    """A token whose last reference calls `action`, which must not refer to the token's holder."""
    token = Owned(next(_numbers))
    _actions[int(token)] = action
    return token


def release(token: Owned) -> None:
    """Do it now; idempotent."""
    action = _actions.pop(int(token), None)
    if action is not None:
        action()
