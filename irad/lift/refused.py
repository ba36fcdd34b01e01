"""What of the language is not understood, in the words of Python: one row per opcode that `opcodes` has no handler for."""

from __future__ import annotations

from typing import Any, NamedTuple

from irad.lift.bytecode import Instruction


class Refusal(NamedTuple):
    """The parts of the error: what is not supported, and what to write instead."""

    what: str
    hint: str
    why: str = ""

    def attrs(self) -> dict[str, Any]:
        return {"what": self.what, "why": self.why, "hint": self.hint}


NO_FRAME = "a compiled function has no frame that could be suspended and resumed"
GENERATOR = Refusal("generator function", "collect the items in a list and return it", NO_FRAME)
GENERATOR_EXPRESSION = Refusal("generator expression", "write a list comprehension, [...] instead of (...)", NO_FRAME)
ASYNC = Refusal("async function", "compile the numerical part as a plain function and call it from here", NO_FRAME)
TRY = Refusal("try statement", "test for the condition before the operation that would raise")
WITH = Refusal("with statement", "enter the context outside the compiled function")
HANDLER = Refusal("exception handler", "test for the condition before the operation that would raise")
MATCH = Refusal("match statement over a sequence, mapping or class", "use if/elif with explicit tests")
CLASS = Refusal("class statement inside a function", "define the class at module level")
NOT_A_FUNCTION = Refusal(
    "class body or module level code", "put the computation into a function", "its variables live in a dictionary",
)
GLOBAL = Refusal(
    "assignment to a global variable", "return the value, or keep it in an array or object that is an argument",
    "other code could see the change while compiled code runs",
)
DELETE_GLOBAL = Refusal("del of a global variable", "leave the variable alone", "compiled code does not change module state")
DELETE_ATTR = Refusal("del of an attribute", "assign None to it", "the fields of an object are fixed at compile time")
STAR_IMPORT = Refusal("from module import *", "import the names that are needed")
TYPE_PARAMETERS = Refusal("type parameters or a type statement inside a function", "move the definition to module level")
TEMPLATE = Refusal("template string", "use an f-string")
PRINT = Refusal("interactive statement", "put the computation into a function")
RERAISE = Refusal(
    "raise without an exception", "name the exception to raise: raise ValueError(...)", "no handler is active here",
)
INTERNAL = Refusal("an instruction internal to CPython's compiler", "please report the function to the irad project")

REFUSED: dict[str, Refusal] = {
    **dict.fromkeys(
        ("RETURN_GENERATOR", "YIELD_VALUE", "SEND", "END_SEND", "GET_YIELD_FROM_ITER", "CLEANUP_THROW"), GENERATOR,
    ),
    **dict.fromkeys(("GET_AWAITABLE", "GET_AITER", "GET_ANEXT", "END_ASYNC_FOR", "BEFORE_ASYNC_WITH", "ASYNC_GEN_WRAP"), ASYNC),
    **dict.fromkeys(("BEFORE_WITH", "LOAD_SPECIAL", "WITH_EXCEPT_START"), WITH),
    **dict.fromkeys(
        ("PUSH_EXC_INFO", "POP_EXCEPT", "CHECK_EXC_MATCH", "CHECK_EG_MATCH", "PREP_RERAISE_STAR", "RERAISE"), HANDLER,
    ),
    **dict.fromkeys(("MATCH_CLASS", "MATCH_KEYS", "MATCH_MAPPING", "MATCH_SEQUENCE", "GET_LEN"), MATCH),
    "LOAD_BUILD_CLASS": CLASS,
    **dict.fromkeys(
        (
            "LOAD_NAME", "STORE_NAME", "DELETE_NAME", "LOAD_LOCALS", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF",
            "LOAD_FROM_DICT_OR_GLOBALS", "SETUP_ANNOTATIONS",
        ),
        NOT_A_FUNCTION,
    ),
    "STORE_GLOBAL": GLOBAL,
    "DELETE_GLOBAL": DELETE_GLOBAL,
    "DELETE_ATTR": DELETE_ATTR,
    "IMPORT_STAR": STAR_IMPORT,
    "CALL_INTRINSIC_2": TYPE_PARAMETERS,
    **dict.fromkeys(("BUILD_TEMPLATE", "BUILD_INTERPOLATION"), TEMPLATE),
    "PRINT_EXPR": PRINT,
    **dict.fromkeys(
        (
            "INTERPRETER_EXIT", "EXIT_INIT_CHECK", "ENTER_EXECUTOR", "RESERVED", "INSTRUCTION", "LINE", "JUMP_NO_INTERRUPT",
            "JUMP_IF_FALSE", "JUMP_IF_TRUE", "POP_BLOCK", "SETUP_CLEANUP", "SETUP_FINALLY", "SETUP_WITH",
            "STORE_FAST_MAYBE_NULL", "ANNOTATIONS_PLACEHOLDER", "LOAD_SUPER_METHOD", "LOAD_ZERO_SUPER_ATTR",
            "LOAD_ZERO_SUPER_METHOD",
        ),
        INTERNAL,
    ),
}

INTRINSICS: dict[str, Refusal] = {
    "PRINT": PRINT,
    "IMPORT_STAR": STAR_IMPORT,
    "STOPITERATION_ERROR": GENERATOR,
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
    if name == "RAISE_VARARGS" and instruction.arg == 0:
        return RERAISE
    return REFUSED.get(name)
