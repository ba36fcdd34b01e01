"""Calls of whatever is called: Python functions are specialised (`pythoncalls`), what is written in C has a table of handlers."""

from __future__ import annotations

import enum
import functools
import inspect
import io
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from irad.infer import derived, dictviews, fixed, heap, lists, objects, refusals, runtuples, sets, strict, trees
from irad.infer.amended import add_note, with_traceback
from irad.infer.attributes import get_attr
from irad.infer.context import Context, type_name
from irad.infer.elementkinds import each_dtype
from irad.infer.evaluated import known_throughout
from irad.infer.exceptions import is_exception
from irad.infer.explanations import explains, explanation, is_explanation
from irad.infer.foreign import transform_of, wrapper_of
from irad.infer.jitcalls import as_of_jitted
from irad.infer.meanings import (
    AS_THEY_ARE,
    CALLED,
    CLASS_METHODS,
    CONTAINERS,
    HANDLERS,
    LIBRARY,
    METHODS,
    OPERATORS,
    RECORDS,
    TRANSFORMS,
    UFUNC_METHODS,
    Handler,
    entered,
    handles,
)
from irad.infer.outside import CHANGEABLE
from irad.infer.pythoncalls import call_function, python_function
from irad.infer.raising import call_base_init, construct
from irad.infer.shapes import AV
from irad.infer.signatures import check_method, fitted
from irad.infer.values import (
    BUILT_IN,
    Arr,
    Bound,
    Choice,
    Fn,
    Known,
    Num,
    Partial,
    Record,
    Ref,
    Seq,
)


def each_form(
    cx: Context, args: list[AV], kwargs: dict[str, AV], call: Callable[[list[AV], dict[str, AV]], AV],
) -> AV | None:
    """A call where an argument is one of several values, arrays or None among them: of each in turn.

    None: there is no such argument.
    """
    choice = next(filter(None, map(_several_forms, (*args, *kwargs.values()))), None)
    if choice is None:
        return None

    def case(member: AV) -> AV:
        return call([_decided(a, choice, member) for a in args], {k: _decided(a, choice, member) for k, a in kwargs.items()})

    return cx.dispatch(choice, case)


def _several_forms(av: AV) -> Choice | None:
    if isinstance(av, Choice):
        known = [m.obj for m in av.members if isinstance(m, Known)]
        apart = any(isinstance(m, Arr) for m in av.members) or any(obj is None or isinstance(obj, np.dtype) for obj in known)
        return av if apart else None
    return next(filter(None, map(_several_forms, av.items)), None) if isinstance(av, Seq) else None


def _decided(av: AV, choice: Choice, member: AV) -> AV:
    """A value where it is known which one of the alternatives in it counts."""
    if isinstance(av, Choice):
        same = av is choice or (av.leaves == choice.leaves and len(av.members) == len(choice.members))
        return member if same else av
    return av.with_children(tuple(_decided(item, choice, member) for item in av.items)) if isinstance(av, Seq) else av


def is_objects(av: AV) -> bool:
    """Whether this is a known array of objects, which numpy's functions take as Python computes them."""
    return isinstance(av, Known) and type(av.obj) is np.ndarray and av.obj.dtype == object


def call_value(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """f(*args, **kwargs)"""
    if isinstance(f, Fn):
        return call_function(cx, f, args, kwargs)
    if isinstance(f, Bound):
        return _call_bound(cx, f, args, kwargs)
    if isinstance(f, Partial):
        inner, first, named = f.parts()
        return cx.dispatch(inner, lambda g: call_value(cx, g, [*first, *args], {**named, **kwargs}))
    if isinstance(f, Choice):
        return cx.dispatch(f, lambda g: call_value(cx, g, args, kwargs))
    if isinstance(f, Record) and f.static[0] in RECORDS:
        return RECORDS[f.static[0]](cx, f, args, kwargs)
    if isinstance(f, Record) and f.static[0] == "by class":
        from irad.infer.wrappers import dispatched_method

        return dispatched_method(cx, f, args, kwargs)
    if isinstance(f, Record) and f.static[0] == "vectorized":
        from irad.infer import vectorized

        return vectorized.apply(cx, f, args, kwargs)
    if isinstance(f, Record) and f.static[0] == "transform":
        if cx.strict:
            strict.refuse(cx, "a derivative")
        _check_shared(cx, f.children[0], args, kwargs)
        given = [trees.exported(cx, a) for a in args]
        named = {k: trees.exported(cx, v) for k, v in kwargs.items()}
        return trees.imported(cx, TRANSFORMS[f.static[1]](cx, f, given, named), new=True)
    if isinstance(f, Known) and objects.has_class(f) and wrapper_of(f.obj):
        return call_value(cx, cx.captured(f.obj, ("known", f.obj)), args, kwargs)
    known = isinstance(f, Known) and objects.has_class(f) and type(f.obj) not in CALLED
    if known or isinstance(f, (Ref, Seq)) or is_exception(f):
        method = objects.special(cx, f, "__call__")
        if method is not None:
            return call_value(cx, method, args, kwargs)
    if not isinstance(f, Known):
        cx.type_error(f"'{type_name(f)}' object is not callable")
    return _call_known(cx, f.obj, args, kwargs)


def _check_shared(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> None:
    """Refuse the derivative of a function that changes an object of which it would see two copies: given twice, or captured."""
    from irad.infer.consumers import tried

    reached = [heap.reached(cx, a) for a in (f, *args, *kwargs.values())]
    shared = {name for i, names in enumerate(reached) for name in names if any(name in other for other in reached[:i])}
    if not shared:
        return
    written, cx.written = cx.written, set()
    given = [part for a in args for part in (a.children if isinstance(a, Seq) and a.cls is tuple else (a,))]
    tried(cx, lambda: bool(call_value(cx, f, given, kwargs)))
    changed, cx.written = cx.written & shared, written
    if changed:
        name = next(iter(changed))
        twice = "captured and been given, too" if name in reached[0] else "been given twice"
        cx.unsupported(
            f"the derivative of a function that changes a {name[0].__name__} which it has {twice}", kind="object",
            why="each place has a derivative of its own", hint="give it a copy, or give it once",
        )


def _call_known(cx: Context, obj: Any, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if isinstance(obj, types.BuiltinMethodType) and isinstance(obj.__self__, type):
        obj = CLASS_METHODS.get((obj.__self__, obj.__name__), obj)
    entry = HANDLERS.get(id(obj))
    if args and id(obj) in protocols_of() and (isinstance(args[0], Choice) or objects.has_class(args[0])):
        return cx.dispatch(args[0], lambda av: _of_object(cx, obj, [av, *args[1:]], kwargs))
    return _call_entry(cx, obj, entry, args, kwargs)


def protocols_of() -> Any:
    """The builtin functions that ask the class of an object."""
    from irad.infer.protocols import PROTOCOLS

    return PROTOCOLS


def _of_object(cx: Context, obj: Any, args: list[AV], kwargs: dict[str, AV]) -> AV:
    from irad.infer.protocols import applied

    found = applied(cx, obj, args, kwargs)
    return found if found is not None else _call_entry(cx, obj, HANDLERS.get(id(obj)), args, kwargs)


def _ufunc_of_class(cx: Context, obj: np.ufunc, args: list[AV], kwargs: dict[str, AV]) -> AV | None:
    """What the class of an operand makes of a ufunc, if it says (`__array_ufunc__`)."""
    for method in [objects.special(cx, a, "__array_ufunc__") for a in args if objects.has_class(a)]:
        found = call_value(cx, method, [Known(obj), Known("__call__"), *args], kwargs) if method is not None else None
        if found is not None and not objects.leaves_it(found):
            return found
    return None


def _call_entry(cx: Context, obj: Any, entry: tuple[Any, Handler] | None, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if cx.strict:
        strict.check_function(cx, obj)
    if entry is not None:
        args, kwargs = fitted(cx, obj, args, kwargs)
    if isinstance(obj, np.ufunc):
        own = _ufunc_of_class(cx, obj, args, kwargs)
        if own is not None:
            return own
    numpys = id(obj) in LIBRARY or isinstance(obj, np.ufunc) or str(getattr(obj, "__module__", "")).startswith("numpy")
    if numpys and any(map(heap.is_view, args)):
        words, hint = f"`{obj.__name__}` of {' and '.join(map(type_name, args))}", "take the items: np.array(list(d.values()))"
        cx.unsupported(words, kind="value-type", why="numpy takes d.values() and the like for one object", hint=hint)
    if takes_numbers(obj, entry is not None):
        args = [derived.plain_throughout(cx, a, numpys) for a in args]
        kwargs = {k: derived.plain_throughout(cx, v, numpys) for k, v in kwargs.items()}
    if (entry is not None and id(obj) not in AS_THEY_ARE) or id(obj) in LIBRARY:
        args = [runtuples.opened(cx, a) for a in args] if entry is not None else args
        several = each_form(cx, args, kwargs, lambda args, kwargs: _call_entry(cx, obj, entry, args, kwargs))
        if several is None and numpys and entry is not None:
            several = each_dtype(cx, obj, args, kwargs, lambda args, kwargs: _call_entry(cx, obj, entry, args, kwargs))
        if several is not None:
            return several
    if any(is_objects(a) for a in args) and str(getattr(obj, "__module__", "")).startswith("numpy"):
        if all(isinstance(a, Known) for a in (*args, *kwargs.values())):
            return _call_method(cx, obj, args, kwargs)
    if entry is not None:
        if id(obj) not in AS_THEY_ARE:
            args = [runtuples.opened(cx, a) for a in args]
        return as_of_jitted(cx, obj, args, entry[1](cx, args, kwargs))
    if explains(obj):
        return explanation(obj, args)
    if not isinstance(obj, (types.FunctionType, type)) and id(obj) not in LIBRARY and entered(obj):
        return call_value(cx, Known(obj), args, kwargs)
    stream = stream_call(cx, obj, args, kwargs)
    if stream is not None:
        return stream
    found = LIBRARY.get(id(obj))
    if found is not None:
        return call_function(cx, python_function(found[1]), args, kwargs)
    if isinstance(obj, types.FunctionType):
        return call_function(cx, cx.unit.outside.known_function(cx.builder, obj), args, kwargs)
    made = CALLED.get(type(obj))
    if made is not None:
        return made(cx, obj, args)
    if isinstance(obj, functools.partial):
        return call_value(cx, cx.captured(obj, ("known", obj)), args, kwargs)
    if isinstance(obj, type):
        return _call_class(cx, obj, args, kwargs)
    if transform_of(obj) or wrapper_of(obj):
        return call_value(cx, cx.captured(obj, ("known", obj)), args, kwargs)
    if isinstance(obj, types.BuiltinMethodType) and fixed.is_fixed(obj.__self__):
        return _call_method(cx, obj, args, kwargs)
    if isinstance(obj, types.BuiltinMethodType) and isinstance(obj.__self__, np.ufunc) and obj.__name__ in UFUNC_METHODS:
        several = each_form(cx, args, kwargs, lambda args, kwargs: call_value(cx, Known(obj), args, kwargs))
        return several if several is not None else UFUNC_METHODS[obj.__name__](cx, obj.__self__, *fitted(cx, obj, args, kwargs))
    if isinstance(obj, types.BuiltinMethodType) and isinstance(obj.__self__, (*CHANGEABLE, types.MappingProxyType)):
        return container_method(cx, obj, args, kwargs)
    of_base = isinstance(obj, (types.MethodDescriptorType, types.WrapperDescriptorType)) and obj.__objclass__ in derived.OF_BASES
    if of_base and args:
        if obj is list.__init__:
            return derived.init_list(cx, args[0], args[1:], kwargs)
        is_tuple = obj.__objclass__ is tuple and isinstance(args[0], Seq) and issubclass(args[0].cls, tuple)
        held = Seq(tuple, args[0].children) if is_tuple else derived.value_of(cx, args[0])
        if held is not None:
            return call_value(cx, get_attr(cx, held, obj.__name__), args[1:], kwargs)  # float.__add__(self, x)
        if derived.is_plain(args[0], obj.__objclass__):
            return call_value(cx, get_attr(cx, args[0], obj.__name__), args[1:], kwargs)  # map(float.__mul__, xs, ys)
    if isinstance(obj, types.MethodDescriptorType) and obj.__objclass__ is dict and args and isinstance(args[0], Ref):
        return call_value(cx, Bound(obj.__name__, args[0]), args[1:], kwargs)  # not that of a class derived from dict
    if isinstance(obj, types.MethodDescriptorType) and args and isinstance(args[0], (Ref, Seq, Arr, Num)):
        return call_value(cx, get_attr(cx, args[0], obj.__name__), args[1:], kwargs)  # list.append(xs, x)
    is_init = isinstance(obj, types.WrapperDescriptorType) and obj.__name__ == "__init__"
    if is_init and issubclass(obj.__objclass__, BaseException):
        return call_base_init(cx, args, kwargs)
    if isinstance(obj, types.MethodType):
        return call_value(cx, Known(obj.__func__), [Known(obj.__self__), *args], kwargs)
    if isinstance(obj, np.ufunc) and all(isinstance(a, Known) for a in (*args, *kwargs.values())):
        return _call_method(cx, obj, args, kwargs)
    if not callable(obj):
        cx.type_error(f"'{type(obj).__name__}' object is not callable")
    refusals.check_object(cx, obj)
    cx.unsupported(
        f"a call of {refusals.full_name(obj)}", kind="function",
        why="it is not written in Python, and irad has no entry for it",
        hint="write it with loops and the functions of `math` and numpy that docs/api.md lists",
    )


NUMERIC = frozenset(("math", "cmath", "numpy", "scipy"))  # packages whose functions take a number for a number
OF_NUMBERS = frozenset(map(id, (float, int, complex, bool, abs, round, pow, divmod, range, chr, bin, hex, oct, sum)))


def takes_numbers(obj: Any, known: bool) -> bool:
    """Whether a function sees of a number nothing but the number, whichever class it is of."""
    if id(obj) in OF_NUMBERS or id(obj) in LIBRARY or isinstance(obj, np.ufunc):
        return True
    if isinstance(obj, types.FunctionType) and not known:  # it is compiled as the user's functions are
        return False
    return str(getattr(obj, "__module__", None) or "").partition(".")[0] in NUMERIC


def stream_call(cx: Context, obj: Any, args: list[AV], kwargs: dict[str, AV]) -> AV | None:
    """`sys.stdout.write(text)` and the like."""
    from irad.infer import outlets

    if not isinstance(obj, types.BuiltinMethodType) or not isinstance(obj.__self__, io.TextIOBase) or kwargs:
        return None
    if obj.__name__ == "write" and len(args) == 1:
        return outlets.ask_number(cx, obj, args, int)
    return outlets.tell(cx, obj, args, kwargs) if obj.__name__ in ("flush", "writelines") else None


def _call_method(cx: Context, obj: Any, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A method of a known string or number."""
    given = args
    args = [known_throughout(cx, a) for a in args]
    kwargs = {k: known_throughout(cx, v) for k, v in kwargs.items()}
    text = getattr(obj, "__self__", None)
    if isinstance(text, str) and not all(isinstance(a, Known) for a in (*args, *kwargs.values())):
        from irad.infer import consumers, formats

        if obj.__name__ == "format":
            return formats.formatted(cx, text, given, kwargs)
        items = consumers.taken(cx, given[0]) if obj.__name__ == "join" and len(given) == 1 else None
        if items is not None:
            return formats.joined(cx, text, items)
    if isinstance(text, (set, frozenset)) and not kwargs and not all(isinstance(a, Known) for a in args):
        return sets.of_outside(cx, text, obj.__name__, given)
    if not all(isinstance(a, Known) for a in (*args, *kwargs.values())):
        cx.unsupported(f"the method `{obj.__name__}` with values that are not known", kind="attribute", hint="compute it outside")
    from irad.infer.numbers import fold

    named = {k: v.obj for k, v in kwargs.items() if isinstance(v, Known)}
    return made_by_python(cx, fold(cx, lambda *values: obj(*values, **named), *args))


for _function in fixed.PURE:
    handles(_function)(lambda cx, args, kwargs, obj=_function: _call_method(cx, obj, args, kwargs))  # type: ignore[misc]


def made_by_python(cx: Context, av: AV) -> AV:
    """What Python has computed from known values: lists, dicts and sets in it are new objects."""
    if isinstance(av, Known) and type(av.obj) is list:
        return lists.new_list(cx, [made_by_python(cx, Known(item)) for item in av.obj])
    if isinstance(av, Known) and type(av.obj) is dict:
        return lists.new_dict(cx, {key: made_by_python(cx, Known(item)) for key, item in av.obj.items()})
    return sets.result(cx, av)


READING = frozenset((
    "get", "keys", "values", "items", "index", "count", "copy", "issubset", "issuperset", "isdisjoint", "union", "intersection",
    "difference", "symmetric_difference", "__getitem__", "__len__", "__contains__",
))


def container_method(cx: Context, obj: Any, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A method of a list, dict or set from outside: those that read."""
    name, owner = obj.__name__, obj.__self__
    if name not in READING:
        cx.unsupported(
            f"the method `{name}` of a {type(owner).__name__} from outside of the function", kind="attribute",
            why="compiled code does not change it", hint="return what is to be stored, and store it outside",
        )
    if args and isinstance(args[0], Choice):
        return cx.dispatch(args[0], lambda m: container_method(cx, obj, [m, *args[1:]], kwargs))
    if name in OPERATORS and len(args) == OPERATORS[name][0] and not kwargs:
        return OPERATORS[name][1](cx, Known(owner), *args)
    if name == "get" and args and isinstance(args[0], (Known, Num, Seq)):
        default = args[1] if len(args) == 2 else Known(None)
        return lists.looked_up(cx, {k: Known(v) for k, v in owner.items()}, args[0], lambda: default)
    if name in dictviews.METHODS and not args:
        return dictviews.view(Known(owner), name)
    return _call_method(cx, obj, args, kwargs)


def _call_class(cx: Context, cls: type, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if issubclass(cls, BaseException):
        return construct(cx, cls, args, kwargs)
    fields = getattr(cls, "_fields", None)
    if issubclass(cls, tuple) and fields is not None and objects.makes_fields(cx, cls):
        signature = inspect.signature(cls.__new__)
        parameters = list(signature.parameters.values())[1:]
        defaults = getattr(cls, "_field_defaults", {})
        names = [p.name for p in parameters]
        values = dict(zip(names, args, strict=False))
        values.update(kwargs)
        for name, default in defaults.items():
            values.setdefault(name, Known(default))
        twice = set(names[: len(args)]) & kwargs.keys()
        if set(values) != set(fields) or len(args) > len(fields) or twice:
            try:
                make: Callable[..., Any] = cls
                make(*(0 for _ in args), **dict.fromkeys(kwargs, 0))
            except TypeError as error:
                cx.type_error(str(error))
            cx.unsupported(f"an object of class {cls.__qualname__}", kind="object", hint="give all its fields, in order")
        return Seq(cls, tuple(values[name] for name in fields))
    if fixed.is_made(cls) and all(isinstance(a, Known) for a in (*args, *kwargs.values())):
        return _call_method(cx, cls, args, kwargs)  # np.finfo(float), np.dtype("f8")
    if issubclass(cls, enum.Enum) and args and isinstance(args[0], Known):
        return _call_method(cx, cls, args, kwargs)
    if issubclass(cls, enum.Enum) and len(args) == 1 and isinstance(args[0], Num) and args[0].kinds == ("int",):
        return _member(cx, cls, args[0])
    if objects.written_in_python(cls) and not issubclass(cls, enum.Enum):
        return objects.construct(cx, cls, args, kwargs)
    refusals.check_object(cx, cls)
    cx.unsupported(
        f"an object of class {cls.__qualname__}", kind="object",
        why="the class is not written in Python, and irad has no entry for it", hint="make it outside and use what it holds",
    )


def _member(cx: Context, cls: type[enum.Enum], number: Num) -> AV:
    """The member of an enum with a value that is known at run time only."""
    if "_missing_" in vars(cls) or issubclass(cls, enum.Flag):
        cx.unsupported(f"an object of class {cls.__qualname__}", kind="object", hint="compare the number with each value")

    def missing() -> AV:
        cx.throw("ValueError", "{} is not a valid " + cls.__qualname__, number.value)

    return lists.looked_up(cx, {m.value: Known(m) for m in cls}, number, missing)


def _call_bound(cx: Context, f: Bound, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if f.function is BaseException.add_note:
        return add_note(cx, f.owner, args, kwargs)
    if f.function is BaseException.with_traceback:
        return with_traceback(cx, f.owner, args, kwargs)
    if isinstance(f.owner, Choice) and isinstance(f.function, str):
        return cx.dispatch(f.owner, lambda m: _call_bound(cx, Bound(f.function, m), args, kwargs))
    operator = OPERATORS.get(f.function) if isinstance(f.function, str) and not objects.has_class(f.owner) else None
    if operator is not None and len(args) == operator[0] and not kwargs:
        return operator[1](cx, f.owner, *args)
    if isinstance(f.owner, Ref) and (isinstance(f.function, str) or f.owner.cls in BUILT_IN):
        return _call_container(cx, f, args, kwargs)
    if isinstance(f.owner, Record) and f.owner.static[0] == "attributes":
        from irad.infer import instances

        return instances.method(cx, f.owner, f.function, args, kwargs)
    if isinstance(f.function, str):
        if isinstance(f.owner, Seq) or (isinstance(f.owner, Record) and f.owner.static[0] == "dict"):
            if f.function == "append" and any(map(is_explanation, args)):
                return Known(None)
            check_method(cx, f, args, kwargs)
            return CONTAINERS.get(f.function, _no_method)(cx, f, args, kwargs)
        handler = METHODS.get(f.function)
        if cx.strict:
            strict.check_method(cx, f.owner, f.function)
        if handler is not None:
            check_method(cx, f, args, kwargs)
            again = lambda args, kwargs: _call_bound(cx, f, args, kwargs)
            several = each_form(cx, args, kwargs, again)
            if several is None and isinstance(f.owner, Arr):
                several = each_dtype(cx, f.function, args, kwargs, again)
            return several if several is not None else handler(cx, [f.owner, *args], kwargs)
        if isinstance(f.owner, Known) and all(isinstance(a, Known) for a in (*args, *kwargs.values())):
            from irad.infer.numbers import fold

            named = {k: v.obj for k, v in kwargs.items() if isinstance(v, Known)}
            method = getattr(f.owner.obj, f.function)
            return made_by_python(cx, fold(cx, lambda *given: method(*given, **named), *args))
        hint = "write it with loops, or use a function of numpy"
        cx.unsupported(f"the method `{f.function}` of {type_name(f.owner)}", kind="attribute", hint=hint)
    return call_value(cx, Known(f.function), [f.owner, *args], kwargs)


def _call_container(cx: Context, f: Bound, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A method of a list or dict that compiled code made."""
    owner = f.owner
    assert isinstance(owner, Ref)
    name = f.function if isinstance(f.function, str) else f.function.__name__
    if name == "append" and any(map(is_explanation, args)):
        return Known(None)
    check_method(cx, f, args, kwargs)
    if owner.cls is set:
        return sets.method(cx, owner, name, args)
    method = (lists.DICT_METHODS if lists.is_dict(owner) else lists.LIST_METHODS).get(name)
    if method is not None:
        return method(cx, owner, args, kwargs)
    content = heap.opened(cx, owner)
    if isinstance(content, Ref):
        cx.unsupported(f"the method `{name}` of a list of run-time length", kind="list", hint="use an array: np.array(xs)")
    if lists.is_dict(owner):
        lists.dict_items(cx, owner)
    return CONTAINERS.get(name, _no_method)(cx, Bound(name, content), args, kwargs)


def _no_method(cx: Context, f: Bound, args: list[AV], kwargs: dict[str, AV]) -> AV:
    hint = "fill an array of the final size: np.empty(n)" if type_name(f.owner) == "list" else "write it with a loop"
    why = "it changes or searches a container"
    cx.unsupported(f"the method `{f.function}` of {type_name(f.owner)}", kind="attribute", why=why, hint=hint)


