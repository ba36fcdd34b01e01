"""What calls mean that are not of the user's own Python: tables, each filled by the modules that know.

A C-level callable has a handler (`handles`), or plain Python of `irad.lib` in its place (`LIBRARY`; functions of other
packages, which are not imported until a program has done so: `STANDINS`).
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from irad.infer.context import Context
from irad.infer.shapes import AV

Handler = Callable[[Context, list[AV], dict[str, AV]], AV]


@dataclass(frozen=True)
class StandIn:
    """What `irad.lib` has in the place of a function of another package."""

    function: Callable[..., Any]
    arrays_first: int | None = None  # how many of its first arguments are made arrays, see `numpylib.in_library`; None: as given


HANDLERS: dict[int, tuple[Any, Handler]] = {}  # by identity of the callable, which is kept alive
AS_THEY_ARE: set[int] = set()  # those of them that take lists and dicts as objects
SPECIAL: dict[Any, Callable[..., AV | None]] = {}  # what calls of functions with this code mean, where that is known
STANDINS: dict[tuple[Any, str], StandIn] = {}  # functions of other packages, by module and qualified name
CLASS_METHODS: dict[tuple[Any, str], Any] = {}  # class methods written in C, each of which is made anew when it is looked up
CALLED: dict[type, Callable[[Context, Any, list[AV]], AV]] = {}  # what calls of known objects of these classes mean
METHODS: dict[str, Handler] = {}  # methods of arrays and numbers: the first argument is the object
CONTAINERS: dict[str, Callable[..., AV]] = {}  # methods of tuples, lists and dicts: (cx, bound method, args, kwargs)
OPERATORS: dict[str, tuple[int, Callable[..., AV]]] = {}  # methods behind operators: number of arguments, meaning
TRANSFORMS: dict[str, Callable[..., AV]] = {}  # grad and its relatives, by name (see `transforms`)
RECORDS: dict[str, Callable[..., AV]] = {}  # what calls of records mean, by what they are: (cx, record, args, kwargs)
UFUNC_METHODS: dict[str, Callable[..., AV]] = {}  # np.add.reduce and the like: (cx, ufunc, args, kwargs)
REGISTRARS: list[Callable[[Any], bool]] = []  # each registers what irad has of another package when that is met: whether it did
LIBRARY: dict[int, tuple[Any, Callable[..., Any]]] = {}  # numpy functions that irad.lib has in plain Python


def is_primitive(obj: Any) -> bool:
    """Whether calls of this Python function have a meaning of their own."""
    return id(obj) in HANDLERS or (isinstance(obj, types.FunctionType) and entered(obj))


def entered(obj: Any) -> bool:
    """Whether this is something of another package that irad has, which is registered from now on."""
    return any([register(obj) for register in REGISTRARS])


def handles(*callables: Any, as_they_are: bool = False) -> Callable[[Handler], Handler]:
    """Register the meaning of C-level callables.

    Lists and dicts that compiled code made come as what they hold, if that is of known length; or `as_they_are`.
    """

    def register(handler: Handler) -> Handler:
        for obj in callables:
            HANDLERS[id(obj)] = (obj, handler)
            if isinstance(obj, types.BuiltinMethodType) and isinstance(obj.__self__, type):
                CLASS_METHODS[obj.__self__, obj.__name__] = obj
            if as_they_are:
                AS_THEY_ARE.add(id(obj))
        return handler

    return register


def method(*names: str) -> Callable[[Handler], Handler]:
    """Register the meaning of array and number methods."""

    def register(handler: Handler) -> Handler:
        for name in names:
            METHODS[name] = handler
        return handler

    return register
