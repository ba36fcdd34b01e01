"""np.vectorize: a function of numbers, applied to every element of arrays.

    f = np.vectorize(lambda x: math.sqrt(x) if x > 0.0 else 0.0)        f(v): a loop, in which x is a float of Python

numpy calls it with the first elements once more, as numbers of numpy, to see what it returns, and makes the array of that: where
the types that it returns depend on the data, so does the dtype, and the call is refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.infer import arrays, numbers
from irad.infer.calls import call_value, each_form
from irad.infer.context import Context
from irad.infer.dtypes import no_options
from irad.infer.kinds import MACHINE, dtype_kind
from irad.infer.lookups import has
from irad.infer.meanings import handles
from irad.infer.objects import class_of_instance
from irad.infer.shapes import AV
from irad.infer.values import Arr, Known, Num, Record, Seq, int_const, numeric
from irad.ir.core import Value

EMPTY = "cannot call `vectorize` on size 0 inputs unless `otypes` is set"


def otype(given: Any) -> str | None:
    """The kind of the elements that `otypes` asks for; None if it is not given. A ValueError if it names several."""
    if given is None:
        return None
    (only,) = list(given) if isinstance(given, (list, tuple, str)) else [given]
    return dtype_kind(np.dtype(only))


def of_object(obj: Any) -> tuple[str | None] | None:
    """What a call of an np.vectorize object from outside needs to know; None if irad cannot call it."""
    if type(obj) is not np.vectorize or obj.excluded or obj.signature is not None:
        return None
    try:
        return (otype(obj.otypes),)
    except ValueError:
        return None


@handles(np.vectorize)
def _made(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    named = dict(zip(("pyfunc", "otypes", "doc", "excluded", "cache", "signature"), args, strict=False)) | kwargs
    types = named.pop("otypes", Known(None))
    function = named.pop("pyfunc", None)
    dull = {k: v for k, v in named.items() if k in ("doc", "cache") or (isinstance(v, Known) and v.obj in (None, set()))}
    no_options(cx, "vectorize", {k: v for k, v in named.items() if k not in dull})
    from irad.infer.evaluated import known_throughout

    types = known_throughout(cx, types)
    if function is None or not isinstance(types, Known):
        cx.unsupported("np.vectorize without a function, or with `otypes` that are not known", kind="option", hint="name them")
    try:
        return Record(("vectorized", otype(types.obj)), (function,))
    except ValueError:
        cx.unsupported("np.vectorize with several results", kind="option", hint="write the loop")


def apply(cx: Context, f: Record, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A call of it: an array, also of numbers (without axes then)."""
    several_forms = each_form(cx, args, kwargs, lambda args, kwargs: apply(cx, f, args, kwargs))
    if several_forms is not None:
        return several_forms
    kind: str | None = f.static[1]
    operands = [a if _is_one_object(cx, a) else arrays.as_operand(cx, a) for a in (*args, *kwargs.values())]
    walked = [o for o in operands if not _is_one_object(cx, o)]
    if not walked or not all(isinstance(o, Arr) or numeric(o) for o in walked):
        cx.unsupported("np.vectorize of what are no numbers and arrays", kind="function", hint="write the loop")
    count = len(args)
    for place, o in enumerate(operands):
        if isinstance(o, Num) and o.tag is not None:  # an int or a float, depending on the way

            def of_kind(one: AV, place: int = place) -> AV:
                given = [*operands[:place], one, *operands[place + 1 :]]
                return apply(cx, f, given[:count], dict(zip(kwargs, given[count:], strict=True)))

            return numbers.each_kind(cx, o, of_kind)

    def at(places: list[Value], first: bool = False) -> AV:
        items = [o if _is_one_object(cx, o) else _item(cx, o, places, first) for o in operands]
        return call_value(cx, f.children[0], items[:count], dict(zip(kwargs, items[count:], strict=True)))

    sizes = arrays.broadcast_shape(cx, walked) if any(isinstance(o, Arr) for o in walked) else []
    kinds, several = [kind], False
    if kind is None:
        for size in sizes:
            cx.guard(cx.op("ne", size, int_const(0)), "ValueError", EMPTY)
        # numpy makes this call as well, of numbers of its own: it may have effects
        first = at([int_const(0) for _ in sizes], True)
        several = isinstance(first, Seq) and first.cls is tuple
        kinds = [_kind_of(cx, _number(cx, r)) for r in (first.children if several else (first,))]
    outs = [arrays.alloc(cx, sizes, k) for k in kinds if k is not None]

    def put(places: list[Value]) -> None:
        found = at(places)
        for out, item in zip(outs, found.children if several else (found,), strict=True):
            cx.op_store(arrays.converted(cx, _number(cx, item), out.kind), out.value, places)

    arrays.loop_nest(cx, sizes, put)
    return Seq(tuple, tuple(outs)) if several else outs[0]


def _is_one_object(cx: Context, av: AV) -> bool:
    """Whether numpy makes an array of this one object of it, and gives it to each call."""
    if isinstance(av, Known) and (av.obj is None or callable(av.obj)):
        return True
    cls = class_of_instance(av)
    return cls is not None and not any(has(cx, cls, name) for name in ("__len__", "__array__", "__array_interface__"))


def _item(cx: Context, operand: AV, places: list[Value], first: bool) -> AV:
    """What the function is called with: elements of arrays as numbers of Python, all of numpy in the first call."""
    item = arrays.fetch(cx, operand, places)
    if first:
        return arrays.as_numpy(cx, item)
    return _of_python(cx, item) if isinstance(operand, Arr) else item


def _of_python(cx: Context, item: AV) -> AV:
    """An element as the number of Python that it is for the function."""
    if not numeric(item):
        return item
    number = cx.num(item)
    machine = MACHINE[number.kinds[0]]
    if machine.is_float:
        return Num("float", cx.float(number))
    return Num("int", cx.signed(number.value)) if machine.is_int else Num("bool", number.value)


def _number(cx: Context, result: AV) -> AV:
    """What the function returns, of an array of no axes the number in it."""
    if isinstance(result, Arr) and result.ndim:
        cx.unsupported("np.vectorize of a function that returns arrays", kind="value-type", hint="write the loop")
    return arrays.fetch(cx, result, []) if isinstance(result, Arr) else result


def _kind_of(cx: Context, result: AV) -> str:
    kinds = {arrays.NUMPY_KIND.get(k, k) for k in cx.num(result).kinds} if numeric(result) else set()
    if len(kinds) != 1:
        cx.unsupported(
            "np.vectorize of a function that does not always return one type of number", kind="value-type",
            why="numpy makes the array for the type that it returns first", hint="return floats only, or give otypes=[float]",
        )
    return kinds.pop()
