"""The fixpoint over one function's blocks: interpret until the shapes at the joins are stable, then emit once.

A block is interpreted once per *unrolling context*: the positions of the iterators over known sequences that are live in
it. Loops over such sequences are unrolled by that alone.
"""

from __future__ import annotations

import heapq
import linecache
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from irad.analysis.cfg import dominators, reducible, reverse_postorder
from irad.errors import IradError, TypingError, UnsupportedError
from irad.infer import amended, heap, reshaped, strict
from irad.infer.context import Context, Terminated
from irad.infer.exceptions import classes_of, is_of, left_over, narrowed, placed
from irad.infer.execute import execute
from irad.infer.forms import Spec
from irad.infer.generators import check_depth, does_nothing, started
from irad.infer.iterate import finished, force, settled, yielded
from irad.infer.iterators import begun, consumed, named, skeleton, unshared
from irad.infer.joins import number_shape
from irad.infer.raising import from_generator
from irad.infer.reach import reach_of
from irad.infer.shapes import AV, Shape, rebuild, shape_of
from irad.infer.unit import Unit
from irad.infer.values import (
    NONE,
    UNBOUND_AV,
    Arr,
    Choice,
    Fn,
    Gen,
    Known,
    ListIter,
    Name,
    SeqIter,
    Stepped,
    Zip,
    known_number,
)
from irad.ir.core import Block, Branch, Const, Edge, Function, Instr, Jump, Return, Try, Value
from irad.ops.py import UNBOUND

Key = tuple[Block, tuple[Any, ...]]
GIVEN = ("py.caught", "py.thrown")  # these stand for what leads to a block, and do nothing
MAX_COPIES = 4096
FORMS = frozenset(("join", "list", "dict", "index", "star-call", "object", "return", "unroll"))  # errors that unrolling may mend
MOST_VISITS = 64  # interpretations of one block until the shapes in it are stable
FEW_VISITS, MOST_GROWN = 6, 64  # objects that are new in a block after as many interpretations: trees double with each


@dataclass(eq=False)
class TypedBlock:
    """A block in one unrolling context: the shapes of what is live into it, and where each came from."""

    key: Key
    shapes: dict[Value, Shape]
    origin: dict[Value, Any]
    heap: dict[Name, Shape]
    outs: list[Key] = field(default_factory=list)
    error: IradError | None = None
    branches: bool = False
    raises: bool = False
    visits: int = 0
    met: int = 0  # objects that were there at first
    handlers: dict[Key, None] = field(default_factory=dict)  # where exceptions in it lead
    settles: bool = False  # whether its branch says of an iterator's step, taken in it, if there was an item
    renewed: dict[Value, int] = field(default_factory=dict)  # live-in values in whose place it puts others: how often so far

    def renew(self, values: Iterable[Value]) -> None:
        """Note that other values have taken the place of these."""
        for v in values:
            self.renewed[v] = self.renewed.get(v, 0) + 1

    def source(self, v: Value) -> Any:
        """Where a value comes from that leaves the block."""
        return (self.key, self.renewed[v]) if v in self.renewed else self.origin.get(v, self.key)


class Facts(NamedTuple):
    """What is needed of an untyped function: order, live-in values, loop headers."""

    order: dict[Block, int]
    live: dict[Block, list[Value]]
    headers: set[Block]
    caught: dict[Block, Value]  # by handler: the exception that has led to it; where a generator goes on: what is thrown into it
    unshared: frozenset[Value]  # iterators of loops
    consumed: frozenset[Value]  # results that only a loop or a call takes
    begun: frozenset[Value]  # iterators of which a step is taken at once
    around: dict[Block, list[Block]]  # the headers of the loops around a place where a generator goes on, innermost first
    resumed: dict[Block, Block]  # the blocks with which steps of a generator begin
    promised: dict[Value, Value]  # the item that a step of an iterator gives: whether there is one
    asked: frozenset[Value]  # whether there is one

    def resume(self, point: Block) -> Block:
        """The block with which a step of a generator begins that goes on at `point`, which may be the header of a loop."""
        found = self.resumed.get(point)
        if found is None:
            found = self.resumed[point] = Block("resume")
            found.term = Jump(Edge(point, point.params))
            self.order[found], self.live[found] = -1, self.live[point]
        return found

    def own(self, block: Block) -> set[Value]:
        """What the ways into a block say: its parameters, and an exception."""
        return {*block.params, self.caught[block]} if block in self.caught else set(block.params)


def facts_of(function: Function) -> Facts:
    """Computed once per lifted function."""
    found = function.attrs.get("facts")
    if found is None:
        doms = dominators(function)
        headers = {e.target for b in doms.order for e in b.edges if doms.dominates(e.target, b)}
        caught = {b: b.instrs[0].result for b in doms.order if b.instrs and b.instrs[0].op in GIVEN}
        # handlers last: where what they give has no common form with what is given without them, they are refused
        order = reverse_postorder(function.entry, lambda b: sorted((e.target for e in b.edges), key=lambda t: t not in caught))
        index = {b: i for i, b in enumerate(order)}
        live = _live_in(order, caught)
        points = [b.edges[0].target for b in order if b.instrs and b.instrs[-1].op == "py.yield"]
        around = {}
        for p in order if points else ():
            around[p] = sorted((h for h in headers if doms.dominates(h, p)), key=lambda h: -doms.enter[h])
        promised = {i.results[1]: i.results[0] for b in order for i in b.instrs if i.op == "py.next"}
        found = Facts(
            index, live, headers, caught, unshared(function, order), consumed(order), begun(order), around, {}, promised,
            frozenset(promised.values()),
        )
        function.attrs["facts"] = found
    assert isinstance(found, Facts)
    return found


def _live_in(order: list[Block], caught: dict[Block, Value]) -> dict[Block, list[Value]]:
    """What each block needs: those of its parameters that are read, then values from before it.

    A parameter that nothing reads (a stack slot that is popped, a variable that is assigned anew) need not have one type.
    """
    live: dict[Block, dict[Value, None]] = {b: {} for b in order}
    changed = True
    while changed:
        changed = False
        for block in reversed(order):
            need: dict[Value, None] = {}
            for edge in block.edges:
                wanted = live[edge.target]
                own = {*edge.target.params, caught.get(edge.target)}
                need.update((v, None) for v in wanted if v not in own)
                read = [a for p, a in zip(edge.target.params, edge.args, strict=True) if p in wanted]
                need.update(dict.fromkeys(a for a in read if not isinstance(a, Const)))
            need.update(dict.fromkeys(a for a in block.term.args if not isinstance(a, Const)))
            for instr in reversed(block.instrs):
                if instr.op in GIVEN:
                    break
                for r in instr.results:
                    need.pop(r, None)
                need.update(dict.fromkeys(a for a in instr.args if not isinstance(a, Const)))
            if len(need) != len(live[block]):
                live[block] = need
                changed = True
    return {b: [*(p for p in b.params if p in need), *(v for v in need if v not in b.params)] for b, need in live.items()}


def unrolled(av: AV) -> bool:
    """Whether this is an iterator at a known position."""
    if isinstance(av, (SeqIter, ListIter, Gen)):
        return True
    return isinstance(av, (Zip, Stepped)) and any(unrolled(c) for c in av.children)


class Solver:
    """Interprets one specialisation."""

    def __init__(self, unit: Unit, spec: Spec) -> None:
        self.unit = unit
        self.spec = spec
        self.source = unit.lift(spec.fn.code)
        linecache.lazycache(spec.fn.code.co_filename, spec.fn.globals)  # for errors: the source of what comes from archives
        self.facts = facts_of(self.source)
        self.blocks: dict[Key, TypedBlock] = {}
        self.returns: Shape | None = None
        self.raises: Shape | None = None
        self.new: set[Value] = set()  # arrays that the function has made (see `reshaped`)
        self.matched: dict[Value, tuple[Value, tuple[type, ...]]] = {}  # by condition: which exception is of which classes
        self.reaches: dict[Block, frozenset[type]] = {}  # of handlers (see `reach`)
        self.changed: list[Key] = []
        self.ended: IradError | None = None  # the error at which the analysis stopped
        self.called: set[Spec] = set()
        self.ranges = False  # whether there is a loop over a short known range
        self.emission: Any = None  # in the second phase
        self.handed_out: dict[Name, Shape] = {}  # what the objects hold at the ends of the function
        self.cx = self._context(Function("scratch", [], []))
        self.entry: Key = (self.source.entry if spec.point is None else self.facts.resume(spec.point), ())
        self.parameters = self.source.params if spec.point is None else self.facts.live[spec.point]
        self.strict = strict.places(self.source)
        self.phases = self.tags = False  # see `_disentangle`
        self.phase = 0
        self.given = [name for name, _ in spec.objects]

    def _context(self, function: Function) -> Context:
        cx = Context(self.unit, function)
        cx.solver = self
        shape = shape_of(self.spec.fn)
        fn = rebuild(shape, self._fresh(shape))
        assert isinstance(fn, Fn)
        cx.fn = fn
        cx.strict = self.spec.strict
        return cx

    # -- phase one: shapes ---------------------------------------------------------------------------------------

    def analyse(self) -> IradError | None:
        """Interpret until nothing changes. The first error that is met whatever the branches decide is returned."""
        try:
            self._interpret()
            while not reducible(self.entry, lambda k: self.blocks[k].outs):
                self._disentangle()
                self._interpret()
        except (UnsupportedError, TypingError) as e:  # where ways meet
            self.ended = e
            return e
        return self._first_error()

    def _disentangle(self) -> None:
        """Loops that can be entered at two places are taken apart.

        Where a step of a generator begins inside of loops, what runs before the header of one of them is reached is a copy of
        its own. Where a function takes several steps of a generator on some ways, a tag says at run time where it goes on.
        """
        if not self.phases and self.spec.point is not None:
            self.phases = True
        elif not self.tags:
            self.tags = True
        else:
            self.cx.unsupported("a generator whose steps begin inside of loops that cannot be told apart", kind="generator")
        self.blocks, self.returns, self.raises, self.matched, self.handed_out = {}, None, None, {}, {}

    def _interpret(self) -> None:
        spec = self.spec
        args = dict(zip(self.parameters, spec.args, strict=True))
        live = self.facts.live[self.entry[0]]
        self.blocks[self.entry] = TypedBlock(self.entry, {v: args[v] for v in live}, {v: "arg" for v in live}, dict(spec.objects))
        work = [(0, 0)]
        keys: list[Key] = [self.entry]
        queued = {self.entry}
        while work:
            _, at = heapq.heappop(work)
            key = keys[at]
            queued.discard(key)
            for changed in self._visit(self.blocks[key]):
                if changed not in queued:
                    queued.add(changed)
                    keys.append(changed)
                    heapq.heappush(work, (self.facts.order[changed[0]], len(keys) - 1))

    def troubles(self) -> int:
        """The number of blocks in which values met that have no common form, or one that is less than what they were; or keys of
        dicts are not known, in what is called too (comprehensions, `dict`)."""
        found = sum(1 for t in self.blocks.values() if t.error is not None and t.error.kind in FORMS)
        heaps = (*(t.heap for t in self.blocks.values()), self.handed_out)
        found += sum(any(map(heap.is_list_of_boxes, each.values())) for each in heaps)
        for spec in self.called:
            inner = spec.solver.blocks.values() if spec.solver is not None else ()
            found += sum(1 for t in inner if t.error is not None and t.error.kind == "dict")
        return found + len(self.blocks) if self.ended is not None and self.ended.kind in FORMS else found

    def _visit(self, t: TypedBlock) -> list[Key]:
        """Interpret a block on scratch IR; the blocks behind it whose state changed."""
        self.unit.interpretations += 1
        t.visits += 1
        cx = self.cx
        if t.visits > MOST_VISITS:
            cx.mistyped(
                "a variable whose form changes with every round of a loop", kind="join",
                why="it holds more each time, like t = (t, x)", hint="use an array of the final size",
            )
        if t.visits == 1:
            t.met = len(t.heap)
        elif t.visits > FEW_VISITS and len(t.heap) > t.met + MOST_GROWN:
            heap.too_deep(cx)
        cx.function.blocks.clear()
        cx.builder.at(cx.builder.new_block("scratch"))
        env = {v: rebuild(s, self._fresh(s)) for v, s in t.shapes.items()}
        cx.heap = {n: rebuild(s, self._fresh(s)) for n, s in t.heap.items()}
        t.error, t.branches, t.raises, t.settles, t.handlers, t.renewed, self.changed = None, False, False, False, {}, {}, []
        try:  # a block that raises now keeps the ways out of earlier visits: what they led to has been joined into loops
            flows = self._run(t, env)
        except (Terminated, UnsupportedError, TypingError) as e:
            if isinstance(e, Terminated):
                t.raises = not t.handlers
            else:
                t.error = e
            t.outs += [key for key in t.handlers if key not in t.outs]
            return self.changed
        t.outs = []
        held = cx.heap
        for i, edge in enumerate(flows):
            cx.builder.loc = t.key[0].term.loc
            narrower = self.narrower(t, i, env)
            cx.heap = self.narrower_heap(t, i, env, held)
            values, objects = self.values(edge, {**env, **narrower})
            key = self._key(edge.target, values, objects)
            t.outs.append(key)
            self._flow(t, key, edge, values, objects, narrower)
        t.outs += t.handlers
        t.branches = t.branches or bool(t.handlers)
        return self.changed

    def narrower(self, t: TypedBlock, way: int, env: dict[Value, AV]) -> dict[Value, AV]:
        """What a branch says about an exception: on its first way it is of the classes that were asked for."""
        term = t.key[0].term
        if not isinstance(term, Branch) or not t.branches:
            return {}
        found = self.matched.get(term.cond)
        if found is None or found[0] not in env:
            return self._chosen(self._read(term.cond, env), way, env)
        value, classes = found
        av = narrowed(self.cx, env[value], lambda m: is_of(m, classes) == (way == 0))
        return {} if av is env[value] else {value: av}

    def _chosen(self, cond: AV, way: int, env: dict[Value, AV]) -> dict[Value, AV]:
        """What a branch says about a finite choice, if its condition asked only which alternative it is."""
        tag, answers = self.cx.decided.get(cond.leaves[0], (None, ())) if cond.leaves else (None, ())
        if tag is None:
            return {}
        left = [i for i, answer in enumerate(answers) if bool(answer) == (way == 0)]
        found = {}
        for v, av in env.items():
            if isinstance(av, Choice) and av.tag is tag and len(av.members) == len(answers):
                found[v] = left_over(self.cx, av, left)
        return found

    def narrower_heap(self, t: TypedBlock, way: int, env: dict[Value, AV], objects: heap.Heap) -> heap.Heap:
        """What a branch says about an iterator of which a step was taken before it."""
        term = t.key[0].term
        if not isinstance(term, Branch) or not t.branches or not any(isinstance(state, Stepped) for state in objects.values()):
            return objects
        cond = self._read(term.cond, env)
        if not cond.leaves or not (self.emission is None or t.settles):  # a `try` between the two: the blocks behind it wait
            return objects
        found = {n: settled(av, cond.leaves[0], way == 0) for n, av in objects.items()}
        t.settles = t.settles or any(found[n] is not av for n, av in objects.items())
        return found

    @staticmethod
    def _fresh(shape: Shape) -> Iterator[Value]:
        return iter([Value(t) for t in shape.flat_types()])

    def _run(self, t: TypedBlock, env: dict[Value, AV]) -> list[Edge]:
        """Interpret the instructions of a block; the edges that may be taken."""
        cx = self.cx
        self.phase = t.key[1][0] if self.phases and t.key[1] else 0
        cx.catcher, cx.reach = self._catcher(t, env)
        cx.env = env
        cx.amend = lambda old, new: t.renew(amended.exchange(cx, self.spec, env, old, new))
        try:
            self._instructions(t, env)
        finally:
            cx.catcher = cx.amend = None
        term = t.key[0].term
        cx.builder.loc = term.loc
        if self.ends(t.key[0]):
            if self.emission is None:
                self._return(*self.returned(t, env))
            return []
        if isinstance(term, Jump):
            return term.edges
        if isinstance(term, Try) and len(term.edges) == 2:
            return term.edges[:1]
        if isinstance(term, Branch):
            cond = self._read(term.cond, env)
            if isinstance(cond, Known):
                return [term.edges[0 if cond.obj else 1]]
            t.branches = True
            return term.edges
        raise Terminated

    def _instructions(self, t: TypedBlock, env: dict[Value, AV]) -> None:
        cx = self.cx
        if t.key[0] is self.spec.stop:
            return
        for instr in t.key[0].instrs:
            cx.builder.loc, cx.strict = instr.loc, self.spec.strict or instr in self.strict
            if instr.op in GIVEN:
                continue
            if instr.op == "py.match":
                self._note_match(instr, env)
            if instr.op == "py.yield":
                break
            if instr.op == "py.set_attr" and instr.attrs["name"] == "shape" and isinstance(env.get(instr.args[0]), Arr):
                env[instr.args[0]] = reshaped.assigned(cx, instr, env, self.new, self.source.params)
                t.renew(instr.args[:1])
                continue
            results = execute(cx, instr, [self._read(a, env) for a in instr.args])
            for value, av in zip(instr.results, results, strict=True):
                if value not in self.facts.unshared and value not in self.facts.consumed:
                    av = named(cx, av)
                elif value in self.facts.begun and isinstance(av, Gen):
                    av = started(cx, av)
                env[value] = av
                if reshaped.is_new(instr, env, av):
                    self.new.add(value)
                for leaf in av.leaves:
                    if leaf.name is None:
                        leaf.name = value.name

    def _note_match(self, instr: Instr, env: dict[Value, AV]) -> None:
        exception, wanted = instr.args
        classes = classes_of(self.cx, self._read(wanted, env))
        known = self.matched.setdefault(instr.result, (exception, classes))
        if known[1] != classes:  # another round of an unrolled loop
            self.matched[instr.result] = (exception, ())

    # -- exceptions ----------------------------------------------------------------------------------------------

    def _catcher(self, t: TypedBlock, env: dict[Value, AV]) -> tuple[Callable[[AV], None] | None, frozenset[type]]:
        """Where exceptions of a block go: to its handler, or to a caller that handles them. And which of them."""
        term = t.key[0].term
        if not isinstance(term, Try):
            return self._escape if self.spec.catching else None, self.spec.catching
        handler = term.handler.target
        if handler not in self.reaches:
            self.reaches[handler] = reach_of(self.cx, handler, self.spec.catching)
        return lambda av: self._caught(t, term.handler, env, av), self.reaches[handler]

    def _caught(self, t: TypedBlock, edge: Edge, env: dict[Value, AV], av: AV) -> None:
        catcher, self.cx.catcher = self.cx.catcher, None
        av = placed(av, self.unit.place(self.cx.builder.loc))
        if self.emission is not None:
            self.emission.jump(edge, env, av)
        else:
            values, objects = self.values(edge, env, av)
            key = self._key(edge.target, values, objects)
            t.handlers[key] = None
            self._flow(t, key, edge, values, objects, {})
        self.cx.catcher = catcher

    def _escape(self, av: AV) -> None:
        catcher, self.cx.catcher = self.cx.catcher, None
        av = from_generator(self.cx, placed(av, self.unit.place(self.cx.builder.loc)))
        av, objects = self.handed(av, "raised")
        if self.emission is not None:
            self.emission.escape(av, objects)
        else:
            self.raises = self.cx.join_optional(self.raises, shape_of(av))
            self.handed_out = heap.joined(self.cx, (self.handed_out, heap.shapes(objects)))
        self.cx.catcher = catcher

    def ends(self, block: Block) -> bool:
        """Whether a block ends the function, or a step of a generator."""
        yields = bool(block.instrs) and block.instrs[-1].op == "py.yield"
        return yields or isinstance(block.term, Return) or block is self.spec.stop

    def returned(self, t: TypedBlock, env: dict[Value, AV]) -> tuple[AV, heap.Heap]:
        """What a block hands back that ends a function, or a step of a generator, and the objects that the caller sees."""
        block = t.key[0]
        if block is self.spec.stop:
            return self.handed(Gen(block, (self.cx.fn, *(env[v] for v in self.facts.live[block]))), "result")
        if isinstance(block.term, Return):
            av = self._read(block.term.args[0], env)
            return self.handed(av if self.spec.point is None else finished(av), "result")
        item = self._read(block.instrs[-1].args[0], env)
        edge, live = block.term.edges[0], env
        while True:
            given = dict(zip(edge.target.params, edge.args, strict=True))
            if edge.target in self.facts.caught:
                live = {**live, self.facts.caught[edge.target]: NONE}
            live = {v: force(self.cx, self._read(given.get(v, v), live)) for v in self.facts.live[edge.target]}
            if not does_nothing(edge.target):
                break
            edge = edge.target.term.edges[0]
        check_depth(self.cx, self.cx.fn, live.values())
        return self.handed(yielded(item, Gen(edge.target, (self.cx.fn, *live.values()))), "result")

    def handed(self, av: AV, root: str) -> tuple[AV, heap.Heap]:
        """What goes out to the caller: a value, and what objects hold that it had given or that the value leads to."""
        before = dict(self.cx.heap)
        av = heap.together(self.cx, {root: av}, self.given)[root]
        names = heap.canonical(self.cx, {root: av}, self.cx.heap, self.given)
        objects = heap.under(names, self.cx.heap)
        self.cx.heap = before
        return heap.renamed(av, names), objects

    def _return(self, av: AV, objects: heap.Heap) -> None:
        self.returns = self.cx.join_optional(self.returns, shape_of(av))
        self.handed_out = heap.joined(self.cx, (self.handed_out, heap.shapes(objects)))

    @staticmethod
    def _read(value: Value, env: dict[Value, AV]) -> AV:
        if isinstance(value, Const):
            return UNBOUND_AV if value.value is UNBOUND else Known(value.value)
        return env[value]

    def values(self, edge: Edge, env: dict[Value, AV], caught: AV | None = None) -> tuple[dict[Value, AV], heap.Heap]:
        """What is live into the target of an edge, by the target's names, and the objects that this leads to, by names that do
        not depend on the way; `caught` is the exception that takes it."""
        given = dict(zip(edge.target.params, edge.args, strict=True))
        if caught is not None:
            env = {**env, self.facts.caught[edge.target]: caught}
        live, promised = self.facts.live[edge.target], self.facts.promised
        found = {v: self._read(given.get(v, v), env) for v in live}
        for v, av in found.items():
            if v not in promised or promised[v] not in live:  # else it is not known yet whether there is an item
                found[v] = force(self.cx, av)
        if not self.cx.heap:
            return found, {}
        before = dict(self.cx.heap)
        found = heap.together(self.cx, found, self.given)
        names = heap.canonical(self.cx, found, self.cx.heap, self.given)
        objects = heap.under(names, self.cx.heap)
        self.cx.heap = before
        return {v: heap.renamed(av, names) for v, av in found.items()}, objects

    def _key(self, target: Block, values: dict[Value, AV], objects: heap.Heap) -> Key:
        found = tuple((v, self._position(av)) for v, av in values.items() if unrolled(av))
        # where a `try` comes between a step of an iterator and the question whether there is an item
        found += tuple((v, av.obj) for v, av in values.items() if isinstance(av, Known) and v in self.facts.asked)
        held = tuple((n, self._position(av)) for n, av in objects.items() if unrolled(av)) if objects else ()
        phase = (self._phase_at(target),) if self.phases else ()
        return target, (*phase, *found, *held)

    def _position(self, av: AV) -> Any:
        return shape_of(av) if isinstance(av, (SeqIter, ListIter)) else skeleton(av, not self.tags)

    def _phase_at(self, target: Block) -> int:
        headers = self.facts.around[self.spec.point]
        return max(self.phase, headers.index(target) + 1 if target in headers else 0)

    def _flow(
        self, t: TypedBlock, key: Key, edge: Edge, values: dict[Value, AV], objects: heap.Heap, narrower: dict[Value, AV],
    ) -> None:
        """Join what flows along an edge into its target's state, and note whether that changes it."""
        if self._joined(t, key, edge, values, heap.shapes(objects), narrower) and key not in self.changed:
            self.changed.append(key)

    def _joined(
        self, t: TypedBlock, key: Key, edge: Edge, values: dict[Value, AV], objects: dict[Name, Shape], narrower: dict[Value, AV],
    ) -> bool:
        target = self.blocks.get(key)
        # what refers to objects is another value on each way: its names in the heap are those of the target
        params = self.facts.own(edge.target) | {v for v, av in values.items() if heap.refers(av)}
        origin = {v: key if v in params else (t.key, edge.target) if v in narrower else t.source(v) for v in values}
        if target is None:
            if len(self.blocks) > MAX_COPIES:
                hint = "loop over an array or a range"
                self.cx.unsupported("a loop over a known sequence that unrolls too far", kind="unroll", hint=hint)
            widen = edge.target in self.facts.headers and not key[1]
            shapes = {v: self._widened(shape_of(av)) if widen and v in params else shape_of(av) for v, av in values.items()}
            self.blocks[key] = TypedBlock(key, shapes, origin, objects)
            return True
        changed = False
        for v, av in values.items():
            shape = self.cx.join_shapes(target.shapes[v], shape_of(av))
            if target.origin[v] != origin[v] and target.origin[v] != key:
                target.origin[v] = key
                changed = True
            if shape != target.shapes[v]:
                target.shapes[v] = shape
                changed = True
        joined = heap.joined(self.cx, (target.heap, objects))
        if joined != target.heap:
            target.heap = joined
            changed = True
        return changed

    @staticmethod
    def _widened(shape: Shape) -> Shape:
        """A number that a loop changes is a run-time number: known at once, without trying its first value."""
        kind = known_number(shape)
        return number_shape((kind,)) if kind else shape

    # -- errors --------------------------------------------------------------------------------------------------

    def _first_error(self) -> IradError | None:
        """The first error that is met whatever the branches decide; others wait behind their branch."""
        errors = {k for k, t in self.blocks.items() if t.error is not None}
        if not errors:
            return None
        key: Key | None = self.entry
        seen: set[Key] = set()
        work = [self.entry]
        while work:
            key = work.pop()
            if key in seen:
                continue
            seen.add(key)
            t = self.blocks[key]
            if t.error is not None:
                return t.error
            outs = [o for o in dict.fromkeys(t.outs) if not self.blocks[o].raises]
            work += outs if not t.branches or len(outs) == 1 or self._leaves_loop(t) else self._meeting(t)
        return None

    def _leaves_loop(self, t: TypedBlock) -> bool:
        """Whether a branch decides between going round a loop and leaving it (both are taken in the end)."""
        outs = [out for out in t.outs if not self._fails(out)]
        inside = [self._reaches(out, t.key) for out in outs]
        if all(inside) or not any(inside):
            return False
        return all(self._must_pass(out, t.key) for out, again in zip(outs, inside, strict=True) if again)

    def _fails(self, start: Key) -> bool:
        """Whether all ways from a block end with an error: where they would go from there is not known."""
        reach = [self.blocks[k] for k in reverse_postorder(start, lambda k: self.blocks[k].outs)]
        return any(t.error for t in reach) and all(t.error is not None or t.outs for t in reach)

    def _reaches(self, start: Key, goal: Key) -> bool:
        return goal in set(reverse_postorder(start, lambda k: self.blocks[k].outs)) if start != goal else True

    def _meeting(self, t: TypedBlock) -> list[Key]:
        """The blocks that all ways from a branch pass."""
        common: set[Key] | None = None
        for out in t.outs:
            reach = set(reverse_postorder(out, lambda k: self.blocks[k].outs))
            common = reach if common is None else common & reach
        order = reverse_postorder(t.key, lambda k: self.blocks[k].outs)
        for k in order[1:]:
            if k in (common or ()) and all(self._must_pass(out, k) for out in t.outs):
                return [k]
        return []

    def _must_pass(self, start: Key, gate: Key) -> bool:
        if start == gate:
            return True
        reach = reverse_postorder(start, lambda k: [] if k == gate else self.blocks[k].outs)
        return all(self.blocks[k].outs or self.blocks[k].raises or self.blocks[k].error for k in reach if k != gate)

    # -- phase two: emission -------------------------------------------------------------------------------------

    def emit(self) -> Function:
        """The typed function, emitted block by block with the final shapes."""
        from irad.infer.emission import Emission

        return Emission(self).run()
