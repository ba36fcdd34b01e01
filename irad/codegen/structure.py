"""Calls, guards, inputs, records and conversions as LLVM text."""

from __future__ import annotations

from collections.abc import Sequence

from irad.codegen import math
from irad.codegen.abi import CTX_INPUTS, HEADER, MEMBERS, Need, machine, stored
from irad.codegen.arrays import allocate, owner_of, set_layout
from irad.codegen.function import FunctionEmitter, Lowerings
from irad.ir.core import Instr, Value
from irad.ir.types import BOOL, Array, Record, Scalar


def call(e: FunctionEmitter, i: Instr) -> None:
    """Results come back through slots in the frame; an error of the callee is passed on."""
    operands = ["ptr %ctx"]
    for arg in i.args:
        extension = " zeroext" if arg.type == BOOL else ""
        operands += [f"{kind}{extension} {operand}" for kind, operand in e.words(arg)]
    kinds = [f"[{2 + 2 * r.type.ndim} x i64]" if isinstance(r.type, Array) else stored(r.type) for r in i.results]
    places = [e.slot(kind) for kind in kinds]
    operands += [f"ptr {place}" for place in places]
    callee = i.attrs["callee"]
    code = e.let(f"call i32 @{e.unit.function_name(callee)}({', '.join(operands)})")
    fail = [f"  {e.leave}"]
    if i.loc is not None:  # else nobody wrote this call
        fail.insert(0, f"  call void {e.unit.memory('irad_trace')}(ptr %ctx, i64 {e.unit.site('', '', (), i.loc)})")
    e.check(e.let(f"icmp eq i32 {code}, 0"), fail)
    for result, place in zip(i.results, places, strict=True):
        e.get(result, place)


def outlet(e: FunctionEmitter, i: Instr) -> None:
    """Operands go to Python in 8-byte words: scalars as error reports have them, arrays as in memory."""
    words: list[tuple[str, str]] = []
    for arg in i.args:
        words += e.words(arg) if isinstance(arg.type, Array) else [e.payload(arg)]
    given = e.slot(f"[{max(len(words), 1)} x i64]")
    for k, (kind, operand) in enumerate(words):
        e.do(f"store {kind} {operand}, ptr {e.at(given, 8 * k)}")
    back = e.slot(f"[{max(len(i.results), 1)} x i64]")
    symbol = i.attrs["outlet"]
    bridge = e.unit.bridge(symbol, i)
    code = e.let(f"call i32 @irad_outside(ptr @{bridge}, ptr %ctx, ptr {given}, ptr {back})")
    e.check(e.let(f"icmp eq i32 {code}, 0"), e.error(f"@{symbol}", "", (), i.loc))
    for k, result in enumerate(i.results):
        e.get(result, e.at(back, 8 * k))


def guard(e: FunctionEmitter, i: Instr) -> None:
    """A check that no pass has made a branch."""
    e.check(e.scalar(i.args[0]), e.error(i.attrs["exc"], i.attrs["msg"], i.args[1:], i.loc))


def captured(e: FunctionEmitter, i: Instr) -> None:
    """A value from outside: 8-byte words from word `index` of the inputs on."""
    inputs = e.let(f"load ptr, ptr {e.at('%ctx', CTX_INPUTS)}")
    e.get(i.results[0], e.at(inputs, 8 * i.attrs["index"]))


def lookup(e: FunctionEmitter, i: Instr) -> None:
    """A number from a table of constants, and from nowhere else, wherever a pass may have moved this to."""
    values, result = i.attrs["values"], i.results[0]
    last = e.let(f"icmp ult i64 {e.scalar(i.args[0])}, {len(values)}")
    place = e.let(f"select i1 {last}, i64 {e.scalar(i.args[0])}, i64 {len(values) - 1}")
    kind = stored(result.type)
    e.get(result, e.let(f"getelementptr inbounds {kind}, ptr {e.unit.table(result.type, values)}, i64 {place}"))


def cast(e: FunctionEmitter, i: Instr) -> None:
    (source,), result = i.args, i.results[0]
    text = math.cast(source.type, result.type, bool(i.attrs.get("fits")))
    if text is None:
        e.scalars[result] = e.scalar(source)
    else:
        e.let_value(result, text.format(e.scalar(source)))


def opaque(e: FunctionEmitter, i: Instr) -> None:
    """Only `ad` sees a difference."""
    (source,), result = i.args, i.results[0]
    if isinstance(source.type, Array):
        e.arrays[result] = e.array(source)
    else:
        e.scalars[result] = e.scalar(source)


def written(e: FunctionEmitter, i: Instr) -> None:
    """The pipeline has answered this; where it has not, a callee may write."""
    e.scalars[i.results[0]] = "true"


def apart(e: FunctionEmitter, i: Instr) -> None:
    """The pipeline has answered this; where it has not, nothing is asked."""


def select(e: FunctionEmitter, i: Instr) -> None:
    """One of two values; of arrays part by part."""
    cond, x, y = i.args
    if not isinstance(x.type, Array):
        kind = machine(x.type)
        e.let_value(i.results[0], f"select i1 {e.scalar(cond)}, {kind} {e.scalar(x)}, {kind} {e.scalar(y)}")
        return
    _, named = e.name_array(i.results[0])
    for (kind, name), (_, a), (_, b) in zip(named, e.words(x), e.words(y), strict=True):
        e.do(f"{name} = select i1 {e.scalar(cond)}, {kind} {a}, {kind} {b}")


def _owned(values: Sequence[Value]) -> list[Value]:
    """What a record has to release."""
    return [v for v in values if isinstance(v.type, Array | Record)]


def _places(values: Sequence[Value]) -> tuple[list[int], int]:
    """Byte offsets of the words of values that are not owners, and the size: owners come first."""
    offset = 8 * len(_owned(values))
    places: list[int] = []
    for v in values:
        places.append(offset)
        if isinstance(v.type, Array):
            offset += 8 * (1 + v.type.ndim * (1 if v.type.layout == "C" else 2))
        elif isinstance(v.type, Scalar):
            offset += 8
    return places, offset


def pack(e: FunctionEmitter, i: Instr) -> None:
    """A block that begins with the owners of its arrays and records."""
    result, owned = i.results[0], _owned(i.args)
    places, size = _places(i.args)
    owner, data = allocate(e, str(size), False, i.loc, None, Need("the tape of a call"))
    if owned:
        set_layout(e, data, len(owned) << 2 | MEMBERS)
    for k, v in enumerate(owned):
        e.do(f"store ptr {owner_of(e, v)}, ptr {e.at(data, 8 * k)}")
    for v, place in zip(i.args, places, strict=True):
        if isinstance(v.type, Array):
            words = e.words(v)[1:2 + v.type.ndim * (1 if v.type.layout == "C" else 2)]
            for k, (kind, operand) in enumerate(words):
                e.do(f"store {kind} {operand}, ptr {e.at(data, place + 8 * k)}")
        elif isinstance(v.type, Scalar):
            e.put(v, e.at(data, place))
    e.scalars[result] = owner


def unpack(e: FunctionEmitter, i: Instr) -> None:
    """What `pack` wrote; arrays and records are borrowed."""
    record = e.scalar(i.args[0])
    places, _ = _places(i.results)
    owner = 0
    for v, place in zip(i.results, places, strict=True):
        if isinstance(v.type, Scalar):
            e.get(v, e.at(record, HEADER + place))
            continue
        owner_place = e.at(record, HEADER + 8 * owner)
        owner += 1
        if isinstance(v.type, Record):
            e.let_value(v, f"load ptr, ptr {owner_place}")
            continue
        d, named = e.name_array(v)
        e.do(f"{d.owner} = load ptr, ptr {owner_place}")
        used = named[1:] if d.strides is not None else named[1:2 + len(d.dims)]
        for k, (kind, name) in enumerate(used):
            e.do(f"{name} = load {kind}, ptr {e.at(record, HEADER + place + 8 * k)}")


LOWERINGS: Lowerings = {
    "call": call, "guard": guard, "input": captured, "lookup": lookup, "cast": cast, "opaque": opaque, "select": select,
    "written": written, "apart": apart, "pack": pack, "unpack": unpack, "tell": outlet, "ask": outlet, "keep": outlet,
}
