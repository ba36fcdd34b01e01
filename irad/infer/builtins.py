"""The meaning of Python's builtin functions and classes."""

from __future__ import annotations

import builtins
import collections
import functools
import operator
import sys
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from irad.infer import arrays, derived, functions, iterate, lists, numbers, objects, runsets, runtuples, tables
from irad.infer.asking import compare, contains_item, truth, unary
from irad.infer.attributes import get_attr, has_attr, is_unbound, perhaps_set
from irad.infer.calls import call_value
from irad.infer.consumers import anything, extreme, on_each, taken
from irad.infer.context import Context, type_name
from irad.infer.dictviews import METHODS as VIEW_METHODS
from irad.infer.dictviews import view, view_class
from irad.infer.exceptions import exception_class
from irad.infer.execute import attribute, binary, get_item, set_item
from irad.infer.families import is_text
from irad.infer.foreign import wrapped
from irad.infer.heap import content_of, is_view, opened
from irad.infer.itertools_ import iterator_class
from irad.infer.jitcalls import check_divisor
from irad.infer.kinds import BINARY, CLASSES, COMPARE, PYTHON, is_numpy
from irad.infer.lookups import has, lookup
from irad.infer.meanings import CONTAINERS, OPERATORS, Handler, handles
from irad.infer.pythoncalls import call_function, python_function
from irad.infer.shapes import AV
from irad.infer.texts import as_text, each_choice, format_value, repr_of, template
from irad.infer.values import (
    NONE,
    REAL,
    Arr,
    Bound,
    Choice,
    Counted,
    Fn,
    Known,
    ListIter,
    Num,
    Partial,
    Range,
    Record,
    Ref,
    Seq,
    SeqIter,
    Zip,
    int_const,
    numeric,
)
from irad.ir.core import Const, const
from irad.lib import builtin, iterators


def all_known(args: list[AV]) -> bool:
    return all(isinstance(a, Known) for a in args)


def _scalar_class(kind: str) -> Any:
    def convert(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        if not args:
            return Known(CLASSES[kind]())
        if kind in PYTHON and (kwargs or len(args) > (2 if kind == "int" else 1)):
            numbers.fold(cx, lambda: CLASSES[kind](*(0 for _ in args), **dict.fromkeys(kwargs, 0)))  # a TypeError
        return cx.dispatch(args[0], lambda av: _convert(cx, av, kind, args[1:]))

    return convert


def _convert(cx: Context, av: AV, kind: str, rest: list[AV]) -> AV:
    if isinstance(av, Known) and all_known(rest):
        return numbers.fold(cx, CLASSES[kind], av, *rest)
    if kind == "bool":
        return cx.bool(truth(cx, av))
    if is_numpy(kind) and (isinstance(av, (Arr, Seq, Range)) or lists.is_list(av)):
        return _numpy_scalar(cx, av, kind)
    if isinstance(av, Arr):
        return _array_scalar(cx, av, kind)
    if is_text(av):
        cx.unsupported(f"{kind}() of a text that is made at run time", kind="text", hint="use the number itself, or round it")
    if not numeric(av):
        text = "a string, a bytes-like object or a real number" if kind == "int" else "a string or a real number"
        cx.type_error(f"{kind}() argument must be {text}, not '{type_name(av)}'")
    return numbers.to_kind(cx, av, kind)


def _numpy_scalar(cx: Context, av: AV, kind: str) -> AV:
    """np.float64(array): the array itself if that is its dtype, as np.asarray gives it; a number where it has no axes."""
    from irad.infer import making

    made = making.as_array(cx, av, Known(CLASSES[kind]))
    return cx.dispatch(made, lambda m: arrays.element(cx, m, []) if isinstance(m, Arr) and m.ndim == 0 else m)


def _array_scalar(cx: Context, a: Arr, kind: str) -> AV:
    """float(array) of one element."""
    return numbers.to_kind(cx, arrays.only_element(cx, a), kind)


for _kind, _cls in CLASSES.items():
    handles(_cls)(_scalar_class(_kind))


@handles(builtins.len, as_they_are=True)
def _len(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return cx.dispatch(args[0], lambda av: _length(cx, av))


def _length(cx: Context, av: AV) -> AV:
    found = objects.length(cx, av) if objects.has_class(av) else None
    av = derived.plain(cx, av)
    content = content_of(cx, av) if isinstance(av, Ref) and av.cls is set else None
    if isinstance(content, Choice):  # it depends on the way taken
        return cx.dispatch(content, lambda m: _length(cx, m))
    return found if found is not None else _int(iterate.length(cx, av))


def _int(value: Any) -> AV:
    from irad.ir.core import Const

    return Known(value.value) if isinstance(value, Const) else Num("int", value)


@handles(builtins.range)
def _range(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return iterate.make_range(cx, args)


@handles(builtins.enumerate, as_they_are=True)
def _enumerate(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    start = args[1] if len(args) > 1 else kwargs.get("start", Known(0))
    inner = iterator(cx, args[0])
    if isinstance(start, Known) and not unrolls(inner):
        start = Num("int", int_const(start.obj))
    return Zip("enumerate", (start, inner))


@handles(builtins.zip, as_they_are=True)
def _zip(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    strict = kwargs.get("strict", Known(False))
    if not isinstance(strict, Known):
        cx.unsupported("zip(strict=...) that is not known", kind="option", hint="write True or False")
    parts = tuple(cx.dispatch(a, lambda av: iterator(cx, av)) for a in args)
    return Zip("strict zip", parts) if strict.obj and len(parts) > 1 else Zip("zip", parts)


@handles(builtins.iter, as_they_are=True)
def _iter(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if len(args) == 2:
        return call_function(cx, python_function(iterators.until), args, {})
    return cx.dispatch(args[0], lambda av: iterator(cx, av))


def iterator(cx: Context, av: AV) -> AV:
    """iter(av)"""
    return iterate.make_iter(cx, av)


def unrolls(it: AV) -> bool:
    """Whether the items of an iterator are walked one by one at compile time."""
    return isinstance(it, (SeqIter, ListIter)) or (isinstance(it, Zip) and any(map(unrolls, it.children)))


@handles(builtins.next, as_they_are=True)
def _next(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if objects.has_class(args[0]):
        if len(args) > 1:
            return call_function(cx, python_function(iterators.next_or), args, {})
        method = objects.special(cx, args[0], "__next__")
        if method is not None:
            return call_value(cx, method, [], {})
    return iterate.next_item(cx, args[0], args[1] if len(args) > 1 else None)


@handles(builtins.reversed, as_they_are=True)
def _reversed(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    av = args[0]
    if isinstance(av, Choice):
        return cx.dispatch(av, lambda m: _reversed(cx, [m], kwargs))
    along = tables.walked(cx, av)
    if along is not None:
        av = lists.new_list(cx, ())
        lists.extend(cx, av, along)
    if iterate.is_list(av):
        size = iterate.length(cx, av)
        if isinstance(size, Const) and size.value <= iterate.MAX_UNROLL:
            return ListIter(av, size.value - 1, True)
        return Counted(av, int_const(0), size, True)
    av = opened(cx, av)
    items = iterate.known_items(av) if not (isinstance(av, Known) and isinstance(av.obj, range)) else None
    if items is not None:
        return iterate.make_iter(cx, Seq(tuple, tuple(items[::-1])))
    if isinstance(av, Known):
        av = iterate.make_iter(cx, av).children[0]
    if isinstance(av, (Range, Arr)):
        return Counted(av, int_const(0), iterate.length(cx, av), True)
    cx.type_error(f"'{type_name(av)}' object is not reversible")


@handles(builtins.abs, operator.abs)
def _abs(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return cx.dispatch(args[0], lambda av: absolute(cx, av))


def absolute(cx: Context, av: AV) -> AV:
    """abs(x) of a scalar or array."""
    if isinstance(av, Arr):
        return arrays.elementwise(cx, lambda p: absolute(cx, p), [av], av.kind)
    if isinstance(av, Choice):
        return cx.dispatch(av, lambda m: absolute(cx, m))
    if not numeric(av):
        cx.type_error(f"bad operand type for abs(): '{type_name(av)}'")
    return numbers.absolute(cx, av)


def _extreme(op: str) -> Any:
    name = "max" if op == ">" else "min"

    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        key = kwargs.get("key", NONE)
        key = NONE if isinstance(key, Known) and key.obj is None else key
        args = [runsets.in_any_order(cx, args[0], kwargs)] if len(args) == 1 else args
        items = taken(cx, args[0]) if len(args) == 1 else list(args)

        def empty() -> AV:
            if "default" in kwargs:
                return kwargs["default"]
            words = "iterable argument is empty" if builtin.NAMES_ITERABLE else "arg is an empty sequence"
            cx.throw("ValueError", f"{name}() {words}")

        lazy = len(args) == 1 and (type(args[0]).iterator or objects.has_class(args[0]))
        if len(args) == 1 and not items and (lazy or (isinstance(args[0], Arr) and "default" in kwargs)):
            return empty() if items is not None else extreme(cx, args[0], op, key, empty)
        if len(args) == 1 and isinstance(args[0], Arr) and args[0].ndim == 1 and key is NONE:
            return _array_extreme(cx, args[0], op, name)
        long = isinstance(args[0], Known) and isinstance(args[0].obj, iterate.KNOWN_ITEMS)
        if items is None and (isinstance(args[0], (Range, Arr, Ref)) or is_view(args[0]) or long):
            return extreme(cx, args[0], op, key, empty)
        if not args:
            cx.type_error(f"{name} expected at least 1 argument, got 0")
        if items is None and numeric(args[0]):
            cx.type_error(f"'{type_name(args[0])}' object is not iterable")
        if items is None:
            cx.unsupported(f"{name}() of a value of type {type_name(args[0])}", kind="function", hint="write the loop")
        if not items:
            return empty()
        if all_known([*items, key]) and key is NONE:
            return numbers.fold(cx, builtins.max if op == ">" else builtins.min, *items) if len(items) > 1 else items[0]
        best = items[0]
        for item in items[1:]:
            best = _better(cx, op, best, item, key)
        return best

    return handler


def _better(cx: Context, op: str, best: AV, item: AV, key: AV) -> AV:
    ranks = [v if key is NONE else call_value(cx, key, [v], {}) for v in (item, best)]
    wins = truth(cx, compare(cx, op, ranks[0], ranks[1]))
    if isinstance(best, Num) and isinstance(item, Num) and best.kinds == item.kinds and best.tag is None:
        return Num(best.kinds, cx.op("select", wins, item.value, best.value))
    return cx.conditional(wins, lambda: item, lambda: best)


def _array_extreme(cx: Context, a: Arr, op: str, name: str) -> AV:
    """max(array): the first largest item, by a loop."""
    size = iterate.length(cx, a)
    words = "iterable argument is empty" if builtin.NAMES_ITERABLE else "arg is an empty sequence"
    cx.guard(cx.op("gt", size, int_const(0)), "ValueError", f"{name}() {words}")
    first = cx.op("load", a.value, int_const(0))
    trip = cx.op("sub", size, int_const(1))

    def body(i: Any, carried: list[Any]) -> list[Any]:
        item = cx.op("load", a.value, cx.op("add", i, int_const(1)))
        better = truth(cx, compare(cx, op, Num(a.kind, item), Num(a.kind, carried[0])))
        return [cx.op("select", better, item, carried[0])]

    (best,) = cx.fold_loop(trip, [first], body)
    return Num(a.kind, best)


def _extreme_of(op: str) -> Handler:
    several, of_one = _extreme(op), on_each(_extreme(op))
    return lambda cx, args, kwargs: (several if len(args) > 1 else of_one)(cx, args, kwargs)


handles(builtins.max)(_extreme_of(">"))
handles(builtins.min)(_extreme_of("<"))


@handles(builtins.sum)
@on_each
def _sum(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    start = args[1] if len(args) > 1 else kwargs.get("start", Known(0))
    items = taken(cx, args[0])
    if items is None:
        function = builtin.sum_compensated if sys.version_info >= (3, 12) and type(args[0]).iterator else builtin.sum_
        return call_function(cx, python_function(function), [iterate.make_iter(cx, args[0]), start], {})
    total = start
    for i, item in enumerate(items):
        if all(isinstance(n, (Known, Num)) and numeric(n) for n in (total, item)) and sys.version_info >= (3, 12):
            if cx.num(total).kinds == ("float",):
                return _sum_floats(cx, items[i:], total)
        total = binary(cx, "+", total, item)
    return total


def _sum_floats(cx: Context, items: list[AV], total: AV) -> AV:
    """CPython 3.12 and later compensates sums of floats (Neumaier), for as long as floats and ints come."""
    if all_known([*items, total]):
        return Known(sum((i.obj for i in items if isinstance(i, Known)), total.obj if isinstance(total, Known) else 0.0))
    error: AV = Known(0.0)
    for i, item in enumerate(items):
        kinds = cx.num(item).kinds if numeric(item) else ()
        if kinds == ("float",):
            pair = call_function(cx, python_function(builtin.add_compensated), [total, error, item], {})
            total, error = pair.children
        elif kinds in (("int",), ("bool",)):
            total = binary(cx, "+", total, item)
        else:
            total = call_function(cx, python_function(builtin.settle_compensated), [total, error], {})
            for rest in items[i:]:
                total = binary(cx, "+", total, rest)
            return total
    return call_function(cx, python_function(builtin.settle_compensated), [total, error], {})


def _exactly(*kinds: str) -> Handler:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        def case(av: AV) -> AV:
            if not numeric(av):
                return Known(False)
            n, found = cx.num(av), const(False)
            for kind in set(kinds) & set(n.kinds):
                found = cx.either(found, numbers.is_kind(cx, n, kind))  # type: ignore[assignment]
            return cx.bool(const(True) if set(n.kinds) <= set(kinds) else found)

        return cx.dispatch(args[0], case)

    return handler


handles(builtin.is_exactly_float)(_exactly("float"))
handles(builtin.is_exactly_int)(_exactly("int", "bool"))


@handles(builtins.pow, operator.pow)
def _pow(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    given = [*args, *(kwargs[name] for name in ("base", "exp", "mod")[len(args) :] if name in kwargs)]
    if len(given) == 3 and isinstance(given[2], Known) and given[2].obj is None:
        given = given[:2]
    if len(given) != 2:
        cx.unsupported("pow() with a modulus", kind="function", hint="x**n % m, if it fits 64 bits")
    return binary(cx, "**", given[0], given[1])


@handles(builtins.divmod)
def _divmod(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if all(map(numeric, args)):
        check_divisor(cx, "divmod", *args)
        return numbers.divide(cx, *args)
    x, y = args
    return Seq(tuple, (binary(cx, "//", x, y), binary(cx, "%", x, y)))


@handles(builtins.tuple, as_they_are=True)
@on_each
def _tuple(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    items = taken(cx, args[0], iterate.MAX_UNROLL) if args else []
    return runtuples.of(cx, args[0]) if items is None else Seq(tuple, tuple(items))


@handles(builtins.list)
@on_each
def _list(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if args and isinstance(args[0], Ref) and args[0].cls is list:
        return lists.copied(cx, args[0])
    made = lists.new_list(cx, ())
    if args:
        lists.extend(cx, made, args[0] if type(args[0]).iterator else iterator(cx, args[0]))
    return made


def class_of(cx: Context, av: AV) -> type:
    """type(x), where it is one class."""
    if isinstance(av, Known):
        return type(av.obj)
    if isinstance(av, Num):
        if av.tag is not None:
            cx.unsupported(
                f"the class of a number that is {' or '.join(av.kinds)}", kind="function", why="it depends on the way taken",
                hint="convert the number first: float(x)",
            )
        return CLASSES[av.kind]
    if isinstance(av, Arr):
        return np.ndarray
    if isinstance(av, (Seq, Ref)):
        return REAL.get(av.cls, av.cls)
    if isinstance(av, Fn):
        return type(class_of)
    if isinstance(av, Bound) and isinstance(av.function, FunctionType):
        return MethodType
    if isinstance(av, Range):
        return range
    if isinstance(av, Partial):
        return functools.partial
    if isinstance(av, Record) and av.static[0] in ("dict", "text"):
        return dict if av.static[0] == "dict" else str
    if isinstance(av, Record) and av.static[0] == "slice":
        return slice
    if is_view(av):
        return view_class(av)
    if wrapped(av) is not None:
        return type(wrapped(av))
    cls = exception_class(av) or iterator_class(cx, av)
    if cls is not None:
        return cls
    cx.unsupported(f"type() of a value of type {type_name(av)}", kind="function")


@handles(builtins.type, as_they_are=True)
def _type(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if len(args) == 3:
        cx.unsupported("a class that type() makes", kind="object", hint="write a class statement")
    if len(args) != 1 or kwargs:
        cx.type_error("type() takes 1 or 3 arguments" if not kwargs else "type() takes no keyword arguments")
    return type_of(cx, args[0])


def type_of(cx: Context, av: AV) -> AV:
    """type(x)"""
    if isinstance(av, Num) and av.tag is not None:
        return numbers.each_kind(cx, av, lambda n: Known(CLASSES[n.kind]))
    return cx.dispatch(av, lambda m: type_of(cx, m) if isinstance(m, Num) and m.tag is not None else Known(class_of(cx, m)))


@handles(builtins.callable, as_they_are=True)
def _callable(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    av = args[0]
    if objects.has_class(av):
        return Known(has(cx, class_of(cx, av), "__call__"))
    return Known(callable(av.obj) if isinstance(av, Known) else wrapped(av) is not None or isinstance(av, (Fn, Bound, Partial)))


@handles(builtins.getattr, as_they_are=True)
def _getattr(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    name = args[1]
    if isinstance(name, Choice):
        return cx.dispatch(name, lambda m: _getattr(cx, [args[0], m, *args[2:]], kwargs))
    if not isinstance(name, Known):
        cx.unsupported("getattr() with a name that is not known", kind="function", hint="write the name in the call")
    if len(args) == 2:
        return attribute(cx, args[0], name.obj)

    def case(member: AV) -> AV:
        held = perhaps_set(cx, member, name.obj)
        if held is not None:
            return cx.dispatch(held, lambda value: args[2] if is_unbound(value) else value)
        return get_attr(cx, member, name.obj) if has_attr(cx, member, name.obj) else args[2]

    return cx.dispatch(args[0], case)


@handles(builtins.hasattr, as_they_are=True)
def _hasattr(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    name = args[1]
    if not isinstance(name, Known):
        cx.unsupported("hasattr() with a name that is not known", kind="function", hint="write the name in the call")

    def case(member: AV) -> AV:
        held = perhaps_set(cx, member, name.obj)
        if held is not None:
            return cx.dispatch(held, lambda value: Known(not is_unbound(value)))
        return Known(has_attr(cx, member, name.obj))

    return cx.dispatch(args[0], case)


def _any(cx: Context, args: list[AV], kwargs: dict[str, AV], stop: bool) -> AV:
    items = iterate.known_items(args[0])
    if items is None:
        return anything(cx, args[0], stop)
    found = const(not stop)
    for item in items:
        flag = truth(cx, item)
        found = cx.either(found, flag) if stop else cx.both(found, flag)  # type: ignore[assignment]
    return cx.bool(found)


handles(builtins.any)(on_each(lambda cx, args, kwargs: _any(cx, args, kwargs, True)))
handles(builtins.all)(on_each(lambda cx, args, kwargs: _any(cx, args, kwargs, False)))


@handles(builtins.repr, as_they_are=True)
def _repr(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return cx.dispatch(args[0], lambda av: repr_of(cx, av))


@handles(builtins.super, as_they_are=True)
def _super(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if len(args) != 2:
        cx.unsupported("super() without a class around it", kind="object", hint="name the class whose method to call")
    return Record(("super",), tuple(args))


@handles(builtins.str, as_they_are=True)
def _str(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if not args:
        return Known("")
    if isinstance(args[0], (Choice, Known, Num)) or exception_class(args[0]):
        return format_value(cx, args[0], Known(""), "s")
    return each_choice(cx, args[0], lambda m: as_text(*template(cx, m)), kinds=True)


@handles(builtins.format, as_they_are=True)
def _format(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    spec = args[1] if len(args) > 1 else Known("")
    if isinstance(spec, Choice):
        return cx.dispatch(spec, lambda m: _format(cx, [args[0], m], {}))
    if not is_text(spec):
        cx.type_error(f"format() argument 2 must be str, not {type_name(spec)}")
    return format_value(cx, args[0], spec, None)


@handles(functools.partial, as_they_are=True)
def _partial(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Partial(args[0], tuple(args[1:]), kwargs)


@handles(builtins.dict)
def _dict(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if args and lists.unknown_keys(cx, args[0]):
        made = lists.new_dict(cx, {})
        lists.DICT_METHODS["update"](cx, made, args, kwargs)
        return made
    merged: dict[Any, AV] = lists.pairs_of(cx, args[0]) if args else {}
    return lists.new_dict(cx, {**merged, **kwargs})


@handles(collections.OrderedDict)
def _ordered_dict(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if args and lists.unknown_keys(cx, args[0]):
        made = lists.new_dict(cx, {}, collections.OrderedDict)
        lists.DICT_METHODS["update"](cx, made, args, kwargs)
        return made
    merged: dict[Any, AV] = lists.pairs_of(cx, args[0]) if args else {}
    return lists.new_dict(cx, {**merged, **kwargs}, collections.OrderedDict)


@handles(builtins.setattr, as_they_are=True)
def _setattr(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return _assigned(cx, args, objects.set_attr)


@handles(object.__getattribute__, as_they_are=True)
def _getattribute(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """As getattr() of a class that does not say itself what an attribute is."""
    if len(args) != 2 or any(
        objects.special(cx, args[0], name) is not None for name in ("__getattribute__", "__getattr__")
    ):
        cx.unsupported("object.__getattribute__ in a class with a `__getattr__`", kind="function", hint="write self.name")
    return _getattr(cx, args, kwargs)


@handles(object.__setattr__, as_they_are=True)
def _set_field(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return _assigned(cx, args, objects.set_field)


def _assigned(cx: Context, args: list[AV], assign: Callable[[Context, Ref, str, AV], AV]) -> AV:
    owner, name, value = args
    if isinstance(name, Choice):
        return cx.dispatch(name, lambda m: _assigned(cx, [owner, m, value], assign))
    if isinstance(owner, Fn) and isinstance(name, Known) and not hasattr(FunctionType, name.obj):
        owner = functions.holder_of(cx, owner)
    if not isinstance(owner, Ref) or not isinstance(name, Known):
        cx.unsupported(
            f"setattr() of a value of type {type_name(owner)}", kind="attribute-store",
            hint="keep the value in a local variable and return it",
        )
    return assign(cx, owner, name.obj, value)


@handles(object.__new__, as_they_are=True)
def _new(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    cls = objects.class_to_make(cx, object, args)
    base = next(c for c in cls.__mro__ if not objects.written_in_python(c))
    if base is not object and base.__module__ == "builtins":
        safe: Any = cls
        while isinstance(lookup(cx, safe, "__new__")[1], staticmethod):
            safe = safe.__base__
        cx.type_error(f"object.__new__({cls.__name__}) is not safe, use {safe.__name__}.__new__()")
    if (args[1:] or kwargs) and lookup(cx, cls, "__new__")[0] is not object:
        cx.type_error("object.__new__() takes exactly one argument (the type to instantiate)")
    return objects.allocate(cx, cls, args[1:], kwargs)


def _new_derived(base: type, cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """base.__new__ of a class that extends it."""
    cls = objects.class_to_make(cx, base, args)
    if objects.written_in_python(cls):
        return objects.allocate(cx, cls, args[1:], kwargs)
    return call_value(cx, args[0], args[1:], kwargs)


for _base in (float, int, str, list, dict):
    handles(_base.__new__, as_they_are=True)(functools.partial(_new_derived, _base))


@handles(builtins.object)
def _object(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return objects.allocate(cx, object, args, kwargs)


@handles(dict.__init__, as_they_are=True)
def _init_dict(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if not isinstance(args[0], Ref):
        cx.unsupported(f"dict.__init__ of a {type_name(args[0])}", kind="object", hint="make a new dict")
    return lists.DICT_METHODS["update"](cx, args[0], args[1:], kwargs)


@handles(object.__init__, as_they_are=True)
def _init(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return NONE


@handles(builtins.slice)
def _slice(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    parts = [NONE, args[0], NONE] if len(args) == 1 else [*args, NONE][:3]
    if all_known(parts):
        return Known(slice(*(p.obj for p in parts if isinstance(p, Known))))
    return Record(("slice",), tuple(parts))


def _operator(meaning: Callable[[Context, str, AV, AV], AV], op: str) -> Handler:
    return lambda cx, args, kwargs: meaning(cx, op, args[0], args[1])


for _symbol, _function in BINARY.items():
    handles(_function)(_operator(binary, _symbol))
for _symbol, _compare in COMPARE.items():
    handles(_compare)(_operator(compare, _symbol))
handles(operator.neg)(lambda cx, args, kwargs: unary(cx, "-", args[0]))
handles(operator.pos)(lambda cx, args, kwargs: unary(cx, "+", args[0]))
handles(operator.not_)(lambda cx, args, kwargs: unary(cx, "not", args[0]))


OPERATORS["__getitem__"] = (1, lambda cx, owner, index: cx.dispatch(index, lambda i: get_item(cx, owner, i)))
OPERATORS["__len__"] = (0, lambda cx, owner: _length(cx, owner))
OPERATORS["__contains__"] = (1, lambda cx, owner, item: cx.bool(contains_item(cx, item, owner)))
OPERATORS["__setitem__"] = (2, set_item)


# -- methods of tuples, lists and dicts that do not change them ----------------------------------------------------


def _items_of(cx: Context, f: Bound) -> dict[Any, AV]:
    from irad.infer.execute import known_dict

    return known_dict(cx, f.owner)


for _view in VIEW_METHODS:
    CONTAINERS[_view] = lambda cx, f, args, kwargs, what=_view: view(f.owner, what)


def _get(cx: Context, f: Bound, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return lists.looked_up(cx, _items_of(cx, f), args[0], lambda: args[1] if len(args) > 1 else NONE)


CONTAINERS["get"] = _get


def _replace(cx: Context, f: Bound, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """namedtuple._replace(field=value)"""
    assert isinstance(f.owner, Seq)
    fields: tuple[str, ...] = f.owner.cls._fields  # type: ignore[attr-defined]
    unknown = [k for k in kwargs if k not in fields]
    if unknown:
        cx.throw("TypeError" if sys.version_info >= (3, 13) else "ValueError", f"Got unexpected field names: {unknown!r}")
    return Seq(f.owner.cls, tuple(kwargs.get(name, item) for name, item in zip(fields, f.owner.items, strict=True)))


CONTAINERS["_replace"] = _replace
CONTAINERS["_asdict"] = lambda cx, f, args, kwargs: Record(("dict", f.owner.cls._fields), f.owner.items)
