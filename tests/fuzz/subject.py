"""A generated program, compiled: the function and its value_and_grad in one LLVM module, and their IR on the way.

    subject = compile_subject(f, argnums, args, level=0)
    subject.primal(*args); subject.gradient(*args)    # native
    subject.tangent(args, directions)                 # the same module in form `loops`, forward, by the IR interpreter
    subject.adjoint(args, policy)                     # the reverse under another tape policy, by the IR interpreter

What the interpreter runs is made before the module is lowered; both need no machine code, so that one LLVM build serves
all oracles.
"""

from __future__ import annotations

import dataclasses
import functools
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import numpy as np

import irad
from fuzz.claims import first_met
from irad.ad import plan
from irad.ad.differentiate import forward, reverse
from irad.infer.shapes import Shape
from irad.infer.unit import Unit
from irad.infer.values import Known, Manner, Seq, of_any_extents
from irad.ir.core import Function, Module
from irad.ir.types import Array, is_differentiable, is_float
from irad.lift import lift
from irad.passes.tools import run_function
from irad.pipeline import (
    Build,
    Program,
    Request,
    begun_anew,
    hand_back,
    lower_module,
    natives,
    prepare,
    reachable_instrs,
    tidy,
)
from irad.runtime.boundary import normalised
from irad.runtime.functions import canonical
from irad.runtime.instance import Instance, resolve
from irad.runtime.plain import leaves_of
from irad.runtime.structures import finished

FUEL = 2_000_000
Policy = Callable[[], Any]


@contextmanager
def costs(tape: Callable[[], int] | None, work: Callable[[], int] | None) -> Iterator[None]:
    """Tape plans by other costs than irad's own."""
    with ExitStack() as stack:
        if tape is not None:
            stack.enter_context(mock.patch.object(plan, "tape_cost", lambda type: tape()))
        if work is not None:
            stack.enter_context(mock.patch.object(plan, "work_cost", lambda recipe: work()))
        yield


def policies(seed: int) -> dict[str, Policy]:
    """Ways to plan the tape: irad's, all that can be taped or computed again, and a random one."""
    rng = random.Random(seed)
    return {
        "default": lambda: costs(None, None),
        "tape": lambda: costs(lambda: 1, lambda: 10**6),
        "recompute": lambda: costs(lambda: 10**6, lambda: 1),
        "random": lambda: costs(lambda: rng.randint(1, 400), lambda: rng.randint(1, 400)),
    }


@dataclasses.dataclass
class Thunk:
    """The IR function that is differentiated, in form `loops`: which parameters are active, what it captured."""

    module: Module
    name: str
    active: tuple[bool, ...]
    request: Request
    inputs: dict[int, Any]
    met: Function  # as range analysis first meets it
    starts_known: bool = False  # whether the first number of the result is known, and so not among its leaves

    def scratch(self) -> Module:
        """The module without derivatives, for another one to be added."""
        kept = {n: f for n, f in self.module.functions.items() if f.name == n and not any(k in n for k in DERIVED)}
        return Module(kept, self.module.symbols, self.module.form)

    def leaves(self, args: tuple[Any, ...]) -> list[Any]:
        """The machine values of an argument list; arrays are copied."""
        found = [leaf for shape, arg in zip(self.request.shapes, args, strict=True) for leaf in machine_values(shape, arg)]
        return [leaf.copy() if isinstance(leaf, np.ndarray) else leaf for leaf in found]

    def active_leaves(self, direction: tuple[Any, ...]) -> list[Any]:
        """Those of a direction in the form of the arguments that belong to what is differentiated."""
        return [leaf for leaf, on in zip(self.leaves(direction), self.active, strict=True) if on]

    def run(self, module: Module, name: str, *args: Any) -> tuple[Any, ...]:
        found = run_function(module, name, *args, inputs=self.inputs, fuel=FUEL)  # type: ignore[arg-type]
        return found if isinstance(found, tuple) else () if found is None else (found,)

    @property
    def function(self) -> Function:
        return self.module.functions[self.name]

    def value(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The leaves of the result."""
        return self.run(self.module, self.name, *self.leaves(args))

    def jvp(self) -> tuple[Module, str]:
        module = self.scratch()
        return module, forward(module, self.name, self.active)

    def vjp(self, policy: Policy) -> tuple[Module, str]:
        module = self.scratch()
        with policy():
            return module, reverse(module, self.name, self.active)

    def tangent(self, args: tuple[Any, ...], directions: list[Any], made: tuple[Module, str] | None = None) -> float:
        """The derivative of the first float result in a direction, one entry for each active leaf."""
        module, name = made or self.jvp()
        found = self.run(module, name, *self.leaves(args), *[np.array(d) if isinstance(d, np.ndarray) else d for d in directions])
        return float(found[len(self.function.results)])

    def adjoint(self, args: tuple[Any, ...], made: tuple[Module, str]) -> list[Any]:
        """The gradient of the first float result: one entry for each active leaf."""
        module, name = made
        results = self.value(args)
        types = self.function.results
        floats = [t for t in types if is_float(t)]
        seeds = [np.zeros_like(r) for r, t in zip(results, types, strict=True) if isinstance(t, Array) and is_differentiable(t)]
        leaves = self.leaves(args)
        arrays = [v for v, on in zip(leaves, self.active, strict=True) if on and isinstance(v, np.ndarray)]
        shadows = [np.zeros(v.shape, v.dtype) for v in arrays]
        out = iter(self.run(module, name, *leaves, 1.0, *[0.0] * (len(floats) - 1), *seeds, *shadows)[len(types):])
        left = iter(shadows)
        kinds = [p.type for p, on in zip(self.function.params, self.active, strict=True) if on]
        return [next(out) if is_float(t) else next(left) for t in kinds]


def machine_values(shape: Shape, arg: Any) -> Iterator[Any]:
    """The leaves of an argument."""
    return leaves_of(shape, canonical(arg, shape))


DERIVED = (".vjp.", ".jvp.", ".aug.", ".rev.")


@dataclasses.dataclass
class Subject:
    """The native functions (`gradient` is None where there is none, `refused` says why) and the IR behind them."""

    primal: Callable[..., Any]
    gradient: Callable[..., Any] | None
    thunk: Thunk | None
    refused: Exception | None = None


def compile_subject(
    f: Any, argnums: tuple[int, ...], args: tuple[Any, ...], level: int = 3, has_aux: bool = False, verify: bool = False,
    while_loops: Callable[[Thunk], None] = lambda thunk: None, general: bool = False,
) -> Subject:
    """Compile a function and its gradient; `while_loops` sees the IR in form `loops`, before it is lowered. general: an array may
    have an axis of one element.

    Raises
    ------
    irad.IradError
        If the function itself is refused.
    """
    low = lowered(f, argnums, args, level, has_aux, verify, while_loops, general)
    programs = natives(low.builds)
    calls = [entered(program, owner, args) for program, owner in zip(programs, low.owners, strict=False)]
    return Subject(calls[0], calls[1] if len(calls) > 1 else None, low.thunk, low.refused)


@dataclasses.dataclass
class Lowered:
    """A function and its gradient in form `low`: all but machine code."""

    owners: list[Any]
    builds: list[Build]
    thunk: Thunk | None
    refused: Exception | None


def lowered(
    f: Any, argnums: tuple[int, ...], args: tuple[Any, ...], level: int, has_aux: bool, verify: bool = False,
    while_loops: Callable[[Thunk], None] = lambda thunk: None, general: bool = False,
) -> Lowered:
    """What `compile_subject` compiles."""
    owners = [irad.compile(f)]
    if argnums:
        owners.append(irad.value_and_grad(f, argnums, has_aux=has_aux))
    refused: Exception | None = None
    try:
        builds = inferred(owners, args, level, verify, general)
    except (irad.IradError, TypeError) as error:
        if len(owners) == 1:
            raise
        refused = error
        builds = inferred(owners[:1], args, level, verify, general)
    thunk = prepared(builds)
    if thunk is not None:
        while_loops(thunk)
    tidy(builds[0].module, [b.entry.name for b in builds])
    for build in builds:
        hand_back(build)
    lower_module(builds[0].module)
    return Lowered(owners, builds, thunk, refused)


def inferred(owners: list[Any], args: tuple[Any, ...], level: int, verify: bool, general: bool) -> list[Build]:
    """Typed IR of several callables in one unit."""
    return begun_anew(lambda manner: in_one_unit(owners, args, level, verify, general, manner))


def in_one_unit(owners: list[Any], args: tuple[Any, ...], level: int, verify: bool, general: bool, manner: Manner) -> list[Build]:
    unit = Unit(lift, manner=manner)
    builds = []
    for owner in owners:
        request = owner._request(args, {})._replace(opt_level=level, verify=verify)
        shapes = tuple(map(of_any_extents, request.shapes)) if general else request.shapes
        entry = unit.entry(request.name, request.target, ("root",), shapes, request.names)
        builds.append(Build(request, unit, entry, unit.module))
    return builds


def prepared(builds: list[Build]) -> Thunk | None:
    """Bring all entries into form `loops`; what is differentiated among them."""
    module = builds[0].module
    specs = [
        i.attrs["callee"] for b in builds for i in reachable_instrs(module, b.entry.name)
        if i.op == "call" and i.attrs["callee"].startswith("vjp:")
    ]
    done: set[str] = set()
    with first_met() as met:
        for build in builds:
            prepare(module, build.entry.name, done)
    if not specs:
        return None
    _, name, active, *_ = specs[0].split(":")
    build = builds[-1]
    inputs = {c.offset: resolve(c.source, build.request.target) for c in build.unit.outside.inputs.values()}
    scratch = Module(dict(module.functions), module.symbols, "loops")
    return Thunk(scratch, name, tuple(bit == "1" for bit in active), build.request, inputs, met[name], starts_known(builds[0]))


def starts_known(build: Build) -> bool:
    """Whether the first number of a result is known."""
    shape = build.entry.result
    while shape is not None and shape.cls is Seq and shape.children:
        shape = shape.children[0]
    return shape is not None and shape.cls is Known


def entered(program: Program, owner: Any, args: tuple[Any, ...]) -> Callable[..., Any]:
    """A program as a function of Python's values."""
    instance = Instance(program, owner, None, functools.partial(type(owner)._fail, program))
    shapes = program.request.shapes

    def call(*given: Any) -> Any:
        result = instance.handle(*[canonical(normalised(a), s) for a, s in zip(given, shapes, strict=True)])
        return result if program.effects is None else finished(result, given, program.effects, program.outside)

    return call
