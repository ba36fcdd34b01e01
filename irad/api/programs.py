"""What has been compiled in this process, by code and argument types; what was noted of calls."""

from __future__ import annotations

import types
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from irad.errors import IradError
from irad.pipeline import Program, Request, compile_program
from irad.runtime.packing import one_by_one

MOST_PROGRAMS = 128
PROGRAMS: OrderedDict[Hashable, list[Program]] = OrderedDict()
COUNTERS = {"compilations": 0}


@dataclass(eq=False)
class Noted:
    """What is noted of the calls with a key: ints that are known and may keep changing, and arrays passed twice.

    keys: those of the calls that came with other ints, when functions hold them.
    """

    keys: set[Hashable] = field(default_factory=set)
    refused: bool = False  # code that reads them at run time cannot do what code that knows them does
    total: bool = False  # one array came at several places, not all of which are differentiated
    apart: bool = False  # code that is passed the numbers of many rows only (see `packing`) cannot do what the function does

    @classmethod
    def of(cls, whole: Hashable) -> Noted:
        """The note for this key."""
        found = NOTES.setdefault(whole, cls())
        NOTES.move_to_end(whole)
        while len(NOTES) > MOST_PROGRAMS:
            NOTES.popitem(last=False)
        return found

    @property
    def keeps(self) -> bool:
        return len(self.keys) > 2


NOTES: OrderedDict[Hashable, Noted] = OrderedDict()


def code_key(obj: Any) -> Hashable:
    """What two callables must share to share code: their code objects and transforms."""
    if hasattr(obj, "__irad_transform__") and not isinstance(obj, types.MethodType):
        name, options, inner = obj.__irad_transform__
        return (name, options, code_key(inner))
    if isinstance(obj, types.FunctionType):
        return (obj.__code__, id(obj.__globals__))
    return id(obj)


def errors_in(program: Program) -> int:
    """How many of irad's own errors a program raises where it comes to their places."""
    return sum(isinstance(obj, IradError) for obj in program.symbols.values())


def only_errors_of(request: Request, program: Program) -> bool:
    """Whether a program that is passed the numbers of many rows only has no errors of its own: of irad's errors only those that
    code for a few rows, known one by one, has as well."""
    mine = _texts(program)
    if not mine:
        return True
    try:
        other = compile_program(request._replace(shapes=tuple(map(one_by_one, request.shapes))))
    except Exception:  # more rows may do
        return False
    return mine <= _texts(other)


def _texts(program: Program) -> set[str]:
    return {str(obj) for obj in program.symbols.values() if isinstance(obj, IradError)}


def moving_ints(programs: list[Program], root: Any) -> frozenset[Any]:
    """Captured ints that differ from those of two earlier programs: from now on they are read at run time."""
    from irad.infer.captures import source_key
    from irad.runtime.instance import resolve

    changes: dict[Any, int] = {}
    found: set[Any] = set()
    for program in programs:
        found |= program.request.dynamic
        for guard in program.guards:
            try:
                if type(guard.obj) is int and guard.source[0] in ("global", "root") and resolve(guard.source, root) != guard.obj:
                    key = source_key(guard.source)
                    changes[key] = changes.get(key, 0) + 1
            except (LookupError, AttributeError, ValueError, TypeError):
                continue
    return frozenset(found | {key for key, n in changes.items() if n >= 1})
