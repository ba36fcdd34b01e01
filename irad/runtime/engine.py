"""From LLVM text to native code: one engine, closed when the last user of its code is gone.

    engine = Engine("define double @twice(double %x) { ... }", symbols={"known_0": id(obj)})
    engine.address("twice")   # an integer that ctypes or a type slot can use, valid until engine.close()

Three things that llvmlite leaves to its user are settled here, each measured:
- A TargetMachine may be shared by LLJIT engines (LLJIT copies its description; code is emitted by us, not by it). A
  fresh one costs 0.2 ms and 1.2 ms more at its first use. It must not be shared by MCJIT engines, which own it.
- A pass manager runs once (its inliner passes are moved out of it), and `close()` does not free it: `ObjectRef` comes
  before `NewPassManager` in its bases and hides `_dispose` (55 kB lost per module). `_free_passes` frees it.
- A pass builder loses 1.7 kB when it is closed (its instrumentation callbacks), but it must not be used for ever either: each
  run registers one more callback, and they make later runs slower (by a quarter after 256). 16 runs cost nothing that could
  be measured, and lose 110 bytes a module. (What is registered refers to an object of its run that is gone by then; it is
  read for functions with the attribute `optnone` only, which no text of ours has.)

One thing that LLVM has wrong is kept out of its way: `_keep_short_loops`.
"""
from __future__ import annotations

import ctypes
import itertools
import platform
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache, partial
from typing import Any, TypeVar

import llvmlite.binding as llvm
from llvmlite.binding import ffi, newpassmanagers

from irad.runtime import nativesymbols
from irad.runtime.nativeowned import Owned, own, release

R = TypeVar("R")

_lock = threading.RLock()
_numbers = itertools.count()
# RuntimeDyld places the sections of a module apart, beyond the reach of AArch64's short addresses.
_JIT_LINK = platform.machine().lower() in ("aarch64", "arm64")


@cache
def _machine(opt_level: int) -> Any:
    """The target machine of this process for one optimisation level."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    # pic: symbols bound at load may be anywhere, so addresses come from a table rather than from the instruction.
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=opt_level, reloc="pic",
        codemodel="small")


def _free_passes(passes: Any) -> None:
    """Free a pass manager, whichever way this llvmlite has it."""
    if type(passes)._dispose is ffi.ObjectRef._dispose:
        newpassmanagers.NewPassManager._dispose(passes)
        passes.detach()
    else:
        passes.close()


class _Builder:
    """A pass builder for one optimisation level, renewed after `RUNS` modules."""

    RUNS = 16

    def __init__(self, opt_level: int) -> None:
        self.opt_level = opt_level
        self.runs = 0
        self._open: list[Any] = []

    def get(self) -> Any:
        """The builder for one more run."""
        if self.runs % self.RUNS == 0:
            self._renew()
        self.runs += 1
        return self._open[0]

    def _renew(self) -> None:
        """LLVM's default pipeline for the level, but for the vectoriser of straight-line code: pairs of scalars in one
        register cost latency in the dependent chains of solvers (8 % of an ODE step) and gain nothing in loops."""
        while self._open:
            self._open.pop(0).close()
        level = self.opt_level
        tuning = llvm.create_pipeline_tuning_options(speed_level=level)
        tuning.loop_vectorization, tuning.slp_vectorization = level > 1, False
        tuning.loop_interleaving = tuning.loop_unrolling = level > 1
        self._open = [llvm.create_pass_builder(_machine(level), tuning), tuning]


_builder = cache(_Builder)


LONG = 10_000  # lines of a function that LLVM's loop passes take too long for: 40 s at level 3 for 22,000, 10 s at level 1
LAST_TO_FOLD = 22  # versions of LLVM up to this one have the option of `_keep_short_loops`
VAST = 25_000  # of one that its code generator takes too long for: 21 s for 30,000; 0.6 s at level 0, for code a third slower


def _longest(text: str) -> int:
    """The number of lines of the longest function in a text."""
    return max((body.count("\n") for body in text.split("\ndefine ")[1:]), default=0)


@cache
def _keep_short_loops() -> None:
    """Loops of less than 16 rounds are no vectors of which a mask switches parts off (other loops never are, on x86).

    For such plans LLVM's old and new estimates of what a loop costs may disagree, and an assertion about that ends the process:
    https://github.com/llvm/llvm-project/issues/149651. An option that an LLVM does not know would end it as well.
    """
    if llvm.llvm_version_info[0] <= LAST_TO_FOLD:
        llvm.set_option("", "-force-tail-folding-style=none")


def _optimise(module: Any, opt_level: int) -> None:
    """Run LLVM's pipeline for a level over a module."""
    _keep_short_loops()
    builder = _builder(opt_level).get()
    passes = builder.getModulePassManager()
    try:
        passes.run(module, builder)
    finally:
        _free_passes(passes)


def _names(module: Any) -> tuple[list[str], list[str]]:
    """The names that a module defines for others, and those that it takes from elsewhere."""
    defined, wanted = [], []
    for item in itertools.chain(module.functions, module.global_variables):
        name = item.name
        if item.is_declaration:
            if not name.startswith("llvm."):
                wanted.append(name)
        elif item.linkage.name == "external":
            defined.append(name)
    return defined, wanted


def _bound(names: Iterable[str], symbols: Mapping[str, int]) -> dict[str, int]:
    """Addresses for the names that native code takes from elsewhere; RuntimeError when one is not known."""
    found = dict(nativesymbols.implicit())
    for name in names:
        value = symbols.get(name) or nativesymbols.address(name)
        if not value:
            raise RuntimeError(f"irad internal error: native code needs the symbol {name!r}, which is not known here")
        found[name] = value
    return found


def _parse(text: str, machine: Any, context: Any) -> Any:
    """A module for a machine, with LLVM's complaint as RuntimeError."""
    try:
        module = llvm.parse_assembly(text, context)
        module.verify()
    except RuntimeError as error:
        raise RuntimeError(f"irad internal error: LLVM refuses the module: {error}") from None
    module.triple = machine.triple
    module.data_layout = str(machine.target_data)
    return module


def _unload(tracker: Any, jit: Any) -> None:
    """Free code: first the library, then what holds it."""
    tracker.close()
    jit.close()


class Engine:
    """Native code of one text. Its addresses are valid until `close`, or until the engine is collected.

    `glue` is a text of its own, whose functions call those of the first: not worth the time of LLVM's optimiser.
    """

    def __init__(
        self, text: str, symbols: Mapping[str, int] | None = None, opt_level: int = 3, glue: str = "",
    ) -> None:
        if not 0 <= opt_level <= 3:
            raise ValueError("opt_level must be 0, 1, 2 or 3")
        longest = _longest(text)
        opt_level = min(opt_level, 1) if longest > LONG else opt_level
        self._code_level = 0 if longest > VAST else opt_level
        self._parts = [(text, opt_level), (glue, 0)] if glue else [(text, opt_level)]
        self._token: Owned | None = None
        self._addresses: dict[str, int] = {}
        with _lock:
            self._build(symbols or {})

    def _optimised(self, view: Callable[[Any, Any], R]) -> list[R]:
        """What a view gives for each optimised module and its machine; nothing of the module is left afterwards."""
        found = []
        context = llvm.create_context()
        try:
            for text, level in self._parts:
                machine = _machine(level)
                module = _parse(text, machine, context)
                try:
                    _optimise(module, level)
                    found.append(view(module, _machine(min(level, self._code_level))))
                finally:
                    module.close()
        finally:
            context.close()
        return found

    def _build(self, symbols: Mapping[str, int]) -> None:
        """Emit and load the code, and note where its exports are."""
        parts = self._optimised(lambda module, machine: (*_names(module), machine.emit_object(module)))
        exports = [name for defined, _, _ in parts for name in defined]
        wanted = {name for _, names, _ in parts for name in names}
        imports = _bound(sorted(wanted.difference(exports)), symbols)
        jit = llvm.create_lljit_compiler(_machine(self._parts[0][1]), use_jit_link=_JIT_LINK, suppress_errors=True)
        library = llvm.JITLibraryBuilder()
        for _, _, code in parts:
            library.add_object_img(code)
        for name, value in imports.items():
            if name not in exports:
                library.import_symbol(name, value)
        for name in exports:
            library.export_symbol(name)
        try:
            tracker = library.link(jit, f"irad{next(_numbers)}")
        except RuntimeError as error:
            jit.close()
            raise RuntimeError(f"irad internal error: native code cannot be loaded: {error}") from None
        self._token = own(partial(_unload, tracker, jit))
        self._addresses = {name: tracker[name] for name in exports}

    @property
    def exports(self) -> Collection[str]:
        """The names that the code defines for others."""
        return self._addresses.keys()

    def address(self, name: str) -> int:
        """Where a function or datum that the module defines is in memory."""
        if self._token is None:
            raise RuntimeError("the engine is closed")
        try:
            return self._addresses[name]
        except KeyError:
            raise RuntimeError(f"irad internal error: the module does not export {name!r}") from None

    @property
    def optimized(self) -> str:
        """LLVM text after optimisation."""
        with _lock:
            return "\n".join(self._optimised(lambda module, _: str(module)))

    @property
    def asm(self) -> str:
        """Assembly of the machine code."""
        with _lock:
            return "\n".join(self._optimised(lambda module, machine: str(machine.emit_assembly(module))))

    def forever(self) -> None:
        """Never free this code: for code that types and objects may call until the process ends."""
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._token))

    @property
    def token(self) -> Owned | None:
        """Holding it keeps the code loaded."""
        return self._token

    def close(self) -> None:
        """Free the code. Idempotent; the caller sees to it that nothing runs or points into it."""
        token, self._token = self._token, None
        self._addresses = {}
        if token is not None:
            release(token)
