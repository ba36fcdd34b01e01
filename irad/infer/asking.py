"""Questions that values are asked: comparison, truth, identity, membership; and the operators of one operand."""

from __future__ import annotations

import enum
import itertools
from collections import OrderedDict
from collections.abc import Callable

import numpy as np

from irad.errors import UnsupportedError
from irad.infer import arrays, heap, held, iterate, lists, numbers, numpywords, objects, rows, runsets, viewsets
from irad.infer.calls import call_value
from irad.infer.chosenkeys import chooses, is_compared
from irad.infer.context import Context, type_name
from irad.infer.families import is_text, surely_different
from irad.infer.kinds import COMPARE, MACHINE, is_numpy
from irad.infer.objects import has_class
from irad.infer.pythoncalls import call_function, call_library, call_library_function, python_function
from irad.infer.runtuples import beside_array, is_tuple
from irad.infer.settings import not_recorded
from irad.infer.shapes import AV, flatten, shape_of
from irad.infer.tables import is_key
from irad.infer.values import (
    Arr,
    Bound,
    Choice,
    Fixed,
    Fn,
    Growing,
    Held,
    Known,
    Num,
    Range,
    Record,
    Ref,
    Seq,
    int_const,
    numeric,
    spread,
)
from irad.ir.core import Const, Value, const
from irad.ir.types import BOOL, INT
from irad.lib import iterators, listing
from irad.ops.py import UNBOUND


def shown(cx: Context, av: AV) -> AV:
    """What an operand holds, if it is known; d.keys() and the like are no tuples."""
    return av if heap.is_view(av) else heap.opened(cx, av)


def is_some_dict(av: AV) -> bool:
    """Whether this is a dict, from outside or not, or the `__dict__` of an object."""
    of_object = isinstance(av, Record) and av.static == ("attributes",)
    return of_object or lists.is_dict(av) or (isinstance(av, Known) and isinstance(av.obj, dict))


def opens(cx: Context, a: AV, b: AV) -> bool:
    return shown(cx, a) is not a or shown(cx, b) is not b



def plain_number(av: AV, other: AV) -> AV:
    """An enum that is a number, as it is beside a number known at run time only."""
    if isinstance(other, Known) or not isinstance(av, Known):
        return av
    if isinstance(av.obj, enum.Enum) and isinstance(av.obj, (int, float)):
        return Known(int(av.obj) if isinstance(av.obj, int) else float(av.obj))
    return av



def array_like(av: Known) -> bool:
    return type(av.obj).__module__ == "numpy" and hasattr(av.obj, "dtype")



def beside_numpy(cx: Context, op: str, av: AV, other: AV) -> AV:
    """A list or tuple as an array, where the operator is that of numpy's number or array beside it."""
    if isinstance(other, Arr) and op != "@":
        return beside_array(cx, av, other)  # the operators of arrays take all other ones as they are
    if not is_sequence(av) or not (isinstance(other, Arr) or (op not in ("*", "@") and numpy_number(cx, other))):
        return av
    return call_value(cx, Known(np.asarray), [av], {})


def is_sequence(av: AV) -> bool:
    """Whether this is a list or tuple."""
    if isinstance(av, Known):
        return type(av.obj) in (list, tuple)
    return isinstance(av, Seq) or lists.is_list(av) or is_tuple(av)


def numpy_number(cx: Context, av: AV) -> bool:
    return numeric(av) and is_numpy(cx.num(av).kinds[0])


def of_one_sort(cx: Context, a: AV, b: AV, case: Callable[[AV, AV], AV]) -> AV | None:
    """Of a sequence and a number that may be one of Python or one of numpy: what `case` gives for either; else None."""
    for one, other in ((a, b), (b, a)):
        if isinstance(other, Num) and len(set(map(is_numpy, other.kinds))) > 1 and is_sequence(one):
            return numbers.each_kind(cx, other, lambda n: case(one, n) if other is b else case(n, one))
    return None


def _is_list_outside(av: AV) -> bool:
    return isinstance(av, Known) and type(av.obj) is list


def compare(cx: Context, op: str, a: AV, b: AV) -> AV:
    """`a op b` for == != < <= > >=."""
    if isinstance(a, Choice):
        return cx.dispatch(a, lambda m: compare(cx, op, m, b))
    if isinstance(b, Choice):
        return cx.dispatch(b, lambda m: compare(cx, op, a, m))
    several = of_one_sort(cx, a, b, lambda x, y: compare(cx, op, x, y))
    if several is not None:
        return several
    a, b = beside_numpy(cx, op, a, b), beside_numpy(cx, op, b, a)
    if has_class(a) or has_class(b):
        found = objects.compare(cx, op, a, b)
        if found is not None:
            return found
    if lists.is_list(a) or lists.is_list(b):
        a, b = (lists.new_list(cx, iterate.known_items(v) or []) if _is_list_outside(v) else v for v in (a, b))
    if lists.is_list(a) and lists.is_list(b):
        if any(isinstance(heap.content_of(cx, v), Growing) for v in (a, b)):
            from irad.infer.listmethods import compare as compare_lists

            return compare_lists(cx, op, a, b)  # type: ignore[arg-type]
    if op in ("==", "!=") and is_some_dict(a) and is_some_dict(b) and not (isinstance(a, Known) and isinstance(b, Known)):
        from irad.infer.dictclasses import made_here

        return _compare_dicts(cx, op, made_here(cx, a), made_here(cx, b))
    found = viewsets.compare(cx, op, a, b) if heap.is_view(a) or heap.is_view(b) else None
    found = runsets.binary(cx, op, a, b) if found is None else found
    if found is not None:
        return found
    if opens(cx, a, b):
        return compare(cx, op, shown(cx, a), shown(cx, b))
    a, b = plain_number(a, b), plain_number(b, a)
    if numeric(a) and numeric(b):
        return _compare_numbers(cx, op, a, b)
    if isinstance(a, Known) and isinstance(b, Known):
        return numbers.fold(cx, COMPARE[op], a, b)
    if isinstance(a, Arr) or isinstance(b, Arr):
        return arrays.compare(cx, op, a, b)
    pair = [spread(v) for v in (a, b)]
    if all(isinstance(v, Seq) for v in pair) and class_family(pair[0]) == class_family(pair[1]):
        return _compare_items(cx, op, list(pair[0].children), list(pair[1].children))
    if op in ("==", "!=") and isinstance(a, Bound) and isinstance(b, Bound):
        same = identical(cx, a.owner, b.owner) if a.static == b.static else const(False)
        return cx.bool(same if op == "==" else cx.negate(same))
    if op in ("==", "!=") and isinstance(a, Fn) and isinstance(b, Fn):
        same = identical(cx, a, b)
        return cx.bool(same if op == "==" else cx.negate(same))
    if op in ("==", "!=") and surely_different(a, b):
        return numpywords.equality(cx, op, a, b) or Known(op == "!=")
    if op in ("==", "!=") or (is_text(a) and is_text(b)):
        cx.unsupported(
            f"`{op}` of {type_name(a)} and {type_name(b)}", kind="operator",
            why="whether they are equal is for their classes to say", hint="compare the numbers in them",
        )
    numpywords.refuse(cx, op, a, b)
    cx.type_error(f"'{op}' not supported between instances of '{type_name(a)}' and '{type_name(b)}'")


def _compare_numbers(cx: Context, op: str, a: AV, b: AV) -> AV:
    """Two numbers; one may be known for each alternative of a finite choice."""
    for one, other, test in ((a, b, COMPARE[op]), (b, a, COMPARE[objects.SWAPPED[op]])):
        tag, options = cx.decided.get(one.leaves[0], (None, ())) if one.leaves else (None, ())
        if tag is not None and isinstance(other, Known):
            answers = tuple(bool(test(option, other.obj)) for option in options)
            if len(set(answers)) == 1:
                return Known(answers[0])
            found = numbers.compare(cx, op, a, b)
            if found.leaves:
                cx.decided[found.leaves[0]] = tag, answers
            return found
    return numbers.compare(cx, op, a, b)


def _compare_dicts(cx: Context, op: str, a: AV, b: AV) -> AV:
    """Dicts are equal if they have the same keys, in any order (in one order, if both are OrderedDicts), with equal items."""
    from irad.infer.execute import known_dict
    from irad.infer.tables import equal

    if heap.is_open(cx, a) or heap.is_open(cx, b):
        same = truth(cx, equal(cx, a, b))
        return cx.bool(same if op == "==" else cx.negate(same))
    mine, other = known_dict(cx, a), known_dict(cx, b)
    if mine.keys() != other.keys():
        return Known(op == "!=")
    found = _compare_items(cx, op, list(mine.values()), [other[k] for k in mine])
    ordered = all(isinstance(d, Ref) and issubclass(d.cls, OrderedDict) for d in (a, b))
    return Known(op == "!=") if ordered and list(mine) != list(other) else found


def class_family(av: AV) -> type:
    return tuple if isinstance(av, Seq) and issubclass(av.cls, tuple) else list


def _compare_items(cx: Context, op: str, xs: list[AV], ys: list[AV]) -> AV:
    """Sequences: the first items that differ decide, else the lengths."""
    if not xs or not ys or (op in ("==", "!=") and len(xs) != len(ys)):
        return Known(COMPARE[op](len(xs), len(ys)))
    from irad.infer.listmethods import same_item

    equal = same_item(cx, xs[0], ys[0])
    decided = (lambda: Known(op == "!=")) if op in ("==", "!=") else (lambda: compare(cx, op, xs[0], ys[0]))
    return cx.conditional(equal, lambda: _compare_items(cx, op, xs[1:], ys[1:]), decided)



def unary(cx: Context, op: str, a: AV) -> AV:
    """`op a` for + - ~ not."""
    if isinstance(a, Choice):
        return cx.dispatch(a, lambda m: unary(cx, op, m))
    if has_class(a) and op != "not":
        return objects.unary(cx, op, a)
    if op == "not":
        return cx.bool(cx.negate(truth(cx, a)))
    if numeric(a):
        return numbers.unary(cx, op, a)
    if isinstance(a, Arr):
        return arrays.unary(cx, op, a)
    cx.type_error(f"bad operand type for unary {op}: '{type_name(a)}'")



def truth(cx: Context, av: AV) -> Value:
    """bool(x) as a machine bool."""
    if isinstance(av, Choice):
        return cx.test_choice(av, lambda m: truth(cx, m))
    if has_class(av):
        return objects.truth(cx, av)
    if isinstance(av, Ref):
        size = iterate.length(cx, av)
        return cx.bool_value(size)
    if isinstance(av, Known) and not array_like(av):
        return const(bool(av.obj))
    if isinstance(av, Known) and isinstance(av.obj, np.ndarray) and av.obj.dtype == object:
        try:
            return const(bool(av.obj))
        except ValueError as error:
            cx.throw("ValueError", str(error))
    if numeric(av):
        return numbers.truth(cx, av)
    if isinstance(av, Arr):
        return arrays.truth(cx, av)
    if isinstance(av, Seq):
        return const(bool(av.items))
    not_recorded(cx, av)
    return const(True)



def identical(cx: Context, a: AV, b: AV) -> Value:
    """`a is b`: asked of known objects; run-time numbers are never identical to those."""
    for x, y in ((a, b), (b, a)):
        if isinstance(x, Choice):
            return cx.test_choice(x, lambda m, y=y: identical(cx, m, y))  # type: ignore[misc]
    if isinstance(a, Known) and isinstance(b, Known):
        return const(a.obj is b.obj or a.static == b.static)
    if a is b or (shape_of(a) == shape_of(b) and _same_leaves(a, b)):
        return const(True)
    if numeric(a) and numeric(b):
        return _identical_numbers(cx, cx.num(a), cx.num(b))
    if isinstance(a, Arr) and isinstance(b, Arr):
        return _one_array(cx, a, b)
    if isinstance(a, Ref) and isinstance(b, Ref) and a.cls is b.cls:
        one, other = cx.heap[a.name], cx.heap[b.name]
        if isinstance(one, Fixed) and isinstance(other, Fixed):
            return _one_memory(cx, one, other)
        if isinstance(one, Held) and isinstance(other, Held):
            return held.same(cx, one, other)
    if isinstance(a, Ref) or isinstance(b, Ref):
        if heap.is_frozen(cx, a) and heap.is_frozen(cx, b) and type_name(a) == type_name(b):
            rows.demand(cx, rows.MEMORY)
            cx.unsupported(
                f"whether two values of type {type_name(a)} are one object", kind="operator",
                why="a list of run-time length holds them by what they hold",
                hint="compare their places in the list (i != j), or a number that each of them has",
            )
        return const(False)  # two names of the heap are two objects
    if isinstance(a, Fn) and isinstance(b, Fn) and a.static[0] is not b.static[0]:
        return const(False)  # a function has one code
    if type(a) is type(b) and not isinstance(a, Known):
        cx.unsupported(
            f"`is` between two values of type {type_name(a)}", kind="operator",
            why="only objects that are known at compile time have an identity", hint="compare with ==",
        )
    return const(False)


def _one_array(cx: Context, a: Arr, b: Arr) -> Value:
    """Arrays in different memory are two. Of the same memory there can be several, so that one of them may be a view."""
    if a.kind != b.kind or a.ndim != b.ndim:
        return const(False)
    error = UnsupportedError(
        "`is` between two arrays that are in the same memory", kind="operator", loc=cx.loc,
        why="one may be a view of the whole other one, which is another object", hint="use np.shares_memory, or a flag",
    )
    found = cx.op("same", a.value, b.value)
    _refuse_if(cx, found, error)
    # a trial enters each block with values of its own: which of them are one and the same is known only in the emission
    return const(False) if cx.emitting else found


def _one_memory(cx: Context, a: Fixed, b: Fixed) -> Value:
    """Whether two lists that are memory are one: each has buffers of its own, but for those of no items."""
    if a.item != b.item:
        return const(False)
    if not a.buffers:
        cx.unsupported("`is` between lists in lists of run-time length", kind="operator", hint="compare with ==")
    one, other = a.buffers[0], b.buffers[0]
    rooms = [cx.op("dim", buffer, axis=0) for buffer in (one, other)]
    error = UnsupportedError("`is` between empty lists in lists of run-time length", kind="operator", loc=cx.loc,
                             hint="compare with ==")
    _refuse_if(cx, cx.both(*(cx.op("eq", room, int_const(0)) for room in rooms)), error)
    return cx.op("same", one, other)


def _refuse_if(cx: Context, found: Value, error: UnsupportedError) -> None:
    """End the way, at run time."""
    if isinstance(found, Const):
        if found.value:
            cx.fail(error)
    else:
        cx.unless(cx.negate(found), lambda: cx.fail(error))


def _same_leaves(a: AV, b: AV) -> bool:
    """Whether two values of one shape are the very same value (a tuple made twice has two identities)."""
    leaves = flatten(a)
    return not isinstance(a, (Seq, Record)) and all(x is y for x, y in zip(leaves, flatten(b), strict=True))


BOOLS = {"bool", "bool_"}


def _identical_numbers(cx: Context, x: Num, y: Num) -> Value:
    """`x is y` of run-time numbers: True and False exist once, other numbers have no identity."""
    found: Value = const(False)
    for kind, other in itertools.product(x.kinds, y.kinds):
        if kind != other and not (cx.jitted and {kind, other} == BOOLS):  # numba's bools are of one type
            continue
        if kind not in BOOLS:
            cx.unsupported(f"`is` between two values of type {kind}", kind="operator", hint="compare with ==")
        both = cx.both(numbers.is_kind(cx, x, kind), numbers.is_kind(cx, y, other))
        equal = cx.op("eq", cx.cast(x.value, BOOL), cx.cast(y.value, BOOL))
        found = cx.either(found, cx.both(both, equal))
    return found



def contains_item(cx: Context, item: AV, container: AV) -> Value:
    """`item in container` of what is not written in Python."""
    if not lists.is_dict(container) and isinstance(heap.opened(cx, container), Choice):
        return cx.num(cx.dispatch(heap.opened(cx, container), lambda m: cx.bool(contains_item(cx, item, m)))).value
    if lists.is_dict(container) and (isinstance(item, Known) or is_key(item) or is_compared(item) or chooses(item)):
        assert isinstance(container, Ref)
        held = lists.dict_found(cx, container, item)
        return cx.test_choice(held, _is_set) if isinstance(held, Choice) else _is_set(held)
    if lists.is_list(container) and isinstance(heap.content_of(cx, container), Growing):
        return truth(cx, call_library_function(cx, listing.contains, [container, item]))
    if runsets.is_run_set(cx, container):
        return runsets.contains(cx, item, container)
    container = heap.opened(cx, container)
    if isinstance(item, Known) and isinstance(container, Known):
        return const(item.obj in container.obj)
    items = iterate.known_items(container)
    if type(container).iterator or isinstance(container, Ref) or heap.is_view(container):
        return cx.num(call_function(cx, python_function(iterators.contains), [iterate.make_iter(cx, container), item], {})).value
    if items is not None:
        from irad.infer.listmethods import same_item

        found: Value = const(False)
        for other in items:
            equal = same_item(cx, other, item)
            if isinstance(equal, Const) and equal.value:
                return equal
            found = cx.either(found, equal)
        return found
    if isinstance(container, Range) and numeric(item) and all(MACHINE[k] in (INT, BOOL) for k in cx.num(item).kinds):
        return _in_range(cx, cx.integer(item), container)
    if isinstance(container, Range):
        return cx.num(call_function(cx, python_function(iterators.contains), [iterate.make_iter(cx, container), item], {})).value
    if isinstance(container, Arr):
        same = arrays.compare(cx, "==", container, item)
        return truth(cx, call_library(cx, np.any, [same])) if isinstance(same, Arr) else truth(cx, same)
    cx.unsupported(f"`in` on a value of type {type_name(container)}", hint="write the search as a loop")


def _in_range(cx: Context, at: Value, r: Range) -> Value:
    """Whether an int is one of those of a range: between its ends, which are among them, and as many steps away."""
    start, step = (cx.integer(c) for c in r.children)
    last = cx.op("add", start, cx.op("mul", cx.op("sub", r.leaves[0], int_const(1)), step))
    back = cx.op("lt", step, int_const(0))
    low, high = cx.op("select", back, last, start), cx.op("select", back, start, last)
    found = cx.both(cx.op("gt", r.leaves[0], int_const(0)), cx.both(cx.op("le", low, at), cx.op("le", at, high)))
    if isinstance(step, Const) and step.value in (1, -1):
        return found
    return cx.both(found, cx.op("eq", cx.op("mod", at, step), cx.op("mod", start, step)))


def _is_set(av: AV) -> Value:
    return const(not (isinstance(av, Known) and av.obj is UNBOUND))


