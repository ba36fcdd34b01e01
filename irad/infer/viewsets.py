"""d.keys() and d.items() as sets: compared with each other and with sets, and the operators | & - ^.

The keys are known at compile time, so that Python's own views say what comes of them; of items the values are compared.
"""

from __future__ import annotations

from typing import Any, NoReturn

from irad.infer import heap, numbers, runsets, sets
from irad.infer.consumers import taken
from irad.infer.context import Context, type_name
from irad.infer.dictviews import held_by
from irad.infer.evaluated import known_throughout
from irad.infer.kinds import BINARY, COMPARE
from irad.infer.outside import DICT_VIEWS
from irad.infer.shapes import AV
from irad.infer.values import Arr, Known, Record

SWAPPED = {">": "<", ">=": "<="}


def is_like_set(av: AV) -> bool:
    """Whether this is d.keys() or d.items()."""
    if isinstance(av, Known):
        return isinstance(av.obj, (DICT_VIEWS[0], DICT_VIEWS[2]))
    return heap.is_view(av) and av.static[1] != "values"


def compare(cx: Context, op: str, a: AV, b: AV) -> AV | None:
    """`a op b` where one is a view; None if that is Python's TypeError. d.values() is equal to nothing but itself."""
    for av in (a, b):
        if isinstance(av, Arr):
            _refuse(cx, f"`{op}` of", a, b)
    if not all(is_like_set(av) or sets.is_any_set(heap.opened(cx, av)) for av in (a, b)):
        return _identical(cx, op, a, b) if op in ("==", "!=") else None
    mine, other = _sets_of_keys(cx, a, b)
    if mine is not a or other is not b:
        from irad.infer.asking import compare as compare_sets

        return compare_sets(cx, op, mine, other)
    if op in SWAPPED:
        a, b, op = b, a, SWAPPED[op]
    return _each(cx, a, lambda x: _each(cx, b, lambda y: _compare(cx, op, x, y)))


def _sets_of_keys(cx: Context, a: AV, b: AV) -> tuple[AV, AV]:
    """The operands as sets if one is d.keys() and it is known at run time only what is in them; else as they are."""
    views = [av for av in (a, b) if heap.is_view(av) and av.static[1] == "keys"]
    beside = any(runsets.is_run_set(cx, av) for av in (a, b))
    if not views or not (beside or any(heap.is_open(cx, av.children[0]) for av in views)):
        return a, b
    for av in (a, b):
        if heap.is_view(av) and av.static[1] != "keys":
            _refuse(cx, "this use of", av)
    one, other = (sets.made(cx, set, [av]) if heap.is_view(av) else av for av in (a, b))
    return one, other


def _each(cx: Context, av: AV, case: Any) -> AV:
    """For each dict that it may be a view of."""
    if not heap.is_view(av):
        if runsets.is_run_set(cx, av):
            runsets.refuse(cx, "a view of a dict beside")
        return cx.dispatch(heap.opened(cx, av), case)
    held = av.children[0]
    if heap.is_open(cx, held):
        _refuse(cx, "this use of", av)
    return cx.dispatch(held, lambda m: case(Record(av.static, (m,))))


def _identical(cx: Context, op: str, a: AV, b: AV) -> AV:
    if a is not b and heap.is_view(a) and heap.is_view(b) and a.static[1] == b.static[1] and a.children == b.children:
        cx.unsupported(
            f"`{op}` of two {type_name(a)} of one dict", kind="operator",
            why="they are equal only if they are one object, which is not known", hint="compare lists: list(d.values())",
        )
    return Known((a is b) == (op == "=="))


def _compare(cx: Context, op: str, a: AV, b: AV) -> AV:
    """For == != < <=."""
    mine, other = _items(cx, a), _items(cx, b)
    if mine is None or other is None:
        return numbers.fold(cx, COMPARE[op], _plain(cx, a), _plain(cx, b))
    if not COMPARE["==" if op == "!=" else op](len(mine), len(other)):
        return Known(op == "!=")
    return _contained(cx, list(mine.items()), other, op != "!=")


def _items(cx: Context, av: AV) -> dict[Any, AV] | None:
    """The dict of which this is d.items(); None for everything else."""
    if isinstance(av, Known):
        pairs: Any = av.obj if isinstance(av.obj, DICT_VIEWS[2]) else None
        return None if pairs is None else {k: Known(v) for k, v in pairs}
    return held_by(cx, av.children[0]) if heap.is_view(av) and av.static[1] == "items" else None


def _contained(cx: Context, pairs: list[tuple[Any, AV]], other: dict[Any, AV], answer: bool) -> AV:
    """`answer` if all pairs are items of the other dict as well."""
    from irad.infer.listmethods import same_item

    if not pairs:
        return Known(answer)
    (key, value), *rest = pairs
    if key not in other:
        return Known(not answer)
    return cx.conditional(
        same_item(cx, other[key], value), lambda: _contained(cx, rest, other, answer), lambda: Known(not answer),
    )


def binary(cx: Context, op: str, a: AV, b: AV) -> AV | None:
    """`a op b` where one is a view: a new set; None if that is Python's TypeError."""
    if op not in sets.METHODS or not (is_like_set(a) or is_like_set(b)):
        return None
    mine, other = _sets_of_keys(cx, a, b)
    if mine is not a or other is not b:
        from irad.infer.execute import binary as of_sets

        return of_sets(cx, op, mine, other)
    return _each(cx, a, lambda x: _each(cx, b, lambda y: sets.computed(cx, BINARY[op], _plain(cx, x), _plain(cx, y))))


def _plain(cx: Context, av: AV) -> AV:
    """A known object that is as good as this one as an operand."""
    if not heap.is_view(av):
        known = known_throughout(cx, av)
        if isinstance(known, Known):
            return known
        items = taken(cx, av)
        if items is None:
            cx.type_error(f"'{type_name(av)}' object is not iterable")
        return Known([_known(cx, item) for item in items])
    held = held_by(cx, av.children[0])
    if av.static[1] == "keys":
        return Known(dict.fromkeys(held).keys())
    found = {key: _known(cx, value) for key, value in held.items()}
    return Known(found.items() if av.static[1] == "items" else list(found.values()))


def _known(cx: Context, av: AV) -> Any:
    found = known_throughout(cx, av)
    return found.obj if isinstance(found, Known) else _refuse(cx, "a set with", av)


def _refuse(cx: Context, what: str, *avs: AV) -> NoReturn:
    cx.unsupported(
        f"{what} {' and '.join(map(type_name, avs))}", kind="set", why="what is in it is not known at compile time",
        hint="write the question as a loop",
    )
