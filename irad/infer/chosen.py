"""The arguments of a derivative, and which of them it is by.

Derivatives are told apart by the values that they are by: arguments that share a number or an array get values of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

from irad.errors import TypingError
from irad.infer import constants, derived, heap, rows
from irad.infer.context import Context
from irad.infer.joins import describe
from irad.infer.kinds import MACHINE, kind_of
from irad.infer.shapes import AV, flatten, shape_of
from irad.infer.values import (
    Arr,
    Choice,
    Fn,
    Known,
    Num,
    Partial,
    Record,
    Seq,
    int_const,
    known_const,
    tag_const,
)
from irad.ir.core import Const, Value
from irad.ir.types import Array, is_differentiable, is_float

NO_NUMBERS = (str, bytes, type(None), FunctionType, BuiltinFunctionType, np.ufunc)


def floats_at_run_time(cx: Context, av: AV) -> AV:
    """Known floats as run-time numbers, so that they can be differentiated."""
    if isinstance(av, Known):
        kind = kind_of(av.obj)
        if kind is not None and MACHINE[kind].is_float:
            return Num(kind, known_const(av.obj))
        if type(av.obj) is tuple:
            return Seq(tuple, tuple(floats_at_run_time(cx, Known(x)) for x in av.obj))
        constants.check(cx, av)
        return av
    rows.refuse_arrays(cx, av, "the derivative by", "pass an array")
    if isinstance(av, Choice):
        return av.with_children(tuple(m if heap.is_missing(m) else floats_at_run_time(cx, m) for m in av.members))
    if heap.is_tree(av):
        return av.with_children(tuple(floats_at_run_time(cx, i) for i in av.children))
    return av


def apart(cx: Context, av: AV, seen: set[int]) -> AV:
    """A tree whose floats and arrays are no values `seen` before: derivatives are told apart by the values that they are by."""
    if isinstance(av, (Num, Arr)):
        leaf = av.leaves[0]
        again = id(leaf) in seen and is_differentiable(leaf.type)
        seen.add(id(leaf))
        if not again:
            return av
        return Num(av.kinds, another(cx, leaf), av.tag) if isinstance(av, Num) else Arr(av.kind, another(cx, leaf), av.writeable)
    return av.with_children(tuple(apart(cx, c, seen) for c in av.children)) if av.children else av


def another(cx: Context, leaf: Value) -> Value:
    """The same number or array as a value of its own."""
    if not isinstance(leaf.type, Array):
        return cx.op("mul", leaf, Const(leaf.type, 1.0))
    if not leaf.type.ndim:  # a view of a part of no axes is the number
        return cx.op("reshape", leaf)
    places = (p for k in range(leaf.type.ndim) for p in (int_const(0), cx.op("dim", leaf, axis=k), int_const(1)))
    return cx.op("view", leaf, *places, drop=(), layout=leaf.type.layout)


@dataclass(eq=False)
class Chosen:
    """The arguments of a derivative: all of them, and which are differentiated."""

    args: list[AV]
    kwargs: dict[str, AV]
    picked: list[AV]  # the differentiated ones, in the order of argnums and argnames
    single: bool
    every: bool = False  # nobody has chosen them

    def active_leaves(self) -> set[int]:
        """Identities of the leaves that carry derivatives."""
        return {id(leaf) for av in self.picked for leaf in flatten(av) if is_differentiable(leaf.type)}


def choose(cx: Context, options: dict[str, Any], args: list[AV], kwargs: dict[str, AV]) -> Chosen:
    """Apply argnums and argnames; arguments that have no derivative are refused."""
    names = options.get("argnames")
    nums = options.get("argnums", 0) if names is None or ("argnums" in options and options["argnums"] is not None) else ()
    if names is not None and options.get("argnums_given") is not True:
        nums = ()
    wanted = (nums,) if isinstance(nums, int) else tuple(nums)
    named = (names,) if isinstance(names, str) else tuple(names or ())
    seen: set[int] = set()
    args = [apart(cx, a, seen) for a in args]
    kwargs = {k: apart(cx, a, seen) for k, a in kwargs.items()}
    picked = []
    for n in wanted:
        at = n + len(args) if n < 0 else n
        if not 0 <= at < len(args):
            hint = "differentiated arguments are passed by position, or named by argnames"
            cx.mistyped(f"argnums {n} with {len(args)} positional arguments", kind="argnums", hint=hint)
        args[at] = _differentiable(cx, args[at], f"argument {at}", options)
        picked.append(args[at])
    for name in named:
        if name not in kwargs:
            what = f"argnames has {name!r}, but the call does not pass it by keyword"
            cx.mistyped(what, kind="argnums", hint=f"write {name}=...")
        kwargs[name] = _differentiable(cx, kwargs[name], f"argument {name!r}", options)
        picked.append(kwargs[name])
    single = (isinstance(nums, int) and not named) or (isinstance(names, str) and not wanted)
    return Chosen(args, kwargs, picked, single, bool(options.get("every")))


def _differentiable(cx: Context, av: AV, what: str, options: dict[str, Any]) -> AV:
    av = floats_at_run_time(cx, av)
    if isinstance(av, Known):
        constants.check_chosen(cx, av)
    bad = (
        (isinstance(av, Known) and kind_of(derived.number_of(av).static.obj) is not None)
        or (isinstance(av, Num) and not any(MACHINE[k].is_float for k in av.kinds))
        or (isinstance(av, Arr) and not is_float(av.type.elem))
    )
    if options.get("allow_int"):
        return av
    if bad or _has_none(av):
        raise _no_derivative(cx, what, av)
    if isinstance(av, Choice):
        return _one_with_derivative(cx, av, what)
    return _only_floats(cx, av, what) if isinstance(av, Num) and av.tag is not None else av


def _has_none(av: AV) -> bool:
    """Whether this is None, a text or a function, of which nobody can ask a derivative."""
    return isinstance(av, (Fn, Partial)) or (isinstance(av, Known) and isinstance(av.obj, NO_NUMBERS))


def _one_with_derivative(cx: Context, choice: Choice, what: str) -> AV:
    """Of several values, depending on the way, those that have a derivative: an error where it is another."""
    left = [m for m in choice.members if not _has_none(m)]
    if not left:
        raise _no_derivative(cx, what, choice.members[0])
    for number, member in enumerate(choice.members):
        if _has_none(member):
            error = _no_derivative(cx, what, member)
            cx.unless(cx.op("ne", choice.tag, tag_const(number)), lambda error=error: cx.fail(error))  # type: ignore[misc]
    return left[0] if len(left) == 1 else choice


def _no_derivative(cx: Context, what: str, av: AV) -> TypingError:
    if _has_none(av):
        which = "a function" if callable(getattr(av, "obj", len)) else repr(av.static.obj)
        return TypingError(f"{what} is {which}, which has no derivative", kind="int-argument", loc=cx.loc,
                           hint="choose another argument by argnums")
    if isinstance(av, Known):
        wrong = f"{what} is the {type(av.obj).__name__} {av.obj}: pass {float(av.obj)}"
        return TypingError(wrong, kind="int-argument", loc=cx.loc)
    wrong = f"{what} is {article(describe(shape_of(av)))}, which has no derivative: pass a float"
    hint = "convert it with float(...) or .astype(float), or say allow_int=True"
    return TypingError(wrong, kind="int-argument", loc=cx.loc, hint=hint)


def _only_floats(cx: Context, n: Num, what: str) -> Num:
    """A number that may be an int, depending on the way: an error where it is, and a float from there on."""
    floats = tuple(k for k in n.kinds if MACHINE[k].is_float)
    assert n.tag is not None
    for kind in n.kinds:
        if kind not in floats:
            error = _no_derivative(cx, what, Num(kind, n.value))
            cx.unless(cx.op("ne", n.tag, tag_const(n.kinds.index(kind))), lambda error=error: cx.fail(error))  # type: ignore[misc]
    return Num(floats[0], cx.cast(n.value, MACHINE[floats[0]])) if len(floats) == 1 else n


def article(words: str) -> str:
    return f"an {words}" if words[:1] in "aeiou" else f"a {words}"


def options_of(av: Record) -> dict[str, Any]:
    """What a derivative was asked for with: argnums, has_aux."""
    return dict(av.static[2])
