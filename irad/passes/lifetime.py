"""Ownership: makes the lifetime of arrays and records explicit, with `retain` and `release` (form `low`).

    ^body(%a: array<float, 1>):               ^body(%a: array<float, 1>):
      %b: array<float, 1> = alloc %n            %b: array<float, 1> = alloc %n
      %x: float = load %a, 0                    %x: float = load %a, 0
                                                release %a
      br ^next(%b)                              br ^next(%b)

Only `retain` and `release` change a count; `alloc`, `grow`, `pack` and the results of calls start with one reference.
In detail:
- An *owned* value holds one reference from its definition to its last use on each way. Owned are: results of ops that
  allocate, parameters of blocks, and arrays or records loaded from an array of such (retained right after the load).
- A *borrowed* value holds none: parameters of the function and captured values (the caller keeps them alive), and what
  is derived without copying. A view, or a part of a record, keeps the owned value that it is derived from alive.
- Handing a reference on: arguments of edges, `return`, the value of a `store` into an array of arrays, operands of
  `pack`, the operand of `grow`. If the giver dies there, its reference moves; otherwise it is retained before.
  Arguments of a call are lent.
- A `store` into an array of arrays or records releases what was there before; such arrays are therefore allocated with
  zeros, and releasing a null array is nothing. Releasing the last reference to a container releases its elements.
- Ways that end in `raise` release nothing: the context frees everything on an error.
"""

from __future__ import annotations

from collections.abc import Iterable

from irad.analysis.cfg import block_order, predecessors
from irad.analysis.live import live_in
from irad.analysis.uses import block_values
from irad.ir.core import Block, Const, Edge, Function, Instr, Jump, Loc, Raise, Return, Unreachable, Value
from irad.ir.types import Array, Record, Type
from irad.ops import OPS


def lifetime(function: Function) -> None:
    """Insert retains and releases, in place."""
    values = (v for block in function.blocks for v in block_values(block))
    if any(is_owning(v.type) for v in (*function.params, *values)):
        _Placer(function, _owners(function)).run()


def is_owning(type: Type) -> bool:
    """Whether values of this type may own memory."""
    return isinstance(type, Array | Record)


def _is_load(instr: Instr) -> bool:
    """Whether the instruction takes an array or record out of an array, which may be overwritten later."""
    return bool(
        instr.results and is_owning(instr.results[0].type) and instr.args and isinstance(instr.args[0].type, Array)
        and "reads" in OPS[instr.op].effects and "allocates" not in OPS[instr.op].effects
    )


def _owners(function: Function) -> dict[Value, Value]:
    """For each owning value the owned value that keeps it alive; absent: borrowed from the caller."""
    owner: dict[Value, Value] = {}
    for block in block_order(function):
        owner.update((p, p) for p in block.params if is_owning(p.type))
        for instr in block.instrs:
            for value in instr.results:
                if is_owning(value.type):
                    base = next((a for a in instr.args if is_owning(a.type)), None)
                    if instr.attrs.get("stack"):
                        continue
                    if "allocates" in OPS[instr.op].effects or _is_load(instr):
                        owner[value] = value
                    elif base in owner:
                        owner[value] = owner[base]
    return owner


def _taken(instr: Instr) -> list[Value]:
    """The operands whose reference the instruction takes over."""
    if instr.op == "pack":
        return [a for a in instr.args if is_owning(a.type)]
    if instr.op == "grow" or (instr.op == "store" and is_owning(instr.args[0].type)):
        return instr.args[:1]
    return []


def _doomed(function: Function) -> set[Block]:
    """Blocks from which every way ends in `raise`."""
    doomed: set[Block] = set()
    for block in reversed(block_order(function)):
        ends = block.successors
        if all(b in doomed for b in ends) if ends else isinstance(block.term, Raise | Unreachable):
            doomed.add(block)
    return doomed


class _Placer:
    """Goes through each block once, forwards, knowing what is live at its end."""

    def __init__(self, function: Function, owners: dict[Value, Value]) -> None:
        self.function = function
        self.owner = owners
        self.order = {value: i for i, value in enumerate(owners)}
        self.live = live_in(function, owners)
        self.preds = predecessors(function)
        self.doomed = _doomed(function)
        self.at_start: dict[Block, list[Instr]] = {}
        self.new_blocks: dict[Block, list[Block]] = {}

    def run(self) -> None:
        for block in self.function.blocks:
            if block not in self.doomed:
                self._body(block)
        blocks: list[Block] = []
        for block in self.function.blocks:
            block.instrs[:0] = self.at_start.get(block, ())
            blocks += [*self.new_blocks.get(block, ()), block]
        self.function.blocks[:] = blocks

    def _owned(self, values: Iterable[Value]) -> set[Value]:
        return {self.owner[v] for v in values if v in self.owner}

    def _at_end(self, block: Block) -> set[Value]:
        """Owned values that are alive when the block ends."""
        alive = self._owned(block.term.args)
        for edge in block.edges:
            alive |= self._owned(edge.args) | self.live[edge.target]
        return alive

    def _body(self, block: Block) -> None:
        at_end = self._at_end(block)
        dying, unused = self._last_mentions(block, at_end)
        out = [_release(v, None) for v in unused]
        empty = _Empty()
        for number, instr in enumerate(block.instrs):
            dead = dying[number]
            left = self._hand_over(_taken(instr), dead, out, instr.loc)
            old = [] if empty.at_first(instr) else self._overwritten(instr, out)
            _zero_if_container(instr)
            out.append(instr)
            if _is_load(instr):
                out += [_retain(v, instr.loc) for v in instr.results]
            out += [_release(v, instr.loc) for v in (*old, *left)]
        block.instrs = out
        self._end(block, at_end)

    def _last_mentions(self, block: Block, at_end: set[Value]) -> tuple[list[list[Value]], list[Value]]:
        """Per instruction the owned values that are not needed after it; and the parameters that are never needed."""
        seen = set(at_end)
        dying: list[list[Value]] = []
        for instr in reversed(block.instrs):
            dead = []
            for value in (*instr.args, *instr.results):
                owned = self.owner.get(value)
                if owned is not None and owned not in seen:
                    seen.add(owned)
                    dead.append(owned)
            dying.append(dead)
        dying.reverse()
        return dying, [p for p in block.params if p in self.owner and p not in seen]

    def _hand_over(self, taken: list[Value], dead: Iterable[Value], out: list[Instr], loc: Loc | None) -> list[Value]:
        """References for `taken`: moved from those in `dead`, else retained. What of `dead` is left to release."""
        left = dict.fromkeys(dead)
        for value in taken:
            owned = self.owner.get(value)
            # a view is of its owner's memory, a part of a record is not: it has an owner of its own inside
            if owned in left and (owned is value or (isinstance(value.type, Array) and isinstance(owned.type, Array))):
                del left[owned]
            elif not isinstance(value, Const):
                out.append(_retain(value, loc))
        return list(left)

    def _overwritten(self, instr: Instr, out: list[Instr]) -> list[Value]:
        if instr.op != "store" or not _taken(instr):
            return []
        old = Value(instr.args[0].type, "old")
        out.append(Instr("load", instr.args[1:], [old], loc=instr.loc))
        return [old]

    def _end(self, block: Block, at_end: set[Value]) -> None:
        ordered = sorted(at_end, key=self.order.__getitem__)
        if isinstance(block.term, Return):
            taken = [a for a in block.term.args if is_owning(a.type)]
            left = self._hand_over(taken, ordered, block.instrs, block.term.loc)
            block.instrs += [_release(v, block.term.loc) for v in left]
        for edge in block.edges:
            if edge.target not in self.doomed:
                changes: list[Instr] = []
                dead = [v for v in ordered if v not in self.live[edge.target]]
                taken = [a for a in edge.args if is_owning(a.type)]
                left = self._hand_over(taken, dead, changes, block.term.loc)
                changes += [_release(v, block.term.loc) for v in left]
                if changes:
                    self._on_edge(block, edge, changes)

    def _on_edge(self, block: Block, edge: Edge, changes: list[Instr]) -> None:
        if len(block.edges) == 1:
            block.instrs += changes
        elif len(self.preds[edge.target]) == 1:
            self.at_start[edge.target] = changes
        else:
            middle = Block(f"{block.name}.edge")
            middle.instrs = changes
            middle.term = Jump(Edge(edge.target, edge.args), block.term.loc)
            self.new_blocks.setdefault(edge.target, []).append(middle)
            edge.target, edge.args = middle, []


class _Empty:
    """Arrays that a block has made, of which it has done nothing but to fill places: the others hold nothing yet."""

    def __init__(self) -> None:
        self._filled: dict[Value, set[tuple[int, ...]]] = {}

    def at_first(self, instr: Instr) -> bool:
        """Whether an instruction, the next one, is a store to such a place."""
        array = instr.args[1] if instr.op == "store" else None
        for arg in instr.args:
            if arg is not array and instr.op not in ("load", "dim"):
                self._filled.pop(arg, None)
        if instr.op == "alloc":
            self._filled[instr.result] = set()
        places = self._filled.get(array) if array is not None else None
        if places is None or array is None:
            return False
        if not all(isinstance(i, Const) for i in instr.args[2:]):
            del self._filled[array]
            return False
        place = tuple(i.value for i in instr.args[2:] if isinstance(i, Const))
        first = place not in places
        places.add(place)
        return first


def _zero_if_container(instr: Instr) -> None:
    if instr.op == "alloc" and isinstance(instr.result.type, Array) and is_owning(instr.result.type.elem):
        instr.attrs["zero"] = True


def _retain(value: Value, loc: Loc | None) -> Instr:
    return Instr("retain", [value], loc=loc)


def _release(value: Value, loc: Loc | None) -> Instr:
    return Instr("release", [value], loc=loc)
