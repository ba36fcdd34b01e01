"""Arrays changed in place, element by element; views; scratch buffers."""

from __future__ import annotations

import math

import numpy as np

from programs.registry import program, vec


@program([vec(5)], [vec(1)], [vec(8)])
def neighbour_product(u):
    """u[i] = u[i] * u[i-1], reading what the iteration before has written."""
    for i in range(1, len(u)):
        u[i] = u[i] * u[i - 1]
    s = 0.0
    for i in range(len(u)):
        s += u[i] * (i + 1)
    return s


@program([vec(5)], [vec(2)], [vec(9)])
def sort_then_partial_sum(a):
    """Insertion sort in place, then the sum of the smaller half."""
    n = len(a)
    for i in range(1, n):
        j = i
        while j > 0 and a[j - 1] > a[j]:
            a[j - 1], a[j] = a[j], a[j - 1]
            j -= 1
    s = 0.0
    for i in range((n + 1) // 2):
        s += a[i] * a[i]
    return s


@program([vec(7)], [vec(1)], [vec(3)])
def bubble_sort_weighted(a):
    n = len(a)
    for i in range(n):
        for j in range(n - 1 - i):
            if a[j] > a[j + 1]:
                t = a[j]
                a[j] = a[j + 1]
                a[j + 1] = t
    s = 0.0
    for i in range(n):
        s += a[i] * (i + 1.0)
    return s


@program([np.array([2, 0, 3]), 0.7], [np.array([1, 1]), 1.2], [np.array([0, 0, 0, 0]), 0.3])
def trip_count_overwritten(counts, x):
    """The inner trip count is read from an array that is overwritten afterwards."""
    s = x
    for i in range(len(counts)):
        for j in range(counts[i]):
            s = s * math.cos(s) + x
        counts[i] = 7
    return s


@program([vec(4), 1], [vec(4), 3], [vec(2), 0])
def read_write_read(a, k):
    """Read, write, read of one element."""
    x = a[k]
    a[k] = x * x + 1.0
    y = a[k]
    a[k] = math.sin(y) * a[0]
    return x * y * a[k] + a[0]


@program([vec(5)], [vec(1)], [vec(0)])
def sum_of_squares_zeroing(a):
    """The sum of squares, while the input is set to zero."""
    s = 0.0
    for i in range(len(a)):
        s += a[i] * a[i]
        a[i] = 0.0
    return s


@program([vec(4), 3], [vec(3), 0], [vec(2), 5])
def scratch_rebuilt(a, n):
    """A scratch buffer, rebuilt in each iteration."""
    m = len(a)
    tmp = np.empty(m)
    s = 0.0
    for k in range(n):
        for i in range(m):
            tmp[i] = math.sin(a[i] * (k + 1)) + s
        for i in range(m):
            s += tmp[i] * tmp[m - 1 - i] * 0.1
    return s


@program([vec(4), 3], [vec(3), 0], [vec(2), 5])
def scratch_fresh(a, n):
    """A new scratch array in each iteration."""
    s = 1.0
    for k in range(n):
        tmp = np.zeros(len(a))
        for i in range(len(a)):
            tmp[i] = a[i] * s
        t = 0.0
        for i in range(len(a)):
            t += tmp[i] * tmp[i]
        s = math.sqrt(1.0 + t)
    return s


@program([vec(6)], [vec(2)])
def stencil_in_place(u):
    n = len(u)
    for sweep in range(3):
        for i in range(1, n - 1):
            u[i] = 0.25 * (u[i - 1] + 2.0 * u[i] + u[i + 1]) * u[i]
    s = 0.0
    for i in range(n):
        s += u[i]
    return s


@program([vec(6), 3], [vec(4), 0], [vec(5), 2])
def stencil_two_buffers_swapped(u, steps):
    """Arrays that change places in each iteration."""
    n = len(u)
    v = np.zeros(n)
    for k in range(steps):
        v[0] = u[0]
        v[n - 1] = u[n - 1] * u[0]
        for i in range(1, n - 1):
            v[i] = u[i] + 0.1 * (u[i - 1] - 2.0 * u[i] + u[i + 1])
        u, v = v, u
    s = 0.0
    for i in range(n):
        s += u[i] * u[i]
    return s


@program([vec(5)], [vec(2)], [vec(1)])
def prefix_sums(a):
    out = np.zeros(len(a))
    s = 0.0
    for i in range(len(a)):
        s += a[i]
        out[i] = s * s
    t = 0.0
    for x in out:
        t += math.sqrt(x)
    return t


@program([vec(5)], [vec(2)])
def reverse_in_place(a):
    i, j = 0, len(a) - 1
    while i < j:
        a[i], a[j] = a[j], a[i]
        i += 1
        j -= 1
    s = 0.0
    for k in range(len(a)):
        s += a[k] * k
    return s


@program([vec(3, 4)], [vec(2, 2)], [vec(1, 5)])
def row_column_sums(a):
    n, m = a.shape
    s = 0.0
    for i in range(n):
        r = 0.0
        for j in range(m):
            r += a[i, j]
        s += r * r
    for j in range(m):
        c = 1.0
        for i in range(n):
            c *= a[i, j]
        s += c
    return s


@program([vec(3, 3)], [vec(1, 1)], [vec(4, 4)])
def matrix_update_in_place(a):
    n = a.shape[0]
    for i in range(n):
        for j in range(n):
            a[i, j] += a[j, i] * 0.5
    t = 0.0
    for i in range(n):
        t += a[i][i] * a[i, n - 1 - i]
    return t


@program([vec(3, 2), vec(2, 4)], [vec(1, 3), vec(3, 1)])
def matmul_loops(a, b):
    n, m = a.shape
    p = b.shape[1]
    c = np.zeros((n, p))
    for i in range(n):
        for j in range(p):
            for k in range(m):
                c[i, j] += a[i, k] * b[k, j]
    s = 0.0
    for i in range(n):
        for j in range(p):
            s += c[i, j] * c[i, j]
    return s


@program([vec(6), 1, 4], [vec(6), 0, 6], [vec(6), 3, 3])
def slice_view_writes(a, lo, hi):
    v = a[lo:hi]
    for i in range(len(v)):
        v[i] = v[i] * 2.0 + a[0]
    s = 0.0
    for i in range(len(a)):
        s += a[i] * a[i]
    return s


@program([vec(3, 4), 1], [vec(2, 2), 0])
def row_view_writes(a, k):
    row = a[k]
    for j in range(len(row)):
        row[j] = math.sin(row[j]) * a[0, j]
    s = 0.0
    for j in range(a.shape[1]):
        s += a[k, j] * (j + 1)
    return s


@program([vec(3, 4)], [vec(2, 2)])
def column_view_reads(a):
    s = 0.0
    for j in range(a.shape[1]):
        col = a[:, j]
        p = 1.0
        for i in range(len(col)):
            p *= col[i]
        s += p
    return s


@program([vec(7)], [vec(4)])
def strided_views(a):
    even = a[::2]
    back = a[::-1]
    s = 0.0
    for i in range(len(even)):
        even[i] = even[i] * back[i]
        s += even[i]
    return s + a[0] * a[-1]


@program([vec(5), 2], [vec(5), -1], [vec(5), -5], [vec(5), 5], smooth=False)
def negative_index(a, k):
    return a[k] * a[-1] + a[-2] ** 2


@program([vec(5), np.array([0, 2, 2, 4])], [vec(5), np.array([1])], [vec(3), np.array([3, 0])], smooth=False)
def gather_indices(a, idx):
    s = 0.0
    for i in range(len(idx)):
        s += a[idx[i]] * (i + 1)
    return s * s


@program([vec(5), np.array([0, 2, 2, 4, 1])], [vec(5), np.array([1, 1, 1, 1, 1])])
def scatter_add(a, idx):
    out = np.zeros(5)
    for i in range(len(a)):
        out[idx[i]] += a[i] * a[i]
    s = 0.0
    for i in range(5):
        s += math.sqrt(1.0 + out[i])
    return s


@program([vec(6), np.array([3, 0, 5, 1, 4, 2])])
def permute_in_place(a, p):
    n = len(a)
    b = a.copy()
    for i in range(n):
        a[i] = b[p[i]] * b[i]
    return a[0] + 2.0 * a[1] + 3.0 * a[n - 1]


@program([vec(5), 0.9], [vec(5), 10.0], [vec(5), -1.0])
def leave_on_array_value(a, bound):
    s = 0.0
    for i in range(len(a)):
        if a[i] > bound:
            a[i] = s
            break
        s += a[i] * a[i]
        a[i] = s
    return s + a[0] * a[4]


@program([vec(4)], [vec(2)])
def element_augmented(a):
    a[0] += a[1]
    a[1] *= a[0]
    a[0] -= a[1] * 0.5
    a[1] /= a[0]
    a[0] **= 2
    return a[0] * a[1]


@program([vec(5)], [vec(1)])
def running_max_array(a):
    m = a[0]
    for i in range(1, len(a)):
        if a[i] > m:
            m = a[i]
        a[i] = m
    s = 0.0
    for x in a:
        s += x * x
    return s


@program([vec(5)], [vec(2)])
def running_division_array(a):
    q = 1.0
    for i in range(len(a)):
        q = a[i] / (q + 1.0)
        a[i] = q
    return q * a[0]


@program([vec(4), 0.5], [vec(1), 0.5], [vec(0), 0.5])
def horner(c, x):
    s = 0.0
    for i in range(len(c) - 1, -1, -1):
        s = s * x + c[i]
    return s


@program([vec(5), vec(5, seed=1)], [vec(1), vec(1, seed=1)])
def two_arrays_interleaved(a, b):
    for i in range(len(a)):
        t = a[i]
        a[i] = b[i] * t
        b[i] = t + a[i]
    s = 0.0
    for i in range(len(a)):
        s += a[i] * b[len(b) - 1 - i]
    return s


@program([vec(4), 6], [vec(4), 2], [vec(4), 0])
def ring_buffer(a, n):
    m = len(a)
    for k in range(n):
        a[k % m] = a[k % m] * 0.5 + a[(k + 1) % m] * a[(k + 2) % m]
    return a[0] + a[m - 1]


@program([0.7, 6], [0.7, 1], [0.7, 0], second=True)
def table_recurrence(x, n):
    f = np.zeros(n + 2)
    f[0] = 1.0
    f[1] = x
    for i in range(2, n + 2):
        f[i] = 2.0 * x * f[i - 1] - f[i - 2]
    return f[n + 1] * f[n]


@program([vec(4), vec(5, seed=1)], [vec(1), vec(3)], [vec(2), vec(2)])
def dynamic_programming_path(a, b):
    """Soft dynamic time warping: a table filled by minimum."""
    n, m = len(a), len(b)
    d = np.full((n + 1, m + 1), 1e3)
    d[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            best = d[i - 1, j]
            if d[i, j - 1] < best:
                best = d[i, j - 1]
            if d[i - 1, j - 1] < best:
                best = d[i - 1, j - 1]
            d[i, j] = (a[i - 1] - b[j - 1]) ** 2 + best
    return d[n, m]


@program([vec(5), 3], [vec(5), 0])
def early_return_after_writes(a, n):
    for k in range(n):
        for i in range(len(a)):
            a[i] = a[i] * 1.3
            if a[i] > 2.0:
                return a[i] * a[0] + k
    return a[0] * a[1]


@program([vec(4), 2], [vec(4), 0])
def iterate_array_elements(a, n):
    s = 1.0
    for k in range(n):
        for x in a:
            s = s * x + 0.1
    return s


@program([vec(3, 2)], [vec(1, 2)])
def iterate_rows(a):
    s = 0.0
    for row in a:
        s += row[0] * row[1]
        row[0] = s
    return s * a[0, 0]


@program([vec(4), vec(4, seed=2)], [vec(2), vec(3)])
def zip_enumerate(a, b):
    s = 0.0
    for i, (x, y) in enumerate(zip(a, b)):
        s += x * y * (i + 1)
        a[i] = s
    return s + a[0]


@program([vec(6)], [vec(3)])
def overwrite_in_branch(a):
    s = 0.0
    for i in range(len(a)):
        if a[i] > 1.0:
            a[i] = a[i] * a[0]
        else:
            a[0] = a[0] + 0.1 * a[i]
        s += a[i] * a[0]
    return s


@program([vec(4), 1], [vec(4), 0])
def array_created_in_branch(a, k):
    if k == 1:
        b = a * 2.0
    else:
        b = np.ones(len(a))
    b[0] = a[1] * b[2]
    return b[0] * b[1] + b[3]


@program([vec(4), 1], [vec(4), 0])
def array_chosen_by_branch(a, k):
    b = a.copy()
    c = a if k == 1 else b
    for i in range(len(a)):
        c[i] = c[i] * c[0]
    return a[1] * b[2] + c[3]


@program([0.45, 4], [0.45, 1])
def list_like_stack(x, n):
    stack = np.zeros(2 * n + 1)
    top = 1
    stack[0] = x
    s = 0.0
    while top > 0:
        top -= 1
        v = stack[top]
        s += v * v
        if v < 4.0 and top + 2 <= 2 * n:
            stack[top] = v * 2.0
            stack[top + 1] = v * 3.0
            top += 2
    return s


@program([vec(3), 2.0], [vec(3), 0.2])
def while_over_array(a, bound):
    n = 0
    while a[0] + a[1] < bound and n < 20:
        a[0] = a[0] * 1.2
        a[1] = a[1] + a[2] * 0.1
        a[2] = a[0] * a[1]
        n += 1
    return a[0] * a[1] * a[2]


@program([vec(5).astype(np.float32), 3], [vec(2).astype(np.float32), 1], smooth=False)
def float32_sum(a, n):
    s = 0.0
    for k in range(n):
        for i in range(len(a)):
            s += float(a[i]) * float(a[i])
    return s


@program([vec(5)], [vec(1)])
def constant_stores(a):
    b = np.zeros(len(a))
    for i in range(len(a)):
        b[i] = 1.0
        b[i] = a[i]
        b[i] += 1.0
    b[0] = 3.0
    s = 0.0
    for i in range(len(a)):
        s += b[i] * a[i]
    return s


@program([vec(3), 4], [vec(3), 0])
def array_carried_functionally(a, n):
    """A new array in each iteration, carried to the next."""
    u = a
    for k in range(n):
        v = np.empty(len(u))
        for i in range(len(u)):
            v[i] = math.tanh(u[i]) + u[i - 1] * 0.3
        u = v
    return u[0] + u[1] * u[2]


@program([vec(4), 3], [vec(4), 1])
def row_of_table_as_state(y, n):
    m = len(y)
    table = np.zeros((n + 1, m))
    for i in range(m):
        table[0, i] = y[i]
    for k in range(n):
        for i in range(m):
            table[k + 1, i] = table[k, i] + 0.1 * table[k, (i + 1) % m] * table[k, i]
    s = 0.0
    for k in range(n + 1):
        for i in range(m):
            s += table[k, i] * (k + 1)
    return s


@program([vec(2, 3, 2)], [vec(1, 1, 4)])
def three_dimensions(a):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            for k in range(a.shape[2]):
                a[i, j, k] = a[i, j, k] * a[i, j, 0]
                s += a[i, j, k] * (i + j + k)
    return s + a[0, 0, 0]
