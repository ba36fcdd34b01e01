"""The fast entry, over kernels written by hand."""
from __future__ import annotations

import gc
import math
import subprocess
import sys
import timeit
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from irad.runtime import library
from irad.runtime.engine import Engine
from irad.runtime.nativeowned import for_ever
from irad.runtime.nativetype import make_type, set_entry
from irad.runtime.state import State
from irad.runtime.wrapper import (
    Array,
    ArrayResult,
    Cell,
    Global,
    Input,
    Known,
    KnownResult,
    NoneResult,
    NoneType,
    ParamResult,
    Scalar,
    ScalarResult,
    Tuple,
    TupleResult,
    complete,
    emit_entry,
)


class Base:
    __slots__ = ()

    def _slow_call(self, *args, **kwargs):
        return "slow", args, kwargs

    def _raise_error(self, ctx, *args):
        import ctypes
        site = ctypes.c_int64.from_address(ctx + 8).value
        if site == 98:
            return None  # begin anew
        if site == 99:
            return "no exception"
        raise ZeroDivisionError(f"site {site}")


T = make_type(Base)
F = Scalar("float")
RF = ScalarResult(("float",))


def rss() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def build(kernel, params, result, inputs=(), context=True, symbols=None, **state):
    glue = complete(emit_entry("entry", "k", params, result, inputs, context))
    engine, own = Engine(kernel, library.symbols() | (symbols or {}), glue=glue), State(inputs, **state)
    f = T()
    f.state = own
    set_entry(f, engine.address("entry"), own.address, (engine, own))
    return f


DOUBLE = """define i32 @k(ptr %ctx, double %x, ptr %out) {
  %y = fmul double %x, 2.0
  store double %y, ptr %out
  ret i32 0
}"""


def test_float():
    f = build(DOUBLE, [F], RF)
    assert f(1.25) == 2.5 and type(f(1.25)) is float
    assert f(3) == ("slow", (3,), {}) and f(np.float64(1))[0] == "slow"
    assert f() == ("slow", (), {}) and f(1.0, 2.0)[1] == (1.0, 2.0) and f(x=1.0) == ("slow", (), {"x": 1.0})
    class C:
        m = f
    assert C().m(1.0)[0] == "slow"


@pytest.mark.parametrize(("kind", "good", "bad"), [
    ("float", 1.5, True), ("int", -7, 7.0), ("int", 2**62, 2**63), ("int", -2**63, -2**63 - 1), ("bool", True, 1),
    ("bool", False, np.True_), ("float64", np.float64(2.5), 2.5), ("float32", np.float32(2.5), np.float64(2)),
    ("int64", np.int64(-5), 5), ("int32", np.int32(-5), np.int64(5)), ("bool_", np.True_, True),
    ("bool_", np.False_, 0), ("int", True, None)])
def test_scalars_round_trip(kind, good, bad):
    machine = {"float": "double", "float64": "double", "float32": "float", "int": "i64", "int64": "i64",
               "int32": "i32", "bool": "i1", "bool_": "i1"}[kind]
    store = f"store {machine} %x, ptr %out" if machine != "i1" else "%z = zext i1 %x to i8\n store i8 %z, ptr %out"
    f = build(f"define i32 @k(ptr %ctx, {machine} %x, ptr %out) {{\n {store}\n ret i32 0\n}}", [Scalar(kind)],
              ScalarResult((kind,)))
    if kind == "int" and good is True:
        assert f(True)[0] == "slow"
        return
    assert f(good) == good and type(f(good)) is type(good)
    assert f(bad)[0] == "slow"


TAGGED = """define i32 @k(ptr %ctx, double %x, i64 %tag, ptr %out, ptr %kind) {
  store double %x, ptr %out
  %t = trunc i64 %tag to i8
  store i8 %t, ptr %kind
  ret i32 0
}"""


def test_kinds_of_a_result():
    kinds = ("float", "int", "float64", "bool", "int64", "float32", "bool_", "int32")
    f = build(TAGGED, [F, Scalar("int")], ScalarResult(kinds))
    types = (float, int, np.float64, bool, np.int64, np.float32, np.bool_, np.int32)
    for tag, cls in enumerate(types):
        assert type(f(3.0, tag)) is cls and f(3.0, tag) == (1 if "bool" in kinds[tag] else 3)
    assert f(2.0**70, 1) == 2**70


def test_none_known_and_tuples():
    marker = for_ever(object())
    kernel = """define i32 @k(ptr %ctx, double %a, i64 %b, double %c, ptr %o1, ptr %o2) {
  %s = fadd double %a, %c
  store double %s, ptr %o1
  store i64 %b, ptr %o2
  ret i32 0
}"""
    params = [Tuple((F, Tuple((Scalar("int"), F)))), NoneType(), Known("irad_known_m")]
    point = for_ever(namedtuple("Point", "x y"))
    result = TupleResult((RF, TupleResult((ScalarResult(("int",)), KnownResult("irad_known_m"))), NoneResult(),
                          ParamResult((0, 1)), TupleResult((), "irad_known_e")))
    f = build(kernel, params, result, symbols={"irad_known_m": id(marker), "irad_known_e": id(for_ever(tuple))})
    inner = (3, 4.0)
    r = f((1.0, inner), None, marker)
    assert r[:3] == (5.0, (3, marker), None) and r[3] is inner
    assert f((1.0, (3, 4.0, 5.0)), None, marker)[0] == "slow" and f((1.0, inner), None, 1)[0] == "slow"
    assert f([1.0, inner], None, marker)[0] == "slow" and f((1.0, inner), 0, marker)[0] == "slow"
    two = "define i32 @k(ptr %c, double %a, ptr %o, ptr %p) {\n store double %a, ptr %o\n store double %a, ptr %p\n" \
          " ret i32 0\n}"
    # A class is called with the items: a namedtuple, a dataclass.
    h = build(two, [F], TupleResult((RF, RF), "irad_known_p"), symbols={"irad_known_p": id(point)})
    assert h(2.0) == point(2.0, 2.0) and type(h(2.0)) is point


ERROR = """define i32 @k(ptr %ctx, double %x, ptr %out) {
  %bad = fcmp oeq double %x, 0.0
  br i1 %bad, label %fail, label %good
good:
  %y = fdiv double 1.0, %x
  store double %y, ptr %out
  ret i32 0
fail:
  %p = getelementptr i8, ptr %ctx, i64 8
  store i64 SITE, ptr %p
  ret i32 1
}"""


@pytest.mark.parametrize("context", [True, False])
def test_errors(context):
    f = build(ERROR.replace("SITE", "42"), [F], RF, context=context)
    assert f(4.0) == 0.25
    for _ in range(10):
        with pytest.raises(ZeroDivisionError, match="site 42"):
            f(0.0)
    again = build(ERROR.replace("SITE", "98"), [F], RF, context=context)
    assert [again(0.0) for _ in range(3)] == [("slow", (0.0,), {})] * 3 and again(4.0) == 0.25
    g = build(ERROR.replace("SITE", "99"), [F], RF, context=context)
    with pytest.raises(SystemError, match="not raised"):
        g(0.0)


SUM = """define i32 @k(ptr %ctx, ptr %o, ptr %p, i64 %n, i64 %step, ptr %out) {
entry:
  br label %loop
loop:
  %i = phi i64 [0, %entry], [%j, %body]
  %s = phi double [0.0, %entry], [%t, %body]
  %more = icmp slt i64 %i, %n
  br i1 %more, label %body, label %done
body:
  %at = mul i64 %i, %step
  %q = getelementptr i8, ptr %p, i64 %at
  %x = load double, ptr %q
  %t = fadd double %s, %x
  %j = add i64 %i, 1
  br label %loop
done:
  store double %s, ptr %out
  ret i32 0
}"""


def test_array_arguments():
    f = build(SUM, [Array("float64", 1)], ScalarResult(("float64",)))
    a = np.arange(10.0)
    assert f(a) == 45.0 and type(f(a)) is np.float64 and f(a[::-2]) == a[::-2].sum() and f(a[:0]) == 0.0
    class Sub(np.ndarray): ...
    swapped, odd = a.astype(">f8"), np.frombuffer(b"0" * 81, np.uint8)[1:].view(np.float64)
    for bad in (a.astype("f4"), a.reshape(2, 5), [1.0], a.view(Sub), swapped, odd):
        assert f(bad)[0] == "slow"
    g = build(SUM, [Array("float64", 1, "C", True)], RF)
    a.flags.writeable = False
    assert g(np.arange(10.0)) == 45.0 and g(np.arange(10.0)[::2])[0] == "slow" and g(a)[0] == "slow"


MAKE = """declare ptr @irad_alloc(ptr, i64, i64)
define i32 @k(ptr %ctx, i64 %n, i64 %m, i64 %s0, i64 %s1, ptr %out) {
  %nm = mul i64 %n, %m
  %b = mul i64 %nm, 8
  %data = call ptr @irad_alloc(ptr %ctx, i64 %b, i64 0)
  %owner = getelementptr i8, ptr %data, i64 -64
  br label %loop
loop:
  %i = phi i64 [0, %0], [%j, %body]
  %c = icmp slt i64 %i, %nm
  br i1 %c, label %body, label %done
body:
  %q = getelementptr double, ptr %data, i64 %i
  %x = sitofp i64 %i to double
  store double %x, ptr %q
  %j = add i64 %i, 1
  br label %loop
done:
  store ptr %owner, ptr %out
  %o1 = getelementptr i8, ptr %out, i64 8
  store ptr %data, ptr %o1
  %o2 = getelementptr i8, ptr %out, i64 16
  store i64 %n, ptr %o2
  %o3 = getelementptr i8, ptr %out, i64 24
  store i64 %m, ptr %o3
  %o4 = getelementptr i8, ptr %out, i64 32
  store i64 %s0, ptr %o4
  %o5 = getelementptr i8, ptr %out, i64 40
  store i64 %s1, ptr %o5
  ret i32 0
}"""


def test_array_results():
    f = build(MAKE, [Scalar("int")] * 4, ArrayResult("float64", 2))
    r = f(3, 4, 32, 8)
    assert r.flags.owndata and r.flags.writeable and r.flags.c_contiguous and type(r) is np.ndarray and r.base is None
    assert np.array_equal(r, np.arange(12.0).reshape(3, 4)) and r.dtype is np.dtype("float64")
    t = f(3, 4, 8, 24)
    assert np.array_equal(t, np.arange(12.0).reshape(4, 3).T) and t.flags.owndata and t.flags.f_contiguous
    assert f(0, 4, 32, 8).shape == (0, 4)
    def work(n):
        for _ in range(n):
            f(300, 400, 3200, 8)
            f(300, 400, 8, 2400)
    work(20)
    before = rss()
    work(200)
    assert rss() - before < 4e6


INPUTS = """define i32 @k(ptr %ctx, double %x, ptr %out) {
  %ip = getelementptr i8, ptr %ctx, i64 112
  %w = load ptr, ptr %ip
  %a = load double, ptr %w
  %np = getelementptr i8, ptr %w, i64 8
  %n = load i64, ptr %np
  %dp = getelementptr i8, ptr %w, i64 24
  %d = load ptr, ptr %dp
  %first = load double, ptr %d
  %nf = sitofp i64 %n to double
  %s1 = fmul double %x, %a
  %s2 = fadd double %s1, %nf
  %s3 = fadd double %s2, %first
  store double %s3, ptr %out
  ret i32 0
}"""


def test_inputs():
    lam, space = 3.0, {"n": 10, "v": np.array([0.5, 7.0])}
    def fun():
        return lam  # noqa: F821 - deleted below on purpose
    inputs = (Input(Cell(0), F), Input(Global(space, "n"), Scalar("int")),
              Input(Global(space, "v"), Array("float64", 1)))
    f = build(INPUTS, [F], RF, inputs, cells=fun.__closure__)
    assert f(2.0) == 16.5
    lam, space["n"], space["v"] = 4.0, 20, np.array([0.25])
    assert f(2.0) == 28.25
    lam = 4
    assert f(2.0)[0] == "slow"
    lam = 4.0
    del space["n"]
    assert f(2.0)[0] == "slow"
    space["n"] = 1
    assert f(2.0) == 9.25
    del lam
    assert f(2.0)[0] == "slow"


def test_guards():
    space = {"helper": 1, "other": 2}
    f = build(DOUBLE, [F], RF, guards=[(space, ["helper"])])
    assert f.state.guarded and not f.state.dirty and f(1.0) == 2.0
    spelled = "".join(["hel", "per"])  # an equal key that is another object
    for change in (lambda: space.update(helper=2), lambda: space.pop("helper"), lambda: space.update({spelled: 3}),
                   space.clear):
        change()
        assert f.state.dirty and f(1.0)[0] == "slow" and f(1.0)[0] == "slow"
        f.state.refresh()
        assert not f.state.dirty and f(1.0) == 2.0
    f.state.mark()
    assert f.state.dirty and f(1.0)[0] == "slow"
    f.state.refresh()
    _ = space.get("x"), len(space)
    assert f(1.0) == 2.0
    g = build(DOUBLE, [F], RF, guards=[(space, ())])
    space["anything"] = 1
    assert g(1.0)[0] == "slow"
    del f, g
    gc.collect()
    space["helper"] = 5


def test_create_and_drop():
    def work(n):
        for _ in range(n):
            space = {"a": 1}
            state, f = State(guards=[(space, ["a"])], contexts=2), T()
            set_entry(f, 0, state.address, state)
            f.cycle = f
        gc.collect()
    work(200)
    before = rss()
    work(2000)
    assert rss() - before < 5e5


def test_shutdown_with_live_states():
    code = ("import sys; sys.path[:0] = sys.argv[1:]; import test_native_wrapper as t, gc\n"
            "def fun(): return helper\n"
            "helper = 1\n"
            "f = t.build(t.DOUBLE, [t.F], t.RF, guards=[(globals(), ['helper', 'f']), (vars(t), ())])\n"
            "assert f(1.0)[0] == 'slow'; f.state.refresh(); assert f(1.0) == 2.0\n"
            "sys.keep = f; f.me = f; t.alive = f\n")
    here = Path(__file__).parent
    run = subprocess.run([sys.executable, "-c", code, str(here), str(here.parents[1])], capture_output=True, text=True)
    assert run.returncode == 0 and not run.stderr, run.stderr


def test_a_finaliser_in_a_cycle_may_still_call():
    seen = []
    class Last:
        def __del__(self):
            seen.append(self.f(1.0))
    for _ in range(5):
        items = [Last(), Last(), Last()]
        f = build(DOUBLE, [F], RF)
        items[0].f = items[1].f = items[2].f = f
        f.items = items
        del f, items
        gc.collect()
    assert seen == [2.0] * 15


def test_nested_calls_get_contexts_of_their_own():
    calls = []
    class Nested(Base):
        __slots__ = ()
        def _raise_error(self, ctx, *args):
            calls.append(ctx)
            if len(calls) < 4:
                self(0.0)
            raise ValueError
    f = build(ERROR.replace("SITE", "1"), [F], RF)
    g = make_type(Nested)()
    engine = Engine(ERROR.replace("SITE", "1"), library.symbols(), glue=complete(emit_entry("entry", "k", [F], RF)))
    set_entry(g, engine.address("entry"), f.state.address, (engine, f))
    with pytest.raises(ValueError):
        g(0.0)
    assert len(set(calls)) == 4


def test_speed_and_memory(capsys):
    f = build(DOUBLE, [F], RF)
    n = build(DOUBLE, [F], RF, context=False)
    a = build(SUM, [Array("float64", 1)], RF)
    v = build(DOUBLE, [F], ScalarResult(("float64",)))
    def cost(g, x=0.5):
        return min(timeit.repeat("g(x)", globals={"g": g, "x": x}, number=200000, repeat=7)) * 5e3
    ours, sine = cost(f), cost(math.sin)
    with capsys.disabled():
        print(f"  float {ours:.1f} ns, without context {cost(n):.1f}, np.float64 result {cost(v):.1f}, array(1) "
              f"{cost(a, np.ones(1)):.1f}, math.sin {sine:.1f}, ratio {ours / sine:.2f}", end="")
    assert ours <= 2.2 * sine
    before = rss()
    for _ in range(1_000_000):
        f(0.5)
    assert rss() - before < 5e5
