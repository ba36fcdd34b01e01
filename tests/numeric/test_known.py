"""What is known at compile time: sets, texts, slices of tuples, lazily imported modules, matching."""

import datetime
import functools
import math
import re
from collections import OrderedDict, namedtuple

import numpy as np
from numeric.harness import all_same, compiled, refused, same_and_derivative, same_as_python

Point = namedtuple("Point", "x y")
NAMES = {"A": 1.0, "B": 2.0}
MEMBERS = {1, 2, 3}


# -- sets --------------------------------------------------------------------------------------------------------


def sets(x):
    s = {1, 2, 3}
    t = {v * 2 for v in (1, 2)}
    f = frozenset((1, 2))
    return (
        2 in s, len(s), len(t), sum(s), 5 in f, s | t, s & t, s - t, s ^ t, sorted(t), {1, 2} == f, s > f, bool(set()), not s,
        {*t, 7}, x in {1.0, 2.0}, x in f, x not in s, isinstance(s, set), type(f) is frozenset, max(s), min(t), x in MEMBERS,
        MEMBERS | {4}, MEMBERS.union((5,)), list({"one"}), [v * x for v in s],
    )


def sets_that_change(x):
    s = {1, 2}
    t = s
    s.add(3)
    s.discard(1)
    s |= {9}
    s -= {2}
    u = s.copy()
    u.update((5, 6), {7})
    u.remove(5)
    if x > 0:
        t.add(100)
    return len(t), 3 in t, 100 in s, u, sum(t), 100 in u


def missing(x):
    s = {1, 2}
    if x > 0:
        s.remove(5)
    return len(s)


def test_sets():
    all_same(sets, [2.0, 3.0, 1])
    all_same(sets_that_change, [1.0, -1.0])
    all_same(missing, [1.0, -1.0])


def members_in_containers(x):
    return (
        x in (1, 2), x in {1: 2}, x not in [1.0], x in range(3), x in frozenset({2.0}), x in NAMES, "A" in NAMES, "a" in "abc",
        None in (None, x), x in (), "x" in {"x": x},
    )


def test_in():
    all_same(members_in_containers, [2.0, 3.0, 1, True])


# -- texts -------------------------------------------------------------------------------------------------------


def texts(x):
    z = "abc" if x > 0 else "xyz"
    n = 3
    return (
        z.upper(), z.startswith("a"), len(z), z[0], z + "q", z == "abc", z in ("abc",), "a" in z, z.replace("a", "b").title(),
        ord(z[1]), f"{n:03d} {n!r} {'a':>4}", "%d %s" % (n, "q"), "{} {:.2f}".format(n, 2.5), "-".join(["a", "b"]),
        "a,b".split(","), str(n) + "b", "x" * n, z.split("b"), chr(65), hex(255), z.find("z"), z[::-1], z * 2,
    )


LETTERS = "CDEFGHJKLMNPQRSTUVWXX"


def letter(x):
    if -80 <= x <= 84:
        found = LETTERS[int(x + 80) >> 3]
    else:
        found = None
    return found if found is None else found.lower() >= "n"


def raises_text(x):
    msg = f"bad {x}"
    if x > 0:
        raise ValueError(msg + " value" + "!")
    return x


def test_texts():
    all_same(texts, [1.0, -1.0])
    all_same(letter, [1.0, -79.0, 84.0, 99.0])
    all_same(raises_text, [1.0, -1.0])


# -- slices, tuples ----------------------------------------------------------------------------------------------


def slices(x):
    t = (1.0, x, 3.0, 4.0)
    n = 1 if x > 0 else 2
    m = int(x)
    return sum(t[:n]), sum(t[n:]), t[n], sum(t[:m]), len(t[m:3]), max(t[m:], default=-1), (1, 2, x)[::-1], "abc"[::-1]


def slices_in_a_loop(a, *params):
    s = 0.0
    for i in range(0, len(params), 3):
        center, height, width = params[i : i + 3]
        s += height * math.exp(-((a - center) ** 2) / width)
    return s


def named(x):
    p = Point(x, y=2 * x)
    q = p._replace(x=1.0)
    return p.x * p.y, q, Point._make((1.0, x)), p[0], len(p), Point(*[x, 3.0])


def test_slices():
    all_same(slices, [1.0, -1.0, 2.0, 3.5, -7.0, 9.0])
    same_as_python(slices_in_a_loop, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)
    same_as_python(named, 2.0)


# -- statements --------------------------------------------------------------------------------------------------


def walrus(x):
    if (y := x * x) > 4 and 0 < x < 10 <= 20:
        assert y > 0, "negative"
        del x
        return y
    assert x > 0, f"bad {x}"
    return x


def matched(x, mode):
    match mode:
        case "a" | "b":
            return x
        case 1:
            return 2 * x
        case None:
            return 3 * x
        case _:
            return 0.0


class Circle:
    __match_args__ = ("radius", "center")

    def __init__(self, radius, center=(0.0, 0.0)):
        self.radius, self.center = radius, center


class Square:
    __match_args__ = ("side",)

    def __init__(self, side):
        self.side = side


def area(shape):
    match shape:
        case Circle(r, center=(0.0, y)):
            return 3.0 * r * r + y
        case Circle(radius=r):
            return 3.0 * r * r
        case Square(side) if side > 1:
            return side * side
        case Square():
            return 0.5
        case Point(x, y):
            return x * y
        case [first, *rest, last]:
            return first * last + len(rest)
        case [only]:
            return only
        case {"kind": "ring", "inner": a, "outer": b, **rest}:
            return b * b - a * a + len(rest)
        case {"kind": kind}:
            return kind
        case bool(b):
            return not b
        case float(x) | int(x):
            return -x
        case str():
            return "text"
        case None:
            return None
        case _:
            return 0.0


def areas(x):
    return (
        area(Circle(x)), area(Circle(x, (0.0, 2.0))), area(Circle(x, (1.0, 2.0))), area(Square(x)), area(Point(x, 2.0)),
        area((x, 1, 2, 3 * x)), area([x]), area({"kind": "ring", "inner": x, "outer": 2 * x, "more": 1}), area({"kind": "x"}),
        area(x > 1), area(x), area(int(x)), area("abc"), area(None), area(()), area({}), area(range(3)),
    )


def matched_numbers(x, y):
    match (x, y):
        case (0, _):
            return y
        case (a, 0):
            return a * 2
        case (a, b) if a == b:
            return a + b
        case (int(), float()):
            return "int and float"
        case _:
            return x - y


def test_match():
    all_same(areas, [2.0, 0.5])
    all_same(matched_numbers, [(0.0, 2.0), (3.0, 0.0), (3.0, 3.0), (1.0, 2.0), (1, 2.5), (0, 1.0)])
    same_as_python(too_many_patterns, 1.0)


def too_many_patterns(x):
    match Square(x):
        case Square(a, b):
            return a * b


def imports(x):
    import os.path as path
    from math import sqrt

    from numpy import cos
    from numpy import sin as s

    return sqrt(x) + s(x) + cos(x), path.sep


def unpacks(x):
    d = {"a": 1.0, **{"b": x}}
    (p, q), *r = ((1, x), 2, 3)
    x, y = 1.0, x
    del d["a"]
    return d, p, q, r, x, y, (lambda *a, **k: a[0] + k["z"])(x, z=2 * y)


def test_statements():
    all_same(walrus, [3.0, 1.0, 100.0])
    all_same(matched, [(2.0, "b"), (2.0, 1), (2.0, None), (2.0, "z")])
    all_same(imports, [2.0])
    all_same(unpacks, [2.0])


lazy_sqrt = None
lazy_module = None
lazy_help = None
counter = 0


def imports_late(x):
    global lazy_sqrt, lazy_module, lazy_help
    if lazy_sqrt is None:
        from math import sqrt as lazy_sqrt
    if lazy_help is None:
        from statistics import fmean as lazy_help
    if lazy_module is None:
        import cmath as lazy_module
    return lazy_sqrt(x) + lazy_module.pi


def counts(x):
    global counter
    counter += 1
    return x


def test_globals_that_keep_an_import():
    global lazy_sqrt, lazy_module, lazy_help
    for x in (4.0, 9.0):
        assert compiled(imports_late)(x) == math.sqrt(x) + math.pi
    assert lazy_sqrt is math.sqrt
    lazy_sqrt = lazy_module = None
    assert compiled(imports_late)(16.0) == 4.0 + math.pi
    assert lazy_sqrt is math.sqrt
    refused(counts, 1.0, match="global variable")
    assert counter == 0


def test_lists_of_numpy():
    all_same(lambda a: sum(v for v in [*a]), [np.arange(3.0)])


# -- functools, collections --------------------------------------------------------------------------------------


@functools.singledispatch
def doubled(x):
    return 0.0


@doubled.register(int)
def _(x):
    return x * 2


@doubled.register(float)
def _(x):
    return x * 3.0


@doubled.register(tuple)
def _(x):
    return sum(doubled(v) for v in x)


def twice(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return 2 * f(*args, **kwargs)

    return wrapper


@twice
def square(x):
    return x * x


class Cached:
    def __init__(self, x):
        self.x = x

    @functools.cached_property
    def square(self):
        return self.x**2


def by_functools(x):
    h = twice(lambda y: y + 1)
    c = Cached(x)
    numbers = doubled(x), doubled(3), doubled("a"), doubled((x, 1)), doubled(True)
    return numbers, square(x), h(x), c.square + c.square, square.__name__


def ordered(x):
    d = OrderedDict([("a", x), ("b", 2 * x)])
    d["c"] = 1.0
    first = d.pop("a")
    return d, list(d), sum(d.values()), isinstance(d, dict), type(d) is OrderedDict, first, d | {"e": x}, OrderedDict(z=x)


def test_functools_and_collections():
    all_same(by_functools, [2.0, 3, True])
    same_as_python(ordered, 2.0)


DAY = datetime.datetime(2020, 3, 4, 5, 6, 7)
FORMULA = re.compile(r"([A-Z][a-z]?)(\d*)")


def atoms(x, formula):
    n = 0.0
    for _element, count in FORMULA.findall(formula):
        n += x * (int(count) if count else 1)
    return n, re.split("[()]", formula), int(FORMULA.match("H2O").group(2)), re.sub("H", "D", formula)


def dates(x, d):
    since = DAY - datetime.datetime(2000, 1, 1, tzinfo=None)
    later = d + datetime.timedelta(days=1)
    return x * since.total_seconds(), later.day, d.timetuple().tm_yday, x if d < DAY else -x, d.toordinal() + d.hour / 24


def test_values_of_the_standard_library():
    all_same(atoms, [(2.0, "C2H5OH"), (2.0, "")])
    all_same(dates, [(2.0, DAY), (2.0, datetime.datetime(1999, 12, 31))])
    refused(lambda x: x * datetime.datetime.now().hour, 2.0, match="now")
    refused(lambda x: x * datetime.timedelta(hours=x).total_seconds(), 2.0, match="timedelta")


def methods_of_c(a, n):
    k, x = 1, 0.0
    for _ in range(4):
        x = a
    d = dict.fromkeys(("u", "v") if k else k, 2.0)
    return x * d["u"] + sum(map((2.0).__mul__, [x] * n))


def test_methods_of_c_are_one_object_however_often_they_are_looked_up():
    same_and_derivative(methods_of_c, 1.5, 3)
