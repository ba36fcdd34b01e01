"""numpy's objects that are subscripted to make arrays: np.r_, np.c_, np.mgrid, np.ogrid, np.s_."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irad.infer import arrays
from irad.infer.calls import call_value
from irad.infer.context import Context
from irad.infer.indices import index_entries, slice_bounds
from irad.infer.kinds import CLASSES
from irad.infer.making import as_array
from irad.infer.shapes import AV
from irad.infer.subscripted import subscripted
from irad.infer.values import Arr, Known, Seq, numeric


def _line(cx: Context, parts: tuple[AV, AV, AV]) -> AV:
    """The numbers of start:stop:step; an imaginary step says how many there are, ends included."""
    start, stop, step = parts
    first = Known(0) if isinstance(start, Known) and start.obj is None else start
    if isinstance(step, Known) and isinstance(step.obj, complex):
        return call_value(cx, Known(np.linspace), [first, stop, Known(int(abs(step.obj)))], {})
    by = Known(1) if isinstance(step, Known) and step.obj is None else step
    return call_value(cx, Known(np.arange), [first, stop, by], {})


def _joined(cx: Context, index: AV, name: str, join: Callable[[list[AV]], AV]) -> AV:
    """The entries of an index as arrays of one dtype, joined: beside arrays, numbers do not widen it."""
    entries = _pieces(cx, index, name)
    scalar = [not isinstance(e, Arr) for e in entries]

    def common(*kinds: str) -> np.dtype[Any]:
        return np.result_type(*(CLASSES[k](1) if s else np.dtype(CLASSES[k]) for k, s in zip(kinds, scalar, strict=True)))

    def settled(now: list[AV]) -> AV:
        dtype = Known(common(*map(arrays.element_kind, now)))
        return join([as_array(cx, e, dtype) for e in now])

    return arrays.by_kinds(cx, entries, common, settled)


def _pieces(cx: Context, index: AV, name: str) -> list[AV]:
    """The entries of an index as numbers and arrays; slices are ranges."""
    found = []
    for entry in index_entries(index):
        parts = slice_bounds(entry)
        if isinstance(entry, Known) and isinstance(entry.obj, str):
            cx.unsupported(f"np.{name} with directions in a string", kind="index", hint="use np.concatenate or np.stack")
        found.append(arrays.as_operand(cx, entry) if parts is None else _line(cx, parts))
    return found


@subscripted(np.r_)
def _rows(cx: Context, index: AV) -> AV:
    """np.r_[0.0, x, y]: one behind the other."""
    def join(pieces: list[AV]) -> AV:
        flat = [call_value(cx, Known(np.atleast_1d), [p], {}) for p in pieces]
        return call_value(cx, Known(np.concatenate), [Seq(tuple, tuple(flat))], {})

    return _joined(cx, index, "r_", join)


@subscripted(np.c_)
def _columns(cx: Context, index: AV) -> AV:
    """np.c_[x, y]: beside each other."""
    return _joined(cx, index, "c_", lambda pieces: call_value(cx, Known(np.column_stack), [Seq(tuple, tuple(pieces))], {}))


def _lines(cx: Context, index: AV, name: str) -> list[AV]:
    lines = []
    for entry in index_entries(index):
        parts = slice_bounds(entry)
        if parts is None or not all(numeric(p) or isinstance(p, Known) for p in parts):
            cx.unsupported(f"np.{name} of something that is not a slice", kind="index", hint=f"write np.{name}[0:n, 0:m]")
        lines.append(_line(cx, parts))
    kinds = {line.kind for line in lines if isinstance(line, Arr)}
    return [as_array(cx, line, Known(np.float64)) for line in lines] if "float64" in kinds else lines


@subscripted(np.mgrid)
def _grid(cx: Context, index: AV) -> AV:
    """np.mgrid[0:n, 0:m]: the coordinates of all places of a grid."""
    lines = _lines(cx, index, "mgrid")
    if not isinstance(index, Seq) and not (isinstance(index, Known) and isinstance(index.obj, tuple)):
        return lines[0]
    made = call_value(cx, Known(np.meshgrid), lines, {"indexing": Known("ij")})
    return call_value(cx, Known(np.stack), [made], {})


@subscripted(np.ogrid)
def _open_grid(cx: Context, index: AV) -> AV:
    lines = _lines(cx, index, "ogrid")
    if not isinstance(index, Seq) and not (isinstance(index, Known) and isinstance(index.obj, tuple)):
        return lines[0]
    return call_value(cx, Known(np.meshgrid), lines, {"indexing": Known("ij"), "sparse": Known(True)})


@subscripted(np.s_, np.index_exp)
def _index(cx: Context, index: AV) -> AV:
    return index
