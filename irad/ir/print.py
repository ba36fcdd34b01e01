"""The text of the IR. What is printed here, `irad.ir.parse` reads back: `str(parse(text)) == text`.

    %net.1: float = mul %net, %x                      # pow.py:4:9
    guard %ok, %i, %n {exc='IndexError', msg='index {} is out of bounds for size {}'}
    %y: float = call %x, 1.0 {callee='helper'}
    br %c, ^body(%i, %net.1), ^done
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping

from irad.ir.core import (
    UNDEF,
    VERSION,
    Block,
    Branch,
    Const,
    Edge,
    Function,
    Instr,
    Jump,
    Loc,
    Module,
    Raise,
    Return,
    Terminator,
    Try,
    Value,
)
from irad.ir.types import ANY, BOOL, FLOAT, INT, Scalar

COMMENT_COLUMN = 60
_LITERALS = (int, float, str, bytes, bool, complex, type(None), type(...))


def is_literal(obj: object) -> bool:
    """Whether a Python object prints as itself (and not as a symbol)."""
    if type(obj) is tuple:
        return all(is_literal(item) for item in obj)
    return type(obj) in _LITERALS


def print_const(c: Const, symbols: Mapping[int, str] | None = None) -> str:
    """A literal operand as text; its type is written where the literal alone does not say it."""
    value = c.value
    if value is UNDEF:
        return f"undef:{c.type}"
    if c.type is ANY or c.type == ANY:
        return f"py({value!r})" if is_literal(value) else f"@{(symbols or {}).get(id(value), '?')}"
    if c.type == BOOL:
        return "true" if value else "false"
    assert isinstance(c.type, Scalar)
    if c.type.is_float:
        number = float(value)
        text = "nan" if math.isnan(number) else repr(number)
    else:
        text = str(int(value))
    return text if c.type in (FLOAT, INT) else f"{text}:{c.type}"


def print_loc(loc: Loc) -> str:
    text = f"{os.path.basename(loc.file)}:{loc.line}:{loc.col + 1}"
    return text if loc.caller is None else f"{text} < {print_loc(loc.caller)}"


class Printer:
    """Prints one function; gives every value and block a unique name made from its hint."""

    def __init__(
        self, function: Function, symbols: Mapping[int, str] | None = None, locations: bool = True,
        notes: Mapping[object, str] | None = None,
    ) -> None:
        self.function = function
        self.symbols = symbols or {}
        self.locations = locations
        self.notes = notes or {}
        self.names: dict[Value, str] = {}
        self.labels: dict[Block, str] = {}
        self._used: set[str] = set()
        self._count = 0
        self._next: dict[str, int] = {}

    def text(self) -> str:
        f = self.function
        self._name_all()
        results = ", ".join(str(t) for t in f.results)
        lines = [f"func @{f.name}({self._params(f.params)}) -> {results or 'none'} {{"]
        for block in f.blocks:
            params = f"({self._params(block.params)})" if block.params else ""
            lines.append(self._line(f"^{self.labels[block]}{params}:", None, self.notes.get(block), ""))
            lines += [self._line(self.instr(i), i.loc, self.notes.get(i)) for i in block.instrs]
            lines.append(self._line(self.term(block.term), block.term.loc, self.notes.get(block.term)))
        return "\n".join([*lines, "}"])

    def _name_all(self) -> None:
        f = self.function
        for p in f.params:
            self._define(p)
        labels: set[str] = set()
        for block in f.blocks:
            self.labels[block] = self._unique(block.name or "block", labels)
            for value in block.params:
                self._define(value)
            for instr in block.instrs:
                for value in instr.results:
                    self._define(value)

    def _unique(self, hint: str, used: set[str]) -> str:
        name = hint
        while name in used:
            self._next[hint] = self._next.get(hint, 0) + 1
            name = f"{hint}.{self._next[hint]}"
        used.add(name)
        return name

    def _define(self, value: Value) -> None:
        if value.name:
            self.names[value] = self._unique(value.name, self._used)
        else:
            self.names[value] = str(self._count)
            self._count += 1

    def _params(self, params: list[Value]) -> str:
        return ", ".join(f"%{self.names[p]}: {p.type}" for p in params)

    def value(self, v: Value) -> str:
        if isinstance(v, Const):
            return print_const(v, self.symbols)
        return f"%{self.names.get(v, '<undefined>')}"

    def values(self, args: list[Value]) -> str:
        return ", ".join(map(self.value, args))

    def edge(self, e: Edge) -> str:
        label = self.labels.get(e.target, "<missing>")
        return f"^{label}({self.values(e.args)})" if e.args else f"^{label}"

    def instr(self, i: Instr) -> str:
        head = ", ".join(f"%{self.names[r]}: {r.type}" for r in i.results)
        text = f"{head} = {i.op}" if head else i.op
        if i.args:
            text += f" {self.values(i.args)}"
        if i.attrs:
            text += " {" + ", ".join(f"{k}={v!r}" for k, v in i.attrs.items()) + "}"
        return text

    def term(self, t: Terminator) -> str:
        if isinstance(t, Jump):
            return f"br {self.edge(t.edges[0])}"
        if isinstance(t, Branch):
            return f"br {self.value(t.cond)}, {self.edge(t.edges[0])}, {self.edge(t.edges[1])}"
        if isinstance(t, Return):
            return f"return {self.values(t.args)}".rstrip()
        if isinstance(t, Raise):
            parts = f", {self.values(t.args)}" if t.args else ""
            return f"raise {t.exc!r}, {t.message!r}{parts}"
        if isinstance(t, Try):
            following = f"try {self.edge(t.edges[0])}" if len(t.edges) == 2 else "unreachable"
            return f"{following} except {self.edge(t.handler)}"
        return "unreachable"

    def _line(self, text: str, loc: Loc | None, note: str | None, indent: str = "  ") -> str:
        line = indent + text
        comment = f"# {print_loc(loc)}" if loc is not None and loc.line and self.locations else ""
        if note:
            comment += f"{' ' if comment else ''}; {note}"
        return f"{line:<{COMMENT_COLUMN}}  {comment}" if comment else line


def block_labels(function: Function) -> dict[Block, str]:
    """The blocks by the names that they have in print: no two have one."""
    printer = Printer(function)
    printer.text()
    return printer.labels


def print_function(
    function: Function, symbols: Mapping[int, str] | None = None, locations: bool = True,
    notes: Mapping[object, str] | None = None,
) -> str:
    """The text of one function (no header)."""
    return Printer(function, symbols, locations, notes).text()


def symbol_path(obj: object) -> str:
    """`module:qualname` of a Python object, the way a reader would import it (or its type, if it has no name)."""
    module = getattr(obj, "__module__", None) or getattr(type(obj), "__module__", "")
    name = getattr(obj, "__qualname__", None) or getattr(obj, "__name__", None)
    return f"{module}:{name}" if name else f"<{type(obj).__module__}.{type(obj).__qualname__} object>"


def print_module(
    module: Module, locations: bool = True, notes: Mapping[object, str] | None = None,
) -> str:
    """The text of a module: a header with form and symbols, then its functions."""
    names = {id(obj): name for name, obj in module.symbols.items()}
    lines = [f"irad {VERSION} {module.form}"]
    lines += [f"symbol @{name} = {symbol_path(obj)!r}" for name, obj in module.symbols.items()]
    texts = [print_function(f, names, locations, notes) for f in module.functions.values()]
    return "\n\n".join(["\n".join(lines), *texts]) + "\n"
