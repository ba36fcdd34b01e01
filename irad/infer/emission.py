"""Emitting the typed function once the shapes at its joins are final."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from irad.analysis.cfg import reverse_postorder
from irad.errors import IradError, TypingError, UnsupportedError
from irad.infer import heap
from irad.infer.context import Terminated
from irad.infer.shapes import AV, Shape, rebuild, shape_of
from irad.infer.values import Fn
from irad.ir.core import Block, Branch, Edge, Function, Jump, Return, Value, const, undef
from irad.lib import OUT_OF_LINE

if TYPE_CHECKING:
    from irad.infer.solve import Key, Solver, TypedBlock


class Emission:
    """One pass over the typed blocks in reverse postorder: every block but a loop header comes after its predecessors."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        spec = solver.spec
        self.args: dict[Value, AV] = {}
        params: list[Value] = []
        for p, shape in zip(solver.parameters, spec.args, strict=True):
            leaves = [Value(t, p.name if i == 0 else None) for i, t in enumerate(shape.flat_types())]
            params += leaves
            self.args[p] = rebuild(shape, iter(leaves))
        running = self._running_function(params)
        self.objects: heap.Heap = {}
        for n, shape in spec.objects:
            leaves = [Value(t) for t in shape.flat_types()]
            params += leaves
            self.objects[n] = rebuild(shape, iter(leaves))
        self.function = Function(spec.name, params, spec.result_types(), [], solver.source.loc)
        if spec.fn.code in OUT_OF_LINE:
            self.function.attrs["inline"] = False
        self.cx = solver._context(self.function)
        self.cx.fn = running
        self.cx.emitting = True
        self.refused: IradError | None = None  # why the analysis refused the block that is being written, if it did
        self.ir: dict[Key, Block] = {}
        self.pending: dict[Key, tuple[dict[Value, AV], heap.Heap]] = {}
        # by identity, values as blocks were analysed, and what they are of: that is there in all blocks, the former in one
        self.analysed: dict[int, tuple[AV, AV]] = {}
        self.order = reverse_postorder(solver.entry, lambda k: solver.blocks[k].outs)
        self.incoming = Counter(o for k in self.order for o in solver.blocks[k].outs)
        for key in self.order:  # an exception can come from several places of a block
            self.incoming.update(list(solver.blocks[key].handlers))

    def _running_function(self, params: list[Value]) -> Fn:
        """The running function itself: the run-time parts of its cells and defaults are parameters too."""
        shape = shape_of(self.solver.spec.fn)
        leaves = [Value(t) for t in shape.flat_types()]
        params += leaves
        fn = rebuild(shape, iter(leaves))
        assert isinstance(fn, Fn)
        return fn

    def run(self) -> Function:
        previous, self.solver.cx, self.solver.emission = self.solver.cx, self.cx, self
        try:
            for key in self.order:
                self._block(key)
        finally:
            self.solver.cx, self.solver.emission = previous, None
        return self.function

    def _block(self, key: Key) -> None:
        if key != self.solver.entry and key not in self.pending:
            return  # a way that constants have closed meanwhile
        t = self.solver.blocks[key]
        block = self._ir(key)
        self.function.blocks.append(block)
        self.cx.builder.at(block)
        env = self._enter(key, t)
        mark = len(self.function.blocks)
        self.refused = t.error
        try:
            edges = self.solver._run(t, env) if not self.solver.ends(key[0]) else self._return(t, env)
        except Terminated:
            return
        except (UnsupportedError, TypingError) as e:
            self.cx.give_up(mark, e)
            return
        if not edges:
            return
        if len(edges) == 1:
            with suppress(Terminated):
                self.cx.builder.end(Jump(self._edge(edges[0], env)))
            return
        term = key[0].term
        assert isinstance(term, Branch)
        cond = self.solver._read(term.cond, env).leaves[0]
        home, loc = self.cx.builder.block, self.cx.builder.loc
        targets = [self._side_edge(t, i, edge, env) for i, edge in enumerate(edges)]
        self.cx.builder.block, self.cx.builder.loc = home, loc
        self.cx.builder.end(Branch(cond, targets[0], targets[1]))

    def _ir(self, key: Key) -> Block:
        if key not in self.ir:
            self.ir[key] = Block(key[0].name)
        return self.ir[key]

    def _merged(self, key: Key) -> list[Value]:
        """The live-in values that get parameters."""
        t = self.solver.blocks[key]
        return [] if self.incoming[key] <= 1 else [v for v in t.shapes if t.origin[v] == key]

    def _enter(self, key: Key, t: TypedBlock) -> dict[Value, AV]:
        if key == self.solver.entry:
            self.cx.heap = dict(self.objects)
            return {v: self.args[v] for v in t.shapes}
        values, objects = self.pending[key]
        self.cx.heap = dict(objects)
        merged = self._merged(key)
        env = {v: av if v in merged else self._as_analysed(av, t.shapes[v]) for v, av in values.items()}
        block = self._ir(key)
        if self.incoming[key] > 1:
            for v in merged:
                leaves = [Value(ty, v.name if i == 0 else None) for i, ty in enumerate(t.shapes[v].flat_types())]
                block.params += leaves
                env[v] = rebuild(t.shapes[v], iter(leaves))
            objects = {}
            for n, shape in t.heap.items():
                leaves = [Value(ty) for ty in shape.flat_types()]
                block.params += leaves
                objects[n] = rebuild(shape, iter(leaves))
        else:
            objects = {
                n: self._as_analysed(objects[n], shape) if n in objects else rebuild(shape, iter(heap.missing(shape)))
                for n, shape in t.heap.items()
            }
        self.cx.heap = objects
        return env

    def _as_analysed(self, av: AV, shape: Shape) -> AV:
        """A value with no more known about it than when the block was analysed: what raised then raises now."""
        if shape_of(av) == shape:
            return av
        made = rebuild(shape, iter(self.cx.coerce(av, shape)))
        self.analysed[id(made)] = made, av
        return made

    def jump(self, edge: Edge, env: dict[Value, AV], caught: AV) -> None:
        """The end of a way with an exception: on to a handler of this function."""
        with suppress(Terminated):
            self.cx.builder.end(Jump(self._edge(edge, env, caught)))

    def escape(self, av: AV, objects: heap.Heap) -> None:
        """The end of a way with an exception: back to a caller that handles it."""
        spec = self.solver.spec
        if spec.raises is None:  # the analysis ended with an error before callers were told of exceptions
            assert spec.error is not None
            self.cx.builder.throw(self.solver.unit.deferred(spec.error), "")
            return
        self._refused_again(av, spec.raises, objects)
        leaves: list[Value] = []
        if spec.result is not None:
            leaves += [const(True), *(undef(t) for t in spec.result.flat_types())]
        held = heap.heap_leaves(self.cx, objects, dict(spec.object_results))
        self.cx.builder.end(Return([*leaves, *held, *self.cx.coerce(av, spec.raises)]))

    def _refused_again(self, av: AV, known: Shape, objects: heap.Heap) -> None:
        """In a block that the analysis refused: raise its error if that was because what leaves the function here does not go
        with what leaves it elsewhere."""
        if self.refused is not None:
            self.cx.join_optional(known, shape_of(av))
            heap.joined(self.cx, (self.solver.handed_out, heap.shapes(objects)))

    def _edge(self, edge: Edge, env: dict[Value, AV], caught: AV | None = None) -> Edge:
        """An edge with its arguments, converted to what the target expects."""
        solver = self.solver
        values, objects = solver.values(edge, env, caught)
        key = solver._key(edge.target, values, objects)
        t = solver.blocks.get(key)
        if t is None:
            self._fail()
        if self.refused is not None or solver.ended is not None:
            self._check_met(t, values, objects)
        if key not in self.pending:
            self.pending[key] = {v: self.analysed.get(id(av), (av, av))[1] for v, av in values.items()}, objects
        args: list[Value] = []
        for v in self._merged(key):
            args += self.cx.coerce(values[v], t.shapes[v])
        if self.incoming[key] > 1:
            args += heap.heap_leaves(self.cx, objects, t.heap)
        return Edge(self._ir(key), args)

    def _fail(self) -> NoReturn:
        """The analysis ended with an error before it came here."""
        error = self.refused or self.solver.ended or self.solver.spec.error
        assert error is not None
        self.cx.fail(error)

    def _check_met(self, target: TypedBlock, values: dict[Value, AV], objects: heap.Heap) -> None:
        """Where the analysis did not come to an end: what goes along this edge has the form that is expected there."""
        try:
            shapes = [(target.shapes[v], self.cx.join_shapes(target.shapes[v], shape_of(av))) for v, av in values.items()]
            held = heap.joined(self.cx, (target.heap, heap.shapes(objects)))
        except (UnsupportedError, TypingError) as e:
            self.cx.fail(e)
        if held != target.heap or any(known != joined for known, joined in shapes):
            self._fail()

    def _side_edge(self, t: TypedBlock, way: int, edge: Edge, env: dict[Value, AV]) -> Edge:
        """Like `_edge`; conversions that need instructions get a block of their own."""
        side = Block(edge.target.name + ".in")
        self.cx.builder.at(side)
        blocks = len(self.function.blocks)
        held = self.cx.heap
        self.cx.heap = self.solver.narrower_heap(t, way, env, held)
        try:
            made = self._edge(edge, {**env, **self.solver.narrower(t, way, env)})
        except Terminated:
            self.function.blocks.insert(blocks, side)
            return Edge(side)
        finally:
            self.cx.heap = held
        if not side.instrs and self.cx.builder.block is side:
            return made
        self.function.blocks.insert(blocks, side)
        self.cx.builder.end(Jump(made))
        return Edge(side)

    def _return(self, t: TypedBlock, env: dict[Value, AV]) -> list[Edge]:
        self.solver._run(t, env)
        av, objects = self.solver.returned(t, env)
        spec = self.solver.spec
        if spec.result is None:  # the analysis ended with an error before it came to a return
            assert spec.error is not None
            self.cx.fail(spec.error)
        self._refused_again(av, spec.result, objects)
        leaves = [*self.cx.coerce(av, spec.result), *heap.heap_leaves(self.cx, objects, dict(spec.object_results))]
        if spec.raises is not None:
            leaves = [const(False), *leaves, *(undef(t) for t in spec.raises.flat_types())]
        self.cx.builder.end(Return(leaves))
        return []


