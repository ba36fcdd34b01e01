"""What depends on the order of a dict, or changes it: popitem, and move_to_end of OrderedDicts."""

from __future__ import annotations

from irad.infer import heap, tables
from irad.infer.context import Context
from irad.infer.exceptions import make_exception
from irad.infer.lists import as_key, dict_content, dict_items, dict_method
from irad.infer.raising import raise_value
from irad.infer.shapes import AV
from irad.infer.values import NONE, Known, Ref, Seq


def _last(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> bool:
    """The argument `last`, which is known."""
    last = kwargs.get("last", args[0] if args else Known(True))
    if isinstance(last, Known):
        return bool(last.obj)
    cx.unsupported("`last` that is not known at compile time", kind="dict", hint="write two calls")


@dict_method("popitem")
def _popitem(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    last = _last(cx, args, kwargs)
    if heap.is_open(cx, ref):
        return tables.popitem(cx, ref, last)
    items = dict_items(cx, ref)
    if not items:
        cx.throw("KeyError", tables.is_empty(ref.cls))
    key = list(items)[-1 if last else 0]
    value = items.pop(key)
    heap.store(cx, ref, dict_content(items, ref.cls))
    return Seq(tuple, (Known(key), value))


@dict_method("move_to_end")
def _move_to_end(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    key, last = as_key(cx, kwargs.get("key", args[0] if args else NONE)), _last(cx, args[1:], kwargs)
    if heap.is_open(cx, ref) or not isinstance(key, Known):
        if not tables.is_table(cx, ref):
            tables.convert(cx, ref)
        tables.move_to_end(cx, ref, key, last)
        return NONE
    items = dict_items(cx, ref)
    if key.obj not in items:
        raise_value(cx, make_exception(KeyError, [key]))
    moved = {key.obj: items.pop(key.obj)}
    heap.store(cx, ref, dict_content({**items, **moved} if last else {**moved, **items}, ref.cls))
    return NONE
