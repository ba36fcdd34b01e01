"""What transfer functions work with: emission at the current place, guards, errors, dispatch on run-time alternatives."""

from __future__ import annotations

import builtins
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from irad.errors import IradError, TooSpecial, TypingError, UnsupportedError
from irad.infer import heap
from irad.infer.joins import JoinError, describe, is_content, join, twins, unifies
from irad.infer.kinds import CLASSES, MACHINE, is_wide
from irad.infer.shapes import AV, Shape, flatten, rebuild, shape_of
from irad.infer.values import (
    THAWED,
    Choice,
    Fn,
    Growing,
    Known,
    Name,
    Num,
    Record,
    Ref,
    Seq,
    in_form,
    int_const,
    known_const,
    numeric,
    spread,
    tag_const,
)
from irad.ir.build import Builder
from irad.ir.core import Block, Const, Edge, Function, Loc, Unreachable, Value, const, undef
from irad.ir.types import BOOL, FLOAT, INT, UINT64, Array, Scalar, Type
from irad.ops import result_types

if TYPE_CHECKING:
    from irad.infer.captures import Source
    from irad.infer.unit import Unit

EXACT_INT = 1 << 53
EVERYTHING: frozenset[type] = frozenset({BaseException})
_OF_MATH = (ZeroDivisionError, OverflowError, ValueError)


class Terminated(Exception):
    """The path being interpreted has ended (it raised): nothing follows here."""


class Anew(Exception):
    """What was inferred so far does not hold: something outside has been changed, or lists are to be held in another way.

    level: the least `Manner.level` of the next attempt; forms: what to add to its `Manner.forms`; attributes: whether its
    functions have attributes.
    """

    def __init__(self, level: int = 0, forms: Mapping[Any, Shape] | None = None, attributes: bool = False) -> None:
        super().__init__(level)
        self.level, self.attributes = level, attributes
        self.forms = forms or {}


class Context:
    """The place where one function is being interpreted: a cursor into typed IR, the abstract heap, the unit."""

    def __init__(self, unit: Unit, function: Function) -> None:
        self.unit = unit
        self.function = function
        self.builder = Builder(function, None, result_types)
        self.heap: heap.Heap = {}
        self.written: set[Name] = set()  # names of objects that were changed
        self.loads: dict[Value, tuple[Value, Value]] = {}  # what an object in memory held when that was last asked, and where
        self.fn: Fn = None  # type: ignore[assignment]  # set by the solver: the running function
        # values that say only which alternative of a finite choice counts: its tag, and what they are for each
        self.decided: dict[Value, tuple[Value, tuple[Any, ...]]] = {}
        self.not_one: set[Value] = set()  # extents that are not 1
        self.lengths: dict[Value, dict[int, int]] = {}  # of arrays: those of their extents that are known, by axis
        self.counts: dict[Value, int] = {}  # what extents are that were asked of these arrays
        self.emitting = False  # whether this is the final emission (or a trial for shapes)
        self.solver: Any = None  # whose context this is (a dependency of the callees' results)
        self.strict = False  # whether warnings are exceptions (see `strict`)
        self.catcher: Callable[[AV], None] | None = None  # where an exception goes from here; None: out of all functions
        self.reach: frozenset[type] = EVERYTHING  # with a catcher: the classes that it looks for (see `reach`)
        self.env: Mapping[Value, AV] = {}  # what the variables of the block that is interpreted hold
        self.amend: Callable[[AV, AV], None] | None = None  # puts an exception in the place of another one (see `amended`)

    # -- emission ------------------------------------------------------------------------------------------------

    @property
    def loc(self) -> Loc | None:
        return self.builder.loc

    @property
    def ieee(self) -> bool:
        """Whether a division by zero is no error in the running function (numba's `error_model="numpy"`)."""
        return self.fn is not None and self.fn.jit == "numpy"

    @property
    def jitted(self) -> bool:
        """Whether numba compiles the running function."""
        return self.fn is not None and self.fn.jit is not None

    @property
    def in_generator(self) -> bool:
        """Whether a step of a generator is being interpreted: no StopIteration leaves it as such."""
        return self.solver is not None and self.solver.spec.point is not None

    def op(self, name: str, *args: Value, **attrs: Any) -> Value:
        return self.builder.op(name, *args, **attrs)

    def captured(self, obj: Any, source: Source) -> AV:
        """A value from outside of compiled code (see `captures`)."""
        return self.unit.outside.captured(self.builder, obj, source)

    def cast(self, value: Value, to: Scalar) -> Value:
        """`value` in machine type `to`, constants at once."""
        if value.type == to:
            return value
        if isinstance(value, Const) and isinstance(value.value, (int, float)) and to in (FLOAT, INT, BOOL):
            if to == FLOAT:
                return const(float(value.value))
            if to == INT and isinstance(value.value, int):
                return const(int(value.value))
        return self.op("cast", value, to=str(to))

    def guard(self, ok: Value, exc: str, message: str, *parts: Value) -> None:
        """Go on only if `ok`; else the exception is raised with the message."""
        if exc == "IndexError" and exc in self.unit.unchecked:
            return
        if exc == "StopIteration" and self.in_generator and not isinstance(ok, Const):
            self.unless(ok, lambda: self.throw(exc, message, *parts))
            return
        if isinstance(ok, Const):
            if not ok.value:
                self.throw(exc, message, *parts)
        elif not self.catches(exc):
            self.builder.do("guard", ok, *parts, exc=exc, msg=message)
        else:
            self.unless(ok, lambda: self.throw(exc, message, *parts))

    def catches(self, exc: str | type) -> bool:
        """Whether an exception of this class goes to the catcher; else it leaves all functions."""
        if self.catcher is None or exc == TooSpecial.__name__:
            return False
        cls = getattr(builtins, exc, BaseException) if isinstance(exc, str) else exc
        return issubclass(cls, tuple(self.reach)) or (self.in_generator and issubclass(cls, StopIteration))

    def limit(self, ok: Value, exc: str, message: str, *parts: Value) -> None:
        """Like `guard`, where CPython would go on: the program has no say in this, so no handler of it catches it."""
        catcher, self.catcher = self.catcher, None
        try:
            self.guard(ok, exc, message, *parts)
        finally:
            self.catcher = catcher

    def probe(self, op: str, *args: Value) -> Value:
        """A result that is to be checked. Where a handler may follow, no derivative goes through it: see `checked`."""
        return self.op(op, *(self.op("opaque", a) for a in args)) if self._checks_are_caught else self.op(op, *args)

    def checked(self, probe: Value, op: str, *args: Value) -> Value:
        """The result of `probe` behind its checks, computed there if a derivative must not see what they rule out."""
        return self.op(op, *args) if self._checks_are_caught else probe

    @property
    def _checks_are_caught(self) -> bool:
        """Whether a handler may look for what the checks of a result raise."""
        return any(map(self.catches, _OF_MATH))

    def unless(self, ok: Value, way_out: Callable[[], NoReturn]) -> None:
        """Go on only if `ok`; else `way_out` ends the path."""
        out, on = self.builder.new_block("raise"), self.builder.new_block("on")
        self.builder.branch(ok, on, out)
        self.builder.at(out)
        before = dict(self.heap)
        with suppress(Terminated):
            way_out()
        self.heap = before
        self.builder.at(on)

    def fits(self, ok: Value, message: str, *parts: Value) -> None:
        """Python's int arithmetic goes on if its result fits 64 bits, or in any case with `overflow="wrap"`."""
        if "OverflowError" not in self.unit.unchecked:
            self.limit(ok, "OverflowError", message, *parts)

    def throw(self, exc: str, message: str, *parts: Value) -> NoReturn:
        """End this path with a builtin exception."""
        if self.catches(exc) or (exc == "StopIteration" and self.in_generator):
            from irad.infer.exceptions import with_message
            from irad.infer.raising import raise_value

            raise_value(self, with_message(exc, message, parts))
        self.builder.throw(exc, message, *parts)
        raise Terminated

    def fail(self, error: IradError) -> NoReturn:
        """End this path with an error of irad's own, which no handler of the program catches."""
        self.builder.throw(self.unit.deferred(error), "")
        raise Terminated

    def give_up(self, mark: int, error: IradError) -> None:
        """End the path with an error, and all that were begun since there were `mark` blocks and have no end yet."""
        last = self.builder.block
        for block in [b for b in self.function.blocks[mark:] if isinstance(b.term, Unreachable)] + [last]:
            assert block is not None
            if isinstance(block.term, Unreachable):
                self.builder.at(block).throw(self.unit.deferred(error), "")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Code that is taken back if it ends with an error."""
        function, home, catcher, held = self.function, self.builder.block, self.catcher, self.heap
        assert home is not None
        mark, blocks, term = len(home.instrs), len(function.blocks), home.term
        self.heap = dict(held)
        try:
            yield
        except IradError:
            del home.instrs[mark:], function.blocks[blocks:]
            home.term, self.builder.block, self.catcher, self.heap = term, home, catcher, held
            raise

    def op_store(self, value: Value, array: Value, indices: Sequence[Value]) -> None:
        """array[indices] = value, indices checked."""
        self.builder.do("store", value, array, *indices)

    def both(self, a: Value, b: Value) -> Value:
        if isinstance(a, Const):
            return b if a.value else a
        if isinstance(b, Const):
            return a if b.value else b
        return self.op("and", a, b)

    def either(self, a: Value, b: Value) -> Value:
        if isinstance(a, Const):
            return a if a.value else b
        if isinstance(b, Const):
            return b if b.value else a
        return self.op("or", a, b)

    def negate(self, a: Value) -> Value:
        if isinstance(a, Const):
            return const(not a.value)
        found = self.op("not", a)
        if a in self.decided:
            tag, answers = self.decided[a]
            self.decided[found] = tag, tuple(not answer for answer in answers)
        return found

    # -- errors --------------------------------------------------------------------------------------------------

    def unsupported(self, what: str, kind: str = "unsupported", why: str | None = None, hint: str | None = None) -> NoReturn:
        raise UnsupportedError(what, kind=kind, loc=self.loc, why=why, hint=hint)

    def mistyped(self, what: str, kind: str = "types", why: str | None = None, hint: str | None = None) -> NoReturn:
        raise TypingError(what, kind=kind, loc=self.loc, why=why, hint=hint)

    def type_error(self, message: str) -> NoReturn:
        """The TypeError that Python would raise here."""
        self.throw("TypeError", message.replace("{", "{{").replace("}", "}}"))

    # -- values --------------------------------------------------------------------------------------------------

    def num(self, av: AV) -> Num:
        """A scalar as a run-time number (a known one as a constant)."""
        if isinstance(av, Known):
            from irad.infer.kinds import kind_of

            kind = kind_of(av.obj)
            assert kind is not None, av
            if is_wide(av.obj):
                self.limit(const(False), "OverflowError", "Python int too large to convert to a 64-bit integer")
            return Num(kind, known_const(av.obj))
        assert isinstance(av, Num), av
        return av

    def integer(self, av: AV, what: str = "an index") -> Value:
        """An int value (ints, bools, numpy ints), else Python's TypeError."""
        if isinstance(av, Choice):
            return self.num(self.dispatch(av, lambda m: Num("int", self.integer(m, what)))).value
        if not numeric(av):
            from irad.infer.derived import plain
            from irad.infer.indices import as_index
            from irad.infer.objects import call_special

            found = as_index(self, av) or call_special(self, av, "__index__") or plain(self, av)
            if found is not av:
                return self.integer(found, what)
            self.type_error(f"'{type_name(av)}' object cannot be interpreted as an integer")
        n = self.num(av)
        self.whole(n, lambda kind: f"'{kind}' object cannot be interpreted as an integer")
        return self.signed(n.value)

    def signed(self, value: Value) -> Value:
        """A whole number as a machine int. A uint64 beyond these is refused: no int of irad's is as large."""
        if value.type == UINT64:
            fits = self.op("le", value, Const(UINT64, (1 << 63) - 1))
            self.limit(fits, "OverflowError", "a np.uint64 is beyond the 64 bits of an int")
        return self.cast(value, INT)

    def whole(self, n: Num, message: Callable[[str], str]) -> None:
        """A TypeError, with a message for each kind, if a number is no int or bool; of several kinds, if it is none then."""
        others = [k for k in n.kinds if not (MACHINE[k].is_int or k == "bool")]
        for kind in others:
            name = message(type_name(Num(kind, n.value)))
            if len(others) == len(n.kinds) and kind is others[-1]:
                self.type_error(name)
            assert n.tag is not None
            self.unless(self.op("ne", n.tag, tag_const(n.kinds.index(kind))), lambda name=name: self.type_error(name))  # type: ignore[misc]

    def float(self, av: AV) -> Value:
        """A scalar as a machine float."""
        return self.machine(av, FLOAT)

    def machine(self, av: AV, to: Scalar) -> Value:
        """A scalar in a machine type: as a float, of a known int beyond 64 bits, too."""
        from irad.infer.numbers import fold, is_beyond

        number = fold(self, float, av) if to.is_float and is_beyond(av) and not self.jitted else av
        return self.cast(self.num(number).value, to)

    def coerce(self, av: AV, shape: Shape) -> list[Value]:
        """The leaves of `av` as a value of the wider `shape`."""
        mine = shape_of(av)
        if mine == shape:
            return flatten(av)
        if shape.cls is Num:
            return self._coerce_number(self._fitting(av), shape)
        if shape.cls is Choice:
            return self._coerce_choice(av, shape)
        if isinstance(av, Choice):  # of values that have this form together
            return flatten(self.dispatch(av, lambda m: rebuild(shape, iter(self.coerce(m, shape)))))
        if is_content(shape):
            return heap.coerced(self, av, shape)
        av = spread(av)
        leaves = [self.strided(leaf, wanted) for leaf, wanted in zip(av.leaves, shape.types, strict=True)]
        for child, wanted in zip(av.children, shape.children, strict=True):
            leaves += self.coerce(child, wanted)
        return leaves

    def cast_elements(self, array: Value, to: Type) -> Value:
        """A contiguous array with elements of another type (itself if they are)."""
        assert isinstance(array.type, Array)
        if array.type.elem == to:
            return array
        size = self.op("dim", array, axis=0)
        made = self.op("alloc", size, elem=str(to), zero=False)
        assert isinstance(to, Scalar)
        self.count_loop(size, lambda i: self.op_store(self.cast(self.op("load", array, i), to), made, [i]))
        return made

    def strided(self, leaf: Value, wanted: Type) -> Value:
        """A contiguous array as a value of the type of those that need not be."""
        if not isinstance(leaf.type, Array) or leaf.type == wanted:
            return leaf
        parts: list[Value] = []
        for axis in range(leaf.type.ndim):
            parts += [int_const(0), self.op("dim", leaf, axis=axis), int_const(1)]
        return self.op("view", leaf, *parts, drop=(), layout="A")

    def _fitting(self, av: AV) -> Num:
        """A number that goes on to where paths meet; of a known int that does not fit there is none, but the path goes on."""
        if isinstance(av, Known) and is_wide(av.obj):
            self._too_large("Python int too large to convert to a 64-bit integer")
            return Num("int", int_const(0))
        return self.num(av)

    def _too_large(self, message: str) -> None:
        """A known int cannot go on from here. The block's end is being written: it gets a guard that fails, not another end."""
        self.builder.do("guard", const(False), exc="OverflowError", msg=message)

    def _coerce_number(self, n: Num, shape: Shape) -> list[Value]:
        machine = shape.types[0]
        assert isinstance(machine, Scalar)
        if machine.is_float and n.value.type in (INT, UINT64):
            self._check_exact(n.value)
        leaves = [self.cast(n.value, machine)]
        if len(shape.types) == 2:
            tags = [tag_const(shape.static.index(k)) for k in n.kinds]
            leaves.append(self._pick(n.tag, tags) if n.tag is not None else tags[0])
        return leaves

    def _check_exact(self, value: Value) -> None:
        if isinstance(value, Const):
            if abs(value.value) > EXACT_INT:
                self._too_large(f"int {value.value} too large to share a variable with floats")
            return
        assert isinstance(value.type, Scalar)
        small = self.op("le", value, Const(value.type, EXACT_INT))
        if value.type == INT:
            small = self.both(small, self.op("ge", value, int_const(-EXACT_INT)))
        self.limit(small, "OverflowError", "int {} too large to share a variable with floats", value)

    def _pick(self, tag: Value, options: Sequence[Value]) -> Value:
        """options[tag]"""
        picked = options[-1]
        for i in range(len(options) - 2, -1, -1):
            if options[i] is not picked:
                picked = self.op("select", self.op("eq", tag, tag_const(i)), options[i], picked)
        return picked

    def _coerce_choice(self, av: AV, shape: Shape) -> list[Value]:
        members = av.members if isinstance(av, Choice) else (av,)
        slots: list[list[Value]] = [[undef(t) for t in m.flat_types()] for m in shape.children]
        tags: list[Value] = []
        for member in members:
            at = next((i for i, m in enumerate(shape.children) if unifies(m, shape_of(member))), None)
            if at is None:
                self.mistyped(
                    f"one variable would hold {describe(shape_of(member))} or another value, depending on the way", kind="join",
                    why="the object is another one each time that it is made", hint="make it outside of the compiled function",
                )
            tags.append(tag_const(at))
            slots[at] = self.coerce(member, shape.children[at])
        tag = self._pick(av.tag, tags) if isinstance(av, Choice) else tags[0]
        return [tag, *(v for slot in slots for v in slot)]

    def bool_value(self, number: Value) -> Value:
        """Whether an int is not 0."""
        return const(bool(number.value)) if isinstance(number, Const) else self.op("ne", number, int_const(0))

    def bool(self, value: Value) -> AV:
        """A Python bool; known if the value is constant."""
        return Known(bool(value.value)) if isinstance(value, Const) else Num("bool", value)

    # -- control flow inside one operation -----------------------------------------------------------------------

    def alternatives(self, cases: Sequence[tuple[Value | None, Callable[[], AV]]], name: str = "case") -> AV:
        """Run the first case whose condition holds (None: always), and go on with what the cases yield, joined.

        A case whose path ends (an exception) yields nothing; if all do, so does this.
        """
        ends: list[tuple[Block, AV, heap.Heap]] = []
        before = self.heap
        for cond, case in cases:
            if isinstance(cond, Const):
                if not cond.value:
                    continue
                cond = None
            rest = None
            if cond is not None:
                taken, rest = self.builder.new_block(name), self.builder.new_block("else")
                self.builder.branch(cond, taken, rest)
                self.builder.at(taken)
            self.heap = dict(before)
            try:
                result = case()
                assert self.builder.block is not None
                ends.append((self.builder.block, result, self.heap))
            except Terminated:
                pass
            if rest is None:
                break
            self.builder.at(rest)
        self.heap = before
        return self.merge(heap.one_object(self, ends, before))

    def merge(self, ends: list[tuple[Block, AV, heap.Heap]]) -> AV:
        """Where ways meet: the one value there, and the heap."""
        if not ends:
            raise Terminated
        if len(ends) == 1:
            self.builder.block, result, self.heap = ends[0]
            return result
        shape = self.join_all([av for _, av, _ in ends])
        same = {n for n, content in ends[0][2].items() if all(each.get(n) is content for _, _, each in ends)}
        objects = heap.joined(self, ({n: shape_of(c) for n, c in each.items() if n not in same} for _, _, each in ends))
        params = [Value(t) for t in (*shape.flat_types(), *(t for s in objects.values() for t in s.flat_types()))]
        after = Block("after", params)
        for block, av, each in ends:
            self.builder.block = block
            self.builder.jump(after, *self.coerce(av, shape), *heap.heap_leaves(self, each, objects))
        self.function.blocks.append(after)
        self.builder.at(after)
        values = iter(params)
        result = rebuild(shape, values)
        self.heap = {**{n: ends[0][2][n] for n in same}, **heap.rebuilt(objects.items(), values)}
        return result

    def join_all(self, avs: Sequence[AV]) -> Shape:
        shape = shape_of(avs[0])
        for av in avs[1:]:
            shape = self.join_shapes(shape, shape_of(av))
        return shape

    def join_optional(self, a: Shape | None, b: Shape | None) -> Shape | None:
        """The join of two shapes, of which None is the least."""
        if a is None or b is None:
            return b if a is None else a
        return self.join_shapes(a, b)

    def join_shapes(self, a: Shape, b: Shape) -> Shape:
        try:
            return join(a, b)
        except JoinError as e:
            self.join_failed(e)

    def join_failed(self, e: JoinError) -> NoReturn:
        """Values that have no common form meet."""
        from irad.infer import held, rows

        held.meet(self, e)
        if rows.is_missing(e):
            rows.demand(self, rows.HELD)
        if issubclass(e.a.cls, (Seq, Growing)) and issubclass(e.b.cls, (Seq, Growing)) and list in (e.a.static, e.b.static):
            self.mistyped(
                f"a list of run-time length would hold the items of {describe(e.a)} and {describe(e.b)}", kind="list",
                why="its items are numbers, arrays, or tuples of such, all of one form",
                hint="keep a list for each, or use arrays or tuples as items",
            )
        if e.a.cls is e.b.cls is Record and e.a.static[0] == e.b.static[0] == "dict":
            self.mistyped(
                f"{describe(e.a)} and {describe(e.b)}, depending on the way that was taken", kind="dict",
                why="keys of them are equal, but not the same" if twins(e.a, e.b) else "the order of its items is not known here",
                hint="set the same keys in the same order on each way",
            )
        words = describe(e.a), describe(e.b)
        both = " and ".join(words) if words[0] != words[1] else f"several objects of type {words[0]}, depending on the way"
        self.mistyped(
            f"one variable would hold {both}", kind="join",
            why="compiled code needs one form for a value where two ways of the program meet",
            hint="use two names, or make both the same type",
        )

    def dispatch(self, av: AV, case: Callable[[AV], AV]) -> AV:
        """Apply `case` to a value; of a finite choice, to each alternative behind a branch on its tag."""
        if not isinstance(av, Choice):
            return case(av)
        cases: list[tuple[Value | None, Callable[[], AV]]] = []
        for i, member in enumerate(av.members):
            last = i == len(av.members) - 1
            cond = None if last else self.op("eq", av.tag, tag_const(i))
            cases.append((cond, self.guarded(case, member)))
        return self.alternatives(cases)

    def test_choice(self, av: Choice, test: Callable[[AV], Value]) -> Value:
        """A yes-or-no question about a finite choice; needs no branch if each alternative has a known answer."""
        assert self.builder.block is not None
        mark = len(self.builder.block.instrs)
        catcher, self.catcher = self.catcher, None  # a trial: nothing of it may stay if it is not the answer
        try:
            answers = [test(m) for m in av.members]
        finally:
            self.catcher = catcher
        if not all(isinstance(a, Const) for a in answers):
            del self.builder.block.instrs[mark:]
            return self.num(self.dispatch(av, lambda m: self.bool(test(m)))).value
        yes = [i for i, a in enumerate(answers) if isinstance(a, Const) and a.value]
        if len(yes) == len(answers):
            return const(True)
        found: Value = const(False)
        for i in yes:
            found = self.either(found, self.op("eq", av.tag, tag_const(i)))
        self.decided[found] = av.tag, tuple(i in yes for i in range(len(answers)))
        return found

    def pick(self, av: Choice, options: Sequence[Any]) -> AV:
        """The one of these known numbers, of one kind, that belongs to the alternative that counts."""
        if all(option == options[0] for option in options):
            return Known(options[0])
        value = self._pick(av.tag, [known_const(option) for option in options])
        self.decided[value] = av.tag, tuple(options)
        return Num(type(options[0]).__name__, value)

    def guarded(self, case: Callable[..., AV], member: Any) -> Callable[[], AV]:
        """The case of one alternative; what irad does not understand in it is an error only if that is reached."""

        def run() -> AV:
            mark = len(self.function.blocks)
            try:
                return case(member)
            except (UnsupportedError, TypingError) as e:
                self.give_up(mark, e)
                raise Terminated from None

        return run

    def conditional(self, cond: Value, then: Callable[[], AV], orelse: Callable[[], AV]) -> AV:
        return self.alternatives([(cond, then), (None, orelse)])

    def either_way(self, cond: Value, then: Callable[[], list[Value]], orelse: Callable[[], list[Value]]) -> list[Value]:
        """The values that one of two pieces of code yields; both yield values of the same types and change no variable."""
        b = self.builder
        yes, no = b.new_block("then"), b.new_block("else")
        b.branch(cond, yes, no)
        found, ends = [], []
        for block, case in ((yes, then), (no, orelse)):
            b.at(block)
            found.append(case())
            ends.append(b.block)
        after = Block("after", [Value(v.type) for v in found[0]])
        self.function.blocks.append(after)
        for end, values in zip(ends, found, strict=True):
            assert end is not None
            b.at(end).jump(after, *values)
        b.at(after)
        return list(after.params)

    def count_loop(self, trip: Value, body: Callable[[Value], None], name: str = "each") -> None:
        """`for i in range(trip): body(i)`, for effects only."""

        def each(i: Value, carried: list[Value]) -> list[Value]:
            body(i)
            return carried

        self.fold_loop(trip, [], each, name)

    def fold_loop(
        self, trip: Value, carried: Sequence[Value], body: Callable[[Value, list[Value]], Sequence[Value]], name: str = "each",
    ) -> list[Value]:
        """A counted loop with carried values; `body(i, carried)` gives the next ones. Returns the last ones."""
        b = self.builder
        index = Value(INT, "i")
        params = [Value(v.type) for v in carried]
        header = b.new_block(name, [index, *params])
        inside, after = b.new_block(f"{name}.body"), Block(f"{name}.done")
        b.jump(header, int_const(0), *carried)
        b.at(header)
        b.branch(b.op("lt", index, trip), inside, Edge(after))
        b.at(inside)
        before = dict(self.heap)
        self.function.blocks.append(after)  # where `give_up` finds it
        try:
            following = body(index, list(params))
            self._check_unchanged(before)
            b.jump(header, b.op("add", index, int_const(1)), *following)
            self.heap = {name: content for name, content in self.heap.items() if name in before}  # others are of one iteration
        except Terminated:  # it always raises: this is what follows if there is nothing to do
            self.heap = before
        b.at(after)
        return list(params)

    def _check_unchanged(self, before: heap.Heap) -> None:
        """Such a loop carries no objects: a function of the user that it calls may not change one."""
        for name, content in before.items():
            now = self.heap.get(name)
            if now is content or now is None:
                continue
            now, content = in_form(now, THAWED), in_form(content, THAWED)
            if shape_of(now) != shape_of(content) or flatten(now) != flatten(content):
                self.unsupported(
                    "a function that changes objects or variables of others, called for each element by a library function",
                    kind="function", hint="write the loop",
                )


def type_name(av: AV) -> str:
    """The name that Python's own messages would use for the type of a value."""
    if isinstance(av, (Known, Num)):
        cls = type(av.obj) if isinstance(av, Known) else CLASSES[av.kinds[0]]
        return f"numpy.{cls.__name__}" if issubclass(cls, (np.generic, np.ndarray)) else cls.__name__
    from irad.infer.exceptions import exception_class

    raised = exception_class(av)
    if raised is not None:
        return raised.__name__
    names = {
        "Arr": "numpy.ndarray", "Fn": "function", "Bound": "method", "Range": "range", "Partial": "functools.partial",
        "Gen": "generator", "Iter": "iterator", "SeqIter": "iterator", "Counted": "iterator", "Stepped": "iterator",
    }
    if type(av).__name__ == "Zip":
        return str(av.static).rpartition(" ")[2]
    if isinstance(av, Ref):
        return av.cls.__name__
    if isinstance(av, Seq):
        return av.cls.__name__
    if type(av).__name__ == "Record":
        kind = av.static[0]
        if kind == "view":
            ordered = getattr(av.children[0], "cls", dict) is OrderedDict
            return f"{'odict' if ordered else 'dict'}_{av.static[1]}"
        return {"text": "str", "exception": "exception"}.get(kind, str(kind))
    if type(av).__name__ == "Choice":
        return " or ".join(dict.fromkeys(map(type_name, av.members)))  # type: ignore[attr-defined]
    return names.get(type(av).__name__, type(av).__name__.lower())


