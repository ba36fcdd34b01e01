"""Inlining: calls are replaced by the bodies of their callees, bottom-up over the call graph.

    %y: float = call %x {callee='square', ...}  # a.py:9:5      %y: float = mul %x, %x     # a.py:2:12 < a.py:9:5

Functions that call themselves, directly or through others, stay calls. So do functions with `attrs["inline"] = False`
(a custom rule hangs on them) and calls that would make the caller larger than the limit, unless the callee is tiny. In programs
that would become big, functions with loops that are called at several places stay functions too: what a call costs is little
beside a loop, and the time of all that comes after this grows with the code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from irad.analysis.cfg import has_cycle
from irad.ir.clone import clone_blocks, substitute
from irad.ir.core import Block, Edge, Function, Instr, Jump, Module, Return, Value

MAX_SIZE = 5000
TINY = 20  # instructions: a call and its reverse are no less code
LARGE = 800  # instructions: a function of this size is worth a call, if it is called at several places
BIG = 1500  # instructions of a program with everything inlined, from which on copies of loops are counted:
WORTH, COPIED = 150, 500  # those of so large a function, or so many instructions in all copies but one, are not made


def inline_calls(module: Module, root: str, *, max_size: int = MAX_SIZE) -> None:
    """Inline what `root` reaches into its callers, in place, as long as a caller has at most `max_size` instructions.

    The inlined functions stay in the module; see `drop_uncalled`.
    """
    order, recursive = _bottom_up(module, root)
    sizes: dict[str, int] = {}
    whole: dict[str, int] = {}  # sizes with everything inlined
    looping: set[str] = set()
    places: Counter[str] = Counter()
    for name in order:
        function = module.functions[name]
        calls = [i.attrs["callee"] for i in function.instrs() if i.op == "call"]
        whole[name] = _size(function) + sum(whole.get(callee, 0) for callee in calls)
        if not looping.isdisjoint(calls) or has_cycle(function.entry, lambda block: block.successors):
            looping.add(name)
        places.update(calls)

    def worth_a_call(callee: str) -> bool:
        size, others = sizes[callee], places[callee] - 1
        if others == 0 or size > LARGE:
            return others > 0
        return whole[root] > BIG and callee in looping and (size > WORTH or size * others > COPIED)

    for name in order:
        function = module.functions[name]
        room = max_size - _size(function)

        def wanted(instr: Instr) -> Function | None:
            nonlocal room
            if instr.op != "call" or "slope" in instr.attrs:
                return None
            callee: str = instr.attrs["callee"]
            if callee in recursive or sizes[callee] > max(room, min(TINY, max_size)) or worth_a_call(callee):
                return None
            target = module.functions[callee]
            if target.attrs.get("inline") is False:
                return None
            room -= sizes[callee]
            return target

        inline_into(function, wanted)
        sizes[name] = _size(function)


def drop_uncalled(module: Module, roots: Iterable[str]) -> None:
    """Remove the functions that none of `roots` calls, directly or through others."""
    kept: set[str] = set()
    work = list(roots)
    while work:
        name = work.pop()
        if name not in kept:
            kept.add(name)
            work += _callees(module.functions[name])
    for name in [n for n in module.functions if n not in kept]:
        del module.functions[name]


def _size(function: Function) -> int:
    return sum(len(b.instrs) + 1 for b in function.blocks)


def _callees(function: Function) -> list[str]:
    return list(dict.fromkeys(i.attrs["callee"] for i in function.instrs() if i.op == "call"))


def _bottom_up(module: Module, root: str) -> tuple[list[str], set[str]]:
    """Functions reached from `root`, callees first, and those on a cycle of calls (R. Tarjan, 1972)."""
    order: list[str] = []
    recursive: set[str] = set()
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    open_names: list[str] = []
    is_open: set[str] = set()
    callees: dict[str, list[str]] = {}
    stack: list[tuple[str, int]] = [(root, 0)]
    while stack:
        name, position = stack.pop()
        if position == 0:
            number[name] = low[name] = len(number)
            open_names.append(name)
            is_open.add(name)
            callees[name] = _callees(module.functions[name])
        elif callees[name][position - 1] in is_open:
            low[name] = min(low[name], low[callees[name][position - 1]])
        if position < len(callees[name]):
            stack.append((name, position + 1))
            following = callees[name][position]
            if following not in number:
                stack.append((following, 0))
            continue
        if low[name] == number[name]:
            component: list[str] = []
            while not component or component[-1] != name:
                component.append(open_names.pop())
            is_open.difference_update(component)
            if len(component) > 1 or name in callees[name]:
                recursive.update(component)
        order.append(name)
    return order, recursive


def inline_into(caller: Function, wanted: Callable[[Instr], Function | None]) -> None:
    """Inline the calls for which `wanted` gives the callee (asked once for each instruction, in order)."""
    blocks: list[Block] = []
    replaced: dict[Value, Value] = {}
    wraps = len(caller.blocks) == 1 and sum(i.op == "call" for i in caller.blocks[0].instrs) == 1
    for block in caller.blocks:
        instrs, term = block.instrs, block.term
        block.instrs = []
        current = block
        blocks.append(block)
        for instr in instrs:
            callee = wanted(instr)
            if callee is None:
                current.instrs.append(instr)
            else:
                current = _splice(current, instr, callee, blocks, replaced, "" if wraps else f"{callee.name}.")
        current.term = term
    caller.blocks[:] = blocks
    substitute(blocks, replaced)


def _splice(
    current: Block, call: Instr, callee: Function, blocks: list[Block], replaced: dict[Value, Value], prefix: str,
) -> Block:
    """Put a copy of `callee` after `current`, `prefix` before the names of its blocks; the block that goes on after the call."""
    mapping = dict(zip(callee.params, call.args, strict=True))
    copies, _ = clone_blocks(callee.blocks, mapping, call.loc)
    current.instrs += copies[0].instrs
    current.term = copies[0].term
    for copy in copies[1:]:
        copy.name = prefix + copy.name
    blocks += copies[1:]
    ends = [b for b in (current, *copies[1:]) if isinstance(b.term, Return)]
    if len(ends) == 1:
        replaced.update(zip(call.results, ends[0].term.args, strict=True))
        return ends[0]
    after = Block(f"{prefix}done", call.results)  # without returns it cannot be reached
    blocks.append(after)
    for end in ends:
        end.term = Jump(Edge(after, end.term.args), end.term.loc)
    return after
