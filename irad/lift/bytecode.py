"""CPython's bytecode, made the same for all versions: every fact about a CPython version is in this file.

`decode` turns a code object into instructions with version-independent names and operands:

    LOAD_FAST_BORROW 1 (3.14), LOAD_FAST 1 (3.11)             ->  LOAD_FAST 1
    POP_JUMP_FORWARD_IF_FALSE (3.11), POP_JUMP_IF_FALSE       ->  POP_JUMP_IF_FALSE, target = offset of the instruction
    LOAD_ATTR 5 (3.12: name 2, as a method)                   ->  LOAD_ATTR "append", flag = True
    COMPARE_OP 40 (3.12), COMPARE_OP 2 (3.11)                 ->  COMPARE_OP "=="
    BINARY_SUBSCR (to 3.13), BINARY_OP 26 (3.14)              ->  BINARY_SUBSCR
    FOR_ITER, with END_FOR, POP_TOP (3.13) at its exit        ->  FOR_ITER, target = behind those, the iterator popped
    SEND, with END_SEND (3.12) at its exit                    ->  SEND, target = behind it, the iterator popped
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from types import CodeType
from typing import Any, NamedTuple

from irad.ir.core import Loc

RUNNING = sys.version_info[:2]


class Dialect(NamedTuple):
    """How one version of CPython encodes what is encoded differently from version to version."""

    version: tuple[int, int]
    attr_has_flag: bool  # LOAD_ATTR: the lowest bit says "as a method", the name is above it
    compare_shift: int  # COMPARE_OP: the operator is above these bits
    compare_to_bool: int  # COMPARE_OP: this bit asks for bool(result)
    for_exit_skips: int  # instructions at the exit of FOR_ITER that pop what is left of the iterator
    send_exit_skips: int  # instructions at the exit of SEND that drop the iterator below the result
    exit_depth: int  # WITH_EXCEPT_START: where __exit__ is on the stack, counted from 1
    call_ex_flag: bool  # CALL_FUNCTION_EX: the lowest bit says that there are keywords (otherwise there may be NULL)


DIALECTS = {
    (3, 11): Dialect((3, 11), False, 0, 0, 0, 0, 4, True),
    (3, 12): Dialect((3, 12), True, 4, 0, 1, 1, 4, True),
    (3, 13): Dialect((3, 13), True, 5, 16, 2, 1, 4, True),
    (3, 14): Dialect((3, 14), True, 5, 16, 2, 1, 5, False),
}

# names of one instruction in several versions; instrumented forms (INSTRUMENTED_X) are X
ALIASES = {
    "LOAD_FAST_BORROW": "LOAD_FAST",
    "LOAD_FAST_CHECK": "LOAD_FAST",
    "LOAD_CLOSURE": "LOAD_CELL",
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW": "LOAD_FAST_LOAD_FAST",
    "POP_JUMP_FORWARD_IF_TRUE": "POP_JUMP_IF_TRUE",
    "POP_JUMP_FORWARD_IF_FALSE": "POP_JUMP_IF_FALSE",
    "POP_JUMP_FORWARD_IF_NONE": "POP_JUMP_IF_NONE",
    "POP_JUMP_FORWARD_IF_NOT_NONE": "POP_JUMP_IF_NOT_NONE",
    "POP_JUMP_BACKWARD_IF_TRUE": "POP_JUMP_IF_TRUE",
    "POP_JUMP_BACKWARD_IF_FALSE": "POP_JUMP_IF_FALSE",
    "POP_JUMP_BACKWARD_IF_NONE": "POP_JUMP_IF_NONE",
    "POP_JUMP_BACKWARD_IF_NOT_NONE": "POP_JUMP_IF_NOT_NONE",
    "JUMP_FORWARD": "JUMP",
    "JUMP_BACKWARD": "JUMP",
    "JUMP_BACKWARD_NO_INTERRUPT": "JUMP",
    "POP_ITER": "POP_TOP",
    "LOAD_METHOD": "LOAD_ATTR",
}

COMPARE = ("<", "<=", "==", "!=", ">", ">=")
# by the number of BINARY_OP; 13 more is the augmented assignment
BINARY = ("+", "&", "//", "<<", "@", "*", "%", "|", "**", ">>", "-", "/", "^")
BINARY_SUBSCRIPT = 26
CONVERSIONS = (None, "s", "r", "a")
SPECIAL = ("__enter__", "__exit__", "__aenter__", "__aexit__")  # of LOAD_SPECIAL
COMMON_CONSTANTS = (AssertionError, NotImplementedError, tuple, all, any)
INTRINSICS_1 = (
    "INVALID", "PRINT", "IMPORT_STAR", "STOPITERATION_ERROR", "ASYNC_GEN_WRAP", "UNARY_POSITIVE", "LIST_TO_TUPLE",
    "TYPEVAR", "PARAMSPEC", "TYPEVARTUPLE", "SUBSCRIPT_GENERIC", "TYPEALIAS",
)
# bits of MAKE_FUNCTION and SET_FUNCTION_ATTRIBUTE, in the order of the operands
FUNCTION_PARTS = {1: "defaults", 2: "kwdefaults", 4: "annotations", 8: "closure", 16: "annotate"}

_LOCALS = frozenset({
    "LOAD_FAST", "STORE_FAST", "DELETE_FAST", "LOAD_FAST_AND_CLEAR", "MAKE_CELL", "LOAD_DEREF", "STORE_DEREF",
    "DELETE_DEREF", "LOAD_CELL", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF",
})
_TWO_LOCALS = frozenset({"LOAD_FAST_LOAD_FAST", "STORE_FAST_LOAD_FAST", "STORE_FAST_STORE_FAST"})
_NAMES = frozenset({
    "STORE_ATTR", "DELETE_ATTR", "STORE_GLOBAL", "DELETE_GLOBAL", "LOAD_NAME", "STORE_NAME", "DELETE_NAME",
    "IMPORT_NAME", "IMPORT_FROM", "LOAD_FROM_DICT_OR_GLOBALS",
})
_CONSTS = frozenset({"LOAD_CONST", "RETURN_CONST", "KW_NAMES"})


class Instruction(NamedTuple):
    """One instruction: `arg` is its operand, decoded (the index of a local, a name, constant, operator, count)."""

    offset: int
    name: str
    arg: Any
    flag: bool = False  # LOAD_GLOBAL: push NULL; LOAD_ATTR: as a method; COMPARE_OP: to bool; BINARY_OP: in place
    target: int = -1  # of a jump


class Protected(NamedTuple):
    """A row of the exception table: an exception in [start, end) goes to `target`, with `depth` stack slots kept."""

    start: int
    end: int
    target: int
    depth: int
    lasti: bool


class Unit(NamedTuple):
    """An instruction as encoded: `end` is the offset behind its caches, from which jumps count."""

    offset: int
    name: str
    arg: int
    end: int


@cache
def canonical(opname: str) -> str:
    """The version-independent name of an opcode."""
    opname = opname.removeprefix("INSTRUMENTED_")
    return ALIASES.get(opname, opname)


_EXTENDED = dis.opmap["EXTENDED_ARG"]


def units(code: CodeType) -> list[Unit]:
    """The encoded instructions of a code object, without specialisation, prefixes and caches."""
    raw = code.co_code  # always the plain form: neither adaptive nor instrumented
    result = []
    size = len(raw)
    i = start = high = 0
    while i < size:
        op, arg = raw[i], raw[i + 1] | high
        i += 2
        if op == _EXTENDED:
            high = arg << 8
            continue
        while i < size and raw[i] == 0:
            i += 2
        result.append(Unit(start, dis.opname[op], arg, i))
        start, high = i, 0
    return result


def decode(code: CodeType, dialect: Dialect | None = None, encoded: Sequence[Unit] | None = None) -> list[Instruction]:
    """The instructions of a code object; another `dialect` than that of the running CPython comes with its units."""
    dialect = dialect or DIALECTS[RUNNING]
    encoded = units(code) if encoded is None else encoded
    position = {unit.offset: i for i, unit in enumerate(encoded)}
    result = []
    for unit in encoded:
        name = canonical(unit.name)
        if "JUMP" in name or name == "FOR_ITER" or name == "SEND":
            target = unit.end + (-2 if "BACKWARD" in unit.name else 2) * unit.arg
            if name in ("FOR_ITER", "SEND"):
                skips = dialect.for_exit_skips if name == "FOR_ITER" else dialect.send_exit_skips
                target = encoded[position[target] + skips].offset
            result.append(Instruction(unit.offset, name, None, target=target))
        else:
            result.append(_operand(unit.offset, name, unit, code, dialect))
    return result


def _operand(offset: int, name: str, unit: Unit, code: CodeType, dialect: Dialect) -> Instruction:
    arg = unit.arg
    if name in _LOCALS:
        return Instruction(offset, name, arg)
    if name in _CONSTS:
        return Instruction(offset, name, code.co_consts[arg])
    if name in _NAMES:
        return Instruction(offset, name, code.co_names[arg])
    if name in _TWO_LOCALS:
        return Instruction(offset, name, (arg >> 4, arg & 15))
    if name == "LOAD_ATTR":
        if not dialect.attr_has_flag:
            return Instruction(offset, name, code.co_names[arg], unit.name == "LOAD_METHOD")
        return Instruction(offset, name, code.co_names[arg >> 1], bool(arg & 1))
    if name == "LOAD_GLOBAL":
        return Instruction(offset, name, code.co_names[arg >> 1], bool(arg & 1))
    if name == "LOAD_SUPER_ATTR":
        return Instruction(offset, name, code.co_names[arg >> 2], bool(arg & 1))
    if name == "COMPARE_OP":
        return Instruction(offset, name, COMPARE[arg >> dialect.compare_shift], bool(arg & dialect.compare_to_bool))
    if name == "BINARY_OP":
        if arg == BINARY_SUBSCRIPT:
            return Instruction(offset, "BINARY_SUBSCR", None)
        return Instruction(offset, name, BINARY[arg % len(BINARY)], arg >= len(BINARY))
    return Instruction(offset, *_rarer(name, arg, dialect))


def _rarer(name: str, arg: int, dialect: Dialect) -> tuple[str, Any, bool]:
    """The operands of the less frequent instructions; the plain number for all others."""
    if name == "CALL_FUNCTION_EX":
        return name, None, bool(arg & 1) or not dialect.call_ex_flag
    if name == "CALL_INTRINSIC_1":
        return name, INTRINSICS_1[arg] if arg < len(INTRINSICS_1) else "UNKNOWN", False
    if name == "FORMAT_VALUE":
        return name, CONVERSIONS[arg & 3], bool(arg & 4)
    if name == "CONVERT_VALUE":
        return name, CONVERSIONS[arg], False
    if name == "LOAD_SMALL_INT":
        return "LOAD_CONST", arg, False
    if name == "LOAD_COMMON_CONSTANT":
        return ("LOAD_ASSERTION_ERROR", None, False) if arg == 0 else ("LOAD_CONST", COMMON_CONSTANTS[arg], False)
    if name == "LOAD_ASSERTION_ERROR":
        return name, None, False
    if name == "LOAD_SPECIAL":
        return name, SPECIAL[arg], False
    if name == "WITH_EXCEPT_START":
        return name, dialect.exit_depth, False
    if name == "MAKE_FUNCTION":
        return name, tuple(part for bit, part in FUNCTION_PARTS.items() if arg & bit), False
    if name == "SET_FUNCTION_ATTRIBUTE":
        return name, FUNCTION_PARTS[arg], False
    return name, arg, False


def local_names(code: CodeType) -> list[str]:
    """The names of the fast locals, cells and free variables by their index in the frame (cells that are arguments
    share the argument's place)."""
    plain = set(code.co_varnames)
    cells = [name for name in code.co_cellvars if name not in plain]
    return [*code.co_varnames, *cells, *code.co_freevars]


def positions(code: CodeType, instructions: Sequence[Instruction]) -> list[Loc]:
    """The source range of each instruction; an unknown line is that of the function, an unknown column -1."""
    known: dict[tuple[int | None, ...], Loc] = {}
    ranges = list(code.co_positions())
    file, func, first = code.co_filename, code.co_qualname, code.co_firstlineno
    result = []
    for instruction in instructions:
        unit = instruction.offset >> 1
        where = ranges[unit] if unit < len(ranges) else (None, None, None, None)  # tools may leave no line table
        loc = known.get(where)
        if loc is None:
            line, end_line, col, end_col = where
            columns = (-1, -1) if col is None or end_col is None else (col, end_col)
            loc = Loc(file, func, line or first, columns[0], end_line or line or first, columns[1])
            known[where] = loc
        result.append(loc)
    return result


def exception_table(code: CodeType) -> list[Protected]:
    """The protected ranges of a code object (Objects/exception_handling_notes.txt: varints of 6 bits)."""
    numbers = _varints(code.co_exceptiontable)
    rows = []
    for start in numbers:
        length, target, depth = next(numbers), next(numbers), next(numbers)
        rows.append(Protected(2 * start, 2 * (start + length), 2 * target, depth >> 1, bool(depth & 1)))
    return rows


def _varints(data: bytes) -> Iterator[int]:
    i = 0
    while i < len(data):
        value = data[i] & 63
        while data[i] & 64:
            i += 1
            value = value << 6 | data[i] & 63
        i += 1
        yield value
