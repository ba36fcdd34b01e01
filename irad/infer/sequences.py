"""Lists searched, compared and sorted: `index`, `count`, `remove`, `sort`, `sorted`, `==`, `<`, `in`."""

from __future__ import annotations

import builtins
from typing import Any

from irad.infer import heap, iterate, lists
from irad.infer.calls import CONTAINERS, call_library_function, handles
from irad.infer.context import Context
from irad.infer.lists import list_method
from irad.infer.values import AV, NONE, Bound, Choice, Known, Num, Ref, Seq, int_const, numeric
from irad.lib import listing

LAST = (1 << 63) - 1
DUMMIES: dict[str, Any] = {"extend": (), "update": ()}  # of the arguments that a method is asked about, where 0 will not do


def check_arguments(cx: Context, cls: type, name: str, args: list[AV], kwargs: dict[str, AV]) -> None:
    """CPython's TypeError for a wrong number of arguments: CPython is asked."""
    try:
        getattr(cls, name)(cls(), *(DUMMIES.get(name, 0) for _ in args), **(kwargs if cls is list and name != "sort" else {}))
    except TypeError as error:
        cx.type_error(str(error))
    except Exception:
        return


def _bounds(cx: Context, ref: AV, args: list[AV]) -> list[AV]:
    """The start and stop of index(), which count from the end if negative."""
    size = iterate.length(cx, ref)
    found: list[AV] = []
    for i in range(2):
        if len(args) <= i + 1:
            found.append(Known((0, LAST)[i]))
            continue
        at = cx.integer(args[i + 1])
        moved = lists.larger(cx, cx.op("add", at, size), int_const(0))
        found.append(Num("int", cx.op("select", cx.op("lt", at, int_const(0)), moved, at)))
    return found


@list_method("index")
def _index(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return call_library_function(cx, listing.index, [ref, args[0], *_bounds(cx, ref, args)])


@list_method("count")
def _count(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return call_library_function(cx, listing.count, [ref, args[0]])


@list_method("remove")
def _remove(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return call_library_function(cx, listing.remove, [ref, args[0]])


def _tuple_index(cx: Context, f: Bound, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return call_library_function(cx, listing.index_in_tuple, [f.owner, args[0], *_bounds(cx, f.owner, args)])


CONTAINERS["index"] = _tuple_index
CONTAINERS["count"] = lambda cx, f, args, kwargs: call_library_function(cx, listing.count, [f.owner, args[0]])


# -- comparison --------------------------------------------------------------------------------------------------


def compare(cx: Context, op: str, a: Ref, b: Ref) -> AV:
    """`a op b` of lists of which one has a length known at run time only."""
    from irad.infer.execute import unary

    functions = {"==": (listing.equal, False), "!=": (listing.equal, True), "<": (listing.less, False),
                 ">": (listing.less, False), "<=": (listing.not_more, False), ">=": (listing.not_more, False)}
    function, negated = functions[op]
    first, second = (b, a) if op in (">", ">=") else (a, b)
    found = call_library_function(cx, function, [first, second])
    return unary(cx, "not", found) if negated else found


# -- sorting -----------------------------------------------------------------------------------------------------


@handles(builtins.sorted, as_they_are=True)
def _sorted(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    from irad.infer.builtins import iterator

    if len(args) != 1:
        cx.type_error(f"sorted expected 1 argument, got {len(args)}")
    made = lists.new_list(cx, ())
    lists.extend(cx, made, args[0] if type(args[0]).iterator else iterator(cx, args[0]))
    sort(cx, made, kwargs)
    return made


@list_method("sort")
def _sort(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if args:
        cx.type_error("sort() takes no positional arguments")
    sort(cx, ref, kwargs)
    return NONE


def sort(cx: Context, ref: Ref, kwargs: dict[str, AV]) -> None:
    """ref.sort(key=..., reverse=...)"""
    from irad.infer.execute import truth

    unknown = [k for k in kwargs if k not in ("key", "reverse")]
    if unknown:
        cx.type_error(f"sort() got an unexpected keyword argument '{unknown[0]}'")
    key, reverse = kwargs.get("key", NONE), kwargs.get("reverse", Known(False))
    plain_key = isinstance(key, Known) and key.obj is None
    content = cx.heap[ref.name]
    items = content.items if isinstance(content, Seq) else None
    if items is not None and all(isinstance(i, Known) for i in items) and plain_key and isinstance(reverse, Known):
        plain = [i.obj for i in items if isinstance(i, Known)]
        try:
            plain.sort(reverse=reverse.obj)
        except TypeError as error:
            cx.type_error(str(error))
        heap.store(cx, ref, Seq(list, tuple(map(Known, plain))))
        return
    if items is not None and len(items) < 2:
        return
    keys = lists.copied(cx, ref) if plain_key else call_library_function(cx, listing.keys_of, [ref, key])
    for each in (ref, keys):
        assert isinstance(each, Ref)
        _in_buffers(cx, each)
    found = call_library_function(cx, listing.in_order, [ref, keys, cx.bool(truth(cx, reverse))])
    assert isinstance(found, Ref)
    made = cx.heap[found.name]
    heap.store(cx, ref, made)


def _in_buffers(cx: Context, ref: Ref) -> None:
    """A list as one of run-time length: its items are looked at in an order that is known at run time."""
    content = cx.heap[ref.name]
    if isinstance(content, Seq) and any(heap.refers(item) or isinstance(item, (Known, Choice)) and not numeric(item)
                                        for item in content.items):
        cx.unsupported(
            "sorting of a list of objects, lists or texts", kind="list",
            why="which of them is where would be known at run time only", hint="sort their numbers, or an array of places",
        )
    lists.as_growing(cx, ref)
