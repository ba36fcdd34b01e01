"""Tuples whose length is known at run time only: objects of a class in Python that holds a list (`irad.lib.tuples`).

Out of compiled code they go as tuples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from irad.infer.shapes import AV
from irad.infer.values import REAL, Arr, Obj, Record, Ref, Seq
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
    """The list that a tuple holds; a copy of it if the tuple was made in one of several ways, and has one of several lists."""
    from irad.infer import lists

    (held,) = cx.heap[av.name].children
    if isinstance(held, Ref):
        return held
    one = lists.new_list(cx, ())
    lists.extend(cx, one, held)
    return one


def opened(cx: Context, av: AV) -> AV:
    """A list, dict or tuple of known form as what it holds, another tuple as its list; everything else as it is.

    So are dicts of classes that have an `__iter__` of their own.
    """
    from irad.infer import heap, objects

    if is_tuple(av):
        assert isinstance(av, Ref)
        av = list_of(cx, av)
    return av if objects.iterates(cx, av) else heap.opened(cx, av)


def beside_array(cx: Context, av: AV, other: AV) -> AV:
    """A tuple as an array where the other operand is one."""
    if not isinstance(other, Arr) or not is_tuple(av):
        return av
    from irad.infer import lists
    from irad.infer.stacked import to_array

    assert isinstance(av, Ref)
    return to_array(cx, lists.as_growing(cx, lists.copied(cx, list_of(cx, av))))


def tree(av: AV) -> AV:
    """The tree of a tuple from that of its list."""
    if isinstance(av, Record) and av.static[0] == "numbered":
        alone = len(av.children) == 2  # else what is elsewhere takes the place of items later, which tuples do not let it
        return Record(("numbered", tuple), av.children) if alone else tree(av.children[0])
    if isinstance(av, Record):
        return Record((*av.static, tuple), av.children)
    return Seq(tuple, av.children)
