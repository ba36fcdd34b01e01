"""Patterns of match statements over sequences, mappings and classes: which one fits is mostly known at compile time."""

from __future__ import annotations

import builtins
from typing import Any

from irad.infer import lists
from irad.infer.attributes import get_attr, has_attr
from irad.infer.builtins import class_of
from irad.infer.calls import call_value
from irad.infer.context import Context, type_name
from irad.infer.execute import known_dict, meaning
from irad.infer.lookups import has, lookup
from irad.infer.shapes import AV
from irad.infer.values import NONE, Known, Num, Ref, Seq
from irad.ir.core import Const, Instr

FLAGS = {"sequence": 1 << 5, "mapping": 1 << 6}  # Py_TPFLAGS_SEQUENCE, Py_TPFLAGS_MAPPING
ITSELF = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)  # whose one position is the object itself


@meaning("match_kind")
def _kind(cx: Context, instr: Instr, args: list[AV]) -> AV:
    flag = FLAGS[instr.attrs["kind"]]
    return cx.dispatch(args[0], lambda m: Known(not isinstance(m, Num) and bool(class_of(cx, m).__flags__ & flag)))


@meaning("len")
def _len(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return call_value(cx, Known(builtins.len), [args[0]], {})


@meaning("match_keys")
def _keys(cx: Context, instr: Instr, args: list[AV]) -> AV:
    subject, keys = args
    if not isinstance(keys, Known):
        cx.unsupported("a pattern with keys that are not known", kind="syntax", hint="use if/elif with explicit tests")
    if len(set(keys.obj)) < len(keys.obj):
        cx.throw("ValueError", f"mapping pattern checks duplicate key ({keys.obj[-1]!r})")

    def case(m: AV) -> AV:
        items = lists.dict_items(cx, m) if isinstance(m, Ref) else known_dict(cx, m)
        return Seq(tuple, tuple(items[k] for k in keys.obj)) if all(k in items for k in keys.obj) else NONE

    return cx.dispatch(subject, case)


@meaning("match_class")
def _class(cx: Context, instr: Instr, args: list[AV]) -> AV:
    subject, cls, names = args
    if not isinstance(cls, Known) or not isinstance(cls.obj, type) or not isinstance(names, Known):
        cx.type_error(f"called match pattern must be a class, not {type_name(cls)}")
    count: int = instr.attrs["count"]

    def case(m: AV) -> AV:
        fits = cx.num(call_value(cx, Known(builtins.isinstance), [m, cls], {})).value
        if isinstance(fits, Const):
            return _parts(cx, m, cls.obj, count, names.obj) if fits.value else NONE
        return cx.conditional(fits, lambda: _parts(cx, m, cls.obj, count, names.obj), lambda: NONE)

    return cx.dispatch(subject, case)


def _parts(cx: Context, subject: AV, cls: Any, count: int, names: tuple[str, ...]) -> AV:
    """What the patterns inside look at; None if the subject lacks one of the attributes."""
    itself = count == 1 and issubclass(cls, ITSELF) and lookup(cx, cls, "__match_args__")[0] is not cls
    given = get_attr(cx, Known(cls), "__match_args__") if not itself and has(cx, cls, "__match_args__") else Known(())
    fields = given.obj if isinstance(given, Known) else ()
    allowed = 1 if itself else len(fields)
    if count > allowed:
        word = "sub-pattern" if allowed == 1 else "sub-patterns"
        cx.type_error(f"{cls.__name__}() accepts {allowed} positional {word} ({count} given)")
    wanted = [*fields[:count], *names]
    if not all(has_attr(cx, subject, name) for name in wanted):
        return NONE
    found = [get_attr(cx, subject, name) for name in wanted]
    return Seq(tuple, (subject, *found) if itself else tuple(found))
