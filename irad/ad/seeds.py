"""The turn: cotangents and seeds of the results enter the reverse part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from irad.ad.activity import is_memory
from irad.ir.build import Builder
from irad.ir.core import Block, Const, Edge, Value, const
from irad.ir.types import INT, Array, is_float

if TYPE_CHECKING:
    from irad.ad.reverse import Reverser


def add_seeds(reverser: Reverser, cotangents: Sequence[Value], seeds: Sequence[Value]) -> None:
    """Add cotangents to the adjoints of float results, and seeds to the shadows of array results."""
    assert reverser.primal.ret is not None
    results = reverser.primal.ret.term.args
    floats = [v for v in results if is_float(v.type)]
    for value, cotangent in zip(floats, cotangents, strict=True):
        reverser.add(value, cotangent)
    arrays = [v for v in results if is_memory(v.type) and isinstance(v.type, Array)]
    start = reverser.skeleton.start
    for value, seed in zip(arrays, seeds, strict=False):  # in split mode there are none
        if value in reverser.activity and not isinstance(value, Const):
            shadow = reverser.value_at(reverser.shadows.of[value], start)
            _fits(reverser.build, seed, shadow)
            accumulate(reverser.build, shadow, seed, reverser.extra)


def _fits(build: Builder, seed: Value, shadow: Value) -> None:
    """ValueError where a seed has other extents than the result: how long a list is, nobody knows before."""
    assert isinstance(shadow.type, Array)
    for axis in range(shadow.type.ndim):
        given, wanted = (build.op("dim", array, axis=axis) for array in (seed, shadow))
        message = f"the cotangent has {{}} elements along axis {axis}, and the result {{}}"
        build.do("guard", build.op("eq", given, wanted), given, wanted, exc="ValueError", msg=message)


def accumulate(build: Builder, target: Value, source: Value, blocks: list[Block]) -> None:
    """target += source, element by element; new blocks go to `blocks`, and the builder to the last of them."""

    def add_element(indices: list[Value]) -> None:
        total = build.op("add", build.op("load", target, *indices), build.op("load", source, *indices))
        build.do("store", total, target, *indices)

    for_each_element(build, target, blocks, add_element)


def for_each_element(build: Builder, array: Value, blocks: list[Block], body: Callable[[list[Value]], None]) -> None:
    """A nest of counted loops over the elements of an array, around what `body` emits for its indices."""
    assert isinstance(array.type, Array)
    extents = [build.op("dim", array, axis=axis) for axis in range(array.type.ndim)]

    def nest(axis: int, indices: list[Value]) -> None:
        if axis == len(extents):
            body(indices)
            return
        index = Value(INT, "i")
        head, inside, done = Block("each", [index]), Block("element"), Block("done")
        blocks.extend((head, inside))
        build.jump(head, const(0))
        build.at(head).branch(build.op("lt", index, extents[axis]), Edge(inside), Edge(done))
        build.at(inside)
        nest(axis + 1, [*indices, index])
        build.jump(head, build.op("add", index, const(1)))
        blocks.append(done)
        build.at(done)

    nest(0, [])
