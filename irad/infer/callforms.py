"""What a Python function that compiled code calls takes and gives: forms of results, of cotangents and of tangents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from irad.infer import arrays, heap
from irad.infer.context import Context, type_name
from irad.infer.extents import dims
from irad.infer.kinds import CLASSES, MACHINE, OF_CLASS, kind_of
from irad.infer.outlets import Result
from irad.infer.shapes import AV
from irad.infer.values import NONE, Arr, Known, Num, Seq, spread
from irad.ir.core import Value
from irad.ir.types import Array, Type, is_float

WHAT = "irad.callback"


@dataclass(frozen=True)
class Spec:
    """What a Python function is to return: a number of a kind, an array (kind, axes), a tuple, None."""

    kind: str = ""
    ndim: int = -1
    items: tuple[Spec, ...] | None = None

    def leaves(self) -> Iterator[Spec]:
        """The numbers and arrays in it, in order."""
        if self.items is not None:
            for item in self.items:
                yield from item.leaves()
        elif self.kind:
            yield self

    @property
    def type(self) -> Type:
        return MACHINE[self.kind] if self.ndim < 0 else Array(MACHINE[self.kind], self.ndim)

    @property
    def smooth(self) -> bool:
        return MACHINE[self.kind].is_float

    def result(self, optional: bool = False) -> Result:
        """As an outlet has it."""
        if self.items is not None:
            return Result(tuple, [item.result(optional) for item in self.items])
        if not self.kind:
            return Result(None)
        cls = CLASSES[self.kind]
        return Result(cls if self.ndim < 0 else np.dtype(cls), optional=optional)

    def rebuilt(self, leaves: Iterator[Value]) -> AV:
        if self.items is not None:
            return Seq(tuple, tuple(item.rebuilt(leaves) for item in self.items))
        if not self.kind:
            return NONE
        return Num(self.kind, next(leaves)) if self.ndim < 0 else Arr(self.kind, next(leaves))


def spec_of(cx: Context, av: AV, sizes: list[Value]) -> Spec:
    """What the argument `result` says; the extents of arrays are added to `sizes`."""
    av = spread(heap.opened(cx, av))
    if isinstance(av, Known) and av.obj is None:
        return Spec()
    if isinstance(av, Known) and isinstance(av.obj, type) and av.obj in OF_CLASS:
        return Spec(OF_CLASS[av.obj])
    if isinstance(av, Known) and (kind := kind_of(av.obj)) is not None:
        return Spec(kind)
    if isinstance(av, Num) and len(av.kinds) == 1:
        return Spec(av.kind)
    if isinstance(av, Arr):
        sizes += dims(cx, av)
        return Spec(av.kind, av.ndim)
    if isinstance(av, Seq) and av.cls is tuple:
        return Spec(items=tuple(spec_of(cx, item, sizes) for item in av.items))
    cx.mistyped(
        f"{WHAT} with a result like {shown(av)}", kind="types", why="it says what the function returns",
        hint="pass float, int, bool, an array of the right shape and dtype, a tuple of these, or None",
    )


def shown(av: AV) -> str:
    """A value, for an error."""
    return repr(av.obj) if isinstance(av, Known) else f"a value of type {type_name(av)}"


def smooth_leaves(av: AV) -> list[AV]:
    """The numbers and arrays of floats in an argument."""
    if isinstance(av, Num):
        return [av] if is_float(av.value.type) else []
    if isinstance(av, Arr):
        return [av] if is_float(av.type.elem) else []
    return [leaf for child in av.children for leaf in smooth_leaves(child)] if heap.is_tree(av) else []


def is_none(av: AV) -> bool:
    """Whether this is None."""
    return isinstance(av, Known) and av.obj is None


def sized(spec: Spec, sizes: Iterator[Value]) -> Iterator[tuple[Spec, list[Value]]]:
    """The leaves, each with its extents."""
    for leaf in spec.leaves():
        yield leaf, [next(sizes) for _ in range(max(leaf.ndim, 0))]


def like(av: AV) -> Spec:
    """What a cotangent of an argument looks like; nothing is asked of what has none."""
    if isinstance(av, (Num, Arr)) and smooth_leaves(av):
        return Spec(arrays.kind_of_array(av.value), av.ndim) if isinstance(av, Arr) else Spec(machine_kind(av))
    return Spec(items=tuple(map(like, av.children))) if isinstance(av, Seq) and smooth_leaves(av) else Spec()


def machine_kind(n: Num) -> str:
    """The kind of the cotangents of a number."""
    return "float32" if n.value.type == MACHINE["float32"] else "float"


def smooth_only(spec: Spec) -> Spec:
    """The form of cotangents and tangents of a result: None for what has no derivative."""
    if spec.items is not None:
        return Spec(items=tuple(map(smooth_only, spec.items)))
    return spec if spec.kind and spec.smooth else Spec()


def cotangent(spec: Spec, leaves: Iterator[Value]) -> AV:
    """The cotangent of a result."""
    return smooth_only(spec).rebuilt(leaves)


def tangents_of(args: Sequence[AV], leaves: Iterator[Value]) -> AV:
    """The tangents of the arguments, as a tuple: None for what has none."""

    def tangent(av: AV) -> AV:
        if isinstance(av, Num) and smooth_leaves(av):
            return Num(machine_kind(av), next(leaves))
        if isinstance(av, Arr) and smooth_leaves(av):
            return Arr(av.kind, next(leaves))
        return av.with_children(tuple(map(tangent, av.children))) if isinstance(av, Seq) and smooth_leaves(av) else NONE

    return Seq(tuple, tuple(map(tangent, args)))
