"""Arrays as LLVM text: allocation, growth, views, element access.

Counts are changed by `retain` and `release` only, which `irad.passes.lifetime` has placed: `alloc`, `grow`, `pack` and
the results of calls start with one reference; `store`, `pack`, `grow`, `return` and edges move that of their operand.
"""

from __future__ import annotations

from collections.abc import Sequence

from irad.analysis.ranges import MAX_EXTENT
from irad.codegen.abi import BLOCK_LAYOUT, ELEMENTS, HEADER, PAYLOAD, Need, stored
from irad.codegen.function import Descriptor, FunctionEmitter, Lowerings, element_bytes, literal
from irad.codegen.unit import LIKELY
from irad.ir.core import Instr, Loc, Value
from irad.ir.types import BOOL, INT, Array, Scalar

MAX_BYTES = 1 << 48  # of one block; also the largest extent, so that sizes cannot overflow before they are compared
INLINE_CLEAR = 256  # bytes up to which zeros are written in place


def array_type(v: Value) -> Array:
    assert isinstance(v.type, Array), v
    return v.type


def allocate(
    e: FunctionEmitter, nbytes: str, zero: bool, loc: Loc | None, hint: str | None, need: Need, extents: Sequence[str] = (),
) -> tuple[str, str]:
    """A new block of memory: (owner, data). MemoryError when there is none."""
    known = int(nbytes) if literal(nbytes) else None
    inline = zero and known is not None and known <= INLINE_CLEAR
    operands = f"ptr %ctx, i64 {nbytes}, i64 {int(zero and not inline)}"
    data = e.let(f"call ptr {e.unit.memory('irad_alloc')}({operands})", hint)
    check_memory(e, data, [nbytes, *extents], loc, need)
    if inline and known:
        e.do(f"call void @llvm.memset.p0.i64(ptr align 64 {data}, i8 0, i64 {known}, i1 false)")
    return e.let(f"getelementptr i8, ptr {data}, i64 -{HEADER}"), data


def check_memory(e: FunctionEmitter, data: str, sizes: Sequence[str], loc: Loc | None, need: Need) -> None:
    """MemoryError where there is no data. `sizes`: bytes, then extents (without, where the payload has no room for them)."""
    parts = [Value(INT) for _ in sizes[: PAYLOAD if len(sizes) <= PAYLOAD else 1]]
    e.scalars.update(zip(parts, sizes, strict=False))
    fail = e.error("MemoryError", f"unable to allocate {{}} bytes for {need.what}", parts, loc or e.function.loc, need)
    e.check(e.let(f"icmp ne ptr {data}, null"), fail)


def set_layout(e: FunctionEmitter, data: str, layout: int) -> None:
    """Tell the memory functions where owners are in a block."""
    e.do(f"store i64 {layout}, ptr {e.at(data, BLOCK_LAYOUT - HEADER)}")


def _size(e: FunctionEmitter, dims: Sequence[str], unit: int) -> str:
    """Bytes of extents that are not negative; more than any block may have on overflow."""
    variable = [d for d in dims if not literal(d)]
    total = unit
    for d in dims:
        total *= int(d) if literal(d) else 1
    if not variable:
        return str(min(total, MAX_BYTES + 1))
    if len(variable) == 1 and total < 1 << 15:
        clamped = e.let(f"call i64 @llvm.umin.i64(i64 {variable[0]}, i64 {MAX_BYTES})")
        return e.product(clamped, str(total))
    size, lost = str(min(total, MAX_BYTES)), "false"
    for d in variable:
        pair = e.let(f"call {{ i64, i1 }} @llvm.umul.with.overflow.i64(i64 {size}, i64 {d})")
        size, over = (e.let(f"extractvalue {{ i64, i1 }} {pair}, {k}") for k in (0, 1))
        lost = over if lost == "false" else e.let(f"or i1 {lost}, {over}")
    # an extent of zero after an overflow makes the size small again
    return e.let(f"select i1 {lost}, i64 {MAX_BYTES + 1}, i64 {size}")


def _check_extents(e: FunctionEmitter, dims: Sequence[str], loc: Loc | None) -> None:
    """ValueError for a negative extent."""
    signs = ""
    for d in dict.fromkeys(d for d in dims if not literal(d) or int(d) < 0):
        signs = e.let(f"or i64 {signs}, {d}") if signs else d
    if signs:
        fail = e.error("ValueError", "negative dimensions are not allowed", (), loc)
        e.check(e.let(f"icmp sgt i64 {signs}, -1"), fail)


def _check_empty(e: FunctionEmitter, dims: Sequence[str], loc: Loc | None) -> None:
    """ValueError for an extent that no array has, which gets this far only where another one is 0."""
    bits = ""
    for d in dict.fromkeys(d for d in dims if not literal(d) or int(d) >= MAX_EXTENT):
        bits = e.let(f"or i64 {bits}, {d}") if bits else d
    if bits:
        fail = e.error("ValueError", "array is too big: irad takes extents below 2**47", (), loc)
        e.check(e.let(f"icmp ult i64 {bits}, {MAX_EXTENT}"), fail)


def alloc(e: FunctionEmitter, i: Instr) -> None:
    result = i.results[0]
    t = array_type(result)
    dims = [e.scalar(a) for a in i.args]
    if i.attrs.get("stack"):
        _on_stack(e, i, dims)
        return
    _check_extents(e, dims, i.loc)
    nested = not isinstance(t.elem, Scalar)
    unit = element_bytes(t)
    row = i.attrs.get("tape")
    need = Need("tape" if row else "a tape" if nested else "array", str(t.elem), unit, row or 0)
    owner, data = allocate(e, _size(e, dims, unit), nested or bool(i.attrs.get("zero")), i.loc, result.name, need, dims)
    if len(dims) > 1:
        _check_empty(e, dims, i.loc)
    if nested:
        set_layout(e, data, unit << 2 | ELEMENTS)
    e.arrays[result] = Descriptor(owner, data, dims, None)


def _on_stack(e: FunctionEmitter, i: Instr, dims: list[str]) -> None:
    """An array of known extents in the frame: it has no owner (see `passes.stack`)."""
    size = _size(e, dims, element_bytes(array_type(i.results[0])))
    data = e.slot(f"[{size} x i8]")
    if i.attrs.get("zero") and size != "0":
        e.do(f"call void @llvm.memset.p0.i64(ptr align 8 {data}, i8 0, i64 {size}, i1 false)")
    e.arrays[i.results[0]] = Descriptor("null", data, dims, None)


def grow(e: FunctionEmitter, i: Instr) -> None:
    """One comparison when there is room; else twice the size, off the main line."""
    old, t, result = e.array(i.args[0]), array_type(i.args[0]), i.results[0]
    index, size, dim = e.scalar(i.args[1]), str(element_bytes(t)), old.dims[0]
    more, join = e.temporary(), e.temporary()
    room = e.let(f"icmp ult i64 {index}, {dim}")
    e.do(f"br i1 {room}, label %{join}, label %{more}{LIKELY}")
    source, held, e.lines = e.label, e.lines, []
    e.start(more)
    twice = e.let(f"shl i64 {dim}, 1")
    needed = e.let(f"add i64 {index}, 1")
    least = e.let(f"call i64 @llvm.umax.i64(i64 {twice}, i64 16)")
    wanted = e.let(f"call i64 @llvm.umax.i64(i64 {least}, i64 {needed})")
    extent = e.let(f"call i64 @llvm.umin.i64(i64 {wanted}, i64 {MAX_BYTES})")
    before, after = e.product(dim, size), e.product(extent, size)
    operands = f"ptr %ctx, ptr {old.owner}, ptr {old.data}, i64 {before}, i64 {after}"
    data = e.let(f"call ptr {e.unit.memory('irad_grow')}({operands})")
    cold = e.cold
    e.cold = []
    row, width = i.attrs.get("tape", (0, 1))
    check_memory(e, data, [after, dim], i.loc, Need("growing tape" if row else "a growing array", "", int(size), row, width))
    owner = e.let(f"getelementptr i8, ptr {data}, i64 -{HEADER}")
    e.do(f"br label %{join}")
    e.cold, e.lines, grown = cold + e.lines + e.cold, held, e.label
    e.start(join)
    d, _ = e.name_array(result)
    for name, kind, stay, new in (
        (d.owner, "ptr", old.owner, owner), (d.data, "ptr", old.data, data), (d.dims[0], "i64", dim, extent),
    ):
        e.do(f"{name} = phi {kind} [ {stay}, %{source} ], [ {new}, %{grown} ]")


def dim(e: FunctionEmitter, i: Instr) -> None:
    e.scalars[i.results[0]] = e.array(i.args[0]).dims[i.attrs["axis"]]


def stride(e: FunctionEmitter, i: Instr) -> None:
    e.scalars[i.results[0]] = e.strides(e.array(i.args[0]), array_type(i.args[0]))[i.attrs["axis"]]


def _sum(e: FunctionEmitter, x: str, y: str) -> str:
    """x + y as i64."""
    if x == "0" or y == "0":
        return y if x == "0" else x
    return str(int(x) + int(y)) if literal(x) and literal(y) else e.let(f"add i64 {x}, {y}")


def _offset(e: FunctionEmitter, indices: Sequence[str], strides: Sequence[str]) -> str:
    """Sum of index times stride."""
    total = "0"
    for index, step in zip(indices, strides, strict=True):
        if index != "0" and step != "0":
            total = _sum(e, total, e.product(index, step))
    return total


def address(e: FunctionEmitter, base: Value, indices: Sequence[Value]) -> str:
    """The place of an element."""
    t, d = array_type(base), e.array(base)
    at = [e.scalar(a) for a in indices]
    assert len(at) == t.ndim, f"{e.function.name}: {len(at)} indices for {t}"
    if t.layout != "C" and d.strides is not None:
        offset = _offset(e, at, d.strides)
        return d.data if offset == "0" else e.let(f"getelementptr inbounds i8, ptr {d.data}, i64 {offset}")
    linear = at[0] if at else "0"
    for index, extent in zip(at[1:], d.dims[1:], strict=True):
        linear = _sum(e, "0" if linear == "0" else e.product(linear, extent), index)
    if linear == "0":
        return d.data
    kind = stored(t.elem) if not isinstance(t.elem, Array) else f"[{element_bytes(t)} x i8]"
    return e.let(f"getelementptr inbounds {kind}, ptr {d.data}, i64 {linear}")


def load(e: FunctionEmitter, i: Instr) -> None:
    base = i.args[0]
    e.get(i.results[0], address(e, base, i.args[1:]), e.alias.suffix(base))


def store(e: FunctionEmitter, i: Instr) -> None:
    value, base = i.args[:2]
    place, suffix = address(e, base, i.args[2:]), e.alias.suffix(base)
    if isinstance(value.type, Scalar):
        operand = e.scalar(value)
        if value.type == BOOL:
            operand = e.let(f"zext i1 {operand} to i8")
        e.do(f"store {stored(value.type)} {operand}, ptr {place}{suffix}")
        return
    for k, (kind, operand) in enumerate(e.words(value)):
        e.do(f"store {kind} {operand}, ptr {e.at(place, 8 * k)}{suffix}")


def _derived(e: FunctionEmitter, i: Instr, offset: str, dims: list[str], strides: list[str]) -> None:
    """The result shares the memory of the first operand."""
    base, result = e.array(i.args[0]), i.results[0]
    dense = array_type(result).layout == "C"
    e.arrays[result] = Descriptor(base.owner, e.at(base.data, offset), dims, None if dense else strides)


def view(e: FunctionEmitter, i: Instr) -> None:
    base, t = e.array(i.args[0]), array_type(i.args[0])
    strides = e.strides(base, t)
    parts = [e.scalar(a) for a in i.args[1:]]
    starts, counts, steps = parts[0::3], parts[1::3], parts[2::3]
    kept = [k for k in range(t.ndim) if k not in i.attrs["drop"]]
    flat = array_type(i.results[0]).layout == "C"
    moved = [] if flat else [e.product(strides[k], steps[k]) for k in kept]
    _derived(e, i, _offset(e, starts, strides), [counts[k] for k in kept], moved)


def permute(e: FunctionEmitter, i: Instr) -> None:
    base, axes = e.array(i.args[0]), i.attrs["axes"]
    strides = e.strides(base, array_type(i.args[0]))
    _derived(e, i, "0", [base.dims[k] for k in axes], [strides[k] for k in axes])


def reshape(e: FunctionEmitter, i: Instr) -> None:
    _derived(e, i, "0", [e.scalar(a) for a in i.args[1:]], [])


def spread(e: FunctionEmitter, i: Instr) -> None:
    strides = e.strides(e.array(i.args[0]), array_type(i.args[0]))
    repeated = [strides[k] if k >= 0 else "0" for k in i.attrs["axes"]]
    _derived(e, i, "0", [e.scalar(a) for a in i.args[1:]], repeated)


def diagonal(e: FunctionEmitter, i: Instr) -> None:
    base, axes = e.array(i.args[0]), i.attrs["axes"]
    strides = e.strides(base, array_type(i.args[0]))
    kept = [k for k in range(len(strides)) if k not in axes]
    along = _sum(e, *(strides[k] for k in axes))
    _derived(e, i, "0", [*(base.dims[k] for k in kept), e.scalar(i.args[1])], [*(strides[k] for k in kept), along])


def _suffixes(e: FunctionEmitter, dims: Sequence[str]) -> list[str]:
    """For each axis how many elements one step along it goes on in C order; then 1."""
    found = ["1"]
    for extent in reversed(dims):
        found.insert(0, e.product(extent, found[0]))
    return found[1:] + ["1"]


def regroups(e: FunctionEmitter, i: Instr) -> None:
    """As numpy's reshape finds out: an axis goes on where the next one inside it ends, unless the new extents are split there.

    Axes of one element do not count.
    """
    base = e.array(i.args[0])
    strides, wanted = e.strides(base, array_type(i.args[0])), _suffixes(e, [e.scalar(a) for a in i.args[1:]])
    suffixes = _suffixes(e, base.dims)
    fine, inside, reach = "true", "false", "0"  # whether there is an axis inside, and what its extent comes to in bytes
    for k in reversed(range(len(strides))):
        single = e.let(f"icmp eq i64 {base.dims[k]}, 1")
        free = e.let(f"or i1 {single}, {e.let(f'xor i1 {inside}, true')}")
        for split in [f"icmp eq i64 {strides[k]}, {reach}", *(f"icmp eq i64 {suffixes[k]}, {w}" for w in wanted)]:
            free = e.let(f"or i1 {free}, {e.let(split)}")
        fine = e.let(f"and i1 {fine}, {free}")
        inside = e.let(f"or i1 {inside}, {e.let(f'xor i1 {single}, true')}")
        reach = e.let(f"select i1 {single}, i64 {reach}, i64 {e.product(base.dims[k], strides[k])}")
    for extent in base.dims:
        fine = e.let(f"and i1 {fine}, {e.let(f'icmp ne i64 {extent}, 0')}")
    e.scalars[i.results[0]] = fine


def regroup(e: FunctionEmitter, i: Instr) -> None:
    """One step along a new axis goes on by so many elements in C order: the stride is where the one that is met lies.

    It may be made ahead of the branch that asks `regroups`, of an empty array too: nothing may divide by its extents.
    """
    base, dims = e.array(i.args[0]), [e.scalar(a) for a in i.args[1:]]
    strides = e.strides(base, array_type(i.args[0]))
    extents = [e.let(f"call i64 @llvm.smax.i64(i64 {extent}, i64 1)") for extent in base.dims]
    suffixes, moved = _suffixes(e, extents), []
    for ahead in _suffixes(e, dims)[:-1]:
        parts = []
        for k in range(len(strides)):
            along = e.let(f"udiv i64 {ahead}, {suffixes[k]}")
            parts.append(e.let(f"urem i64 {along}, {extents[k]}") if k else along)
        moved.append(_offset(e, parts, strides))
    _derived(e, i, "0", dims, moved)


def _bounds(e: FunctionEmitter, v: Value) -> tuple[str, str]:
    """The first and the last byte that an array may touch, as addresses (of an array that is not empty)."""
    t, d = array_type(v), e.array(v)
    low = high = e.let(f"ptrtoint ptr {d.data} to i64")
    for extent, step in zip(d.dims, e.strides(d, t), strict=True):
        last = _sum(e, extent, "-1")
        reach = e.product(last, step)
        down = e.let(f"call i64 @llvm.smin.i64(i64 {reach}, i64 0)")
        up = e.let(f"call i64 @llvm.smax.i64(i64 {reach}, i64 0)")
        low, high = _sum(e, low, down), _sum(e, high, up)
    return low, _sum(e, high, str(element_bytes(t) - 1))


def overlap(e: FunctionEmitter, i: Instr) -> None:
    (low_a, high_a), (low_b, high_b) = (_bounds(e, a) for a in i.args[:2])
    before, after = e.let(f"icmp ule i64 {low_a}, {high_b}"), e.let(f"icmp ule i64 {low_b}, {high_a}")
    meet = e.let(f"and i1 {before}, {after}")
    for extent in (d for a in i.args[:2] for d in e.array(a).dims):
        meet = e.let(f"and i1 {meet}, {e.let(f'icmp ne i64 {extent}, 0')}")
    e.scalars[i.results[0]] = meet


def same(e: FunctionEmitter, i: Instr) -> None:
    a, b = i.args[:2]
    x, y = e.array(a), e.array(b)
    equal = e.let(f"icmp eq ptr {x.data}, {y.data}")
    xs = [*x.dims, *e.strides(x, array_type(a))]
    ys = [*y.dims, *e.strides(y, array_type(b))]
    if len(xs) != len(ys):
        equal, xs, ys = "false", [], []
    for p, q in zip(xs, ys, strict=True):
        if p != q:
            equal = e.let(f"and i1 {equal}, {e.let(f'icmp eq i64 {p}, {q}')}")
    e.scalars[i.results[0]] = equal


def locate(e: FunctionEmitter, i: Instr) -> None:
    e.scalars[i.results[0]] = e.let(f"ptrtoint ptr {e.array(i.args[0]).data} to i64")


def owner_of(e: FunctionEmitter, v: Value) -> str:
    return e.array(v).owner if isinstance(v.type, Array) else e.scalar(v)


def retain(e: FunctionEmitter, i: Instr) -> None:
    e.do(f"call void {e.unit.inline('irad_retain')}(ptr {owner_of(e, i.args[0])})")


def release(e: FunctionEmitter, i: Instr) -> None:
    e.do(f"call void {e.unit.inline('irad_release')}(ptr %ctx, ptr {owner_of(e, i.args[0])})")


LOWERINGS: Lowerings = {f.__name__: f for f in (
    alloc, grow, dim, stride, load, store, view, permute, reshape, spread, diagonal, regroup, regroups, overlap, same, locate,
    retain, release)}
