"""Generators: a suspended one is a value, and each step of it a call of its function that begins where it has yielded.

    def squares(n):                          squares(n)     Gen(^entry, squares, n)
        for i in range(n):                   one step       func @squares.step(index, length) -> (tag, item, state')
            yield i * i                                     tag 0: an item, and the generator behind it; tag 1: it has returned

What is live where it goes on is what its frame holds. A step that can end at several `yield`s leaves a finite choice of states.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable

from irad.analysis.cfg import block_order, reverse_postorder
from irad.errors import UnsupportedError
from irad.infer.context import Context
from irad.infer.iterators import is_state, named
from irad.infer.shapes import AV
from irad.infer.values import Choice, Fn, Gen
from irad.ir.core import Block, Function, Jump, Return, Value

DEEPEST = 12  # generators in generators in generators


def make(cx: Context, f: Fn, bound: list[AV], finishes: bool = False) -> AV:
    """The generator that a call of a generator function makes. `finishes`: it is surely run to its end."""
    from irad.infer.iterate import force

    bound = parameters(cx, f, bound)
    check_depth(cx, f, bound)
    source = cx.unit.lift(f.code)
    if not finishes:
        _check_cleaning(cx, source)
    env: dict[Value, AV] = dict(zip(source.params, bound, strict=True))
    point = source.entry
    from irad.infer.solve import facts_of

    facts = facts_of(source)
    values = {v: force(cx, env[v]) for v in facts.live[point]}
    if does_nothing(point):
        edge = point.term.edges[0]
        given = dict(zip(edge.target.params, edge.args, strict=True))
        if all(isinstance(given.get(v, v), Value) and given.get(v, v) in env for v in facts.live[edge.target]):
            point = edge.target
            values = {v: env[given.get(v, v)] for v in facts.live[point]}
    return Gen(point, (f, *values.values()))


def is_generator(f: Fn) -> bool:
    """Whether calls of a function make generators."""
    return bool(f.code.co_flags & inspect.CO_GENERATOR)


def _check_cleaning(cx: Context, source: Function) -> None:
    """Refuse generators that would have to run handlers if they are left early."""
    from irad.infer.solve import facts_of

    for block in facts_of(source).caught:
        if block.instrs[0].op == "py.thrown":
            loc = next(b.instrs[-1].loc for b in source.blocks if block in b.successors)
            raise UnsupportedError(loc=loc, **block.instrs[0].attrs).called_from(cx.loc)


def throw(cx: Context, state: AV, exception: AV) -> AV:
    """A step that begins with an exception where the generator has yielded."""
    from irad.infer.raising import raise_value
    from irad.infer.solve import facts_of

    if isinstance(state, Choice):
        return cx.dispatch(state, lambda m: throw(cx, m, exception))
    if isinstance(state, Gen) and state.static is not None:
        facts = facts_of(cx.unit.lift(state.fn.code))
        thrown = facts.caught.get(state.static)
        if thrown is not None:
            live = [exception if v is thrown else av for v, av in zip(facts.live[state.static], state.children[1:], strict=True)]
            return _step(cx, Gen(state.static, (state.fn, *live)))
    raise_value(cx, exception)


def check_depth(cx: Context, f: Fn, held: Iterable[AV]) -> None:
    """Refuse generators that hold generators without an end."""
    if _depth(held) > DEEPEST:
        cx.unsupported(
            f"the generator {f.name}, which goes through others more than {DEEPEST} levels deep", kind="generator",
            why="what a generator holds is known when it is compiled", hint="keep the state in an array, in one loop",
        )


def does_nothing(block: Block) -> bool:
    """Whether a block only leads on to another one."""
    return not block.instrs and isinstance(block.term, Jump) and block.term.edges[0].target is not block


def started(cx: Context, gen: Gen) -> AV:
    """A generator of which a step is about to be taken: where it would go through the place at which it waits after each item
    it is taken there, so that its loop needs no first round of its own."""
    if gen.static is None:
        return gen
    place = _waiting_place(cx.unit.lift(gen.fn.code), gen.static)
    return gen if place is None else _step(cx, gen, place)


def _waiting_place(source: Function, start: Block) -> Block | None:
    """The only block that all ways from a block come to, before anything is yielded or returned, and where a yield leads back."""
    waits = set()
    for block in block_order(source):
        if block.instrs and block.instrs[-1].op == "py.yield":
            after = block.term.edges[0].target
            while does_nothing(after):
                after = after.term.edges[0].target
            waits.add(after)
    if start in waits:
        return None
    found: set[Block] = set()
    for block in reverse_postorder(start, lambda b: () if b in waits else b.successors):
        if block in waits:
            found.add(block)
        elif isinstance(block.term, Return) or (block.instrs and block.instrs[-1].op in ("py.yield", "py.unsupported")):
            return None
    return found.pop() if len(found) == 1 else None


def _depth(children: Iterable[AV]) -> int:
    """How many generators are in each other."""
    return max((isinstance(c, Gen) + _depth(c.children) for c in children if c.children), default=0)


def parameters(cx: Context, f: Fn, bound: list[AV]) -> list[AV]:
    """The values of parameters: iterators that the function may use in several places become objects."""
    if not any(map(_holds_state, bound)):
        return bound
    source = cx.unit.lift(f.code)
    single = _used_once(source.entry, source.params, block_order(source))
    result = []
    for param, av in zip(source.params, bound, strict=True):
        result.append(av if param in single and is_state(av) else named(cx, av))
    return result


def _holds_state(av: AV) -> bool:
    return is_state(av) or any(map(_holds_state, av.children))


def _used_once(entry: Block, params: list[Value], order: list[Block]) -> set[Value]:
    """Parameters that only the beginning of a function looks at, once: as what a loop or another call takes."""
    uses: dict[Value, int] = {}
    for block in order:
        for args in (*(i.args for i in block.instrs), block.term.args, *(e.args for e in block.edges)):
            for value in args:
                uses[value] = uses.get(value, 0) + 1
    taken = {a for i in entry.instrs if i.op == "py.iter" for a in i.args}
    taken.update(a for i in entry.instrs if i.op == "py.call" for a in i.args[1:])
    if len(entry.edges) == 1:  # the hidden argument of a comprehension goes to its loop
        taken.update(a for a in entry.edges[0].args if a.name == "it")
    return {p for p in params if uses.get(p) == 1 and p in taken}


def resume(cx: Context, gen: Gen) -> AV:
    """One step: a record of what it yields, or of what it returns, or a choice of the two."""
    return _step(cx, gen)


def _step(cx: Context, gen: Gen, stop: Block | None = None) -> AV:
    from irad.infer.pythoncalls import call_specialised, numbers_at_run_time
    from irad.infer.solve import facts_of

    point: Block = gen.static
    facts = facts_of(cx.unit.lift(gen.fn.code))
    saved = zip(facts.live[point], gen.children[1:], strict=True)
    live = [av if v in facts.unshared else named(cx, av) for v, av in saved]
    crowded = sum(spec.busy for spec in cx.unit.forms.of_code.get(gen.fn.code, ())) >= DEEPEST
    if crowded:
        live = [numbers_at_run_time(av) for av in live]
    return call_specialised(cx, gen.fn, live, crowded, point, stop)
