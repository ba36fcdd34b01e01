"""Lists searched and compared: `index`, `count`, `remove`, `==`, `<`."""

from __future__ import annotations

from irad.errors import UnsupportedError
from irad.infer import heap, iterate, lists, tables
from irad.infer.context import Context
from irad.infer.lists import list_method
from irad.infer.meanings import CONTAINERS, handles
from irad.infer.pythoncalls import call_library_function
from irad.infer.shapes import AV
from irad.infer.values import Bound, Choice, Known, Num, Ref, int_const
from irad.ir.core import Const, Value, const
from irad.lib import listing

LAST = (1 << 63) - 1


def _bounds(cx: Context, ref: AV, args: list[AV]) -> list[AV]:
    """The start and stop of index(), which count from the end if negative."""
    size = iterate.length(cx, ref)
    found: list[AV] = []
    for i in range(2):
        if len(args) <= i + 1:
            found.append(Known((0, LAST)[i]))
            continue
        at = cx.integer(args[i + 1])
        moved = lists.larger(cx, cx.op("add", at, size), int_const(0))
        found.append(Num("int", cx.op("select", cx.op("lt", at, int_const(0)), moved, at)))
    return found


@list_method("index")
def _index(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return call_library_function(cx, listing.index, [ref, args[0], *_bounds(cx, ref, args)])


@list_method("count")
def _count(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return call_library_function(cx, listing.count, [ref, args[0]])


@list_method("remove")
def _remove(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return call_library_function(cx, listing.remove, [ref, args[0]])


def _tuple_index(cx: Context, f: Bound, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return call_library_function(cx, listing.index_in_tuple, [f.owner, args[0], *_bounds(cx, f.owner, args)])


CONTAINERS["index"] = _tuple_index
CONTAINERS["count"] = lambda cx, f, args, kwargs: call_library_function(cx, listing.count, [f.owner, args[0]])


def _copied(cx: Context, f: Bound, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A list or dict from outside of the function, with arrays in it."""
    return heap.allocate(cx, f.owner)


CONTAINERS["copy"] = _copied


# -- comparison --------------------------------------------------------------------------------------------------


@handles(listing.same, as_they_are=True)
def _same(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return cx.bool(same_item(cx, args[0], args[1]))


def same_item(cx: Context, a: AV, b: AV) -> Value:
    """Whether a container takes two items for equal: they are one object, or `a == b`.

    Of two that are nan it cannot be told whether they are one object, unless they are one value here: that ends the way.
    """
    from irad.infer.asking import compare, truth

    if isinstance(a, Choice):
        return cx.test_choice(a, lambda m: same_item(cx, m, b))
    if isinstance(b, Choice):
        return cx.test_choice(b, lambda m: same_item(cx, a, m))
    if _surely_one(a, b):
        return const(True)
    equal = truth(cx, compare(cx, "==", a, b))
    if _can_be_nan(a) and _can_be_nan(b):
        x, y = cx.num(a).value, cx.num(b).value
        _refuse_nan(cx, cx.both(cx.op("ne", x, x), cx.op("ne", y, y)))
    return equal


def _surely_one(a: AV, b: AV) -> bool:
    if isinstance(a, Ref) or isinstance(b, Ref):
        return isinstance(a, Ref) and isinstance(b, Ref) and a.name == b.name
    if isinstance(a, Known) and isinstance(b, Known):
        return a.obj is b.obj
    return a is b or (isinstance(a, Num) and isinstance(b, Num) and a.static == b.static and a.leaves == b.leaves)


def _can_be_nan(av: AV) -> bool:
    if isinstance(av, Known):
        return isinstance(av.obj, float) and av.obj != av.obj
    return isinstance(av, Num) and any(k.startswith("float") for k in av.kinds)


def _refuse_nan(cx: Context, found: Value) -> None:
    error = UnsupportedError(
        "nan compared with nan by a container", kind="operator", loc=cx.loc,
        why="nan is equal to itself there if it is one object, and numbers made in compiled code have no identity",
        hint="ask for it with math.isnan",
    )
    if not isinstance(found, Const):
        cx.unless(cx.negate(found), lambda: cx.fail(error))
    elif found.value:
        cx.fail(error)


def compare(cx: Context, op: str, a: Ref, b: Ref) -> AV:
    """`a op b` of lists of which one has a length known at run time only."""
    from irad.infer.asking import unary

    functions = {"==": (listing.equal, False), "!=": (listing.equal, True), "<": (listing.less, False),
                 ">": (listing.less, False), "<=": (listing.not_more, False), ">=": (listing.not_more, False)}
    function, negated = functions[op]
    first, second = (b, a) if op in (">", ">=") else (a, b)
    found = call_library_function(cx, function, [first, second])
    return unary(cx, "not", found) if negated else found
handles(dict.fromkeys)(tables.from_keys)
