"""The native type: life cycle, descriptor, dict, weak references, generic entry, speed."""
from __future__ import annotations

import ctypes
import functools
import gc
import inspect
import math
import pickle
import subprocess
import sys
import timeit
import weakref
from pathlib import Path

import pytest

from irad.runtime.engine import Engine
from irad.runtime.nativeslots import ENTRY_STATE_OFFSET
from irad.runtime.nativetype import entry_of, make_type, set_entry, slow_entry


class Base:
    """Base of the test."""

    __slots__ = ()

    def _slow_call(self, *args, **kwargs):
        if args == ("boom",):
            raise ValueError("boom")
        return args, kwargs

    def ir(self):
        return "ir"

    def __repr__(self):
        return "<compiled>"

    def __reduce__(self):
        return (make, ())


T = make_type(Base)


def make():
    return T()


def rss() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


IDENTITY = """
declare void @Py_IncRef(ptr)
define ptr @entry(ptr %self, ptr %args, i64 %n, ptr %names) {
  %p = getelementptr i8, ptr %self, i64 STATE
  %obj = load ptr, ptr %p
  call void @Py_IncRef(ptr %obj)
  ret ptr %obj
}""".replace("STATE", str(ENTRY_STATE_OFFSET))


def test_generic_entry():
    f = T()
    assert isinstance(f, Base) and callable(f) and repr(f) == "<compiled>" and f.ir() == "ir"
    assert f() == ((), {})
    assert f(1, 2.0, a=3) == ((1, 2.0), {"a": 3})
    assert f(*[1], **{"b": 2}) == ((1,), {"b": 2})
    assert T.__call__(f, 5) == ((5,), {})
    with pytest.raises(ValueError, match="boom"):
        f("boom")
    assert list(map(f, [1, 2])) == [((1,), {}), ((2,), {})]


def test_descriptor():
    f = T()
    class C:
        m = f
    c = C()
    assert C.m is f and C.__dict__["m"].__get__(None, C) is f
    assert c.m(1) == ((c, 1), {})
    bound = c.m
    assert bound.__self__ is c and bound.__func__ is f and bound(2) == ((c, 2), {})


def test_attributes_weakref_pickle_wrapper():
    def original(x: float, /, y: int = 3) -> float:
        """Doc."""
        return x
    f = T()
    functools.update_wrapper(f, original)
    assert f.__name__ == "original" and f.__doc__ == "Doc." and f.__wrapped__ is original
    assert str(inspect.signature(f)) == str(inspect.signature(original))
    f.__dict__["z"] = 1
    assert f.z == 1 and vars(f)["z"] == 1
    f.__dict__ = {"q": 2}
    assert f.q == 2 and not hasattr(f, "z")
    gone = []
    weakref.finalize(f, gone.append, 1)
    w = weakref.ref(f)
    assert w() is f and type(pickle.loads(pickle.dumps(f))) is T
    del f
    assert w() is None and gone == [1]


def test_entry_and_state():
    engine = Engine(IDENTITY)
    class State:
        pass
    state, f = State(), T()
    w = weakref.ref(state)
    set_entry(f, engine.address("entry"), id(state), (engine, state))
    assert f() is state and f(1, a=2) is state and entry_of(f)[1] == id(state)
    state = None
    assert w() is not None
    set_entry(f, 0)
    assert w() is None and f(1) == ((1,), {}) and entry_of(f) == (slow_entry(), 0)
    with pytest.raises(TypeError):
        set_entry(len, 0)


def test_cycles_are_collected():
    refs = []
    for _ in range(10):
        f, g = T(), T()
        f.other, g.other = g, f
        set_entry(f, 0, 0, [f])
        refs.append(weakref.ref(f))
    del f, g
    gc.collect()
    assert all(r() is None for r in refs)


def test_type_is_collected_and_counts_hold():
    def one():
        class B(Base):
            __slots__ = ()
        t = make_type(B)
        w = weakref.ref(t)
        instances = [t() for _ in range(10)]
        assert sys.getrefcount(t) >= 11
        del instances
        return w
    w = one()
    gc.collect()
    assert w() is None
    before = sys.getrefcount(T)
    for _ in range(2000):
        T()
    assert sys.getrefcount(T) == before


def test_bad_bases():
    class WithDict:
        def _slow_call(self): ...
    class NoSlow:
        __slots__ = ()
    for bad in (WithDict, NoSlow):
        with pytest.raises(TypeError):
            make_type(bad)


def test_no_growth():
    def work(n):
        for _ in range(n):
            f = T()
            f.a = f
            f(1, b=2)
            set_entry(f, 0, 0, {})
        gc.collect()
    work(5000)
    before = rss()
    work(20000)
    assert rss() - before < 1e6


def test_shutdown_with_live_objects():
    code = ("import sys; sys.path[:0] = sys.argv[1:]; import test_native_type as t, irad.runtime.nativetype as n\n"
            "e = t.Engine(t.IDENTITY); f = t.T(); n.set_entry(f, e.address('entry'), id(None), e); sys.keep = f\n"
            "g = t.T(); g.f = f; g.g = g; assert f() is None; import atexit; atexit.register(f)\n"
            "class D:\n  def __del__(self): f2(1); g2(1)\n"
            "f2, g2 = f, g; d = D(); d.d = d\n")
    here = Path(__file__).parent
    run = subprocess.run([sys.executable, "-c", code, str(here), str(here.parents[1])], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_call_is_as_fast_as_a_builtin(capsys):
    f, engine = T(), Engine(IDENTITY)
    set_entry(f, engine.address("entry"), id(None), engine)
    ours = min(timeit.repeat("f(x)", globals={"f": f, "x": 0.5}, number=200000, repeat=9))
    sine = min(timeit.repeat("f(x)", globals={"f": math.sin, "x": 0.5}, number=200000, repeat=9))
    with capsys.disabled():
        print(f"  bare call {ours * 5e3:.1f} ns, math.sin {sine * 5e3:.1f} ns", end="")
    assert ours < 2.2 * sine


def test_ctypes_pythonapi_is_left_alone():
    assert ctypes.pythonapi.Py_IncRef.argtypes is None
