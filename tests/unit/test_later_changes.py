"""What a program asked of globals, modules and classes when it was compiled, and what changes afterwards."""

from __future__ import annotations

import abc
import builtins
import enum
import math
import types

import pytest

import irad

SPACE = {"__name__": "space", "abc": abc, "builtins": builtins, "enum": enum, "irad": irad, "math": math, "types": types}


def outcome(f, space, args):
    """What a call gives, or the exception that it raises."""
    try:
        return f(*eval(f"({args},)", space))
    except irad.UnsupportedError:
        raise
    except Exception as error:
        return type(error), str(error)


def same_after_each(setup, changes, args, calls):
    """Whether compiled code does as CPython after each change: the one compiled first, and one compiled then."""
    space = dict(SPACE)
    exec(setup, space)
    compiled = irad.compile(space["f"])
    for change in ("", *changes):
        exec(change, space)
        for _ in range(calls):
            wanted = outcome(space["f"], space, args)
            found = outcome(compiled, space, args)
            assert (found, type(found)) == (wanted, type(wanted)), change
        assert outcome(irad.compile(space["f"]), space, args) == wanted, change


VARIABLE = """
def made():
    k = 2.0
    def f(x): return k * x
    def clear():
        nonlocal k
        del k
    def put(value):
        nonlocal k
        k = value
    return f, clear, put
f, clear, put = made()
"""
MODULE = "m = types.ModuleType('m')\n"
NAMES = [
    ("def f(x): return helper(x)", ["def helper(x): return x * x", "del helper"]),
    ("def g(x): return helper(x)\ndef f(x): return g(x)", ["def helper(x): return x * x"]),
    ("K = 2.0\ndef f(x): return K * x", ["del K", "K = 5.0", "del K", "K = 6"]),
    ("def f(x):\n try: return K * x\n except NameError: return -1.0", ["K = 2.0", "del K", "K = 3"]),
    ("def f(x): return irad_absent * x", ["builtins.irad_absent = 2.0", "del builtins.irad_absent"]),
    (VARIABLE, ["clear()", "put(5.0)", "clear()", "put(3)"]),
    (MODULE + "def f(x): return m.k * x", ["m.k = 2.0", "m.k = 3", "del m.k", "m.k = 4.0"]),
    (MODULE + "def f(x):\n try: return m.k * x\n except AttributeError: return -1.0", ["m.k = 2.0", "del m.k"]),
    (MODULE + "def f(x): return m.k * x", ["m.__getattr__ = lambda n: 4.0", "m.__getattr__ = lambda n: 5", "m.k = 2.0"]),
    (MODULE + "def f(x): return hasattr(m, 'k')", ["m.__getattr__ = lambda n: 4.0", "del m.__getattr__", "m.k = 2.0"]),
    ("TH = 2\ndef f(x): return x // TH", ["TH = True", "TH = False", "TH = 3", "TH = True"]),
    ("TH = 2\ndef f(x): return x if TH else -x", ["TH = True", "TH = False", "TH = 3", "TH = True"]),
]


@pytest.mark.parametrize("calls", [1, 3])
@pytest.mark.parametrize("setup, changes", NAMES)
def test_names(setup, changes, calls):
    try:
        same_after_each(setup, changes, "3.0", calls)
        same_after_each(setup, changes, "3", calls)
    finally:
        vars(builtins).pop("irad_absent", None)


ATTRIBUTES = [  # the class, what is asked of `v`, what changes
    ("k = property(lambda s: 1.0)", "v.k", ["V.k = property(lambda s: 2.0)", "V.k = 3.0", "del V.k", "v.k = 4.0"]),
    ("k = property(lambda s: 1.0)", "v.k", ["V.k = Getter()", "Getter.__get__ = lambda s, o, c: 8.0", "V.k = 3.0"]),
    ("__init__ = lambda s: setattr(s, 'k', 1.0)", "v.k", ["V.k = property(lambda s: 2.0)", "del V.k", "V.k = 3.0"]),
    ("__init__ = lambda s: setattr(s, 'k', 1.0)", "v.k", ["P1.k = property(lambda s: 2.0)", "del P1.k"]),
    ("k = Data()", "v.k", ["Data.__get__ = lambda s, o, c: 6.0", "del Data.__set__", "v.__dict__['k'] = 7.0"]),
    ("go = of(2.0)", "v.go(x)", ["V.go = of(3.0)", "del V.go", "P1.go = of(4)", "V.__getattr__ = of(0)"]),
    ("k = 1.0", "v.k", ["V.k = 2.0", "V.k = 3", "del V.k", "P1.k = 4.0"]),
    ("pass", "v.k", ["P1.k = 3.0", "V.k = 4.0", "v.k = 5.0", "del v.k", "del V.k", "del P1.k", "V.__getattr__ = of(6.0)"]),
    ("pass", "v.go(x)", ["V.go = of(2.0)", "V.go = of(3.0)", "del V.go", "P1.go = of(4.0)"]),
    ("__getattr__ = of(2.0)", "v.k", ["V.__getattr__ = of(3.0)", "del V.__getattr__"]),
    ("k = 1.0", "v.k", ["V.__bases__ = (P2,)", "del V.k", "V.__bases__ = (P1,)"]),
    ("pass", "isinstance(v, P2)", ["V.__bases__ = (P2,)", "V.__bases__ = (P1,)"]),
    ("pass", "isinstance(v, (float, (P2,)))", ["V.__bases__ = (P1, P2)", "V.__bases__ = (P1,)"]),
    ("pass", "isinstance(v, P2 | int)", ["V.__bases__ = (P1, P2)", "V.__bases__ = (P1,)"]),
    ("pass", "issubclass(type(v), P2)", ["V.__bases__ = (P2,)", "V.__bases__ = (P1,)"]),
    ("pass", "isinstance(v, A)", ["A.register(V)"]),
    ("pass", "issubclass(type(v), A)", ["A.register(int)", "A.register(P1)"]),
    ("pass", "isinstance(v, Q)", ["del M.__instancecheck__", "M.__instancecheck__ = lambda c, o: True"]),
    ("pass", "issubclass(type(v), Q)", ["del M.__subclasscheck__", "M.__subclasscheck__ = lambda c, o: True"]),
    ("__match_args__ = ('k',); k = 1.0; z = 2.0", "matched(v)", ["V.__match_args__ = ('z',)", "del V.__match_args__"]),
    ("pass", "matched(v)", ["V.__match_args__ = ('k',)\nV.k = 3.0", "del V.k"]),
]
METHODS = [  # what is asked of `v`, the method that it may have, what that returns
    ("1 if v else 0", "bool", False), ("1 if v else 0", "len", 0), ("v < x", "lt", True), ("x > v", "lt", True),
    ("len(v)", "len", 4), ("v + x", "add", 4.0), ("x + v", "radd", 4.0), ("v * x", "mul", 4.0), ("v(x)", "call", 4.0),
    ("v @ x", "matmul", 4.0), ("v[0]", "getitem", 4.0), ("x in v", "contains", True), ("x in v", "iter", (1.0, 2.0)),
    ("-v", "neg", 4.0), ("sum([q for q in v])", "iter", (1.0, 2.0)), ("abs(v)", "abs", 4.0), ("float(v)", "float", 4.0),
    ("float(v)", "index", 4), ("int(v)", "int", 4), ("round(v)", "round", 4), ("callable(v)", "call", 4.0),
    ("(1.0, 2.0)[v]", "index", 1), ("math.sin(v)", "float", 4.0), ("next(v)", "next", 4.0), ("v.q", "getattr", 9.0),
    ("hasattr(v, '__len__')", "len", 4), ("max(v, x)", "gt", False), ("sorted([v, v]) == 3", "lt", False),
]


def of_objects(body, asked, as_argument):
    """A program that asks something of an object, which is an argument or comes from outside."""
    return f"""
class M(type):
    def __instancecheck__(c, o): return True
    def __subclasscheck__(c, o): return True
class Q(metaclass=M): pass
class A(abc.ABC): pass
class P1: pass
class P2: k = 2.0
class Getter:
    def __get__(self, o, c=None): return 7.0
class Data(Getter):
    def __set__(self, o, value): pass
def of(value): return lambda *args: value
def matched(v):
    match v:
        case V(k): return k
    return 5.0
class V(P1):
    {body}
v = V()
def f({'v, ' * as_argument}x): return {asked}
"""


@pytest.mark.parametrize("calls", [1, 3])
@pytest.mark.parametrize("as_argument", [False, True])
@pytest.mark.parametrize("body, asked, changes", ATTRIBUTES)
def test_attributes(body, asked, changes, as_argument, calls):
    same_after_each(of_objects(body, asked, as_argument), changes, "v, 3.0" if as_argument else "3.0", calls)


@pytest.mark.parametrize("calls", [1, 3])
@pytest.mark.parametrize("as_argument", [False, True])
@pytest.mark.parametrize("asked, name, value", METHODS)
def test_special_methods(asked, name, value, as_argument, calls):
    given = f"iter({value})" if name == "iter" else f"{value}"
    method = f"__{name}__ = lambda s, *args: {given}"
    changes = [f"V.{method}", f"del V.__{name}__", f"P1.{method}"]
    same_after_each(of_objects("pass", asked, as_argument), changes, "v, 3.0" if as_argument else "3.0", calls)


@pytest.mark.parametrize("calls", [1, 3])
@pytest.mark.parametrize("asked, changes", [
    ("v == x", ["V.__eq__ = lambda s, o: True", "del V.__eq__", "P1.__eq__ = lambda s, o: True"]),
    ("v != x", ["V.__ne__ = lambda s, o: False", "del V.__ne__", "V.__eq__ = lambda s, o: True"]),
    ("added(v, x)", ["V.__add__ = lambda s, o: 3.0", "V.__iadd__ = lambda s, o: 5.0", "del V.__iadd__"]),
    ("stored(v, x)", ["V.z = property(lambda s: 5.0, lambda s, q: None)", "del V.z", "V.__setattr__ = lambda s, n, q: None"]),
    ("stored(v, x)", ["V.z = Data()", "del Data.__set__", "del Getter.__get__", "V.z = 2.0"]),
])
def test_of_arguments(asked, changes, calls):
    more = "def added(v, x):\n    v += x\n    return v\ndef stored(v, x):\n    v.z = x\n    return v.z\n"
    same_after_each(of_objects("pass", asked, True) + more, changes, "V(), 3.0", calls)


@pytest.mark.parametrize("asked", [
    "isinstance(y, (Q, str))", "isinstance(y, (int, (str,)))", "isinstance(x, c)", "isinstance(y, c)", "issubclass(bool, c)",
    "issubclass(c, float)", "isinstance(x, 3)", "isinstance(x, x)", "isinstance(x, (x,))", "issubclass(x, float)",
    "issubclass(float, (x,))", "isinstance(x, int | float)", "isinstance(y, abc.ABC)",
])
def test_classes(asked):
    ways = "def f(x):\n y = 1 if x > 0 else 2.0\n c = float if x > 0 else int\n return"
    setup = f"{of_objects('pass', '0', False)}\n{ways} {asked}"
    for x in ("3.0", "-3.0"):
        same_after_each(setup, [], x, 1)


def test_of_derivatives():
    space = dict(SPACE)
    exec(of_objects("k = property(lambda s: 1.0)", "v.k * x", False), space)
    gradient = irad.grad(space["f"])
    for change in ("", "V.k = property(lambda s: 2.0)", "V.k = 3.0", "P1.__eq__ = None"):
        exec(change, space)
        assert gradient(3.0) == space["f"](1.0)


def test_of_exceptions():
    setup = "class E(Exception): k = 1.0\ndef f(x):\n try: raise E('a')\n except E as e: return e.k * x"
    same_after_each(setup, ["E.k = 2.0", "E.k = property(lambda s: 3.0)", "del E.k"], "3.0", 3)


EXTENDED = {"float": "V(1.5)", "int": "V(1)", "str": "V('a')", "tuple": "V((1.0, 2.0))", "list": "V()", "dict": "V()"}


@pytest.mark.parametrize("base", EXTENDED)
@pytest.mark.parametrize("body, asked, changes", [
    ("k = 1.0", "v.k * x", ["V.k = 2.0", "V.k = property(lambda s: 5.0)", "del V.k", "V.__getattr__ = lambda s, n: 6.0"]),
    ("def go(s, x): return x", "v.go(x)", ["V.go = lambda s, x: 2.0 * x", "del V.go"]),
    ("pass", "hasattr(v, 'go')", ["V.go = 1.0", "del V.go", "v.go = 1.0"]),
    ("pass", "v.k", ["v.k = 1.0", "V.k = 2.0", "v.k = 3.0", "V.k = property(lambda s: 5.0)"]),
    ("pass", "1 if v else 0", ["V.__bool__ = lambda s: True", "V.__bool__ = lambda s: False", "del V.__bool__"]),
])
def test_of_classes_that_extend_builtin_ones(base, body, asked, changes):
    setup = f"class V({base}):\n    {body}\nv = {EXTENDED[base]}\ndef f(x): return {asked}"
    same_after_each(setup, changes, "3.0", 3)


ENUM = "class C(enum.Enum):\n A = 1\n B = 2\n k = property(lambda s: 2.0)\n def go(s, x): return x\n"


@pytest.mark.parametrize("asked, changes", [
    ("C.A.go(x)", ["C.go = lambda s, x: 2.0 * x", "del C.go"]), ("C.A.k", ["C.k = property(lambda s: 3.0)", "del C.k"]),
    ("C.A.z", ["C.A.z = 2.0", "C.A.z = 3.0", "del C.A.z"]), ("C.z", ["C.z = 2.0", "C.z = 3.0"]),
    ("C.A == C.B", ["C.__eq__ = lambda s, o: True", "del C.__eq__"]), ("hasattr(C.A, 'z')", ["C.z = 1.0", "del C.z"]),
])
def test_of_enums(asked, changes):
    same_after_each(ENUM + f"def f(x): return {asked}", changes, "3.0", 3)


LAZY = """
class Lazy(types.ModuleType):
    def __getattr__(self, name):
        if name == 'k':
            return 2.0
        raise AttributeError(name)
m = Lazy('m')
def f(x): return m.k * x
"""
RAISED = """
class P1(Exception): pass
class P2(Exception): pass
class E(P1): pass
def f(x):
    try: raise E('a')
    except P2: return 2.0 * x
    except P1: return x
"""
MADE = "class V: k = 1.0\nclass W: k = 3.0\ndef f(x): return V().k * x"


@pytest.mark.parametrize("setup, changes", [
    (LAZY, ["m.k = 3.0", "del m.k", "Lazy.k = 5.0"]), (RAISED, ["E.__bases__ = (P2,)", "E.__bases__ = (P1,)"]),
    (MADE, ["V.__init__ = lambda s: setattr(s, 'k', 2.0)", "V.__new__ = lambda c: object.__new__(W)"]),
])
def test_of_modules_and_classes(setup, changes):
    same_after_each(setup, changes, "3.0", 3)


def test_a_class_attribute_is_read_at_each_call():
    space = dict(SPACE)
    exec(of_objects("k = 1.0", "v.k * x", True), space)
    compiled = irad.compile(space["f"])
    for k in (1.0, 2.0, 3.0):
        space["V"].k = k
        assert compiled(space["v"], 3.0) == 3.0 * k
    assert len({id(i.program) for i in compiled._instances.values()}) == 1
    assert compiled._last is not None and compiled._last.holds()


@pytest.mark.parametrize("as_argument", [False, True])
def test_a_class_with_a_getattribute_is_refused(as_argument):
    space = dict(SPACE)
    exec(of_objects("k = 1.0", "v.k", as_argument), space)
    compiled, args = irad.compile(space["f"]), (space["v"], 3.0)[1 - as_argument :]
    assert compiled(*args) == 1.0
    space["V"].__getattribute__ = lambda self, name: 5.0
    for _ in range(3):  # also after it was refused once
        with pytest.raises(irad.UnsupportedError, match="__getattribute__"):
            compiled(*args)
    del space["V"].__getattribute__
    assert compiled(*args) == 1.0
