"""What of the language is not understood, in the words of Python: a row per opcode that has no handler in `opcodes`."""

from __future__ import annotations

from typing import Any, NamedTuple

from irad.lift.bytecode import Instruction


class Refusal(NamedTuple):
    """The parts of the error: what is not supported, what to write instead, and why."""

    what: str
    hint: str
    why: str
    kind: str = "syntax"

    def attrs(self) -> dict[str, Any]:
        return {"kind": self.kind, "what": self.what, "why": self.why, "hint": self.hint}


_NO_FRAME = "a compiled function has no frame that could be suspended and resumed"
_NO_DICT = "its variables live in a dictionary, which any code can change"
_FIXED = "what a compiled function reads from outside is fixed while it runs"

THROW = Refusal("an exception thrown into a generator", "end the generator by returning from it", _NO_FRAME)
YIELD_IN_TRY = Refusal(
    "yield inside of try or with", "put the try or with into the loop that consumes the items, or around single steps",
    "a generator that is left early would have to run what cleans up, at a moment that only CPython knows", "exception",
)
ASYNC = Refusal("async function", "compile the numerical part as a plain function and call it from here", _NO_FRAME)
GROUP = Refusal(
    "except* statement", "catch the exceptions with a plain except", "compiled code raises single exceptions, not groups",
    "exception",
)
NOT_A_FUNCTION = Refusal("module level code", "put the computation into a function", _NO_DICT)
DELETE_GLOBAL = Refusal("del of a global variable", "leave the variable alone", _FIXED, "nonlocal")
STAR_IMPORT = Refusal("from module import *", "import the names that are needed", _NO_DICT)
TYPE_PARAMETERS = Refusal(
    "type parameters or a type statement inside a function", "move the definition to module level",
    "types are made by CPython, not by compiled code",
)
TEMPLATE = Refusal("template string", "use an f-string", "templates hold objects that compiled code does not make")
INTERACTIVE = Refusal("statement typed at a prompt", "put the computation into a function", _NO_DICT)
INTERNAL = Refusal(
    "an instruction internal to CPython", "please report the function to the irad project",
    "compiled Python code does not contain it", "bytecode",
)

_ASYNC = ("GET_AWAITABLE", "GET_AITER", "GET_ANEXT", "END_ASYNC_FOR", "BEFORE_ASYNC_WITH", "ASYNC_GEN_WRAP")
# of the interpreter's own frames, of monitoring, and of the compiler before it has finished
_INTERNAL = (
    "INTERPRETER_EXIT", "EXIT_INIT_CHECK", "ENTER_EXECUTOR", "RESERVED", "INSTRUCTION", "LINE", "JUMP_NO_INTERRUPT",
    "JUMP_IF_FALSE", "JUMP_IF_TRUE", "POP_BLOCK", "SETUP_CLEANUP", "SETUP_FINALLY", "SETUP_WITH",
    "STORE_FAST_MAYBE_NULL", "ANNOTATIONS_PLACEHOLDER", "LOAD_SUPER_METHOD", "LOAD_ZERO_SUPER_ATTR",
    "LOAD_ZERO_SUPER_METHOD",
)

REFUSED: dict[str, Refusal] = {
    **dict.fromkeys(_ASYNC, ASYNC),
    **dict.fromkeys(("CHECK_EG_MATCH", "PREP_RERAISE_STAR"), GROUP),
    **dict.fromkeys(("BUILD_TEMPLATE", "BUILD_INTERPOLATION"), TEMPLATE),
    **dict.fromkeys(_INTERNAL, INTERNAL),
    "CLEANUP_THROW": THROW,
    "DELETE_GLOBAL": DELETE_GLOBAL,
    "IMPORT_STAR": STAR_IMPORT,
    "CALL_INTRINSIC_2": TYPE_PARAMETERS,
    "PRINT_EXPR": INTERACTIVE,
}

INTRINSICS: dict[str, Refusal] = {
    "PRINT": INTERACTIVE,
    "IMPORT_STAR": STAR_IMPORT,
    "STOPITERATION_ERROR": THROW,
    "ASYNC_GEN_WRAP": ASYNC,
    **dict.fromkeys(("TYPEVAR", "PARAMSPEC", "TYPEVARTUPLE", "SUBSCRIPT_GENERIC", "TYPEALIAS"), TYPE_PARAMETERS),
    "INVALID": INTERNAL,
    "UNKNOWN": INTERNAL,
}


def refusal(instruction: Instruction) -> Refusal | None:
    """Why this instruction cannot be lifted; None if it can."""
    name = instruction.name
    if name == "CALL_INTRINSIC_1":
        return INTRINSICS.get(instruction.arg)
    return REFUSED.get(name)
