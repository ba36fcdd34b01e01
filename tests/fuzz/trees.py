"""Arguments and results as trees: tuples, lists, dicts and objects of a program's classes, with numbers and arrays as leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from programs.outcomes import attributes, is_plain_object


def made(cls: type, **parts: Any) -> Any:
    """An object with these attributes, without its `__init__`."""
    found = object.__new__(cls)
    for name, value in parts.items():
        object.__setattr__(found, name, value)
    return found


def children(x: Any) -> list[Any] | None:
    """What a node holds, in order; None for a leaf."""
    if isinstance(x, (tuple, list)):
        return list(x)
    if isinstance(x, dict):
        return list(x.values())
    return list(attributes(x).values()) if is_plain_object(x) else None


def rebuilt(x: Any, items: list[Any], classes: dict[str, Any] | None = None) -> Any:
    """The node with other children; `classes`: by name, in the place of its own."""
    if isinstance(x, tuple):
        return tuple.__new__(type(x), items)
    if isinstance(x, list):
        return items
    if isinstance(x, dict):
        return dict(zip(x, items, strict=True))
    cls = classes[type(x).__name__] if classes is not None else type(x)
    return made(cls, **dict(zip(attributes(x), items, strict=True)))


def mapped(
    f: Callable[..., Any], tree: Any, *others: Any, known: dict[int, Any] | None = None, classes: dict[str, Any] | None = None,
) -> Any:
    """The tree with f(leaf, leaves of the others) for each leaf. What is one array or one object stays one."""
    known = {} if known is None else known
    if id(tree) in known:
        return known[id(tree)]
    items = children(tree)
    if items is None:
        found = f(tree, *others)
    else:
        more = [[None] * len(items) if o is None else children(o) for o in others]
        new = [mapped(f, *parts, known=known, classes=classes) for parts in zip(items, *more, strict=True)]
        found = rebuilt(tree, new, classes)
    if not isinstance(tree, (float, int, str, tuple)) and tree is not None:
        known[id(tree)] = found
    return found


def leaves(tree: Any) -> Iterator[Any]:
    """The leaves, in order."""
    items = children(tree)
    if items is None:
        yield tree
    else:
        for item in items:
            yield from leaves(item)


def mutable(args: Any) -> list[Any]:
    """The parts of an argument list that a call can change."""
    if isinstance(args, tuple):
        return [part for item in args for part in mutable(item)]
    return [args] if isinstance(args, (np.ndarray, list, dict)) or is_plain_object(args) else []


def links(tree: Any) -> list[int]:
    """Which lists, dicts, objects and arrays of a tree are one: for each in turn, the number of the first that it is. (Views of
    the same elements of an array are.)"""
    seen: dict[Any, int] = {}
    found: list[int] = []
    keep: list[Any] = []

    def walk(x: Any) -> None:
        items = children(x)
        if isinstance(x, np.ndarray) or (items is not None and not isinstance(x, tuple)):
            key = (x.ctypes.data, x.shape, x.strides) if isinstance(x, np.ndarray) and x.size else id(x)
            first = key not in seen
            found.append(seen.setdefault(key, len(seen)))
            keep.append(x)
            if not first:
                return
        for item in items or ():
            walk(item)

    walk(tree)
    return found
