"""Programs for tests of `irad.ad`: name -> (source, calls); each call is a list of arguments of `f`."""

from __future__ import annotations

import numpy as np


def a(*shape: int) -> np.ndarray:
    return 0.5 + np.random.default_rng(sum(shape)).random(shape)


PROGRAMS: dict[str, tuple[str, list[list]]] = {}


def program(name: str, source: str, *calls: list) -> None:
    PROGRAMS[name] = (source, list(calls))


program("straight", """
def f(x: float, y: float) -> float:
    a = x * y + sin(x) / y
    b = exp(a * 0.1) - sqrt(x * x + y * y)
    return a * b + log(x) ** 2.0
""", [1.3, 0.7], [0.4, 2.0])

program("my_pow", """
def f(x: float, n: int) -> float:
    net = x
    for i in range(n - 1):
        net *= x
    return net
""", [1.3, 5], [1.3, 1], [1.3, -3])

program("branch", """
def f(x: float) -> float:
    if x > 0.0:
        y = 2.0 * x
    else:
        y = x * x
    return y
""", [1.3], [-0.4])

program("branch_register", """
def f(x: float, y: float) -> float:
    r = x
    if x > y:
        t = sin(x * y)
        u = t * t
        r = u * exp(t)
    return r * x
""", [1.3, 0.2], [0.3, 1.2])

program("nested_branches", """
def f(x: float, y: float) -> float:
    r = x
    if x > 0.0:
        if y > 0.0:
            r = x * y
        elif y > -1.0:
            r = x - y * y
        else:
            r = sin(x * y)
    elif x < -2.0:
        r = y * y * x
    return r * r
""", [1.0, 1.0], [1.0, -0.5], [1.0, -2.0], [-1.0, 0.5], [-3.0, 0.5])

program("branch_in_loop", """
def f(x: float, n: int) -> float:
    s = 0.0
    p = 1.0
    for i in range(n):
        if p > 2.0:
            p = p * 0.3
        elif i % 3 == 1:
            p = p + x * s
        else:
            p = p * x * 1.1
        s = s + p * p
    return s
""", [1.3, 7], [0.3, 7], [1.9, 20])

program("nested_loops", """
def f(x: float, n: int, m: int) -> float:
    s = x
    for i in range(n):
        t = s
        for j in range(m):
            t = t * x + sin(s) * float(j)
            s = s + 0.01 * t
        s = s * cos(t)
    return s
""", [0.7, 3, 4], [0.7, 0, 4], [0.7, 3, 0], [0.9, 5, 1])

program("triple_loops", """
def f(x: float, n: int) -> float:
    s = x
    for i in range(n):
        for j in range(3):
            for k in range(2):
                s = sin(s * x) + 0.1 * float(i + j * k)
            s = s * s
    return s
""", [0.7, 3], [0.7, 1])

program("triangular", """
def f(x: float, n: int) -> float:
    s = x
    for i in range(n):
        for j in range(i + 1):
            s = sin(s) * x + 0.1 * float(j)
        s = s * x
    return s
""", [0.7, 5], [0.7, 0], [1.4, 1])

program("triangular_triple", """
def f(x: float, n: int) -> float:
    s = x
    for i in range(n):
        for j in range(i):
            t = s
            for k in range(j):
                t = t * s + 0.2 * sin(t)
            s = 0.3 * cos(t) + s * x
    return s
""", [0.7, 4], [0.7, 2])

program("while_bound", """
def f(x: float, limit: float) -> float:
    s = 1.0
    while s < limit:
        s = s * x + sin(s)
    return s
""", [1.3, 20.0], [1.3, 0.5], [2.1, 1e4])

program("newton", """
def f(c: float) -> float:
    x = c
    d = 1.0
    while d > 1e-10 or d < -1e-10:
        d = (x * x - c) / (2.0 * x)
        x = x - d
    return x
""", [2.0], [17.0])

program("while_in_for", """
def f(x: float, n: int) -> float:
    s = x
    for i in range(n):
        t = x + 0.1 * float(i)
        while t < 3.0:
            s = s * 0.9 * t + sin(s)
            t = t * 1.5
        s = s + t
    return s
""", [0.7, 4], [0.2, 1], [5.0, 3], [0.7, 0])

program("for_in_while", """
def f(x: float, n: int) -> float:
    s = x
    t = 0.0
    while t < 2.0:
        for i in range(n):
            s = sin(s * x) + t
        t = t + 0.3 + 0.1 * s * s
    return s * t
""", [0.7, 4], [0.2, 0])

program("ragged_in_while", """
def f(x: float) -> float:
    s = x
    t = 0.0
    k = 1
    while t < 2.0:
        for i in range(k):
            for j in range(i):
                s = sin(s * x) + 0.1 * t
            s = s * x
        k = k + 1
        t = t + 0.3 + 0.1 * s * s
    return s * t
""", [0.7])

program("break_middle", """
def f(x: float, n: int) -> float:
    s = x
    p = 1.0
    for i in range(n):
        s = s * x
        if s > 5.0:
            p = p * s
            break
        p = p + s * s
        s = s + sin(p) * 0.1
    return s * p
""", [1.5, 10], [0.5, 4], [6.0, 5], [1.5, 0])

program("two_breaks", """
def f(x: float, n: int) -> float:
    s = x
    r = 0.0
    for i in range(n):
        s = s * x + 0.1
        if s > 50.0:
            r = s * 2.0
            break
        t = sin(s) * s
        if t < -3.0:
            r = t * s
            break
        s = s + 0.2 * t
    return r + s
""", [1.5, 20], [1.2, 3], [1.1, 30], [9.0, 3])

program("continue", """
def f(x: float, n: int) -> float:
    s = x
    for i in range(n):
        s = s * x
        if s < 0.5:
            s = s + 1.0
            continue
        s = sin(s) * s
        if i % 2 == 0:
            continue
        s = s * 1.1
    return s
""", [0.6, 6], [1.7, 9])

program("early_return_nested", """
def f(x: float, n: int) -> float:
    s = x
    for i in range(n):
        for j in range(i + 2):
            s = s * x + 0.1 * float(j)
            if s > 9.0:
                return s * x * float(i)
            if s < -9.0:
                return s * s
        s = s - 0.3 * sin(s)
    return s * 0.5
""", [1.1, 10], [0.5, 4], [9.1, 2], [-3.1, 3], [1.1, 0])

program("early_return_triple", """
def f(x: float, n: int) -> float:
    s = x
    for i in range(n):
        t = s * 0.5
        while t < 4.0:
            for k in range(3):
                s = s * 1.05 + 0.1 * t * x
                if s > 6.0:
                    return s * t
            t = t * 1.7
        if t > 7.0:
            s = s - 1.0 * x
    return s
""", [0.4, 3], [1.0, 30], [0.1, 1])

program("while_true", """
def f(x: float) -> float:
    s = x
    while True:
        s = s * 1.3
        if s > 3.0:
            break
        if s < 0.0:
            raise ValueError
        s = s + sin(s)
    return s * x
""", [0.7], [5.0])

program("zero_trips_inside", """
def f(x: float, n: int, m: int) -> float:
    s = x
    for i in range(n):
        for j in range(m):
            s = s * s
            if s > 2.0:
                break
        s = sin(s)
    return s
""", [0.9, 3, 0], [0.9, 0, 3], [1.3, 3, 3])

program("swap", """
def f(x: float, y: float, n: int) -> float:
    a = x
    b = y
    for i in range(n):
        a, b = b * a, a + sin(b)
    return a * b
""", [0.9, 0.3, 5], [0.9, 0.3, 0])

program("invariant_and_unused", """
def f(x: float, y: float, n: int) -> float:
    s = 0.0
    w = x * y
    z = 1.0
    for i in range(n):
        s = s + w * w * float(i)
        z = z * 1.1
        q = s * z
    return s
""", [0.9, 0.3, 5])

program("inactive_loop_and_branch", """
def f(x: float, n: int) -> float:
    k = 0
    j = n
    while j > 1:
        if j % 2 == 0:
            j = j // 2
        else:
            j = 3 * j + 1
        k = k + 1
    s = x
    for i in range(k):
        if i % 2 == 0:
            m = 3
        else:
            m = 5
        s = s * sin(float(m) * x)
    return s
""", [1.1, 6], [1.1, 1])

program("running_max", """
def f(u: F1) -> float:
    m = u[0]
    for i in range(1, len(u)):
        if u[i] > m:
            m = u[i]
    return m * m
""", [a(6)])

program("running_product_division", """
def f(u: F1) -> float:
    p = 1.0
    q = 100.0
    for i in range(len(u)):
        p = p * u[i]
        q = q / u[i]
    return p + q * p
""", [a(6)], [a(1)])

program("logsumexp", """
def f(u: F1) -> float:
    m = u[0]
    for i in range(1, len(u)):
        m = maximum(m, u[i])
    s = 0.0
    for i in range(len(u)):
        s = s + exp(u[i] - m)
    return m + log(s)
""", [a(5)])

program("in_place_neighbours", """
def f(u: F1) -> float:
    for i in range(1, len(u)):
        u[i] = u[i] * u[i - 1]
    s = 0.0
    for i in range(len(u)):
        s = s + u[i] * u[i]
    return s
""", [a(6)], [a(1)])

program("read_write_read", """
def f(u: F1, x: float) -> float:
    s = u[0] * x
    u[0] = s * u[1]
    t = u[0] * u[0]
    u[0] = sin(u[0])
    return t + s * u[0]
""", [a(3), 0.7])

program("zero_while_summing", """
def f(u: F1) -> float:
    s = 0.0
    for i in range(len(u)):
        s = s + u[i] * u[i]
        u[i] = 0.0
    return s
""", [a(4)])

program("scratch", """
def f(x: float, n: int) -> float:
    s = x
    for k in range(n):
        w = zeros(4)
        for i in range(4):
            w[i] = sin(s * float(i)) + x
        for i in range(1, 4):
            w[i] = w[i] * w[i - 1]
        s = s * 0.5 + w[3] * w[2]
    return s
""", [0.8, 3], [0.8, 0])

program("scratch_outside", """
def f(x: float, n: int) -> float:
    s = x
    w = empty(3)
    for k in range(n):
        w[0] = s
        w[1] = s * x
        w[2] = w[0] * w[1]
        s = w[2] * w[1] + sin(w[0])
    return s
""", [0.8, 3])

program("scratch_in_branch", """
def f(x: float, n: int) -> float:
    s = x
    for k in range(n):
        if s > 0.7:
            w = empty(k + 1)
            for i in range(k + 1):
                w[i] = s * sin(x * float(i))
                if w[i] > 0.6:
                    break
                s = s + 0.1 * w[i] * w[0]
        s = s * x
    return s
""", [0.8, 4], [1.2, 3], [0.2, 2])

program("scratch_and_break", """
def f(x: float, n: int) -> float:
    s = x
    for k in range(n):
        w = zeros(2)
        w[0] = s * x
        if w[0] > 2.0:
            break
        w[1] = w[0] * s
        s = s + w[1] * w[0]
    return s
""", [0.8, 6], [0.5, 3])

program("views", """
def f(m: F2, x: float) -> float:
    s = 0.0
    for i in range(3):
        r = row(m, i)
        for j in range(4):
            r[j] = r[j] * x + 0.1 * s
            s = s + 0.1 * r[j] * r[j]
    v = view(row(m, 1), 0, 2, 2)
    v[1] = v[0] * v[1]
    return s * m[1, 2]
""", [a(3, 4), 0.7])

program("array_result", """
def f(u: F1, x: float) -> F1:
    w = empty(len(u))
    for i in range(len(u)):
        w[i] = u[i] * x + sin(u[i])
    return w
""", [a(4), 0.7], [a(0), 0.7])

program("array_results", """
def f(u: F1, x: float) -> (F1, float, F2):
    m = zeros(len(u), 2)
    for i in range(len(u)):
        m[i, 0] = u[i] * x
        m[i, 1] = m[i, 0] * u[i]
        u[i] = m[i, 1]
    return u, x * x, m
""", [a(4), 0.7])

program("result_is_a_view", """
def f(u: F1, x: float) -> S1:
    w = empty(len(u))
    for i in range(len(u)):
        w[i] = u[i] * x
    w[0] = w[1] * w[2]
    return view(w, 0, 2, 2)
""", [a(4), 0.7])

program("swapped_arrays", """
def f(u: F1, n: int) -> float:
    old = u
    new = zeros(len(u))
    for k in range(n):
        for i in range(1, len(u) - 1):
            new[i] = old[i - 1] * old[i + 1] + 0.5 * old[i]
        new[0] = old[0]
        new[len(u) - 1] = old[1]
        old, new = new, old
    s = 0.0
    for i in range(len(u)):
        s = s + old[i] * old[i] * float(i + 1)
    return s
""", [a(5), 3], [a(5), 0], [a(5), 1])

program("fresh_array_carried", """
def f(x: float, n: int) -> float:
    old = zeros(3)
    old[0] = x
    old[1] = x * x
    for k in range(n):
        new = zeros(3)
        new[0] = old[1] * x
        new[1] = old[0] + old[2]
        new[2] = sin(old[1])
        old = new
    return old[0] * old[1] + old[2]
""", [0.7, 4], [0.7, 0])

program("array_chosen", """
def f(u: F1, v: F1, x: float, n: int) -> float:
    s = x
    for k in range(n):
        if s > 0.8:
            w = u
        else:
            w = v
        s = s * w[0] + w[1]
        w[1] = s * w[0]
    return s
""", [a(2), a(2) * 0.3, 0.7, 4])

program("inactive_scratch_param", """
def f(x: float, w: F1) -> float:
    w[0] = x * x
    w[1] = w[0] * x
    return w[1] + w[0]
""", [0.7, a(2)])

program("trip_count_overwritten", """
def f(x: float, c: I1) -> float:
    s = x
    for i in range(len(c)):
        for j in range(c[i]):
            s = s * x + sin(s)
        c[i] = 0
    return s
""", [0.7, np.array([2, 0, 3])])

program("array_of_arrays", """
def f(x: float, n: int) -> float:
    table = arrays(n)
    for i in range(n):
        w = zeros(i + 1)
        for j in range(i + 1):
            w[j] = x * float(j + i) + sin(x)
        table[i] = w
    s = x
    for i in range(n):
        w = table[n - 1 - i]
        s = s * w[0] + w[len(w) - 1] * w[0]
        w[0] = s
    return s + table[0][0]
""", [0.7, 3])

program("gather_scatter", """
def f(u: F1, c: I1) -> float:
    w = zeros(3)
    for i in range(len(c)):
        w[c[i]] = w[c[i]] + u[i] * u[c[i]]
    return w[0] * w[1] + w[2] * w[2]
""", [a(5), np.array([0, 2, 1, 2, 0])])

program("sort_partial_sum", """
def f(u: F1) -> float:
    n = len(u)
    for i in range(1, n):
        v = u[i]
        j = i
        while j > 0:
            if u[j - 1] <= v:
                break
            u[j] = u[j - 1]
            j = j - 1
        u[j] = v
    s = 0.0
    for i in range(n // 2):
        s = s + u[i] * u[i] * float(i + 1)
    return s
""", [a(6)], [a(1)])

program("lu", """
def f(m: F2, n: int) -> float:
    d = 1.0
    for k in range(n):
        d = d * m[k, k]
        for i in range(k + 1, n):
            m[i, k] = m[i, k] / m[k, k]
            for j in range(k + 1, n):
                m[i, j] = m[i, j] - m[i, k] * m[k, j]
    return d
""", [a(4, 4) + np.eye(4) * 2, 4])

program("forward_substitution", """
def f(m: F2, b: F1) -> float:
    n = len(b)
    x = empty(n)
    for i in range(n):
        s = b[i]
        for j in range(i):
            s = s - m[i, j] * x[j]
        x[i] = s / m[i, i]
    r = 0.0
    for i in range(n):
        r = r + x[i] * x[i]
    return r
""", [a(4, 4) + np.eye(4), a(4)])

program("power_iteration", """
def f(m: F2, n: int) -> float:
    k = len(m)
    v = empty(k)
    for i in range(k):
        v[i] = 1.0
    e = 0.0
    for t in range(n):
        w = zeros(k)
        q = 0.0
        for i in range(k):
            for j in range(k):
                w[i] = w[i] + m[i, j] * v[j]
            q = q + w[i] * w[i]
        e = sqrt(q)
        for i in range(k):
            v[i] = w[i] / e
    return e
""", [a(3, 3), 5])

program("recursion", """
def f(x: float, n: int) -> float:
    if n <= 0:
        return x
    s = f(x * 0.9, n - 1)
    t = f(s * x, n - 2)
    return s * t + sin(x)
""", [0.7, 4], [0.7, 0])

program("recursion_in_loop", """
def f(x: float, n: int) -> float:
    s = x
    for i in range(n):
        s = s * 0.7 + f(s * x, i) * x
    return s
""", [0.7, 4])

program("recursion_arrays", """
def g(u: F1, x: float, n: int) -> F1:
    w = empty(len(u))
    if n <= 0:
        for i in range(len(u)):
            w[i] = u[i] * x
        return w
    v = g(u, x * x, n - 1)
    u[0] = u[0] * v[1]
    for i in range(len(u)):
        w[i] = v[i] * u[i] + sin(x)
    return w
def f(u: F1, x: float, n: int) -> float:
    w = g(u, x, n)
    return w[0] * w[1] + u[0]
""", [a(2), 0.7, 3], [a(2), 0.7, 0])

program("recursion_helper_flag", """
def g(u: F1, x: float, n: int) -> (bool, float):
    if n <= 0:
        u[0] = u[0] * x
        return u[0] > 0.3, x
    ok, y = g(u, x * u[0], n - 1)
    if ok:
        y = y * x
    return not ok, y + u[1]
def f(u: F1, x: float, n: int) -> float:
    ok, y = g(u, x, n)
    if ok:
        y = y * y
    return y * u[0]
""", [a(2), 0.7, 3], [a(2), 1.7, 2])

program("mutual_recursion", """
def even(x: float, n: int) -> float:
    if n == 0:
        return x
    return sin(odd(x * 1.1, n - 1)) * x
def odd(x: float, n: int) -> float:
    if n == 0:
        return x * x
    y = even(x, n - 1)
    return y * x + y
def f(x: float, n: int) -> float:
    return even(x, n) * odd(x, n)
""", [0.7, 4], [0.7, 0])

program("simpson", """
def g(x: float, p: float) -> float:
    return exp(p * x) * sin(x)
def rec(a: float, b: float, p: float, tol: float, n: int) -> float:
    m = (a + b) * 0.5
    h = b - a
    one = h / 6.0 * (g(a, p) + 4.0 * g(m, p) + g(b, p))
    two = h / 12.0 * (g(a, p) + 4.0 * g((a + m) * 0.5, p) + 2.0 * g(m, p) + 4.0 * g((m + b) * 0.5, p) + g(b, p))
    if abs(two - one) < tol or n == 0:
        return two
    return rec(a, m, p, tol * 0.5, n - 1) + rec(m, b, p, tol * 0.5, n - 1)
def f(a: float, b: float, p: float) -> float:
    return rec(a, b, p, 1e-5, 12)
""", [0.1, 2.0, 0.7])

program("euler", """
def f(x: float, v: float, k: float, n: int) -> (float, float):
    h = 0.1
    for i in range(n):
        acc = -k * sin(x) - 0.1 * v * abs(v)
        x, v = x + h * v, v + h * acc
    return x, v
""", [0.7, 0.1, 2.0, 10])

program("singular", """
def f(x: float, y: float) -> float:
    a = sqrt(x)
    b = x ** y
    if x > 0.5:
        r = a * b
    else:
        r = 0.0 * a + y
    return r + hypot(x, y) + atan2(x, y)
""", [0.7, 1.5], [0.3, 1.5])

program("fixed_point", """
def f(c: float) -> float:
    x = 1.0
    for i in range(1000):
        y = cos(x) * c
        d = abs(y - x)
        x = y
        if d < 1e-13:
            break
    return x
""", [0.6])

program("cast32", """
def f(x: float, n: int) -> float:
    s = f32(x)
    for i in range(n):
        s = s * s + f32(0.1)
    return float(s)
""")

program("opaque", """
def f(x: float, n: int) -> float:
    s = x
    for i in range(n):
        s = s * x + 0.0 * opaque(s)
    return s
""", [0.7, 3])

program("select", """
def f(x: float, y: float, n: int) -> float:
    s = x
    for i in range(n):
        s = select(s > y, s * 0.5, s + x * y)
    return s * s
""", [0.7, 1.5, 6])

program("recursion_while", """
def f(x: float, n: int) -> float:
    s = x
    while s < 2.0:
        s = s * 1.3 + 0.1 * sin(s * x)
    if n <= 0:
        return s
    return f(x * 0.9, n - 1) * s + f(s * 0.3, n - 2)
""", [0.7, 2], [3.0, 1])

program("bottom_tested", """
def f(x: float, n: int) -> float:
    s = x
    i = 0
    while True:
        s = s * x + sin(s)
        i = i + 1
        if i >= n:
            break
    return s
""", [0.7, 3], [0.7, 0])

program("middle_tested", """
def f(x: float, n: int) -> float:
    s = x
    i = 0
    while True:
        t = s * x + sin(s)
        w = zeros(2)
        w[0] = t * s
        if i >= n:
            break
        w[1] = w[0] * t
        s = s + w[1] * 0.1 * t
        i = i + 1
    return s * t
""", [0.7, 3], [0.7, 0])

program("search_then_use", """
def f(u: F1, x: float) -> float:
    s = 0.0
    for i in range(len(u)):
        j = 0
        while j < len(u):
            if u[j] > x + s * 0.1:
                break
            j = j + 1
        if j < len(u):
            s = s + u[j] * u[j] * x
        else:
            s = s + x
    return s
""", [a(5), 0.9], [a(5), 5.0], [a(5), 0.1])

program("breaks_in_arm", """
def f(x: float, n: int) -> float:
    s = x
    for i in range(n):
        if s > 0.5:
            w = zeros(3)
            w[0] = s
            for j in range(10):
                s = s * 0.9 * w[0]
                if s < 0.3:
                    s = s + w[0] * x
                    break
                if s > 2.0:
                    s = s - w[0]
                    break
            s = s + sin(s) * w[0]
        else:
            s = s * 1.7 + x
    return s * s
""", [0.7, 4], [1.9, 2], [0.1, 3])

program("put_back", """
def f(u: F1, v: F1, x: float, k: int) -> float:
    n = len(u)
    for i in range(n):
        u[i] = u[i] - x * u[k]
    for i in range(n):
        u[i] = u[i] * x + v[i] * u[(i * k) % n] + v[k]
        v[i] = u[i] * v[i] - v[k] * u[k] * v[i]
    for i in range(n):
        u[k] = u[k] + u[i] * v[i]
        u[i] = v[i] * u[i] + u[k]
    return u[0] * u[n - 1] + u[k]
""", [a(4), a(4) + 0.5, 0.7, 2], [a(3), a(3) - 0.5, -0.4, 0], [a(1), a(1), 0.3, 0])
