"""Who sees a change: objects, lists and dicts with several names, in branches, loops, calls, closures, generators, exceptions."""

import math

import numpy as np
import pytest
from numeric.harness import all_same, refused


# --- exceptions and aliasing, the likeliest wrong values
class Box:
    def __init__(self, v):
        self.v = v

    def __repr__(self):
        return f"Box({self.v})"


def raise_after_append(xs, x):
    xs.append(x)
    if x > 1.0:
        raise ValueError("big")
    return len(xs)


def raise_after_set(b, x):
    b.v = x
    return 1.0 / (x - 2.0)


def dict_raise(d, x):
    d["n"] = x
    return math.sqrt(x)


def caught(x):
    b = Box(0.0)
    xs = []
    try:
        b.v = x
        xs.append(x)
        y = 1.0 / x
        xs.append(y)
    except ZeroDivisionError:
        b.v += 10.0
    return b.v, len(xs), xs


def _push(xs, b, x):
    xs.append(x)
    b.v += 1.0
    if x < 0.0:
        raise ValueError("neg")
    xs.append(x * 2)


def caught_in_call(x):
    b = Box(0.0)
    xs = []
    for v in (x, -x, x + 1):
        try:
            _push(xs, b, v)
        except ValueError:
            b.v += 100.0
    return b.v, xs


def branch_only(x):
    b = Box(x)
    c = b
    if x > 0:
        c = Box(x * 2)
    c.v += 1
    return b.v, c.v, b is c


def loop_alias(x, n):
    a = Box(x)
    b = Box(2 * x)
    for i in range(n):
        a, b = b, a
        a.v += i
    return a.v, b.v


def loop_prev(x, n):
    prev = cur = Box(x)
    for i in range(n):
        prev = cur
        cur = Box(prev.v + 1)
        if i == 1:
            cur = prev
        prev.v *= 2
    return prev.v, cur.v, prev is cur


def stored_in_list(x, n):
    b = Box(x)
    xs = [b, Box(1.0), b]
    for i in range(n):
        for q in xs:
            q.v += 1
    xs[0].v = 50.0
    return [q.v for q in xs], xs[0] is xs[2], b.v


def shared_sub(x):
    inner = [x]
    a = Box(inner)
    b = Box(inner)
    a.v.append(2.0)
    b.v[0] = 7.0
    return a.v, b.v, a.v is b.v


def returns_shared(x):
    inner = [x]
    return inner, inner


def returns_arg(b, x):
    b.v = x
    return b


def same_twice(a, b):
    a.v += 1
    b.v += 1
    return a is b, a.v, b.v


def closure_obj(x):
    b = Box(x)

    def inc():
        b.v += 1

    inc()
    inc()
    return b.v


def closure_list(x, n):
    xs = []

    def add(v):
        xs.append(v)

    for i in range(n):
        add(x + i)
    return xs


def gen_holds(x, n):
    b = Box(x)

    def g():
        for i in range(n):
            b.v += 1
            yield b.v

    t = 0.0
    for q in g():
        b.v *= 2
        t += q
    return t, b.v


def recursive(b, n):
    if n == 0:
        return 0.0
    b.v += n
    return b.v + recursive(b, n - 1)


def use_recursive(x, n):
    b = Box(x)
    return recursive(b, n), b.v


def rec_list(xs, n):
    if n <= 0:
        return
    xs.append(n)
    rec_list(xs, n - 2)
    xs.append(-n)


def use_rec_list(n):
    xs = []
    rec_list(xs, n)
    return xs


def iter_mutate(x):
    xs = [x, x + 1]
    for v in xs:
        if len(xs) < 6:
            xs.append(v * 2)
    return xs


def iter_mutate_rt(x, n):
    xs = [x]
    for v in xs:
        if len(xs) < n:
            xs.append(v + 1)
    return xs


def iter_remove(a):
    xs = list(a)
    for v in xs:
        if v > 1.0:
            xs.remove(v)
    return xs


def default_list(x, xs=[]):
    xs.append(x)
    return len(xs)


def finally_changes(x):
    b = Box(x)

    def f():
        try:
            return b.v
        finally:
            b.v = 99.0

    r = f()
    return r, b.v


def nested_lists(x, n):
    g = [[0.0] * 3 for _ in range(2)]
    g[1][2] = x
    h = [[0.0] * 2] * 2
    h[0][1] = x
    return g, h


def tuple_in_list(x, n):
    xs = []
    for i in range(n):
        xs.append((i, x * i))
    return xs


def pops(x, n):
    xs = [x, 2.0, 3.0]
    out = []
    for i in range(n):
        out.append(xs.pop())
    return out, xs


def pop_idx(x, i):
    xs = [x, 2.0, 3.0]
    y = xs.pop(i)
    return y, xs


def swap(a, b):
    a.v, b.v = b.v, a.v
    return a.v


def list_swap(xs, i, j):
    xs[i], xs[j] = xs[j], xs[i]


def changes_then_raises_nested(d, i):
    d["xs"].append(1.0)
    d["xs"][i] = 5.0
    return d


def cond2(x):
    b = Box(x)
    if x > 0:
        b.extra = 1.0
    return b


def cond3(x):
    d = {"a": x}
    if x > 0:
        d["b"] = 2.0
    return d


def cond4(x):
    b = Box(x)
    if x > 0:
        b.extra = 1.0
    return b.extra


def circ(x):
    a = Box(x)
    b = Box(a)
    a.v = b
    return a.v is b, b.v is a, b.v.v.v is a


def linked(x):
    head = None
    for v in (x, 2.0, 3.0):
        node = Box(v)
        node.next = head
        head = node
    t = 0.0
    while head is not None:
        t += head.v
        head = head.next
    return t


def targ(t):
    xs, d = t
    xs.append(1.0)
    d["k"] = 2.0
    return xs is t[0], t


def larg(xs, ys):
    xs.append(5.0)
    return ys, xs is ys


def kwonly(*, xs, x=1.0):
    xs.append(x)
    return xs


def obj_in_list(bs):
    for b in bs:
        b.v *= 2
    bs.append(Box(1.0))
    bs[0] = bs[1]
    return bs[0] is bs[1], bs


def obj_arr(b):
    b.n = 1
    b.a[0] = 5.0
    return b.a, b


def obj_arr2(b):
    b.a = b.a + 1
    return b.a


class Arr:
    def __init__(self, a):
        self.a = a
        self.n = 0


def lists_of_lists(g, x):
    g[0].append(x)
    g[1] = g[0]
    return g


def rebind(xs):
    xs = xs + [1.0]
    xs.append(2.0)
    return xs


def gen_list(xs):
    def g():
        for v in xs:
            yield v * 2

    it = g()
    xs.append(9.0)
    return list(it), xs


def exc_obj(x):
    b = Box(x)
    try:
        b.v = 2.0
        if x > 0:
            raise ValueError("a", b)
        b.v = 3.0
    except ValueError as e:
        e.args[1].v += 10
    finally:
        b.v += 100
    return b.v


def nested_try(xs, x):
    try:
        xs.append(1.0)
        try:
            xs.append(1.0 / x)
        finally:
            xs.append(3.0)
    except ZeroDivisionError:
        xs.append(4.0)
    return xs


def loop_exc(xs, n):
    for i in range(n):
        xs.append(float(i))
        if i == 3:
            raise KeyError(i)
    return xs


def loop_exc_call(b, n):
    for i in range(n):
        step(b, i)
    return b.v


def step(b, i):
    b.v += i
    b.log.append(i)
    if i > 2:
        raise RuntimeError(f"step {i} {b.v}")


class Logged:
    def __init__(self):
        self.v = 0.0
        self.log = [0]

    def run(self, n):
        for i in range(n):
            self.v += 1.0 / (3 - i)
        return self


LB = Box([1.0])


def while_obj(x):
    b = Box(x)
    c = Box(0.0)
    while b.v < 100.0:
        b.v *= 2
        c.v += 1
        if b.v > 50:
            b, c = c, b
        if c.v > 60:
            break
    return b.v, c.v


def swap_in_branch(x, n):
    a, b = Box(x), Box(-x)
    for i in range(n):
        if i % 2:
            a, b = b, a
        a.v += 1.0
        b = Box(a.v) if i == 2 else b
    return a.v, b.v


def alias_in_obj(x, n):
    a = Box(x)
    o = Box(a)
    for i in range(n):
        o.v.v += 1
        if i == 1:
            o.v = Box(0.0)
    return a.v, o.v.v, a is o.v


def list_of_same(x, n):
    b = Box(x)
    xs = [b, b]
    for i in range(n):
        xs[i % 2].v += 1
    return b.v


def pick(x, i):
    a, b, c = Box(x), Box(2 * x), Box(3 * x)
    xs = [a, b, c]
    xs[i].v = 100.0
    y = xs[i]
    y.v += 1
    return a.v, b.v, c.v, y is b


def ret_closure(x):
    xs = [x]

    def f():
        nonlocal x
        x += 1
        xs.append(x)
        return xs

    f()
    f()
    return xs, x


def default_arg(x, d={}):
    return d.get("a", x)


def map_alias(x):
    d = {"a": Box(x)}
    e = dict(d)
    e["a"].v = 7.0
    e["b"] = 1.0
    return d["a"].v, len(d)


def cond(x):
    xs = [1.0]
    if x > 0:
        xs.append(x)
    ys = xs if x > 1 else [9.0]
    ys.append(5.0)
    return xs, ys, xs is ys, len(xs)


CASES = [
    (raise_after_append, [([1.0], 0.5), ([1.0], 2.0), ([], 2.0)]),
    (raise_after_set, [(Box(1.0), 3.0), (Box(1.0), 2.0)]),
    (dict_raise, [({"n": 1.0}, 4.0), ({"n": 1.0}, -4.0), ({}, -1.0)]),
    (caught, [(1.0,), (0.0,)]),
    (caught_in_call, [(1.0,), (-1.0,)]),
    (branch_only, [(1.0,), (-1.0,)]),
    (loop_alias, [(1.0, 0), (1.0, 3)]),
    (loop_prev, [(1.0, 0), (1.0, 1), (1.0, 2), (1.0, 4)]),
    (stored_in_list, [(1.0, 3)]),
    (shared_sub, [(1.0,)]),
    (returns_shared, [(1.0,)]),
    (returns_arg, [(Box(1.0), 2.0)]),
    (same_twice, [(Box(1.0), Box(2.0))]),
    (closure_obj, [(1.0,)]),
    (closure_list, [(1.0, 3)]),
    (gen_holds, [(1.0, 3)]),
    (use_recursive, [(1.0, 4)]),
    (use_rec_list, [(5,), (0,)]),
    (iter_mutate, [(1.0,)]),
    (iter_mutate_rt, [(1.0, 5), (1.0, 0)]),
    (iter_remove, [(np.array([0.0, 2.0, 3.0, 1.0, 5.0]),)]),
    (finally_changes, [(1.0,)]),
    (nested_lists, [(1.0, 2)]),
    (tuple_in_list, [(1.0, 3), (1.0, 0)]),
    (pops, [(1.0, 0), (1.0, 2), (1.0, 3), (1.0, 4)]),
    (pop_idx, [(1.0, 0), (1.0, -3), (1.0, 3), (1.0, -4)]),
    (swap, [(Box(1.0), Box(2.0))]),
    (list_swap, [([1.0, 2.0, 3.0], 0, -1), ([1.0, 2.0], 0, 5)]),
    (changes_then_raises_nested, [({"xs": [1.0]}, 0), ({"xs": [1.0]}, 9)]),
    *((f, [1.0, -1.0]) for f in (cond2, cond3, cond4, circ, linked, map_alias, exc_obj, ret_closure, default_arg)),
    (cond, [-1.0, 0.5, 2.0]),
    (targ, [(([1.0], {}),), (([], {"k": 0.0}),)]),
    (larg, [([1.0], [2.0])]),
    (obj_in_list, [([Box(1.0), Box(2.0)],)]),
    (obj_arr, [Arr(np.array([1.0, 2.0]))]),
    (obj_arr2, [Arr(np.array([1.0, 2.0]))]),
    (lists_of_lists, [([[1.0], [2.0]], 5.0), ([[], []], 5.0)]),
    (rebind, [([1.0],), ([],)]),
    (gen_list, [([1.0],)]),
    (nested_try, [([0.5], 1.0), ([0.5], 0.0)]),
    (loop_exc, [([1.0], 3), ([1.0], 9), ([], 9)]),
    (loop_exc_call, [(Logged(), 2), (Logged(), 9)]),
    (Logged.run, [(Logged(), 2), (Logged(), 9)]),
    (while_obj, [1.0, 60.0]),
    (swap_in_branch, [(1.0, 0), (1.0, 3), (1.0, 6)]),
    (alias_in_obj, [(1.0, 0), (1.0, 1), (1.0, 4)]),
    (list_of_same, [(1.0, 3)]),
    (pick, [(1.0, 0), (1.0, 1), (1.0, -1), (1.0, 3)]),
]


@pytest.mark.parametrize(("f", "cases"), CASES, ids=[f.__name__ for f, _ in CASES])
def test_sharing(f, cases):
    all_same(f, cases)


def list_in_loop(x, n):
    rows = []
    for i in range(n):
        rows.append([x * j for j in range(i)])
    return rows


def tree(n, x):
    return x if n == 0 else Box(tree(n - 1, x))


def sort_objs(x):
    bs = [Box(3.0), Box(x), Box(2.0)]
    bs.sort(key=lambda b: b.v)
    bs[0].v += 10.0
    return [b.v for b in bs]


def test_sorting_of_objects():
    all_same(sort_objs, [1.0, 2.5, 9.0])


def test_refused():
    all_same(list_in_loop, [(1.0, 3)])
    refused(tree, 3, 1.0, match="an object that holds an object")
