"""A compile unit: the specialisations of one entry's call graph, what they captured from outside, and their module."""

from __future__ import annotations

import itertools
import types
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from irad.errors import IradError, TooSpecial
from irad.infer import heap, trees
from irad.infer.captures import Captures
from irad.infer.exceptions import MOST_PLACES
from irad.infer.forms import Forms
from irad.infer.keys import ObjKey
from irad.infer.made import Classes
from irad.infer.shapes import AV, Shape, flatten, rebuild, shape_of
from irad.infer.values import Manner, Ref, arrays_in, int_const
from irad.ir.core import Block, Function, Loc, Module, Value
from irad.ir.types import Array

Lift = Callable[[types.CodeType], Function]


class TooDeep(RecursionError):
    """Inference, which follows calls by calls, has no stack left at this call."""

    def __init__(self, loc: Loc | None) -> None:
        super().__init__()
        self.loc = loc


class Unit:
    """What the inference of one entry shares."""

    def __init__(
        self, lift: Lift, dynamic: frozenset[Any] = frozenset(), boundscheck: bool = True, overflow_checks: bool = True,
        mode: str = "auto", total: bool = True, manner: Manner | None = None,
    ) -> None:
        self.lift = lift
        self.mode = mode
        self.manner = manner or Manner()  # how objects in lists of run-time length are held
        self.unchecked = {name for name, on in (("IndexError", boundscheck), ("OverflowError", overflow_checks)) if not on}
        # code for all calls: derivatives asked for from outside know places that are one array (see `infer.private`), and no
        # extents of arguments are taken to be other than 1
        self.total = total
        self.assumes = False  # whether the code relies on extents that are not 1
        self.module = Module(form="typed")
        self.classes = Classes()  # those that `class` statements have made
        self.outside = Captures(self.classes, self.manner.attributes, dynamic)
        self.forms = Forms(self)
        self.thunks: dict[Any, Any] = {}  # functions whose derivative is called, by the shapes of their parts
        self.thunk_depth = 0
        self.changing: list[Any] = []  # objects from outside that are changed while they are differentiated (see `overlay`)
        self.interpretations = 0
        self.places = [Loc("", "", 0)]  # where exceptions that are caught came from; the first: unknown
        self.floats_of_numpy = False  # whether it computes with them: numpy would warn
        self.filters: list[IradError] = []  # why it may not warn
        self.asks_arguments = False  # for attributes of functions that have none
        self.pops = False  # whether keys are taken out of dicts
        self.turned = False  # whether there are transposed or repeated arrays: of such numpy makes others in the same order
        self.regrouped = False  # whether some are made that share memory with another here, and perhaps not in numpy
        self.root: types.CodeType | None = None  # the code that is called from outside
        self.codes: dict[ObjKey, int] = {}  # of what is a key of a dict at run time (see `codes`)
        self.numbers = itertools.count()  # names of new objects
        self.interned: dict[Any, Any] = {}  # known objects that the code makes, by how: looked at twice, it is the same one
        self.origins: dict[int, Any] = {}  # of such a set, by its identity: how to make another one
        self.changes_given = False  # whether a function that is differentiated changes lists, dicts or objects that it is given
        self.rows_again = False  # whether an inner list has been put into a list (see `rows`) that was in one before
        self.numbered: list[Any] = []  # lists of lists in the result, see `numbered`
        self._names: dict[str, int] = {}  # and the last number behind each
        self._numbers_of_places: dict[Loc | None, int] = {}

    # -- names ---------------------------------------------------------------------------------------------------

    def unique(self, name: str) -> str:
        """A function name not yet used in the module."""
        base = "".join(c if c.isalnum() or c in "_." else "_" for c in name.replace("<locals>.", "")).strip("_") or "f"
        base = f"f_{base}" if base[0].isdigit() or base[0] == "." else base
        found, n = base, self._names.get(base, 0)
        while found in self._names:
            n += 1
            found = f"{base}.{n}"
        self._names[base] = n
        self._names.setdefault(found, 0)
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

    # -- entries -------------------------------------------------------------------------------------------------

    def entry(self, name: str, obj: Any, root: Any, args: tuple[Shape, ...], names: tuple[str, ...] = ()) -> Entry:
        """Infer the whole call graph of `obj(*args)`; the module then has a function of this name.

        `root` is the callable's source for captured values. Arguments of a shape without leaves are known; the last
        ones are passed by the keywords `names`.
        """
        name, self.root = self.unique(name), code_of(obj)
        found, changes = self._entry(name, obj, root, args, names, False)
        if changes:
            if not self.thunks:  # what these call is asked for once
                self.forms.forget_calls()
            found, _ = self._entry(name, obj, root, args, names, True)
        self.forms.emit()
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
                        cx.guard(many, TooSpecial.__name__, "an axis of an argument has one element")
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
            self.turned |= any(v.type.layout == "A" and v.type.ndim > 1 for v in leaves if isinstance(v.type, Array))
            given.append(trees.imported(cx, rebuild(shape, iter(leaves)), (i,), places))
        given = trees.settled(cx, given, places)
        before = dict(cx.heap)
        effects: tuple[heap.Path, ...] = ()
        result: Shape | None = None
        split = len(given) - len(names)

        def call() -> AV:
            target = self.outside.captured(cx.builder, obj, root)
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
