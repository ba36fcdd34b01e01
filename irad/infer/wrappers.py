"""functools on functions: `wraps` gives a function another name, `singledispatch` chooses one by its first argument."""

from __future__ import annotations

import functools
from typing import Any

from irad.infer import functions, numbers
from irad.infer.builtins import class_of
from irad.infer.calls import call_value
from irad.infer.context import Context
from irad.infer.execute import known_dict
from irad.infer.meanings import SPECIAL, handles
from irad.infer.shapes import AV
from irad.infer.values import Fn, Num, Record, Ref


@handles(functools.update_wrapper)
def _update_wrapper(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """The wrapper itself, with the name of what it wraps; and with its attributes, if they are asked for."""
    wrapper = args[0] if args else kwargs["wrapper"]
    wrapped = args[1] if len(args) > 1 else kwargs["wrapped"]
    if isinstance(wrapper, Fn) and isinstance(wrapper.holder, Ref):
        functions.copy(cx, wrapper.holder, wrapped)
    return wrapper.named(wrapped.name, wrapper.jit) if isinstance(wrapper, Fn) and isinstance(wrapped, Fn) else wrapper


_EXAMPLE: Any = functools.singledispatch(lambda x: x)


def _dispatched(cx: Context, f: Fn, args: list[AV], kwargs: dict[str, AV]) -> AV | None:
    """A call of a function with single dispatch; None if it is not known which ones there are."""
    functions = _registered(cx, f) if args else None
    return None if functions is None else by_class(cx, functions, [], args, kwargs)


def _registered(cx: Context, f: Fn) -> dict[Any, AV] | None:
    """The functions of a function with single dispatch, by class; None if it is not known which ones there are."""
    dispatch = dict(zip(f.code.co_freevars, f.cells, strict=True))["dispatch"].children
    if not dispatch or not isinstance(dispatch[0], Fn):
        return None
    registry = dict(zip(dispatch[0].code.co_freevars, dispatch[0].cells, strict=True))["registry"].children
    return known_dict(cx, registry[0]) if registry else None


def dispatched_method(cx: Context, f: Record, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A call of a method with single dispatch."""
    dispatcher = f.static[1].obj.dispatcher
    functions = _registered(cx, cx.unit.outside.function(cx.builder, dispatcher, ("known", dispatcher)))
    if not args or functions is None:
        cx.unsupported("a method with single dispatch that is called without an argument", kind="function")
    return by_class(cx, functions, list(f.children), args, kwargs)


def by_class(cx: Context, functions: dict[Any, AV], owner: list[AV], args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A call of the function for the class of the first argument."""

    def case(first: AV) -> AV:
        if isinstance(first, Num) and first.tag is not None:
            return numbers.each_kind(cx, first, case)
        cls = class_of(cx, first)
        names = {each: each for each in functions}
        found = functools._find_impl(cls, names) if cls not in names else cls  # type: ignore[attr-defined]
        return call_value(cx, functions[found], [*owner, first, *args[1:]], kwargs)

    return cx.dispatch(args[0], case)


SPECIAL[_EXAMPLE.__code__] = _dispatched
