"""Lists of run-time length that hold lists, dicts and objects: what CPython does, as long as nobody changes these afterwards."""

import numpy as np
import pytest
from numeric.harness import all_same, same_as_python

import irad


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def size(self):
        return self.x * self.x + self.y * self.y


class Segment:
    def __init__(self, start, coefficients, kind):
        self.start = start
        self.coefficients = coefficients
        self.kind = kind

    def __call__(self, t):
        return np.dot(self.coefficients, np.array([1.0, t - self.start]))


class Straight(Segment):
    def __call__(self, t):
        return self.coefficients[0] + self.coefficients[1]


def rows(x, n):
    out = []
    t = 0.0
    for i in range(n):
        out.append([t, x * t, i * 1.0])
        t += 0.5
    return np.array(out)


def sum_of_rows(x, n):
    out = []
    for i in range(n):
        out.append([x * i, x + i])
    return sum(a * b for a, b in out), len(out), out[-1][0], [r[1] for r in out]


def nested(x, n):
    return np.array([[x * i, 2.0, x - i] for i in range(n)])


def ragged(x, n):
    out = []
    for i in range(n):
        row = []
        for k in range(i):
            row.append(x * k)
        out.append(row)
    return sum(sum(row) for row in out), [len(row) for row in out]


def points(x, n):
    ps = []
    for i in range(n):
        ps.append(Point(x * i, 1.0))
    total = 0.0
    for p in ps:
        total += p.size()
    return total, ps[0].y, max(p.x for p in ps), len(ps)


def points_of_comprehension(x, n):
    ps = [Point(x, float(i)) for i in range(n)]
    return sum([p.y * p.x for p in ps]) + ps[n // 2].size()


def dicts(x, n):
    log = []
    for i in range(n):
        log.append({"t": i * 0.1, "x": x * i})
    return sum(entry["x"] * entry["t"] for entry in log), log[-1]["x"]


def segments(x, n):
    parts = []
    t = 0.0
    while t < 0.25 * n:
        c = np.array([x, x * t])
        parts.append(Straight(t, c, "s") if t > 0.5 else Segment(t, c, "c"))
        t += 0.25
    total = 0.0
    for part in parts:
        total += part(0.3)
    return total


def found_by_search(x, n):
    parts = []
    for i in range(n):
        parts.append(Segment(0.5 * i, np.array([x, float(i)]), None))
    at = 0
    while at < len(parts) - 1 and parts[at + 1].start <= x:
        at += 1
    return parts[at](x)


def pairs_with_objects(x, n):
    out = []
    for i in range(n):
        out.append((i, Point(x, 1.0 * i)))
    return sum(i * p.size() for i, p in out)


def one_object_often(x, n):
    p = Point(x, 2.0)
    ps = []
    for _ in range(n):
        ps.append(p)
    return sum(q.x for q in ps) + p.y


def popped(x, n):
    stack = []
    for i in range(n):
        stack.append([x * i, i])
    total = 0.0
    while stack:
        a, i = stack.pop()
        total = total * 0.5 + a
    return total


def in_a_function(ps, x):
    ps.append(Point(x, x))


def filled_by_a_function(x, n):
    ps = []
    for i in range(n):
        in_a_function(ps, x + i)
    return sum(p.size() for p in ps)


def arrays_and_lists(x, n):
    ys = [[x, 1.0]]
    for i in range(n):
        ys.append(np.array([x * i, 2.0]))
    return np.vstack(ys), np.array(ys)


def changed_afterwards(x, n):
    row = [0.0, 0.0]
    out = []
    for i in range(n):
        row[0] = x * i
        out.append(row)
    return out[0][0]


def lists_returned(x, n):
    ps = []
    for i in range(n):
        ps.append([x, i])
    return ps


def rows_of_several_forms(x, n):
    rows = []
    for i in range(n):
        rows.append((x, 1.0 * i) if i % 2 else [x * i, 0.5])
    return np.array(rows)


FUNCTIONS = [
    rows_of_several_forms, rows, sum_of_rows, nested, ragged, points, points_of_comprehension, dicts, segments, found_by_search,
    changed_afterwards, lists_returned, pairs_with_objects,
    one_object_often, popped, filled_by_a_function, arrays_and_lists,
]


@pytest.mark.parametrize("f", FUNCTIONS)
def test_lists_of_objects(f):
    all_same(f, [(0.5, 3), (2.0, 7), (1.5, 1)])


@pytest.mark.parametrize("f", FUNCTIONS)
def test_derivatives(f):
    def total(x):
        result = f(x, 5)
        return np.sum(result[0] if isinstance(result, tuple) else np.array(result))

    slope = (total(1.3 + 1e-6) - total(1.3 - 1e-6)) / 2e-6
    assert irad.grad(total)(1.3) == pytest.approx(slope, rel=1e-7)


# -- what would be seen through another name is refused ---------------------------------------------------------------


def changed_in_place(x, n):
    ps = []
    for i in range(n):
        ps.append(Point(x, i))
    ps[0].x = 5.0
    return ps[0].x


def inner_appended(x, n):
    out = [[] for _ in range(n)]
    out[0].append(x)
    return len(out[1])


def changed_by_a_function(x, n):
    p = Point(x, 0.0)
    ps = []
    for _ in range(n):
        put(ps, p)
    p.x = 3.0
    return ps[0].x


def put(ps, p):
    ps.append(p)


def identical(x, n):
    ps = []
    for i in range(n):
        ps.append(Point(x, i))
    return ps[0] is ps[0]


@pytest.mark.parametrize("f", [changed_in_place, inner_appended, changed_by_a_function, identical])
def test_once_refused(f):
    all_same(f, [(2.0, 3)])


def objects_returned(x, n):
    ps = []
    for i in range(n):
        ps.append(Point(x, i))
    return ps


def test_refused_as_a_result():
    with pytest.raises(irad.UnsupportedError, match="as a result"):
        irad.compile(objects_returned)(2.0, 3)


class Herd:
    def __init__(self, n: int) -> None:
        self.members = [[0.5 * i, 1.0] for i in range(n)]

    def step(self) -> float:
        kept = sorted(self.members)[:2]
        while len(kept) < len(self.members):
            kept.append([x * 0.5 for x in self.members[len(kept)]])
        self.members = kept
        return min(map(sum, self.members))


def generations(x):
    herd = Herd(6)
    found = [herd.step() for _ in range(4)]
    return sum(found) * x + herd.members[2][0]


def test_rows_that_are_copied_on_one_way():
    """What a loop that copies rows makes of them is of one iteration: it does not go on to where ways meet."""
    same_as_python(generations, 0.3)
