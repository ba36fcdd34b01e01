"""What each instruction of CPython does to the frame, as instructions of form `py`: one handler per opcode.

Opcodes that have no handler are in the table `irad.lift.refused.REFUSED`. Names and operands are those of
`irad.lift.bytecode`, the same for every version of CPython.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable

from irad.ir.core import Const, Instr, Value
from irad.ir.types import ANY
from irad.lift.bytecode import Instruction
from irad.lift.frame import CURRENT, NONE, NULL, Frame
from irad.lift.names import value_name
from irad.lift.refused import YIELD_IN_TRY

Handler = Callable[[Frame, Instruction], None]
HANDLERS: dict[str, Handler] = {}


def handles(*names: str) -> Callable[[Handler], Handler]:
    """Enter a function as the handler of instructions."""

    def enter(handler: Handler) -> Handler:
        for name in names:
            assert name not in HANDLERS, name
            HANDLERS[name] = handler
        return handler

    return enter


@handles("NOP", "NOT_TAKEN", "CACHE", "PRECALL", "EXTENDED_ARG", "END_FOR", "END_SEND", "SETUP_ANNOTATIONS")
def nothing(f: Frame, ins: Instruction) -> None:
    """END_FOR and END_SEND are skipped by the exits of FOR_ITER and SEND, which have popped the iterator."""


# -- stack --


@handles("POP_TOP")
def pop_top(f: Frame, ins: Instruction) -> None:
    f.drop()


@handles("PUSH_NULL")
def push_null(f: Frame, ins: Instruction) -> None:
    f.push(NULL)


@handles("COPY")
def copy(f: Frame, ins: Instruction) -> None:
    f.push(f.peek(ins.arg))


@handles("SWAP")
def swap(f: Frame, ins: Instruction) -> None:
    f.swap(ins.arg)


@handles("LOAD_CONST")
def load_const(f: Frame, ins: Instruction) -> None:
    f.push(Const(ANY, ins.arg))


# -- variables --


@handles("LOAD_FAST")
def load_fast(f: Frame, ins: Instruction) -> None:
    f.push(f.load(ins.arg))


@handles("LOAD_FAST_LOAD_FAST")
def load_two(f: Frame, ins: Instruction) -> None:
    for index in ins.arg:
        f.push(f.load(index))


@handles("LOAD_FAST_AND_CLEAR")
def load_and_clear(f: Frame, ins: Instruction) -> None:
    f.push(f.load_raw(ins.arg))
    f.unbind(ins.arg)


@handles("STORE_FAST")
def store_fast(f: Frame, ins: Instruction) -> None:
    f.store(ins.arg, f.pop())


@handles("STORE_FAST_STORE_FAST")
def store_two(f: Frame, ins: Instruction) -> None:
    for index in ins.arg:
        f.store(index, f.pop())


@handles("STORE_FAST_LOAD_FAST")
def store_load(f: Frame, ins: Instruction) -> None:
    stored, loaded = ins.arg
    f.store(stored, f.pop())
    f.push(f.load(loaded))


@handles("DELETE_FAST")
def delete_fast(f: Frame, ins: Instruction) -> None:
    f.load(ins.arg)
    f.unbind(ins.arg)


@handles("LOAD_GLOBAL")
def load_global(f: Frame, ins: Instruction) -> None:
    if ins.flag:
        f.push(NULL)
    f.push(f.emit("py.global", (), {"name": ins.arg}, ins.arg))


@handles("STORE_GLOBAL")
def store_global(f: Frame, ins: Instruction) -> None:
    f.effect("py.set_global", (f.pop(),), {"name": ins.arg})


@handles("MAKE_CELL")
def make_cell(f: Frame, ins: Instruction) -> None:
    name = value_name(f.names[ins.arg])
    f.store(ins.arg, f.emit("py.cell", (f.load_raw(ins.arg),), {"name": f.names[ins.arg]}, f"{name}.cell"))


@handles("COPY_FREE_VARS")
def copy_free_vars(f: Frame, ins: Instruction) -> None:
    first = len(f.names) - ins.arg
    for i, name in enumerate(f.names[first:]):
        f.store(first + i, f.emit("py.free", (), {"index": i, "name": name}, f"{name}.cell"))


@handles("LOAD_CELL")
def load_cell(f: Frame, ins: Instruction) -> None:
    f.push(f.load_raw(ins.arg))


@handles("LOAD_DEREF", "LOAD_CLASSDEREF")
def load_deref(f: Frame, ins: Instruction) -> None:
    name = f.names[ins.arg]
    f.push(f.emit("py.deref", (f.load_raw(ins.arg),), _cell(f, name), value_name(name)))


def _cell(f: Frame, name: str) -> dict[str, object]:
    """What reading a cell says of its variable; one of this function (`own`) is a local one in messages."""
    return {"name": name, "own": True} if name in f.code.co_cellvars else {"name": name}


@handles("STORE_DEREF")
def store_deref(f: Frame, ins: Instruction) -> None:
    f.effect("py.set_deref", (f.load_raw(ins.arg), f.pop()), {"name": f.names[ins.arg]})


@handles("DELETE_DEREF")
def delete_deref(f: Frame, ins: Instruction) -> None:
    cell, name = f.load_raw(ins.arg), f.names[ins.arg]
    f.emit("py.deref", (cell,), _cell(f, name), value_name(name))  # an empty cell is an error
    f.effect("py.set_deref", (cell, f.unbound), {"name": name})


# -- the namespace of a class body --


@handles("LOAD_BUILD_CLASS")
def load_build_class(f: Frame, ins: Instruction) -> None:
    f.push(Const(ANY, builtins.__build_class__))


@handles("LOAD_NAME")
def load_name(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.name", (), {"name": ins.arg}, ins.arg))


@handles("STORE_NAME")
def store_name(f: Frame, ins: Instruction) -> None:
    f.effect("py.set_name", (f.pop(),), {"name": ins.arg})


@handles("DELETE_NAME")
def delete_name(f: Frame, ins: Instruction) -> None:
    f.effect("py.set_name", (f.unbound,), {"name": ins.arg})


@handles("LOAD_LOCALS")
def load_locals(f: Frame, ins: Instruction) -> None:
    f.push(NONE)


@handles("LOAD_FROM_DICT_OR_DEREF", "LOAD_FROM_DICT_OR_GLOBALS")
def load_name_or_other(f: Frame, ins: Instruction) -> None:
    f.drop()
    (load_deref if ins.name.endswith("DEREF") else load_name)(f, ins)


# -- operators --


@handles("BINARY_OP")
def binary(f: Frame, ins: Instruction) -> None:
    y, x = f.pop(), f.pop()
    f.push(f.emit("py.binary", (x, y), {"op": ins.arg, "inplace": True} if ins.flag else {"op": ins.arg}))


@handles("UNARY_NEGATIVE")
def negative(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.unary", (f.pop(),), {"op": "-"}))


@handles("UNARY_POSITIVE")
def positive(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.unary", (f.pop(),), {"op": "+"}))


@handles("UNARY_INVERT")
def invert(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.unary", (f.pop(),), {"op": "~"}))


@handles("UNARY_NOT")
def negation(f: Frame, ins: Instruction) -> None:
    f.push(f.emit_bool("py.unary", (f.truth(f.pop()),), {"op": "not"}))


@handles("TO_BOOL")
def to_bool(f: Frame, ins: Instruction) -> None:
    f.push(f.truth(f.pop()))


@handles("COMPARE_OP")
def compare(f: Frame, ins: Instruction) -> None:
    y, x = f.pop(), f.pop()
    value = f.emit("py.compare", (x, y), {"op": ins.arg})
    f.push(f.truth(value) if ins.flag else value)


@handles("IS_OP", "CONTAINS_OP")
def test(f: Frame, ins: Instruction) -> None:
    y, x = f.pop(), f.pop()
    op = "py.is" if ins.name == "IS_OP" else "py.contains"
    f.push(f.emit_bool(op, (x, y), {"invert": True} if ins.arg else None))


# -- attributes and items --


@handles("LOAD_ATTR")
def load_attr(f: Frame, ins: Instruction) -> None:
    value = f.emit("py.attr", (f.pop(),), {"name": ins.arg})
    if ins.flag:  # a method: `infer` binds it, so the call takes a callable and no extra argument
        f.push(NULL)
    f.push(value)


@handles("STORE_ATTR")
def store_attr(f: Frame, ins: Instruction) -> None:
    owner, value = f.pop(), f.pop()
    f.effect("py.set_attr", (owner, value), {"name": ins.arg})


@handles("DELETE_ATTR")
def delete_attr(f: Frame, ins: Instruction) -> None:
    f.effect("py.del_attr", (f.pop(),), {"name": ins.arg})


@handles("LOAD_SUPER_ATTR")
def load_super_attr(f: Frame, ins: Instruction) -> None:
    value = f.emit("py.super_attr", f.pop_many(3), {"name": ins.arg})
    if ins.flag:
        f.push(NULL)
    f.push(value)


@handles("BINARY_SUBSCR")
def load_item(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.item", f.pop_many(2)))


@handles("STORE_SUBSCR")
def store_item(f: Frame, ins: Instruction) -> None:
    value, owner, index = f.pop_many(3)
    f.effect("py.set_item", (owner, index, value))


@handles("DELETE_SUBSCR")
def delete_item(f: Frame, ins: Instruction) -> None:
    f.effect("py.del_item", f.pop_many(2))


@handles("BUILD_SLICE")
def build_slice(f: Frame, ins: Instruction) -> None:
    step = f.pop() if ins.arg == 3 else NONE
    f.push(f.emit("py.slice", (*f.pop_many(2), step)))


@handles("BINARY_SLICE")
def load_slice(f: Frame, ins: Instruction) -> None:
    owner, start, stop = f.pop_many(3)
    f.push(f.emit("py.item", (owner, f.emit("py.slice", (start, stop, NONE)))))


@handles("STORE_SLICE")
def store_slice(f: Frame, ins: Instruction) -> None:
    value, owner, start, stop = f.pop_many(4)
    f.effect("py.set_item", (owner, f.emit("py.slice", (start, stop, NONE)), value))


# -- containers --


@handles("BUILD_TUPLE", "BUILD_LIST", "BUILD_SET")
def build_sequence(f: Frame, ins: Instruction) -> None:
    f.push(f.emit(f"py.{ins.name.removeprefix('BUILD_').lower()}", f.pop_many(ins.arg)))


@handles("BUILD_MAP")
def build_map(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.dict", f.pop_many(2 * ins.arg)))


@handles("BUILD_CONST_KEY_MAP")
def build_const_key_map(f: Frame, ins: Instruction) -> None:
    keys = f.pop()
    assert isinstance(keys, Const)
    values = f.pop_many(ins.arg)
    f.push(f.emit("py.dict", [x for k, v in zip(keys.value, values, strict=True) for x in (Const(ANY, k), v)]))


@handles("LIST_APPEND", "SET_ADD")
def add(f: Frame, ins: Instruction) -> None:
    item = f.pop()
    f.effect(f"py.{ins.name.lower()}", (f.peek(ins.arg), item))


@handles("MAP_ADD")
def map_add(f: Frame, ins: Instruction) -> None:
    key, value = f.pop_many(2)
    f.effect("py.map_add", (f.peek(ins.arg), key, value))


@handles("LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE")
def extend(f: Frame, ins: Instruction) -> None:
    items = f.pop()
    f.stack[-ins.arg] = f.emit(f"py.{ins.name.lower()}", (f.peek(ins.arg), items))


@handles("DICT_MERGE")
def dict_merge(f: Frame, ins: Instruction) -> None:
    items = f.pop()
    f.stack[-ins.arg] = f.emit("py.dict_update", (f.peek(ins.arg), items), {"merge": True})


@handles("LIST_TO_TUPLE")
def list_to_tuple(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.list_to_tuple", (f.pop(),)))


@handles("CALL_INTRINSIC_1")
def intrinsic(f: Frame, ins: Instruction) -> None:
    {"UNARY_POSITIVE": positive, "LIST_TO_TUPLE": list_to_tuple}[ins.arg](f, ins)


@handles("UNPACK_SEQUENCE")
def unpack(f: Frame, ins: Instruction) -> None:
    for value in reversed(f.emit_many("py.unpack", (f.pop(),), ins.arg, {"count": ins.arg})):
        f.push(value)


@handles("UNPACK_EX")
def unpack_ex(f: Frame, ins: Instruction) -> None:
    before, after = ins.arg & 255, ins.arg >> 8
    attrs = {"before": before, "after": after}
    for value in reversed(f.emit_many("py.unpack_ex", (f.pop(),), before + 1 + after, attrs)):
        f.push(value)


# -- strings --


@handles("FORMAT_VALUE")
def format_value(f: Frame, ins: Instruction) -> None:
    spec = f.pop() if ins.flag else NONE
    f.push(f.emit("py.format", (f.pop(), spec), {"conversion": ins.arg} if ins.arg else None))


@handles("CONVERT_VALUE")
def convert_value(f: Frame, ins: Instruction) -> None:
    # str(x), repr(x) and ascii(x) are strings, which format as themselves
    f.push(f.emit("py.format", (f.pop(), NONE), {"conversion": ins.arg}))


@handles("FORMAT_SIMPLE")
def format_simple(f: Frame, ins: Instruction) -> None:
    value, last = f.peek(), f.block.instrs[-1] if f.block.instrs else None
    if last is None or last.op != "py.format" or last.results[0] is not value:  # not after CONVERT_VALUE
        f.push(f.emit("py.format", (f.pop(), NONE)))


@handles("FORMAT_WITH_SPEC")
def format_with_spec(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.format", f.pop_many(2)))


@handles("BUILD_STRING")
def build_string(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.string", f.pop_many(ins.arg)))


# -- patterns --


@handles("MATCH_SEQUENCE", "MATCH_MAPPING")
def match_kind(f: Frame, ins: Instruction) -> None:
    f.push(f.emit_bool("py.match_kind", (f.peek(),), {"kind": ins.name.removeprefix("MATCH_").lower()}))


@handles("GET_LEN")
def get_len(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.len", (f.peek(),)))


@handles("MATCH_KEYS")
def match_keys(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.match_keys", (f.peek(2), f.peek(1))))


@handles("MATCH_CLASS")
def match_class(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.match_class", f.pop_many(3), {"count": ins.arg}))


# -- control flow --


@handles("JUMP")
def jump(f: Frame, ins: Instruction) -> None:
    f.jump()


@handles("POP_JUMP_IF_TRUE", "POP_JUMP_IF_FALSE")
def branch(f: Frame, ins: Instruction) -> None:
    f.branch(f.truth(f.pop()), then=1 if ins.name == "POP_JUMP_IF_TRUE" else 0)


@handles("POP_JUMP_IF_NONE", "POP_JUMP_IF_NOT_NONE")
def branch_none(f: Frame, ins: Instruction) -> None:
    is_none = f.emit_bool("py.is", (f.pop(), NONE))
    f.branch(is_none, then=1 if ins.name == "POP_JUMP_IF_NONE" else 0)


@handles("JUMP_IF_TRUE_OR_POP", "JUMP_IF_FALSE_OR_POP")
def branch_or_pop(f: Frame, ins: Instruction) -> None:
    f.branch(f.truth(f.peek()), then=1 if ins.name == "JUMP_IF_TRUE_OR_POP" else 0, dropped=(1, 0))


@handles("GET_ITER")
def get_iter(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.iter", (f.pop(),)))


@handles("FOR_ITER")
def for_iter(f: Frame, ins: Instruction) -> None:
    ok, item, moved = f.emit_many("py.next", (f.pop(),), 3)
    f.push(moved)
    f.push(item)
    f.branch(ok, then=0, dropped=(0, 2))


@handles("RETURN_GENERATOR")
def return_generator(f: Frame, ins: Instruction) -> None:
    """A call of the function makes the generator; this is where its first step begins."""
    f.push(NONE)


@handles("YIELD_VALUE")
def yield_value(f: Frame, ins: Instruction) -> None:
    f.settle()
    f.effect("py.yield", (f.pop(),))
    f.push(NONE)  # what is sent: nothing, since generators are only iterated over
    f.jump()


@handles("RESUME")
def resume(f: Frame, ins: Instruction) -> None:
    if ins.arg & 3 == 1 and f.handler is not None:
        f.effect("py.rethrow", (f.emit("py.thrown", (), YIELD_IN_TRY.attrs()),))


@handles("GET_YIELD_FROM_ITER")
def get_yield_from_iter(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.iter", (f.pop(),)))


@handles("SEND")
def send(f: Frame, ins: Instruction) -> None:
    f.drop()  # None
    ok, item, moved, result = f.emit_many("py.send", (f.pop(),), 4)
    f.push(moved)
    f.push(item)
    f.delegate(ok, result)


@handles("RETURN_VALUE")
def return_value(f: Frame, ins: Instruction) -> None:
    f.ret(f.pop())


@handles("RETURN_CONST")
def return_const(f: Frame, ins: Instruction) -> None:
    f.ret(Const(ANY, ins.arg))


# -- exceptions and contexts --


@handles("RAISE_VARARGS")
def raise_exception(f: Frame, ins: Instruction) -> None:
    if ins.arg == 0:
        again(f, f.current())
        return
    cause = [f.pop()] if ins.arg == 2 else []
    f.effect("py.raise", (f.pop(), f.current(), *cause))
    f.unreachable()


@handles("RERAISE")
def reraise(f: Frame, ins: Instruction) -> None:
    again(f, f.pop())


def again(f: Frame, exception: Value) -> None:
    f.effect("py.reraise", (exception,))
    f.unreachable()


@handles("PUSH_EXC_INFO")
def push_current(f: Frame, ins: Instruction) -> None:
    exception = f.pop()
    f.push(f.current())
    f.push(exception)
    f.write(CURRENT, exception)


@handles("POP_EXCEPT")
def pop_current(f: Frame, ins: Instruction) -> None:
    f.write(CURRENT, f.pop())


@handles("CHECK_EXC_MATCH")
def match_exception(f: Frame, ins: Instruction) -> None:
    classes = f.pop()
    f.push(f.emit_bool("py.match", (f.peek(), classes)))


@handles("BEFORE_WITH")
def before_with(f: Frame, ins: Instruction) -> None:
    manager = f.pop()
    enter = f.emit("py.attr", (manager,), {"name": "__enter__"})
    f.push(f.emit("py.attr", (manager,), {"name": "__exit__"}))
    f.push(f.emit("py.call", (enter,)))


@handles("LOAD_SPECIAL")
def load_special(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.attr", (f.pop(),), {"name": ins.arg}))
    f.push(NULL)


@handles("WITH_EXCEPT_START")
def with_exception(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.leave_context", (f.peek(ins.arg), f.peek())))


@handles("LOAD_ASSERTION_ERROR")
def assertion_error(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.assertion_error", ()))


# -- calls, functions, modules --


@handles("KW_NAMES")
def kw_names(f: Frame, ins: Instruction) -> None:
    f.keywords = ins.arg


@handles("CALL")
def call(f: Frame, ins: Instruction) -> None:
    args = f.pop_many(ins.arg)
    # below the arguments: a callable and NULL, in the order of the version, or a callable and its first argument
    head = [value for value in f.pop_many(2) if value is not NULL]
    if not args and len(head) == 1 and f.is_global(head[0], "super"):
        args = super_arguments(f)
    if not args and len(head) == 1 and f.is_global(head[0], "locals"):
        f.push(f.emit("py.locals", (*head, *map(f.load_raw, range(len(f.names)))), {"names": tuple(f.names)}))
        return
    attrs = {"kwnames": f.keywords} if f.keywords else None
    f.keywords = ()
    f.push(f.emit("py.call", (*head, *args), attrs))


def super_arguments(f: Frame) -> list[Value]:
    """super() is super(__class__, self), where a method has these (from 3.12 on another instruction says so)."""
    if "__class__" not in f.code.co_freevars or not f.code.co_argcount:
        return []
    cell, first = f.load_raw(f.names.index("__class__")), f.names[0]
    captured = first in f.code.co_cellvars  # by a function inside of the method
    owner = f.emit("py.deref", (f.load_raw(0),), _cell(f, first), value_name(first)) if captured else f.load(0)
    return [f.emit("py.deref", (cell,), {"name": "__class__"}), owner]


@handles("CALL_KW")
def call_kw(f: Frame, ins: Instruction) -> None:
    names = f.pop()
    assert isinstance(names, Const)
    f.keywords = names.value
    call(f, ins)


@handles("CALL_FUNCTION_EX")
def call_ex(f: Frame, ins: Instruction) -> None:
    kwargs = f.pop() if ins.flag else NONE
    args = f.pop()
    (callee,) = (value for value in f.pop_many(2) if value is not NULL)
    kwargs = NONE if kwargs is NULL else kwargs
    parts = taken_apart(f, args)
    if parts is None:
        f.push(f.emit("py.call_ex", (callee, kwargs, args), {"stars": "*"}))
    else:
        f.push(f.emit("py.call_ex", (callee, kwargs, *(value for _, value in parts)), {"stars": "".join(s for s, _ in parts)}))


def taken_apart(f: Frame, args: Value) -> list[tuple[str, Value]] | None:
    """The parts of a tuple that has just been made of a list, for the call: "*" before those that are iterated over, else "1".
    None if it was made otherwise, or if it is for something else as well."""
    parts: list[tuple[str, Value]] = []
    gone: list[Instr] = []
    current = args
    for instr in reversed(f.block.instrs):
        made = current in instr.results
        if instr.op == "py.list_to_tuple" and made:
            current = instr.args[0]
        elif instr.op == "py.list_extend" and made:
            parts.insert(0, ("*", instr.args[1]))
            current = instr.args[0]
        elif instr.op == "py.list_append" and instr.args[0] is current and gone:
            parts.insert(0, ("1", instr.args[1]))
        elif instr.op == "py.list" and made and gone:
            gone.append(instr)
            others = [i for i in f.block.instrs if i not in gone]
            if f.holds(r for i in gone for r in i.results) or any(r in i.args for g in gone for r in g.results for i in others):
                return None
            f.block.instrs = others
            return [*(("1", value) for value in instr.args), *parts]
        else:
            continue
        gone.append(instr)
    return None


PARTS = {"defaults": 1, "kwdefaults": 2, "closure": 3, "annotations": 4}  # operands of py.function


@handles("MAKE_FUNCTION")
def make_function(f: Frame, ins: Instruction) -> None:
    args = [f.pop(), NONE, NONE, NONE, NONE]
    for part in reversed(ins.arg):
        args[PARTS[part]] = f.pop()
    function = f.emit("py.function", args)
    f.functions[function] = f.block.instrs[-1]
    f.push(function)


@handles("SET_FUNCTION_ATTRIBUTE")
def set_function_attribute(f: Frame, ins: Instruction) -> None:
    function, value = f.pop(), f.pop()
    if ins.arg in PARTS:  # `annotate` (3.14) computes annotations when asked for: nobody asks
        f.functions[function].args[PARTS[ins.arg]] = value
    f.push(function)


@handles("IMPORT_NAME")
def import_name(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.import", f.pop_many(2), {"name": ins.arg}))


@handles("IMPORT_FROM")
def import_from(f: Frame, ins: Instruction) -> None:
    f.push(f.emit("py.import_from", (f.peek(),), {"name": ins.arg}))
