"""Lists searched and compared: `index`, `count`, `remove`, `==`, `<`."""

from __future__ import annotations

from typing import Any

from irad.infer import iterate, lists
from irad.infer.calls import CONTAINERS, call_library_function, handles
from irad.infer.context import Context
from irad.infer.lists import list_method
from irad.infer.values import AV, Bound, Known, Num, Ref, int_const
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
handles(dict.fromkeys)(lists.from_keys)
