"""np.einsum with subscripts that are known: a loop nest over the letters of the result, and inside it the sums."""

from __future__ import annotations

import string
from collections.abc import Sequence

import numpy as np

from irad.infer import arrays
from irad.infer.context import Context
from irad.infer.dtypes import common_kind, no_options
from irad.infer.extents import equal
from irad.infer.kinds import MACHINE
from irad.infer.making import as_array, each_array
from irad.infer.meanings import handles
from irad.infer.shapes import AV
from irad.infer.shaping import diagonal, stretched_axis
from irad.infer.values import Arr, Known, Num, int_const
from irad.ir.core import Const, Value


def letters_of(cx: Context, text: str, ranks: Sequence[int]) -> tuple[list[str], str]:
    """The letters of each operand, and of the result."""
    inputs, arrow, result = text.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if "." in text:
        cx.throw("ValueError", "einstein sum subscripts string contains a '.' that is not part of an ellipsis ('...')")
    if len(terms) != len(ranks):
        more = "more" if len(terms) < len(ranks) else "fewer"
        cx.throw("ValueError", f"{more} operands provided to einstein sum function than specified in the subscripts string")
    for number, (term, rank) in enumerate(zip(terms, ranks, strict=True)):
        if len(term) != rank:
            few = "operand has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to broadcast"
            many = f"einstein sum subscripts string contains too many subscripts for operand {number}"
            cx.throw("ValueError", few if len(term) < rank else many)
    everything = "".join(terms)
    if not arrow:
        result = "".join(sorted(c for c in set(everything) if everything.count(c) == 1))
    for letter in result:
        if letter not in everything:
            words = f"einstein sum subscripts string included output subscript '{letter}' which never appeared in an input"
            cx.throw("ValueError", words)
        if result.count(letter) > 1:
            cx.throw("ValueError", f"einstein sum subscripts string includes output subscript '{letter}' multiple times")
    return terms, result


def _spelled_out(cx: Context, text: str, given: list[Arr]) -> tuple[str, list[Arr]]:
    """Letters in place of `...`, and operands that are broadcast along these axes."""
    inputs, arrow, result = text.replace(" ", "").partition("->")
    terms = inputs.split(",")
    ranks = [a.ndim - len(term.replace("...", "")) if "..." in term else 0 for term, a in zip(terms, given, strict=False)]
    most = max(0, *ranks)
    names = "".join(c for c in string.ascii_letters if c not in text)[:most]
    if not arrow:
        letters = "".join(terms).replace(".", "")
        result = "..." + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    elif most and "..." not in result:
        words = "output has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to broadcast"
        cx.throw("ValueError", words + " the extra dimensions.")
    spelled = [term.replace("...", names[most - max(0, rank) :], 1) for term, rank in zip(terms, ranks, strict=False)]
    terms = spelled + terms[len(ranks) :]
    made = list(given)
    for name in names:
        at = [(k, term.index(name)) for k, term in enumerate(terms) if name in term]
        sizes = [cx.op("dim", made[k].value, axis=axis) for k, axis in at]
        size = sizes[0]
        for other in sizes[1:]:
            same = equal(cx, size, other)
            if not isinstance(same, Const) or not same.value:
                size = cx.op("select", cx.op("eq", size, int_const(1)), other, size)
        for (k, axis), own in zip(at, sizes, strict=True):
            if len(at) > 1:
                cx.guard(cx.either(equal(cx, own, int_const(1)), equal(cx, own, size)), "ValueError", MISMATCH, size, own)
                made[k] = stretched_axis(cx, made[k], axis, size)
    return ",".join(terms) + "->" + result.replace("...", names, 1), made


@handles(np.einsum)
def _einsum(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    no_options(cx, "einsum", {k: v for k, v in kwargs.items() if k not in ("optimize", "order", "casting")})
    if not args or not isinstance(args[0], Known) or not isinstance(args[0].obj, str):
        hint = 'write np.einsum("ij,j->i", a, b)'
        cx.unsupported("np.einsum with subscripts that are not a known string", kind="function", hint=hint)
    subscripts = args[0].obj
    return each_array(cx, args[1:], len(args), lambda made: _of_arrays(cx, subscripts, [as_array(cx, a) for a in made]))


def _of_arrays(cx: Context, subscripts: str, operands: list[AV]) -> AV:
    given = [a for a in operands if isinstance(a, Arr)]
    if "..." in subscripts:
        subscripts, given = _spelled_out(cx, subscripts, given)
    terms, result = letters_of(cx, subscripts, [a.ndim for a in given])
    sizes: dict[str, Value] = {}
    for term, a in zip(terms, given, strict=True):
        for axis, letter in enumerate(term):
            size = cx.op("dim", a.value, axis=axis)
            if letter in sizes:
                _same(cx, sizes[letter], size)
            sizes.setdefault(letter, size)
    inside = [letter for letter in sizes if letter not in result]
    if len(given) == 1 and not inside:
        return _rearranged(cx, given[0], list(terms[0]), list(result), sizes)
    kind = common_kind(cx, given)
    out = arrays.alloc(cx, [sizes[letter] for letter in result], kind)

    def element(at: list[Value]) -> Value:
        found = _summed(cx, terms, given, kind, sizes, inside, dict(zip(result, at, strict=True)))
        if inside or not MACHINE[kind].is_float:
            return found
        return cx.op("add", Const(MACHINE[kind], 0.0), found)  # numpy adds also a single product to 0, so that none is -0

    if not result:
        return Num(kind, element([]))
    arrays.loop_nest(cx, [sizes[letter] for letter in result], lambda at: cx.op_store(element(at), out.value, at))
    return out


def _rearranged(cx: Context, a: Arr, letters: list[str], result: list[str], sizes: dict[str, Value]) -> AV:
    """Of one operand, without a sum: a view of it."""
    while repeated := [letter for letter in letters if letters.count(letter) > 1]:
        letter = repeated[0]
        first = letters.index(letter)
        second = letters.index(letter, first + 1)
        a = diagonal(cx, a, first, second, sizes[letter])
        letters = [other for axis, other in enumerate(letters) if axis not in (first, second)] + [letter]
    if not letters:
        return arrays.element(cx, a, [])
    return arrays.permuted(cx, a, tuple(letters.index(letter) for letter in result))


MISMATCH = "operands could not be broadcast together with remapped shapes [original->remapped]: an axis of {} and one of {}"


def _same(cx: Context, size: Value, other: Value) -> None:
    cx.guard(cx.op("eq", size, other), "ValueError", MISMATCH, size, other)


def _summed(
    cx: Context, terms: Sequence[str], given: Sequence[Arr], kind: str, sizes: dict[str, Value], inside: Sequence[str],
    at: dict[str, Value],
) -> Value:
    """The sum of products for one element of the result, over the letters that are left."""
    machine = MACHINE[kind]
    if not inside:
        product: Value | None = None
        for term, a in zip(terms, given, strict=True):
            factor = cx.cast(cx.op("load", a.value, *(at[letter] for letter in term)), machine)
            product = factor if product is None else cx.op("and" if kind == "bool_" else "mul", product, factor)
        assert product is not None
        return product
    letter, rest = inside[0], inside[1:]
    zero = Const(machine, 0.0 if machine.is_float else False if kind == "bool_" else 0)

    def add(i: Value, carried: list[Value]) -> list[Value]:
        term = _summed(cx, terms, given, kind, sizes, rest, {**at, letter: i})
        return [cx.op("or" if kind == "bool_" else "add", carried[0], term)]

    (total,) = cx.fold_loop(sizes[letter], [zero], add)
    return total
