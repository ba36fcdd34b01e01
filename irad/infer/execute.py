"""What each op of form `py` means for abstract values: the table that the solver runs through."""

from __future__ import annotations

import builtins
import operator
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from types import BuiltinMethodType, FunctionType, GenericAlias, MappingProxyType
from typing import Any, List, Optional  # noqa: UP035 (its class is asked for)

from irad.errors import UnsupportedError
from irad.infer import (
    amended,
    arrays,
    consumers,
    derived,
    dictclasses,
    functions,
    heap,
    inmemory,
    instances,
    iterate,
    lists,
    numbers,
    numpywords,
    objects,
    overlay,
    rows,
    runsets,
    runtuples,
    sets,
    starcalls,
    viewsets,
)
from irad.infer.asking import (
    array_like,
    beside_numpy,
    class_family,
    compare,
    contains_item,
    identical,
    numpy_number,
    of_one_sort,
    opens,
    plain_number,
    shown,
    truth,
    unary,
)
from irad.infer.attributes import get_attr
from irad.infer.calls import call_value, each_form
from irad.infer.chosenkeys import chooses, each_key, is_compared
from irad.infer.context import Context, type_name
from irad.infer.exceptions import classes_of, exception_class, is_outside, matches
from irad.infer.explanations import is_explanation, merged
from irad.infer.families import is_complex, is_text
from irad.infer.formats import percent
from irad.infer.iterators import named, takes_iterators
from irad.infer.jitcalls import check_divisor
from irad.infer.kinds import BINARY, MACHINE, is_int, is_numpy, kind_of
from irad.infer.objects import has_class
from irad.infer.raising import is_new, raise_statement, raise_value, reraise, set_field, super_attr
from irad.infer.shapes import AV
from irad.infer.subscripted import SUBSCRIPTED
from irad.infer.texts import format_value, join_text
from irad.infer.values import (
    NONE,
    Arr,
    Bound,
    Cell,
    Choice,
    Fn,
    FrozenCell,
    Known,
    Num,
    Record,
    Ref,
    Seq,
    numeric,
    spread,
)
from irad.ir.core import Instr
from irad.ops.py import UNBOUND

Handler = Callable[[Context, Instr, list[AV]], AV]
TABLE: dict[str, Handler] = {}
WITHOUT = {  # what there is nothing for, and what to write instead
    "py.super_attr": ("super()", "call the function of the base class by its name"),
}


def meaning(name: str) -> Callable[[Handler], Handler]:
    """Register what `py.NAME` does."""

    def register(handler: Handler) -> Handler:
        TABLE[f"py.{name}"] = handler
        return handler

    return register


def execute(cx: Context, instr: Instr, args: list[AV]) -> Sequence[AV]:
    """The results of one instruction."""
    if instr.op == "py.next":
        return iterate.advance(cx, args[0])
    if instr.op == "py.send":
        return iterate.taken(cx, args[0])
    if instr.op in ("py.unpack", "py.unpack_ex"):
        return consumers.unpack(cx, args[0], instr.attrs)
    handler = TABLE.get(instr.op)
    if handler is None:
        what, hint = WITHOUT.get(instr.op, (f"the operation `{instr.op.partition('.')[2]}`", "please report this function"))
        cx.unsupported(what, kind="syntax" if instr.op in WITHOUT else "unsupported", hint=hint)
    result = inmemory.of_results(cx, instr, args, handler(cx, instr, args))
    return [result] if instr.results else []


# -- operators ---------------------------------------------------------------------------------------------------


@meaning("binary")
def _binary(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return binary(cx, instr.attrs["op"], args[0], args[1], inplace=bool(instr.attrs.get("inplace")))


def binary(cx: Context, op: str, a: AV, b: AV, inplace: bool = False) -> AV:
    """`a op b`, or `a op= b`."""
    if inplace:
        _check_not_outside(cx, op, a, b)
    return _operate(cx, op, a, b, inplace)


def _check_not_outside(cx: Context, op: str, a: AV, b: AV) -> None:
    """Refuse `a op= b` where that changes a list or set from outside. (Beside an array or an object, `b` is asked first.)"""
    changes = (op in ("+", "*") and _is_list_value(a)) or (op in sets.METHODS and isinstance(a, Known) and type(a.obj) is set)
    if changes and not isinstance(b, (Arr, Choice)) and not has_class(b) and not numpy_number(cx, b):
        cx.unsupported(
            f"`{op}=` of a {type_name(a)} from outside of the function", kind="operator", why="compiled code does not change it",
            hint=f"make a new one: new = old {op} other",
        )


def _operate(cx: Context, op: str, a: AV, b: AV, inplace: bool) -> AV:
    if isinstance(a, Choice):
        return cx.dispatch(a, lambda m: binary(cx, op, m, b, inplace))
    if isinstance(b, Choice):
        return cx.dispatch(b, lambda m: binary(cx, op, a, m, inplace))
    several = of_one_sort(cx, a, b, lambda x, y: binary(cx, op, x, y, inplace))
    if several is not None:
        return several
    first, b = beside_numpy(cx, op, a, b), beside_numpy(cx, op, b, a)
    a, inplace = first, inplace and first is a
    if has_class(a) or has_class(b):
        found = objects.binary(cx, op, a, b, inplace)
        if found is not None:
            return found
    found = None if inplace and lists.is_dict(a) else viewsets.binary(cx, op, a, b)
    if found is not None:
        return found
    if any(isinstance(v, Ref) or _is_list_value(v) for v in (a, b)):
        found = _binary_lists(cx, op, a, b, inplace)
        if found is not None:
            return found
        if inplace and op in sets.METHODS and isinstance(a, Ref) and a.cls is set and sets.is_any_set(b):
            sets.method(cx, a, sets.METHODS[op], [b])
            return a
        found = runsets.binary(cx, op, a, b)
        if found is not None:
            return found
        if opens(cx, a, b):
            return _operate(cx, op, shown(cx, a), shown(cx, b), inplace)
    return binary_values(cx, op, a, b, inplace)


def binary_values(cx: Context, op: str, a: AV, b: AV, inplace: bool) -> AV:
    """`a op b` of what is no object of the heap."""
    a, b = plain_number(a, b), plain_number(b, a)
    if numeric(a) and numeric(b):
        check_divisor(cx, op, a, b)
        return numbers.binary(cx, op, a, b, f"{op}=" if inplace else None)
    if isinstance(a, Known) and isinstance(b, Known) and not array_like(a) and not array_like(b):
        return sets.computed(cx, BINARY[op], a, b)
    if is_explanation(a) or is_explanation(b):
        return merged((a, b))
    if op == "%" and isinstance(a, Known) and isinstance(a.obj, str):
        is_dict = isinstance(b, Record) and b.static[0] == "dict"
        if (isinstance(b, Seq) or is_dict) and all(isinstance(c, Known) for c in b.children):
            plain = [c.obj for c in b.children if isinstance(c, Known)]
            filling = dict(zip(b.static[1], plain, strict=True)) if is_dict else class_family(b)(plain)
            return numbers.fold(cx, operator.mod, a, Known(filling))
        return percent(cx, a.obj, b)
    if isinstance(a, Arr) or isinstance(b, Arr):
        return arrays.binary(cx, op, a, b, inplace)
    if op == "+" and any(isinstance(v, Seq) for v in (a, b)):
        first, second = spread(a), spread(b)
        if isinstance(first, Seq) and isinstance(second, Seq) and class_family(first) is class_family(second):
            return Seq(class_family(first), (*first.items, *second.items))
    if op == "*" and (isinstance(b, Seq) or isinstance(a, Num)):
        a, b = (spread(b), a) if isinstance(spread(b), Seq) else (a, b)
    if op == "*" and isinstance(b, Num):
        a = spread(a)
    if op == "*" and isinstance(a, Seq) and isinstance(b, Known) and isinstance(b.obj, int):
        return Seq(class_family(a), a.items * b.obj)
    if op == "*" and isinstance(a, Seq) and class_family(a) is tuple and isinstance(b, Num):
        if not a.items and all(map(is_int, b.kinds)):
            return a
        return runtuples.made(cx, lists.repeated(cx, lists.new_list(cx, a.items), b))
    if op == "+" and is_text(a) and is_text(b):
        return join_text(cx, [a, b])
    if is_text(a) or (is_text(b) and op == "*"):
        cx.unsupported(
            f"`{op}` of {type_name(a)} and {type_name(b)}", kind="text",
            why="texts with numbers are made for print, exceptions and results only", hint="write it as an f-string, or outside",
        )
    if is_complex(a) or is_complex(b):
        cx.unsupported("complex numbers", kind="value-type", hint="use two floats, or call this outside")
    for one, other in ((a, b), (b, a)):
        known = one.obj if isinstance(one, Known) else None
        is_dict = isinstance(one, Record) and one.static[0] == "dict"
        if (isinstance(one, (Seq, Record)) and not is_dict) or isinstance(known, (str, bytes, tuple, set, frozenset)):
            if op in ("*", "%") or (type(one) is type(other) and not isinstance(one, Seq)) or isinstance(other, Record):
                cx.unsupported(
                    f"`{op}` of {type_name(a)} and {type_name(b)}", kind="operator",
                    why="the length of the result is not known at compile time", hint="use arrays of numbers",
                )
    cls = a.cls if isinstance(a, Seq) else type(a.obj) if isinstance(a, Known) else object
    if op == "+" and issubclass(cls, bytes):
        cx.type_error(f"can't concat {type_name(b)} to bytes")
    if op == "+" and issubclass(cls, (tuple, list)):
        family = "tuple" if issubclass(cls, tuple) else "list"
        cx.type_error(f'can only concatenate {family} (not "{type_name(b)}") to {family}')
    return _no_operator(cx, op, a, b, inplace)


def _no_operator(cx: Context, op: str, a: AV, b: AV, inplace: bool) -> AV:
    """Python's TypeError; numbers of numpy raise it themselves, of the operator alone and of Python's number that they hold."""
    if isinstance(a, Num) and a.tag is not None:
        return numbers.each_kind(cx, a, lambda n: _no_operator(cx, op, n, b, inplace))
    if isinstance(b, Num) and b.tag is not None:
        return numbers.each_kind(cx, b, lambda n: _no_operator(cx, op, a, n, inplace))
    numpywords.refuse(cx, op, a, b, inplace)
    names = [type_name(v) for v in (a, b)]
    for k, v in enumerate((a, b)):
        kind = v.kinds[0] if isinstance(v, Num) else kind_of(v.obj) if isinstance(v, Known) else None
        if kind is not None and is_numpy(kind) and op != "@" and (has_class(a) or has_class(b)):
            machine = MACHINE[kind]
            names[k], inplace = "float" if machine.is_float else "int" if machine.is_int else "bool", False
    sign = f"{op}=" if inplace else "** or pow()" if op == "**" else op
    cx.type_error(f"unsupported operand type(s) for {sign}: '{names[0]}' and '{names[1]}'")


def _binary_lists(cx: Context, op: str, a: AV, b: AV, inplace: bool) -> AV | None:
    """`a op b` of lists and dicts, where that makes or changes one."""
    if inplace and op == "+" and lists.is_list(a) and not isinstance(b, Arr):
        lists.extend(cx, a, b)  # type: ignore[arg-type]
        return a
    if op == "*" and not inplace and (lists.is_list(b) or _is_list_value(b)):
        a, b = b, a
    if op == "*" and (lists.is_list(a) or _is_list_value(a)) and numeric(b):
        a = a if isinstance(a, Ref) else lists.new_list(cx, iterate.known_items(a) or [])
        made = lists.repeated(cx, a, b)
        if not inplace:
            return made
        heap.store(cx, a, heap.content_of(cx, made))
        return a
    if op == "+" and all(lists.is_list(v) or _is_list_value(v) for v in (a, b)):
        made = lists.copied(cx, a) if isinstance(a, Ref) else lists.new_list(cx, iterate.known_items(a) or [])
        lists.extend(cx, made, b)
        return made
    other_dict = lists.is_dict(b) or isinstance(b, Record) or isinstance(getattr(b, "obj", None), dict)
    from_outside = isinstance(a, Known) and isinstance(a.obj, dict) and lists.is_dict(b)
    if op == "|" and (from_outside or (isinstance(a, Ref) and lists.is_dict(a) and other_dict)):
        if inplace and from_outside:
            cx.unsupported(
                "`|=` of a dict from outside of the function", kind="operator", why="compiled code does not change it",
                hint="make a new one: d = d | other",
            )
        target = a if inplace else dictclasses.copied(cx, a, dictclasses.merged_class(a, b))
        assert isinstance(target, Ref)
        lists.DICT_METHODS["update"](cx, target, [b], {})
        return target
    return None


def _is_list_value(av: AV) -> bool:
    """Whether this is a list from outside, or what a list holds."""
    return (isinstance(av, Known) and type(av.obj) is list) or (isinstance(av, Seq) and av.cls is list)


@meaning("compare")
def _compare(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return compare(cx, instr.attrs["op"], args[0], args[1])


@meaning("unary")
def _unary(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return unary(cx, instr.attrs["op"], args[0])


@meaning("truth")
def _truth(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return cx.bool(truth(cx, args[0]))


@meaning("is")
def _is(cx: Context, instr: Instr, args: list[AV]) -> AV:
    found = identical(cx, args[0], args[1])
    return cx.bool(cx.negate(found) if instr.attrs.get("invert") else found)


@meaning("contains")
def _contains(cx: Context, instr: Instr, args: list[AV]) -> AV:
    item, container = args
    if isinstance(container, Choice):
        return cx.dispatch(container, lambda m: _contains(cx, instr, [item, m]))
    found = objects.contains(cx, item, container) if has_class(container) else contains_item(cx, item, container)
    return cx.bool(cx.negate(found) if instr.attrs.get("invert") else found)


# -- containers, attributes, items -------------------------------------------------------------------------------


@meaning("tuple")
def _tuple(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return Seq(tuple, tuple(args))


@meaning("list")
def _list(cx: Context, instr: Instr, args: list[AV]) -> AV:
    made = lists.new_list(cx, args)
    if args and rows.wanted(cx, *args) and all(lists.is_list(a) for a in args):
        lists.as_growing(cx, made)
    return made


@meaning("list_append")
def _list_append(cx: Context, instr: Instr, args: list[AV]) -> AV:
    assert isinstance(args[0], Ref)
    lists.append(cx, args[0], args[1])
    return NONE


@meaning("map_add")
def _map_add(cx: Context, instr: Instr, args: list[AV]) -> AV:
    assert isinstance(args[0], Ref)
    return lists.set_item(cx, args[0], args[1], args[2])


@meaning("set")
def _set(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return sets.new_set(cx, args)


@meaning("set_add")
def _set_add(cx: Context, instr: Instr, args: list[AV]) -> AV:
    assert isinstance(args[0], Ref)
    return sets.method(cx, args[0], "add", args[1:])


@meaning("set_update")
def _set_update(cx: Context, instr: Instr, args: list[AV]) -> AV:
    assert isinstance(args[0], Ref)
    sets.method(cx, args[0], "update", args[1:])
    return args[0]


@meaning("list_extend")
def _list_extend(cx: Context, instr: Instr, args: list[AV]) -> AV:
    target, more = args
    assert isinstance(target, Ref)
    cx.dispatch(more, lambda m: starcalls.with_items(cx, m))
    lists.extend(cx, target, more)
    return target


@meaning("list_to_tuple")
def _list_to_tuple(cx: Context, instr: Instr, args: list[AV]) -> AV:
    items = iterate.known_items(heap.opened(cx, args[0]))
    if items is None:
        assert isinstance(args[0], Ref)
        return runtuples.made(cx, args[0])
    return Seq(tuple, tuple(items))


@meaning("dict")
def _dict(cx: Context, instr: Instr, args: list[AV]) -> AV:
    keys = [lists.as_key(cx, k) for k in args[::2]]
    if not all(isinstance(k, Known) for k in keys):
        made = lists.new_dict(cx, {})
        for key, value in zip(keys, args[1::2], strict=True):
            lists.set_item(cx, made, key, value)
        return made
    return lists.new_dict(cx, dict(zip((k.obj for k in keys if isinstance(k, Known)), args[1::2], strict=True)))


@meaning("dict_update")
def _dict_update(cx: Context, instr: Instr, args: list[AV]) -> AV:
    merged: dict[Any, AV] = {}
    if any(heap.is_open(cx, av) for av in args):
        made = lists.new_dict(cx, merged)
        for av in args:
            lists.DICT_METHODS["update"](cx, made, [av], {})
        return made
    for av in args:
        merged.update(known_dict(cx, av))
    return lists.new_dict(cx, merged)


def known_dict(cx: Context, av: AV) -> dict[Any, AV]:
    """The items of a dict with known keys."""
    if isinstance(av, Record) and av.static == ("attributes",):  # vars(x)
        av = heap.opened(cx, av)
    if lists.is_dict(av):
        return lists.dict_items(cx, av)  # type: ignore[arg-type]
    if isinstance(av, Record) and av.static[0] == "dict":
        return dict(zip(av.static[1], av.children, strict=True))
    if isinstance(av, Known) and (av.obj is None or isinstance(av.obj, (dict, MappingProxyType))):
        return {k: Known(v) for k, v in (av.obj or {}).items()}
    if isinstance(av, Choice):
        keys = list(dict.fromkeys(tuple(known_dict(cx, m)) for m in av.members))
        if len(keys) == 1:
            values = cx.dispatch(av, lambda m: Seq(tuple, tuple(known_dict(cx, m).values())))
            return dict(zip(keys[0], values.children, strict=True))
    cx.unsupported(f"** of a value of type {type_name(av)}")


@meaning("attr")
def _attr(cx: Context, instr: Instr, args: list[AV]) -> AV:
    if instr.attrs["name"] == "__enter__" and has_class(args[0]) and objects.special(cx, args[0], "__enter__") is None:
        cx.type_error(f"'{type_name(args[0])}' object does not support the context manager protocol")
    return attribute(cx, args[0], instr.attrs["name"])


def attribute(cx: Context, av: AV, name: str) -> AV:
    """av.name, of whichever it is"""
    if not isinstance(av, Choice):
        return get_attr(cx, av, name)
    if name == "ndim" and all(isinstance(m, Arr) for m in av.members):
        return cx.pick(av, [m.ndim for m in av.members if isinstance(m, Arr)])
    return cx.dispatch(av, lambda m: _unbound_from(m, get_attr(cx, m, name)))


def _unbound_from(owner: AV, found: AV) -> AV:
    """A method written in C of one of several values: by its name, which they have in common."""
    method = found.obj if isinstance(found, Known) else None
    if isinstance(method, BuiltinMethodType) and isinstance(owner, Known) and method.__self__ is owner.obj:
        return Bound(method.__name__, owner)
    return found


@meaning("set_attr")
def _set_attr(cx: Context, instr: Instr, args: list[AV]) -> AV:
    if amended.is_amendable(args[0]):
        return amended.set_attr(cx, args[0], instr.attrs["name"], args[1])
    if isinstance(args[0], Choice):
        return cx.dispatch(args[0], lambda m: _set_attr(cx, instr, [m, args[1]]))
    if is_new(args[0]):
        return set_field(cx, args[0], instr.attrs["name"], args[1])
    if isinstance(args[0], Ref):
        return objects.set_attr(cx, args[0], instr.attrs["name"], args[1])
    if isinstance(args[0], Fn) and not hasattr(FunctionType, instr.attrs["name"]):
        holder = functions.holder_of(cx, args[0])
        if not isinstance(holder, Known):
            return _set_attr(cx, instr, [holder, args[1]])
    return overlay.set_attr(cx, args[0], instr.attrs["name"], args[1])


@meaning("del_attr")
def _del_attr(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return cx.dispatch(args[0], lambda m: instances.delete_attr(cx, m, instr.attrs["name"]))


@meaning("locals")
def _locals(cx: Context, instr: Instr, args: list[AV]) -> AV:
    f, *values = args
    if not isinstance(f, Known) or f.obj is not builtins.locals:
        return cx.dispatch(f, lambda m: call_value(cx, m, [], {}))
    held = [heap.content_of(cx, v) if isinstance(v, Cell) else v.children[0] if isinstance(v, FrozenCell) else v for v in values]
    pairs = zip(instr.attrs["names"], held, strict=True)
    return lists.new_dict(cx, {n: v for n, v in pairs if not (isinstance(v, Known) and v.obj is UNBOUND) and n[:1] != "."})


@meaning("item")
def _item(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return cx.dispatch(args[0], lambda m: get_item(cx, m, args[1]))


GENERIC = (GenericAlias, type(List), type(List[int]), type(Optional))  # noqa: UP006


def _takes_parameters(obj: Any) -> bool:
    """Whether CPython makes a type with parameters of it, as `tuple[int, ...]`."""
    return obj is type or (isinstance(obj, type) and isinstance(getattr(obj, "__class_getitem__", None), BuiltinMethodType))


def get_item(cx: Context, av: AV, index: AV) -> AV:
    """av[index]"""
    generic = isinstance(av, Known) and (isinstance(av.obj, GENERIC) or _takes_parameters(av.obj))
    if generic and isinstance(lists.as_key(cx, index), Known):
        return numbers.fold(cx, operator.getitem, av, lists.as_key(cx, index))
    if (isinstance(av, Known) and isinstance(av.obj, dict)) or (isinstance(av, Record) and av.static[0] == "dict"):
        index = lists.as_key(cx, index)
        if chooses(index):
            return each_key(cx, index, lambda k: get_item(cx, av, k))
        found = _of_defaultdict(cx, av.obj, index) if isinstance(av, Known) and isinstance(av.obj, defaultdict) else None
        if found is not None:
            return found
    if isinstance(av, Known) and id(av.obj) in SUBSCRIPTED:
        several = each_form(cx, [index], {}, lambda args, _: get_item(cx, av, args[0]))
        return several if several is not None else SUBSCRIPTED[id(av.obj)][1](cx, index)
    if has_class(av):
        found = objects.get_item(cx, av, index)
        if found is not None:
            return found
        av = derived.plain(cx, av)
    index = derived.plain(cx, index)
    if isinstance(av, Record) and av.static[0] == "attributes":
        return cx.dispatch(index, lambda i: instances.get_item(cx, av, i))
    if isinstance(av, Ref):
        return cx.dispatch(index, lambda i: lists.get_item(cx, av, i))
    several = each_form(cx, [index], {}, lambda args, _: get_item(cx, av, args[0]))
    if several is not None:
        return several
    found = arrays.get_item(cx, av, index)
    is_new = isinstance(index, Known) and isinstance(index.obj, slice) and _is_list_value(found)
    return lists.new_list(cx, iterate.known_items(found) or []) if is_new else found


def _of_defaultdict(cx: Context, d: defaultdict[Any, Any], key: AV) -> AV | None:
    """An item of a defaultdict from outside. To read what it does not have is refused; None: it has it."""
    if d.default_factory is None or (isinstance(key, Known) and isinstance(key.obj, Hashable) and key.obj in d):
        return None
    error = UnsupportedError(
        "a key that a defaultdict from outside does not have", kind="dict", loc=cx.loc,
        why="to read it puts it there, and compiled code does not change what is outside",
        hint="d.get(key, default), or pass the dict as an argument",
    )
    if not is_compared(key):
        raise error
    return lists.looked_up(cx, {k: Known(v) for k, v in d.items()}, key, lambda: cx.fail(error))


@meaning("del_item")
def _del_item(cx: Context, instr: Instr, args: list[AV]) -> AV:
    owner, index = args
    if isinstance(owner, Choice):
        return cx.dispatch(owner, lambda m: _del_item(cx, instr, [m, index]))
    if has_class(owner) and objects.delete_item(cx, owner, index):
        return NONE
    owner, index = derived.plain(cx, owner), derived.plain(cx, index)
    if not isinstance(owner, Ref):
        cx.unsupported("deleting an item or a slice", kind="syntax", hint="copy what is to stay")
    return lists.delete_item(cx, owner, index)


@meaning("set_item")
def _set_item(cx: Context, instr: Instr, args: list[AV]) -> AV:
    target, index, value = args
    return cx.dispatch(target, lambda m: set_item(cx, m, index, value))


def set_item(cx: Context, av: AV, index: AV, value: AV) -> AV:
    """av[index] = value"""
    if has_class(av) and objects.set_item(cx, av, index, value):
        return NONE
    av, index = derived.plain(cx, av), derived.plain(cx, index)
    if isinstance(av, Record) and av.static[0] == "attributes":
        return instances.set_item(cx, av, index, value)
    if isinstance(av, Ref):
        return cx.dispatch(index, lambda i: lists.set_item(cx, av, i, value))
    several = each_form(cx, [index, value], {}, lambda args, _: set_item(cx, av, *args))
    return several if several is not None else arrays.set_item(cx, av, index, value)


@meaning("slice")
def _slice(cx: Context, instr: Instr, args: list[AV]) -> AV:
    if all(isinstance(a, Known) for a in args):
        return Known(builtins.slice(*(a.obj for a in args if isinstance(a, Known))))
    return Record(("slice",), tuple(args))


@meaning("iter")
def _iter(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return iterate.make_iter(cx, args[0])


# -- calls and exceptions ----------------------------------------------------------------------------------------


@meaning("call")
def _call(cx: Context, instr: Instr, args: list[AV]) -> AV:
    names = instr.attrs.get("kwnames", ())
    split = len(args) - len(names)
    if any(type(a).iterator for a in args[1:]):
        taken = split if takes_iterators(args[0]) else 1
        args = [*args[:taken], *(named(cx, a) for a in args[taken:])]
    kwargs = dict(zip(names, args[split:], strict=True))
    return cx.dispatch(args[0], lambda f: call_value(cx, f, list(args[1:split]), dict(kwargs)))


@meaning("call_ex")
def _call_ex(cx: Context, instr: Instr, args: list[AV]) -> AV:
    def called(kwargs: dict[str, AV]) -> AV:
        return cx.dispatch(args[0], lambda f: starcalls.call(cx, f, instr.attrs["stars"], args[2:], kwargs))

    return starcalls.with_keywords(cx, args[1], called)


@meaning("raise")
def _raise(cx: Context, instr: Instr, args: list[AV]) -> AV:
    raise_statement(cx, *args)


@meaning("reraise")
def _reraise(cx: Context, instr: Instr, args: list[AV]) -> AV:
    reraise(cx, args[0])


@meaning("rethrow")
def _rethrow(cx: Context, instr: Instr, args: list[AV]) -> AV:
    if isinstance(args[0], Known) and args[0].obj is None:
        return NONE
    raise_value(cx, args[0])


@meaning("match")
def _match(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return cx.bool(matches(cx, args[0], classes_of(cx, args[1])))


@meaning("leave_context")
def _leave_context(cx: Context, instr: Instr, args: list[AV]) -> AV:
    leave, exception = args

    def left(e: AV) -> AV:
        if is_outside(e):
            cx.unsupported("a context manager that an exception of a Python function leaves", kind="exception",
                           hint="catch it inside of the with")
        return call_value(cx, leave, [Known(exception_class(e)), e, NONE], {})

    return cx.dispatch(exception, left)


@meaning("super_attr")
def _super_attr(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return super_attr(cx, args[1], args[2], instr.attrs["name"])


@meaning("assertion_error")
def _assertion_error(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return Known(AssertionError)


@meaning("format")
def _format(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return format_value(cx, args[0], args[1] if len(args) > 1 else NONE, instr.attrs.get("conversion"))


@meaning("string")
def _string(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return join_text(cx, args)


@meaning("import")
def _import(cx: Context, instr: Instr, args: list[AV]) -> AV:
    level, names = (a.obj for a in args if isinstance(a, Known))
    try:
        return Known(__import__(instr.attrs["name"], cx.fn.globals, None, names, level))
    except ImportError as e:
        raise_value(cx, Known(e))


@meaning("import_from")
def _import_from(cx: Context, instr: Instr, args: list[AV]) -> AV:
    return get_attr(cx, args[0], instr.attrs["name"])


@meaning("unsupported")
def _unsupported(cx: Context, instr: Instr, args: list[AV]) -> AV:
    attrs = instr.attrs
    cx.unsupported(attrs["what"], kind=attrs.get("kind", "unsupported"), why=attrs.get("why"), hint=attrs.get("hint"))


