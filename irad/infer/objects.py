"""Instances of Python classes: making them, their attributes, and the methods that operators call.

An instance made in compiled code is an object of the abstract heap that holds its attributes. Of one that comes from outside
(`Known`) the attributes are captured (see `attributes`). What the class has is looked up as CPython does: data descriptors
first, then what the instance holds, then the rest of the class; and guarded, so that a change of the class is seen.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types
from collections.abc import Callable, Hashable
from typing import Any

from irad.infer import derived, heap, refusals, runtuples
from irad.infer.attributes import check_reads
from irad.infer.context import Context, type_name
from irad.infer.exceptions import is_exception
from irad.infer.foreign import binds
from irad.infer.iterate import builtin_iter
from irad.infer.iterate import length as size_of
from irad.infer.keys import ObjKey
from irad.infer.kinds import kind_of
from irad.infer.lookups import class_value, getter_of, has, lookup, namespace
from irad.infer.made import linked
from irad.infer.outside import is_changeable
from irad.infer.returned import checked
from irad.infer.shapes import AV
from irad.infer.values import (
    BUILT_IN,
    NONE,
    REAL,
    UNBOUND_AV,
    Bound,
    Cell,
    Choice,
    Fn,
    Known,
    Obj,
    Partial,
    Record,
    Ref,
    Seq,
    Table,
)
from irad.ir.core import Value, const
from irad.lib import iterators
from irad.ops.py import UNBOUND

REFLECTED = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
             "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift"}
COMPARED = {"==": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
SWAPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
UNARY = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}


def written_in_python(cls: type) -> bool:
    """Whether a class was made by a `class` statement. (`typing.Generic` and the like hold nothing.)"""
    if not is_changeable(cls) or cls.__module__ == "builtins":
        return False
    made_in_c = isinstance(vars(cls).get("__new__"), types.BuiltinFunctionType)
    return not made_in_c and not issubclass(cls, (type, BaseException))


def class_of_instance(av: AV) -> type | None:
    """The class of an instance of a class written in Python; None for everything else."""
    if isinstance(av, Ref):
        return av.cls if av.cls not in BUILT_IN else None
    if isinstance(av, Known) and kind_of(av.obj) is None:
        cls = type(av.obj)
        return cls if written_in_python(cls) else None
    if isinstance(av, Seq) and av.cls not in (tuple, list):
        return av.cls
    of_exception: type | None = av.static[1] if is_exception(av) else None
    return of_exception if of_exception is not None and _says_how(of_exception) else None


BY_THEMSELVES = ("__init__", "__new__", "__str__", "__repr__", "__reduce__", "__getattr__", "__setattr__", "__class_getitem__")


@functools.cache
def _says_how(cls: Hashable) -> bool:
    """Whether a class of exceptions has special methods of its own, besides those that exceptions are asked for anyway."""
    assert isinstance(cls, type)
    own = (c for c in cls.__mro__ if c.__module__ != "builtins")
    return any(
        name[:2] == name[-2:] == "__" and name not in BY_THEMSELVES and isinstance(value, types.FunctionType)
        for c in own for name, value in vars(c).items()
    )


def has_class(av: AV) -> bool:
    """Whether operators ask the class of this value for its methods."""
    return class_of_instance(av) is not None


# -- making ------------------------------------------------------------------------------------------------------


def construct(
    cx: Context, cls: type, args: list[AV], kwargs: dict[str, AV], init: Callable[[Ref | Seq], object] | None = None,
) -> AV:
    """cls(*args, **kwargs); `init` calls `__init__` of what was made in another way."""
    from irad.infer.calls import call_value

    meta = lookup(cx, type(cls), "__call__")[0]
    if meta is not type:
        assert meta is not None
        refusals.check(cx, meta.__module__, meta.__name__)
        cx.unsupported(
            f"an object of class {cls.__qualname__}, whose metaclass {meta.__name__} makes it", kind="object",
            hint="make the object outside and pass it as an argument",
        )
    if inspect.isabstract(cls):
        try:
            object.__new__(cls)
        except TypeError as error:
            cx.type_error(str(error))
    new = lookup(cx, cls, "__new__")[1]
    if isinstance(new.__func__ if isinstance(new, staticmethod) else new, types.FunctionType):
        made = call_value(cx, class_value(cx, cls, "__new__"), [Known(cls), *args], kwargs)
    else:
        made = allocate(cx, cls, args, kwargs)
    if (isinstance(made, Ref) and issubclass(made.cls, cls)) or (isinstance(made, Seq) and issubclass(made.cls, cls)):
        if init is None:
            initialise(cx, made, args, kwargs)
        else:
            init(made)
    return made


def makes_fields(cx: Context, cls: type) -> bool:
    """Whether objects of a class of named tuples are made as `namedtuple` does it."""
    lookup(cx, cls, "__new__")
    made_by: Any = getattr(cls, "__new__")  # noqa: B009
    plain_init = lookup(cx, cls, "__init__")[0] is object
    return plain_init and str(getattr(made_by, "__globals__", {}).get("__name__", "")).startswith("namedtuple_")


def class_to_make(cx: Context, base: type, args: list[AV]) -> type:
    """The first argument of base.__new__."""
    name = f"{base.__name__}.__new__"
    if not args:
        cx.type_error(f"{name}(): not enough arguments")
    if isinstance(args[0], Choice):
        cx.unsupported("__new__ of a class that is not known", kind="object", hint="name the class")
    cls = args[0].obj if isinstance(args[0], Known) else None
    if not isinstance(cls, type):
        cx.type_error(f"{name}(X): X is not a type object ({type_name(args[0])})")
    if not issubclass(cls, base):
        cx.type_error(f"{name}({cls.__name__}): {cls.__name__} is not a subtype of {base.__name__}")
    return cls


def allocate(cx: Context, cls: type, args: list[AV] | None = None, kwargs: dict[str, AV] | None = None) -> AV:
    """object.__new__(cls), dict.__new__(cls), float.__new__(cls, x)"""
    base = next(c for c in cls.__mro__ if not written_in_python(c))
    if base is object:
        if (args or kwargs) and all(lookup(cx, cls, name)[0] is object for name in ("__new__", "__init__")):
            cx.type_error(f"{cls.__name__}() takes no arguments")
        return heap.allocate(cx, Obj(cls, {}), cls)
    if base is dict:
        return heap.allocate(cx, Record(("dict", (), cls), ()), cls)
    if base is tuple:
        from irad.infer.calls import call_value

        return call_value(cx, Known(tuple.__new__), [Known(cls), *(args or ())], kwargs or {})
    if derived.base_of(cls) is not None:
        return derived.allocate(cx, cls, args or [], kwargs or {})
    cx.unsupported(
        f"an object of class {cls.__qualname__}, which is derived from {base.__module__}.{base.__name__}", kind="object",
        why=f"what {base.__name__} is made of is not written in Python", hint="make the object outside, or use its parts",
    )


def initialise(cx: Context, made: Ref | Seq, args: list[AV], kwargs: dict[str, AV]) -> None:
    """made.__init__(*args, **kwargs)"""
    from irad.infer.calls import call_value

    init = lookup(cx, made.cls, "__init__")[1]
    if isinstance(init, types.FunctionType):
        checked(cx, made, "__init__", call_value(cx, class_value(cx, made.cls, "__init__"), [made, *args], kwargs))
    elif issubclass(made.cls, dict):
        from irad.infer.lists import DICT_METHODS

        DICT_METHODS["update"](cx, made, args, kwargs)  # type: ignore[arg-type]
    elif issubclass(made.cls, list):
        derived.init_list(cx, made, args, kwargs)
    elif binds(init):
        call_value(cx, Bound(init, made), args, kwargs)


# -- attributes --------------------------------------------------------------------------------------------------


def fields_of(cx: Context, ref: Ref) -> dict[str, AV]:
    """The attributes that an object holds itself."""
    content = heap.content_of(cx, ref)
    return content.fields if isinstance(content, Obj) else {}


def get_ref_attr(cx: Context, ref: Ref, name: str) -> AV:
    """ref.name"""
    found = find_attr(cx, ref, name)
    return found if found is not None else _missing(cx, ref, name)


def _missing(cx: Context, ref: Ref, name: str) -> AV:
    """What `__getattr__` gives for an attribute that is not there."""
    fallback = getter_of(cx, ref.cls)
    if fallback is not None:
        from irad.infer.calls import call_value

        return call_value(cx, Known(fallback), [ref, Known(name)], {})
    if hasattr(REAL.get(ref.cls), name):
        cx.unsupported(f"the attribute `{name}` of a {ref.cls.__name__}", kind="attribute", hint="use a list")
    cx.throw("AttributeError", _no_attribute(cx, ref.cls, name))


def find_attr(cx: Context, ref: Ref, name: str) -> AV | None:
    """ref.name; None if there is none, for which `__getattr__` may be asked."""
    from irad.infer.calls import call_value

    cls = ref.cls
    if name == "__class__":
        return Known(cls)
    if name == "__dict__" and cls.__dictoffset__ and isinstance(heap.content_of(cx, ref), Obj):
        return Record(("attributes",), (ref,))
    check_reads(cx, cls)
    found = lookup(cx, cls, name)[1]
    fields = fields_of(cx, ref)
    if isinstance(found, property):
        if found.fget is None:
            cx.throw("AttributeError", f"property '{name}' of '{cls.__name__}' object has no getter")
        return call_value(cx, Known(found.fget), [ref], {})
    held = fields.get(name, UNBOUND_AV)
    if isinstance(lookup(cx, type(found), "__get__")[1], types.FunctionType) and has(cx, type(found), "__set__"):
        return _of_class(cx, ref, name)
    if isinstance(held, Choice):
        return cx.dispatch(held, lambda av: _or_of_class(cx, ref, name) if _is_unbound(av) else av)
    return _of_class(cx, ref, name) if _is_unbound(held) else held


def _is_unbound(av: AV) -> bool:
    return isinstance(av, Known) and av.obj is UNBOUND


def _or_of_class(cx: Context, ref: Ref, name: str) -> AV:
    found = _of_class(cx, ref, name)
    return found if found is not None else _missing(cx, ref, name)


def _of_class(cx: Context, ref: Ref, name: str) -> AV | None:
    """What the class has under a name that the object itself does not hold; None if it has nothing."""
    from irad.infer.calls import call_value

    holder, found = lookup(cx, ref.cls, name)
    if holder is None or isinstance(found, types.MemberDescriptorType):
        return None
    if isinstance(found, functools.cached_property):
        value = call_value(cx, Known(found.func), [ref], {})
        set_field(cx, ref, name, value)
        return value
    return member(cx, ref, ref.cls, name, holder, found)


def member(cx: Context, owner: AV, cls: type, name: str, holder: type, found: Any) -> AV:
    """What a class has under a name, as an attribute of its instance `owner` (or of the class itself)."""
    if holder in derived.BASES and not (holder is list and name == "__init__"):
        held = derived.value_of(cx, owner)
        if held is not None:
            from irad.infer.attributes import get_attr

            return get_attr(cx, held, name)
    if holder.__module__ == "builtins":
        return Bound(found if isinstance(found, types.WrapperDescriptorType) else name, owner)
    if isinstance(found, staticmethod):
        return class_value(cx, cls, name)
    if isinstance(found, classmethod):
        return Bound(found.__func__, Known(cls))
    if isinstance(found, types.FunctionType):
        return Bound(found, owner)
    if binds(found):
        return Bound(found, owner)
    if isinstance(found, functools.singledispatchmethod):
        return Record(("by class", ObjKey(found)), (owner,))
    getter = lookup(cx, type(found), "__get__")[1]
    if isinstance(getter, types.FunctionType):
        from irad.infer.calls import call_value

        return call_value(cx, Known(getter), [Known(found), owner, Known(cls)], {})
    if getter is not None:
        cx.unsupported(
            f"the attribute `{name}` of an object of class {cls.__qualname__}", kind="attribute",
            why="it is computed by a descriptor that is not written in Python", hint="use a property or a method",
        )
    held = cx.captured(found, ("global", namespace(holder), name))
    if not isinstance(held, Cell):
        return held
    value = linked(cx.heap, held)
    return Partial(value, (owner,), {}) if isinstance(value, Fn) else value


def super_member(cx: Context, cls: type, owner: AV, name: str) -> AV:
    """super(cls, owner).name; the owner is an instance, or a class in a class method or a `__new__`."""
    from irad.infer.calls import call_value

    of_class = isinstance(owner, Known) and isinstance(owner.obj, type)
    start = owner.obj if isinstance(owner, Known) and of_class else class_of_instance(owner)
    if start is None or cls not in start.__mro__:
        cx.type_error("super(type, obj): obj must be an instance or subtype of type")
    holder, found = lookup(cx, start, name, after=cls)
    if holder is None:
        cx.throw("AttributeError", f"'super' object has no attribute '{name}'")
    if isinstance(found, property) and not of_class:
        return call_value(cx, Known(found.fget), [owner], {})
    if of_class and (isinstance(found, (types.FunctionType, types.BuiltinFunctionType, property)) or binds(found)):
        return Known(found)
    # a class method and a descriptor are told the class that asks, not the one that has them
    told = holder if isinstance(found, staticmethod) else start
    return member(cx, NONE if of_class else owner, told, name, holder, found)


def set_attr(cx: Context, ref: Ref, name: str, value: AV) -> AV:
    """ref.name = value"""
    from irad.infer.calls import call_value

    custom = lookup(cx, ref.cls, "__setattr__")[1]
    if isinstance(custom, types.FunctionType):
        return call_value(cx, Known(custom), [ref, Known(name), value], {})
    if custom is dict.__setitem__:
        from irad.infer.lists import set_item as set_dict_item

        return set_dict_item(cx, ref, Known(name), value)
    return set_field(cx, ref, name, value)


def set_field(cx: Context, ref: Ref, name: str, value: AV) -> AV:
    """object.__setattr__(ref, name, value)"""
    from irad.infer.calls import call_value

    content = heap.content_of(cx, ref)
    if not isinstance(content, Obj):
        if written_in_python(ref.cls):
            base = next(c for c in ref.cls.__mro__ if not written_in_python(c))
            what = f"assignment to the attribute `{name}` of a {ref.cls.__name__}, a class derived from {base.__name__}"
            cx.unsupported(what, kind="attribute-store", hint="keep it under a key, or beside the object")
        cx.throw("AttributeError", f"'{type_name(ref)}' object has no attribute '{name}'")
    _, found = lookup(cx, ref.cls, name)
    if isinstance(found, property):
        if found.fset is None:
            cx.throw("AttributeError", f"property '{name}' of '{ref.cls.__name__}' object has no setter")
        return call_value(cx, Known(found.fset), [ref, value], {})
    setter = lookup(cx, type(found), "__set__")[1]
    if isinstance(setter, types.FunctionType):
        return call_value(cx, Known(setter), [Known(found), ref, value], {})
    if ref.cls.__dictoffset__ == 0 and not isinstance(found, types.MemberDescriptorType):
        cx.throw("AttributeError", _no_place(ref.cls, name, found))
    held = content.fields
    if name in held and _is_unbound(held[name]):
        del held[name]  # it was deleted, and comes last now
    heap.store(cx, ref, Obj(content.cls, {**held, name: value}), name)
    return NONE


def _no_place(cls: type, name: str, found: Any) -> str:
    """What CPython says to an attribute that `__slots__` has no place for."""
    if found is not None:
        return f"'{cls.__name__}' object attribute '{name}' is read-only"
    more = " and no __dict__ for setting new attributes" if sys.version_info >= (3, 13) else ""
    return f"'{cls.__name__}' object has no attribute '{name}'{more}"


def delete_attr(cx: Context, ref: Ref, name: str) -> AV:
    """del ref.name"""
    from irad.infer.calls import call_value

    custom = lookup(cx, ref.cls, "__delattr__")[1]
    if isinstance(custom, types.FunctionType):
        return call_value(cx, Known(custom), [ref, Known(name)], {})
    if custom is dict.__delitem__:
        from irad.infer.lists import delete_item

        return delete_item(cx, ref, Known(name))
    return delete_field(cx, ref, name)


def delete_field(cx: Context, ref: Ref, name: str) -> AV:
    """object.__delattr__(ref, name)"""
    from irad.infer.calls import call_value

    found = lookup(cx, ref.cls, name)[1]
    if isinstance(found, property):
        if found.fdel is None:
            cx.throw("AttributeError", f"property '{name}' of '{ref.cls.__name__}' object has no deleter")
        return call_value(cx, Known(found.fdel), [ref], {})
    deleter = lookup(cx, type(found), "__delete__")[1]
    if isinstance(deleter, types.FunctionType):
        return call_value(cx, Known(deleter), [Known(found), ref], {})
    slot = isinstance(found, types.MemberDescriptorType)

    def there(av: AV) -> AV:
        if _is_unbound(av):
            text = _no_place(ref.cls, name, None) if not ref.cls.__dictoffset__ else _no_attribute(cx, ref.cls, name)
            cx.throw("AttributeError", name if slot else text)
        return NONE

    cx.dispatch(fields_of(cx, ref).get(name, UNBOUND_AV), there)
    content = heap.content_of(cx, ref)
    assert isinstance(content, Obj)
    heap.store(cx, ref, Obj(content.cls, {**content.fields, name: UNBOUND_AV}), name)
    return NONE


def _no_attribute(cx: Context, cls: type, name: str) -> str:
    """What CPython says to an attribute that is not there; from 3.13 on with the class's module if there is a slot for it."""
    words = cls.__name__
    if sys.version_info >= (3, 13) and isinstance(lookup(cx, cls, name)[1], types.MemberDescriptorType):
        words = cls.__qualname__ if cls.__module__ == "__main__" else f"{cls.__module__}.{cls.__qualname__}"
    return f"'{words}' object has no attribute '{name}'"


# -- the methods behind operators ----------------------------------------------------------------------------------


def special(cx: Context, av: AV, name: str) -> AV | None:
    """The method that an operator calls, bound: looked up in the class only."""
    cls = class_of_instance(av)
    if cls is None:
        return None
    holder, found = lookup(cx, cls, name)
    if holder is None or found is None or holder.__module__ == "builtins" or isinstance(found, types.WrapperDescriptorType):
        return None
    return member(cx, av, cls, name, holder, found)


def iterates(cx: Context, av: AV) -> bool:
    """Whether a class written in Python says what a loop over this is, also if it extends dict, list or tuple."""
    return has_class(av) and special(cx, av, "__iter__") is not None


def call_special(cx: Context, av: AV, name: str, *args: AV) -> AV | None:
    """The result of such a method; None if there is none, or if it leaves the operation to others."""
    from irad.infer.calls import call_value

    method = special(cx, av, name)
    if method is None:
        return None
    found = call_value(cx, method, list(args), {})
    return None if leaves_it(found) else checked(cx, av, name, found)


def binary(cx: Context, op: str, a: AV, b: AV, inplace: bool) -> AV | None:
    """`a op b` by the methods of their classes; None if neither has one."""
    word = REFLECTED.get(op)
    if word is None:
        return None
    if inplace:
        found = call_special(cx, a, f"__i{word}__", b)
        if found is not None:
            return found

    def computed(x: AV, y: AV) -> AV:
        from irad.infer.execute import binary as operation

        return operation(cx, op, x, y, inplace)

    names = (f"__{word}__", f"__r{word}__")
    found = derived.binary(cx, a, b, *names, computed, first=True)
    if found is not None:
        return found
    ways = [(a, f"__{word}__", b), (b, f"__r{word}__", a)]
    one, other = class_of_instance(a), class_of_instance(b)
    if one is not None and one is other:
        del ways[1]
    elif one is not None and other is not None and issubclass(other, one):
        if lookup(cx, other, f"__r{word}__")[1] is not lookup(cx, one, f"__r{word}__")[1]:
            ways.reverse()
    found = _first_answer(cx, op, a, b, ways)
    return found if found is not None else derived.binary(cx, a, b, *names, computed)


def _first_answer(cx: Context, op: str, a: AV, b: AV, ways: list[tuple[AV, str, AV]]) -> AV | None:
    """What the first of several methods says that does not leave the operation to the next; None if none does."""
    for i, (owner, name, arg) in enumerate(ways):
        found = call_special(cx, owner, name, arg)
        if isinstance(found, Choice) and any(map(leaves_it, found.members)):
            rest = ways[i + 1 :]

            def case(av: AV, rest: list[tuple[AV, str, AV]] = rest) -> AV:
                answer = _first_answer(cx, op, a, b, rest) if leaves_it(av) else av
                if answer is None:
                    cx.type_error(f"unsupported operand type(s) for {op}: '{type_name(a)}' and '{type_name(b)}'")
                return answer

            return cx.dispatch(found, case)
        if found is not None:
            return found
    return None


def leaves_it(av: AV) -> bool:
    return isinstance(av, Known) and av.obj is NotImplemented


def compare(cx: Context, op: str, a: AV, b: AV) -> AV | None:
    """`a op b` by the methods of their classes; None if that says nothing."""

    def computed(x: AV, y: AV) -> AV:
        from irad.infer.asking import compare as comparison

        return comparison(cx, op, x, y)

    names = (COMPARED[op], COMPARED[SWAPPED[op]])
    found = derived.binary(cx, a, b, *names, computed, first=True)
    if found is not None:
        return found
    ways = [(a, op, b), (b, SWAPPED[op], a)]
    one, other = class_of_instance(a), class_of_instance(b)
    if one is not None and other is not None and one is not other and issubclass(other, one):
        ways.reverse()
    for x, symbol, y in ways:
        found = call_special(cx, x, COMPARED[symbol], y)
        if found is None and symbol == "!=":
            equal = call_special(cx, x, "__eq__", y)
            if equal is not None:
                from irad.infer.asking import unary as unary_op

                return unary_op(cx, "not", equal)
        if found is not None:
            return found
    found = derived.binary(cx, a, b, *names, computed)
    if found is not None:
        return found
    if op in ("==", "!=") and (isinstance(a, Ref) or isinstance(b, Ref)) and not any(isinstance(v, Seq) for v in (a, b)):
        if not any(isinstance(v, Ref) and issubclass(v.cls, dict) for v in (a, b)):
            from irad.infer.asking import identical

            same = identical(cx, a, b)
            return cx.bool(same if op == "==" else cx.negate(same))
    return None


def unary(cx: Context, op: str, av: AV) -> AV:
    found = call_special(cx, av, UNARY[op])
    found = found if found is not None else derived.unary_of(cx, op, av)
    if found is None:
        cx.type_error(f"bad operand type for unary {op}: '{type_name(av)}'")
    return found


def truth(cx: Context, av: AV) -> Value:
    """bool(av)"""
    from irad.infer.asking import truth as truth_of

    for name in ("__bool__", "__len__"):
        found = call_special(cx, av, name)
        if found is not None:
            if name == "__bool__" and type_name(found) != "bool":
                cx.type_error(f"__bool__ should return bool, returned {type_name(found)}")
            return truth_of(cx, found)
    if isinstance(av, Known):
        return const(bool(av.obj))
    if isinstance(av, Seq):
        return const(bool(av.items))
    held = derived.value_of(cx, av)
    if held is not None:
        return truth_of(cx, held)
    if isinstance(heap.content_of(cx, av), (Record, Table)):  # a dict
        return cx.bool_value(size_of(cx, av))
    return const(True)


def contains(cx: Context, item: AV, container: AV) -> Value:
    """item in container"""
    from irad.infer.asking import contains_item
    from irad.infer.asking import truth as truth_of

    found = call_special(cx, container, "__contains__", item)
    if found is not None:
        return truth_of(cx, found)
    held = derived.value_of(cx, container)
    if held is not None:
        return contains_item(cx, item, held)
    plain = isinstance(container, Seq) or issubclass(class_of_instance(container) or object, dict)
    if plain or (isinstance(container, Known) and has(cx, type(container.obj), "__contains__")):
        return contains_item(cx, item, container)
    if not any(special(cx, container, name) for name in ("__iter__", "__getitem__")):
        words = "is not a container or iterable" if sys.version_info >= (3, 14) else "is not iterable"
        cx.type_error(f"argument of type '{type_name(container)}' {words}")
    return contains_item(cx, item, iterator(cx, container))


def get_item(cx: Context, av: AV, index: AV) -> AV | None:
    """av[index] by a `__getitem__`; None if the class has none."""
    found = call_special(cx, av, "__getitem__", index)
    if found is None and isinstance(av, Ref) and not issubclass(av.cls, (dict, list, str)):
        cx.type_error(f"'{type_name(av)}' object is not subscriptable")
    return found


def delete_item(cx: Context, av: AV, index: AV) -> bool:
    """del av[index] by a `__delitem__`; False if the class has none."""
    if call_special(cx, av, "__delitem__", index) is not None:
        return True
    if isinstance(av, Ref) and not issubclass(av.cls, (dict, list)):
        cx.type_error(f"'{type_name(av)}' object doesn't support item deletion")
    return False


def set_item(cx: Context, av: AV, index: AV, value: AV) -> bool:
    """av[index] = value by a `__setitem__`; False if the class has none."""
    if call_special(cx, av, "__setitem__", index, value) is not None:
        return True
    if isinstance(av, Ref) and not issubclass(av.cls, (dict, list)):
        cx.type_error(f"'{type_name(av)}' object does not support item assignment")
    return False


def iterator(cx: Context, av: AV) -> AV:
    """iter(av)"""
    if runtuples.is_tuple(av):
        assert isinstance(av, Ref)
        return builtin_iter(cx, runtuples.list_of(cx, av))
    found = call_special(cx, av, "__iter__")
    if found is None:
        held = derived.value_of(cx, av)
        if held is not None:
            return builtin_iter(cx, held)
        if isinstance(av, (Seq, Known, Ref)) and has(cx, class_of_instance(av) or object, "__iter__"):
            return builtin_iter(cx, av)
        if special(cx, av, "__getitem__") is not None:
            return _lazily(cx, iterators.by_index, av)
        cx.type_error(f"'{type_name(av)}' object is not iterable")
    if type(found).iterator:
        return found
    if isinstance(found, Choice):
        return cx.dispatch(found, lambda m: _stepped(cx, av, m))
    return _stepped(cx, av, found)


def _stepped(cx: Context, av: AV, found: AV) -> AV:
    """What `__iter__` has returned, as an iterator."""
    if type(found).iterator:
        return found
    if has_class(found) and special(cx, found, "__next__") is not None:
        return _lazily(cx, iterators.by_next, found)
    cx.type_error(f"iter() returned non-iterator of type '{type_name(found)}'")


def _lazily(cx: Context, function: Any, av: AV) -> AV:
    from irad.infer.pythoncalls import call_library_function

    return call_library_function(cx, function, [av])


def length(cx: Context, av: AV) -> AV | None:
    """len(av) by a `__len__`; None if the class has none."""
    return call_special(cx, av, "__len__")
