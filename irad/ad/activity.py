"""Which values carry derivatives: those that depend on an active input (varied) and that an output depends on (useful).

    func @f(%x: float, %n: int) -> float {      active: x
      %t: float = cast %n {to='float'}          t: not varied (an int has no derivative)
      %y: float = mul %x, %t                    y: active
      %z: float = sin %y                        z: not useful (nothing active reads it)
      return %y

Two passes over the function, each of which follows each dependence once. Arrays are taken together in classes of what may be
one memory: a class is varied as soon as an active value may be stored into it, and useful as soon as a load from it is, the
caller sees it, or it is returned. Records (tapes of calls) are active always.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from irad.ad.primal import Primal
from irad.errors import DifferentiationError
from irad.ir.core import Const, Instr, Value
from irad.ir.types import RECORD, Type, is_differentiable, is_float
from irad.ops import OPS
from irad.ops.table import unknown, zero


def is_memory(type: Type) -> bool:
    """Whether derivatives of values of this type live in a shadow: arrays of floats, containers of such, records."""
    return is_differentiable(type) and not is_float(type)


def smooth(instr: Instr, operand: int) -> bool:
    """Whether the row has a derivative for this operand, and it is not `linked` to the result."""
    rules = OPS[instr.op].d
    return rules is not None and rules[operand] is not zero and operand not in instr.attrs.get("linked", ())


def memory_operands(instr: Instr) -> list[Value]:
    """The operands through which derivatives leave an instruction: none of a call that only reads them (`fresh`)."""
    return [] if instr.attrs.get("fresh") else [a for a in instr.args if is_memory(a.type)]


class Classes:
    """A partition of the arrays and records of a function into what may be the same memory (union-find)."""

    def __init__(self) -> None:
        self._parent: dict[Value, Value] = {}

    def find(self, value: Value) -> Value:
        """The representative of the class of `value`."""
        parent = self._parent
        root = value
        while (above := parent.get(root, root)) is not root:
            root = above
        while value is not root:
            parent[value], value = root, parent.get(value, root)
        return root

    def join(self, values: Iterable[Value]) -> None:
        """Put values of memory type into one class; others are left out."""
        first: Value | None = None
        for value in values:
            if is_memory(value.type) and not isinstance(value, Const):
                root = self.find(value)
                if first is None:
                    first = root
                elif root is not first:
                    self._parent[root] = first


# What joins operands and results although they are not the same type of memory: a container holds its elements.
_JOINING = frozenset({"call", "pack", "unpack", "load", "store"})


def memory_classes(primal: Primal) -> Classes:
    """The classes of a function: views with their bases, block parameters with arguments, containers with contents."""
    classes = Classes()
    for block in primal.doms.order:
        for instr in block.instrs:
            if instr.attrs.get("fresh"):
                continue
            if instr.op in _JOINING or (instr.results and is_memory(instr.results[0].type)):
                classes.join([*instr.args, *instr.results])
        for edge in block.edges:
            for arg, param in zip(edge.args, edge.target.params, strict=True):
                classes.join((arg, param))
    return classes


@dataclass(eq=False)
class Activity:
    """Active floats, and the representatives of active memory."""

    values: frozenset[Value]
    memory: frozenset[Value]
    classes: Classes

    def __contains__(self, value: Value) -> bool:
        if is_float(value.type):
            return value in self.values
        return is_memory(value.type) and not isinstance(value, Const) and self.classes.find(value) in self.memory

    def call_mask(self, call: Instr) -> tuple[bool, ...]:
        """The active operands of a call."""
        return tuple(a in self for a in call.args)

    def is_active_call(self, call: Instr) -> bool:
        return any(v in self for v in (*call.results, *memory_operands(call)))


def find_activity(primal: Primal, active: tuple[bool, ...], leave: bool = False) -> Activity:
    """Active values for the parameters marked in `active`.

    leave: the function is to be one of a pair of halves. Arrays that it returns are active then, since its caller may add to
    their shadows; not those that may be inactive parameters, which are inactive for the caller.
    """
    classes = memory_classes(primal)
    marked = [p for p, on in zip(primal.func.params, active, strict=True) if on]
    varied = Marks(classes, marked)
    if leave and primal.ret is not None:
        inactive = {classes.find(p) for p, on in zip(primal.func.params, active, strict=True) if is_memory(p.type) and not on}
        varied.add_all(v for v in primal.ret.term.args if is_memory(v.type) and classes.find(v) not in inactive)
    ends = [p for p in marked if is_memory(p.type)]
    useful = useful_for(primal, classes, [*ends, *(primal.ret.term.args if primal.ret is not None else ())])
    varied.add_all(_records(primal))
    _close(primal, varied, back=False)
    found = Activity(frozenset(varied.values & useful.values), frozenset(varied.memory & useful.memory), classes)
    for block in primal.order:
        for instr in block.instrs:
            _check_known(instr, found)
    return found


def _check_known(instr: Instr, activity: Activity) -> None:
    """Refuse an operation whose derivative is asked for, and for which there is no rule."""
    row = OPS[instr.op]
    if row.foreign and row.d is not None and instr.results[0] in activity:
        for i, (arg, rule) in enumerate(zip(instr.args, row.d, strict=True)):
            if rule is unknown and arg in activity and smooth(instr, i):
                name, _, _ = row.doc.partition(":")
                raise DifferentiationError(
                    f"the derivative of {name} by its argument number {i}", kind="no-derivative", loc=instr.loc,
                    why="irad has no rule for it", hint="pass irad.stop_gradient of the argument, if it should count as constant",
                )


def useful_for(primal: Primal, classes: Classes, ends: Iterable[Value]) -> Marks:
    """What these values depend on smoothly."""
    useful = Marks(classes, [*ends, *_records(primal)])
    _close(primal, useful, back=True)
    return useful


def _records(primal: Primal) -> list[Value]:
    return [v for v in (*primal.home, *primal.func.params) if v.type == RECORD]


class Marks:
    """Values, and classes of memory, that something was found out about."""

    def __init__(self, classes: Classes, values: Iterable[Value]) -> None:
        self.classes = classes
        self.values: set[Value] = set()
        self.memory: set[Value] = set()
        self.changed = True
        self.add_all(values)

    def __contains__(self, value: Value) -> bool:
        if is_float(value.type):
            return value in self.values
        return is_memory(value.type) and not isinstance(value, Const) and self.classes.find(value) in self.memory

    def node(self, value: Value | Instr) -> Value | Instr | None:
        """What stands for a value: itself, the representative of its memory, or nothing if it has no derivative."""
        if isinstance(value, Instr) or is_float(value.type):
            return None if isinstance(value, Const) else value
        return self.classes.find(value) if is_memory(value.type) and not isinstance(value, Const) else None

    def add(self, value: Value) -> None:
        if value in self or isinstance(value, Const):
            return
        if is_float(value.type):
            self.values.add(value)
            self.changed = True
        elif is_memory(value.type):
            self.memory.add(self.classes.find(value))
            self.changed = True

    def add_all(self, values: Iterable[Value]) -> None:
        for value in values:
            self.add(value)


def _close(primal: Primal, marks: Marks, back: bool) -> None:
    """Mark what the marked values make active, or (`back`) what they depend on: each dependence is followed once."""
    leads: dict[Value | Instr, list[Value | Instr]] = {}
    for source, target in _dependences(primal, back):
        one, other = marks.node(source), marks.node(target)
        if one is not None and other is not None and one is not other:
            leads.setdefault(other if back else one, []).append(one if back else other)
    work: list[Value | Instr] = [*marks.values, *marks.memory]
    seen = set(work)
    while work:
        for node in leads.get(work.pop(), ()):
            if node not in seen:
                seen.add(node)
                work.append(node)
    found = [node for node in seen if isinstance(node, Value)]
    marks.values.update(v for v in found if is_float(v.type))
    marks.memory.update(v for v in found if not is_float(v.type))


def _dependences(primal: Primal, back: bool) -> Iterator[tuple[Value | Instr, Value | Instr]]:
    """What goes smoothly into what. Instructions stand for themselves where all operands go into all results."""
    for block in primal.order:
        for instr in block.instrs:
            if instr.op == "store":
                yield instr.args[0], instr.args[1]
            elif instr.op in _JOINING:
                for arg in instr.args:
                    yield arg, instr
                for value in (*instr.results, *memory_operands(instr)):
                    yield instr, value
            elif instr.results and (back or is_float(instr.results[0].type)):
                for i, arg in enumerate(instr.args):
                    if is_differentiable(arg.type) and smooth(instr, i):
                        yield arg, instr.results[0]
        for edge in block.edges:
            yield from zip(edge.args, edge.target.params, strict=True)
