"""Reads the text of the IR back: `str(parse(text)) == text` for all that `irad.ir.print` prints.

Values may be used above the line that defines them, as block order is free. Python objects named in the header come
back through `resolve`: placeholders that print alike (the default), or the objects themselves (`import_symbol`). Notes
after `;` are dropped, as is what the text does not hold: a function's own place and attributes, the full path of a
file.
"""

from __future__ import annotations

import ast
import importlib
import math
import re
from collections.abc import Callable, Iterator
from typing import Any as AnyObject

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
    Unreachable,
    Value,
)
from irad.ir.types import ANY, BOOL, FLOAT, INT, Scalar, Type, parse_type

_FUNC = re.compile(r"func @(?P<name>[^(]+)\((?P<params>.*)\) -> (?P<results>.*) \{$")
_LABEL = re.compile(r"\^(?P<name>[^\s(),{}]+)")
_NAME = re.compile(r"%([^\s,:(){}=]+)")
_SYMBOL = re.compile(r"@([^\s,(){}]+)")
_WORD = re.compile(r"[A-Za-z_][\w.]*")
_NUMBER = re.compile(r"-?(?:nan|inf|\d+(?:\.\d*)?(?:e[+-]?\d+)?)")
_PLACE = re.compile(r"(?P<file>.*):(?P<line>\d+):(?P<col>-?\d+)$")
_STRING = re.compile(r"""[rbu]{0,2}('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", re.IGNORECASE)
_CONSTANTS = {"nan": math.nan, "inf": math.inf, "Ellipsis": ...}


class ParseError(ValueError):
    """Text that is not IR; the message names line and column."""


class Symbol:
    """Stands for a Python object that the text names and nobody looked up; prints like it."""


def placeholder(path: str) -> object:
    """An object for which `print.symbol_path` gives `path`."""
    anonymous = re.fullmatch(r"<(.+) object>", path)
    if anonymous:
        module, _, name = anonymous[1].rpartition(".")
        return type("Symbol", (Symbol,), {"__module__": module, "__qualname__": name})()
    module, _, name = path.partition(":")
    symbol = Symbol()
    symbol.__dict__.update(__module__=module, __qualname__=name)
    return symbol


def import_symbol(path: str) -> object:
    """The Python object at `module:qualname`, imported; a placeholder if it cannot be reached that way."""
    module, _, name = path.partition(":")
    try:
        obj: object = importlib.import_module(module)
        for part in name.split("."):
            obj = getattr(obj, part)
    except (ImportError, AttributeError, ValueError):
        return placeholder(path)
    return obj


def parse(text: str, resolve: Callable[[str], object] = placeholder) -> Module:
    """The module that prints as `text`.

    Raises
    ------
    ParseError
        If the text is not IR of this version.
    """
    module = Module()
    lines = enumerate(text.splitlines(), 1)
    for number, line in lines:
        if not line.strip():
            continue
        if line.startswith("func "):
            module.add(_FunctionParser(number, line, lines, module.symbols).function)
        elif line.startswith("symbol "):
            name, _, path = line[len("symbol @"):].partition(" = ")
            module.symbols[name] = resolve(ast.literal_eval(path))
        elif line.startswith("irad "):
            _, version, module.form = line.split()
            if version != str(VERSION):
                raise ParseError(f"line {number}: IR version {version}; this irad reads version {VERSION}")
        else:
            raise ParseError(f"line {number}: neither a header, a symbol nor a function: {line!r}")
    return module


def parse_function(text: str) -> Function:
    """The only function in `text` (no header needed)."""
    (function,) = parse(text).functions.values()
    return function


def parse_loc(text: str) -> Loc | None:
    """The place (with its call chain) that prints as `text`."""
    loc: Loc | None = None
    for part in reversed(text.split(" < ")):
        place = _PLACE.match(part.strip())
        if place is None:
            return None
        loc = Loc(place["file"], "", int(place["line"]), int(place["col"]) - 1, caller=loc)
    return loc


def literal(text: str) -> AnyObject:
    """A Python literal as `repr` writes it (also nan, inf and Ellipsis)."""
    return _evaluate(ast.parse(text.strip(), mode="eval").body)


def _evaluate(node: ast.expr) -> AnyObject:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name) and node.id in _CONSTANTS:
        return _CONSTANTS[node.id]
    if isinstance(node, ast.Tuple):
        return tuple(_evaluate(e) for e in node.elts)
    if isinstance(node, ast.List):
        return [_evaluate(e) for e in node.elts]
    if isinstance(node, ast.Dict):
        return {_evaluate(k): _evaluate(v) for k, v in zip(node.keys, node.values, strict=True) if k is not None}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_evaluate(node.operand)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):  # a complex number
        left, right = _evaluate(node.left), _evaluate(node.right)
        return left + right if isinstance(node.op, ast.Add) else left - right
    raise ParseError(f"not a literal: {ast.unparse(node)}")


class _Line:
    """A cursor over one line."""

    def __init__(self, text: str, number: int) -> None:
        self.text = text
        self.number = number
        self.pos = 0

    def skip(self) -> None:
        while self.text[self.pos:self.pos + 1] == " ":
            self.pos += 1

    def peek(self, token: str) -> bool:
        self.skip()
        return self.text.startswith(token, self.pos)

    def take(self, token: str) -> bool:
        found = self.peek(token)
        if found:
            self.pos += len(token)
        return found

    def expect(self, token: str) -> None:
        if not self.take(token):
            raise self.error(f"{token!r} expected")

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self.skip()
        found = pattern.match(self.text, self.pos)
        if found:
            self.pos = found.end()
        return found

    def need(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        found = self.match(pattern)
        if found is None:
            raise self.error(f"{what} expected")
        return found

    def error(self, message: str) -> ParseError:
        return ParseError(f"line {self.number}, column {self.pos + 1}: {message}: {self.text.strip()!r}")

    def type(self) -> Type:
        """A type, up to where its angle brackets are balanced."""
        self.skip()
        start = self.pos
        depth = 0
        while self.pos < len(self.text):
            char = self.text[self.pos]
            if depth == 0 and char in " ,)({":
                break
            depth += (char == "<") - (char == ">")
            self.pos += 1
        try:
            return parse_type(self.text[start:self.pos])
        except ValueError as problem:
            raise self.error(str(problem)) from None

    def literal(self, stops: str) -> AnyObject:
        """A Python literal, up to one of `stops` outside brackets and strings."""
        self.skip()
        start, depth = self.pos, 0
        while self.pos < len(self.text):
            char = self.text[self.pos]
            string = _STRING.match(self.text, self.pos)
            if string:
                self.pos = string.end()
                continue
            if depth == 0 and char in stops:
                break
            depth += (char in "([{") - (char in ")]}")
            self.pos += 1
        try:
            return literal(self.text[start:self.pos])
        except (SyntaxError, ParseError) as problem:
            raise self.error(f"not a Python literal ({problem})") from None


class _FunctionParser:
    """Reads one function, from its `func` line to its closing brace."""

    def __init__(self, number: int, head: str, lines: Iterator[tuple[int, str]], symbols: dict[str, object]) -> None:
        self.symbols = symbols
        self.values: dict[str, Value] = {}
        self.defined: set[str] = set()
        self.blocks: dict[str, Block] = {}
        self.first_use: dict[str, ParseError] = {}
        parts = _FUNC.match(head)
        if parts is None:
            raise ParseError(f"line {number}: not a function head: {head!r}")
        params = self.params(_Line(parts["params"], number))
        results = [] if parts["results"] == "none" else self.types(_Line(parts["results"], number))
        self.function = Function(parts["name"], params, results)
        self.body(lines)

    def body(self, lines: Iterator[tuple[int, str]]) -> None:
        block: Block | None = None
        for number, text in lines:
            line = _Line(text, number)
            if text.startswith("}"):
                break
            if text.startswith("^"):
                block = self.block(line)
                block.params = self.params(line) if line.take("(") else []
                self.function.blocks.append(block)
            elif block is None:
                raise line.error("an instruction outside of any block")
            elif text.strip():
                self.statement(block, line)
        for name, problem in self.first_use.items():
            if name not in self.defined:
                raise problem

    def statement(self, block: Block, line: _Line) -> None:
        term = self.terminator(line)
        if term is None:
            instr = self.instr(line)
            instr.loc = self.loc(line)
            block.instrs.append(instr)
        else:
            term.loc = self.loc(line)
            block.term = term

    def loc(self, line: _Line) -> Loc | None:
        if not line.take("#"):
            return None
        return parse_loc(line.text[line.pos:].split(" ; ")[0].strip())

    def types(self, line: _Line) -> list[Type]:
        types = [line.type()]
        while line.take(","):
            types.append(line.type())
        return types

    def params(self, line: _Line) -> list[Value]:
        params = []
        while line.peek("%"):
            params.append(self.define(line))
            line.take(",")
        return params

    def define(self, line: _Line) -> Value:
        name = line.need(_NAME, "a value")[1]
        line.expect(":")
        if name in self.defined:
            raise line.error(f"%{name} is defined twice")
        self.defined.add(name)
        value = self.value_named(name)
        value.type = line.type()
        return value

    def value_named(self, name: str) -> Value:
        if name not in self.values:
            self.values[name] = Value(ANY, None if name.isdigit() else name)
        return self.values[name]

    def block(self, line: _Line) -> Block:
        name = line.need(_LABEL, "a block")["name"].rstrip(":")
        if name not in self.blocks:
            self.blocks[name] = Block(name)
        return self.blocks[name]

    def edge(self, line: _Line) -> Edge:
        target = self.block(line)
        args = []
        if line.take("("):
            args = self.operands(line)
            line.expect(")")
        return Edge(target, args)

    def operands(self, line: _Line) -> list[Value]:
        args = [self.operand(line)]
        while line.take(","):
            args.append(self.operand(line))
        return args

    def operand(self, line: _Line) -> Value:
        name = line.match(_NAME)
        if name:
            self.first_use.setdefault(name[1], line.error(f"%{name[1]} is not defined"))
            return self.value_named(name[1])
        if line.take("undef:"):
            return Const(line.type(), UNDEF)
        if line.take("py("):
            value = line.literal(")")
            line.expect(")")
            return Const(ANY, value)
        symbol = line.match(_SYMBOL)
        if symbol:
            known = self.symbols.get(symbol[1])
            return Const(ANY, Symbol() if known is None else known)
        if line.take("true") or line.take("false"):
            return Const(BOOL, line.text[line.pos - 4:line.pos] == "true")
        return self.number(line)

    def number(self, line: _Line) -> Const:
        text = line.need(_NUMBER, "an operand")[0]
        whole = text.lstrip("-").isdigit()
        type_: Type = INT if whole else FLOAT
        if line.text[line.pos:line.pos + 1] == ":":
            line.pos += 1
            type_ = line.type()
        is_int = isinstance(type_, Scalar) and type_.is_int
        return Const(type_, int(text) if is_int else float(text))

    def terminator(self, line: _Line) -> Terminator | None:
        start = line.pos
        word = line.match(_WORD)
        if word is not None and word[0] in ("br", "return", "raise", "try", "unreachable"):
            return self.ending(word[0], line)
        line.pos = start
        return None

    def ending(self, word: str, line: _Line) -> Terminator:
        if word in ("try", "unreachable"):
            following = self.edge(line) if word == "try" else None
            if following is None and not line.take("except"):
                return Unreachable()
            if following is not None:
                line.expect("except")
            return Try(following, self.edge(line))
        if word == "return":
            line.skip()
            bare = line.pos == len(line.text) or line.text[line.pos] in "#;"
            return Return([] if bare else self.operands(line))
        if word == "raise":
            exc = line.literal(",")
            line.expect(",")
            message = line.literal(", #;")
            return Raise(exc, message, self.operands(line) if line.take(",") else [])
        if line.peek("^"):
            return Jump(self.edge(line))
        cond = self.operand(line)
        line.expect(",")
        then = self.edge(line)
        line.expect(",")
        return Branch(cond, then, self.edge(line))

    def instr(self, line: _Line) -> Instr:
        results = self.params(line)
        if results:
            line.expect("=")
        op = line.need(_WORD, "an op")[0]
        line.skip()
        plain = line.pos == len(line.text) or line.text[line.pos] in "{#;"
        args = [] if plain else self.operands(line)
        attrs: dict[str, AnyObject] = {}
        while line.take("," if attrs else "{"):
            key = line.need(_WORD, "an attribute")[0]
            line.expect("=")
            attrs[key] = line.literal(",}")
        if attrs:
            line.expect("}")
        return Instr(op, args, results, attrs)
