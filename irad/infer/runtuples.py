"""Tuples whose length is known at run time only: objects of a class in Python that holds a list (`irad.lib.tuples`).

Out of compiled code they go as tuples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from irad.infer.values import AV, REAL, Obj, Record, Ref, Seq
from irad.lib.tuples import tuple_

if TYPE_CHECKING:
    from irad.infer.context import Context

REAL[tuple_] = tuple
ITEMS = "_items"


def is_tuple(av: AV) -> bool:
    """Whether this is a tuple of run-time length."""
    return isinstance(av, Ref) and av.cls is tuple_


def made(cx: Context, items: Ref) -> Ref:
    """The tuple of the items of a list, which is for it alone."""
    from irad.infer import heap

    return heap.allocate(cx, Obj(tuple_, {ITEMS: items}), tuple_)


def of(cx: Context, av: AV) -> Ref:
    """tuple(av) of something iterable whose length is not known."""
    from irad.infer import lists

    held = lists.new_list(cx, ())
    lists.extend(cx, held, av)
    return made(cx, held)


def list_of(cx: Context, av: Ref) -> Ref:
    """The list that a tuple holds."""
    (held,) = cx.heap[av.name].children
    assert isinstance(held, Ref)
    return held


def opened(cx: Context, av: AV) -> AV:
    """A list, dict or tuple of known form as what it holds, another tuple as its list; everything else as it is."""
    from irad.infer import heap

    if is_tuple(av):
        assert isinstance(av, Ref)
        av = list_of(cx, av)
    return heap.opened(cx, av)


def tree(av: AV) -> AV:
    """The tree of a tuple from that of its list."""
    if isinstance(av, Record):
        return Record((*av.static, tuple), av.children)
    return Seq(tuple, av.children)
