"""Ten kernels of numerical code as anybody would write them: loops over arrays, for the cost of checks.

`run` does the work of a call on the arrays that `arguments(n)` makes, and may be called again with what it left; `loss`
is a number made of it, to differentiate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Args = tuple[Any, ...]


@dataclass(frozen=True)
class Kernel:
    """`sizes`: what `arguments` takes, by the working set in words; the differentiated arguments of `loss` are `active`."""

    name: str
    run: Callable[..., Any]
    loss: Callable[..., Any]
    active: tuple[int, ...]
    arguments: Callable[[int], Args]
    sizes: Mapping[str, int]


def total(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * x[i]
    return s


def total2(x):
    s = 0.0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            s += x[i, j] * x[i, j]
    return s


# Five points on a plane


def stencil(u, v, steps):
    n, m = u.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                v[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1])
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                u[i, j] = v[i, j]


def stencil_loss(u, v, steps):
    stencil(u, v, steps)
    return total2(u)


def stencil_arguments(n: int) -> Args:
    return noise(n, n), np.zeros((n, n)), 4


# a x + y


def axpy(a, x, y):
    for i in range(len(x)):
        y[i] = a * x[i] + y[i]


def axpy_loss(a, x, y):
    axpy(a, x, y)
    return total(y)


# Through an index


def gather(x, index, out):
    for i in range(len(index)):
        out[i] = 0.5 * x[index[i]]


def gather_loss(x, index, out):
    gather(x, index, out)
    return total(out)


def gather_arguments(n: int) -> Args:
    return noise(n), random().integers(0, n, n), np.zeros(n)


def scatter(x, index, out):
    for i in range(len(index)):
        out[index[i]] += 0.5 * x[i]


def scatter_loss(x, index, out):
    scatter(x, index, out)
    return total(out)


def histogram(x, weights, out):
    width = float(len(out))
    for i in range(len(x)):
        out[int(x[i] * width)] += weights[i]


def histogram_loss(x, weights, out):
    histogram(x, weights, out)
    return total(out)


def histogram_arguments(n: int) -> Args:
    return random().random(n), noise(n), np.zeros(max(n // 8, 16))


# Linear algebra


def triangular(a, b, x):
    for i in range(len(b)):
        s = b[i]
        for j in range(i):
            s -= a[i, j] * x[j]
        x[i] = s / a[i, i]


def triangular_loss(a, b, x):
    triangular(a, b, x)
    return total(x)


def triangular_arguments(n: int) -> Args:
    return noise(n, n) + n * np.eye(n), noise(n), np.zeros(n)


def lu(a, b):
    n = a.shape[0]
    for i in range(n):
        for j in range(n):
            b[i, j] = a[i, j]
    for k in range(n):
        for i in range(k + 1, n):
            b[i, k] /= b[k, k]
            for j in range(k + 1, n):
                b[i, j] -= b[i, k] * b[k, j]


def lu_loss(a, b):
    lu(a, b)
    return total2(b)


def lu_arguments(n: int) -> Args:
    return noise(n, n) + n * np.eye(n), np.zeros((n, n))


def matmul(a, b, c):
    n, m = a.shape
    p = b.shape[1]
    for i in range(n):
        for j in range(p):
            s = 0.0
            for k in range(m):
                s += a[i, k] * b[k, j]
            c[i, j] = s


def matmul_loss(a, b, c):
    matmul(a, b, c)
    return total2(c)


def matmul_arguments(n: int) -> Args:
    return noise(n, n), noise(n, n), np.zeros((n, n))


def thomas(low, diagonal, high, right, x, c):
    n = len(diagonal)
    c[0] = high[0] / diagonal[0]
    x[0] = right[0] / diagonal[0]
    for i in range(1, n):
        m = diagonal[i] - low[i] * c[i - 1]
        c[i] = high[i] / m
        x[i] = (right[i] - low[i] * x[i - 1]) / m
    for i in range(n - 2, -1, -1):
        x[i] -= c[i] * x[i + 1]


def thomas_loss(low, diagonal, high, right, x, c):
    thomas(low, diagonal, high, right, x, c)
    return total(x)


def thomas_arguments(n: int) -> Args:
    return noise(n), 4.0 + noise(n), noise(n), noise(n), np.zeros(n), np.zeros(n)


# Bodies that attract each other


def bodies(position, velocity, mass, dt):
    n = len(mass)
    for i in range(n):
        for j in range(i + 1, n):
            dx = position[i, 0] - position[j, 0]
            dy = position[i, 1] - position[j, 1]
            dz = position[i, 2] - position[j, 2]
            square = dx * dx + dy * dy + dz * dz + 0.01
            pull = dt / (square * math.sqrt(square))
            velocity[i, 0] -= dx * mass[j] * pull
            velocity[i, 1] -= dy * mass[j] * pull
            velocity[i, 2] -= dz * mass[j] * pull
            velocity[j, 0] += dx * mass[i] * pull
            velocity[j, 1] += dy * mass[i] * pull
            velocity[j, 2] += dz * mass[i] * pull
    for i in range(n):
        for k in range(3):
            position[i, k] += dt * velocity[i, k]


def bodies_loss(position, velocity, mass, dt):
    bodies(position, velocity, mass, dt)
    return total2(position)


def bodies_arguments(n: int) -> Args:
    return noise(n, 3), np.zeros((n, 3)), random().random(n) + 0.5, 1e-9


def random() -> np.random.Generator:
    return np.random.default_rng(3)


def noise(*shape: int) -> Any:
    return random().standard_normal(shape)


def vectors(n: int) -> Args:
    return 1e-9, noise(n), noise(n)


LINES = {"1e3": 1_000, "1e5": 100_000}
KERNELS = (
    Kernel("stencil", stencil, stencil_loss, (0,), stencil_arguments, {"1e3": 32, "1e5": 316}),
    Kernel("axpy", axpy, axpy_loss, (0, 1, 2), vectors, LINES),
    Kernel("gather", gather, gather_loss, (0,), gather_arguments, LINES),
    Kernel("scatter", scatter, scatter_loss, (0,), gather_arguments, LINES),
    Kernel("histogram", histogram, histogram_loss, (1,), histogram_arguments, LINES),
    Kernel("triangular solve", triangular, triangular_loss, (0, 1), triangular_arguments, {"1e3": 32, "1e5": 316}),
    Kernel("LU", lu, lu_loss, (0,), lu_arguments, {"1e3": 32, "1e4": 100}),
    Kernel("matmul loops", matmul, matmul_loss, (0, 1), matmul_arguments, {"1e3": 32, "1e4": 100}),
    Kernel("n-body", bodies, bodies_loss, (0, 1, 2), bodies_arguments, {"1e2": 30, "1e3": 300}),
    Kernel("Thomas", thomas, thomas_loss, (0, 1, 2, 3), thomas_arguments, LINES),
)
