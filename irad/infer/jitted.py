"""Functions that numba compiled for given types: they take and give what their signatures say.

    @njit(int64(float64))
    def f(x): return 2 * x            f(1.3): 2
"""

from __future__ import annotations

from inspect import CO_VARARGS, CO_VARKEYWORDS
from typing import Any

from irad.infer import numbers
from irad.infer.arrays import element_kind
from irad.infer.context import Context, type_name
from irad.infer.jitcalls import IN_PYTHON
from irad.infer.kinds import MACHINE
from irad.infer.meanings import RECORDS
from irad.infer.pythoncalls import bind, call_function
from irad.infer.shapes import AV
from irad.infer.values import Arr, Choice, Fn, Num, Record, Seq, numeric

ELEMENT = {  # numba's types of numbers
    "bool": "bool_", "boolean": "bool_",
    **{name: name for name in ("float64", "float32", "int64", "int32", "int16", "int8", "uint32", "uint16", "uint8")},
}
WIDE = ("float64", "int64", "bool_")  # others stay what they are within jitted code
IN_CODE = {kind: IN_PYTHON[kind] if kind in WIDE else kind for kind in ELEMENT.values()}

def _call_declared(cx: Context, f: Record, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A call of a function that numba compiled for given types only."""
    body = f.children[0]
    assert isinstance(body, Fn)
    if body.code.co_flags & (CO_VARARGS | CO_VARKEYWORDS):
        cx.unsupported("a jitted function with a signature and `*args`", kind="function", hint="leave the signature out: @njit")
    return _of_types(cx, f.static[1].obj, body, bind(cx, body, args, kwargs))


def _of_types(cx: Context, obj: Any, body: Fn, bound: list[AV]) -> AV:
    for place, a in enumerate(bound):

        def instead(one: AV, at: int = place) -> AV:
            return _of_types(cx, obj, body, [*bound[:at], one, *bound[at + 1 :]])

        if isinstance(a, Choice):
            return cx.dispatch(a, instead)
        if isinstance(a, Num) and a.tag is not None:
            return numbers.each_kind(cx, a, instead)
    signature = _signature(cx, obj, bound)
    names = body.code.co_varnames[body.code.co_argcount :]
    given = [_as_type(cx, a, t, IN_CODE) for a, t in zip(bound, signature.args, strict=True)]
    first, named = given[: body.code.co_argcount], dict(zip(names, given[body.code.co_argcount :], strict=False))
    return _as_type(cx, call_function(cx, body, first, named), signature.return_type, IN_CODE if cx.jitted else IN_PYTHON)


def _signature(cx: Context, obj: Any, bound: list[AV]) -> Any:
    """The signature that numba takes for these arguments: the one that fits, or the only one, to which they are converted."""
    signatures = obj.nopython_signatures
    for signature in signatures:
        if all(_is_type(a, t, exactly=True) for a, t in zip(bound, signature.args, strict=True)):
            return signature
    text = ", ".join(_described(a) for a in bound)
    possible = [s for s in signatures if all(_is_type(a, t, exactly=False) for a, t in zip(bound, s.args, strict=True))]
    if not possible:
        cx.type_error(f"No matching definition for argument type(s) {text}")
    if len(possible) > 1:
        cx.unsupported(
            f"a call with {text} of a jitted function with several signatures, none of which is for these types", kind="function",
            hint="convert the arguments, or leave the signatures out: @njit",
        )
    return possible[0]


def _is_type(av: AV, of: Any, exactly: bool) -> bool:
    """Whether an argument is of a type of numba's, or (not exactly) a number that is converted to it."""
    kind = ELEMENT.get(str(of))
    if kind is not None:
        return numeric(av) and (not exactly or _kinds(av) <= {kind, IN_CODE[kind]})
    if isinstance(av, Arr):
        dtype = str(getattr(of, "dtype", ""))
        return bool(getattr(of, "ndim", None) == av.ndim and ELEMENT.get(dtype, dtype) == av.kind)
    if numeric(av) and hasattr(of, "bitwidth"):  # uint64, complex128: irad has no such numbers, numba converts to them
        return not exactly
    parts = getattr(of, "types", None)
    if isinstance(av, Seq) and issubclass(av.cls, tuple):
        return parts is not None and len(parts) == len(av.items) and all(
            _is_type(a, t, exactly) for a, t in zip(av.items, parts, strict=True))
    return parts is None and not numeric(av) and not hasattr(of, "dtype")


def _as_type(cx: Context, av: AV, of: Any, kinds: dict[str, str]) -> AV:
    """A value as one of a type of numba's: numbers are converted."""
    kind = ELEMENT.get(str(of))
    if kind is not None and isinstance(av, Choice):
        return cx.dispatch(av, lambda one: _as_type(cx, one, of, kinds))
    if kind is not None and numeric(av):
        exact = av if {MACHINE[k] for k in _kinds(av)} == {MACHINE[kind]} else numbers.to_kind(cx, av, kind)
        return exact if _kinds(exact) == {kinds[kind]} else numbers.to_kind(cx, exact, kinds[kind])
    if numeric(av):
        cx.unsupported(
            f"a number of numba's type {of}, which a signature asks for", kind="dtype", hint="leave the signature out: @njit",
        )
    if isinstance(av, Seq) and issubclass(av.cls, tuple) and hasattr(of, "types"):
        return av.with_children(tuple(_as_type(cx, a, t, kinds) for a, t in zip(av.items, of.types, strict=True)))
    return av


def _kinds(av: AV) -> set[str]:
    return set(av.kinds) if isinstance(av, Num) else {element_kind(av)}


def _described(av: AV) -> str:
    """The type of an argument in numba's words."""
    if isinstance(av, Arr):
        return f"array({av.kind}, {av.ndim}d)"
    names = {python: kind for kind, python in IN_PYTHON.items() if MACHINE[python] == MACHINE[kind]}
    return " or ".join(names.get(k, k).strip("_") for k in sorted(_kinds(av))) if numeric(av) else type_name(av)


RECORDS["declared"] = _call_declared
