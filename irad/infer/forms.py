"""The forms of functions: each is analysed and emitted once for every set of shapes of arguments that it is called with."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from irad.errors import IradError, UnsupportedError
from irad.infer import heap
from irad.infer.captures import LIBRARY
from irad.infer.shapes import AV, Shape, shape_of
from irad.infer.values import Fn, Name, Seq
from irad.ir.core import Const, Loc
from irad.ir.types import BOOL, Type

if TYPE_CHECKING:
    from irad.infer.unit import Unit

MAX_FORMS = 16
MOST_LEVELS = 32  # of a recursion, each with its own form of the objects that it passes on
MOST_ROUNDS = 32  # analyses of one specialisation until its result is stable
SURE_ROUNDS, MOST_PARTS = 6, 256  # more rounds than these only for results of fewer parts: a tree doubles with each round


@dataclass(eq=False)
class Spec:
    """A function specialised for the shapes of its arguments (and of the objects that it can reach)."""

    name: str
    fn: Fn
    args: tuple[Shape, ...]
    objects: tuple[tuple[Name, Shape], ...]
    unroll: bool = False  # loops over short known ranges are unrolled
    catching: frozenset[type] = frozenset()  # exceptions that the caller looks for: they are results
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


class Forms:
    """The specialisations of one unit."""

    def __init__(self, unit: Unit) -> None:
        self.specs: dict[Any, Spec] = {}
        self.of_code: dict[Any, list[Spec]] = {}
        self.block_count = 0
        self._unit = unit
        self._queue: list[Spec] = []  # those that are called and not emitted yet
        # what was answered of calls: see `crowded`, `unvaried`, `lengthening`, `site`
        self._crowds: dict[Any, bool] = {}
        self._alike: dict[Any, frozenset[int]] = {}
        self._lengths: dict[Any, frozenset[Name] | None] = {}
        self._sites: dict[Any, Any] = {}

    def spec(
        self, fn: Fn, args: tuple[AV, ...], objects: dict[Name, AV], catching: frozenset[type] = frozenset(), point: Any = None,
        stop: Any = None, site: Any = None, strict: bool = False,
    ) -> Spec:
        """The specialisation of a function for these arguments (created if new, not yet analysed)."""
        shapes = tuple(shape_of(a) for a in args)
        held = tuple((n, shape_of(c)) for n, c in objects.items())
        key = (shape_of(fn), shapes, held, catching, point, stop, site, strict)
        found = self.specs.get(key)
        if found is None:
            name = self._unit.unique(f"{fn.name}.try" if catching else fn.name)
            found = self.specs[key] = Spec(name, fn, shapes, held, catching=catching, point=point, stop=stop, strict=strict)
            self.of_code.setdefault(fn.code, []).append(found)
        return found

    def site(self, fn: Fn, cx: Any) -> Any:
        """Where a function is called that makes a class: each place has a class of its own, but for recursive calls.

        The answer for one call stays what it was, so that a function is emitted as it was analysed.
        """
        source = self._unit.lift(fn.code)
        if "makes class" not in source.attrs:
            source.attrs["makes class"] = any(
                isinstance(a, Const) and a.value is builtins.__build_class__ for i in source.instrs() for a in i.args[:1]
            )
        if not source.attrs["makes class"]:
            return None
        key = (fn.code, cx.solver and id(cx.solver.spec), cx.loc)
        if key not in self._sites:
            self._sites[key] = None if any(s.busy for s in self.of_code.get(fn.code, ())) else key
        return self._sites[key]

    def crowded(self, fn: Fn, args: tuple[Shape, ...]) -> bool:
        """Whether a function should not be specialised for further known numbers: it recurses, or has many forms already.

        The answer for one call stays what it was, so that a function is emitted as it was analysed. The functions of
        `irad.lib` recurse over axes, which are known numbers and few.
        """
        key = (shape_of(fn), args)
        found = self._crowds.get(key)
        if found is None:
            found = self._crowds[key] = not fn.code.co_filename.startswith(LIBRARY) and self._crowded(fn)
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
        found = self._alike.get(key)
        if found is None:
            specs = self.of_code.get(fn.code, [])
            around = [spec for spec in specs if spec.busy] or (specs if len(specs) >= MAX_FORMS else [])
            found = self._alike[key] = frozenset(
                i for i, shape in enumerate(args) if all(i < len(spec.args) and spec.args[i] == shape for spec in around)
            )
        return found

    def lengthening(self, fn: Fn, objects: tuple[tuple[Name, Shape], ...], loc: Loc | None) -> frozenset[Name]:
        """The lists among these objects that calls of a recursive function around this one have with another length.

        The answer stays what it was, so that a function is emitted as it was analysed.
        """
        key = (shape_of(fn), objects)
        if key not in self._lengths:
            outer = [dict(spec.objects) for spec in self.of_code.get(fn.code, ()) if spec.busy]
            self._lengths[key] = None if len(outer) > MOST_LEVELS else frozenset(
                name for name, shape in objects if shape.cls is Seq and shape.static is list and shape.children
                and any(name in held and held[name] != shape for held in outer)
            )
        found = self._lengths[key]
        if found is None:
            raise UnsupportedError(
                "a recursion that passes on lists, dicts or objects of another form at each level", kind="object", loc=loc,
                why="compiled code has one form of a function for each form of its arguments",
                hint="keep the numbers in an array, or use a loop",
            )
        return found

    def analysed(self, spec: Spec, caller: Any) -> None:
        """Make sure that the result shape of a specialisation is known, as far as recursion allows."""
        if caller is not None:
            spec.dependents.add(caller.spec)
            caller.called.add(spec)
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

        solver = spec.solver = Solver(self._unit, spec)
        spec.error = solver.analyse()
        if solver.ranges and solver.troubles() and not spec.unroll:
            spec.unroll = True
            other = spec.solver = Solver(self._unit, spec)
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
        if spec.rounds > MOST_ROUNDS or (spec.rounds > SURE_ROUNDS and result is not None and _has_many_parts(result)):
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
        self._queue.append(spec)

    def forget_calls(self) -> None:
        """What called them is emitted anew."""
        self._queue.clear()

    def emit(self) -> None:
        """Put those that are called, and what they call in turn, into the module."""
        done: set[Spec] = set()
        while self._queue:
            spec = self._queue.pop(0)
            if spec in done:
                continue
            done.add(spec)
            self.analysed(spec, None)
            self.block_count += len(spec.solver.blocks)
            self._unit.module.add(spec.solver.emit())


def _has_many_parts(shape: Shape) -> bool:
    work, seen = [shape], 0
    while work and seen <= MOST_PARTS:
        seen += 1
        work += work.pop().children
    return seen > MOST_PARTS
