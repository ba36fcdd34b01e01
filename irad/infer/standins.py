"""Classes and functions of the standard library that are written in C: what `irad.lib.standard` has in their place.

An object of such a class is one of a class in Python, which says that it is the other when it is asked (`real_class`). It is made
what it stands for where it goes out of compiled code (`derived.remade`).
"""

from __future__ import annotations

import bisect
import collections
import contextlib
import functools
import heapq
import types
from typing import Any

from irad.infer import iterate, tables
from irad.infer.context import Context
from irad.infer.lists import DICT_METHODS, new_dict
from irad.infer.meanings import LIBRARY, handles
from irad.infer.objects import construct
from irad.infer.pythoncalls import call_library
from irad.infer.shapes import AV
from irad.infer.values import NONE, REAL, Fn, Known, Ref
from irad.lib import normal, standard

_REPLACED: dict[Any, Any] = {
    bisect.bisect_right: standard.bisect_right, bisect.bisect_left: standard.bisect_left,
    bisect.insort_right: standard.insort_right, bisect.insort_left: standard.insort_left,
    heapq.heappush: standard.heappush, heapq.heappop: standard.heappop, heapq.heapify: standard.heapify,
    heapq.heapreplace: standard.heapreplace, heapq.heappushpop: standard.heappushpop,
    functools.cache: standard.cache, functools.lru_cache: standard.lru_cache,
}
with contextlib.suppress(ImportError):  # else `statistics` has it in Python
    from _statistics import _normal_dist_inv_cdf  # type: ignore[import-not-found]

    _REPLACED[_normal_dist_inv_cdf] = normal.inv_cdf
for _name in ("_heapify_max", "_heapreplace_max"):  # what nsmallest calls; newer versions of Python call them otherwise
    if hasattr(heapq, _name):
        _REPLACED[getattr(heapq, _name)] = getattr(standard, _name[1:])
for _function, _replacement in _REPLACED.items():
    LIBRARY[id(_function)] = (_function, _replacement)


@handles(functools.cache)  # Python around a class in C, as the next
def _cache(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return call_library(cx, functools.cache, args, kwargs)


@handles(functools.lru_cache)
def _lru_cache(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return call_library(cx, functools.lru_cache, args, kwargs)



REAL[standard.deque] = collections.deque
REAL[standard.SimpleNamespace] = types.SimpleNamespace
DEFAULTS: dict[Any, type] = {}  # by the factory: the class of dicts that call it


@handles(collections.deque, as_they_are=True)
def _deque(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return construct(cx, standard.deque, args, kwargs)


@handles(types.SimpleNamespace, as_they_are=True)
def _namespace(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if args:
        cx.unsupported("SimpleNamespace of a mapping", kind="object", hint="SimpleNamespace(**mapping)")
    return construct(cx, standard.SimpleNamespace, args, kwargs)


@handles(collections.defaultdict, as_they_are=True)
def _defaultdict(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    factory = _factory(cx, args[0] if args else NONE)
    made = new_dict(cx, {}, class_with(factory))
    if args[1:] or kwargs:
        DICT_METHODS["update"](cx, made, args[1:], kwargs)
    return made


def _factory(cx: Context, av: AV) -> Any:
    if isinstance(av, Known):
        return av.obj
    if isinstance(av, Fn) and not av.cells and not av.defaults and not av.kwdefaults:
        return types.FunctionType(av.code, av.globals)
    cx.unsupported(
        "a defaultdict whose default is not known at compile time", kind="dict", hint="use a plain function",
    )


def class_with(factory: Any) -> type:
    """The class of the dicts with a default."""
    key = factory.__code__ if isinstance(factory, types.FunctionType) else factory
    if key not in DEFAULTS:
        space: dict[str, Any] = {"default_factory": staticmethod(factory) if callable(factory) else factory}
        if factory is not None:
            space["__missing__"] = standard.missing
        made = DEFAULTS[key] = type("defaultdict", (dict,), {**space, "__module__": "collections"})
        REAL[made] = collections.defaultdict
    return DEFAULTS[key]


def class_in_code(value: Any) -> type:
    """The class that an object from outside has in compiled code."""
    cls = type(value)
    if cls is types.SimpleNamespace:
        return standard.SimpleNamespace
    return class_with(value.default_factory) if cls is collections.defaultdict else cls


@handles(collections._count_elements, as_they_are=True)  # type: ignore[attr-defined]
def _count_elements(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """What Counter.update does with an iterable."""
    from irad.infer.consumers import taken
    from irad.infer.execute import binary
    from irad.infer.lists import dict_get, set_item

    owner, items = args[0], taken(cx, args[1])
    if not isinstance(owner, Ref):
        cx.unsupported(
            "the method `update` of a Counter from outside of the function", kind="attribute",
            hint="return what is to be stored, and store it outside",
        )
    if items is None:
        tables.count(cx, owner, iterate.make_iter(cx, args[1]))
        return NONE
    for item in items:
        set_item(cx, owner, item, binary(cx, "+", dict_get(cx, owner, item, Known(0)), Known(1)))
    return NONE
