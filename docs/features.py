"""Small programs, one for each feature of the language: docs/python.md says what becomes of them. Each is run both ways."""

from __future__ import annotations

# section: {feature: program}. The program defines f, which is called with 2.0.
FEATURES: dict[str, dict[str, str]] = {
    "Functions": {
        "defaults, keywords, `*args`, `**kwargs`": """
def g(a, b=1.0, *c, k=2.0, **d):
    return a + b + sum(c) + k + d['z']
def f(x): return g(x, 1.0, 3.0, k=x, z=x)
""",
        "positional-only, keyword-only parameters": """
def g(a, /, *, b): return a - b
def f(x): return g(x, b=1.0)
""",
        "lambda, closures, `nonlocal`": """
def f(x):
    n = 0.0
    def g(y):
        nonlocal n
        n += y
        return n
    g(x)
    return g(x)
""",
        "recursion": """
def f(x, n=3): return x if n == 0 else x * f(x, n - 1)
""",
        "functions as arguments and results": """
def g(k): return lambda y: k * y
def f(x): return g(3.0)(x)
""",
        "decorators": """
import functools
def twice(g):
    @functools.wraps(g)
    def run(*a): return 2.0 * g(*a)
    return run
@twice
def g(x): return x * x
def f(x): return g(x)
""",
        "attributes of functions: `event.terminal = True`, `f.__wrapped__`": """
import functools
def f(x):
    def event(t): return t - x
    event.terminal = True
    @functools.wraps(event)
    def wrapper(t): return event(t)
    return event.terminal, wrapper.__wrapped__(2.0), getattr(event, 'direction', 0)
""",
        "`f(x, *p)` with `p` of run-time length": """
def g(x, a, b): return a * x + b
def f(x):
    p = []
    for i in range(int(x)): p.append(x)
    return g(2.0, *p)
""",
        "`functools.partial`": """
import functools
def f(x): return functools.partial(pow, x)(2)
""",
        "`global` statement": """
N = 0
def f(x):
    global N
    N = x
    return x
""",
        "generators, `yield from`": """
def g(n):
    for i in range(n):
        yield i * 0.5
def h(n):
    yield from g(n)
def f(x): return sum(h(4)) * x
""",
        "`async`": """
async def g(x): return x
def f(x): return g(x).send(None)
""",
    },
    "Control flow": {
        "`if`, `while`, `for`, `else`, `break`, `continue`": """
def f(x):
    for i in range(9):
        if i == 2: continue
        if x > 9.0: break
        x += i
    else:
        x = 0.0
    return x
""",
        "`try`, `except`, `else`, `finally`": """
def f(x):
    try:
        y = 1.0 / (x - 2.0)
    except ZeroDivisionError:
        y = -1.0
    finally:
        x += 1.0
    return x + y
""",
        "`raise`, `raise ... from`, own exception classes": """
class E(ValueError):
    def __init__(self, n): self.n = n
def f(x):
    try:
        raise E(x) from KeyError('k')
    except E as e:
        return e.n
""",
        "`except*`": """
def f(x):
    try:
        raise ValueError(x)
    except* ValueError:
        x = 0.0
    return x
""",
        "`with` of own classes": """
class C:
    def __enter__(self): return 3.0
    def __exit__(self, *e): return False
def f(x):
    with C() as c:
        return c * x
""",
        "`contextlib.contextmanager`": """
import contextlib
@contextlib.contextmanager
def scaled(log, x):
    log.append(x)
    try: yield 2.0 * x
    finally: log.append(0.0)
def f(x):
    log = []
    with scaled(log, x) as y:
        log.append(y)
    return log
""",
        "a generator with `yield` in a `try`, in a loop": """
def g(x):
    try: yield x
    finally: x = 0.0
def f(x): return sum(g(x))
""",
        "`match`": """
def f(x):
    match (x, 1):
        case (y, 1): return y * 2.0
    return 0.0
""",
        "conditional expressions, chained comparison, `:=`": """
def f(x): return (y := x * 2.0) if 1.0 < x < 3.0 else 0.0
""",
        "`assert`": """
def f(x):
    assert x > 0.0, 'positive'
    return x
""",
        "`print` with `sep=`, `end=`, `file=`, `flush=`": """
import io
SINK = io.StringIO()
def f(x):
    print(x, x > 1.0, [x], sep='', end='', file=SINK, flush=True)
    return x
""",
        "`irad.callback`: a call of CPython": """
import irad
def f(x): return irad.callback(lambda y: eval('y + 1'), float, x)
""",
        "`warnings.catch_warnings`, `simplefilter`, `filterwarnings`": """
import warnings
def f(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.warn("nobody hears this")
        warnings.filterwarnings("always", "x is", UserWarning)
    return x
""",
        "`np.errstate`, `np.seterr`, `np.geterr`": """
import numpy as np
def f(x):
    old = np.seterr(all='ignore')
    with np.errstate(divide='warn'):
        inside = np.geterr()
    np.seterr(**old)
    return inside['divide'], inside['over'], old, np.log(x)
""",
        "`np.seterr(all=\"raise\")`": """
import numpy as np
def f(x):
    np.seterr(all='raise')
    return np.log(x)
""",
        "`warnings.simplefilter(\"error\")` in `catch_warnings()`, where numpy has nothing to warn about": """
import warnings
import numpy as np
def f(x):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return np.sqrt(x) / (1.0 + x)
""",
        "`logging`, `warnings.warn`": """
import logging, warnings
LOG = logging.getLogger('irad.features')
LOG.addHandler(logging.NullHandler())
LOG.propagate = False
warnings.filterwarnings('ignore', 'x is')
def f(x):
    LOG.info('x = %s', x)
    warnings.warn(f'x is {x}', RuntimeWarning)
    return x
""",
        "unpacking, starred targets": """
def f(x):
    a, *b = [x, 1.0, 2.0]
    return a + sum(b)
""",
    },
    "Lists": {
        "literals, comprehensions, `append`, `pop`, `insert`, slices, `del`": """
def f(x):
    v = [x * i for i in range(5)]
    v.append(x); v.insert(0, 7.0); v.pop(2); del v[-1]
    return v[1:3]
""",
        "length known at run time only": """
def f(x):
    v = []
    while x < 50.0:
        v.append(x)
        x *= 2.0
    return v
""",
        "`sort`, `sorted` with `key=`, `index`, `count`, `remove`, `in`": """
def f(x):
    v = [3.0, x, 1.0]
    v.sort(key=lambda q: -q)
    v.remove(1.0)
    return v, v.index(x), x in v
""",
        "slices that are assigned or deleted, `[::-1]`, `*`, `+`, of run-time length": """
def f(x):
    v = [x * i for i in range(int(4 * x))]
    v[1:3] = [1.0] * int(x + 1)
    del v[::2]
    return v[::-1] + 2 * v
""",
        "`tuple(xs)`, `zip(*rows)`, `f(*xs)` of run-time length": """
def g(*a): return sum(a)
def f(x):
    rows = [(i, x * i) for i in range(int(2 * x))]
    a, b = zip(*rows)
    return a + b[::-1], g(*b), tuple(rows)
""",
        "two names for one list": """
def f(x):
    v = [x]
    w = v
    w.append(1.0)
    return v, v is w
""",
        "lists of lists of known length": """
def f(x):
    g = [[0.0] * 2 for _ in range(2)]
    g[1][0] = x
    return g
""",
        "lists, dicts and objects in lists of run-time length": """
def f(x):
    out = []
    for i in range(int(x)):
        out.append([x, x * i])
        out.append({'a': x})
    return sum(r[1] for r in out[::2]) + out[1]['a']
""",
        "lists of lists of run-time length: `rows[i].append(x)`": """
def f(x):
    out = [[] for _ in range(int(x))]
    out[0].append(x)
    return out[0][0]
""",
        "a list, tuple or dict of arrays of run-time length, as a result": """
import numpy as np
def f(x, n=4):
    rows = [np.full(3, x + i) for i in range(n)]
    return rows, tuple(rows), {'rows': rows}
""",
        "a list of lists of run-time length, as a result": """
def f(x):
    g = []
    while x < 50.0:
        g.append([x])
        x *= 2.0
    return g
""",
        "lists of arrays": """
import numpy as np
def f(x):
    v = [np.ones(2) * x for _ in range(3)]
    return np.array(v).sum()
""",
    },
    "Dicts and sets": {
        "keys that are known at compile time": """
def f(x):
    d = {'a': x}
    d['b'] = 1.0
    d.update(c=x)
    return d, sum(d.values()), 'a' in d, d.get('q', 0.0)
""",
        "a number as a key to look up": """
def f(x, k=1): return {1: x, 2: 2.0 * x}[k]
""",
        "keys that are known at run time only: numbers, tuples of numbers": """
def f(x):
    counts, memo = {}, {}
    for i in range(int(10 * x)):
        counts[i % 3] = counts.get(i % 3, 0) + 1
        memo[i, i % 2] = x * i
    return counts, memo[3, 1], (4, 1) in memo, sum(memo.values())
""",
        "keys that are one of several texts or members of an enum, also in tuples": """
def f(x):
    counts, groups = {}, {}
    for i in range(5):
        name = 'big' if i * x > 5.0 else 'small'
        counts[name] = counts.get(name, 0) + 1
        groups.setdefault((name, i % 2), []).append(i * x)
    return counts, sum(groups['small', 0])
""",
        "dicts of which, or in which order, it depends on the way what they hold": """
def f(x):
    d = {'a': x}
    if x > 1.0:
        d['b'] = 'text'
    if x > 3.0:
        d['a'] = d.pop('a')
    return d, len(d), list(d.items()), {**d, 'c': x}, 'b' in d, d.pop('b', None)
""",
        "texts and numbers as keys of one dict, some of them known at run time only": """
def f(x):
    d = {'a': x}
    d[int(x)] = 1.0
    return d
""",
        "sets of known members": """
def f(x): return len({1, 2} | {3}) * x
""",
        "sets of numbers, texts, and tuples of such, that are known at run time only": """
def f(x):
    seen, names = {int(x), 7}, set()
    seen.add(int(x) + 1)
    for i in range(3):
        names.add('a' if i * x > 3.0 else 'b')
    return sorted(seen), len(seen | {9}), int(x) in seen, sorted(names), 'a' in names
""",
        "a loop over such a set": """
def f(x):
    return [i for i in {int(x), 7}]
""",
    },
    "Standard library": {
        "`collections.deque`": """
import collections
def f(x):
    d = collections.deque([x], maxlen=2)
    for i in range(4): d.append(x * i)
    return list(d), d.maxlen
""",
        "`defaultdict`, `Counter`, `OrderedDict` with keys that are known": """
import collections
def f(x):
    d = collections.defaultdict(float)
    for k in ('even', 'odd', 'even'): d[k] += x
    return d['even'], collections.Counter('abca')['a']
""",
        "`SimpleNamespace`, `OrderedDict`, `defaultdict`, classes that extend dict: arguments, results, derivatives by them": """
import collections, irad, types
def g(p, d): return p.x * p.x * d['k']
def f(x): return irad.grad(g, (0, 1))(types.SimpleNamespace(x=x), collections.OrderedDict(k=x))
""",
        "`bisect`, `heapq.heappush`, `heappop`, `heapify`": """
import bisect, heapq
def f(x):
    h = [3.0, x, 1.0]
    heapq.heapify(h)
    return bisect.bisect([1.0, 2.0], x), heapq.heappop(h)
""",
        "`itertools`, `functools.reduce`, `operator`": """
import functools, itertools, operator
def f(x): return functools.reduce(operator.add, itertools.accumulate([x, 1.0, 2.0]))
""",
        "`itertools.groupby`, `combinations`, `permutations` of lists of run-time length": """
import itertools
def f(x):
    v = [x * i for i in range(int(2 * x))]
    s = sum(k for k, g in itertools.groupby(v))
    return s + sum(a * b for a, b in itertools.combinations(v, 2))
""",
        "`copy.copy`, `copy.deepcopy`": """
import copy
def f(x):
    m = [[x] * int(x) for _ in range(int(x))]
    d = {'a': copy.deepcopy(m)}
    m[0][0] = 1.0
    return copy.copy(d)['a'][0][0]
""",
        "`statistics.mean`, `random`, `decimal`": """
import statistics
def f(x): return statistics.mean([x, 1.0])
""",
        "`inspect.signature`, `inspect.getfullargspec`": """
import inspect
def g(a, b=None, *, c="log"): return a
def f(x): return x * len([p for p in inspect.signature(g).parameters.values() if p.default is None])
""",
        "`locals()`": """
def f(x):
    y = 2.0 * x
    return locals()['y'] + locals().get('z', 1.0)
""",
    },
    "Classes": {
        "`__init__`, attributes, methods, `super`, inheritance": """
class A:
    def __init__(self, v): self.v = v
    def get(self): return self.v
class B(A):
    def get(self): return super().get() * 2.0
def f(x): return B(x).get()
""",
        "properties with setters, class and static methods": """
class A:
    def __init__(self, v): self._v = v
    @property
    def v(self): return self._v
    @v.setter
    def v(self, w): self._v = w * 2.0
    @classmethod
    def make(cls, v): return cls(v)
    @staticmethod
    def half(v): return v / 2.0
def f(x):
    a = A.make(x)
    a.v += 1.0
    return A.half(a.v)
""",
        "operators, `__call__`, `__getitem__`, `__len__`, `__iter__`, `__contains__`": """
class V:
    def __init__(self, *c): self.c = c
    def __add__(self, o): return V(*[a + b for a, b in zip(self.c, o.c)])
    def __getitem__(self, i): return self.c[i]
    def __iter__(self): return iter(self.c)
def f(x): return sum(V(x, 1.0) + V(2.0, x))
""",
        "`__slots__`, `__getattr__`, `__setattr__`": """
class A:
    __slots__ = ('v',)
    def __init__(self, v): self.v = v
    def __getattr__(self, n): return 1.0
def f(x): return A(x).v + A(x).w
""",
        "dataclasses, `field`, `replace`, `order=True`": """
from dataclasses import dataclass, field, replace
@dataclass(order=True)
class P:
    a: float
    b: list = field(default_factory=list)
def f(x): return replace(P(x), a=3.0).a, P(x) < P(3.0)
""",
        "named tuples, enums": """
import enum
from typing import NamedTuple
class N(NamedTuple):
    a: float
    b: int = 2
class E(enum.Enum):
    A = 1
def f(x): return N(x)._replace(b=3), E.A.value
""",
        "abstract classes, descriptors, `cached_property`, `total_ordering`": """
import functools
@functools.total_ordering
class A:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
    def __lt__(self, o): return self.v < o.v
    @functools.cached_property
    def sq(self): return self.v * self.v
def f(x): return A(x) >= A(1.0), A(x).sq
""",
        "`self.__dict__.update(...)`, `vars`, `setattr` with known names": """
class A:
    def __init__(self, **k): self.__dict__.update(k)
def f(x):
    a = A(p=x)
    setattr(a, 'q', 1.0)
    return vars(a)['p'] + a.q
""",
        "objects that hold each other": """
class A:
    pass
def f(x):
    a, b = A(), A()
    a.o, b.o, b.v = b, a, x
    return a.o.v, a.o.o is a
""",
        "a chain of objects of run-time length": """
class A:
    def __init__(self, v, rest): self.v, self.rest = v, rest
def f(x):
    a = None
    while x < 50.0:
        a = A(x, a)
        x *= 2.0
    return a.v
""",
        "objects in lists of run-time length, changed there": """
class A:
    def __init__(self, v): self.v = v
def f(x):
    v = []
    while x < 50.0:
        v.append(A(x))
        x *= 2.0
    for a in v:
        a.v += 1.0
    return v[0].v
""",
        "`del obj.name`": """
class A:
    pass
def f(x):
    a = A()
    a.v = x
    del a.v
    return hasattr(a, 'v')
""",
        "metaclasses with a `__call__`": """
class M(type):
    def __call__(cls): return 1.0
class A(metaclass=M): pass
def f(x): return A() + x
""",
        "`class` statement inside of a function": """
def f(x):
    class A:
        v = 1.0
        def get(self): return self.v * x
    return A().get() + A.v
""",
        "a `class` statement that is run again while its class is in use": """
def f(x):
    first = None
    for k in range(int(x)):
        class A:
            def get(self): return k * x
        if first is None: first = A()
    return first.get()
""",
        "an object of a class that the function defines, as a result": """
def f(x):
    class A: pass
    return A()
""",
        "classes that extend float, int, str, list, tuple, dict, made by `__new__` too": """
class Degrees(float):
    def __new__(cls, x, name=""):
        self = super().__new__(cls, x)
        self.name = name
        return self
    def rad(self): return self * 0.017453292519943295
class Items(list):
    def total(self): return sum(self)
class Point(tuple):
    def __new__(cls, x, y): return tuple.__new__(cls, (x, y))
def f(x):
    angle = Degrees(x, "north")
    return angle, angle.rad() + angle, Items([x, 1.0]).total(), Point(x, 2.0)[0], angle.name
""",
        "classes that extend set, complex or other types of C": """
class S(set): pass
def f(x): return len(S([x]))
""",
        "changing a list or dict from outside of the function": """
LOG = []
def f(x):
    LOG.append(x)
    return x
""",
        "changing an attribute of a class": """
class A:
    n = 0
def f(x):
    A.n = x
    return x
""",
    },
    "What is not Python": {
        "numpy and scipy, as [api.md](api.md) lists them": """
import numpy as np
def f(x): return np.sum(np.linspace(0.0, x, 5)) + np.median([x, 1.0, 2.0])
""",
        "functions written in C that irad has no entry for": """
import sys
def f(x): return x * sys.getsizeof(x)
""",
        "complex numbers": """
def f(x): return abs(x + 1j)
""",
        "dates and times: `datetime`, `np.datetime64`": """
import numpy as np
def f(x): return x * np.datetime64(int(x), 's').astype(float)
""",
        "classes that extend ndarray, `a.view(Class)`": """
import numpy as np
class Row(np.ndarray): pass
def f(x): return np.asarray([x, 1.0]).view(Row)[0]
""",
        "Fourier transforms": """
import numpy as np
def f(x): return np.fft.fft(np.array([x, 1.0]))[0].real
""",
        "random numbers": """
import numpy as np
def f(x): return x * np.random.default_rng(1).normal()
""",
        "files": """
def f(x): return x * float(open('numbers.txt').read())
""",
    },
    "numba": {
        "`@njit`, also with signatures and `error_model`; `f.py_func`": """
from numba import njit, int64, float64
@njit(int64(float64))
def g(x): return x * 2
@njit(error_model='numpy')
def h(x): return x / 3.0
def f(x): return g(x + 0.3) * h(x) + h.py_func(x)
""",
        "`@vectorize`, also with signatures; `out=`, `reduce`, `accumulate`, `outer`": """
import numpy as np
from numba import vectorize
@vectorize(['float64(float64,float64)'])
def g(x, y): return x * y if x > y else x + y
def f(x):
    a = g(np.array([x, 1.0]), 1.5, out=np.empty(2))
    return a[0] + g.reduce(a) + g.outer(a, a)[0, 1]
""",
        "`@guvectorize`: layouts, broadcasting, several results, results that are given": """
import numpy as np
from numba import guvectorize, float64
@guvectorize([(float64[:], float64, float64[:], float64[:])], '(n),()->(n),()')
def g(a, k, scaled, total):
    total[0] = 0.0
    for i in range(a.shape[0]):
        scaled[i] = k * a[i]
        total[0] += scaled[i]
def f(x): return g(np.array([[x, 1.0], [2.0, x]]), x)[1][0]
""",
        "`@vectorize` without signatures on float32 and int32": """
import numpy as np
from numba import vectorize
@vectorize
def g(x): return x + x
def f(x): return g(np.array([x, 1.0], np.float32))[0]
""",
        "`@register_jitable`": """
from numba import njit
from numba.extending import register_jitable
@register_jitable
def g(x): return x * x
@njit
def h(x): return g(x)
def f(x): return h(x)
""",
        "functions with an `@overload`, in jitted code": """
from numba import njit
from numba.extending import overload
def g(x): return x * 2.0
@overload(g)
def other(x): return lambda x: x * 3.0
@njit
def h(x): return g(x)
def f(x): return h(x)
""",
        "`@intrinsic`": """
from numba import njit, float64
from numba.extending import intrinsic
@intrinsic
def g(context, x):
    return float64(float64), lambda context, builder, signature, args: builder.fmul(args[0], args[0])
@njit
def h(x): return g(x)
def f(x): return h(x)
""",
        "`@stencil`": """
import numpy as np
from numba import stencil
@stencil
def g(a): return a[-1] + a[1]
def f(x): return g(np.array([x, 1.0, x]))[1]
""",
        "`@jitclass`": """
from numba import float64
from numba.experimental import jitclass
@jitclass([('x', float64)])
class A:
    def __init__(self, x): self.x = x
def f(x): return A(x).x
""",
        "`numba.typed.List`, `numba.typed.Dict`": """
from numba.typed import List
def f(x):
    xs = List()
    xs.append(x)
    return xs[0]
""",
        "arrays of records": """
import numpy as np
A = np.array([(1.0, 2)], dtype=[('a', 'f8'), ('n', 'i4')])
def f(x): return A[0]['a'] * x
""",
    },
    "Texts": {
        "texts that are known at compile time": """
def f(x, how='rk4'): return x if how.upper().startswith('RK') else 0.0
""",
        "numbers in the texts of exceptions": """
def f(x):
    raise ValueError(f'{x:.3f} is too large')
""",
        "f-strings, `%`, `.format`, `join`, `+` with numbers in what is printed": """
import io
SINK = io.StringIO()
def f(x):
    print('%5.2f' % x, '{:.3e}'.format(x), ', '.join([str(x), repr(x)]), 'x = ' + f'{x:>8}', file=SINK)
    return x
""",
        "texts with numbers as results": """
def f(x): return f'{x:.2f}', {'x': str(x)}
""",
        "what a text with numbers is, asked in compiled code": """
def f(x): return len(f'{x}')
""",
    },
}
