"""`class` statements in compiled functions.

    def f(x, n):
        class Spring:                      the class is made by CPython, once, when the code is analysed;
            def force(self, q):            x in it is a cell that stands for x in the abstract heap (see `made`)
                return -x * q
        return Spring().force(2.0)

The body of the class is run by CPython as well. So it may do nothing that is seen outside of it, and call nothing but what makes
methods and attributes; and what it takes from variables whose values are known at run time only, it may store, but not compute
with. A class that is made again while the one made before is in use would be another class: that is refused.
"""

from __future__ import annotations

import abc
import builtins
import collections
import dataclasses
import enum
import functools
import types
import typing
from typing import Any, NoReturn

import numpy as np

from irad.infer.context import Context
from irad.infer.evaluated import known_throughout
from irad.infer.keys import ObjKey
from irad.infer.made import MADE, Made, RunTime, Unknown, linked
from irad.infer.meanings import HANDLERS, handles
from irad.infer.pythoncalls import call_function
from irad.infer.shapes import AV
from irad.infer.values import Cell, Fn, FrozenCell, Known, Name, Partial
from irad.ir.core import Const, Function, Instr, Value
from irad.ops.py import UNBOUND

# modules of which a class body may call functions and classes: they make methods, attributes and classes
HARMLESS = frozenset((
    "builtins", "functools", "dataclasses", "abc", "_abc", "enum", "typing", "types", "operator", "_operator", "math",
    "collections",
))
HARMFUL = frozenset((  # of the builtin functions
    "print", "input", "open", "exec", "eval", "compile", "setattr", "delattr", "globals", "vars", "breakpoint", "__import__",
    "next",
))
OF_PROPERTIES = ("setter", "getter", "deleter", "register")
QUIET = frozenset(f"py.{name}" for name in (
    "name", "set_name", "global", "deref", "free", "cell", "attr", "item", "tuple", "list", "set", "dict", "list_append",
    "list_extend", "set_add", "set_update", "map_add", "dict_update", "list_to_tuple", "slice", "binary", "compare", "contains",
    "is", "unary", "truth", "function", "format", "string", "iter", "next", "unpack", "unpack_ex", "check_bound",
))
OWN = object()  # what a class body has made itself
DECORATORS = (dataclasses.dataclass, functools.total_ordering, enum.unique, typing.final, typing.runtime_checkable)


@handles(builtins.__build_class__, as_they_are=True)
def _build_class(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    body, name, *bases = args
    parents = [original(b) for b in bases]
    options = {k: original(v) for k, v in kwargs.items()}
    known = isinstance(name, Known) and None not in parents and None not in options.values()
    if not isinstance(body, Fn) or not known or cx.solver is None:
        _refuse(cx, "with base classes that are not known at compile time")
    contents = [linked(cx.heap, cell) for cell in body.cells]
    taken = tuple(ObjKey(c.obj) if isinstance(c, Known) else None for c in contents)
    key = (body.code, id(cx.solver.spec), tuple(map(ObjKey, parents)), taken)
    made = cx.unit.classes.by_statement.get(key)
    if made is None:
        _check_body(cx, cx.unit.lift(body.code), body.globals)
        _check_bases(cx, parents, options)
        made = _made(cx, body, body.code.co_name, parents, options, contents)
        cx.unit.classes.add(key, made)
    if any(n in cx.heap for n in made.names):
        _refuse(cx, "that is run again while the class it made before is in use")
    for variable, cell in zip(body.code.co_freevars, body.cells, strict=True):
        cx.heap[made.cells[variable][1]] = cell
        cx.heap[made.values[variable]] = FrozenCell(linked(cx.heap, cell))
    cx.heap[made.values[""]] = Known(None)
    return Known(made.cls)


def original(av: AV) -> Any:
    """The Python object behind a known value, or behind a function from outside; None for everything else."""
    if isinstance(av, Fn):
        found = av.globals.get(av.code.co_name)
        return found if getattr(found, "__code__", None) is av.code else None
    return av.obj if isinstance(av, Known) else None


def _refuse(cx: Context, what: str, hint: str = "define the class at module level") -> NoReturn:
    cx.unsupported(
        f"a class statement inside a function {what}", kind="syntax", hint=hint,
        why="the class is made when the function is compiled",
    )


def _made(cx: Context, body: Fn, name: str, bases: list[Any], options: dict[str, Any], contents: list[AV]) -> Made:
    """Run the class statement."""
    cells: dict[str, tuple[Any, Name]] = {}
    values: dict[str, Name] = {"": _name(cx)}
    for variable, content in zip(body.code.co_freevars, contents, strict=True):
        cell = types.CellType()
        cells[variable], values[variable] = (cell, _name(cx)), _name(cx)
        if isinstance(content, Known):
            if content.obj is not UNBOUND:
                cell.cell_contents = content.obj
        else:
            cell.cell_contents = RunTime(Cell(values[variable]))
    before = [_content(cell) for cell, _ in cells.values()]
    function = types.FunctionType(body.code, body.globals, name, None, tuple(cell for cell, _ in cells.values()))
    function.__qualname__ = body.code.co_qualname
    try:
        cls = builtins.__build_class__(function, name, *bases, **options)
    except Unknown:
        _refuse(cx, "whose body computes with values that are not known at compile time",
                "compute the value before the class statement, and assign it in the class")
    except TypeError as error:
        cx.type_error(str(error))
    except Exception as error:
        _refuse(cx, f"whose body raises {type(error).__name__}: {error}")
    if any(old is not _content(cell) for old, (cell, _) in zip(before, cells.values(), strict=True)):
        _refuse(cx, "whose body assigns to variables of the function")
    _check_values(cx, cls)
    return Made(cls, cells, values, body.code)


def _name(cx: Context) -> Name:
    return (Cell, (MADE, next(cx.unit.numbers)))


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return UNBOUND


def _check_bases(cx: Context, bases: list[Any], options: dict[str, Any]) -> None:
    """Making a class must run nothing of the program."""
    plain = [b for b in (*bases, *types.resolve_bases(bases)) if isinstance(b, type)]
    metas = {m for m in (*map(type, plain), *options.values()) if isinstance(m, type)}
    for meta in metas:
        if any(c.__module__ not in HARMLESS for c in meta.__mro__):
            _refuse(cx, f"with the metaclass {meta.__qualname__}")
    for base in plain:
        found = next(vars(c)["__init_subclass__"] for c in base.__mro__ if "__init_subclass__" in vars(c))
        if getattr(getattr(found, "__func__", found), "__module__", "builtins") not in (*HARMLESS, None):
            _refuse(cx, f"whose base class {base.__qualname__} has an __init_subclass__")


def _check_values(cx: Context, cls: type) -> None:
    """What the class holds must not change, since it is made once."""
    for name, value in vars(cls).items():
        if isinstance(value, np.ndarray):
            _refuse(cx, f"with an array as the attribute `{name}`", "assign it in __init__")
        if isinstance(value, RunTime) and type(cls) not in (type, abc.ABCMeta):
            _refuse(cx, f"with the metaclass {type(cls).__name__} and an attribute `{name}` that is not known at compile time")


def _check_body(cx: Context, body: Function, space: dict[str, Any]) -> None:
    """A class body may do nothing that is seen outside of it."""
    instrs = list(body.instrs())
    made = {result: instr for instr in instrs for result in instr.results}
    own = {str(i.attrs["name"]) for i in instrs if i.op == "py.set_name"}
    for instr in instrs:
        if instr.op in QUIET or (instr.op == "py.set_deref" and instr.attrs["name"] in ("__classdict__", "__class__")):
            continue
        if instr.op == "py.set_item" and _is_name(made.get(instr.args[0]), "__annotations__"):
            continue
        callee = _callee(instr.args[0], made, own, space) if instr.op == "py.call" else None
        if isinstance(callee, types.CodeType):
            _check_body(cx, cx.unit.lift(callee), space)
        elif callee is builtins.__build_class__:
            continue
        elif callee is not OWN and not _harmless(callee):
            line = f" (line {instr.loc.line})" if instr.loc is not None else ""
            _refuse(cx, f"whose body does more than to define methods and attributes{line}")


def _is_name(instr: Instr | None, name: str) -> bool:
    return instr is not None and instr.op == "py.name" and instr.attrs["name"] == name


def _callee(value: Value, made: dict[Value, Instr], own: set[str], space: dict[str, Any]) -> Any:
    """What a class body calls: a Python object, the code of a function of its own, OWN; None: it is not known."""
    if isinstance(value, Const):
        return value.value
    instr = made.get(value)
    if instr is None:
        return None
    if instr.op in ("py.name", "py.global"):
        name = instr.attrs["name"]
        if name in own and instr.op == "py.name":
            return None
        table = space.get("__builtins__", builtins)
        return space.get(name, (table if isinstance(table, dict) else vars(table)).get(name))
    if instr.op == "py.attr":
        owner = made.get(instr.args[0])
        if owner is not None and owner.op == "py.name" and owner.attrs["name"] in own:
            return OWN if instr.attrs["name"] in OF_PROPERTIES else None
        outer = _callee(instr.args[0], made, own, space)
        return getattr(outer, instr.attrs["name"], None) if isinstance(outer, (types.ModuleType, type)) else None
    if instr.op == "py.function":
        code = instr.args[0]
        return code.value if isinstance(code, Const) else None
    if instr.op == "py.call":  # of what a call has given: a decorator with options
        return _callee(instr.args[0], made, own, space)
    return None


def _harmless(obj: Any) -> bool:
    module = str(getattr(obj, "__module__", None)).partition(".")[0]
    return obj is not None and module in HARMLESS and not (module == "builtins" and getattr(obj, "__name__", "") in HARMFUL)


# -- decorators of the standard library, which change the class ----------------------------------------------------


def _decorated(cx: Context, args: list[AV], kwargs: dict[str, AV], function: Any) -> AV:
    if not args:
        return Partial(Known(function), (), kwargs)
    made = cx.unit.classes.owns(args[0].obj) if isinstance(args[0], Known) else None
    if made is None:
        return call_function(cx, cx.unit.outside.function(cx.builder, function, ("known", function)), args, kwargs)
    if not all(isinstance(v, Known) for v in kwargs.values()):
        _refuse(cx, "with a decorator whose options are not known at compile time")
    cls = args[0].obj  # type: ignore[attr-defined]
    options = {k: v.obj for k, v in kwargs.items()}  # type: ignore[attr-defined]
    key = (id(cls), function, tuple((k, ObjKey(v)) for k, v in options.items()))
    if key not in made.results:
        if cls.__doc__ is None and any(isinstance(v, RunTime) for v in vars(cls).values()):
            cls.__doc__ = f"{cls.__name__}(...)"  # else a decorator may show what is not known
        try:
            made.results[key] = function(cls, **options)
        except Unknown:
            _refuse(cx, "with a decorator that computes with values that are not known at compile time")
        except TypeError as error:
            cx.type_error(str(error))
        cx.unit.classes.know(made.results[key], made)
    return Known(made.results[key])


@handles(collections.namedtuple)
def _namedtuple(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A class of named tuples: another one at each place, but the same one whenever that is reached."""
    given = [known_throughout(cx, a) for a in args]
    named = {k: known_throughout(cx, v) for k, v in kwargs.items()}
    if not all(isinstance(a, Known) for a in (*given, *named.values())):
        _refuse(cx, "(namedtuple) with names or defaults that are not known at compile time")
    plain = [a.obj for a in given if isinstance(a, Known)]
    options = {k: a.obj for k, a in named.items() if isinstance(a, Known)}
    key = ("namedtuple", cx.solver and id(cx.solver.spec), cx.loc, repr((plain, options)))
    if key not in cx.unit.interned:
        try:
            cx.unit.interned[key] = collections.namedtuple(*plain, **{"module": cx.fn.globals.get("__name__"), **options})
        except (TypeError, ValueError) as error:
            cx.throw(type(error).__name__, str(error).replace("{", "{{").replace("}", "}}"))
    return Known(cx.unit.interned[key])


for _function in DECORATORS:
    assert id(_function) not in HANDLERS
    handles(_function)(functools.partial(_decorated, function=_function))
