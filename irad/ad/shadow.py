"""Shadows: for each active array (or record) a second one of the same shape, which holds the derivatives of its
elements.

    %a: array<float, 1> = alloc %n            %a.shadow: array<float, 1> = alloc %n {zero=True}
    %v: array<float, 1> = view %a, 0, 4, 1    %v.shadow: array<float, 1> = view %a.shadow, 0, 4, 1

An array is *local* if it is made by one `alloc`, never leaves the iteration of the loop (or the run of the function)
that makes it, and is only viewed, measured, read, written and grown. Then its shadow is made in the reverse part, at
the first block of the reversed iteration that touches it; a growable one has the final extent from the start. All
other shadows are made in the forward part beside their arrays: they take the same ways through block parameters,
containers and calls.

The shadow of a record is a record: an array of one element for each float in it, the shadow for each array and record.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any as AnyObject
from typing import NamedTuple

from irad.ad.activity import Activity, is_memory
from irad.ad.growth import find_families, last_version
from irad.ad.primal import Primal
from irad.ad.skeleton import Skeleton
from irad.analysis.loops import Loop
from irad.errors import DifferentiationError
from irad.ir.core import Block, Const, Edge, Instr, Loc, Value, const, undef
from irad.ir.types import BOOL, INT, Array, Type, is_float
from irad.ops.array import VIEWS

# of an argument whose shadow does not lie in memory as it does
NO_REGROUP = "no derivative of this reshape: of an array from outside that is not in C order it is a view; copy the array first"


class Local(NamedTuple):
    """A shadow of the reverse part: made at the start of reverse block `place` with these extents."""

    shadow: Value
    place: Block
    extents: tuple[Value, ...]
    loc: Loc | None = None  # of the array


def touches(instr: Instr, activity: Activity) -> bool:
    """Whether the reversal of a load or store reads or writes a shadow."""
    if instr.op == "load":
        return is_float(instr.results[0].type) and instr.results[0] in activity
    return instr.op == "store" and is_float(instr.args[0].type) and instr.args[1] in activity


def zeros_like(array: Value, make: AnyObject) -> Value:
    """A zeroed array with the extents and type of `array`; `make(op, args, types, attrs)` emits."""
    assert isinstance(array.type, Array)
    rank = array.type.ndim
    extents = [make("dim", [array], [INT], {"axis": axis}) for axis in range(rank)]
    made: Value = make("alloc", extents, [Array(array.type.elem, rank)], {"elem": str(array.type.elem), "zero": True})
    if array.type.layout == "C":
        return made
    numbers = [number for extent in extents for number in (const(0), extent, const(1))]
    view: Value = make("view", [made, *numbers], [array.type], {"drop": (), "layout": array.type.layout})
    return view


class Shadows:
    """The shadows of one function. `shadow_params` are given for the active array parameters; `returned_leave`:
    results are handed to the caller with their shadows (split mode), and so cannot be local."""

    def __init__(
        self, primal: Primal, activity: Activity, skeleton: Skeleton, shadow_params: dict[Value, Value],
        returned_leave: bool,
    ) -> None:
        self.primal = primal
        self.activity = activity
        self.skeleton = skeleton
        self.of: dict[Value, Value] = dict(shadow_params)
        self.cells: dict[Value, Value] = {}  # of floats in records: arrays of one element
        self.parts: dict[Instr, list[tuple[Value, Value]]] = {}  # of a `pack`: floats with cells, memory with shadows
        self.locals: list[Local] = []
        self.members: dict[Value, list[Value]] = {}
        for value in (*primal.func.params, *primal.home):
            if is_memory(value.type) and value in activity:
                self.members.setdefault(activity.classes.find(value), []).append(value)
        fixed = self._fixed_classes(returned_leave) if self.members else set()
        for group in self.members:
            if group not in fixed:
                self._make_local(group)
        if self.locals:
            self._local_views()
        others = [m for group in self.members.values() for m in group if m not in self.of]
        self._families = find_families(primal, others)
        self._growing = {m for family in self._families for m in family.members}
        self.last: dict[Value, Value] = {}
        if self.members:
            self._make_beside()
            self._find_last()

    def is_active_memory(self, value: Value) -> bool:
        return is_memory(value.type) and value in self.activity

    # arrays whose shadow is made in the reverse part

    def _fixed_classes(self, returned_leave: bool) -> set[Value]:
        """Classes with arrays that come from elsewhere or go elsewhere."""
        primal, find = self.primal, self.activity.classes.find
        fixed = {find(p) for p in primal.func.params if is_memory(p.type)}
        if returned_leave and primal.ret is not None:
            fixed |= {find(v) for v in primal.ret.term.args if is_memory(v.type)}
        for block in primal.order:
            for instr in block.instrs:
                if instr.op in ("call", "pack", "unpack") or (instr.op in ("load", "store") and is_memory(
                    (instr.results or instr.args)[0].type
                )):
                    fixed |= {find(v) for v in (*instr.args, *instr.results) if is_memory(v.type)}
            for edge in block.edges:
                for arg, param in zip(edge.args, edge.target.params, strict=True):
                    maker = primal.maker.get(arg)
                    if is_memory(param.type) and (isinstance(arg, Const) or (maker is not None and maker.op in VIEWS)):
                        fixed.add(find(param))
        return fixed

    def _make_local(self, group: Value) -> None:
        primal = self.primal
        members = self.members[group]
        makers = [primal.maker[m] for m in members if m in primal.maker]
        allocs = [m for m in makers if m.op == "alloc"]
        if len(allocs) != 1 or any(m.op not in VIEWS and m.op not in ("alloc", "grow") for m in makers):
            return
        alloc = allocs[0]
        home = primal.home[alloc.result]
        loop = primal.loops.of.get(home)
        if not all(self._inside(primal.home[m], home, loop) for m in members if m not in primal.maker):
            return
        find = self.activity.classes.find
        place = self._place(self._touching(lambda v: find(v) is group), home, loop)
        if place is None:
            return
        extents = tuple(alloc.args)
        if any(m.op == "grow" for m in makers):
            extents = (self._final_extent(members, self.skeleton.origin[place]),)
        shadow = self._unplaced(alloc.result)
        self.locals.append(Local(shadow, place, extents, alloc.loc))
        self.of.update((m, shadow) for m in members if m not in primal.maker or primal.maker[m].op not in VIEWS)

    def _inside(self, block: Block, home: Block, loop: Loop | None) -> bool:
        """Whether a parameter of `block` still holds the array of the same iteration."""
        if loop is not None and (block not in loop.blocks or block is loop.header):
            return False
        return self.primal.doms.dominates(home, block)

    def _touching(self, arrays: Callable[[Value], bool]) -> list[Block]:
        """The reverse blocks that touch the shadows of some arrays."""
        skeleton, primal = self.skeleton, self.primal
        blocks = [
            skeleton.back[b] for b in primal.order if b in skeleton.back and any(
                touches(i, self.activity) and arrays(i.args[i.op == "store"]) for i in b.instrs
            )
        ]
        assert primal.ret is not None
        if any(is_memory(v.type) and arrays(v) for v in primal.ret.term.args):
            blocks.append(skeleton.start)
        return blocks

    def _place(self, blocks: list[Block], home: Block, loop: Loop | None) -> Block | None:
        """The reverse block at the level of `loop`, around the `alloc` in `home`, that comes before all of `blocks`."""
        skeleton, primal = self.skeleton, self.primal
        if not blocks:
            return None
        if loop is not None:
            latch = skeleton.back[loop.latch]
            if len({skeleton.doms.dominates(latch, b) for b in blocks}) > 1:
                return None  # an iteration is reversed across the header of the reversed loop
        place: Block | None = blocks[0]
        while place is not None and not (
            skeleton.level[place] is loop and all(skeleton.doms.dominates(place, b) for b in blocks)
        ):
            place = skeleton.doms.idom[place]
        if place is None or place not in skeleton.origin or not primal.doms.dominates(home, skeleton.origin[place]):
            return None
        return place

    def _local_views(self) -> None:
        primal = self.primal
        for block in primal.order:
            for instr in block.instrs:
                base = self.of.get(instr.args[0]) if instr.op in VIEWS else None
                if base is not None and base in primal.unplaced:
                    view = self.of[instr.result] = self._unplaced(instr.result)
                    primal.maker[view] = Instr(instr.op, [base, *instr.args[1:]], [view], dict(instr.attrs), instr.loc)

    def _unplaced(self, value: Value) -> Value:
        shadow = Value(value.type, _name(value))
        self.primal.home[shadow] = self.primal.home[value]
        self.primal.unplaced.add(shadow)
        return shadow

    def _final_extent(self, members: list[Value], block: Block) -> Value:
        """The extent that a growable array has reached at the end of `block`, as a primal value there."""
        last = last_version(self.primal, {m: m for m in members}, block)
        extent = Value(INT, "extent")
        self.primal.append(block, Instr("dim", [last], [extent], {"axis": 0}))
        return extent

    # shadows beside their arrays

    def _make_beside(self) -> None:
        primal = self.primal
        edges: list[tuple[Edge, Value]] = []
        for param in primal.func.params:
            if self.is_active_memory(param) and param not in self.of:
                self._private(param)
        for block in primal.order:
            for param in list(block.params):
                if self.is_active_memory(param) and param not in self.of:
                    self.of[param] = primal.add_param(block, param.type, _name(param))
                    edges += [(edge, param) for _, edge in primal.preds[block]]
        for block in primal.order:
            self._beside(block)
        for edge, param in edges:
            arg = edge.args[edge.target.params.index(param)]
            edge.args.append(undef(arg.type) if isinstance(arg, Const) else self.of[arg])

    def behind(self, array: Value) -> Value:
        """The shadow that the reverse part reads and writes for an array: of its last version, if it grows."""
        return self.last.get(array) or self.of[array]

    def _find_last(self) -> None:
        primal = self.primal
        for family in self._families:
            members = set(family.members)
            loop = primal.loops.of.get(family.home)
            block = primal.ret
            if loop is not None:
                place = self._place(self._touching(lambda v: self.primal.base(v) in members), family.home, loop)
                block = self.skeleton.origin[place] if place else None
            if block is None:
                raise DifferentiationError(
                    "no derivative: a list that grows leaves the iteration of the loop that makes it",
                    kind="no-derivative", loc=primal.maker[family.root].loc,
                )
            last = last_version(primal, {m: self.of[m] for m in family.members}, block)
            self.last.update(dict.fromkeys(family.members, last))
        for block in primal.order:
            for instr in block.instrs:
                if instr.op in VIEWS and instr.args[0] in self.last:
                    view = self.last[instr.result] = self._unplaced(instr.result)
                    args = [self.last[instr.args[0]], *instr.args[1:]]
                    primal.maker[view] = Instr(instr.op, args, [view], dict(instr.attrs), instr.loc)

    def _private(self, param: Value) -> None:
        """An array parameter without a shadow of its caller's may still carry active values within this function."""
        self.primal.insert(self.primal.func.entry, self._zeros(param), None)

    def _zeros(self, array: Value) -> list[Instr]:
        """Instructions that make a shadow for an array which no other function has a shadow of."""
        instrs: list[Instr] = []

        def make(op: str, args: list[Value], types: list[Type], attrs: dict[str, AnyObject]) -> Value:
            result = Value(types[0], _name(array))
            instrs.append(Instr(op, args, [result], attrs))
            return result

        self.of[array] = zeros_like(array, make)
        return instrs

    def _beside(self, block: Block) -> None:
        out: list[Instr] = []
        changed = False
        for instr in block.instrs:
            out.append(instr)
            added = self._shadow_instrs(instr)
            for extra in added:
                self.primal.note(block, extra)
                extra.loc = instr.loc
                out.append(extra)
            changed = changed or bool(added)
        if changed:
            block.instrs[:] = out

    def _shadow_instrs(self, instr: Instr) -> list[Instr]:
        """What goes right behind an instruction in the forward part."""
        if instr.op == "store":
            return self._store(instr)
        if instr.op == "unpack":
            return [self._unpack(instr)]
        if instr.op == "call":  # its augmented form returns them
            self.of.update((r, Value(r.type, _name(r))) for r in instr.results if self.is_active_memory(r))
            return []
        if not instr.results or instr.results[0] in self.of or not self.is_active_memory(instr.results[0]):
            return []
        if instr.op == "pack":
            return self._pack(instr)
        if instr.op == "input":  # a captured array that only shares a variable with an active one: nothing is stored in it
            return self._zeros(instr.result)
        shadow = self.of[instr.result] = Value(instr.result.type, _name(instr.result))
        if instr.op == "alloc":
            return [Instr("alloc", instr.args, [shadow], {**instr.attrs, "zero": True}, instr.loc)]
        args = [self.of[instr.args[0]], *instr.args[1:]]
        view = Instr(instr.op, args, [shadow], dict(instr.attrs))
        maker = self.primal.maker.get(self.primal.base(instr.args[0]))
        if instr.op != "regroup" or (maker is not None and maker.op == "alloc"):
            return [view]
        asked, own = Instr("regroups", args, [Value(BOOL)]), Instr("regroups", list(instr.args), [Value(BOOL)])
        unused = Instr("not", [own.result], [Value(BOOL)])  # the view, made ahead of the branch that would use it
        fine = Instr("or", [asked.result, unused.result], [Value(BOOL)])
        guard = Instr("guard", [fine.result], [], {"exc": "NotImplementedError", "msg": NO_REGROUP})
        return [asked, own, unused, fine, guard, view]

    def shadow(self, value: Value) -> Value:
        """The shadow of a value of memory type."""
        return undef(value.type) if isinstance(value, Const) else self.of[value]

    def _store(self, instr: Instr) -> list[Instr]:
        value, array, *indices = instr.args
        if array not in self.activity:
            return []
        if is_memory(value.type):
            return [Instr("store", [self.shadow(value), self.of[array], *indices])]
        if self.primal.base(array) in self._growing:  # new room of a shadow holds anything
            return [Instr("store", [Const(value.type, 0.0), self.of[array], *indices])]
        return []

    def _pack(self, instr: Instr) -> list[Instr]:
        made: list[Instr] = []
        parts: list[tuple[Value, Value]] = []
        for arg in instr.args:
            if is_float(arg.type):
                cell = Value(Array(arg.type, 1), "cell")
                made.append(Instr("alloc", [const(1)], [cell], {"elem": str(arg.type), "zero": True}))
                parts.append((arg, cell))
            elif is_memory(arg.type):
                parts.append((arg, self.shadow(arg)))
        self.parts[instr] = parts
        shadow = self.of[instr.result] = Value(instr.result.type, _name(instr.result))
        return [*made, Instr("pack", [part for _, part in parts], [shadow])]

    def _unpack(self, instr: Instr) -> Instr:
        results = []
        for result in instr.results:
            if is_float(result.type):
                self.cells[result] = Value(Array(result.type, 1), "cell")
                results.append(self.cells[result])
            elif is_memory(result.type):
                self.of[result] = Value(result.type, _name(result))
                results.append(self.of[result])
        return Instr("unpack", [self.of[instr.args[0]]], results, {"types": tuple(str(r.type) for r in results)})


def _name(value: Value) -> str | None:
    return f"{value.name}.shadow" if value.name else "shadow"
