"""Compiled functions as users call them: captured values, sources of every kind, one compilation, no Python at call time."""

import functools
import gc
import inspect
import math
import os
import pickle
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest

import irad
from irad.api import compiled
from irad.api.compiled import COUNTERS

SCALE = 2.0
TABLE = np.array([1.0, 2.0, 3.0])
FLAG = True


def compilations(run):
    """How many compilations a function call causes."""
    before = COUNTERS["compilations"]
    run()
    return COUNTERS["compilations"] - before


def power(x, n):
    y = x
    for _ in range(n - 1):
        y *= x
    return y


def test_fresh_lambdas_over_floats_compile_once():
    def run():
        for k in range(1000):
            scale = 0.5 * k
            assert irad.grad(lambda x: x * x * scale)(1.0) == 2 * scale  # noqa: B023

    assert compilations(run) == 1


def test_grad_inside_a_loop_compiles_once():
    def square(x):
        return x * x

    def run():
        for k in range(50):
            assert irad.grad(square)(float(k)) == 2.0 * k

    assert compilations(run) == 1


def test_a_changing_count_compiles_once():
    def own(x, n):  # not compiled by another test
        y = x
        for _ in range(n - 1):
            y *= x
        return y

    derivative = irad.grad(own)

    def run():
        for n in range(1, 40):
            assert derivative(1.0, n) == n

    assert compilations(run) == 1


def test_a_captured_int_that_keeps_changing_becomes_run_time():
    def run():
        for k in range(30):
            assert irad.compile(lambda x: x * k)(2.0) == 2.0 * k  # noqa: B023

    assert compilations(run) <= 4


def test_globals_are_read_at_each_call(monkeypatch):
    module = sys.modules[__name__]
    f = irad.compile(lambda x: x * SCALE)
    assert f(1.0) == 2.0
    monkeypatch.setattr(module, "SCALE", 5.0)
    assert compilations(lambda: None) == 0
    assert f(1.0) == 5.0


def test_a_rebound_flag_or_function_recompiles(monkeypatch):
    module = sys.modules[__name__]
    f = irad.compile(lambda x: x if FLAG else -x)
    assert f(1.0) == 1.0
    monkeypatch.setattr(module, "FLAG", False)
    assert f(1.0) == -1.0
    g = irad.grad(lambda x: power(x, 2))
    assert g(3.0) == 6.0
    monkeypatch.setattr(module, "power", lambda x, n: x)
    assert g(3.0) == 1.0


BOUND = math.inf


def below(x):
    return x if x < BOUND else BOUND


def test_infinite_globals_are_known_until_they_change(monkeypatch):
    """They say that there is no bound; one that is finite is read at each call."""
    f = irad.compile(below)
    assert compilations(lambda: f(2.0)) == 1
    for bound, new in ((1.0, 1), (0.5, 0), (-math.inf, 0), (math.inf, 0), (0.25, 0)):
        monkeypatch.setitem(below.__globals__, "BOUND", bound)
        assert compilations(lambda: f(2.0)) == new
        assert f(2.0) == min(2.0, bound)
        assert irad.grad(below)(2.0) == (1.0 if bound == math.inf else 0.0)
    assert irad.compile(lambda x: x if math.nan != x and np.nan != np.nan else 0.0)(1.5) == 1.5


def test_arrays_in_globals_are_read_at_each_call(monkeypatch):
    f = irad.compile(lambda i: TABLE[i])
    assert f(1) == 2.0
    TABLE[1] = 7.0
    try:
        assert f(1) == 7.0
    finally:
        TABLE[1] = 2.0
    monkeypatch.setattr(sys.modules[__name__], "TABLE", np.array([4.0, 5.0]))
    assert f(1) == 5.0
    with pytest.raises(IndexError):
        f(2)


def test_closure_cells_are_read_at_each_call():
    count = 1.0
    flag = "a"

    def f(x):
        return x * count if flag == "a" else -x

    g = irad.compile(f)
    assert g(2.0) == 2.0
    count = 3.0
    assert g(2.0) == 6.0
    flag = "b"
    assert g(2.0) == -2.0


def test_shadowed_builtins_are_the_users():
    space = {}
    exec("def abs(x):\n    return x + 100.0\ndef f(x):\n    return abs(x)", space)
    assert irad.compile(space["f"])(-1.0) == 99.0


def test_only_bytecode_is_needed():
    space = {"math": math}
    exec("def f(x, n):\n    s = 0.0\n    for i in range(n):\n        s += math.sin(x * i)\n    return s", space)
    f = space["f"]
    assert irad.compile(f)(0.3, 5) == f(0.3, 5)
    assert math.isclose(irad.grad(f)(0.3, 5), sum(i * math.cos(0.3 * i) for i in range(5)))
    with pytest.raises(irad.UnsupportedError) as caught:
        exec("def g(x):\n    return open('f')", space)
        irad.compile(space["g"])(1.0)
    assert "<string>:2" in str(caught.value)


def test_under_a_tracer_and_a_profiler():
    def f(x):
        y = 0.0
        while x > 1.0:
            x = x * 0.5
            y += x
        return y

    seen = []
    previous = sys.gettrace()
    sys.settrace(lambda frame, event, arg: seen.append(frame.f_code) or (lambda *a: None))
    try:
        g = irad.grad(f)
        value = g(10.0)
        assert g(10.0) == value
    finally:
        sys.settrace(previous)
    assert value == 0.5 + 0.25 + 0.125 + 0.0625
    assert f.__code__ not in seen  # the user's Python never ran


def test_no_python_runs_at_call_time():
    def f(a, n):
        s = 0.0
        for i in range(n):
            s += a[i % 3] * math.exp(-s)
        return s

    g = irad.value_and_grad(f)
    a = np.array([0.1, 0.2, 0.3])
    g(a, 5)
    calls = []
    previous = sys.getprofile()
    sys.setprofile(lambda frame, event, arg: calls.append((event, frame.f_code.co_name)) if event == "call" else None)
    try:
        g(a, 7)
    finally:
        sys.setprofile(previous)
    assert calls == []


def test_attributes_and_methods():
    def f(x: float) -> float:
        """The doc."""
        return x * 2.0

    g = irad.compile(f)
    assert (g.__name__, g.__doc__, g.__wrapped__) == ("f", "The doc.", f)
    assert inspect.signature(g) == inspect.signature(f)
    assert isinstance(g, irad.Compiled)

    class Model:
        @irad.compile
        def twice(self, x):
            return x * 2.0

    assert callable(Model.twice)


def test_partial_and_keywords_and_defaults():
    def f(x, n=3, *, scale=1.0):
        return scale * x**n

    g = irad.compile(f)
    assert g(2.0) == 8.0
    assert g(2.0, 2) == 4.0
    assert g(2.0, n=2, scale=3.0) == 12.0
    assert irad.grad(f)(2.0, scale=2.0) == 24.0
    assert irad.compile(functools.partial(f, n=2))(3.0) == 9.0
    with pytest.raises(TypeError):
        g()
    with pytest.raises(TypeError):
        g(1.0, 2, 3)


def test_builtins_and_ufuncs_compile():
    assert irad.compile(math.sin)(0.5) == math.sin(0.5)
    assert irad.grad(math.sin)(0.5) == math.cos(0.5)


def test_gradients_change_nothing():
    a = np.array([1.0, 2.0, 3.0])
    b = a.copy()

    def f(x):
        s = 0.0
        for i in range(len(x)):
            s += x[i] * x[i]
            x[i] = 0.0
        return s

    assert np.array_equal(irad.grad(f)(a), 2 * b)
    assert np.array_equal(a, b)
    irad.compile(f)(a)
    assert not a.any()


def test_results_are_owned_arrays_and_arguments_come_back_themselves():
    a = np.ones(4)
    assert irad.compile(lambda x: x)(a) is a
    out = irad.compile(lambda x: x + 1.0)(a)
    assert out.flags.owndata and out.flags.writeable
    g = irad.grad(lambda x: x[0] * x[1])(a[::2])
    assert g.flags.c_contiguous and g.flags.owndata


def test_errors_leave_the_function_usable():
    def f(a, i):
        b = np.zeros(1000)
        b[0] = a[i]
        return b[0]

    g = irad.compile(f)
    a = np.ones(3)
    for _ in range(200):
        with pytest.raises(IndexError):
            g(a, 5)
        assert g(a, 1) == 1.0


def test_tracebacks_show_the_users_lines():
    def inner(x):
        return 1.0 / x

    def outer(x):
        return inner(x - 1.0)

    with pytest.raises(ZeroDivisionError) as caught:
        irad.compile(outer)(1.0)
    names = [entry.name for entry in caught.traceback]
    assert names[-2:] == ["outer", "inner"]
    assert caught.traceback[-1].lineno + 1 == inner.__code__.co_firstlineno + 1


def test_pickle_and_threads():
    f = irad.compile(power)
    assert pickle.loads(pickle.dumps(f))(2.0, 3) == 8.0
    results = []

    def work():
        g = irad.grad(power)
        results.extend(g(1.5, 4) for _ in range(200))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert set(results) == {4 * 1.5**3}


def test_dropped_functions_are_freed():
    def make():
        return irad.compile(lambda x: x + 1.0)

    f = make()
    f(1.0)
    ref = weakref.ref(f)
    del f
    gc.collect()
    assert ref() is None


def test_overflow_and_bounds_options():
    def f(x, n):
        return x + n

    with pytest.raises(OverflowError):
        irad.compile(f)(2**63 - 1, 1)
    assert irad.compile(f, overflow="wrap")(2**63 - 1, 1) == -(2**63)
    with pytest.raises(TypeError, match="no option"):
        irad.compile(f, speed=11)


def test_misuse_is_refused_with_a_hint():
    with pytest.raises(TypeError, match=r"argument 1 `s` is the int 100: pass 100\.0"):
        irad.grad(lambda x, s: x * s, argnums=1)(1.0, 100)
    with pytest.raises(TypeError, match="one real number"):
        irad.grad(lambda x: (x, x))(1.0)
    with pytest.raises(TypeError):
        irad.compile(lambda x: x)({1.0})
    with pytest.raises(TypeError):
        irad.grad(3)


def test_disabled_runs_python_and_interprets_derivatives():
    code = (
        "import irad, numpy as np\n"
        "calls = []\n"
        "def f(x):\n    calls.append(1)\n    return x\n"
        "def g(a):\n    s = 0.0\n    for v in a:\n        s += v * v\n    return s\n"
        "print(irad.compile(f)(2.0), len(calls), irad.grad(g)(np.array([1.0, 2.0])).tolist(), "
        "irad.value_and_grad(g)(np.ones(2))[0])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "IRAD_DISABLE": "1"},
    )
    assert run.stdout.split() == "2.0 1 [2.0, 4.0] 2.0".split(), run.stderr


COUNTS = np.array([[1.0, 2.0], [3.0, 4.0]])


def test_derivatives_leave_captured_arrays_alone():
    local = np.array([1.0, 2.0, 3.0])

    def f(x):
        COUNTS[0, 1] = x
        local[::2][1] += x * x
        return COUNTS[0, 1] * local[2] + COUNTS[1, 1]

    before, mine = COUNTS.copy(), local.copy()
    assert irad.grad(f)(2.0) == 3.0 + 3 * 4.0
    assert irad.grad(f)(2.0) == 15.0
    assert irad.jvp(f, (2.0,), (1.0,))[1] == 15.0
    assert np.array_equal(COUNTS, before)
    assert np.array_equal(local, mine)
    irad.compile(f)(2.0)
    assert COUNTS[0, 1] == 2.0
    assert local[2] == 7.0


def test_products_with_jacobians_change_nothing():
    def f(x):
        x[0] = x[0] * x[1]
        return x[0] * x[1]

    a = np.array([2.0, 3.0])
    out, pullback = irad.vjp(f, a)
    assert a.tolist() == [2.0, 3.0]
    a[:] = 0.0
    assert out == 18.0
    assert pullback(1.0)[0].tolist() == [9.0, 12.0]
    a[:] = [2.0, 3.0]
    assert irad.linearize(f, a)[1](np.array([1.0, 0.0])) == 9.0
    assert irad.jvp(f, (a,), (np.array([1.0, 0.0]),)) == (18.0, 9.0)
    irad.hessian(f)(a)
    irad.jacfwd(f)(a)
    irad.jacrev(f)(a)
    assert a.tolist() == [2.0, 3.0]


def test_precompiled_code_is_found():
    def f(x, n, a):
        return x * n + a[0]

    g = irad.compile(f)
    g.precompile(float, int, irad.ArrayType(np.float64, ndim=1))
    assert compilations(lambda: g(2.0, 3, np.ones(2))) == 0
    g.precompile(2.0, 3.0, np.ones(2))
    assert compilations(lambda: g(1.0, 4.0, np.ones(2))) == 0


def test_memory_is_limited():
    small = irad.grad(irad.compile(power, memory="1 MiB", mode="reverse"))
    assert small(1.0, 1000) == 1000.0
    with pytest.raises(MemoryError):
        small(1.0, 10**7)
    assert small(1.0, 1000) == 1000.0


def test_dumps():
    code = "import irad\nirad.grad(lambda x: x * x)(2.0)"
    env = {**os.environ, "IRAD_DUMP": "loops,llvm"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False, env=env)
    assert "irad 1 loops" in run.stderr
    assert "define" in run.stderr
    assert "irad 1 typed" not in run.stderr


def test_arrays_that_overlap():
    def f(a, b):
        a[0] = a[0] * 2.0
        return a[0] * b[0]

    y = np.array([3.0, 1.0])
    value, gradients = irad.value_and_grad(f, (0, 1))(y, y)
    assert value == f(y.copy(), y.copy()) * 2  # one array: b[0] is the new a[0]
    assert [g.tolist() for g in gradients] == [[24.0, 0.0], [24.0, 0.0]]
    assert y.tolist() == [3.0, 1.0]
    apart = irad.grad(f, (0, 1))(y, y.copy())
    assert [g.tolist() for g in apart] == [[6.0, 0.0], [6.0, 0.0]]
    x = np.arange(4.0)
    with pytest.raises(ValueError, match="`a` and `b` overlap"):
        irad.grad(f, (0, 1))(x[:3], x[1:])
    with pytest.raises(ValueError, match="overlap"):
        irad.jvp(f, (x[:3], x[1:]), (x[:3], x[:3]))
    assert irad.jvp(f, (y, y), (np.array([1.0, 0.0]), np.array([0.5, 0.0]))) == (36.0, 36.0)
    read = irad.grad(lambda a, b: (a * b).sum(), (0, 1))(x, x)
    assert [g.tolist() for g in read] == [x.tolist(), x.tolist()]


def test_numbers_that_do_not_fit():
    with pytest.raises(OverflowError):
        irad.compile(lambda x: x)(2**70)
    with pytest.raises(TypeError, match="complex"):
        irad.compile(lambda x: x)(1 + 2j)
    with pytest.raises(TypeError, match="float16"):
        irad.compile(lambda x: x)(np.float16(1))
    assert irad.compile(lambda x: x[0] * x[1])((np.uint8(200), 2.0)) == 400.0


def test_functions_as_arguments():
    def apply(f, x):
        return f(x) * 2.0

    scale = 5.0

    def scaled(t):
        return t * scale

    assert irad.grad(apply, 1)(math.sin, 0.3) == 2.0 * math.cos(0.3)
    assert irad.compile(apply)(functools.partial(pow, 2.0), 3.0) == 16.0
    g = irad.compile(apply)
    assert g(scaled, 2.0) == 20.0
    scale = 9.0
    assert g(scaled, 2.0) == 36.0


def test_a_solver_that_asks_for_its_own_derivative():
    def newton(f, df, x):
        for _ in range(50):
            step = f(x) / df(x)
            x -= step
            if abs(step) < 1e-13:
                break
        return x

    def root(a):
        def f(x):
            return x**3 - a

        return newton(f, irad.grad(f), 1.0)

    assert math.isclose(irad.grad(root)(2.0), 2.0 ** (-2 / 3) / 3)


def test_attributes_that_are_no_methods():
    """What a class has under a name is a method only if it can be called."""
    a = np.arange(3.0)
    for f, x in (
        (lambda x: (x.__class__ is float, x.real, 1 if x.imag else 2), 0.5),
        (lambda x: x.__class__ is np.float64, np.float64(0.5)),
        (lambda a: a.__class__ is np.ndarray, a), (lambda n: (n.numerator, n.denominator, n.imag, n.__class__ is int), 3),
        (lambda p: (p.__class__ is tuple, p.__doc__ is None), (1.0, 2.0)),
    ):
        assert irad.compile(f)(x) == f(x)
    for f, x in ((lambda a: a.base is None, a), (lambda a: 1 if a.ctypes else 2, a), (lambda n: n.real, True)):
        with pytest.raises(irad.UnsupportedError, match="the attribute `(base|ctypes|real)` of (numpy.ndarray|bool)"):
            irad.compile(f)(x)


def test_a_loop_at_module_level_stays_native(monkeypatch):
    """Assignments to other globals change the version of the dict (CPython 3.11), not what compiled code has taken from it."""
    space = {"irad": irad}
    exec("k = 2\ndef g(x):\n    return x * k\nf = irad.compile(lambda x: g(x) + k)\nf(1.0); f(1.0)", space)
    slow = []
    original = compiled.CompiledBase._slow_call
    monkeypatch.setattr(compiled.CompiledBase, "_slow_call", lambda self, *a, **k: slow.append(a) or original(self, *a, **k))
    exec("for i in range(20):\n    y = f(1.5 + i)", space)
    assert space["y"] == 43.0 and not slow
    exec("k = 3\ny = f(1.0)\nz = f(2.0)", space)
    assert (space["y"], space["z"]) == (6.0, 9.0) and len(slow) == 1


@pytest.mark.parametrize("dtype", [
    np.dtype("f8").newbyteorder("="), np.dtype("i4").newbyteorder("="), np.dtype("f8", metadata={"a": 1}),
    np.dtype("f4").newbyteorder("<"), np.dtype("b1").newbyteorder("="),
], ids=str)
def test_dtype_objects_that_are_not_numpys_own(dtype):
    def f(a, d):
        a[0] = 5
        return a[1:], a * 2, d["x"][0].sum() * d["y"]

    x, y = np.arange(4.0).astype(dtype), np.arange(4.0).astype(dtype.type)
    assert x.dtype is not y.dtype
    for found, wanted in zip(irad.compile(f)(x, {"x": [x], "y": 2}), f(y, {"x": [y], "y": 2}), strict=True):
        assert np.array_equal(found, wanted) and found.dtype == wanted.dtype
    assert np.array_equal(x, y)
    if dtype.kind == "f":
        assert np.array_equal(irad.grad(lambda a: (a * a).sum())(x), 2 * y)
        assert np.array_equal(irad.jacfwd(lambda a: a * a)(x), np.diag(2 * y))
    with pytest.raises(TypeError, match="a captured array whose dtype"):
        irad.compile(lambda s: x.sum() * s)(2.0)
