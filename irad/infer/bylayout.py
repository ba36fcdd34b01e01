"""numba's @guvectorize: a function of arrays that fills arrays, applied along the axes that its layout names.

    @numba.guvectorize([(float64[:], float64, float64[:])], "(n),()->(n)")
    def f(x, k, out): ...                          f(a, 2.0): for each row of a, a row of the result

The other axes are walked, broadcast together. In jitted code the results must be given, and numba looks at no overlap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from irad.infer import arrays, inmemory, strict
from irad.infer.byplace import as_kind, check_count, loop_of, refuse_options
from irad.infer.calls import call_value, each_form
from irad.infer.context import Context
from irad.infer.extents import equal, extent
from irad.infer.iterate import known_items
from irad.infer.kinds import CLASSES
from irad.infer.meanings import RECORDS
from irad.infer.shapes import AV
from irad.infer.values import NONE, Arr, Known, Record, Seq, int_const
from irad.ir.core import Value, const


class Layout(NamedTuple):
    """The names of the axes that each operand has for itself."""

    text: str
    inputs: list[list[str]]
    outputs: list[list[str]]


def layout_of(text: str) -> Layout:
    """The layout that a text like "(m,n),(n)->(m)" describes."""
    inputs, outputs = ([re.findall(r"\w+", part) for part in re.findall(r"\(([^)]*)\)", side)] for side in text.split("->"))
    return Layout(text, inputs, outputs)


class Operand(NamedTuple):
    """An operand, and the part of it that is walked: an array without the axes that it has for itself, or a number."""

    whole: AV
    walked: AV
    own: int  # how many axes it has for itself

    def at(self, cx: Context, places: Sequence[Value], as_array: bool) -> AV:
        """What the function gets of it at a place of the walk: an array, or a number."""
        if not isinstance(self.whole, Arr) or not isinstance(self.walked, Arr):
            return _as_one(cx, self.whole) if as_array else self.whole
        mine = arrays.places_in(cx, self.walked, places)
        if not self.own and as_array:
            return _one_at(cx, self.whole, mine)
        return arrays.element(cx, self.whole, mine)


def _as_one(cx: Context, number: AV) -> AV:
    """A number as an array of one element."""
    out = arrays.alloc(cx, [int_const(1)], arrays.element_kind(arrays.as_numpy(cx, number)))
    cx.op_store(cx.num(number).value, out.value, [int_const(0)])
    return out


def _one_at(cx: Context, a: Arr, places: Sequence[Value]) -> AV:
    """The element at a place as an array of one element, a view."""
    if not places:
        return arrays.get_item(cx, a, Known(None))
    return arrays.view(cx, a, [*((i, None, None) for i in places[:-1]), (places[-1], int_const(1), int_const(1))])


class _Call:
    """One call."""

    def __init__(self, cx: Context, f: Record) -> None:
        self.cx, self.obj, self.body = cx, f.static[1].obj, f.children[0]
        self.name: str = self.obj.__name__
        self.layout = layout_of(self.obj.gufunc_builder.signature)
        self.sizes: dict[str, Value] = {}  # of the axes that have names

    def run(self, args: list[AV], outs: list[Arr]) -> AV:
        """The call with inputs and, if they are given, arrays for the results."""
        cx, layout = self.cx, self.layout
        kinds = self._kinds(args, outs)
        inputs = [self._input(a, kind, outs) for a, kind in zip(args, kinds, strict=False)]
        parts = [self._operand("Input", i, a, own) for i, (a, own) in enumerate(zip(inputs, layout.inputs, strict=True))]
        given = [self._operand("Output", i, a, own) for i, (a, own) in enumerate(zip(outs, layout.outputs, strict=False))]
        walked = [p.walked for p in (*parts, *given)]
        sizes = arrays.broadcast_shape(cx, walked) if any(isinstance(w, Arr) for w in walked) else []
        for operand, out in zip(given, outs, strict=True):
            self._check_target(operand, out, [p.walked for p in parts])
        targets = [self._target(given[i] if given else None, own, kind, sizes)
                   for i, (own, kind) in enumerate(zip(layout.outputs, kinds[len(args) :], strict=True))]
        arrays.loop_nest(cx, sizes, lambda at: self._step(parts, targets, at))
        for out, target in zip(outs, targets, strict=False):
            if out is not target.whole:
                arrays.assign(cx, out, target.whole)
        results: list[AV] = [*outs] or [self._result(t, len(sizes)) for t in targets]
        return NONE if self.cx.jitted else results[0] if len(results) == 1 else Seq(tuple, tuple(results))

    def _kinds(self, args: list[AV], outs: list[Arr]) -> list[str]:
        """The kinds of the inputs and results, as declared or as the arguments have them."""
        if not self.obj.is_dynamic or self.obj._frozen:
            return loop_of(self.cx, self.obj.ufunc, args)
        return [arrays.element_kind(arrays.as_numpy(self.cx, a) if not isinstance(a, Arr) else a) for a in (*args, *outs)]

    def _input(self, a: AV, kind: str, outs: list[Arr]) -> AV:
        """An input of the declared kind that the results are not put into."""
        cx = self.cx
        if not isinstance(a, Arr):
            return as_kind(cx, a, kind)
        if a.kind != kind:
            return arrays.cast_array(cx, a, kind)
        if self.cx.jitted or not outs:
            return a
        apart: Value = const(True)
        for out in outs:
            apart = cx.both(apart, cx.negate(cx.op("overlap", a.value, out.value)))
        return cx.conditional(apart, lambda: a, lambda: arrays.twin(cx, a))

    def _operand(self, what: str, number: int, a: AV, own: list[str]) -> Operand:
        """An operand, whose own axes must have the extents that others with their names have."""
        cx, ndim = self.cx, a.ndim if isinstance(a, Arr) else 0
        which, signature = f"{self.name}: {what} operand {number}", f"gufunc {{}}signature {self.layout.text}"
        if ndim < len(own):
            core = signature.format("core with ")
            cx.throw("ValueError", f"{which} does not have enough dimensions (has {ndim}, {core} requires {len(own)})")
        if not isinstance(a, Arr):
            return Operand(a, a, 0)
        for k, name in enumerate(own):
            mine = extent(cx, a, ndim - len(own) + k)
            size = self.sizes.setdefault(name, mine)
            if size is not mine:
                words = f"{which} has a mismatch in its core dimension {k}, with {signature.format('')}"
                cx.guard(equal(cx, mine, size), "ValueError", words + " (size {} is different from {})", mine, size)
        free = [(int_const(0), extent(cx, a, axis), int_const(1)) for axis in range(ndim - len(own))]
        walked = arrays.view(cx, a, [*free, *[(int_const(0), None, None)] * len(own)]) if own else a
        return Operand(a, walked, len(own))

    def _check_target(self, operand: Operand, out: Arr, walked: list[AV]) -> None:
        inmemory.check_writes(self.cx, out, "output array is read-only")
        assert isinstance(operand.walked, Arr)
        arrays.check_target(self.cx, operand.walked, walked)

    def _target(self, given: Operand | None, own: list[str], kind: str, sizes: list[Value]) -> Operand:
        """The array that a result is put into: a new one, or what is given if that is of the declared kind."""
        if given is not None:
            assert isinstance(given.whole, Arr)
            if given.whole.kind == kind:
                return given
            if not np.can_cast(CLASSES[kind], CLASSES[given.whole.kind], "same_kind"):
                words = f"from dtype('{np.dtype(CLASSES[kind])}') to dtype('{np.dtype(CLASSES[given.whole.kind])}')"
                self.cx.type_error(f"Cannot cast ufunc '{self.name}' output {words} with casting rule 'same_kind'")
        made = arrays.alloc(self.cx, [*sizes, *(self.sizes[name] for name in own)], kind)
        return self._operand("Output", 0, made, own)

    def _step(self, parts: list[Operand], targets: list[Operand], at: list[Value]) -> None:
        declared = self.obj.gufunc_builder._sigs
        as_arrays = [hasattr(t, "ndim") for t in declared[0].args] if declared else [False] * len(parts)
        args = [p.at(self.cx, at, as_array) for p, as_array in zip(parts, as_arrays, strict=False)]
        call_value(self.cx, self.body, [*args, *(t.at(self.cx, at, True) for t in targets)], {})

    def _result(self, target: Operand, axes: int) -> AV:
        assert isinstance(target.whole, Arr)
        return target.whole if axes or target.own else arrays.element(self.cx, target.whole, [])


def _call(cx: Context, f: Record, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A call of it: the result or results."""
    several = each_form(cx, args, kwargs, lambda args, kwargs: _call(cx, f, args, kwargs))
    if several is not None:
        return several
    obj, rest = f.static[1].obj, dict(kwargs)
    if cx.strict:
        strict.refuse(cx, "a function with @guvectorize")
    if obj.gufunc_builder.writable_args:
        cx.unsupported("a function with @guvectorize that has writable_args", kind="option", hint="give it another output")
    out = rest.pop("out", NONE)
    refuse_options(cx, rest, "vectorised")
    outs: Sequence[AV] = [out] if isinstance(out, Arr) else known_items(out) or [out]
    ufunc = obj.ufunc
    if len(args) == ufunc.nargs:
        args, outs = args[: ufunc.nin], args[ufunc.nin :]
    check_count(cx, ufunc, len(args))
    outs = [] if all(isinstance(o, Known) and o.obj is None for o in outs) else outs
    if not outs and (obj.is_dynamic and not obj._frozen):
        cx.type_error(
            f"Too few arguments for function '{obj.__name__}'. Note that the pattern `out = gufunc(Arg1, Arg2, ..., ArgN)` "
            "is not allowed. Use `gufunc(Arg1, Arg2, ..., ArgN, out) instead."
        )
    if outs and not (len(outs) == ufunc.nout and all(isinstance(o, Arr) for o in outs)):
        cx.unsupported("results of a function with @guvectorize that are not all given as arrays", kind="option", hint="give all")
    targets = [o for o in outs if isinstance(o, Arr)]
    operands = [arrays.as_operand(cx, a) for a in args]
    return arrays.by_kinds(cx, operands, lambda *kinds: kinds, lambda now: _Call(cx, f).run(now, targets))


RECORDS["by layout"] = _call
