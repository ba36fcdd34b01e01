"""Array-level operations: elementwise, broadcasting, reductions, products, made and overwritten as a whole."""

from __future__ import annotations

import numpy as np

from programs.registry import program, vec


@program([vec(5)], [vec(1)])
def elementwise(a):
    return np.sum(np.sin(a) * np.exp(-a) + a ** 2 / (1.0 + a))


@program([vec(5), vec(5, seed=1)], [vec(1), vec(1, seed=1)])
def elementwise_two(a, b):
    c = a * b - a / b
    d = np.sqrt(c * c + 1.0)
    return np.sum(d * a)


@program([vec(3, 4), vec(4)], [vec(1, 2), vec(2)])
def broadcast_row(a, b):
    return np.sum(np.tanh(a * b + 1.0))


@program([vec(3, 4), vec(3, 1)], [vec(2, 2), vec(2, 1)])
def broadcast_column(a, b):
    return np.sum(np.log(a + b) * b)


@program([vec(4), 0.5], [vec(2), 1.5])
def broadcast_scalar(a, x):
    return np.sum(x * a + np.cos(a * x) / x)


@program([vec(5)], [vec(2)])
def mean_and_center(a):
    c = a - np.mean(a)
    return np.sum(c * c) / len(a) + np.mean(a)


@program([vec(4), vec(4, seed=1)], [vec(1), vec(1, seed=1)])
def dot_product(a, b):
    return np.dot(a, b) ** 2 + a @ a


@program([vec(3, 2), vec(2, 4)], [vec(1, 3), vec(3, 1)])
def matrix_product(a, b):
    return np.sum((a @ b) ** 2)


@program([vec(3, 3), vec(3), 3], [vec(2, 2), vec(2), 0])
def matrix_vector_loop(a, x, n):
    for i in range(n):
        x = np.tanh(a @ x)
    return np.sum(x * x)


@program([vec(3, 2)], [vec(2, 4)])
def transpose_product(a):
    return np.sum(a.T @ a)


@program([vec(5)], [vec(3)])
def in_place_operators(a):
    b = a.copy()
    b += a * 2.0
    b *= a
    b -= 1.0
    b /= 3.0
    return np.sum(b * b)


@program([vec(5), 2], [vec(5), 0], [vec(5), 5])
def slice_assignment(a, k):
    a[:k] = a[:k] * 3.0
    a[k:] = 0.5
    return np.sum(a * a)


@program([vec(6)], [vec(4)])
def slices_shifted(a):
    d = a[1:] - a[:-1]
    return np.sum(d * d) + np.sum(a[::2] * 2.0)


@program([vec(5), 3], [vec(5), 0])
def heat_whole_array(u, steps):
    for s in range(steps):
        v = u.copy()
        v[1:-1] = u[1:-1] + 0.1 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        u = v
    return np.sum(u ** 3)


@program([vec(5), 3], [vec(5), 0])
def overlapping_update(u, steps):
    for s in range(steps):
        u[1:] = u[1:] * u[:-1] + 0.1
    return np.sum(u)


@program([np.array([0.5, 2.0, 2.0, 1.0])], [np.array([3.0, 1.0])], smooth=False)
def maximum_splits_ties(a):
    """np.max and np.maximum split ties evenly."""
    return np.max(a) * 2.0 + np.sum(np.maximum(a, 1.0)) - np.min(a)


@program([vec(5)], [vec(2)])
def argmax_picks(a):
    return a[np.argmax(a)] * a[np.argmin(a)] + a[0]


@program([vec(4), 0.9], [vec(2), 5.0])
def where_selects(a, bound):
    return np.sum(np.where(a > bound, a * a, a * 0.5))


@program([vec(4, low=-1.0)], [vec(1)])
def relu_network(a):
    h = np.maximum(a, 0.0) * 2.0 - np.abs(a)
    return np.sum(h * h * a)


@program([0.5, 4], [1.5, 1], [1.5, 0])
def made_by_linspace(x, n):
    t = np.linspace(0.0, 1.0, 5)
    s = 0.0
    for i in range(n):
        s += np.sum(np.exp(-x * t * i))
    return s


@program([0.5, 4], [1.5, 1])
def made_by_arange(x, n):
    k = np.arange(n)
    return np.sum(x ** k * k)


@program([0.5, 2.0], [1.5, -1.0])
def made_from_scalars(x, y):
    a = np.array([x, y, x * y])
    b = np.array([[x, 1.0], [y, 2.0]])
    return np.sum(a * a) + np.sum(b @ b)


@program([vec(4), 2.0], [vec(1), 3.0])
def full_and_ones(a, x):
    b = np.full(len(a), x)
    c = np.ones_like(a) * b + np.zeros_like(a)
    return np.sum(c * a)


@program([vec(3, 4)], [vec(2, 1)])
def sum_over_axis(a):
    r = np.sum(a, axis=0)
    c = np.sum(a, axis=1)
    return np.sum(r * r) + np.sum(np.sqrt(c))


@program([vec(4)], [vec(2)])
def outer_by_broadcasting(a):
    m = a.reshape(-1, 1) * a
    return np.sum(np.sin(m))


@program([vec(2, 6)], [vec(1, 6)])
def reshaped(a):
    b = a.reshape(-1, 3)
    c = b.ravel()
    return np.sum(b[0] * b[1]) + c[2] * c[5]


@program([vec(4), 3], [vec(4), 0])
def momentum_steps(x, n):
    v = np.zeros_like(x)
    for i in range(n):
        g = 2.0 * x + np.cos(x)
        v = 0.9 * v - 0.1 * g
        x = x + v
    return np.sum(x * x)


@program([vec(4), 3], [vec(4), 0])
def momentum_steps_in_place(x, n):
    v = np.zeros_like(x)
    for i in range(n):
        v *= 0.9
        v -= 0.1 * (2.0 * x + np.cos(x))
        x += v
    return np.sum(x * x)


@program([vec(4), 1.0], [vec(4), 50.0], [vec(4), -1.0])
def norm_until(a, bound):
    n = 0
    while np.sum(a * a) < bound and n < 10:
        a = a * 1.5 + 0.1
        n += 1
    return np.sqrt(np.sum(a * a))


@program([vec(3, 3), 2], [vec(3, 3), 0])
def rows_swapped_whole(a, k):
    t = a[0].copy()
    a[0] = a[k]
    a[k] = t * 2.0
    return np.sum(a[0] * a[1]) + a[k, 0]


@program([vec(5, 3), vec(3), vec(5)], [vec(2, 3), vec(3), vec(2)])
def least_squares(x, w, y):
    r = x @ w - y
    return 0.5 * np.dot(r, r) + 0.1 * np.sum(w * w)


@program([vec(5, 3), vec(3)], [vec(2, 3), vec(3)])
def logistic_regression(x, w):
    z = x @ w
    return np.mean(np.log1p(np.exp(-z)))


@program([vec(3, 4)], [vec(1, 2)])
def iterate_rows_whole(a):
    s = 0.0
    for row in a:
        s = s + np.dot(row, row) * np.sum(row)
    return s


@program([np.array([1.0, 2.0, 3.0]), np.array([True, False, True])], [np.array([1.0]), np.array([False])])
def bool_array_branches(a, keep):
    s = 0.0
    for i in range(len(a)):
        if keep[i]:
            s += a[i] * a[i]
    return s


@program([vec(4)], [vec(2)])
def elementwise_functions(a):
    return np.sum(np.arctan(a) + np.sinh(a) * np.log1p(a) + np.square(a) - np.hypot(a, 1.0) + np.expm1(-a))


@program([vec(3), 2.0], [vec(2), 3.0])
def scalar_power_of_array(a, p):
    return np.sum(a ** p) + np.sum(2.0 ** a)
