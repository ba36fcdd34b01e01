"""Sets whose members are known but not their order: of sets that have got the same members in different ways, where these meet.

The order of a set is that of its table, which depends on all that was done to it (see `sets`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from weakref import WeakValueDictionary

from irad.errors import UnsupportedError
from irad.infer.keys import ObjKey


class Unordered(set[Any]):
    """Such a set: it can be asked what is in it, but not be gone through."""

    def __iter__(self) -> Iterator[Any]:
        raise UnsupportedError(
            "the order of the members of a set that was changed", kind="set",
            why="it depends on all that was done to the set, which depends on the way taken", hint="loop over a list or a tuple",
        )


_KNOWN: WeakValueDictionary[frozenset[ObjKey], Unordered] = WeakValueDictionary()  # gone with the code that knows them


def members(obj: Any) -> Iterator[Any]:
    """The members of any set, in an order that nothing may depend on."""
    return set.__iter__(obj) if isinstance(obj, Unordered) else iter(obj)


def unordered(obj: Any) -> Unordered:
    """The set with these members: one for all that have them."""
    key = frozenset(map(ObjKey, members(obj)))
    return _KNOWN.setdefault(key, Unordered(m.obj for m in key))


def one_content(a: Any, b: Any) -> bool:
    """Whether these are sets that can be changed and have the same members."""
    return isinstance(a, set) and isinstance(b, set) and a is not b and unordered(a) is unordered(b)
