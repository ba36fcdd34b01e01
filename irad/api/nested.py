"""`irad.grad` and its relatives met inside compiled code: what their calls mean to inference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from irad.api import callbacks, derivatives
from irad.api.compiled import compile
from irad.infer import arrays, iterate, trees
from irad.infer.callbacks import callback
from irad.infer.calls import call_value
from irad.infer.context import Context
from irad.infer.copies import copied_deeply
from irad.infer.extents import dims
from irad.infer.meanings import TRANSFORMS, handles
from irad.infer.shapes import AV, flatten
from irad.infer.thunks import stopped, thunk
from irad.infer.values import Arr, Known, Record, Seq
from irad.ir.core import Value, const
from irad.ir.types import Array, is_float

Handler = Callable[[Context, list[AV], dict[str, AV]], AV]
OPTIONS = ("argnums", "has_aux", "holomorphic", "allow_int")


def transform(name: str, function: AV, options: dict[str, Any] | None = None) -> Record:
    """The function `name(function)`."""
    return Record(("transform", name, tuple(sorted((options or {}).items()))), (function,))


def _constant(cx: Context, av: AV, what: str) -> Any:
    if isinstance(av, Known):
        return av.obj
    if isinstance(av, Seq):
        return tuple(_constant(cx, item, what) for item in av.items)
    cx.unsupported(f"{what} that is not known at compile time", kind="argnums", hint="write it as a number or a tuple of numbers")


def _maker(name: str) -> Handler:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        given = {**dict(zip(OPTIONS, args[1:], strict=False)), **kwargs}
        options = {k: _constant(cx, v, k) for k, v in given.items()}
        if options.get("argnames") is None:
            options.pop("argnames", None)
            options.setdefault("argnums", 0)
        options = {k: v for k, v in options.items() if v not in (False, None) or k == "argnums"}
        return transform(name, args[0], options)

    return handler


for _name in ("grad", "value_and_grad", "jacfwd", "jacrev", "jacobian", "hessian"):
    handles(getattr(derivatives, _name))(_maker(_name))


def _given(cx: Context, name: str, args: list[AV], kwargs: dict[str, AV], names: Sequence[str]) -> list[AV]:
    """The arguments of a derivative in the order of its signature."""
    left = dict(kwargs)
    given = [*args, *(left.pop(n) for n in names[len(args) :] if n in left)]
    if left or len(given) != len(names):
        cx.type_error(f"{name}() takes {', '.join(names)}")
    return given


@handles(derivatives.jvp)
def _jvp(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    function, *more = _given(cx, "jvp", args, kwargs, ("fun", "primals", "tangents"))
    return call_value(cx, transform("jvp", function), more, {})


@handles(derivatives.hvp)
def _hvp(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    function, *more = _given(cx, "hvp", args, kwargs, ("fun", "primals", "tangents"))
    return call_value(cx, transform("hvp", function), more, {})


@handles(derivatives.vhp)
def _vhp(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    function, primals, cotangent = _given(cx, "vhp", args, kwargs, ("fun", "primals", "cotangent"))
    cls = cotangent.cls if isinstance(cotangent, Seq) else type(cotangent.obj) if isinstance(cotangent, Known) else None
    tangents = cotangent if cls is tuple else Seq(tuple, (cotangent,))
    value = call_value(cx, transform("value", function), iterate.known_items(primals) or [], {})
    return Seq(tuple, (value, call_value(cx, transform("hvp", function, {"quiet": True}), [primals, tangents], {})))


def _kept(cx: Context, function: AV, primals: list[AV]) -> tuple[AV, list[AV]]:
    """The result of a function, and copies of its arguments: what runs later reads what they are now."""
    copies = copied_deeply(cx, Seq(tuple, tuple(primals)), lists_only=True)
    kept = [trees.exported(cx, c) for c in copies.children]
    target, leaves = thunk(cx, trees.exported(cx, function, again=True), kept, {})
    given = [leaf for p in primals for leaf in flatten(trees.exported(cx, p))]
    _apart(cx, target.name, given, len(leaves) - len(given))
    return call_value(cx, transform("value", function), list(copies.children), {}), kept


def _apart(cx: Context, name: str, given: list[Value], first: int) -> None:
    """Copies of arrays that overlap do not; that is no matter where the function writes neither of them."""
    places = [i for i, v in enumerate(given) if isinstance(v.type, Array)]
    for at, later in enumerate(places):
        for earlier in places[:at]:
            if given[earlier] is not given[later]:
                written = [cx.op("written", callee=name, param=first + place) for place in (earlier, later)]
                clash = cx.both(cx.op("or", *written), cx.op("overlap", given[earlier], given[later]))
                cx.guard(cx.negate(clash), "ValueError", "two arrays overlap and the function writes them: pass copies")


@handles(derivatives.vjp, as_they_are=True)
def _vjp(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """(out, pullback): the pullback is a function that runs the reverse pass when it is called."""
    has_aux = bool(_constant(cx, kwargs.get("has_aux", Known(False)), "has_aux"))
    out, kept = _kept(cx, args[0], args[1:])
    parts = iterate.known_items(out) if has_aux else [out]
    if parts is None or len(parts) != 1 + has_aux:
        cx.mistyped("has_aux=True needs a function that returns (value, aux)", kind="grad-output", hint="`return value, more`")
    pullback = Record(("transform", "pullback", (("has_aux", has_aux),)), (args[0], trees.exported(cx, parts[0]), *kept))
    return Seq(tuple, (parts[0], pullback, *parts[1:]))


@handles(derivatives.linearize, as_they_are=True)
def _linearize(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """(out, push): the function from tangents to the derivative in that direction."""
    out, kept = _kept(cx, args[0], args[1:])
    return Seq(tuple, (out, Record(("transform", "pushforward", ()), (args[0], *kept))))


def _fitting(cx: Context, cotangent: AV, out: AV) -> None:
    """The reverse pass reads the cotangent where the result has elements."""
    items = iterate.known_items(cotangent)
    if isinstance(out, Seq) and items is not None and len(items) == len(out.items):
        for c, o in zip(items, out.items, strict=True):
            _fitting(cx, c, o)
    elif isinstance(out, Arr) and is_float(out.type.elem):
        seed = arrays.as_operand(cx, cotangent)
        if isinstance(seed, Arr) and seed.ndim == out.ndim:
            (mine, wanted), parts = arrays.shapes_text(cx, [seed, out])
            sizes = zip(dims(cx, seed), dims(cx, out), strict=True)
            same: Value = const(True)
            for m, n in sizes:
                same = cx.both(same, cx.op("eq", m, n))
            cx.guard(same, "ValueError", f"the cotangent has shape {mine}, and the result {wanted}", *parts)


def _pullback(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _fitting(cx, args[0], f.children[1])
    primals = Seq(tuple, f.children[2:])
    options = {"quiet": True, **{k: v for k, v in f.static[2] if v}}
    both = TRANSFORMS["vjp"](cx, transform("vjp", f.children[0], options), [primals, args[0]], {})
    return both.children[1]


def _pushforward(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    given = [Seq(tuple, f.children[1:]), Seq(tuple, tuple(args))]
    return TRANSFORMS["jvp"](cx, transform("jvp", f.children[0], {"quiet": True}), given, {}).children[1]


TRANSFORMS["pullback"] = _pullback
TRANSFORMS["pushforward"] = _pushforward


@handles(compile)
def _compile(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return args[0]


handles(callbacks.callback, as_they_are=True)(callback)
@handles(derivatives.stop_gradient)
def _stop_gradient(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return trees.imported(cx, stopped(cx, trees.exported(cx, args[0], "irad.stop_gradient"), asked=True))
