"""Values, instructions, blocks, edges, functions and modules.

A function is a flat control-flow graph. Blocks take parameters instead of phis; an `Edge` is one object: a target block
and the arguments for its parameters. Nothing is cached: uses, predecessors and dominators are asked for afresh
(`irad.analysis`), so that an edit leaves nothing stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any as AnyObject
from typing import NamedTuple

from irad.ir.types import BOOL, FLOAT, INT, Type

VERSION = 1


class Loc(NamedTuple):
    """A source range, as CPython counts (columns are UTF-8 byte offsets; unknown: line 0, column -1)."""

    file: str
    func: str
    line: int
    col: int = 0
    end_line: int = 0
    end_col: int = 0
    caller: Loc | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.col + 1}"

    def called_from(self, site: Loc | None) -> Loc:
        """This place, reached through a call at `site` (the call chain of an inlined instruction)."""
        if site is None:
            return self
        outer = self.caller.called_from(site) if self.caller else site
        return Loc(self.file, self.func, self.line, self.col, self.end_line, self.end_col, outer)


class Value:
    """The result of an instruction, or a parameter of a block or function."""

    __slots__ = ("name", "type")

    def __init__(self, type: Type, name: str | None = None) -> None:
        self.type = type
        self.name = name

    def __repr__(self) -> str:
        return f"%{self.name or '?'}: {self.type}"


class _Undef:
    def __repr__(self) -> str:
        return "undef"


UNDEF = _Undef()


class Const(Value):
    """A literal operand. `value` is a float, int, bool, UNDEF, or (form `py`) any Python object."""

    __slots__ = ("value",)

    def __init__(self, type: Type, value: AnyObject) -> None:
        super().__init__(type, None)
        self.value = value

    def __repr__(self) -> str:
        return f"{self.value!r}: {self.type}"


class Emptied(Const):
    """The 0.0 that an element of a shadow is left with when its adjoint has been taken; what is added to it is the sum.

    (The sum with a 0.0 of the program is another number than -0.0.) In print it is 0.0.
    """

    __slots__ = ()

    def __init__(self, type: Type) -> None:
        super().__init__(type, 0.0)


def const(value: float | int | bool) -> Const:
    """The constant of a Python float, int or bool with its natural type."""
    if isinstance(value, bool):
        return Const(BOOL, value)
    return Const(INT if isinstance(value, int) else FLOAT, value)


def undef(type: Type) -> Const:
    """A value that nothing reads (lowered to zero, so that a mistake is at least deterministic)."""
    return Const(type, UNDEF)


class Instr:
    """One operation: `results = op args {attrs}`. Most have one result; `attrs` is a plain dict of literals."""

    __slots__ = ("args", "attrs", "loc", "op", "results")

    def __init__(
        self, op: str, args: Iterable[Value], results: Iterable[Value] = (), attrs: dict[str, AnyObject] | None = None,
        loc: Loc | None = None,
    ) -> None:
        self.op = op
        self.args = list(args)
        self.results = list(results)
        self.attrs: dict[str, AnyObject] = attrs if attrs is not None else {}
        self.loc = loc

    @property
    def result(self) -> Value:
        """The only result."""
        (value,) = self.results
        return value

    def __repr__(self) -> str:
        return f"<{self.op} {self.args} -> {self.results}>"


class Edge:
    """A way from one block to another: contributions of the reverse pass flow back along its arguments."""

    __slots__ = ("args", "target")

    def __init__(self, target: Block, args: Iterable[Value] = ()) -> None:
        self.target = target
        self.args = list(args)

    def __repr__(self) -> str:
        return f"^{self.target.name}({self.args})"


class Terminator:
    """The last thing in a block. `args` are its operands apart from those of its edges."""

    __slots__ = ("args", "edges", "loc")

    def __init__(self, args: Iterable[Value] = (), edges: Iterable[Edge] = (), loc: Loc | None = None) -> None:
        self.args = list(args)
        self.edges = list(edges)
        self.loc = loc


class Jump(Terminator):
    """`br ^target(args)`."""

    __slots__ = ()

    def __init__(self, edge: Edge, loc: Loc | None = None) -> None:
        super().__init__((), (edge,), loc)


class Branch(Terminator):
    """`br cond, ^then(args), ^orelse(args)`."""

    __slots__ = ()

    def __init__(self, cond: Value, then: Edge, orelse: Edge, loc: Loc | None = None) -> None:
        super().__init__((cond,), (then, orelse), loc)

    @property
    def cond(self) -> Value:
        return self.args[0]


class Return(Terminator):
    """`return values`."""

    __slots__ = ()

    def __init__(self, values: Iterable[Value] = (), loc: Loc | None = None) -> None:
        super().__init__(values, (), loc)


class Raise(Terminator):
    """`raise "exception", "message", parts`: leaves the function with an error. `exc` is a symbol (see Module.symbols)
    or the name of a builtin exception; `{}` in the message take the values of `args`."""

    __slots__ = ("exc", "message")

    def __init__(self, exc: str, message: str, parts: Iterable[Value] = (), loc: Loc | None = None) -> None:
        super().__init__(parts, (), loc)
        self.exc = exc
        self.message = message


class Try(Terminator):
    """`try ^next(args) except ^handler(args)` (form `py`): goes on, or to the handler if an instruction of the block raises;
    `unreachable except ^handler(args)`: the block always raises."""

    __slots__ = ()

    def __init__(self, following: Edge | None, handler: Edge, loc: Loc | None = None) -> None:
        super().__init__((), (handler,) if following is None else (following, handler), loc)

    @property
    def handler(self) -> Edge:
        return self.edges[-1]


class Unreachable(Terminator):
    """`unreachable`: the end of a block that cannot be entered."""

    __slots__ = ()


class Block:
    """A straight run of instructions with parameters and one terminator."""

    __slots__ = ("instrs", "name", "params", "term")

    def __init__(self, name: str, params: Iterable[Value] = ()) -> None:
        self.name = name
        self.params = list(params)
        self.instrs: list[Instr] = []
        self.term: Terminator = Unreachable()

    @property
    def edges(self) -> list[Edge]:
        return self.term.edges

    @property
    def successors(self) -> list[Block]:
        return [edge.target for edge in self.term.edges]

    def __repr__(self) -> str:
        return f"<block ^{self.name}>"


@dataclass(eq=False)
class Function:
    """`func @name(params) -> results`; the entry block is `blocks[0]` and takes no parameters of its own."""

    name: str
    params: list[Value]
    results: list[Type]
    blocks: list[Block] = field(default_factory=list)
    loc: Loc | None = None
    attrs: dict[str, AnyObject] = field(default_factory=dict)

    @property
    def entry(self) -> Block:
        return self.blocks[0]

    def instrs(self) -> Iterator[Instr]:
        """Every instruction, block by block."""
        for block in self.blocks:
            yield from block.instrs

    def __str__(self) -> str:
        from irad.ir.print import print_function

        return print_function(self)


@dataclass(eq=False)
class Module:
    """The functions of one compile unit by name, and the Python objects that its text names by symbol."""

    functions: dict[str, Function] = field(default_factory=dict)
    symbols: dict[str, AnyObject] = field(default_factory=dict)
    form: str = "typed"

    def add(self, function: Function) -> Function:
        self.functions[function.name] = function
        return function

    def __str__(self) -> str:
        from irad.ir.print import print_module

        return print_module(self)
