"""Identities of single ops that hold in every bit: what `simplify` asks for each instruction.

    %a: float = mul %x, 1.0                  (uses of %a become %x)
    %b: float = pow %x, 2.0         ->       %b: float = mul %x, %x
    %c: int = add %i, 2                      (merged)
    %d: int = sub %c, 1                      %d: int = add %i, 1

A rule gets the instruction and `Site`, and returns the value that replaces the result, CHANGED if it rewrote the
instruction, or None. `x + 0.0` is not an identity (-0.0), nor is `x - x` of floats (inf, nan).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any as AnyObject

from irad.analysis.memory import base_of
from irad.ir.core import Const, Emptied, Instr, Value
from irad.ir.types import BOOL, INT, Array, Scalar, Type
from irad.passes.fold import FALSE, TRUE, holds_exactly, is_literal, literal, round_to, same


class _Changed:
    """The instruction was rewritten in place."""


CHANGED = _Changed()
Outcome = Value | _Changed | None


class Site:
    """What a rule may look at and do: definitions of operands, and instructions put before the current one."""

    __slots__ = ("defs", "out", "params")

    def __init__(self, defs: dict[Value, Instr], params: Collection[Value] = ()) -> None:
        self.defs = defs
        self.params = params  # of the function
        self.out: list[Instr] = []

    def operand(self, value: Value, op: str) -> Instr | None:
        """The instruction `op` that made `value`, if that is how it was made."""
        made = self.defs.get(value)
        return made if made is not None and made.op == op else None

    def emit(self, model: Instr, op: str, args: list[Value], type: Type, **attrs: AnyObject) -> Value:
        """A new instruction before `model`, at its place in the source."""
        instr = Instr(op, args, [Value(type)], attrs, model.loc)
        self.out.append(instr)
        self.defs[instr.result] = instr
        return instr.result


Rule = Callable[[Site, Instr], Outcome]
RULES: dict[str, Rule] = {}


def rule(*names: str) -> Callable[[Rule], Rule]:
    def enter(function: Rule) -> Rule:
        for name in names:
            RULES[name] = function
        return function

    return enter


def become(instr: Instr, op: str, *args: Value, **attrs: AnyObject) -> _Changed:
    """Rewrite an instruction, keeping its results and place."""
    instr.op, instr.args, instr.attrs = op, list(args), attrs
    return CHANGED


def _is_int(value: Value) -> bool:
    return isinstance(value.type, Scalar) and value.type.family in "iu"


def _int(type: Type, number: int) -> Const:
    assert isinstance(type, Scalar)
    return Const(type, round_to(type, number))


def offset(site: Site, value: Value) -> tuple[Value | None, int]:
    """An int as (base, constant), exact modulo the width of the type; the base of a constant is None."""
    number = literal(value)
    if number is not None:
        return None, int(number)
    made = site.defs.get(value)
    if made is not None and made.op in ("add", "sub"):
        step = literal(made.args[1])
        if step is not None:
            return made.args[0], int(step) if made.op == "add" else -int(step)
    return value, 0


@rule("add")
def _add(site: Site, instr: Instr) -> Outcome:
    x, y = instr.args
    if not _is_int(x):
        if is_literal(y, -0.0) or isinstance(y, Emptied):
            return x
        if isinstance(x, Emptied):
            return y
        if (other := site.operand(y, "neg")) is not None:
            return become(instr, "sub", x, other.args[0])
        if (other := site.operand(x, "neg")) is not None:
            return become(instr, "sub", y, other.args[0])
        return None
    if literal(y) is not None:
        return _shifted(site, instr, int(literal(y) or 0))
    if (other := site.operand(x, "sub")) is not None and other.args[1] is y:
        return other.args[0]  # (a - y) + y
    if (other := site.operand(y, "sub")) is not None and other.args[1] is x:
        return other.args[0]
    if (other := site.operand(y, "neg")) is not None:
        return become(instr, "sub", x, other.args[0])
    return None


@rule("muladd")
def _muladd(site: Site, instr: Instr) -> Outcome:
    return become(instr, "mul", *instr.args[:2]) if isinstance(instr.args[2], Emptied) else None


@rule("sub")
def _sub(site: Site, instr: Instr) -> Outcome:
    x, y = instr.args
    if not _is_int(x):
        if is_literal(y, 0.0):
            return x
        if is_literal(x, -0.0):
            return become(instr, "neg", y)
        if (other := site.operand(y, "neg")) is not None:
            return become(instr, "add", x, other.args[0])
        return None
    if x is y:
        return _int(x.type, 0)
    if literal(y) is not None:
        return _shifted(site, instr, -int(literal(y) or 0))
    if is_literal(x, 0):
        return become(instr, "neg", y)
    base, step = offset(site, x)
    if base is y and step:
        return _int(x.type, step)
    if (other := site.operand(x, "add")) is not None and y in other.args:
        return other.args[1] if other.args[0] is y else other.args[0]  # (a + y) - y
    if (other := site.operand(y, "sub")) is not None and other.args[0] is x:
        return other.args[1]  # x - (x - a)
    if (other := site.operand(y, "neg")) is not None:
        return become(instr, "add", x, other.args[0])
    return None


def _shifted(site: Site, instr: Instr, step: int) -> Outcome:
    """An int plus the constant `step`, merged with the constant that its operand adds."""
    x = instr.args[0]
    if step == 0:
        return x
    base, inner = offset(site, x)
    if base is None or base is x:
        return None
    total = round_to(x.type, step + inner) if isinstance(x.type, Scalar) else None
    assert isinstance(total, int)
    if total == 0:
        return base
    if total < 0 and total != -(1 << 63):
        return become(instr, "sub", base, _int(x.type, -total))
    return become(instr, "add", base, _int(x.type, total))


@rule("mul")
def _mul(site: Site, instr: Instr) -> Outcome:
    x, y = instr.args
    if is_literal(y, 1):
        return x
    if _is_int(x):
        return y if is_literal(y, 0) else None
    left, right = site.operand(x, "neg"), site.operand(y, "neg")
    if left is not None and right is not None:
        return become(instr, "mul", left.args[0], right.args[0])
    return None


@rule("div")
def _div(site: Site, instr: Instr) -> Outcome:
    return instr.args[0] if is_literal(instr.args[1], 1.0) else None


@rule("floordiv")
def _floordiv(site: Site, instr: Instr) -> Outcome:
    x, y = instr.args
    return x if _is_int(x) and is_literal(y, 1) else None


@rule("mod")
def _mod(site: Site, instr: Instr) -> Outcome:
    x, y = instr.args
    return _int(x.type, 0) if _is_int(x) and is_literal(y, 1) else None


@rule("neg")
def _neg(site: Site, instr: Instr) -> Outcome:
    other = site.operand(instr.args[0], "neg")
    if other is not None:
        return other.args[0]
    other = site.operand(instr.args[0], "sub")
    if other is not None and _is_int(instr.args[0]):
        return become(instr, "sub", other.args[1], other.args[0])
    return None


@rule("abs")
def _abs(site: Site, instr: Instr) -> Outcome:
    other = site.operand(instr.args[0], "neg")
    if other is not None:
        return become(instr, "abs", other.args[0])
    return instr.args[0] if site.operand(instr.args[0], "abs") is not None else None


@rule("pow")
def _pow(site: Site, instr: Instr) -> Outcome:
    x, y = instr.args
    if is_literal(y, 1.0):
        return x
    return Const(x.type, 1.0) if literal(y) == 0.0 else None  # x*x and 1 / x are not pow's bits


@rule("int_pow")
def _int_pow(site: Site, instr: Instr) -> Outcome:
    x, y = instr.args
    if is_literal(y, 2):
        return become(instr, "mul", x, x)
    if is_literal(y, 1):
        return x
    return _int(x.type, 1) if is_literal(y, 0) else None


@rule("add_fits", "sub_fits")
def _add_fits(site: Site, instr: Instr) -> Outcome:
    x, y = instr.args
    if is_literal(y, 0) or (instr.op == "add_fits" and is_literal(x, 0)) or (instr.op == "sub_fits" and x is y):
        return TRUE
    return None


@rule("mul_fits")
def _mul_fits(site: Site, instr: Instr) -> Outcome:
    return TRUE if any(is_literal(a, 0) or is_literal(a, 1) for a in instr.args) else None


REFLEXIVE = {"eq": True, "le": True, "ge": True, "ne": False, "lt": False, "gt": False}


@rule("eq", "ne", "lt", "le", "gt", "ge")
def _compare(site: Site, instr: Instr) -> Outcome:
    x, y = instr.args
    if isinstance(x.type, Scalar) and x.type.is_float:
        return None
    if x is y:
        return TRUE if REFLEXIVE[instr.op] else FALSE
    if instr.op in ("eq", "ne"):
        return _equality(site, instr)
    return None


def _equality(site: Site, instr: Instr) -> Outcome:
    x, y = instr.args
    number = literal(y)
    if number is None:
        return None
    if x.type == BOOL:
        if bool(number) == (instr.op == "eq"):
            return x
        return become(instr, "not", x)
    widened = site.operand(x, "cast")
    if widened is not None and widened.args[0].type == BOOL:  # the truth of int(b)
        if number not in (0, 1):
            return FALSE if instr.op == "eq" else TRUE
        if (number == 1) == (instr.op == "eq"):
            return widened.args[0]
        return become(instr, "not", widened.args[0])
    return None


@rule("not")
def _not(site: Site, instr: Instr) -> Outcome:
    made = site.defs.get(instr.args[0])
    if made is None:
        return None
    if made.op == "not":
        return made.args[0]
    if made.op in ("eq", "ne"):  # exact also for nan: `ne` is the unordered one
        return become(instr, "ne" if made.op == "eq" else "eq", *made.args)
    return None


@rule("and", "or")
def _and_or(site: Site, instr: Instr) -> Outcome:
    x, y = instr.args
    if x is y:
        return x
    number = literal(y)
    if number is None:
        return None
    neutral, absorbing = (-1, 0) if instr.op == "and" else (0, -1)
    if x.type == BOOL:
        neutral, absorbing = neutral & 1, absorbing & 1
    if isinstance(x.type, Scalar) and x.type.family != "u":
        return x if number == neutral else y if number == absorbing else None
    return None


@rule("xor")
def _xor(site: Site, instr: Instr) -> Outcome:
    x, y = instr.args
    if x is y:
        assert isinstance(x.type, Scalar)
        return Const(x.type, False if x.type == BOOL else 0)
    if literal(y) == 0:
        return x
    return become(instr, "not", x) if x.type == BOOL and literal(y) == 1 else None


@rule("shl", "shr")
def _shift(site: Site, instr: Instr) -> Outcome:
    return instr.args[0] if is_literal(instr.args[1], 0) else None


@rule("masked")
def _masked(site: Site, instr: Instr) -> Outcome:
    factor, product = instr.args
    number = literal(factor)
    if number is None:
        return None
    return Const(product.type, 0.0) if number == 0.0 else product


@rule("select")
def _select(site: Site, instr: Instr) -> Outcome:
    cond, x, y = instr.args
    if same(x, y):
        return x
    known = literal(cond)
    if known is not None:
        return x if known else y
    if x.type == BOOL and literal(x) is not None and literal(y) is not None:
        return cond if literal(x) else become(instr, "not", cond)
    if (other := site.operand(cond, "not")) is not None:
        return become(instr, "select", other.args[0], y, x)
    if (other := site.operand(y, "select")) is not None and other.args[0] is cond:
        return become(instr, "select", cond, x, other.args[2])
    if (other := site.operand(x, "select")) is not None and other.args[0] is cond:
        return become(instr, "select", cond, other.args[1], y)
    return None


@rule("maximum", "minimum")
def _extremum(site: Site, instr: Instr) -> Outcome:
    return instr.args[0] if instr.args[0] is instr.args[1] else None


@rule("cast")
def _cast(site: Site, instr: Instr) -> Outcome:
    x = instr.args[0]
    if x.type == instr.result.type:
        return x
    inner = site.operand(x, "cast")
    if inner is not None and instr.result.type != BOOL and holds_exactly(inner.args[0].type, x.type):
        return become(instr, "cast", inner.args[0], to=instr.attrs["to"])
    return None


@rule("opaque")
def _opaque(site: Site, instr: Instr) -> Outcome:
    x = instr.args[0]
    return x if isinstance(x.type, Scalar) and not x.type.is_float else None  # ints carry no derivative anyway


# Arrays: the extents of what was made here are known; reads and writes through a view go to its base.


def kept_axes(view: Instr) -> list[int]:
    """The axes of the operand of a `view` that its result keeps."""
    base = view.args[0].type
    assert isinstance(base, Array)
    return [axis for axis in range(base.ndim) if axis not in view.attrs["drop"]]


def extent_of(made: Instr, axis: int) -> Value | tuple[Value, int] | None:
    """The extent of the array that an instruction made: a number, or an axis of another array; None if neither."""
    if made.op == "alloc":
        return made.args[axis]
    if made.op in ("reshape", "spread", "regroup"):
        return made.args[1 + axis]
    if made.op == "diagonal" and isinstance(made.result.type, Array) and axis == made.result.type.ndim - 1:
        return made.args[1]
    if made.op == "view":
        return made.args[2 + 3 * kept_axes(made)[axis]]
    if made.op == "permute":
        return made.args[0], made.attrs["axes"][axis]
    return (made.args[0], axis) if made.op == "opaque" else None


@rule("dim")
def _dim(site: Site, instr: Instr) -> Outcome:
    made = site.defs.get(instr.args[0])
    extent = extent_of(made, instr.attrs["axis"]) if made is not None else None
    return become(instr, "dim", extent[0], axis=extent[1]) if isinstance(extent, tuple) else extent


@rule("view")
def _view(site: Site, instr: Instr) -> Outcome:
    base = instr.args[0]
    assert isinstance(base.type, Array)
    if instr.attrs["drop"] or instr.result.type != base.type:
        return None
    made = site.defs.get(base)
    for axis in range(base.type.ndim):
        start, count, step = instr.args[1 + 3 * axis : 4 + 3 * axis]
        if not is_literal(start, 0) or not is_literal(step, 1):
            return None
        if made is not None and made.op == "alloc":
            whole = same(made.args[axis], count)
        else:
            size = site.operand(count, "dim")
            whole = size is not None and size.args[0] is base and size.attrs["axis"] == axis
        if not whole:
            return None
    return base


@rule("permute")
def _permute(site: Site, instr: Instr) -> Outcome:
    axes = list(instr.attrs["axes"])
    base = instr.args[0]
    if axes == sorted(axes) and instr.result.type == base.type:
        return base
    other = site.operand(base, "permute")
    if other is None:
        return None
    axes = [other.attrs["axes"][axis] for axis in axes]
    if axes == sorted(axes) and other.args[0].type == instr.result.type:
        return other.args[0]
    return None


@rule("load")
def _load(site: Site, instr: Instr) -> Outcome:
    return _through_view(site, instr, 0)


@rule("store")
def _store(site: Site, instr: Instr) -> Outcome:
    return _through_view(site, instr, 1)


def _through_view(site: Site, instr: Instr, at: int) -> Outcome:
    """Reach the base of a view with unit steps (or a permutation) directly."""
    made = site.defs.get(instr.args[at])
    if made is None or made.op not in ("view", "permute"):
        return None
    indices = instr.args[at + 1 :]
    if made.op == "permute":
        moved: list[Value] = list(indices)
        for k, axis in enumerate(made.attrs["axes"]):
            moved[axis] = indices[k]
        instr.args[at:] = [made.args[0], *moved]
        return CHANGED
    kept = kept_axes(made)
    if not all(is_literal(made.args[3 + 3 * axis], 1) for axis in kept):
        return None
    reached: list[Value] = [made.args[1 + 3 * axis] for axis in range((len(made.args) - 1) // 3)]
    for index, axis in zip(indices, kept, strict=True):
        start = reached[axis]
        reached[axis] = index if is_literal(start, 0) else start if is_literal(index, 0) else (
            site.emit(instr, "add", [start, index] if literal(start) is None else [index, start], INT)
        )
    instr.args[at:] = [made.args[0], *reached]
    return CHANGED


@rule("same", "overlap")
def _same(site: Site, instr: Instr) -> Outcome:
    x, y = instr.args
    if instr.op == "same" and x is y:
        return TRUE
    first, second = base_of(site.defs, x), base_of(site.defs, y)
    made = [site.operand(base, "alloc") is not None for base in (first, second)]
    others = [base for base, new in zip((first, second), made, strict=True) if not new]
    apart = first is not second and any(made) and all(base in site.params for base in others)
    return FALSE if apart else None
