"""Keys of dicts that are one of several known things: texts, members of an enum, tuples with such in them."""

from __future__ import annotations

import math
from collections.abc import Callable

from irad.infer.context import Context
from irad.infer.shapes import AV
from irad.infer.values import Choice, Known, Num, Seq

MOST = 256  # combinations that one tuple is looked up for


def chooses(av: AV) -> bool:
    """Whether this is such a key."""
    return 1 < _ways(av) <= MOST


def _ways(av: AV) -> int:
    if isinstance(av, Choice):
        return sum(map(_ways, av.members))
    if isinstance(av, Seq) and av.cls is not list:
        return math.prod(map(_ways, av.items))
    return 1


def is_compared(av: AV) -> bool:
    """Whether this is a number known at run time only, or a tuple of such and of known things: it is compared with keys."""
    if isinstance(av, Seq) and av.cls is tuple:
        return all(isinstance(item, Known) or is_compared(item) for item in av.items)
    return isinstance(av, Num)


def each_key(cx: Context, av: AV, case: Callable[[AV], AV]) -> AV:
    """Apply `case` to each of the keys, behind branches."""
    from irad.infer.texts import each_choice

    return each_choice(cx, av, case)
