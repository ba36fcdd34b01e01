"""Emitted kernels behind the fast entry of the runtime: arrays boxed, errors raised, memory returned."""
from __future__ import annotations

import numpy as np
from codegen_native import memory, symbols

from irad.codegen import abi, emit_module
from irad.ir.parse import parse
from irad.runtime import library
from irad.runtime.engine import Engine
from irad.runtime.nativetext import CONTEXT_SIZE, CTX
from irad.runtime.nativetype import make_type, set_entry
from irad.runtime.state import State
from irad.runtime.wrapper import Array, ArrayResult, Scalar, complete, emit_entry

KERNEL = """irad 1 low

func @squares(%a: array<float, 1, A>, %k: int) -> array<float, 1> {
^entry:
  %n: int = dim %a {axis=0}
  %r: array<float, 1> = alloc %n {elem='float', zero=False}
  br ^for(0)
^for(%i: int):
  %c: bool = lt %i, %n
  br %c, ^body, ^done
^body:
  %x: float = load %a, %i
  %y: float = pow %x, 2.0
  store %y, %r, %i
  %i.1: int = add %i, 1
  br ^for(%i.1)
^done:
  %ok: bool = gt %k, 0
  guard %ok, %k {exc='ValueError', msg='bad {}'}
  return %r
}
"""


def test_one_context() -> None:
    assert CTX == {
        "next": abi.CTX_NEXT, "site": abi.CTX_SITE, "payload": abi.CTX_PAYLOAD, "allocations": abi.CTX_BLOCKS,
        "bytes": abi.CTX_USED, "byte_limit": abi.CTX_LIMIT, "depth": abi.CTX_DEPTH, "depth_limit": abi.CTX_DEPTH_LIMIT,
        "stack_limit": abi.CTX_STACK_LIMIT, "inputs": abi.CTX_INPUTS, "polls": abi.CTX_POLL,
        "thread": abi.CTX_THREAD, "fail": abi.CTX_FAIL, "fence": abi.CTX_FENCE, "unfence": abi.CTX_UNFENCE,
        "trace": abi.CTX_TRACE, "ask": abi.CTX_ASK,
    }
    assert CONTEXT_SIZE >= abi.CTX_SIZE


def test_arrays_through_the_entry() -> None:
    emitted = emit_module(parse(KERNEL), "squares")

    class Compiled:
        __slots__ = ()

        def _slow_call(self, *args: object) -> object:
            raise TypeError(args)

        def _raise_error(self, ctx: int, *args: object) -> None:
            raise ValueError(emitted.sites[int.from_bytes(_bytes(ctx + abi.CTX_SITE, 8), "little")].message)

    entry = emit_entry("entry", "squares", (Array("float64", 1), Scalar("int")), ArrayResult("float64", 1), (), True)
    engine = Engine(emitted.text, library.symbols() | symbols(emitted), glue=complete(entry))
    state = State(trim=memory().address("irad_close"))
    f = make_type(Compiled)()
    set_entry(f, engine.address("entry"), state.address, (engine, state))
    a = np.arange(10.0)
    for _ in range(3):
        assert np.array_equal(f(a[::2], 1), a[::2] ** 2)
    try:
        f(a, 0)
    except ValueError as error:
        assert str(error) == "bad {}"
    else:
        raise AssertionError("no error")


def _bytes(address: int, count: int) -> bytes:
    import ctypes

    return ctypes.string_at(address, count)
