"""What names mean: globals, closure cells, functions and the variables that they capture."""

from __future__ import annotations

from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, NoReturn

import numpy as np

from irad.infer import functions, heap, iterate
from irad.infer.context import Anew, Context
from irad.infer.execute import meaning
from irad.infer.made import is_made, linked
from irad.infer.shapes import AV
from irad.infer.values import NONE, UNBOUND_AV, Cell, Fn, FrozenCell, Known, Record, Seq
from irad.ir.core import Instr
from irad.ops.py import UNBOUND


@meaning("global")
def _global(cx: Context, instr: Instr, args: list[AV]) -> AV:
    name = instr.attrs["name"]
    found = cx.unit.outside.global_value(cx.builder, cx.fn.globals, name)
    if found is None:
        cx.throw("NameError", f"name '{name}' is not defined")
    return found


@meaning("set_global")
def _set_global(cx: Context, instr: Instr, args: list[AV]) -> AV:
    """Assignments to global variables are refused, but for those that keep what was imported late.

    Such an import is made now, as CPython would, and the variable is set; the compilation then begins anew.
    """
    name, space = instr.attrs["name"], cx.fn.globals
    imported = (ModuleType, FunctionType, BuiltinFunctionType, type, np.ufunc)
    obj = _imported_object(args[0])
    if not isinstance(obj, imported) or space.get(name) not in (None, obj):
        cx.unsupported(
            "assignment to a global variable", kind="nonlocal",
            why="what a compiled function reads from outside is fixed while it runs",
            hint="return the value, or keep it in an array that is an argument",
        )
    if space.get(name) is None:
        space[name] = obj
        raise Anew
    return NONE


def _imported_object(av: AV) -> Any:
    """The object behind what an import has given; None if it is something else."""
    if isinstance(av, Fn):
        found = av.globals.get(av.code.co_name)
        return found if getattr(found, "__code__", None) is av.code else None
    return av.obj if isinstance(av, Known) else None


@meaning("check_bound")
def _check_bound(cx: Context, instr: Instr, args: list[AV]) -> AV:
    name = instr.attrs["name"]

    def case(av: AV) -> AV:
        if isinstance(av, Known) and av.obj is UNBOUND:
            _unbound_local(cx, name)
        return av

    return cx.dispatch(args[0], case)


def _unbound_local(cx: Context, name: object) -> NoReturn:
    cx.throw("UnboundLocalError", f"cannot access local variable '{name}' where it is not associated with a value")


@meaning("cell")
def _cell(cx: Context, instr: Instr, args: list[AV]) -> AV:
    if args and args[0] is not UNBOUND_AV and instr.attrs["name"] not in _assigned(cx, cx.fn.code):
        return FrozenCell(args[0])
    cell = Cell((Cell, next(cx.unit.numbers)))
    cx.heap[cell.name] = args[0] if args else UNBOUND_AV
    return cell


def _assigned(cx: Context, code: CodeType) -> frozenset[str]:
    """The captured variables that a function or those inside of it assign to after its beginning."""
    source = cx.unit.lift(code)
    found: frozenset[str] | None = source.attrs.get("assigned")
    if found is None:
        names = {str(i.attrs["name"]) for i in source.instrs() if i.op == "py.set_deref"}
        for inner in code.co_consts:
            if isinstance(inner, CodeType):
                names.update(_assigned(cx, inner) & set(inner.co_freevars))
        found = source.attrs["assigned"] = frozenset(names)
    return found


@meaning("free")
def _free(cx: Context, instr: Instr, args: list[AV]) -> AV:
    cell: AV = cx.fn.cells[instr.attrs["index"]]
    return cell


@meaning("deref")
def _deref(cx: Context, instr: Instr, args: list[AV]) -> AV:
    content = cx.dispatch(args[0], lambda cell: linked(cx.heap, cell))

    def case(av: AV) -> AV:
        if isinstance(av, Known) and av.obj is UNBOUND:
            name = instr.attrs.get("name")
            if instr.attrs.get("own"):
                _unbound_local(cx, name)
            where = "where it is not associated with a value in enclosing scope"
            cx.throw("NameError", f"cannot access free variable '{name}' {where}")
        return av

    return cx.dispatch(content, case)


@meaning("set_deref")
def _set_deref(cx: Context, instr: Instr, args: list[AV]) -> AV:
    def put(cell: AV) -> AV:
        if isinstance(cell, Cell) and is_made(cell.name):
            cell = cx.heap[cell.name]
        if not isinstance(cell, Cell):
            cx.unsupported(
                f"assignment to the captured variable `{instr.attrs.get('name')}`", kind="nonlocal",
                why="the variable belongs to a function that is not being compiled", hint="return the new value instead",
            )
        heap.store(cx, cell, args[1])
        return NONE

    return cx.dispatch(args[0], put)


@meaning("function")
def _function(cx: Context, instr: Instr, args: list[AV]) -> AV:
    code, defaults, kwdefaults, closure, _ = args
    assert isinstance(code, Known)
    given = iterate.known_items(defaults) if defaults is not NONE else None
    named = _keyword_defaults(cx, kwdefaults)
    cells = closure.children if isinstance(closure, Seq) else ()
    holder = functions.new_holder(cx) if cx.unit.manner.attributes else None
    return Fn(code.obj, cx.fn.globals, tuple(given or ()), named, tuple(cells), code.obj.co_qualname, None, holder)


def _keyword_defaults(cx: Context, av: AV) -> tuple[tuple[str, AV], ...]:
    if isinstance(av, Known):
        return tuple((k, Known(v)) for k, v in (av.obj or {}).items())
    content = heap.opened(cx, av)
    if isinstance(content, Record):
        return tuple(zip(content.static[1], content.children, strict=True))
    return ()
