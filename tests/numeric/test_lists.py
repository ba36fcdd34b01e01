"""Lists: every method, slices, comparison, sorting, iteration, CPython's errors; of known and of run-time length."""

import math
from collections import Counter
from functools import partial

import numpy as np
import pytest
from numeric.harness import all_same, same_as_python

import irad

nan = float("nan")


def m1(x, y):
    xs = [x, y, 3.0]
    xs.append(x)
    xs.extend([1.0, 2.0])
    xs.insert(1, 9.0)
    xs.insert(-1, 8.0)
    xs.insert(100, 7.0)
    xs.insert(-100, 6.0)
    a = xs.pop()
    b = xs.pop(0)
    c = xs.pop(-2)
    xs.remove(9.0)
    xs.reverse()
    i = xs.index(3.0)
    n = xs.count(x)
    k = xs.copy()
    k.append(5.0)
    del xs[0]
    del xs[-1]
    xs += (1.0, 2.0)
    xs *= 2
    return xs, a, b, c, i, n, k, len(xs)


def m2(x, n):
    xs = []
    for i in range(n):
        xs.append(x * i)
    xs.extend([1.0, 2.0])
    xs.insert(1, 9.0)
    xs.insert(-1, 8.0)
    xs.insert(100, 7.0)
    xs.insert(-100, 6.0)
    a = xs.pop()
    b = xs.pop(0)
    c = xs.pop(-2)
    xs.remove(9.0)
    xs.reverse()
    i = xs.index(1.0)
    k = xs.copy()
    k.append(5.0)
    m = xs.count(1.0)
    del xs[0]
    del xs[-1]
    xs += (1.0, 2.0)
    xs *= 2
    xs += range(2)
    return (
        xs,
        a,
        b,
        c,
        i,
        k,
        m,
        len(xs),
        xs[1:],
        xs[::-1],
        xs[-3:-1],
        xs[::2],
        xs[5:1],
        xs[100:],
        xs[-1],
        1.0 in xs,
        77.0 in xs,
        xs == k,
        xs != k,
        xs == xs[:],
        k < xs,
        k <= xs,
        k > xs,
        xs + k,
        2 * k,
    )


def idx(xs, i):
    return xs[i]


def setidx(xs, i, v):
    xs[i] = v
    return xs


def delidx(xs, i):
    del xs[i]
    return xs


def insidx(xs, i, v):
    xs.insert(i, v)
    return xs


def popidx(xs, i):
    return xs.pop(i), xs


def slc(xs, a, b, c):
    return xs[a:b:c]


def slc2(xs, a, b):
    return xs[a:b], xs[a:], xs[:b]


def lidx(x, i):
    return [x, 2.0, 3.0][i]


def lidx2(x, i):
    return [x, "a", 3.0][i]


def findx(xs, x):
    return xs.index(x)


def findx2(xs, x, a):
    return xs.index(x, a)


def findx3(xs, x, a, b):
    return xs.index(x, a, b)


def rem(xs, x):
    xs.remove(x)
    return xs


def srt(xs):
    xs.sort()
    return xs


def srt2(xs):
    return sorted(xs), sorted(xs, reverse=True), sorted(xs, key=lambda v: -v), sorted(xs, key=abs), xs


def srt3(xs):
    xs.sort(key=lambda v: v % 3, reverse=True)
    return xs


def srtt(n):
    xs = []
    for i in range(n):
        xs.append((i % 3, i * 1.0))
    xs.sort()
    ys = sorted(xs, key=lambda p: -p[1])
    return xs, ys


def big(n, seed):
    xs = []
    v = seed
    for i in range(n):
        v = (v * 1103515245 + 12345) % 1000
        xs.append(v)
    ys = sorted(xs)
    zs = sorted(xs, key=lambda q: q % 10, reverse=True)
    return ys, zs


def lerr1(x):
    [x].append()


def lerr2(x):
    [x].append(1, 2)


def lerr3(x):
    [x].pop(1, 2)


def lerr4(x):
    [x].nope()


def lerr5(x):
    return [x]["a"]


def lerr6(x):
    return [x][x]


def lerr7(x):
    [x].extend(x)


def lerr8(x):
    return [x] + (x,)


def lerr9(x):
    return [x] + x


def lerr10(x):
    return [x] - [x]


def lerr11(x):
    return [x] * x


def lerr12(x):
    return [x] < x


def lerr13(x):
    return [x]()


def lerr14(x):
    [x].x = 1


def lerr15(x):
    return [].pop()


def lerr16(x):
    return [x, 1.0][5]


def lerr17(x):
    a, b = [x]
    return a


def lerr18(x):
    xs = [x]
    xs[3] = 1.0


def lerr19(x):
    xs = [x]
    del xs[3]


def lerr20(x):
    return x + [x]


def lerr21(x):
    return -[x]


def lerr22(x):
    return abs([x])


def lerr23(x):
    return float([x])


def lerr24(x):
    return math.sqrt([x])


def lerr25(x):
    return [x].index(5.0)


def lerr26(x):
    return [x].remove(5.0)


def lerr27(x):
    xs = [x]
    xs += x


def lerr29(x):
    return sum(["a", x])


def lerr30(x):
    return [[x], x] < [[x], [x]]


def lerr33(x):
    return (x,) + [x]


def lerr34(x):
    return (x,)[3]


def lerr35(x):
    return (x,).index(5.0)


def lerr36(x):
    return [x].sort(1)


def lerr37(x):
    return [x][1.5]


def lerr38(x):
    return [x][None]


def lerr39(n):
    xs = []
    for i in range(n):
        xs.append(1.0 * i)
    return xs[1.0]


def lerr40(n):
    xs = []
    for i in range(n):
        xs.append(1.0 * i)
    return xs["a"]


def cmpl(a, b):
    return a == b, a != b, a < b, a <= b, a > b, a >= b


def nans(x):
    return x in [x], [x] == [x], (x,) == (x,), [x].index(x), [x].count(x), x == x, [x] != [x]


def nans2(xs, x):
    return x in xs


def mixed(x, n):
    xs = [1, x, True, None, "a", (x, 2)]
    return xs, xs[4], xs[-1][0], xs.index("a"), None in xs, "b" in xs, len(xs), xs[3] is None


def boolint(n):
    xs = []
    for i in range(n):
        xs.append(i % 2 == 0)
    ys = []
    for b in xs:
        ys.append(i if b else 0.5)
    return xs, ys


def mixnum(n):
    xs = []
    for i in range(n):
        if i % 2:
            xs.append(i)
        else:
            xs.append(i * 0.5)
    return xs


def arrs(a, n):
    xs = []
    for i in range(n):
        xs.append(a * i)
    s = 0.0
    for v in xs:
        s += v.sum()
    xs[0][0] = 5.0
    return s, np.array(xs), xs[-1], len(xs)


def slassign(x):
    xs = [1.0, 2.0, 3.0, 4.0]
    xs[1:3] = [x]
    xs[:0] = [x, x]
    xs[::2] = [7.0, 8.0, 9.0]
    del xs[1:2]
    return xs


def slassign_err(x):
    xs = [1.0, 2.0, 3.0]
    xs[::2] = [x]


def nest(x, n):
    g = [[0.0 for _ in range(3)] for _ in range(2)]
    for i in range(2):
        for j in range(3):
            g[i][j] = x * i + j
    t = list(zip(*g))
    f = [v for r in g for v in r]
    return g, t, f, sum(map(sum, g)), max(max(r) for r in g), [r[:] for r in g][1], g[1] is g[1]


def comp(a, n):
    return (
        [v * 2 for v in a if v > 1],
        [i for i in range(n) if i % 2],
        [(i, v) for i, v in enumerate(a)],
        {i: i * 2.0 for i in range(3)},
        [[i] * 2 for i in range(2)],
        list(map(lambda v: v + 1, a)),
        list(filter(lambda v: v > 1, a)),
        sum(v for v in a),
        any(v > 2 for v in a),
        min(a),
        list(reversed([1, 2, n])),
    )


def stack(x):
    s = [x]
    out = 0.0
    while s:
        v = s.pop()
        out += v
        if v > 1.0:
            s.append(v / 2)
            s.append(v / 3)
    return out


def queue(n):
    q = [0]
    seen = []
    while len(q) > 0:
        v = q.pop(0)
        seen.append(v)
        for w in (2 * v + 1, 2 * v + 2):
            if w < n:
                q.append(w)
    return seen


def starred(a):
    f, *m, l = [v for v in a]
    return f, m, l


def starred2(x):
    f, *m, l = [x, 1.0, 2.0, 3.0]
    m.append(4.0)
    return f, m, l


L = [1.0, 2.0, 3.0]
F = [2.0, 1.0, 2.0]

CASES = [
    (m1, [(1.0, 2.0)]),
    (m2, [(1.0, 0), (1.0, 3), (2.0, 6)]),
    (
        idx,
        [(L, i) for i in (0, 2, -1, -3, 3, -4, True)]
        + [((1, 2), 1), ([1, 2], 1), ([True, False], 1), ([(1.0, 2), (3.0, 4)], -1)],
    ),
    (setidx, [(L, 0, 5.0), (L, -1, 5.0), (L, 3, 5.0), (L, 0, 1), (L, 0, True), ([1, 2], 1, 2.5)]),
    (delidx, [(L, 0), (L, -1), (L, 3), (L, -4)]),
    (insidx, [(L, 0, 5.0), (L, -1, 5.0), (L, 9, 5.0), (L, -9, 5.0), (L, 1, 1)]),
    (popidx, [(L, 0), (L, -1), (L, 3), ([], 0), ([1.0], -2)]),
    (slc, [(L, a, b, c) for a in (0, 1, -2, 9) for b in (3, -1, 0) for c in (1, 2, -1)] + [(L, 0, 1, 0)]),
    (slc2, [(L, 1, 2), (L, -9, 9), ([], 0, 1)]),
    (lidx, [(1.0, i) for i in (0, 1, 2, 3, -3, -4)]),
    (lidx2, [(1.0, 0), (1.0, 1), (1.0, 5)]),
    (findx, [(F, 2.0), (F, 1.0), (F, 7.0), (F, 2), ([1, 2], 2.0), ([], 1.0)]),
    (findx2, [(F, 2.0, 1), (F, 2.0, -1), (F, 2.0, 5), (F, 1.0, 2)]),
    (findx3, [(F, 2.0, 1, 2), (F, 2.0, 0, -1)]),
    (rem, [(F, 2.0), (F, 1.0), (F, 9.0), ([], 1.0)]),
    (srt, [F, L, [], [1.0], [3, 1, 2], [True, False], [-0.0, 0.0, -0.0]]),
    (srt2, [(F,), ([3.0, -1.0, 1.0, -3.0, 2.0],), ([],)]),
    (srt3, [([5, 3, 1, 7, 2, 4],)]),
    (srtt, [(0,), (7,)]),
    (big, [(200, 7), (63, 3), (64, 3)]),
    (cmpl, [(L, L), (L, F), (L, [1.0, 2.0]), ([], L), ([], []), ([1, 2], [1.0, 2.0]), ((1.0, 2), (1.0, 3))]),
    (nans, [1.0]),
    (nans2, [(L, 2.0), (L, 9.0), ([], 1.0), ([1, 2], 1.0)]),
    (mixed, [(1.0, 2)]),
    (boolint, [(0,), (3,)]),
    (mixnum, [(0,), (5,)]),
    (arrs, [(np.array([1.0, 2.0]), 3)]),
    (slassign, [1.0]),
    (slassign_err, [1.0]),
    (nest, [(1.0, 2)]),
    (comp, [(np.array([1.0, 2.0, 3.0]), 5), ([1.0, 2.0, 0.5], 2)]),
    (stack, [1.0, 20.0]),
    (queue, [(0,), (7,)]),
    (starred, [(L,), ([1.0],)]),
    (starred2, [1.0]),
]
WRONG = [
    lerr1,
    lerr2,
    lerr3,
    lerr4,
    lerr5,
    lerr6,
    lerr7,
    lerr8,
    lerr9,
    lerr10,
    lerr11,
    lerr12,
    lerr13,
    lerr14,
    lerr15,
    lerr16,
    lerr17,
    lerr18,
    lerr19,
    lerr20,
    lerr21,
    lerr22,
    lerr23,
    lerr24,
    lerr25,
    lerr26,
    lerr27,
    lerr29,
    lerr30,
    lerr33,
    lerr34,
    lerr35,
    lerr36,
    lerr37,
    lerr38,
    lerr39,
    lerr40,
]


@pytest.mark.parametrize(("f", "cases"), CASES, ids=[f.__name__ for f, _ in CASES])
def test_lists(f, cases):
    all_same(f, cases)


@pytest.mark.parametrize("f", WRONG, ids=lambda f: f.__name__)
def test_errors(f):
    all_same(f, [3 if f in (lerr39, lerr40) else 1.0])


def with_a_default_list(x, start=[]):  # noqa: B006
    return start + [x], [x] + start, len(start)


OUTSIDE = [1.0, 2.0]


def with_a_list_from_outside(x):
    made = OUTSIDE + [x]
    made.append(3.0)
    return made, [x] + OUTSIDE, OUTSIDE + OUTSIDE


def blocks(x):
    b = np.array([[x, 1.0], [2.0, x]])
    return np.block([[b, -b], [-b, np.eye(2)]]), np.block([b[0], x])


def test_lists_from_outside_in_sums():
    for f in (with_a_default_list, with_a_list_from_outside, blocks):
        all_same(f, [(0.5,), (2.0,)])


def repeats_of_one_from_outside(x):
    n = int(x)
    return OUTSIDE * n, n * OUTSIDE, OUTSIDE * (n > 1), OUTSIDE * -n, sum(OUTSIDE * n) * x


def compared_with_one_from_outside(x):
    n = int(x)
    return OUTSIDE == [x, 2.0], [x, 2.0] == OUTSIDE, OUTSIDE < [x, 3.0], [x] > OUTSIDE, OUTSIDE == [1.0] * n, OUTSIDE <= [3.0] * n


def changed_copies_of_one_from_outside(x):
    made = OUTSIDE[:], OUTSIDE + OUTSIDE, OUTSIDE * 2, list(OUTSIDE), OUTSIDE[::-1]
    same = made[0], made[1], made[2], made[3], made[4]
    for m in made:
        m += [x]
        m.append(2.0)
    return same, OUTSIDE


def test_lists_from_outside_as_operands():
    for f in (repeats_of_one_from_outside, compared_with_one_from_outside, changed_copies_of_one_from_outside):
        all_same(f, [(0.5,), (1.0,), (2.0,), (3.0,)])


MEMBERS = {1, 2}


def extends_one_from_outside(x):
    xs = OUTSIDE
    xs += [x]
    return len(OUTSIDE)


def repeats_one_from_outside(x):
    xs = OUTSIDE
    xs *= 2
    return len(OUTSIDE)


def extends_a_default(x, before=[]):  # noqa: B006
    before += [x]
    return len(before)


def adds_to_a_set_from_outside(x):
    members = MEMBERS
    members |= {3}
    return len(MEMBERS) * x


def test_lists_and_sets_from_outside_are_not_changed_in_place():
    for f in (extends_one_from_outside, repeats_one_from_outside, extends_a_default, adds_to_a_set_from_outside):
        for call in (irad.compile(f), irad.grad(f)):
            with pytest.raises(irad.UnsupportedError, match="=` of a (list|set) from outside of the function"):
                call(2.0)


COUNTS = Counter("ab")


def test_counters_from_outside_are_not_changed():
    with pytest.raises(irad.UnsupportedError, match="`update` of a Counter from outside of the function"):
        irad.compile(lambda x: (COUNTS.update("a"), x)[1])(2.0)


def test_pow_with_keywords():
    for f in (lambda x: pow(x, exp=2), lambda x: pow(base=2.0, exp=x), lambda x: pow(x, 2, mod=None), partial(pow, exp=3)):
        assert irad.compile(f)(1.5) == f(1.5)
    with pytest.raises(irad.UnsupportedError, match="modulus"):
        irad.compile(lambda x: pow(int(x), 2, mod=3))(2.0)


def test_names_that_begin_with_a_digit():
    def f(x):
        return 2.0 * x

    f.__name__ = "1.0 * x"
    assert irad.compile(f)(1.5) == 3.0


def tableau(y, n):
    rows, s = [[], [0.2], [0.1, 0.3]], y
    for i in range(n):
        for a, k in zip(rows[i], [y, 2.0 * y]):
            s += a * k
    return s


def test_one_of_several_lists_is_empty():
    same_as_python(tableau, 1.5, 3)
    assert irad.grad(tableau)(1.5, 3) == pytest.approx(tableau(1.0, 3))


BESIDE_NUMPY = (
    "v < s, v == s, t <= s, s > t, [] == s, [[x, 1.0], [2.0, x]] < s", "v + s, s - v, t / s, s ** t, w + s, w < s",
    "v * i, i * t, v + i, v + np.float32(1.5), [1, 2] + np.float32(1.5), [1, 2] < np.int32(1)",
    "v @ a, a @ v, t @ a, w @ a, w < a, a - t", "v * s", "s * t", "v @ s", "v * np.bool_(True)", "v < (s if i > 0 else 1.0)",
)


@pytest.mark.parametrize("source", BESIDE_NUMPY)
def test_lists_beside_numbers_and_arrays_of_numpy(source):
    space = {"np": np}
    exec(compile(f"""def f(x, k):
    v, t, w = [x, 2 * x], (x, 2.0), [x * j for j in range(k)]
    s, i, a = np.float64(x + 0.5), np.int64(k), np.array([1.5, 1.0])
    return {source}""", "<test>", "exec"), space)
    same_as_python(space["f"], 1.0, 2)


def test_a_list_to_which_an_array_or_a_number_of_numpy_is_added_is_an_array():
    def added(x, k):
        v, w, u = [x, 2 * x], [x * j for j in range(k)], [x]
        before = v
        v += np.array([1.0, 2.0])
        w += np.float64(x)
        u -= np.int64(k)
        return before, v, w, u

    same_as_python(added, 1.0, 2)


@pytest.mark.parametrize("i", [0, 5, -7, 1.5])
@pytest.mark.parametrize("f", [lambda i: "xyz"[i], lambda i: range(3)[i], lambda i: (1.0, 2.0)[i], lambda i: [1.0, 2.0][i]])
def test_indices_out_of_range(f, i):
    same_as_python(f, i)


def test_options_that_sort_has_not():
    same_as_python(lambda a: sorted(a, frobnicate=1), np.ones((2, 2)))
    same_as_python(lambda a: [a, a].sort(cmp=1), np.ones(2))
