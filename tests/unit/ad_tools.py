"""A front end for tests of `irad.ad`: a small subset of Python to IR, and checks of derivatives with the IR
interpreter.

Types come from annotations (`F1` is array<float, 1> and so on); `zeros(n)`, `empty(n)`, `view(a, start, count, step)`
and `row(a, i)` make arrays. The check: reverse against forward (dot product), forward against central differences.
"""

from __future__ import annotations

import ast
import textwrap

import numpy as np

from irad.ad import forward, reverse
from irad.ir.build import Builder
from irad.ir.clone import substitute
from irad.ir.core import Block, Edge, Function, Loc, Module, Value, const, undef
from irad.ir.ssa import SSABuilder
from irad.ir.types import BOOL, FLOAT, FLOAT32, INT, Array, Scalar, is_differentiable, is_float
from irad.ops import result_types
from irad.passes.loopform import loopform
from irad.passes.tools import run_function, verify_function

TYPES = {
    "float": FLOAT, "int": INT, "bool": BOOL, "f32": FLOAT32, "F1": Array(FLOAT, 1), "F2": Array(FLOAT, 2),
    "I1": Array(INT, 1), "S1": Array(FLOAT, 1, "A"), "FF": Array(Array(FLOAT, 1), 1),
}
BINARY = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow",
}
COMPARE = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"}


def compile_source(source: str) -> Module:
    """The functions of a program, in form `loops`."""
    tree = ast.parse(textwrap.dedent(source))
    module = Module(form="loops")
    defs = {d.name: d for d in tree.body}
    for d in defs.values():
        _Compiler(module, d, defs).run()
    for function in module.functions.values():
        loopform(function)
        verify_function(function, "loops", module)
    return module


def result_types_of(d: ast.FunctionDef) -> list:
    r = d.returns
    return [] if r is None else [TYPES[e.id] for e in (r.elts if isinstance(r, ast.Tuple) else [r])]


class _Compiler:
    def __init__(self, module: Module, d: ast.FunctionDef, defs: dict) -> None:
        self.d, self.defs, self.module = d, defs, module
        self.types: dict[str, object] = {}
        params = [Value(TYPES[a.annotation.id], a.arg) for a in d.args.args]
        self.func = module.add(Function(d.name, params, result_types_of(d)))
        entry = Block("entry")
        self.func.blocks.append(entry)
        self.b = Builder(self.func, entry, result_types)
        self.ssa = SSABuilder(lambda v: undef(self.types[v]), lambda v: self.types[v], lambda v: v)
        self.ssa.seal(entry)
        self.loops: list[tuple[Block, Block]] = []
        for p in params:
            self.write(p.name, p)

    def run(self) -> None:
        self.body(self.d.body)
        if self.b.block is not None:
            self.b.ret()
        substitute(self.func.blocks, self.ssa.replacements())

    # variables and blocks

    def write(self, name: str, value: Value) -> None:
        assert self.types.setdefault(name, value.type) == value.type, (name, value.type, self.types[name])
        if value.name is None and not hasattr(value, "value"):
            value.name = name
        self.ssa.write(name, self.b.block, value)

    def new(self, name: str) -> Block:
        return self.b.new_block(name)

    def go(self, target: Block) -> None:
        if self.b.block is not None:
            self.b.jump(target)
            self.ssa.add_edge(self.b.block, self.b.block.term.edges[0])

    def fork(self, cond: Value, then: Block, orelse: Block) -> None:
        e1, e2 = Edge(then), Edge(orelse)
        self.b.branch(cond, e1, e2)
        self.ssa.add_edge(self.b.block, e1)
        self.ssa.add_edge(self.b.block, e2)

    def at(self, block: Block, seal: bool = True) -> None:
        if seal:
            self.ssa.seal(block)
        self.b.at(block if block in self.ssa.preds else None)

    # statements

    def body(self, statements: list) -> None:
        for s in statements:
            if self.b.block is None:
                return
            self.b.loc = Loc("test.py", self.d.name, s.lineno, s.col_offset)
            getattr(self, f"do_{type(s).__name__}")(s)

    def do_Pass(self, s) -> None:
        pass

    def do_Expr(self, s) -> None:
        self.values(s.value)

    def do_Assign(self, s) -> None:
        (target,) = s.targets
        values = self.values(s.value)
        for t, v in zip(target.elts if isinstance(target, ast.Tuple) else [target], values, strict=True):
            self.assign(t, v)

    def assign(self, t, v: Value) -> None:
        if isinstance(t, ast.Name):
            if self.types.get(t.id) == FLOAT:
                v = self.to(v, FLOAT)
            self.write(t.id, v)
        else:
            array, index = self.subscript(t)
            self.b.do("store", self.to(v, array.type.elem), array, *index)

    def do_AugAssign(self, s) -> None:
        load = ast.copy_location(ast.parse(ast.unparse(s.target), mode="eval").body, s)
        self.assign(s.target, self.value(ast.copy_location(ast.BinOp(load, s.op, s.value), s)))

    def do_Return(self, s) -> None:
        values = [] if s.value is None else self.values(s.value)
        self.b.ret(*[self.to(v, t) for v, t in zip(values, self.func.results, strict=True)])
        self.b.block = None

    def do_If(self, s) -> None:
        then, orelse, done = self.new("then"), self.new("else"), self.new("join")
        self.fork(self.value(s.test), then, orelse)
        for block, body in ((then, s.body), (orelse, s.orelse)):
            self.at(block)
            self.body(body)
            self.go(done)
        self.at(done)

    def loop(self, test, body, step=None) -> None:
        head, inside, after, done = self.new("for"), self.new("body"), self.new("next"), self.new("done")
        self.go(head)
        self.at(head, seal=False)
        self.fork(test(), inside, done)
        self.at(inside)
        self.loops.append((after, done))
        self.body(body)
        self.loops.pop()
        self.go(after)
        self.at(after)
        if self.b.block is not None:
            if step:
                step()
            self.go(head)
        self.ssa.seal(head)
        self.at(done)

    def do_While(self, s) -> None:
        self.loop(lambda: self.value(s.test), s.body)

    def do_For(self, s) -> None:
        limits = [self.value(a) for a in s.iter.args]
        start, stop = (const(0), limits[0]) if len(limits) == 1 else limits
        name = s.target.id
        hidden = f"{name}.at"
        trip = self.b.op("sub", stop, start) if len(limits) > 1 else stop
        self.write(hidden, const(0))

        def test() -> Value:
            return self.b.op("lt", self.ssa.read(hidden, self.b.block), trip)

        def step() -> None:
            self.write(hidden, self.b.op("add", self.ssa.read(hidden, self.b.block), const(1)))

        def body() -> None:
            at = self.ssa.read(hidden, self.b.block)
            self.write(name, self.b.op("add", start, at) if len(limits) > 1 else at)

        class First(ast.Pass):
            lineno, col_offset = s.lineno, s.col_offset

        self.do_First = lambda _: body()
        self.loop(test, [First(), *s.body], step)

    def do_Break(self, s) -> None:
        self.go(self.loops[-1][1])
        self.b.block = None

    def do_Continue(self, s) -> None:
        self.go(self.loops[-1][0])
        self.b.block = None

    def do_Raise(self, s) -> None:
        self.b.throw("ValueError", "no")
        self.b.block = None

    # expressions

    def to(self, v: Value, t) -> Value:
        if v.type == t:
            return v
        if isinstance(v.type, Scalar) and hasattr(v, "value"):
            return type(v)(t, float(v.value) if t.is_float else v.value)
        assert isinstance(t, Scalar), (v, t)
        return self.b.op("cast", v, to=str(t))

    def value(self, e) -> Value:
        (v,) = self.values(e)
        return v

    def values(self, e) -> list[Value]:
        made = getattr(self, f"ex_{type(e).__name__}")(e)
        return made if isinstance(made, list) else [made]

    def ex_Tuple(self, e):
        return [self.value(x) for x in e.elts]

    def ex_Constant(self, e):
        return const(e.value)

    def ex_Name(self, e):
        return self.ssa.read(e.id, self.b.block)

    def ex_BinOp(self, e):
        x, y = self.value(e.left), self.value(e.right)
        op = BINARY[type(e.op)]
        if is_float(x.type) or is_float(y.type) or op in ("div", "pow"):
            kind = x.type if is_float(x.type) else y.type if is_float(y.type) else FLOAT
            x, y = self.to(x, kind), self.to(y, kind)
        return self.b.op(op, x, y)

    def ex_UnaryOp(self, e):
        return self.b.op("not" if isinstance(e.op, ast.Not) else "neg", self.value(e.operand))

    def ex_Compare(self, e):
        x, y = self.value(e.left), self.value(e.comparators[0])
        if is_float(x.type) or is_float(y.type):
            x, y = self.to(x, FLOAT), self.to(y, FLOAT)
        return self.b.op(COMPARE[type(e.ops[0])], x, y)

    def ex_BoolOp(self, e):
        result = self.value(e.values[0])
        for other in e.values[1:]:
            result = self.b.op("and" if isinstance(e.op, ast.And) else "or", result, self.value(other))
        return result

    def subscript(self, e):
        array = self.value(e.value)
        index = self.values(e.slice)
        return array, index

    def ex_Subscript(self, e):
        array, index = self.subscript(e)
        return self.b.op("load", array, *index)

    def ex_Call(self, e):
        name, args = e.func.id, [self.value(a) for a in e.args]
        if name in self.defs:
            types = result_types_of(self.defs[name])
            params = [TYPES[a.annotation.id] for a in self.defs[name].args.args]
            args = [self.to(a, t) for a, t in zip(args, params, strict=True)]
            return list(self.b.do("call", *args, callee=name, types=tuple(str(t) for t in types)))
        if name in ("zeros", "empty"):
            return self.b.op("alloc", *args, elem="float", zero=name == "zeros")
        if name == "arrays":
            return self.b.op("alloc", *args, elem="array<float, 1>", zero=True)
        if name == "len":
            return self.b.op("dim", args[0], axis=0)
        if name == "view":
            return self.b.op("view", *args, drop=(), layout="A")
        if name == "row":
            n = self.b.op("dim", args[0], axis=1)
            return self.b.op("view", args[0], args[1], const(1), const(1), const(0), n, const(1), drop=(0,), layout="C")
        if name in ("float", "int", "f32"):
            return self.to(args[0], TYPES[name])
        return self.b.op(name, *[self.to(a, FLOAT) if a.type == INT else a for a in args])


# checks


def add_form(module: Module, name: str, optimise: bool = False) -> Function:
    """Verify what `ad` made, and bring it into form `loops`."""
    function = module.functions[name]
    verify_function(function, "typed", module)
    loopform(function)
    verify_function(function, "loops", module)
    if optimise:
        from irad.passes.dce import dce
        from irad.passes.gvn import gvn
        from irad.passes.simplify import simplify
        for p in (simplify, gvn, simplify, dce):
            p(function)
        verify_function(function, "loops", module)
    return function


def finish(module: Module, optimise: bool = False) -> None:
    """`add_form` for every function that is not in form `loops` yet."""
    for name, function in module.functions.items():
        if function.attrs.get("done") != name:  # derivatives inherit attributes
            add_form(module, name, optimise)
            function.attrs["done"] = name


def run(module: Module, name: str, args: list) -> list:
    """Results, then the final contents of the float arrays among the arguments; the arguments are not changed."""
    args = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
    results = run_function(module, name, *args, fuel=10**5)
    results = () if results is None else results if isinstance(results, tuple) else (results,)
    return [*results, *(a for a in args if isinstance(a, np.ndarray) and a.dtype.kind == "f")]


def dot(xs: list, ys: list) -> float:
    return float(sum(np.sum(np.asarray(x) * y) for x, y in zip(xs, ys, strict=True)))


def random_like(rng, x):
    return rng.normal(size=x.shape) if isinstance(x, np.ndarray) else float(rng.normal())


def jvp(module: Module, name: str, active: tuple, args: list, tangents: list) -> list:
    """Tangents of float results, of active float arrays after the call."""
    made = forward(module, name, active)
    finish(module)
    function = module.functions[name]
    shadows = [t.copy() if isinstance(t, np.ndarray) else t for t in tangents]
    args = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
    out = run_function(module, made, *args, *shadows, fuel=10**5)
    out = out if isinstance(out, tuple) else () if out is None else (out,)
    return [*out[len(function.results):], *(t for t in shadows if isinstance(t, np.ndarray))]


def vjp(module: Module, name: str, active: tuple, args: list, cotangents: list) -> list:
    """Cotangents of the active arguments; `cotangents`: of float results, then of float arrays after the call."""
    made = reverse(module, name, active)
    finish(module)
    function = module.functions[name]
    outs = [t for t in function.results if is_differentiable(t)]
    given = cotangents[:len(outs)]
    floats = [c for c, t in zip(given, outs, strict=True) if is_float(t)]
    seeds = [c.copy() for c, t in zip(given, outs, strict=True) if not is_float(t)]
    shadows = [c.copy() for c in cotangents[len(outs):]]
    args = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
    out = run_function(module, made, *args, *floats, *seeds, *shadows, fuel=10**5)
    out = out if isinstance(out, tuple) else () if out is None else (out,)
    found, left = list(out[len(function.results):]), list(shadows)
    kinds = [p.type for p, on in zip(function.params, active, strict=True) if on]
    return [found.pop(0) if is_float(t) else left.pop(0) for t in kinds]


def check(module: Module | str, args: list, active: tuple | None = None, name: str = "f", second: bool = False,
          rtol: float = 1e-12, h: float = 1e-5, fd: float = 1e-6) -> Module:
    """Reverse against forward, forward against central differences, at `args`."""
    if isinstance(module, str):
        module = compile_source(module)
    function = module.functions[name]
    if active is None:
        active = tuple(is_differentiable(p.type) for p in function.params)
    rng = np.random.default_rng(0)
    inputs = [a for a, on in zip(args, active, strict=True) if on]
    tangents = [random_like(rng, a) for a in inputs]
    finish(module)
    outs = jvp(module, name, active, args, tangents)
    cotangents = [random_like(rng, o) for o in outs]
    back = vjp(module, name, active, args, cotangents)
    left, right = dot(cotangents, outs), dot(back, tangents)
    scale = sum(abs(dot([x], [y])) for x, y in zip([*cotangents, *back], [*outs, *tangents], strict=True)) + 1e-30
    assert abs(left - right) <= rtol * scale, (left, right)

    def moved(step: float) -> list:
        shifted, rest = [], list(tangents)
        for a, on in zip(args, active, strict=True):
            shifted.append(a + step * rest.pop(0) if on else a)
        values = run(module, name, shifted)
        kept = [v for v, t in zip(values, function.results, strict=False) if is_differentiable(t)]
        arrays = iter(values[len(function.results):])
        finals = [next(arrays) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else None for a in args]
        return [*kept, *(f for f, on in zip(finals, active, strict=True) if on and f is not None)]

    points = [moved(k * h) for k in (1, -1, 2, -2)]  # differences of fourth order
    difference = [
        (8 * (np.asarray(u) - d) - (np.asarray(uu) - dd)) / (12 * h) for u, d, uu, dd in zip(*points, strict=True)
    ]
    for have, want in zip(outs, difference, strict=True):
        np.testing.assert_allclose(have, want, rtol=fd, atol=fd * (1 + np.max(np.abs(want), initial=0)))
    if second:
        made = reverse(module, name, active)
        inner = module.functions[made]
        shadows = [c for c in cotangents[len([t for t in function.results if is_differentiable(t)]):]]
        seeds = cotangents[:len(cotangents) - len(shadows)]
        outs_types = [t for t in function.results if is_differentiable(t)]
        ordered = [c for c, t in zip(seeds, outs_types, strict=True) if is_float(t)]
        ordered += [c for c, t in zip(seeds, outs_types, strict=True) if not is_float(t)]
        mask = tuple(is_differentiable(p.type) for p in inner.params)
        if not active == tuple(is_differentiable(p.type) for p in function.params):
            mask = (*active, *mask[len(active):])
        check(module, [*args, *ordered, *shadows], mask, made, rtol=rtol * 10, fd=fd * 100)
    return module
