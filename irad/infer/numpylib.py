"""numpy's functions that `irad.lib` has in plain Python, and the questions of dtype and rank that those ask the compiler."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from irad.errors import UnsupportedError
from irad.infer import arrays, nested, numbers
from irad.infer.context import Context
from irad.infer.dtypes import no_options
from irad.infer.extents import dims
from irad.infer.kinds import CLASSES, MACHINE, binary_kind
from irad.infer.making import as_array, each_array
from irad.infer.meanings import LIBRARY, Handler, handles, method
from irad.infer.pythoncalls import call_library
from irad.infer.shapes import AV
from irad.infer.shaping import diagonal
from irad.infer.values import Arr, Known, Num, Seq
from irad.ir.core import Const
from irad.ir.types import BOOL
from irad.lib import (
    EVALUATED,
    fits,
    linear,
    making,
    missing,
    order,
    places,
    polynomials,
    primitives,
    products,
    reductions,
    running,
    selecting,
    shapes,
    statistics,
)


def in_library(function: Any, replacement: Any, *names: str, arrays_first: int = 1) -> None:
    """A numpy function (and array methods) that `irad.lib` has in Python; its first arguments are made arrays.

    The parameters of the replacement are numpy's, by name and place; an option that it has not may only be given with
    its default. What it returns is put into `out`, if that is given.
    """
    LIBRARY[id(function)] = (function, replacement)
    code = replacement.__code__
    firsts = code.co_varnames[:arrays_first]

    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        given, named = list(args), {k: v for k, v in kwargs.items() if not (isinstance(v, Known) and v.obj is np._NoValue)}
        while len(given) < len(firsts) and firsts[len(given)] in named:
            given.append(named.pop(firsts[len(given)]))
        return each_array(cx, given, arrays_first, lambda made: apply(cx, made, named))

    def apply(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        for at, a in enumerate(args[:arrays_first]):
            if isinstance(a, Num) and a.tag is not None:
                return numbers.each_kind(cx, a, lambda one: apply(cx, [*args[:at], one, *args[at + 1 :]], kwargs))
        given = [as_array(cx, a) if at < arrays_first else a for at, a in enumerate(args)]
        named = {name: as_array(cx, a) if name in firsts else a for name, a in kwargs.items()}
        if function in OPERANDS_FIRST:
            given[:2] = [arrays.as_operand(cx, a) for a in given[:2]]
        out = _taken_out(cx, code, given, named)
        found = call_library(cx, function, given, _known_options(cx, function, replacement, named))
        if out is None:
            return found
        if getattr(found, "ndim", 0) != out.ndim:
            cx.unsupported(f"out= of numpy.{function.__name__} with another number of axes than the result", kind="option",
                           hint="give an array of the shape of the result")
        _check_out(cx, function, given[0], found, out)
        if out.ndim:
            assert isinstance(found, Arr)
            _need_shape(cx, function, found, out)
        arrays.assign(cx, out, found)
        return out

    handles(function)(handler)
    method(*names)(handler)


# results that numpy does not convert to the dtype of `out`; most functions do (np.max of floats into an array of ints)
STRICT = ("std", "nanstd", "ptp", "quantile", "percentile", "nanquantile", "nanpercentile", "outer")
INEXACT = ("nanmean", "nanvar", "nanstd")
SAFELY = ("argmax", "argmin", "nanargmax", "nanargmin", "take", "compress")  # it converts `out` first, and then back


def _need_shape(cx: Context, function: Any, found: Arr, out: Arr) -> None:
    """Refuse an `out` into which the result would be broadcast: most functions raise then, each in its words, some do it."""
    what = f"out= of numpy.{function.__name__} with another shape than the result"
    error = UnsupportedError(what, kind="option", loc=cx.loc, hint="give an array of the shape of the result")
    for mine, other in zip(dims(cx, found), dims(cx, out), strict=True):
        cx.unless(cx.op("eq", mine, other), lambda: cx.fail(error))


def _check_out(cx: Context, function: Any, given: AV, found: AV, out: Arr) -> None:
    """Raise or refuse what numpy does not put into an array of another dtype."""
    kind, name = arrays.element_kind(found), function.__name__
    if function is np.dot:
        fine = cx.both(Const(BOOL, kind == out.kind), arrays.is_dense(cx, out))
        cx.guard(fine, "ValueError", "output array is not acceptable (must have the right datatype, number of dimensions, "
                 "and be a C-Array)")
    own, other = np.dtype(CLASSES[kind]), np.dtype(CLASSES[out.kind])
    if name in SAFELY and not np.can_cast(other, own, "safe"):
        cx.type_error(f"Cannot cast array data from dtype('{other}') to dtype('{own}') according to the rule 'safe'")
    lossy = not np.can_cast(own, other, "same_kind")
    if lossy and function is np.matmul:
        cx.type_error(f"Cannot cast ufunc 'matmul' output from {own!r} to {other!r} with casting rule 'same_kind'")
    if lossy and name in INEXACT and MACHINE[arrays.element_kind(given)].is_float:
        cx.type_error("If a is inexact, then out must be inexact")
    if lossy and name in STRICT:
        cx.unsupported(f"numpy.{name} of {own} into an array of {other}", kind="option", hint="give one of the result's dtype")


FILL_OUT = (shapes.concatenate.__code__, shapes.stack.__code__)  # they put one part after the other into `out`


def _taken_out(cx: Context, code: Any, given: list[AV], named: dict[str, AV]) -> Arr | None:
    """The array for the result, taken from the arguments."""
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    if "out" not in names or code in FILL_OUT:
        return None
    if "out" in named:
        found: AV = named.pop("out")
    elif names.index("out") < len(given):
        at = names.index("out")
        found, given[at] = given[at], Known(None)
    else:
        return None
    if isinstance(found, Seq) and len(found.items) == 1:
        found = found.items[0]
    if not isinstance(found, Arr) and not (isinstance(found, Known) and found.obj is None):
        cx.unsupported("an `out` that is no array", kind="option", hint="give an array of the shape of the result")
    return found if isinstance(found, Arr) else None


def _known_options(cx: Context, function: Any, replacement: Any, kwargs: dict[str, AV]) -> dict[str, AV]:
    """The options that the replacement has; others may only be given with their defaults."""
    code = replacement.__code__
    if code.co_flags & inspect.CO_VARKEYWORDS:
        return kwargs
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    kept = {}
    for name, value in kwargs.items():
        if name in names:
            kept[name] = value
        elif not (isinstance(value, Known) and (value.obj is None or value.obj is False or value.obj is np._NoValue)):
            no_options(cx, function.__name__, {name: value})
    return kept


# functions whose name is that of their replacement
SAME_NAMES = {
    reductions: "prod mean var std ptp argmax argmin count_nonzero",
    missing: "nansum nanprod nanmean nanvar nanstd nanmax nanmin nanargmax nanargmin",
    running: "cumsum cumprod cumulative_sum cumulative_prod diff ediff1d",
    products: "dot matmul vdot vecdot inner outer tensordot kron cross convolve correlate",
    making: "linspace logspace geomspace eye identity tri tril triu tril_indices triu_indices tril_indices_from "
    "triu_indices_from diag diagflat diagonal trace diag_indices vander fill_diagonal",
    shapes: "concatenate stack vstack hstack dstack column_stack append insert delete tile repeat resize roll flip fliplr flipud "
    "rot90 trim_zeros split array_split hsplit vsplit unstack meshgrid pad atleast_1d atleast_2d atleast_3d block",
    order: "sort argsort partition lexsort searchsorted digitize nonzero argwhere flatnonzero unique bincount isin setdiff1d "
    "histogram histogram_bin_edges",
    statistics: "median nanmedian quantile percentile average cov corrcoef interp trapezoid trapz gradient",
    places: "unravel_index ravel_multi_index",
    polynomials: "polyval polyder polyint polyadd polysub polymul polyfit",
    selecting: "take take_along_axis put_along_axis extract compress choose select copyto putmask place put isclose allclose "
    "array_equal array_equiv nan_to_num sinc unwrap apply_along_axis piecewise",
    fits: "linalg.lstsq linalg.svdvals linalg.matrix_rank",
    linear: "linalg.norm linalg.solve linalg.inv linalg.det linalg.slogdet linalg.cholesky linalg.qr linalg.pinv "
    "linalg.matrix_power linalg.multi_dot linalg.vector_norm linalg.matrix_norm linalg.matrix_transpose",
}
OTHERS = (  # the others: function, replacement
    (np.sum, reductions.sum_), (np.max, reductions.max_), (np.min, reductions.min_), (np.any, reductions.any_),
    (np.all, reductions.all_), (np.linalg.cross, products.linalg_cross), (np.linalg.diagonal, making.linalg_diagonal),
    (np.linalg.trace, making.linalg_trace), (np.linalg.outer, products.outer), (np.linalg.matmul, products.linalg_matmul),
    (np.linalg.tensordot, products.tensordot), (np.linalg.vecdot, products.vecdot),
    (np.matrix_transpose, linear.matrix_transpose),
)
# methods of arrays, by the function whose parameters they share
METHODS = frozenset((
    "sum", "prod", "mean", "var", "std", "max", "min", "argmax", "argmin", "any", "all", "dot", "cumsum", "cumprod", "diagonal",
    "trace", "repeat", "argsort", "searchsorted", "nonzero", "take", "put",
))
# functions whose first argument is no array: a number, a sequence of arrays, a function
PLAIN_FIRST = frozenset((
    "linspace", "logspace", "geomspace", "eye", "identity", "tri", "tril_indices", "triu_indices", "diag_indices", "concatenate",
    "stack", "vstack", "hstack", "dstack", "column_stack", "meshgrid", "atleast_1d", "atleast_2d", "atleast_3d", "select",
    "apply_along_axis", "lexsort", "multi_dot", "block", "unravel_index", "ravel_multi_index", "bincount",
))
OPERANDS_FIRST = frozenset((np.dot, np.matmul, np.inner))  # scalars stay scalars


def _enter_all() -> None:
    """The tables above into those of calls."""
    given = [(function, replacement) for function, replacement in OTHERS]
    for module, names in SAME_NAMES.items():
        for path in names.split():
            *inside, name = path.split(".")
            space = getattr(np, inside[0]) if inside else np
            if hasattr(space, name):  # numpy has more or fewer from version to version
                given.append((getattr(space, name), getattr(module, name)))
    for function, replacement in given:
        name = function.__name__
        called = (name,) if name in METHODS and function is getattr(np, name, None) else ()
        in_library(function, replacement, *called, arrays_first=0 if name in PLAIN_FIRST or function in OPERANDS_FIRST else 1)


_enter_all()
in_library(np.ndarray.sort, order.sort_in_place, "sort")
in_library(np.ndarray.tolist, shapes.tolist, "tolist", arrays_first=0)
in_library(np.ndarray.compress, selecting.compress_method, "compress")
in_library(np.ndarray.choose, selecting.choose_method, "choose")


def _evaluated(function: Any) -> Handler:
    """A function of `irad.lib` that Python computes while compiling."""
    return lambda cx, args, kwargs: _evaluate(cx, function, args)


def _evaluate(cx: Context, function: Any, args: list[AV]) -> AV:
    known = [_known_value(nested.flat(cx, a)) for a in args]
    if any(k is None for k in known):
        cx.unsupported(
            "an axis or a number of axes that is not known at compile time", kind="axis",
            why="the number of axes of an array is part of its type", hint="write the number in its place",
        )
    return numbers.fold(cx, function, *(k for k in known if k is not None))


for _known in EVALUATED:
    handles(_known)(_evaluated(_known))


def _known_value(av: AV) -> Known | None:
    """A value all of whose parts are known, as one object."""
    if isinstance(av, Known) or not isinstance(av, Seq):
        return av if isinstance(av, Known) else None
    items = [_known_value(item) for item in av.items]
    found = [item.obj for item in items if item is not None]
    return Known(av.cls(found)) if len(found) == len(items) and av.cls in (tuple, list) else None


@handles(reductions.dtype_like)
def _dtype_like(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """`irad.lib`'s question: the class of the sum of such elements."""
    a = args[0]
    kind = a.kind if isinstance(a, Arr) else cx.num(a).kind
    if MACHINE[kind].family == "u":
        numbers.refuse_foreign(cx, "uint64", f"a sum or product of np.{kind}")
    if MACHINE[kind].is_int or kind == "bool_":
        kind = "int64"
    return Known(CLASSES[kind])


@handles(reductions.summand_like)
def _summand_like(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """Narrow ints are summed as int64, of which no sum overflows; those of 64 bits as numpy does, in float64."""
    kind = arrays.element_kind(args[0])
    wide = MACHINE[kind].is_int and MACHINE[kind].bits == 64
    return Known(np.float64 if wide else np.int64 if MACHINE[kind].family == "u" else CLASSES[kind])


@handles(reductions.quotient_like)
def _quotient_like(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Known(np.float32 if arrays.element_kind(args[0]) == "float32" else np.float64)


@handles(products.product_like)
def _product_like(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Known(CLASSES[binary_kind("*", *(arrays.element_kind(a) for a in args)) or "float64"])


@handles(reductions.read_only)
def _read_only(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = args[0]
    assert isinstance(a, Arr)
    return Arr(a.kind, a.value, False, a.extents, a.order)


@handles(reductions.first_diagonal)
def _first_diagonal(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = args[0]
    assert isinstance(a, Arr)
    return diagonal(cx, a, a.ndim - 2, a.ndim - 1, cx.integer(args[1]))


@handles(reductions.refuse)
def _refuse(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    what, hint = (str(a.obj) for a in args if isinstance(a, Known))
    cx.unsupported(what, kind="function", hint=hint)


@handles(reductions.need)
def _need(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    what, hint = (str(a.obj) for a in args[1:] if isinstance(a, Known))
    error = UnsupportedError(what, kind="function", loc=cx.loc, why="it is known at run time only", hint=hint)
    cx.unless(cx.num(args[0]).value, lambda: cx.fail(error))
    return Known(None)


@handles(primitives.is_known, as_they_are=True)
def _is_known(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Known(isinstance(args[0], Known) or (isinstance(args[0], Num) and isinstance(args[0].value, Const)))
