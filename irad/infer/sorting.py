"""`sorted` and `list.sort`: of few items by exchanging neighbours, of many by the loops of `irad.lib.sorting`."""

from __future__ import annotations

import builtins
from typing import Any

from irad.errors import UnsupportedError
from irad.infer import iterate, lists, numbers, runsets
from irad.infer.asking import compare, truth
from irad.infer.calls import call_value
from irad.infer.consumers import on_each, taken
from irad.infer.context import Context
from irad.infer.lookups import lookup
from irad.infer.meanings import handles
from irad.infer.pythoncalls import call_library_function
from irad.infer.shapes import AV
from irad.infer.values import NONE, Known, Num, Ref, Seq
from irad.ir.core import Const, Value, const
from irad.lib import sorting

MOST_EXCHANGED = 12  # items that are sorted by a network, which is quadratic


@handles(builtins.sorted, as_they_are=True)
@on_each
def _sorted(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if len(args) != 1:
        cx.type_error(f"sorted expected 1 argument, got {len(args)}")
    return in_order(cx, runsets.in_any_order(cx, args[0], kwargs), kwargs)


@lists.list_method("sort")
def _sort(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if args:
        cx.type_error(f"sort() takes no positional arguments ({len(args)} given)" if len(args) > 1 else
                      "sort() takes no positional arguments")
    made = in_order(cx, ref, kwargs)
    lists.replace_items(cx, ref, made)
    return NONE


def _unexpected(name: str) -> str:
    """The running CPython's words for an option that there is not."""
    try:
        [].sort(**{name: None})  # type: ignore[call-overload]
    except TypeError as error:
        return str(error)
    raise AssertionError(name)


def in_order(cx: Context, av: AV, options: dict[str, AV]) -> Ref:
    """A new list of the items of something iterable."""
    for name in options:
        if name not in ("key", "reverse"):
            cx.type_error(_unexpected(name))
    key = options.get("key", NONE)
    reverse = options.get("reverse", Known(False))
    if not isinstance(reverse, Known):
        cx.unsupported("sorting with a `reverse` that is not known", kind="option", hint="write True or False")
    plain = isinstance(key, Known) and key.obj is None
    items = taken(cx, av, iterate.MAX_UNROLL)
    if items is not None:
        keys = items if plain else [call_value(cx, key, [item], {}) for item in items]
        if all(isinstance(k, Known) for k in keys):
            return lists.new_list(cx, _by_known_keys(cx, items, keys, bool(reverse.obj)))
        if len(items) <= MOST_EXCHANGED:
            return lists.new_list(cx, _exchanged(cx, items, keys, bool(reverse.obj)))
    made = lists.new_list(cx, ())
    lists.extend(cx, made, Seq(tuple, tuple(items)) if items is not None else av)
    ranks: AV = made if plain else call_library_function(cx, sorting.keys_of, [made, key])
    refuse_nan(cx, cx.num(call_library_function(cx, sorting.has_nan, [ranks])).value)
    found = call_library_function(cx, sorting.in_order, [made, ranks, Known(bool(reverse.obj))])
    assert isinstance(found, Ref)
    return found


def _by_known_keys(cx: Context, items: list[AV], keys: list[AV], reverse: bool) -> list[AV]:
    plain = [k.obj for k in keys if isinstance(k, Known)]
    for cls in {*map(type, plain)}:
        lookup(cx, cls, "__lt__")
    order = numbers.fold(cx, lambda: tuple(sorted(range(len(plain)), key=plain.__getitem__, reverse=reverse)))
    assert isinstance(order, Known)
    return [items[i] for i in order.obj]


def _exchanged(cx: Context, items: list[AV], keys: list[AV], reverse: bool) -> list[AV]:
    """Neighbours in the wrong order change places, until none are: equal ones never do."""
    _check_nan(cx, keys)
    rows = list(zip(keys, items, strict=True))
    for end in range(len(rows) - 1, 0, -1):
        for i in range(end):
            first, second = rows[i], rows[i + 1]
            pair = (first, second) if reverse else (second, first)
            wrong = truth(cx, compare(cx, "<", pair[0][0], pair[1][0]))
            if isinstance(wrong, Const):
                rows[i], rows[i + 1] = (second, first) if wrong.value else (first, second)
            elif all(k is item for k, item in (first, second)):
                one, other = _swapped(cx, wrong, [first[0], second[0]])
                rows[i], rows[i + 1] = (one, one), (other, other)
            else:
                one, another, other, last = _swapped(cx, wrong, [*first, *second])
                rows[i], rows[i + 1] = (one, another), (other, last)
    return [item for _, item in rows]


def _swapped(cx: Context, wrong: Value, row: list[AV]) -> list[AV]:
    """The two halves of a row, exchanged if `wrong`."""
    half = len(row) // 2
    other = [*row[half:], *row[:half]]
    if all(_simple(x, y) for x, y in zip(row, other, strict=True)):
        pairs = zip(map(cx.num, row), map(cx.num, other), strict=True)
        return [Num(x.kinds, cx.op("select", wrong, y.value, x.value)) for x, y in pairs]
    return list(cx.conditional(wrong, lambda: Seq(tuple, tuple(other)), lambda: Seq(tuple, tuple(row))).children)


def _simple(x: AV, y: AV) -> bool:
    return isinstance(x, Num) and isinstance(y, Num) and x.kinds == y.kinds and x.tag is None


def _check_nan(cx: Context, keys: list[AV]) -> None:
    """With nan among them, the order depends on which pairs are compared: CPython's choice of these is its own."""
    found: Value = const(False)
    for value in _numbers_in(keys):
        found = cx.either(found, cx.op("ne", value, value))
    refuse_nan(cx, found)


def refuse_nan(cx: Context, found: Value) -> None:
    """End the way on which there is one."""
    if not isinstance(found, Const):
        error = UnsupportedError(
            "sorting numbers of which some are nan", kind="function", loc=cx.loc,
            why="the order then depends on which of them are compared", hint="take the nan out first, or use np.sort",
        )
        cx.unless(cx.negate(found), lambda: cx.fail(error))


def _numbers_in(avs: Any) -> list[Value]:
    found = []
    for av in avs:
        if isinstance(av, Num) and any(k.startswith("float") for k in av.kinds):
            found.append(av.value)
        elif isinstance(av, Seq):
            found += _numbers_in(av.items)
    return found
