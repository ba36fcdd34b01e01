"""Compiled programs against the interpreter: form `typed` (guards inline) and form `low` (branches, counts)."""
from __future__ import annotations

import copy
import functools
from typing import Any

import numpy as np
import pytest
from codegen_native import Native, NativeError
from ir_programs import PROGRAMS

import irad
from irad.codegen import emit_module
from irad.codegen.unit import MOST_INLINE
from irad.ir.core import Module
from irad.ir.interpret import run
from irad.ir.parse import parse
from irad.ir.types import Record
from irad.ops import OPS
from irad.passes.lifetime import lifetime
from irad.passes.lower import lower_guards


def evaluate(op: str) -> Any:
    return OPS[op].eval


def outcome(call: Any) -> Any:
    try:
        return call()
    except NativeError as error:
        return error.exc, error.message
    except Exception as error:
        return type(error).__name__, str(error)


def equal(a: Any, b: Any) -> bool:
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(equal, a, b))
    return bool(np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f"))


def low(module: Module) -> Module:
    for function in module.functions.values():
        lower_guards(function)
        lifetime(function)
    module.form = "low"
    return module


@pytest.mark.parametrize("opt_level", [0, 3])
@pytest.mark.parametrize("form", ["typed", "low"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str, form: str, opt_level: int) -> None:
    program = PROGRAMS[name]
    module = low(program.module()) if form == "low" else program.module()
    compiled = Native(module, program.root, opt_level=opt_level)
    for args in program.calls:
        mine, theirs = copy.deepcopy(args), copy.deepcopy(args)
        want = outcome(lambda theirs=theirs: run(program.module(), program.root, theirs, evaluate=evaluate))
        results = module.functions[program.root].results
        if any(isinstance(t, Record) for t in results):
            check_record(compiled, program.root, mine)
            continue
        got = outcome(lambda mine=mine: compiled(program.root, *mine))
        got = got if isinstance(got, tuple) else (got,)
        assert equal(got, want), (args, got, want)
        assert equal(mine, theirs), "arguments changed in other ways"
        if form == "low" and not isinstance(want[0], str):
            assert compiled.word(72).value == 0, "memory is left"
        compiled.memory("irad_reset")
    compiled.close()


def check_record(compiled: Native, root: str, args: tuple[Any, ...]) -> None:
    """A record is opaque: only what remains when it is released can be seen."""
    for t, place in compiled.raw(root, *args):
        value = compiled.take(t, place)
        if isinstance(t, Record):
            compiled.release(value)
    if compiled.module.form == "low":
        assert compiled.word(72).value == 0
    compiled.memory("irad_reset")


def test_sums_of_adjoints_are_vectorised() -> None:
    """The adjoint of a factor that a loop does not change is a sum over it, in any order; the program keeps its order."""
    def f(a: Any, b: Any) -> Any:
        return (a @ b).sum()

    def by_loops(a: Any, b: Any) -> Any:
        total = 0.0
        for i in range(len(a)):
            total += a[i, 0] * b[i, 1]
        return total

    kind = irad.ArrayType(np.float64, 2)
    assert "reassoc" in irad.grad(f, argnums=(0, 1)).llvm(kind, kind)
    assert "vector.reduce.fadd" in irad.grad(f, argnums=(0, 1)).llvm(kind, kind)
    assert "reassoc" not in irad.compile(by_loops).llvm(kind, kind) + irad.compile(f).llvm(kind, kind)
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(7, 30)), rng.normal(size=(30, 41))
    da, db = irad.grad(f, argnums=(0, 1))(a, b)
    np.testing.assert_allclose(da, np.ones((7, 41)) @ b.T, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(db, a.T @ np.ones((7, 41)), rtol=1e-12, atol=1e-13)


def test_products_with_strided_matrices_add_from_left_to_right() -> None:
    rng = np.random.default_rng(0)
    for rows in range(10):  # four of them at a time
        a, v = rng.normal(size=(rows, 19)), rng.normal(size=19)
        sums = [functools.reduce(lambda s, xy: s + xy[0] * xy[1], zip(row, v.tolist(), strict=True), 0.0) for row in a.tolist()]
        assert irad.compile(lambda a, v: a @ v)(a, v).tolist() == sums
        assert irad.compile(lambda a, v: a.T @ v)(a.T.copy(), v).tolist() == sums
    a, b = rng.normal(size=(5, 19)), rng.normal(size=(11, 19))
    found = irad.compile(lambda a, b: a @ b.T)(a, b)
    for i in range(5):
        for j in range(11):
            total = 0.0
            for x, y in zip(a[i].tolist(), b[j].tolist(), strict=True):
                total += x * y
            assert found[i, j] == total


def test_counting_is_out_of_line_where_there_is_much_of_it() -> None:
    """LLVM's time grows with the blocks that it would add to each of its callers."""
    def text(count: int) -> str:
        stores = "\n".join(f"  retain %a\n  store %a, %rows, {k}" for k in range(count))
        return emit_module(parse(f"""irad 1 low

func @f(%a: array<float, 1>) -> array<array<float, 1>, 1> {{
^entry:
  %rows: array<array<float, 1>, 1> = alloc {count} {{elem='array<float, 1>', zero=True}}
{stores}
  return %rows
}}
"""), "f").text

    (few, many) = (next(line for line in text(n).splitlines() if "@irad_retain(ptr %owner)" in line) for n in (5, MOST_INLINE))
    assert "noinline" in many and "noinline" not in few
