"""From a Python function to machine code: the whole compiler on one page.

    infer     lift and interpret the call graph with the argument types        -> typed
    optimise  fill in derivatives, inline, clean up                            -> loops
    lower     guards to branches, ownership explicit                           -> low
    native    LLVM text, machine code, the fast entry                          -> Program
"""

from __future__ import annotations

import gc
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from irad.ad.differentiate import forward, reverse
from irad.ad.influence import blunt_inputs
from irad.ad.preaccumulate import preaccumulate, strip_links
from irad.codegen import Emitted, emit_module
from irad.config import CONFIG
from irad.errors import IradError, IradWarning, UnsupportedError, is_own
from irad.infer import rows
from irad.infer.captures import Capture, Guard, Parts
from irad.infer.context import Anew
from irad.infer.shapes import Shape
from irad.infer.unit import Entry, TooDeep, Unit
from irad.infer.values import Manner, Obj, Record, Seq, of_any_extents
from irad.ir.core import UNDEF, Const, Function, Instr, Loc, Module, Return, Value
from irad.ir.types import Array
from irad.lift import lift
from irad.passes.answers import QUESTIONS, answer, captured_arrays, writes_arguments
from irad.passes.cleanup import cleanup
from irad.passes.exclusive import exclusive
from irad.passes.inline import drop_uncalled, inline_calls
from irad.passes.lifetime import lifetime
from irad.passes.lower import lower_guards
from irad.passes.private import private_inputs
from irad.passes.quiet import outside_calls, quieted, without_unseen_settings
from irad.passes.stack import stack
from irad.passes.tools import verify_module
from irad.passes.versions import versions
from irad.runtime import boundary, floatflags, library, wrapper
from irad.runtime.engine import Engine
from irad.runtime.floatflags import Again
from irad.runtime.instance import resolve
from irad.runtime.outlets import Bridge
from irad.runtime.structures import held, is_structure

YOUNG_OBJECTS = 500_000  # made before Python looks for garbage among them
MOST_BEGINNINGS = 16  # each after one more module was imported, or one more form of objects in lists was learnt
WARNED: set[tuple[str, str, str]] = set()  # file, function and argument of a warning that has been given
T = TypeVar("T")
STAGES = ("py", "typed", "loops", "low")


class Request(NamedTuple):
    """What to compile: a callable for arguments of these shapes. `dynamic`: captured ints to be read at run time."""

    target: Any
    shapes: tuple[Shape, ...]
    name: str
    names: tuple[str, ...] = ()  # the last ones of the arguments are passed by these keywords
    dynamic: frozenset[Any] = frozenset()
    opt_level: int = 3
    boundscheck: bool = True
    overflow: str = "raise"
    mode: str = "auto"
    verify: bool = False
    total: bool = False  # one array may be passed at several places of which not all are differentiated
    shares: bool = True  # arrays in the results share memory as in CPython (those of derivatives are new)
    growing_tapes: bool = False  # of counted loops too that an exception may end early


@dataclass(eq=False)
class Build:
    """A compilation on its way: the module in its present form and what inference found out."""

    request: Request
    unit: Unit
    entry: Entry
    module: Module
    returned: list[tuple[int, ...] | None] = field(default_factory=list)  # result leaves that are arguments themselves
    timings: dict[str, float] = field(default_factory=dict)
    warns: bool = False
    sets: bool = False
    again: Again = "never"

    @property
    def root(self) -> Function:
        return self.module.functions[self.entry.name]


@dataclass(eq=False)
class Program:
    """Machine code for one request, and what is needed to call it and to explain it."""

    request: Request
    engine: Engine
    sites: list[Any]
    symbols: dict[str, Any]
    captures: list[Capture]
    capture_keys: list[Any]  # type keys of the captured values when it was compiled
    inputs: list[wrapper.Input]
    guards: list[Guard]
    functions: list[Parts]
    keep: list[Any]
    text: str
    timings: dict[str, float]
    effects: tuple[Any, ...] | None  # objects among the arguments that it changes (see `infer.unit.Entry`)
    speaks: bool  # it calls Python
    sets: bool  # it changes settings of the process, or asks for them
    asks: bool  # it is for functions among the arguments that have no attributes
    changes: bool  # a function that it differentiates changes lists, dicts or objects that it is given
    again: Again
    entry: str = "irad_entry"

    @property
    def address(self) -> int:
        return self.engine.address(self.entry)

    @property
    def slow(self) -> bool:
        """Whether there is something to do around each call."""
        return self.sets or self.asks or self.collides

    @cached_property
    def outside(self) -> frozenset[int]:
        """The objects from outside that the code is for, by identity; what lists and dicts hold is read with these."""
        found: set[int] = set()
        work = [guard.obj for guard in self.guards]
        while work:
            obj = work.pop()
            if id(obj) not in found:
                found.add(id(obj))
                work += held(obj) if type(obj) in (list, dict, tuple) else ()
        return frozenset(found)

    @cached_property
    def collides(self) -> bool:
        """Whether a derivative is not for arguments that are read from outside, too."""
        return self.changes and any(is_structure(guard.obj) for guard in self.guards)


def infer(request: Request) -> Build:
    """Typed IR of the whole call graph."""
    return begun_anew(lambda manner: _infer(request, manner))


def begun_anew(attempt: Callable[[Manner], T]) -> T:
    """What inference gives, begun anew as long as it asks for that."""
    manner = Manner()
    for _ in range(MOST_BEGINNINGS):
        try:
            return attempt(manner)
        except Anew as anew:
            level = max(manner.level, anew.level) if not anew.attributes else manner.level
            attributes = manner.attributes or anew.attributes
            manner = replace(manner, level=level, forms={**manner.forms, **anew.forms}, attributes=attributes)
        except IradError as e:
            if manner.level <= 0:
                raise manner.refused or e from None
            e.whole = True
            manner = Manner(rows.NEVER, refused=e, attributes=manner.attributes)
    return attempt(Manner(rows.NEVER, attributes=manner.attributes))


def _infer(request: Request, manner: Manner) -> Build:
    unit = Unit(lift, request.dynamic, request.boundscheck, request.overflow == "raise", request.mode, request.total, manner)
    shapes = tuple(map(of_any_extents, request.shapes)) if request.total else request.shapes
    try:
        entry = unit.entry(request.name, request.target, ("root",), shapes, request.names)
    except RecursionError as e:
        raise UnsupportedError(
            "calls that are nested too deep to compile", kind="unroll", loc=e.loc if isinstance(e, TooDeep) else None,
            why="each function, and each other type of its arguments, needs code of its own",
            hint="give a recursion arguments of the same types at each level; call fewer functions inside of each other",
        ) from None
    return Build(request, unit, entry, unit.module)


def optimise(build: Build) -> Build:
    """Form `loops`: derivatives filled in, calls inlined, everything simplified."""
    without_unseen_settings(build.module)
    speaks = bool(outside_calls(build.module))
    build.sets = any("sets" in i.attrs for i in outside_calls(build.module))
    if build.request.growing_tapes or speaks:  # a call that has spoken is not made again
        for function in build.module.functions.values():
            function.attrs["growing_tapes"] = True
    prepare(build.module, build.entry.name, set())
    if build.warns:
        warn_of(build)
    build.again = again_by(build)
    tidy(build.module, [build.entry.name])
    return build


def again_by(build: Build) -> Again:
    """How CPython can make a call again whose floating point errors numpy would warn of."""
    functions = build.module.functions
    if not build.unit.floats_of_numpy:
        return "never"
    stored = any(stored for _, stored in captured_arrays(build.module, build.entry.name).values())
    speaks = any("sets" not in i.attrs for i in outside_calls(build.module))
    if speaks or stored or any("writes_captured" in f.attrs for f in functions.values()):
        return "not"
    return "first" if build.entry.effects is not None or writes_arguments(build.module, build.root) else "after"


def tidy(module: Module, roots: list[str]) -> None:
    """Keep what the roots call, cleaned up: the module then has form `loops`."""
    for function in module.functions.values():
        without_slopes(function)
    drop_uncalled(module, roots)
    for name, function in module.functions.items():
        if name not in roots:
            cleanup(function)
    module.form = "loops"


def without_slopes(function: Function) -> None:
    """Remove the derivatives that inference linked to results, which nobody asks for any more."""
    if not any(i.op == "linked" for i in function.instrs()):
        return
    strip_links(function.blocks, kept=True)
    used = {a for i in function.instrs() for a in i.args}
    for block in function.blocks:
        used.update(block.term.args, *(edge.args for edge in block.term.edges))
    for block in function.blocks:
        block.instrs[:] = [i for i in block.instrs if "slope" not in i.attrs or not used.isdisjoint(i.results)]


def prepare(module: Module, name: str, done: set[str]) -> None:
    """Bring a function into form `loops`, the functions whose derivatives it calls first."""
    if name in done:
        return
    done.add(name)
    for rule in rules_of(module.functions[name]):
        prepare(module, rule, done)
    for instr in list(reachable_instrs(module, name)):
        if instr.op in QUESTIONS:
            prepare(module, instr.attrs["callee"], done)
    called = [i.attrs["callee"] for i in reachable_instrs(module, name) if i.op == "call"]
    if any(":" in callee for callee in called):
        module.functions[name].attrs["derived"] = True
    for each in dict.fromkeys((name, *called)):
        if each in module.functions:
            answer(module, module.functions[each])
    for instr in list(reachable_instrs(module, name)):
        if instr.op == "call" and ":" in instr.attrs["callee"]:
            how = {option: instr.attrs.pop(option, False) for option in ("quiet", "every")}
            instr.attrs["callee"] = derivative(module, instr.attrs["callee"], done, **how)
    inline_calls(module, name)
    cleanup(module.functions[name])
    for instr in list(module.functions[name].instrs()):
        if instr.op == "call":  # what is still called recurses
            prepare(module, instr.attrs["callee"], done)


def rules_of(function: Function) -> list[str]:
    """The functions that say what the derivative of this one is (see `ad.rules`)."""
    rule = function.attrs.get("rule", {})
    return [rule[kind] for kind in ("vjp", "jvp", "copy") if rule.get(kind)]


def note_blunt(module: Module, spec: str, every: bool) -> None:
    """Note at a function which is differentiated, and is no derivative itself, its inputs that act through comparisons only."""
    kind, name, *more = spec.split(":")
    function = module.functions[name]
    if kind != "own" and "derived" not in function.attrs:
        active = tuple(bit == "1" for bit in more[0])
        function.attrs["blunt"] = (*function.attrs.get("blunt", ()), *blunt_inputs(function, active, every))


def warn_of(build: Build) -> None:
    """Tell the user of inputs whose derivative is zero, and rarely what is wanted: once for each."""
    for function in build.module.functions.values():
        for blunt in function.attrs.get("blunt", ()):
            place = user_place(blunt.loc or function.loc)
            name = (blunt.param.name or "").partition(".")[0]
            if place is not None and (place.file, place.func, name) not in WARNED:
                WARNED.add((place.file, place.func, name))
                warnings.warn_explicit(IradWarning(
                    f"the derivative by {f'`{name}`' if name else 'an argument'} is zero: the result depends on it only through "
                    f"comparisons or rounding, as in line {place.line} ({place.func}). If the result solves an equation, "
                    "irad.implicit_root (not there yet) will have the derivative that is wanted"
                ), IradWarning, place.file, place.line)


def user_place(loc: Loc | None) -> Loc | None:
    """The innermost place of an inlined chain that is not in Python of irad's own."""
    while loc is not None and (is_own(loc.file) or not loc.line):
        loc = loc.caller
    return loc


class Wanted(NamedTuple):
    """What a module calls for: "vjp" or "jvp" of a function by the parameters in `active`, or "own", its values alone."""

    kind: str
    name: str
    active: tuple[bool, ...]


def wanted(module: Module, spec: str, done: set[str], quiet: bool = False) -> Wanted:
    """What "vjp:NAME:ACTIVE:MODE", "jvp:NAME:ACTIVE" or "own:NAME" stands for (`irad.infer.transforms`), its primal prepared."""
    kind, name, *more = spec.split(":")
    prepare(module, name, done)
    if quiet:
        name = quieted(module, name)
    active, *mode = more or ["", ""]
    mask = tuple(bit == "1" for bit in active)
    if mode == ["auto"]:
        name = preaccumulate(module, name, mask)
    return Wanted(kind, name, mask)


def derivative(module: Module, spec: str, done: set[str], quiet: bool = False, every: bool = False) -> str:
    """The function that such a name stands for. `quiet`: without its prints; `every`: by all arguments that there are."""
    found = wanted(module, spec, done, quiet)
    note_blunt(module, spec, every)
    private_inputs(module, found.name)
    if found.kind == "own":
        return found.name
    return (forward if found.kind == "jvp" else reverse)(module, found.name, found.active)


def reachable_instrs(module: Module, name: str) -> Iterator[Instr]:
    """The instructions of a function and of all that it calls."""
    seen = {name}
    work = [name]
    while work:
        function = module.functions[work.pop()]
        for instr in function.instrs():
            yield instr
            callee = instr.attrs.get("callee") if instr.op == "call" else None
            if callee in module.functions and callee not in seen:
                seen.add(callee)
                work.append(callee)


def lower(build: Build) -> Build:
    """Form `low`. Arguments that the entry returns are handed back by its caller, not by the kernel."""
    hand_back(build)
    lower_module(build.module)
    return build


def hand_back(build: Build) -> None:
    """Take the arguments that the entry returns out of its results."""
    build.returned = returned_params(build)
    for block in build.root.blocks:
        if isinstance(block.term, Return):
            block.term.args = [v for v, path in zip(block.term.args, build.returned, strict=True) if path is None]
    build.root.results = [t for t, path in zip(build.root.results, build.returned, strict=True) if path is None]


def lower_module(module: Module) -> None:
    """Guards to branches, small arrays on the stack, ownership of the others explicit."""
    for function in module.functions.values():
        exclusive(function)
        versions(function)
        lower_guards(function)
        stack(function)
        lifetime(function)
    module.form = "low"


def native(build: Build) -> Program:
    """Machine code with its fast entry."""
    return natives([build])[0]


def natives(builds: list[Build]) -> list[Program]:
    """Machine code with a fast entry for each of several builds that share a unit."""
    unit, module, request = builds[0].unit, builds[0].module, builds[0].request
    known: dict[str, int] = {}
    keep: list[Any] = []

    def symbol(obj: Any) -> str:
        name = f"irad_known_{len(keep)}"
        keep.append(obj)
        known[name] = id(obj)
        return name

    emitted = emit_module(module, *(b.entry.name for b in builds))
    captures = list(unit.outside.inputs.values())
    inputs = [wrapper_input(c, i) for i, c in enumerate(captures)]
    for wanted, name in emitted.bridges.items():
        keep.append(Bridge(module.symbols[wanted.symbol], wanted))
        known[name] = id(keep[-1])
    names = [f"irad_entry{i or ''}" for i in range(len(builds))]
    glue = "".join(entry_text(name, build, emitted, inputs, symbol) for name, build in zip(names, builds, strict=True))
    engine = Engine(emitted.text, library.symbols() | known, request.opt_level, wrapper.complete(glue))
    return [
        Program(
            build.request._replace(target=None), engine, emitted.sites, dict(module.symbols), captures,
            [boundary.key_of(resolve(c.source, build.request.target)) for c in captures], inputs,
            list(unit.outside.guards.values()), list(unit.outside.functions.values()), keep, emitted.text + glue, build.timings,
            build.entry.effects, bool(emitted.bridges), build.sets, build.unit.asks_arguments,
            build.unit.changes_given, build.again, name,
        )
        for name, build in zip(names, builds, strict=True)
    ]


def entry_text(
    name: str, build: Build, emitted: Emitted, inputs: list[wrapper.Input], symbol: Callable[[Any], str],
) -> str:
    """The LLVM text of the fast entry `name` of one build."""
    params = tuple(boundary.param_of(s, symbol) for s in build.entry.args)
    shape = build.entry.result
    result = wrapper.NoneResult() if shape is None else boundary.result_of(shape, symbol, iter(build.returned))
    kernel = emitted.names[build.entry.name]
    return wrapper.emit_entry(name, kernel, params, result, inputs, True, emitted.recursive, build.request.shares,
                              heeds=0 if build.again == "never" else floatflags.mask())


def wrapper_input(capture: Capture, index: int) -> wrapper.Input:
    """A captured value as the entry reads it: cells are numbered, names are looked up in their dict."""
    leaf = boundary.param_of(capture.shape, lambda obj: "")
    assert isinstance(leaf, (wrapper.Scalar, wrapper.Array))
    if capture.source[0] == "global" and len(capture.source) == 3:
        return wrapper.Input(wrapper.Global(capture.source[1], capture.source[2]), leaf)
    return wrapper.Input(wrapper.Cell(index), leaf)


def returned_params(build: Build) -> list[tuple[int, ...] | None]:
    """For each result leaf of the entry: the path of the argument that is returned itself, or None."""
    paths: dict[Value, tuple[int, ...]] = {}
    leaves = iter(build.root.params)

    def walk(shape: Shape, path: tuple[int, ...] | None) -> None:
        for _ in shape.types:
            leaf = next(leaves)
            if path is not None:
                paths[leaf] = path
        in_parts = shape.cls in (Seq, Obj) or (shape.cls is Record and shape.static[0] == "dict")
        for i, child in enumerate(shape.children):
            walk(child, (*path, i) if path is not None and in_parts else None)

    for i, shape in enumerate(build.entry.args):
        walk(shape, (i,))
    ends = [b.term for b in build.root.blocks if isinstance(b.term, Return)]
    if len(ends) != 1:
        return [None] * len(build.root.results)
    return [paths.get(_passed_on(build.root, v)) if isinstance(v.type, Array) else None for v in ends[0].args]


def _passed_on(root: Function, value: Value) -> Value:
    """The value that a block parameter is on all ways on which it is anything."""
    seen: set[Value] = set()
    found: set[Value] = set()
    work = [value]
    while work:
        each = work.pop()
        if each in seen or (isinstance(each, Const) and each.value is UNDEF):
            continue
        seen.add(each)
        block = next((b for b in root.blocks if each in b.params), None)
        if block is None:
            found.add(each)
            continue
        at = block.params.index(each)
        work += [e.args[at] for b in root.blocks if b.term for e in b.term.edges if e.target is block]
    return found.pop() if len(found) == 1 else value


@contextmanager
def collections_deferred() -> Iterator[None]:
    """Python looks for cyclic garbage less often: nearly all that compiling makes lives to its end (15 to 25 % of its time)."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(before[0], YOUNG_OBJECTS), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def compile_program(request: Request) -> Program:
    """The whole way."""
    with collections_deferred():
        return _compile_program(request)


def _compile_program(request: Request) -> Program:
    timings: dict[str, float] = {}
    build: Any = request
    for stage in (infer, optimise, lower, native):
        start = time.perf_counter()
        build = stage(build)
        if stage is infer:
            build.warns = True
        timings[stage.__name__] = time.perf_counter() - start
        if isinstance(build, Build) and build.module.form != "typed" and (request.verify or CONFIG.check):
            verify_module(build.module)
        dump(build)
    assert isinstance(build, Program)
    build.timings = timings
    return build


def dump(build: Build | Program) -> None:
    """Print to stderr what `IRAD_DUMP` asks for."""
    if isinstance(build, Program):
        if "llvm" in CONFIG.dump:
            print(build.text, file=sys.stderr)
    elif build.module.form in CONFIG.dump:
        print(build.module, file=sys.stderr)


def at_stage(request: Request, stage: str) -> Build:
    """The module as it is at a stage ("typed", "loops" or "low")."""
    build = infer(request)
    if stage in ("loops", "low"):
        build = optimise(build)
    return lower(build) if stage == "low" else build
