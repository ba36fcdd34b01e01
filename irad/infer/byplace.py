"""numba's @vectorize: a function of numbers, applied to every element of arrays, as a ufunc of numpy's.

    @numba.vectorize([float64(float64, float64)])       f(a, b), f(a, 2), f(a, b, out=c)
    def f(x, y): return x * y                           f.reduce(a), f.accumulate(a), f.outer(a, b)

Numbers come to its body, and go out, as numpy's of the declared types; without any, as of the types of the arguments, if what
was called before, by Python, has left no types that these can become. What comes out then is what the body makes of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from irad.infer import arrays, strict, ufuncmethods
from irad.infer.calls import call_value, each_form
from irad.infer.consumers import tried
from irad.infer.context import Context
from irad.infer.kinds import CLASSES, PYTHON, dtype_kind
from irad.infer.meanings import RECORDS
from irad.infer.shapes import AV
from irad.infer.ufuncs import put_into, targets
from irad.infer.values import Arr, Num, Record, int_const, numeric


def _call(cx: Context, f: Record, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A call of it: a number of numpy's, or an array."""
    obj = f.static[1].obj
    several = each_form(cx, args, kwargs, lambda args, kwargs: _call(cx, f, args, kwargs))
    if several is not None:
        return several
    if cx.strict:
        strict.refuse(cx, "a vectorised function")
    rest = dict(kwargs)
    where, out = targets(rest)
    refuse_options(cx, {**rest, **({} if where is None else {"where": where})}, "vectorised")  # numba cannot do it either
    if len(args) == obj.nin + 1:
        (_, out), args = targets({"out": args[-1]}), args[:-1]
    check_count(cx, obj.ufunc, len(args))
    operands = [_operand(cx, obj, a) for a in args]

    def settled(now: list[AV]) -> AV:
        kinds = loop_of(cx, obj.ufunc, now) if obj._frozen or _has_loop(obj.ufunc, now) else _own_kinds(cx, f.children[0], now)

        def one(cx: Context, kind: str, *items: AV) -> AV:
            return _of_numbers(cx, f.children[0], kinds, items)

        if out is not None:
            return put_into(cx, obj.__name__, kinds[-1], one, now, None, out)
        return arrays.elementwise(cx, partial(one, cx, kinds[-1]), now, kinds[-1])

    return arrays.by_kinds(cx, operands, lambda *kinds: kinds, settled)


def _operand(cx: Context, obj: Any, a: AV) -> AV:
    """A number or an array; others are made arrays where the types are declared."""
    if not obj._frozen and not numeric(a) and not isinstance(a, Arr):
        cx.unsupported(
            f"a vectorised function without signatures, called with what is no number and no array: `{obj.__name__}`",
            kind="function", why="numba compiles it for numbers and arrays", hint="pass np.array(x)",
        )
    return arrays.as_operand(cx, a)


def check_count(cx: Context, ufunc: Any, count: int) -> None:
    """numpy's TypeError for a number of arguments that is not that of the inputs."""
    if count != ufunc.nin:
        given = f"{count} {'was' if count == 1 else 'were'} given"
        cx.type_error(f"{ufunc.__name__}() takes from {ufunc.nin} to {ufunc.nargs} positional arguments but {given}")


def refuse_options(cx: Context, options: dict[str, AV], what: str) -> None:
    """Refuse options that are left over."""
    for option in options:
        cx.unsupported(f"the option `{option}` of a {what} function", kind="option", hint="leave it out, or write the loop")


def _has_loop(ufunc: Any, operands: Sequence[AV]) -> bool:
    """Whether calls so far have left a loop that numpy takes for these arguments, as floats for ints: numba makes no other."""
    try:
        _resolved(ufunc, operands)
    except TypeError:
        return False
    return True


def _resolved(ufunc: Any, operands: Sequence[AV]) -> tuple[np.dtype[Any], ...]:
    kinds = [arrays.element_kind(a) for a in operands]
    weak = (PYTHON[k] if k in ("int", "float") else np.dtype(CLASSES[k]) for k in kinds)
    found: tuple[np.dtype[Any], ...] = ufunc.resolve_dtypes((*weak, *[None] * ufunc.nout))
    return found


def loop_of(cx: Context, ufunc: Any, operands: Sequence[AV]) -> list[str]:
    """The kinds of the operands and of the results in the loop that numpy chooses for these arguments; its TypeError."""
    try:
        dtypes = _resolved(ufunc, operands)
    except TypeError as error:
        cx.type_error(str(error))
    found = [dtype_kind(dtype) for dtype in dtypes]
    if None in found:
        cx.unsupported(f"a vectorised function for {dtypes[found.index(None)]}", kind="dtype", hint="declare it for float64")
    return [str(kind) for kind in found]


SURE = ("bool_", "int64", "float64")  # kinds for which numba's types of results are those of numpy's numbers


def _own_kinds(cx: Context, body: AV, operands: Sequence[AV]) -> list[str]:
    """The kinds of the operands, and that of what the body makes of them."""
    kinds = [arrays.NUMPY_KIND.get(kind, kind) for kind in map(arrays.element_kind, operands)]
    other = next((kind for kind in kinds if kind not in SURE), None)
    if other is not None:
        cx.unsupported(
            f"a vectorised function without signatures, called with {other}", kind="dtype",
            why="numba computes with wider numbers than numpy there", hint="declare it: @vectorize([...]), or x.astype(float)",
        )
    found: list[str] = []

    def asked() -> bool:
        items = [arrays.element(cx, a, [int_const(0)] * a.ndim) if isinstance(a, Arr) else a for a in operands]
        result = _body(cx, body, kinds, items)
        found.extend(arrays.NUMPY_KIND.get(kind, kind) for kind in cx.num(result).kinds)
        return True

    tried(cx, asked)
    return [*kinds, arrays.common_kind_of(found) if found else "float64"]


def _of_numbers(cx: Context, body: AV, kinds: Sequence[str], items: Sequence[AV]) -> AV:
    """The body on numbers of these kinds: a number of the last kind."""
    return Num(kinds[-1], arrays.converted(cx, _body(cx, body, kinds, items), kinds[-1]))


def _body(cx: Context, body: AV, kinds: Sequence[str], items: Sequence[AV]) -> AV:
    result = call_value(cx, body, [as_kind(cx, item, kind) for item, kind in zip(items, kinds, strict=False)], {})
    if not numeric(result):
        cx.unsupported("a vectorised function that does not always give a number", kind="value-type", hint="return a float")
    return result


def as_kind(cx: Context, number: AV, kind: str) -> AV:
    """A number as numpy's of a kind."""
    if isinstance(number, Num) and number.kinds == (kind,):
        return number
    return Num(kind, arrays.converted(cx, number, kind))


def _call_method(cx: Context, method: Record, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """f.reduce(a) and the like."""
    (f,) = method.children
    assert isinstance(f, Record)
    return ufuncmethods.by_place(cx, f, method.static[1], args, kwargs)


RECORDS["by place"] = _call
RECORDS["method by place"] = _call_method
