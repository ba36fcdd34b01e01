"""Attribute access: of modules, classes and other known objects; of arrays, numbers and tuples."""

from __future__ import annotations

import builtins
import enum
import functools
import inspect
import threading
import types
from functools import reduce
from typing import Any

import numpy as np

from irad.infer import arrays, inmemory, numbers
from irad.infer.amended import is_amendable, takes_notes
from irad.infer.blanks import is_blank, transposed
from irad.infer.context import Context, type_name
from irad.infer.exceptions import is_exception
from irad.infer.extents import dims, sized, total_size
from irad.infer.foreign import binds, wrapped
from irad.infer.functions import function_of, holder_of
from irad.infer.kinds import CLASSES, kind_of
from irad.infer.lookups import class_value, getter_of, has, lookup, namespace
from irad.infer.made import linked
from irad.infer.outside import IS_SET, SLOT, guard_form, is_changeable
from irad.infer.raising import exception_attr, is_new, super_attr
from irad.infer.shapes import AV
from irad.infer.values import BUILT_IN, NONE, Arr, Bound, Choice, Fn, Known, Num, Partial, Range, Record, Ref, Seq, int_const
from irad.ir.core import Const, Value
from irad.ops.py import UNBOUND

SLICE = ("start", "stop", "step")
LOCKS = (type(threading.Lock()), type(threading.RLock()))


OF_CLASSES = ("__name__", "__qualname__", "__module__", "__doc__", "__mro__", "__bases__", "__base__")


def get_attr(cx: Context, av: AV, name: str) -> AV:
    """av.name"""
    if name == "add_note" and takes_notes(av):
        return Bound(BaseException.add_note, av)
    if name == "with_traceback" and is_amendable(av):
        return Bound(BaseException.with_traceback, av)
    if isinstance(av, Known):
        from irad.infer.overlay import field

        if isinstance(av.obj, LOCKS) and name in ("__enter__", "__exit__"):
            return Bound(name, Record(("context", "lock"), ()))  # other threads change nothing that compiled code changes
        if name == "T" and is_blank(av.obj):
            return transposed(av.obj)
        held = field(cx, av.obj, name)
        return linked(cx.heap, _known_attr(cx, av.obj, name)) if held is None else held
    if isinstance(av, Ref):
        from irad.infer.objects import get_ref_attr

        return _method(cx, av, av.cls, name) if av.cls in BUILT_IN else get_ref_attr(cx, av, name)
    if name == "__class__":
        from irad.infer.builtins import type_of

        return type_of(cx, av)
    if isinstance(av, Arr):
        return _array_attr(cx, av, name)
    if isinstance(av, Num):
        return _number_attr(cx, av, name)
    if isinstance(av, Seq):
        fields = getattr(av.cls, "_fields", ())
        if name in fields:
            return av.items[fields.index(name)]
        if name == "_fields" and fields:
            return Known(fields)
        return _of_tuple(cx, av, name)
    if type(av).iterator:
        cx.unsupported(
            f"the attribute `{name}` of an iterator", kind="generator",
            why="compiled code takes its items one after the other only", hint="use it in a loop, or call next() on it",
        )
    if is_exception(av) or is_new(av):
        return exception_attr(cx, av, name)
    if isinstance(av, Record) and av.static[0] == "context" and name in ("__enter__", "__exit__"):
        return Bound(name, av)
    if isinstance(av, Record) and av.static[0] == "super":
        return super_attr(cx, av.children[0], av.children[1], name)
    if isinstance(av, Record) and av.static[0] in ("dict", "attributes"):
        return _method(cx, av, dict, name)
    if isinstance(av, Record) and av.static[0] == "flags":
        return cx.dispatch(av.children[0], lambda a: flag(cx, a, name))
    if isinstance(av, Record) and av.static[0] == "broadcast" and name in ("shape", "ndim", "nd", "size"):
        (shape,) = av.children
        if name == "size":
            one: Value = int_const(1)
            return Num("int", reduce(lambda x, y: cx.op("mul", x, y), (cx.integer(n) for n in shape.children), one))
        return shape if name == "shape" else Known(len(shape.children))
    if isinstance(av, Range) and name in ("start", "step"):
        return av.children[("start", "step").index(name)]
    if isinstance(av, Record) and av.static[0] == "slice" and name in SLICE:
        return av.children[SLICE.index(name)]
    if wrapped(av) is not None:
        return _of_wrapper(cx, av, name)
    if isinstance(av, (Fn, Partial)):
        if isinstance(av, Fn) and name == "py_func" and av.jit is not None:
            return av.under(None)
        if isinstance(av, Fn) and name in ("__name__", "__qualname__"):
            return Known(av.name if name == "__qualname__" else av.name.rpartition(".")[2])
        if isinstance(av, Fn) and name == "__module__":
            return Known(av.globals.get("__name__"))
        if isinstance(av, Partial) and name in ("func", "args"):
            return av.parts()[0] if name == "func" else Seq(tuple, tuple(av.parts()[1]))
        if isinstance(av, Fn) and name == "__code__":
            return Known(av.code)
        if isinstance(av, Fn) and name == "__defaults__":
            return Seq(tuple, av.defaults) if av.defaults else NONE
        if isinstance(av, Fn) and (not hasattr(types.FunctionType, name) or isinstance(av.holder, Known)):
            return cx.dispatch(holder_of(cx, av), lambda holder: get_attr(cx, holder, name))
        function = function_of(av)
        if function is not None:
            return _known_attr(cx, function, name)
        cx.unsupported(f"the attribute `{name}` of a function", kind="attribute")
    if isinstance(av, Bound) and isinstance(av.function, types.FunctionType):
        if name == "__self__":
            return av.owner
        behind = cx.captured(av.function, ("known", av.function))
        return behind if name == "__func__" else get_attr(cx, behind, name)
    from irad.infer.builtins import class_of

    if hasattr(class_of(cx, av), name):
        cx.unsupported(f"the attribute `{name}` of a {type_name(av)}", kind="attribute")
    cx.throw("AttributeError", f"'{type_name(av)}' object has no attribute '{name}'")


def _of_wrapper(cx: Context, av: AV, name: str) -> AV:
    """An attribute of an object of numba's: the function behind it, a method of a ufunc, its names."""
    obj, body = wrapped(av), av.children[0]
    if name in ("py_func", "__wrapped__") and hasattr(obj, name):
        assert isinstance(body, Fn)
        return body.under(None)
    if name in ("reduce", "accumulate", "outer") and isinstance(av, Record) and av.static[0] == "by place":
        return Record(("method by place", name), (av,))
    if isinstance(getattr(obj, name, None), (str, int)):
        return Known(getattr(obj, name))
    cx.unsupported(f"the attribute `{name}` of a {type(obj).__name__} of numba", kind="attribute")


def _known_attr(cx: Context, obj: Any, name: str) -> AV:
    if obj is builtins and name == "locals":  # only the asserts that pytest rewrites ask for it like this
        return Known(dict)
    if type(obj) is inspect.Signature and name == "parameters":
        from irad.infer.introspection import parameters

        return parameters(cx, obj)
    if isinstance(obj, types.ModuleType):
        found = _of_module(cx, obj, name)
        if found is not None:
            return found
    if _is_looked_for(cx, obj, name):
        found = _in_namespaces(cx, obj, name)
        if found is None:
            found = _by_getattr(cx, obj, name)
        if found is not None:
            return found
    try:
        value = getattr(obj, name)
    except AttributeError as e:
        cx.throw("AttributeError", str(e).replace("{", "{{").replace("}", "}}"))
    if kind_of(obj) is not None and callable(value):
        return Bound(name, Known(obj))
    if isinstance(obj, type) and name in OF_CLASSES:
        return Known(value)
    if not _fixed(obj, name) and not isinstance(value, (types.BuiltinFunctionType, type)):
        cx.unsupported(
            f"the attribute `{name}` of {obj.__name__ if isinstance(obj, type) else 'a ' + type(obj).__name__ + ' object'}",
            kind="attribute", why="it is computed each time that it is asked for",
            hint="pass it as an argument, or read it from a variable",
        )
    return Known(value)


def _of_module(cx: Context, module: types.ModuleType, name: str) -> AV | None:
    """What a module has under a name, or its `__getattr__` gives; None for what all modules have, or none."""
    value = getattr(module, name, UNBOUND)  # which may import it
    table = vars(module)
    if name in table:
        return cx.captured(table[name], ("global", table, name))
    _guard_in_module(cx, module, name)
    computed = value is not UNBOUND and not has(cx, type(module), name)
    if not computed or "__getattr__" not in table or isinstance(value, types.ModuleType) or callable(value):
        return None
    from irad.infer.calls import call_value

    getter = cx.captured(table["__getattr__"], ("global", table, "__getattr__"))
    return call_value(cx, getter, [Known(name)], {})


def _guard_in_module(cx: Context, module: types.ModuleType, name: str) -> None:
    """Note that the code is for whether a module has a name; and for its `__getattr__`, which is asked if it has not."""
    table = vars(module)
    for each in (name,) if name in table else (name, "__getattr__"):
        cx.unit.outside.guard(("global" if each in table else "absent", table, each), table.get(each))


def has_attr(cx: Context, av: AV, name: str) -> bool:
    """hasattr(av, name), of one alternative. For an object from outside the answer is guarded."""
    if isinstance(av, Ref) and av.cls not in BUILT_IN:
        return _ref_has_attr(cx, av, name)
    if isinstance(av, Record) and av.static[0] == "super" and isinstance(av.children[0], Known):
        return _super_has_attr(cx, av.children[0].obj, av.children[1], name)
    if isinstance(av, Fn) and not hasattr(types.FunctionType, name):
        found = holder_of(cx, av)
        if isinstance(found, Choice):
            cx.unsupported(f"hasattr() of `{name}` of one of several functions", kind="attribute", hint="set it on each of them")
        return has_attr(cx, found, name)
    if isinstance(av, Bound) and isinstance(av.function, types.FunctionType):
        return has(cx, types.MethodType, name) or has_attr(cx, cx.captured(av.function, ("known", av.function)), name)
    if not isinstance(av, Known):
        from irad.infer.builtins import class_of

        if isinstance(av, Num) and len({hasattr(CLASSES[k], name) for k in av.kinds}) == 1:
            return hasattr(CLASSES[av.kinds[0]], name)
        cls = class_of(cx, av)
        if not has(cx, cls, name) and getter_of(cx, cls) is not None:
            cx.unsupported(f"hasattr() of `{name}`, which is computed", kind="attribute", hint="read it in a try")
        return has(cx, cls, name) or name in getattr(getattr(av, "cls", None), "_fields", ())
    if isinstance(av.obj, types.ModuleType):
        _guard_in_module(cx, av.obj, name)
    elif _is_looked_for(cx, av.obj, name):
        _in_namespaces(cx, av.obj, name)
        lookup(cx, type(av.obj), "__getattr__")
    return hasattr(av.obj, name)


def is_unbound(av: AV) -> bool:
    return isinstance(av, Known) and av.obj is UNBOUND


def perhaps_set(cx: Context, av: AV, name: str) -> Choice | None:
    """An attribute that only some ways have set, if the class of the object has nothing to say about it; else None."""
    from irad.infer.objects import fields_of

    if not isinstance(av, Ref) or av.cls in BUILT_IN:
        return None
    held = fields_of(cx, av).get(name)
    if not isinstance(held, Choice) or not any(map(is_unbound, held.members)):
        return None
    found = lookup(cx, av.cls, name)[1]
    alone = found is None or isinstance(found, types.MemberDescriptorType)
    return held if alone and getter_of(cx, av.cls) is None else None


def _ref_has_attr(cx: Context, ref: Ref, name: str) -> bool:
    """hasattr of an object made in compiled code."""
    from irad.infer.objects import fields_of

    held, found = fields_of(cx, ref).get(name), lookup(cx, ref.cls, name)[1]
    alone = found is None or isinstance(found, types.MemberDescriptorType)
    if alone and isinstance(held, Choice) and any(map(is_unbound, held.members)):
        hint = "set it to None first"
        cx.unsupported(f"hasattr() of an attribute `{name}` that only some ways set", kind="attribute", hint=hint)
    if held is not None and not is_unbound(held):
        return True
    if isinstance(found, property) or getter_of(cx, ref.cls) is not None:
        cx.unsupported(f"hasattr() of `{name}`, which is computed", kind="attribute", hint="read it in a try")
    return not alone


def _super_has_attr(cx: Context, cls: type, owner: AV, name: str) -> bool:
    """hasattr(super(), name): of the classes behind this one."""
    from irad.infer.builtins import class_of

    holder, found = lookup(cx, class_of(cx, owner), name, after=cls)
    if isinstance(found, property):
        cx.unsupported(f"hasattr() of `{name}`, which is computed", kind="attribute", hint="read it in a try")
    return holder is not None or hasattr(super, name)


def _is_looked_for(cx: Context, obj: Any, name: str) -> bool:
    """Whether an attribute of a known object is to be looked for in its dict and its classes; of enums these are guarded."""
    if isinstance(obj, (enum.Enum, enum.EnumMeta)):
        holder, _ = lookup(cx, obj if isinstance(obj, type) else type(obj), name)
        spaces = [vars(obj)] if isinstance(obj, enum.Enum) else []
        if holder is not None and is_changeable(holder):
            spaces.append(namespace(holder))
        for space in spaces:
            cx.unit.outside.guard(("global" if name in space else "absent", space, name), space.get(name))
        return False
    extended = isinstance(obj, (tuple, str, bytes, int, float)) and is_changeable(type(obj))
    return kind_of(obj) is None and (extended or not _fixed(obj, name))


def _fixed(obj: Any, name: str) -> bool:
    """Whether an attribute of a known object stays what it is: one of an immutable object, or of what C code made."""
    if isinstance(obj, types.FunctionType) and (name in vars(obj) or not hasattr(obj, name)):
        return False
    immutable = (enum.Enum, tuple, str, bytes, int, float, np.generic, np.dtype, np.finfo, np.iinfo, np.ufunc)
    if isinstance(obj, (*immutable, types.BuiltinFunctionType)):
        return True
    if isinstance(obj, type) and issubclass(obj, enum.Enum):
        return True
    owner = obj if isinstance(obj, type) else type(obj)
    if owner.__module__ in ("builtins", "numpy"):
        return True
    return not hasattr(obj, "__dict__") and not any("__slots__" in vars(c) for c in owner.__mro__)


def _in_namespaces(cx: Context, obj: Any, name: str) -> AV | None:
    """An attribute that is in the dict of the object, or of a class of its: captured from there, as a global is.

    None if it is in none of them, or there behind a descriptor that is not written in Python.
    """
    from irad.infer.objects import written_in_python

    is_class = isinstance(obj, type)
    space = None if is_class else getattr(obj, "__dict__", None)
    if written_in_python(type(obj)):
        guard_form(cx.unit.outside, obj)
    check_reads(cx, type(obj))
    if is_class and has(cx, type(lookup(cx, type(obj), name)[1]), "__set__"):
        return None
    holder, found = lookup(cx, obj if is_class else type(obj), name)
    if isinstance(found, property) and not is_class:
        return _property(cx, found, Known(obj))
    if isinstance(found, types.MemberDescriptorType) and not is_class:
        return read_slot(cx, obj, name)
    if space is not None and name == "__dict__" and isinstance(found, types.GetSetDescriptorType):
        return cx.captured(space, ("known", obj, "attr", name))
    if isinstance(found, functools.cached_property) and space is not None and name not in space:
        cx.unsupported(
            f"the first use of the cached property `{name}` of an object from outside", kind="object",
            why="its value would be stored in the object", hint="read it once before the call, or pass the object as an argument",
        )
    getter = lookup(cx, type(found), "__get__")[1]
    computed = isinstance(getter, types.FunctionType)
    comes_first = has(cx, type(found), "__set__")
    if comes_first and not is_class and not computed:
        return None
    if space is not None and name in space and not (computed and comes_first):
        return cx.captured(space[name], ("global", space, name))
    if space is not None:
        cx.unit.outside.guard(("absent", space, name), None)
    if holder is None or holder.__module__ == "builtins":
        return None
    source = ("global", namespace(holder), name)
    if computed:
        return _by_descriptor(cx, obj, cx.captured(found, source), type(found))
    if isinstance(found, (staticmethod, classmethod)):
        inner = cx.captured(found.__func__, (*source, "attr", "__func__"))
        return inner if isinstance(found, staticmethod) else Bound(found.__func__, Known(obj if is_class else type(obj)))
    if isinstance(found, types.FunctionType) and not is_class:
        cx.unit.outside.guard(source, found)
        return Bound(found, Known(obj))
    if getter is not None and not isinstance(found, types.FunctionType):
        if is_class and (binds(found) or isinstance(found, property)):  # as it is: `Base.prop.fset(self, x)`
            return cx.captured(found, source)
        return Bound(found, Known(obj)) if binds(found) and not is_class else None
    return cx.captured(found, source)


def read_slot(cx: Context, obj: Any, name: str) -> AV | None:
    """What an attribute in the `__slots__` of a known object holds, None if it is not set."""
    if hasattr(obj, name):
        return cx.captured(getattr(obj, name), ("known", obj, SLOT, name))
    cx.unit.outside.guard(("known", obj, IS_SET, name), False)
    return None


def check_reads(cx: Context, cls: type) -> None:
    """Refuse attributes of objects whose class finds them in a way of its own."""
    if isinstance(lookup(cx, cls, "__getattribute__")[1], types.FunctionType):
        cx.unsupported(f"the class {cls.__qualname__}, which has a __getattribute__", kind="object", hint="use __getattr__")


def _by_descriptor(cx: Context, obj: Any, found: AV, cls: type) -> AV:
    """found.__get__(obj, type(obj)), which is written in Python, or that of a class."""
    from irad.infer.calls import call_value

    about = [NONE, Known(obj)] if isinstance(obj, type) else [Known(obj), Known(type(obj))]
    return call_value(cx, class_value(cx, cls, "__get__"), [found, *about], {})


def _by_getattr(cx: Context, obj: Any, name: str) -> AV | None:
    """What the `__getattr__` of a known object, which has no such attribute, gives; None if there is no such method."""
    from irad.infer.calls import call_value

    if isinstance(obj, type) or inspect.getattr_static(obj, name, UNBOUND) is not UNBOUND:
        return None
    if getter_of(cx, type(obj)) is None:
        return None
    return call_value(cx, class_value(cx, type(obj), "__getattr__"), [Known(obj), Known(name)], {})


def _property(cx: Context, found: property, owner: AV) -> AV | None:
    from irad.infer.calls import call_value

    return call_value(cx, Known(found.fget), [owner], {}) if isinstance(found.fget, types.FunctionType) else None


def _method(cx: Context, av: AV, cls: type, name: str) -> AV:
    found = getattr(cls, name, None)
    if found is None:
        cx.throw("AttributeError", f"'{type_name(av)}' object has no attribute '{name}'")
    if isinstance(found, property) and isinstance(found.fget, types.FunctionType):
        from irad.infer.calls import call_value

        return call_value(cx, Known(found.fget), [av], {})
    if name in ("_replace", "_asdict"):
        return Bound(name, av)
    return Bound(found, av) if isinstance(found, types.FunctionType) else _of_class(cx, av, cls, name)


def _of_tuple(cx: Context, av: Seq, name: str) -> AV:
    """What the class of a tuple has under a name."""
    from irad.infer.calls import call_value
    from irad.infer.objects import member, written_in_python

    holder, found = lookup(cx, av.cls, name)
    check_reads(cx, av.cls)
    if holder is None and getter_of(cx, av.cls) is not None:
        return call_value(cx, class_value(cx, av.cls, "__getattr__"), [av, Known(name)], {})
    if holder is None or not written_in_python(holder) or isinstance(found, (property, types.FunctionType)):
        return _method(cx, av, av.cls, name)
    return member(cx, av, av.cls, name, holder, found)


OF_NO_AXES = ("shape", "strides", "ndim", "size", "itemsize", "nbytes", "base")  # what all numbers of a class of numpy's have


def _of_class(cx: Context, av: AV, cls: type, name: str) -> AV:
    """What a class written in C has under a name, of an object: a method, or what irad knows nothing of."""
    found = getattr(cls, name)
    if callable(found):
        return Bound(name, av)
    if isinstance(found, str):
        return Known(found)
    cx.unsupported(f"the attribute `{name}` of {type_name(av)}", kind="attribute")


def counted(number: Value) -> AV:
    """A machine int as Python's, known if it is."""
    return Known(number.value) if isinstance(number, Const) else Num("int", number)


def _array_attr(cx: Context, a: Arr, name: str) -> AV:
    if name == "shape":
        return Seq(tuple, tuple(map(counted, dims(cx, a))))
    if name == "ndim":
        return Known(a.ndim)
    if name == "size":
        return counted(total_size(cx, a))
    if name == "T":
        return arrays.transpose(cx, a)
    if name == "dtype":
        return Known(np.dtype(CLASSES[a.kind]))
    if name == "itemsize":
        return Known(np.dtype(CLASSES[a.kind]).itemsize)
    if name == "nbytes":
        return Num("int", cx.op("mul", total_size(cx, a), int_const(np.dtype(CLASSES[a.kind]).itemsize)))
    if name == "strides":
        inmemory.ask(cx, a, "strides")
        return Seq(tuple, tuple(Num("int", cx.op("stride", a.value, axis=k)) for k in range(a.ndim)))
    if name == "mT":
        return arrays.swapped(cx, a)
    if name == "flat":  # of strided memory a copy, which may not be written to
        dense = arrays.contiguous(cx, a)
        size = total_size(cx, a)
        order = "" if a.type.layout == "C" else "other"
        return sized(cx, a.kind, cx.op("reshape", dense.value, size), [size], dense.writeable, order)
    if name == "flags":
        inmemory.ask(cx, a, "flags")
        return Record(("flags",), (a,))
    if name == "real":
        return a
    if name == "imag":
        return Arr(a.kind, arrays.alloc(cx, dims(cx, a), a.kind, zero=True).value, False, a.extents)
    if name == "base":
        cx.unsupported("the attribute `base` of numpy.ndarray", kind="attribute", why="it is not known at compile time",
                       hint="ask np.may_share_memory(a, b), or a.copy()")
    if hasattr(np.ndarray, name):
        return _of_class(cx, a, np.ndarray, name)
    cx.throw("AttributeError", f"'numpy.ndarray' object has no attribute '{name}'")


SHORT_FLAGS = {
    "C": "c_contiguous", "CONTIGUOUS": "c_contiguous", "F": "f_contiguous", "FORTRAN": "f_contiguous",
    "W": "writeable", "A": "aligned", "B": "behaved", "CA": "carray", "FA": "farray", "O": "owndata", "X": "writebackifcopy",
}


def flag(cx: Context, a: AV, name: str) -> AV:
    """a.flags.name: how the elements lie in memory is asked at run time, if it is not known."""
    assert isinstance(a, Arr)
    if name == "writeable":
        return Known(a.writeable)
    if name == "aligned":
        return Known(True)
    if name == "behaved":
        return Known(a.writeable)
    if name == "writebackifcopy":
        return Known(False)
    c_order = arrays.is_dense(cx, a)
    if name in ("c_contiguous", "contiguous"):
        return cx.bool(c_order)
    if name == "carray":
        return cx.bool(c_order) if a.writeable else Known(False)
    f_order = arrays.is_dense(cx, arrays.transpose(cx, a))
    if name in ("f_contiguous", "fortran"):
        return cx.bool(f_order)
    if name == "farray":
        return cx.bool(cx.both(f_order, cx.negate(c_order))) if a.writeable else Known(False)
    if name == "forc":
        return cx.bool(cx.either(c_order, f_order))
    if name == "fnc":
        return cx.bool(cx.both(f_order, cx.negate(c_order)))
    cx.unsupported(f"the flag `{name}` of an array", kind="attribute", why="it is not known at compile time",
                   hint="ask np.may_share_memory(a, b)" if name == "owndata" else "leave it out")


def _number_attr(cx: Context, n: Num, name: str) -> AV:
    if n.tag is not None and (name == "dtype" or len({hasattr(CLASSES[k], name) for k in n.kinds}) > 1):
        return numbers.each_kind(cx, n, lambda one: _number_attr(cx, one, name))
    cls = CLASSES[n.kinds[0]]
    if name == "T" and cls.__module__ == "numpy":
        return n
    if name in ("real", "numerator") and cls is not bool and hasattr(cls, name):
        return n
    if name in ("imag", "denominator") and cls is not bool and hasattr(cls, name) and len(n.kinds) == 1:
        return Known(getattr(cls(1), name))
    if name in OF_NO_AXES and cls.__module__ == "numpy":
        return Known(getattr(cls(1), name))
    if name == "dtype" and cls.__module__ == "numpy":
        return Known(np.dtype(cls))
    if name == "flat" and cls.__module__ == "numpy" and len(n.kinds) == 1:
        return _array_attr(cx, arrays.as_no_axes(cx, n), name)
    if hasattr(cls, name):
        return _of_class(cx, n, cls, name)
    cx.throw("AttributeError", f"'{type_name(n)}' object has no attribute '{name}'")


