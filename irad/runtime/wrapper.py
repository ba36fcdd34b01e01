"""The fast entry of one specialisation: from the interpreter's call to the kernel and back, in LLVM text.

    glue = emit_entry("entry", "kernel", (Scalar("float"),), ScalarResult(("float",)), (), True)
    engine = Engine(kernel_text, library.symbols() | known, glue=complete(glue))
    set_entry(f, engine.address("entry"), state.address, keep=(engine, state))

An entry tests that no keywords came, the number of arguments, the guards of the state, and each argument's exact type.
Where a test fails it hands the same arguments to the generic entry, which calls `self._slow_call`. Where the kernel
reports an error it calls `self._raise_error(address of the context, *args)`, which returns the exception, or raises; or returns
None: then the call begins anew, by the generic entry. After floating point errors that numpy would warn of it calls
`self._noticed(*args)`.
"""
from __future__ import annotations

from collections.abc import Sequence

from irad.runtime.nativebox import Boxer
from irad.runtime.nativesignature import (
    Array,
    ArrayResult,
    ArraysResult,
    Cell,
    Function,
    Global,
    Input,
    Known,
    KnownResult,
    NoneResult,
    NoneType,
    Param,
    ParamResult,
    Result,
    Scalar,
    ScalarResult,
    Tuple,
    TupleResult,
)
from irad.runtime.nativeslots import ENTRY_STATE_OFFSET
from irad.runtime.nativetext import CTX, STATE, Text, complete
from irad.runtime.nativeunbox import NotNative, unbox_all, unbox_inputs

__all__ = ["Array", "ArrayResult", "ArraysResult", "Cell", "Function", "Global", "Input", "Known", "KnownResult", "NoneResult",
           "NoneType", "NotNative", "Param", "ParamResult", "Result", "Scalar", "ScalarResult", "Tuple", "TupleResult",
           "complete", "emit_entry"]

_COUNT_MASK = 2**63 - 1  # the top bit says that args[-1] may be used


def _state(t: Text) -> str:
    """The state block, once it is known to be clean."""
    state = t.load("ptr", "%self", ENTRY_STATE_OFFSET)
    t.need(f"icmp eq i8 {t.load('i8', state, STATE['dirty'])}, 0")
    return state


def _pop(t: Text, state: str) -> str:
    """A context from the free list, or a fresh one when calls are nested; with the limit that each call begins with."""
    old, fresh, go = t.label, t.name("fresh"), t.name("go")
    head = t.load("ptr", state, STATE["free"])
    t.emit(f"br i1 {t.let(f'icmp eq ptr {head}, null')}, label %{fresh}, label %{go}")
    t.start(fresh)
    made = t.let(f"call ptr @irad_context(ptr {state})")
    t.emit(f"br i1 {t.let(f'icmp eq ptr {made}, null')}, label %nothing, label %{go}")
    t.start(go)
    ctx = t.let(f"phi ptr [{head}, %{old}], [{made}, %{fresh}]", "ctx")
    t.store("ptr", t.load("ptr", ctx, CTX["next"]), state, STATE["free"])
    t.store("i64", t.load("i64", t.load("ptr", state, STATE["static"]), CTX["byte_limit"]), ctx, CTX["byte_limit"])
    return ctx


def _push(t: Text, state: str, ctx: str) -> None:
    """Give a context back."""
    t.store("ptr", t.load("ptr", state, STATE["free"]), ctx, CTX["next"])
    t.store("ptr", ctx, state, STATE["free"])


def _arguments(t: Text, state: str, params: Sequence[Param], held: list[str]) -> tuple[list[str], list[str]]:
    """Test the call and its arguments: the objects, and the kernel's operands."""
    t.need(f"icmp eq i64 {t.let(f'and i64 %nargs, {_COUNT_MASK}')}, {len(params)}")
    t.need("icmp eq ptr %names, null")
    t.settle()
    t.need(f"call i1 @irad_guards(ptr {state})")
    objects = [t.load("ptr", "%args", 8 * i) for i in range(len(params))]
    return objects, unbox_all(t, objects, params, held)


def emit_entry(name: str, kernel: str, params: Sequence[Param], result: Result, inputs: Sequence[Input] = (),
               needs_context: bool = True, recursive: bool = False, shares: bool = False, heeds: int = 0) -> str:
    """LLVM text of `name`, a vectorcall target for `kernel`, which it declares. `complete` adds the other declarations.

    recursive: the kernel looks at the limit of the stack. shares: arrays in results share memory as they do in CPython.
    heeds: flags of floating point errors after which `self._noticed` is called with the arguments.

    NotNative is raised where this process hides what the entry would have to read.
    """
    t = Text()
    state = _state(t)
    held: list[str] = []
    objects, operands = _arguments(t, state, params, held)
    words = t.slot(f"[{sum(i.words for i in inputs)} x i64]") if inputs else ""
    held += unbox_inputs(t, state, inputs, words)
    pooled = needs_context or bool(inputs)
    ctx = _pop(t, state) if pooled else t.load("ptr", state, STATE["static"])
    if inputs:
        t.store("ptr", words, ctx, CTX["inputs"])
    if recursive:
        t.emit(f"call void @irad_stack(ptr {ctx})")
    for obj in held:
        t.emit(f"call void @Py_IncRef(ptr {obj})")
    boxer = Boxer(t, result, objects)
    operands = [f"ptr {ctx}", *operands, *(f"ptr {leaf}" for leaf in boxer.leaves)]
    if heeds:
        t.emit(f"call void @irad_calm(i32 {heeds})")
    code = t.let(f"call i32 @{kernel}({', '.join(operands)})", "code")
    t.check(t.let(f"icmp eq i32 {code}, 0"), "raise")
    flags = t.let(f"call i32 @fetestexcept(i32 {heeds})") if heeds else ""
    if boxer.of_arrays or (shares and boxer.arrays):
        boxer.share(ctx, list(dict.fromkeys([*objects, *held])) if shares else None)
    answer = boxer.box(result, ctx)
    _let_go(t, state, ctx, held, pooled)
    if heeds:
        _heed(t, flags, answer)
    t.emit(f"ret ptr {answer}")
    _ends(t, state, ctx, held, pooled)
    declared = f"declare i32 @{kernel}({', '.join(operand.split(' ', 1)[0] for operand in operands)})"
    return f"\n{declared}\ndefine ptr @{name}(ptr %self, ptr %args, i64 %nargs, ptr %names) {{\n" + "\n".join(
        ["entry:", *t.head, *t.lines]) + "\n}\n"


def _heed(t: Text, flags: str, answer: str) -> None:
    """Where a flag of floating point errors is set, tell `self`, which may raise."""
    heed, away, on = t.name("heed"), t.name("away"), t.name("on")
    t.emit(f"br i1 {t.let(f'icmp eq i32 {flags}, 0')}, label %{on}, label %{heed}")
    t.start(heed)
    t.emit(f"br i1 {t.let('call i1 @irad_heed(ptr %self, ptr %args, i64 %nargs)')}, label %{on}, label %{away}")
    t.start(away)
    t.emit(f"call void @Py_DecRef(ptr {answer})")
    t.emit("ret ptr null")
    t.start(on)


def _let_go(t: Text, state: str, ctx: str, held: list[str], pooled: bool) -> None:
    """Give back what a call of the kernel was given."""
    for obj in held:
        t.emit(f"call void @Py_DecRef(ptr {obj})")
    if pooled:
        _push(t, state, ctx)


def _ends(t: Text, state: str, ctx: str, held: list[str], pooled: bool) -> None:
    """The other ways out: an error of the kernel, a failure to box, the generic entry."""
    again = t.name("again")
    t.start("raise")
    t.emit(f"br i1 {t.let(f'call i1 @irad_raise(ptr %self, ptr {ctx}, ptr %args, i64 %nargs)')}, label %{again}, label %fail")
    t.start(again)
    _let_go(t, state, ctx, held, pooled)
    t.emit("br label %slow")
    t.start("fail")
    _let_go(t, state, ctx, held, pooled)
    t.emit("ret ptr null")
    t.start("nothing")
    t.emit("ret ptr null")
    t.start("slow_clear")
    t.emit("call void @PyErr_Clear()")
    t.emit("br label %slow")
    t.start("slow")
    t.emit("%r = musttail call ptr @irad_slow(ptr %self, ptr %args, i64 %nargs, ptr %names)")
    t.emit("ret ptr %r")
