"""Context managers of libraries, for `with`: suppress, nullcontext, contextmanager; `settings` has np.errstate and warnings."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from irad.infer import generators, heap, settings
from irad.infer.context import Context, type_name
from irad.infer.exceptions import classes_of
from irad.infer.iterate import ENDED, advance, force, parts_of, settled
from irad.infer.iterators import named
from irad.infer.meanings import SPECIAL, handles, method
from irad.infer.pythoncalls import bind
from irad.infer.shapes import AV
from irad.infer.values import NONE, Fn, Iter, Known, Record, Seq
from irad.ir.core import Value


@handles(contextlib.suppress)
def _suppress(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Record(("context", "suppress"), (Seq(tuple, tuple(args)),))


@handles(contextlib.nullcontext)
def _nullcontext(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Record(("context", "nullcontext"), (args[0] if args else kwargs.get("enter_result", NONE),))


@contextlib.contextmanager
def _example() -> Iterator[None]:
    yield


def _managed(cx: Context, f: Fn, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A call of a generator function behind `contextmanager`: it runs up to its `yield` and, in the end, behind it."""
    cell = dict(zip(f.code.co_freevars, f.cells, strict=True))["func"]
    function = heap.content_of(cx, cell.children[0] if cell.children else cell)
    if not isinstance(function, Fn) or not generators.is_generator(function):
        cx.unsupported("contextmanager of what is no generator function", kind="generator", hint="write a class with __enter__")
    gen = generators.make(cx, function, bind(cx, function, args, kwargs), finishes=True)
    return Record(("context", "generator"), (named(cx, gen),))


SPECIAL[_example.__code__] = _managed


def _generator(manager: AV) -> Iter:
    it = manager.children[0]
    assert isinstance(it, Iter)
    return it


def _entered(cx: Context, it: Iter) -> AV:
    """The item that the generator of a context manager yields."""
    ok, item = _advanced(cx, it)
    cx.guard(ok, "RuntimeError", "generator didn't yield")
    heap.store(cx, it, settled(cx.heap[it.name], ok, True))
    return force(cx, item)


def _advanced(cx: Context, it: Iter) -> tuple[Value, AV]:
    ok, item, _ = advance(cx, it)
    return cx.num(ok).value, item


def _left(cx: Context, it: Iter, cls: AV, exception: AV) -> AV:
    """The rest of the generator of a context manager: whether it has swallowed the exception. One that it lets through
    leaves it here already."""
    if isinstance(cls, Known) and cls.obj is None:
        ok, _ = _advanced(cx, it)
        cx.guard(cx.negate(ok), "RuntimeError", "generator didn't stop")
        return Known(False)
    if not isinstance(cls, Known) or issubclass(cls.obj, StopIteration):
        cx.unsupported(f"a {type_name(exception)} that leaves the `with` of a generator", kind="exception", hint="raise another")
    state = cx.heap[it.name]
    heap.store(cx, it, ENDED)
    again = parts_of(cx, generators.throw(cx, state, exception))[0]
    cx.guard(cx.negate(cx.num(again).value), "RuntimeError", "generator didn't stop after throw()")
    return Known(True)


@method("__enter__")
def _enter(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if args[0].static[1] == "generator":
        return _entered(cx, _generator(args[0]))
    if args[0].static[1] == "lock":
        return Known(True)
    if args[0].static[1] in settings.MANAGERS:
        settings.enter(cx, args[0])
    if args[0].static[1] == "recording":
        return settings.RECORDED
    return args[0].children[0] if args[0].static[1] == "nullcontext" else NONE


@method("__exit__")
def _exit(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    owner, cls = args[:2]
    if owner.static[1] == "generator":
        return _left(cx, _generator(owner), cls, args[2])
    if owner.static[1] in settings.MANAGERS:
        settings.leave(cx, owner)
    if owner.static[1] != "suppress" or not isinstance(cls, Known) or cls.obj is None:
        return NONE
    return Known(issubclass(cls.obj, classes_of(cx, owner.children[0])))
