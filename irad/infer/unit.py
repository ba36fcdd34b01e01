"""A compile unit: the specialisations of one entry's call graph, what they captured from outside, and their module."""

from __future__ import annotations

import builtins
import functools
import itertools
import math
import os
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

import irad.lib
from irad.errors import Identical, IradError, UnsupportedError
from irad.infer import heap, trees
from irad.infer.exceptions import MOST_PLACES
from irad.infer.explanations import explains
from irad.infer.kinds import MACHINE, dtype_kind, kind_of
from irad.infer.made import Classes, RunTime
from irad.infer.shapes import AV, Shape, flatten, rebuild, shape_of
from irad.infer.values import (
    UNBOUND_AV,
    Arr,
    Bound,
    Cell,
    Fn,
    FrozenCell,
    Known,
    Manner,
    Name,
    Num,
    ObjKey,
    Partial,
    Record,
    Ref,
    Seq,
    array_shape,
    arrays_in,
    int_const,
)
from irad.ir.build import Builder
from irad.ir.core import Block, Const, Function, Loc, Module, Value
from irad.ir.types import BOOL, Array, Type, nbytes

MAX_FORMS = 16
Lift = Callable[[types.CodeType], Function]
Source = tuple[Any, ...]


LIBRARY = os.path.dirname(irad.lib.__file__ or "")
MOST_ROUNDS = 32  # analyses of one specialisation until its result is stable


def of_library(source: Source) -> bool:
    """Whether a captured value is a global of `irad.lib`, which nobody changes."""
    return len(source) == 3 and source[0] == "global" and str(source[1].get("__file__", "")).startswith(LIBRARY)


def source_key(source: Source) -> Any:
    """A source as a dictionary key."""
    return tuple(ObjKey(step) for step in source)


@dataclass(eq=False)
class Capture:
    """A captured value that is read at each call: where it is, what it must look like, its place among the inputs.

    `source` is ("global", dict, name) or ("root", "closure", i, ...): steps from the entry's function object, where
    "closure", i goes to the content of a cell, ("attr", name) to an attribute and ("global", dict, name) starts anew.
    """

    source: Source
    shape: Shape
    offset: int


@dataclass(eq=False)
class Guard:
    """A captured value that the code is specialised for: `source` must still hold `obj`."""

    source: Source
    obj: Any


@dataclass(eq=False)
class Parts:
    """What the code took from a function object: these can be replaced in it, and then the code is for another one."""

    source: Source
    code: types.CodeType
    space: dict[str, Any]
    defaults: tuple[Any, ...] | None
    kwdefaults: dict[str, Any] | None

    @classmethod
    def of(cls, source: Source, f: types.FunctionType) -> Parts:
        return cls(source, f.__code__, f.__globals__, f.__defaults__, dict(f.__kwdefaults__) if f.__kwdefaults__ else None)


@dataclass(eq=False)
class Spec:
    """A function specialised for the shapes of its arguments (and of the objects that it can reach)."""

    name: str
    fn: Fn
    args: tuple[Shape, ...]
    objects: tuple[tuple[Name, Shape], ...]
    unroll: bool = False  # loops over short known ranges are unrolled
    catching: bool = False  # the caller handles exceptions: they are results
    result: Shape | None = None
    raises: Shape | None = None  # the exceptions that are results
    object_results: tuple[tuple[Name, Shape], ...] = ()  # objects that it changed, and new ones that it hands out
    written: frozenset[Name] = frozenset()  # those of `objects` that it changed
    error: IradError | None = None  # what is met in it whatever its branches decide
    busy: bool = False
    recursive: bool = False
    solver: Any = None
    rounds: int = 0
    dependents: set[Spec] = field(default_factory=set)
    point: Any = None  # of a generator: the block where this step of it begins; `args` are what is live there
    strict: bool = False  # warnings are exceptions (see `strict`)
    stop: Any = None  # and the block where it waits without having yielded (see `generators.started`)

    def result_types(self) -> list[Type]:
        """What the typed function returns: whether it raised (if both can be), its result, objects, the exception."""
        shapes = [s for s in (self.result, *(s for _, s in self.object_results), self.raises) if s is not None]
        types = [t for shape in shapes for t in shape.flat_types()]
        return [BOOL, *types] if self.result is not None and self.raises is not None else types


class Unit:
    """What the inference of one entry shares."""

    def __init__(
        self, lift: Lift, dynamic: frozenset[Any] = frozenset(), boundscheck: bool = True, overflow_checks: bool = True,
        mode: str = "auto", total: bool = True, manner: Manner | None = None,
    ) -> None:
        from irad.infer.meanings import is_primitive

        self.unchecked = {name for name, on in (("IndexError", boundscheck), ("OverflowError", overflow_checks)) if not on}

        self.lift = lift
        self.mode = mode
        self.manner = manner or Manner()  # how objects in lists of run-time length are held
        # code for all calls: derivatives asked for from outside know places that are one array (see `infer.private`), and no
        # extents of arguments are taken to be other than 1
        self.total = total
        self.assumes = False  # whether the code relies on extents that are not 1
        self.dynamic = dynamic  # keys of sources of ints that change so often that they are read at run time
        self.is_primitive = is_primitive
        self.module = Module(form="typed")
        self.crowds: dict[Any, bool] = {}
        self.alike: dict[Any, frozenset[int]] = {}
        self.lengths: dict[Any, frozenset[Name]] = {}
        self.specs: dict[Any, Spec] = {}
        self.captures: dict[Any, Capture] = {}
        self.guards: dict[Any, Guard] = {}
        self.asked: set[Any] = set()  # what of classes is guarded already (see `lookups.lookup`)
        self.functions: dict[Any, Parts] = {}  # the function objects whose parts the code is for, by their sources
        self.thunks: dict[Any, Any] = {}  # functions whose derivative is called, by the shapes of their parts
        self.words = 0
        self.interpretations = 0
        self.block_count = 0
        self.of_code: dict[Any, list[Spec]] = {}
        self.queue: list[Spec] = []  # specialisations that are called and not emitted yet
        self.places = [Loc("", "", 0)]  # where exceptions that are caught came from; the first: unknown
        self._numbers_of_places: dict[Loc | None, int] = {}
        self.floats_of_numpy = False  # whether it computes with them: numpy would warn
        self.keep: list[Any] = []  # objects whose identity is used as a key
        self.filters: list[IradError] = []  # why it may not warn
        self.numbers = itertools.count()  # names of new objects
        self.sets: dict[Any, Any] = {}  # what sets of compiled code hold, by how they were made
        self.rows_again = False  # whether an inner list has been put into a list (see `rows`) that was in one before
        self.numbered: list[Any] = []  # lists of lists in the result, see `numbered`
        self.origins: dict[int, Any] = {}  # of such a set, by its identity: how to make another one
        self.answers: dict[Any, Any] = {}  # what Python said of functions (`introspection`): one object for each question
        self.changing: list[Any] = []  # objects from outside that are changed while they are differentiated (see `overlay`)
        self.sites: dict[Any, Any] = {}
        self.tuples: dict[Any, type] = {}  # classes of named tuples that it makes
        self.classes = Classes()  # those that `class` statements have made
        self.thunk_depth = 0
        self._names: set[str] = set()
        self._origin: dict[int, Source] = {}

    # -- names ---------------------------------------------------------------------------------------------------

    def unique(self, name: str) -> str:
        """A function name not yet used in the module."""
        base = "".join(c if c.isalnum() or c in "_." else "_" for c in name.replace("<locals>.", "")).strip("_") or "f"
        found, n = base, 0
        while found in self._names:
            n += 1
            found = f"{base}.{n}"
        self._names.add(found)
        return found

    def symbol(self, obj: Any, hint: str) -> str:
        """The name under which IR text refers to a Python object."""
        for name, known in self.module.symbols.items():
            if known is obj:
                return name
        name, n = hint, 0
        while name in self.module.symbols:
            n += 1
            name = f"{hint}.{n}"
        self.module.symbols[name] = obj
        return name

    def place(self, loc: Loc | None) -> int:
        """The number of a place where an exception is raised."""
        number = self._numbers_of_places.get(loc, 0)
        if number or loc is None or len(self.places) == MOST_PLACES:
            return number
        number = self._numbers_of_places[loc] = len(self.places)
        self.places.append(loc)
        return number

    def deferred(self, error: IradError) -> str:
        """The exception name of an error that is only raised if its place is reached."""
        return "@" + self.symbol(error, "deferred")

    # -- captured objects ----------------------------------------------------------------------------------------

    def global_value(self, builder: Builder, table: dict[str, Any], name: str) -> AV | None:
        """The abstract value of a global or builtin name; None if there is none."""
        if name in table:
            return self.captured(builder, table[name], ("global", table, name))
        builtins = table.get("__builtins__", __builtins__)
        space = builtins if isinstance(builtins, dict) else vars(builtins)
        self.guard(("absent", table, name), None)
        if name not in space:
            self.guard(("absent", space, name), None)
            return None
        return self.captured(builder, space[name], ("global", space, name))

    def captured(self, builder: Builder, obj: Any, source: Source) -> AV:
        """A value from outside: numbers and arrays that may change are inputs, the rest is known and guarded.

        So is what is infinite or not a number, which stands for a case (no bound, nothing found yet).
        """
        from irad.infer.foreign import followed, meaning_of, own_of_numba, transform_of, wrapper_of
        from irad.infer.objects import written_in_python
        from irad.infer.outside import (
            CONTENT,
            MOST_ITEMS,
            OTHERS,
            Content,
            captured_container,
            guard_contents,
            guard_form,
            is_container,
            is_object_array,
        )

        if isinstance(obj, RunTime):
            return obj.link
        kind = kind_of(obj)
        if kind and MACHINE[kind].is_float and of_library(source):
            return Known(obj)
        if kind and MACHINE[kind].is_float and not math.isfinite(obj):
            self.guard(source, obj)
            return Known(obj)
        if kind and (MACHINE[kind].is_float or source_key(source) in self.dynamic):
            return Num(kind, self.input(builder, source, Shape(Num, (kind,), (), (MACHINE[kind],))))
        if type(obj) is np.ndarray:
            found = dtype_kind(obj.dtype)
            if found is not None:
                layout = "C" if obj.flags.c_contiguous else "A"
                array = Array(MACHINE[found], obj.ndim, layout)
                writeable = bool(obj.flags.writeable)
                return Arr(found, self.input(builder, source, array_shape(found, array, writeable)), writeable)
        if isinstance(obj, types.FunctionType):
            self.guard(source, obj)
            return Known(obj) if self.is_primitive(obj) or explains(obj) else self.function(builder, obj, source)
        path = () if self.is_primitive(obj) else wrapper_of(obj)
        if path:
            self.guard(source, obj)
            steps = [part for name in path for part in ("attr", name)]
            return meaning_of(obj, path, self.captured(builder, followed(obj, path), (*source, *steps)))
        if type(obj) is np.vectorize:
            from irad.infer.vectorized import of_object

            options = of_object(obj)
            if options is not None:
                self.guard(source, obj)
                return Record(("vectorized", *options), (self.captured(builder, obj.pyfunc, (*source, "attr", "pyfunc")),))
        transform = transform_of(obj)
        if transform is not None:
            self.guard(source, obj)
            name, options, inner = transform
            callee = self.captured(builder, inner, (*source, "attr", "__wrapped__"))
            return callee if name == "compile" else Record(("transform", name, options), (callee,))
        if isinstance(obj, functools.partial):
            self.guard(source, obj)
            if obj.keywords:
                self.guard((*source, "attr", "keywords", CONTENT, 0), Content(obj.keywords))
            keywords = {k: self.captured(builder, v, (*source, "keywords", k)) for k, v in obj.keywords.items()}
            args = tuple(self.captured(builder, v, (*source, "args", i)) for i, v in enumerate(obj.args))
            return Partial(self.captured(builder, obj.func, (*source, "attr", "func")), args, keywords)
        if isinstance(obj, types.MethodType):
            self.guard(source, obj)
            return Bound(obj.__func__, self.captured(builder, obj.__self__, (*source, "attr", "__self__")))
        if is_container(obj):
            return captured_container(self, builder, obj, source)
        if is_object_array(obj) and len(obj) <= MOST_ITEMS:
            self.guard((*source, CONTENT, 0), Content(obj))
        if isinstance(obj, bytearray):
            raise UnsupportedError(
                "a bytearray from outside of the function", kind="object", loc=builder.loc, why="irad has no arrays of bytes",
                hint="make it an array, or pass its items as arguments",
            )
        own = own_of_numba(obj)
        if own is not None:
            raise UnsupportedError(
                f"{own[0]} from outside of the function", kind="object", loc=builder.loc, why="its code is numba's",
                hint=f"use {own[1]}",
            )
        self.guard(source, obj)
        if isinstance(obj, OTHERS):
            guard_contents(self, obj, source)
        if written_in_python(type(obj)):
            guard_form(self, obj)
        return Known(obj)

    def function(self, builder: Builder, obj: types.FunctionType, source: Source) -> Fn:
        """A Python function object by its parts; what its cells hold is captured in turn."""
        from irad.infer.outside import FILLED

        cells: list[AV] = []
        if not obj.__code__.co_filename.startswith(LIBRARY):
            self.functions.setdefault(source_key(source), Parts.of(source, obj))
        self._origin[id(obj)] = source
        for i, cell in enumerate(obj.__closure__ or ()):
            if id(cell) in self.classes.linked:
                cells.append(Cell(self.classes.linked[id(cell)]))
                continue
            try:
                content = cell.cell_contents
            except ValueError:
                self.guard((*source, FILLED, i), False)
                cells.append(FrozenCell(UNBOUND_AV))
                continue
            recursive = isinstance(content, types.FunctionType) and id(content) in self._origin
            if recursive:
                self.guard((*source, "closure", i), content)
            cells.append(FrozenCell(Known(content) if recursive else self.captured(builder, content, (*source, "closure", i))))
        del self._origin[id(obj)]
        defaults = tuple(self.captured(builder, d, (*source, "defaults", i)) for i, d in enumerate(obj.__defaults__ or ()))
        named = (obj.__kwdefaults__ or {}).items()
        kwdefaults = tuple((k, self.captured(builder, v, (*source, "kwdefaults", k))) for k, v in named)
        return Fn(obj.__code__, obj.__globals__, defaults, kwdefaults, tuple(cells), obj.__qualname__)

    def input(self, builder: Builder, source: Source, shape: Shape) -> Any:
        """The SSA value of a captured value: op `input` at the word offset of its capture."""
        key = source_key(source)
        capture = self.captures.get(key)
        if capture is None:
            capture = self.captures[key] = Capture(source, shape, self.words)
            self.words += nbytes(shape.types[0]) // 8 if isinstance(shape.types[0], Array) else 1
        return builder.op("input", index=capture.offset, type=str(shape.types[0]))

    def guard(self, source: Source, obj: Any) -> None:
        """Note that the code is for this object; the entry's own callable is looked up by its code, not guarded."""
        if source == ("root",):
            return
        self.guards.setdefault(source_key(source), Guard(source, obj))

    # -- specialisations -----------------------------------------------------------------------------------------

    def spec(
        self, fn: Fn, args: tuple[AV, ...], objects: dict[Name, AV], catching: bool = False, point: Any = None,
        stop: Any = None, site: Any = None, strict: bool = False,
    ) -> Spec:
        """The specialisation of a function for these arguments (created if new, not yet analysed)."""
        shapes = tuple(shape_of(a) for a in args)
        held = tuple((n, shape_of(c)) for n, c in objects.items())
        key = (shape_of(fn), shapes, held, catching, point, stop, site, strict)
        found = self.specs.get(key)
        if found is None:
            name = self.unique(f"{fn.name}.try" if catching else fn.name)
            found = self.specs[key] = Spec(name, fn, shapes, held, catching=catching, point=point, stop=stop, strict=strict)
            self.of_code.setdefault(fn.code, []).append(found)
        return found

    def site(self, fn: Fn, cx: Any) -> Any:
        """Where a function is called that makes a class: each place has a class of its own, but for recursive calls.

        The answer for one call stays what it was, so that a function is emitted as it was analysed.
        """
        source = self.lift(fn.code)
        if "makes class" not in source.attrs:
            source.attrs["makes class"] = any(
                isinstance(a, Const) and a.value is builtins.__build_class__ for i in source.instrs() for a in i.args[:1]
            )
        if not source.attrs["makes class"]:
            return None
        key = (fn.code, cx.solver and id(cx.solver.spec), cx.loc)
        if key not in self.sites:
            self.sites[key] = None if any(s.busy for s in self.of_code.get(fn.code, ())) else key
        return self.sites[key]

    def crowded(self, fn: Fn, args: tuple[Shape, ...]) -> bool:
        """Whether a function should not be specialised for further known numbers: it recurses, or has many forms already.

        The answer for one call stays what it was, so that a function is emitted as it was analysed. The functions of
        `irad.lib` recurse over axes, which are known numbers and few.
        """
        key = (shape_of(fn), args)
        found = self.crowds.get(key)
        if found is None:
            found = self.crowds[key] = not fn.code.co_filename.startswith(LIBRARY) and self._crowded(fn)
        return found

    def _crowded(self, fn: Fn) -> bool:
        specs = self.of_code.get(fn.code, ())
        return len(specs) >= MAX_FORMS or any(spec.recursive or spec.busy for spec in specs)

    def unvaried(self, fn: Fn, args: tuple[Shape, ...]) -> frozenset[int]:
        """The arguments that are alike in all calls of a recursive function around this one: known numbers among them stay known.

        So do all of a call from outside of the recursion, while the function has few forms. The answer for one call stays what
        it was, so that a function is emitted as it was analysed.
        """
        key = (shape_of(fn), args)
        found = self.alike.get(key)
        if found is None:
            specs = self.of_code.get(fn.code, [])
            around = [spec for spec in specs if spec.busy] or (specs if len(specs) >= MAX_FORMS else [])
            found = self.alike[key] = frozenset(
                i for i, shape in enumerate(args) if all(i < len(spec.args) and spec.args[i] == shape for spec in around)
            )
        return found

    def lengthening(self, fn: Fn, objects: tuple[tuple[Name, Shape], ...], loc: Loc | None) -> frozenset[Name]:
        """The lists among these objects that calls of a recursive function around this one have with another length.

        The answer stays what it was, so that a function is emitted as it was analysed.
        """
        key = (shape_of(fn), objects)
        found = self.lengths.get(key)
        if found is None:
            outer = [dict(spec.objects) for spec in self.of_code.get(fn.code, ()) if spec.busy]
            if len(outer) > MAX_FORMS:
                raise UnsupportedError(
                    "a recursion that passes on lists, dicts or objects of another form at each level", kind="object", loc=loc,
                    why="compiled code has one form of a function for each form of its arguments",
                    hint="keep the numbers in an array, or use a loop",
                )
            found = self.lengths[key] = frozenset(
                name for name, shape in objects if shape.cls is Seq and shape.static is list and shape.children
                and any(name in held and held[name] != shape for held in outer)
            )
        return found

    def analysed(self, spec: Spec, caller: Any) -> None:
        """Make sure that the result shape of a specialisation is known, as far as recursion allows."""
        if caller is not None:
            spec.dependents.add(caller.spec)
        if spec.solver is not None:
            spec.recursive = spec.recursive or spec.busy
            if spec.error is not None and not spec.busy:  # asked for again
                raise spec.error
            return
        while True:
            spec.busy = True
            try:
                self._analyse(spec)
            finally:
                spec.busy = False
            if not self._settle(spec):
                return

    def _analyse(self, spec: Spec) -> None:
        """Analyse once; where what meets in loops has no common form, once more with short loops over known ranges unrolled."""
        from irad.infer.solve import Solver

        solver = spec.solver = Solver(self, spec)
        spec.error = solver.analyse()
        if solver.ranges and solver.troubles() and not spec.unroll:
            spec.unroll = True
            other = spec.solver = Solver(self, spec)
            error = other.analyse()
            if (error is None or spec.error is not None) and other.troubles() < solver.troubles():
                spec.error = error
            else:
                spec.unroll, spec.solver = False, solver
        if spec.error is not None:
            raise spec.error

    def _settle(self, spec: Spec) -> bool:
        """Take over the result of an analysis; whether it has to be repeated because a recursive call saw less."""
        solver = spec.solver
        # what a recursive call was told before stays true, or this need not end
        result = solver.cx.join_optional(spec.result, solver.returns)
        raises = solver.cx.join_optional(spec.raises, solver.raises)
        given = {n for n, _ in spec.objects}
        written = spec.written | (solver.cx.written & given)
        handed = {n: s for n, s in solver.handed_out.items() if n in written or n not in given}
        objects = tuple(heap.joined(solver.cx, (dict(spec.object_results), handed)).items())
        ends = result is not None or raises is not None
        same = (objects, written) == (spec.object_results, spec.written)
        if (result, raises) == (spec.result, spec.raises) and (same or not ends):
            spec.written = written  # also of a function that never returns
            return False
        spec.rounds += 1
        if spec.rounds > MOST_ROUNDS:
            solver.cx.mistyped(
                f"the result of the recursive function {spec.fn.name} has no fixed form", kind="return",
                why="each call returns more than the one inside it", hint="return the same type from every call",
            )
        spec.result, spec.raises, spec.object_results, spec.written = result, raises, objects, written
        again = False
        work = [spec]
        seen = {spec}
        while work:  # whoever used the old result is analysed again: itself now, others when they are next asked for
            for user in work.pop().dependents:
                if user is spec:
                    again = True
                elif user not in seen and not user.busy and user.solver is not None:
                    seen.add(user)
                    user.solver = None
                    work.append(user)
                    if spec in user.dependents:
                        again = True
        return again

    def requested(self, spec: Spec) -> None:
        """A call of this specialisation was emitted."""
        self.queue.append(spec)

    def entry(self, name: str, obj: Any, root: Any, args: tuple[Shape, ...], names: tuple[str, ...] = ()) -> Entry:
        """Infer the whole call graph of `obj(*args)`; the module then has a function of this name.

        `root` is the callable's source for captured values. Arguments of a shape without leaves are known; the last
        ones are passed by the keywords `names`.
        """
        name = self.unique(name)
        found, changes = self._entry(name, obj, root, args, names, False)
        if changes:
            if not self.thunks:  # what these call is asked for once
                self.queue.clear()
            found, _ = self._entry(name, obj, root, args, names, True)
        self._emit_queue()
        if self.assumes:
            self._leave_if_single(self.module.functions[name], args)
        return found

    def _leave_if_single(self, function: Function, args: Sequence[Shape]) -> None:
        """First thing, see that extents which are taken not to be 1 are not: else the call is made again, with code for all."""
        from irad.infer.context import Context

        home = Block("entry")
        cx = Context(self, function)
        cx.builder.at(home)
        leaves = iter(function.params)
        for shape in args:
            for a in arrays_in(rebuild(shape, leaves)):
                for axis, known in enumerate(a.extents):
                    if known == "+":
                        many = cx.op("ne", cx.op("dim", a.value, axis=axis), int_const(1))
                        cx.guard(many, Identical.__name__, "an axis of an argument has one element")
        function.blocks[0].instrs[:0] = home.instrs

    def _entry(
        self, name: str, obj: Any, root: Any, args: tuple[Shape, ...], names: tuple[str, ...], catching: bool,
    ) -> tuple[Entry, bool]:
        """An entry, and whether an exception must be caught because arguments may have been changed by then."""
        from irad.infer.calls import call_value
        from irad.infer.context import Context, Terminated
        from irad.infer.entries import Catching, Report, outcome
        from irad.ir.core import Block, Return

        function = Function(name, [], [], [Block("entry")])
        cx = Context(self, function)
        cx.emitting = True
        cx.builder.at(function.blocks[0])
        given = []
        places: dict[heap.Path, Ref] = {}
        for i, (shape, label) in enumerate(zip(args, parameter_names(obj, len(args) - len(names)) + list(names), strict=True)):
            leaves = named_leaves(shape, label)
            function.params += leaves
            given.append(trees.imported(cx, rebuild(shape, iter(leaves)), (i,), places))
        before = dict(cx.heap)
        effects: tuple[heap.Path, ...] = ()
        result: Shape | None = None
        split = len(given) - len(names)

        def call() -> AV:
            target = self.captured(cx.builder, obj, root)
            return call_value(cx, target, given[:split], dict(zip(names, given[split:], strict=True)))

        try:
            value = Catching(cx).call(call) if catching else call()
            if not catching and not cx.written.isdisjoint(ref.name for ref in places.values()):
                return Entry(name, args, None), True
            code = code_of(obj)
            cx.builder.loc = None if code is None else self.lift(code).loc  # of what cannot go out
            value, effects = outcome(cx, value, places, before)
            leaves = flatten(value)
            function.results = [v.type for v in leaves]
            cx.builder.end(Return(leaves))
            result = shape_of(value)
        except Terminated:
            if places and not catching:
                return Entry(name, args, None), True
        self.module.add(function)
        raw = result is not None and (result.static is Report or trees.has_places(result))
        return Entry(name, args, result, effects if effects or raw else None), False

    def _emit_queue(self) -> None:
        done: set[Spec] = set()
        while self.queue:
            spec = self.queue.pop(0)
            if spec in done:
                continue
            done.add(spec)
            self.analysed(spec, None)
            self.block_count += len(spec.solver.blocks)
            self.module.add(spec.solver.emit())


SAME_PARAMETERS = ("compile", "grad", "value_and_grad", "jacobian", "jacfwd", "jacrev", "hessian", "value")  # as the function's


def parameter_names(obj: Any, count: int) -> list[str | None]:
    """Python's names of the positional parameters of a callable, for IR text; None where they are not known."""
    from irad.infer.foreign import transform_of

    bound = 0
    while not isinstance(obj, types.FunctionType):
        name, _, inner = transform_of(obj) or ("", (), None)
        if name in SAME_PARAMETERS:
            obj = inner
        elif isinstance(obj, types.MethodType):
            obj, bound = obj.__func__, bound + 1
        else:
            return [None] * count
    return code_names(obj.__code__, bound, count)


def code_of(obj: Any) -> types.CodeType | None:
    """The code that a callable runs first; None if it is not a function, a method or one of irad's."""
    from irad.infer.foreign import transform_of

    while not isinstance(obj, types.FunctionType):
        found = transform_of(obj)
        if found is None and not isinstance(obj, types.MethodType):
            return None
        obj = found[2] if found is not None else obj.__func__
    return obj.__code__


def code_names(code: Any, skip: int, count: int) -> list[str | None]:
    """The names of `count` parameters of a code object after the first `skip`."""
    found: list[str | None] = list(code.co_varnames[skip : code.co_argcount][:count])
    return found + [None] * (count - len(found))


def named_leaves(shape: Shape, label: str | None) -> list[Value]:
    """Values for the leaves of a parameter: `p`, or `p.0`, `p.1`, ... if it has several."""
    kinds = list(shape.flat_types())
    if label is None or len(kinds) == 1:
        return [Value(t, label) for t in kinds]
    return [Value(t, f"{label}.{i}") for i, t in enumerate(kinds)]


class Entry(NamedTuple):
    """An entry function of a unit: its name, the shapes of its parameters and of its result (None: it never returns)."""

    name: str
    args: tuple[Shape, ...]
    result: Shape | None
    effects: tuple[heap.Path, ...] | None = None  # objects of the arguments that it changes; None: no `finished`
