"""numpy's error state and the warning filters while compiled code runs, which tells CPython to change them.

`infer.settings` says where it does. What a `with` of compiled code has set ends with the call at the latest (`Kept`).
"""

from __future__ import annotations

import contextlib
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from irad.errors import IradError

MODES = ("ignore", "warn", "raise", "call", "print", "log")
NAMES = ("divide", "over", "under", "invalid")  # in the order of numpy's dict


class _Entered(threading.local):
    """The `errstate`s and `catch_warnings` that compiled code is in."""

    def __init__(self) -> None:
        self.managers: list[Any] = []


_inside = _Entered()


def entered(cls: Any, **options: Any) -> None:
    """The beginning of an `errstate` or a `catch_warnings`."""
    manager = cls(**options)
    manager.__enter__()
    _inside.managers.append(manager)


def left() -> None:
    """Its end."""
    _inside.managers.pop().__exit__(None, None, None)


def exchanged(**modes: Any) -> tuple[int, ...]:
    """np.seterr: the numbers of the modes that were in force."""
    old: dict[str, Any] = dict(np.seterr(**modes))
    return tuple(MODES.index(old[name]) for name in NAMES)


class Kept:
    """What was in force before a call, whose `with` ends with it, also by an error of irad that passes handlers."""

    def __enter__(self) -> Kept:
        self.state, self.filters, self.depth = np.geterr(), warnings.filters[:], len(_inside.managers)
        return self

    def __exit__(self, cls: object, exception: BaseException | None, *_: object) -> None:
        while len(_inside.managers) > self.depth:
            left()
        if _passes_handlers(exception):  # a `finally` that sets what was before has not run
            np.seterr(**self.state)
            warnings.filters[:] = self.filters  # type: ignore[index]

    @contextlib.contextmanager
    def before(self) -> Iterator[None]:
        """The settings before the call, for a while."""
        with np.errstate(**self.state), warnings.catch_warnings():
            warnings.filters[:] = self.filters  # type: ignore[index]
            yield


def _passes_handlers(exception: BaseException | None) -> bool:
    """Whether this is an error that leaves compiled code past every `except` and `finally`."""
    limits = isinstance(exception, OverflowError) and "64-bit integer" in str(exception)
    return limits or isinstance(exception, (IradError, MemoryError, RecursionError))
