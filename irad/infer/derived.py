"""Objects of classes that extend float, int, str or list: objects that hold one of these, beside their attributes.

    class Degrees(float):            Degrees(x) is an object of the heap of class Degrees, whose field VALUE holds the float;
        def rad(self): ...           what the class does not say itself, it says (`plain`)

Out of compiled code such objects go as what they are. From outside they come as known objects. Those of classes that extend
tuple need no object: they are `Seq`s of their class.
"""

from __future__ import annotations

import enum
import types
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from irad.infer.kinds import CLASSES, is_numpy, kind_of
from irad.infer.shapes import AV
from irad.infer.values import NONE, REAL, Arr, Choice, Known, Num, Obj, Ref, Seq, numeric
from irad.ops.py import UNBOUND

if TYPE_CHECKING:
    from irad.infer.context import Context

VALUE = "(value)"  # no name that a program could use
ITEMS = "_items"  # of the class that stands for deques
EXACT = {float: float.__pos__, int: int.__pos__, str: str.__str__}  # of an object of a derived class: the plain one
BASES = (*EXACT, list)
OF_BASES = (*BASES, tuple)  # classes whose methods programs call by the class
ASKED = {  # what functions ask of the class of an object where they need a number
    float: ("__float__",), int: ("__int__", "__index__", "__float__"), str: (), list: (),
}


def is_plain(av: AV, cls: type) -> bool:
    """Whether a value is of this class of Python's, and of none that is derived from it (np.float64 is one)."""
    if isinstance(av, Known):
        return type(av.obj) is cls
    if isinstance(av, Num):
        return all(CLASSES[kind] is cls for kind in av.kinds)
    return isinstance(av, (Seq, Ref)) and av.cls is cls


def base_of(cls: type) -> type | None:
    """Which of float, int, str and list a class written in Python extends, if it is one of them."""
    from irad.infer.objects import written_in_python

    if not written_in_python(cls) or issubclass(cls, enum.Enum):
        return None
    base = extended(cls)
    return base if base in BASES else None


def extended(cls: type) -> Any:
    """The class written in C that a class extends."""
    from irad.infer.objects import written_in_python

    return next(c for c in cls.__mro__ if not written_in_python(c))


def remade(cls: type, fields: dict[str, Any]) -> Any:
    """An object of a class with these attributes, without what its `__new__` and `__init__` do."""
    if REAL.get(cls) is deque:
        return deque(fields[ITEMS], fields["_maxlen"])
    if REAL.get(cls) is types.SimpleNamespace:
        return types.SimpleNamespace(**{name: value for name, value in fields.items() if value is not UNBOUND})
    base: Any = base_of(cls)
    if base is None:
        made: Any = extended(cls).__new__(cls)
    else:
        made = base.__new__(cls) if base is list else base.__new__(cls, fields[VALUE])
        if base is list:
            list.extend(made, fields[VALUE])
    for name, value in fields.items():
        if name != VALUE and value is not UNBOUND:  # deleted, or not set on the way that was taken
            put_attribute(made, name, value)
    return made


def put_attribute(made: Any, name: str, value: Any) -> None:
    """What an object holds under a name, whatever its class has there."""
    space = getattr(made, "__dict__", None)
    if space is None or isinstance(getattr(type(made), name, None), types.MemberDescriptorType):
        object.__setattr__(made, name, value)
    else:
        space[name] = value


def remade_dict(cls: Any, pairs: Iterable[tuple[Any, Any]]) -> Any:
    """A dict of a class with these items."""
    base = extended(cls)
    made = defaultdict(cls.default_factory) if REAL.get(cls) is defaultdict else base.__new__(cls)
    for key, value in pairs:
        base.__setitem__(made, key, value)
    return made


def value_of(cx: Context, av: AV) -> AV | None:
    """What an object of such a class holds; None for everything else."""
    if isinstance(av, Ref):
        content = cx.heap.get(av.name)
        return content.fields[VALUE] if isinstance(content, Obj) and VALUE in content.static[1] else None
    found = number_of(av) if isinstance(av, Known) else av
    return None if found is av else found


def plain(cx: Context, av: AV) -> AV:
    """An object of such a class as what it holds; everything else as it is."""
    if isinstance(av, Choice) and any(isinstance(m, (Ref, Known)) and value_of(cx, m) is not None for m in av.members):
        return cx.dispatch(av, lambda m: plain(cx, m))
    found = value_of(cx, av)
    return av if found is None else found


def number_of(tree: AV) -> AV:
    """The number in the tree of such an object; everything else as it is."""
    if isinstance(tree, Known):
        base = base_of(type(tree.obj))
        return Known(EXACT[base](tree.obj)) if base in EXACT else tree
    return tree.fields[VALUE] if isinstance(tree, Obj) and VALUE in tree.static[1] else tree


def number_in(cx: Context, tree: AV) -> AV:
    """The same of what may be one of several values."""
    if isinstance(tree, Choice) and any(number_of(m) is not m for m in tree.members):
        return cx.dispatch(tree, number_of)
    return number_of(tree)


def plain_throughout(cx: Context, av: AV, numpys: bool) -> AV:
    """The same, in tuples and lists of known form as well; numpy's numbers."""
    from irad.infer import heap

    content = cx.heap.get(av.name) if isinstance(av, Ref) and av.cls is list else av
    if isinstance(content, Seq) and content.cls in (tuple, list):
        items = tuple(plain_throughout(cx, item, numpys) for item in content.items)
        if any(a is not b for a, b in zip(items, content.items, strict=True)):
            return Seq(tuple, items) if content.cls is tuple else heap.allocate(cx, Seq(list, items), list)
        return av
    if isinstance(av, Choice) and numpys:
        return cx.dispatch(av, lambda m: plain_throughout(cx, m, True)) if any(plain(cx, m) is not m for m in av.members) else av
    held = plain(cx, av)
    return of_numpy(held) if numpys and held is not av else held


def allocate(cx: Context, cls: type, args: list[AV], kwargs: dict[str, AV]) -> Ref:
    """float.__new__(cls, *args, **kwargs), and the like."""
    from irad.infer import heap, lists
    from irad.infer.calls import call_value
    from irad.infer.lookups import lookup

    base = base_of(cls)
    assert base is not None
    for name in ASKED[base]:
        if isinstance(lookup(cx, cls, name)[1], types.FunctionType):
            cx.unsupported(
                f"an object of class {cls.__qualname__}, which is derived from {base.__name__} and has a {name}", kind="object",
                why="some functions ask for it, and some take the number itself", hint="make the object outside",
            )
    if base is list:
        value: AV = lists.new_list(cx, ())
    else:
        value = plain(cx, call_value(cx, Known(base), args, kwargs))
        if isinstance(value, Choice):
            cx.unsupported(f"an object of class {cls.__qualname__} made of one of several values", kind="object")
    return heap.allocate(cx, Obj(cls, {VALUE: value}), cls)


def init_list(cx: Context, owner: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """list.__init__(owner, *args)"""
    from irad.infer import heap, lists

    held = plain(cx, owner)
    if not isinstance(held, Ref) or held.cls is not list or kwargs or len(args) > 1:
        cx.unsupported("list.__init__ of this object", kind="object", hint="make a new list")
    whole = args and isinstance(args[0], Ref) and args[0].cls is list
    items = lists.copied(cx, args[0]) if whole else lists.new_list(cx, ())  # type: ignore[arg-type]
    heap.store(cx, held, heap.content_of(cx, items))
    if args and not whole:
        lists.extend(cx, held, args[0])
    return NONE


# -- operators -----------------------------------------------------------------------------------------------------


def beside(cx: Context, a: AV, b: AV) -> tuple[AV, AV]:
    """The operands of an operator that C's methods compute, as the one of these sees them that is asked first."""
    x, y = plain(cx, a), plain(cx, b)
    if x is not a and _is_number(x, float) and _is_number(y, np.float64):
        y = _number(y, "float")  # float's own method takes it for a float
    return (_as_numpys(x, y) if x is not a else x), (_as_numpys(y, x) if y is not b else y)


def _as_numpys(held: AV, other: AV) -> AV:
    """A number whose class numpy does not know, beside what is numpy's: it counts as numpy's own, unlike a float or an int."""
    numpys = isinstance(other, Arr) or (numeric(other) and any(map(is_numpy, _kinds(other))))
    return of_numpy(held) if numpys else held


def of_numpy(held: AV) -> AV:
    """What numpy makes of the number in an object whose class it does not know."""
    return _number(held, "float64" if _is_number(held, float) else "int64") if numeric(held) else held


def _kinds(av: AV) -> tuple[str, ...]:
    return av.kinds if isinstance(av, Num) else (str(kind_of(av.obj)),)  # type: ignore[attr-defined]


def _is_number(av: AV, cls: type) -> bool:
    """Whether this is a number of such a class, or one of numpy that is of the class as well."""
    return numeric(av) and all(issubclass(CLASSES[k], cls) for k in _kinds(av))


def _number(av: AV, kind: str) -> AV:
    return Num(kind, av.value) if isinstance(av, Num) else Known(CLASSES[kind](av.obj))  # type: ignore[attr-defined]


def binary(
    cx: Context, a: AV, b: AV, name: str, reflected: str, computed: Callable[[AV, AV], AV], first: bool = False,
) -> AV | None:
    """An operator, of which one operand is an object of such a class, as C computes it; None if there is no such operand.

    first: asked before the methods written in Python, which may come later.
    """
    from irad.infer.numbers import each_kind
    from irad.infer.objects import class_of_instance, special

    if value_of(cx, a) is None and value_of(cx, b) is None:
        return None
    if first and not _comes_first(cx, a, b, name, reflected):
        return None
    if isinstance(a, Num) and a.tag is not None:
        return each_kind(cx, a, lambda n: computed(n, b))
    if isinstance(b, Num) and b.tag is not None:
        return each_kind(cx, b, lambda n: computed(a, n))
    alike = class_of_instance(a) is class_of_instance(b)
    for one, way in ((a, name), *(() if alike else ((b, reflected),))):
        if not first and value_of(cx, one) is not None and special(cx, one, way) is not None:
            cx.unsupported(
                f"the operator {way} of a class derived from float, int, str or list, if it returns NotImplemented",
                kind="operator", hint="let it return a number",
            )
    x, y = beside(cx, a, b)
    found = computed(x, y)
    return a if found is x else found  # a list that is changed in place


def _comes_first(cx: Context, a: AV, b: AV, name: str, reflected: str) -> bool:
    """Whether C's method of the left operand takes the right one before that one's own method, in Python, is asked."""
    from irad.infer.objects import class_of_instance, special

    right, left = value_of(cx, b), value_of(cx, a)
    if right is None or special(cx, b, reflected) is None:
        return False
    if left is None:
        if isinstance(a, Arr) or (numeric(a) and any(map(is_numpy, _kinds(a)))):
            cx.unsupported(
                f"an operator on a number or an array of numpy and an object whose class has a {reflected}", kind="operator",
                hint="put the object on the left, or use float(x)",
            )
        return (_is_number(a, float) or _is_number(a, bool)) and _is_number(right, int)
    if special(cx, a, name) is not None or issubclass(class_of_instance(b) or object, class_of_instance(a) or object):
        return False
    return takes(left, right)


def takes(left: AV, right: AV) -> bool:
    """Whether C's method of a number, a text or a list computes with a value of such a class."""
    if _is_number(left, float):
        return _is_number(right, float) or _is_number(right, int)
    if _is_number(left, int):
        return _is_number(right, int)
    from irad.infer.context import type_name

    return type_name(left) == type_name(right)


def unary_of(cx: Context, op: str, av: AV) -> AV | None:
    """-x and the like, as C computes it."""
    from irad.infer.asking import unary

    held = value_of(cx, av)
    return None if held is None else unary(cx, op, held)


def method(cx: Context, owner: AV, other: AV, computed: Callable[[AV, AV], AV]) -> AV:
    """float.__add__(owner, other), and the like, of Python's numbers and of lists."""
    right = plain(cx, other)
    if isinstance(right, Choice):
        return cx.dispatch(right, lambda m: method(cx, owner, m, computed))
    if _is_number(right, np.float64) and _is_number(owner, float):
        right = _number(right, "float")
    known = numeric(owner) and not any(map(is_numpy, _kinds(owner))) and len(_kinds(owner)) == 1
    if not known and not (isinstance(owner, Ref) and owner.cls is list):
        cx.unsupported("this method of an operator", kind="attribute", hint="use the operator")
    return computed(owner, right) if takes(owner, right) else Known(NotImplemented)
