"""Numerical methods as people write them: solvers, integrators, factorisations, transforms."""

from __future__ import annotations

import math

import numpy as np

from programs.registry import program, vec

# -- series and root finding ------------------------------------------------------------------------------------------


@program([0.5, 8], [1.5, 3], [1.5, 0], second=True)
def taylor_exp(x, n):
    s, term = 1.0, 1.0
    for k in range(1, n + 1):
        term = term * x / k
        s += term
    return s


@program([0.5], [1.5], [0.0], smooth=False)
def taylor_sine_to_tolerance(x):
    s, term, k = x, x, 1
    while abs(term) > 1e-16:
        term = -term * x * x / ((k + 1) * (k + 2))
        s += term
        k += 2
    return s


@program([2.0], [9.0], [0.5], second=True)
def newton_square_root(a):
    x = a
    for i in range(50):
        new = 0.5 * (x + a / x)
        if abs(new - x) < 1e-13 * x:
            return new
        x = new
    return x


@program([2.0, 1.0], [5.0, 3.0], smooth=True)
def newton_transcendental(a, x):
    """x exp(x) = a"""
    for i in range(60):
        f = x * math.exp(x) - a
        if abs(f) < 1e-12:
            break
        x = x - f / (math.exp(x) * (x + 1.0))
    return x


@program([2.0], [5.0])
def secant_method(a):
    x0, x1 = 1.0, 2.0
    f0 = x0 ** 3 - a
    f1 = x1 ** 3 - a
    n = 0
    while abs(f1) > 1e-9 and n < 40:
        x2 = x1 - f1 * (x1 - x0) / (f1 - f0)
        x0, f0 = x1, f1
        x1 = x2
        f1 = x1 ** 3 - a
        n += 1
    return x1


@program([2.0], [5.0], smooth=False)
def bisection(a):
    """Steps are constants: the derivative is that of the last linear interpolation."""
    lo, hi = 0.0, 4.0
    flo, fhi = lo ** 3 - a, hi ** 3 - a
    for i in range(20):
        mid = 0.5 * (lo + hi)
        fm = mid ** 3 - a
        if fm * flo > 0.0:
            lo, flo = mid, fm
        else:
            hi, fhi = mid, fm
    return lo - flo * (hi - lo) / (fhi - flo)


@program([0.5, 1e-6], [0.9, 1e-10], second=True, smooth=False)
def fixed_point_to_convergence(a, tol):
    x = 1.0
    while True:
        new = math.cos(a * x)
        if abs(new - x) < tol:
            return new
        x = new


@program([0.5, 0.2], [1.5, 0.8], second=True)
def kepler_equation(m, e):
    x = m
    for i in range(20):
        d = (x - e * math.sin(x) - m) / (1.0 - e * math.cos(x))
        x -= d
        if abs(d) < 1e-14:
            break
    return x


@program([1.0, 1.5], [24.0, 6.0], second=True)
def arithmetic_geometric_mean(a, b):
    while abs(a - b) > 1e-14 * a:
        a, b = 0.5 * (a + b), math.sqrt(a * b)
    return a


@program([0.7, 12], [0.7, 2], second=True)
def continued_fraction(x, n):
    s = 0.0
    for k in range(n, 0, -1):
        s = k * x / (1.0 + k + s)
    return s


@program([3.3], [7.5])
def stirling_lgamma(x):
    shift = 0.0
    while x < 8.0:
        shift -= math.log(x)
        x += 1.0
    return shift + (x - 0.5) * math.log(x) - x + 0.9189385332046727 + 1.0 / (12.0 * x) - 1.0 / (360.0 * x ** 3)


# -- integration and differential equations ---------------------------------------------------------------------------


@program([0.5, 10], [0.5, 1], [0.5, 0], second=True)
def euler_decay(k, n):
    y, h = 1.0, 0.1
    for i in range(n):
        y = y + h * (-k * y + math.sin(i * h))
    return y


@program([1.2, 0.4, 10], [1.2, 0.4, 0], second=True)
def euler_pendulum(theta, omega, n):
    h = 0.05
    for i in range(n):
        theta, omega = theta + h * omega, omega - h * math.sin(theta)
    return theta * omega


def van_der_pol(y, v, mu):
    return v, mu * (1.0 - y * y) * v - y


@program([0.5, 1.2, 8], [0.5, 1.2, 0], second=True)
def rk4_van_der_pol(mu, y, n):
    v, h = 0.0, 0.1
    for i in range(n):
        a1, b1 = van_der_pol(y, v, mu)
        a2, b2 = van_der_pol(y + 0.5 * h * a1, v + 0.5 * h * b1, mu)
        a3, b3 = van_der_pol(y + 0.5 * h * a2, v + 0.5 * h * b2, mu)
        a4, b4 = van_der_pol(y + h * a3, v + h * b3, mu)
        y = y + h / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
        v = v + h / 6.0 * (b1 + 2.0 * b2 + 2.0 * b3 + b4)
    return y


def rate(t, y, p, out):
    out[0] = p[0] * y[0] - p[1] * y[0] * y[1]
    out[1] = -p[2] * y[1] + p[3] * y[0] * y[1]


@program([np.array([0.55, 0.4, 0.8, 0.3]), np.array([1.1, 0.6]), 6], [np.array([0.5, 0.2, 0.8, 0.3]), np.array([1.1, 0.6]), 0])
def rk4_arrays(p, y, steps):
    h = 0.1
    k1, k2, k3, k4, z = np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(2)
    for s in range(steps):
        rate(0.0, y, p, k1)
        for i in range(2):
            z[i] = y[i] + 0.5 * h * k1[i]
        rate(0.0, z, p, k2)
        for i in range(2):
            z[i] = y[i] + 0.5 * h * k2[i]
        rate(0.0, z, p, k3)
        for i in range(2):
            z[i] = y[i] + h * k3[i]
        rate(0.0, z, p, k4)
        for i in range(2):
            y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
    return y[0] * y[1]


@program([1.5, 2.0, 1e-4], [0.7, 0.5, 1e-6], [1.0, 0.0, 1e-3], smooth=False)
def adaptive_heun_euler(k, end, tol):
    """Step-size control with rejected steps."""
    t, y, h = 0.0, 1.0, 0.5
    while t < end:
        if t + h > end:
            h = end - t
        f0 = -k * y + math.sin(t)
        low = y + h * f0
        high = y + 0.5 * h * (f0 - k * low + math.sin(t + h))
        err = abs(high - low) + 1e-12
        if err <= tol:
            t, y = t + h, high
        h = h * min(2.0, max(0.2, 0.9 * math.sqrt(tol / err)))
    return y


@program([0.55, 0.4, 0.8, 0.3], [0.5, 0.1, 0.9, 0.2], smooth=False)
def adaptive_bogacki_shampine(a, b, c, d):
    """Lotka-Volterra with an embedded pair of orders 3 and 2; constant steps when accepted at once."""
    t, u, v, h = 0.0, 1.2, 0.7, 0.3
    while t < 2.0:
        h = min(h, 2.0 - t)
        p1, q1 = a * u - b * u * v, d * u * v - c * v
        x, y = u + 0.5 * h * p1, v + 0.5 * h * q1
        p2, q2 = a * x - b * x * y, d * x * y - c * y
        x, y = u + 0.75 * h * p2, v + 0.75 * h * q2
        p3, q3 = a * x - b * x * y, d * x * y - c * y
        x, y = u + h * (2.0 * p1 + 3.0 * p2 + 4.0 * p3) / 9.0, v + h * (2.0 * q1 + 3.0 * q2 + 4.0 * q3) / 9.0
        p4, q4 = a * x - b * x * y, d * x * y - c * y
        e1 = h * (-5.0 * p1 / 72.0 + p2 / 12.0 + p3 / 9.0 - p4 / 8.0)
        e2 = h * (-5.0 * q1 / 72.0 + q2 / 12.0 + q3 / 9.0 - q4 / 8.0)
        err = math.sqrt(e1 * e1 + e2 * e2) / 1e-5
        if err <= 1.0:
            t, u, v = t + h, x, y
        h *= min(3.0, max(0.3, 0.9 * err ** (-1.0 / 3.0)))
    return u * v


@program([1.3, 4], [0.6, 8], [0.6, 0], second=True)
def trapezoid_integral(a, n):
    if n == 0:
        return a
    h = 1.0 / n
    s = 0.5 * (math.exp(-a) + math.exp(0.0 * a))
    for i in range(1, n):
        x = i * h
        s += math.exp(-a * x * x)
    return s * h


def peak(x, a):
    return 1.0 / (a + x * x)


def simpson(fa, fm, fb, h):
    return h / 6.0 * (fa + 4.0 * fm + fb)


def simpson_part(a, lo, hi, flo, fm, fhi, whole, tol):
    mid = 0.5 * (lo + hi)
    fl = peak(0.5 * (lo + mid), a)
    fr = peak(0.5 * (mid + hi), a)
    left = simpson(flo, fl, fm, mid - lo)
    right = simpson(fm, fr, fhi, hi - mid)
    diff = left + right - whole
    if abs(diff) < 15.0 * tol:
        return left + right + diff / 15.0
    return simpson_part(a, lo, mid, flo, fl, fm, left, 0.5 * tol) + simpson_part(a, mid, hi, fm, fr, fhi, right, 0.5 * tol)


@program([0.1, 1.0, 1e-4], [0.01, 2.0, 1e-6], [5.0, 1.0, 1e-2], smooth=False, second=True)
def recursive_adaptive_simpson(a, end, tol):
    """Recursive adaptive quadrature to a tolerance."""
    flo, fm, fhi = peak(-1.0, a), peak(0.5 * (end - 1.0), a), peak(end, a)
    return simpson_part(a, -1.0, end, flo, fm, fhi, simpson(flo, fm, fhi, end + 1.0), tol)


@program([0.8, 1.3, 4, 5], [0.8, 1.3, 1, 3], [0.8, 1.3, 0, 3])
def heat_equation_rod(alpha, left, steps, n):
    u = np.zeros(n)
    new = np.zeros(n)
    u[0] = left
    for s in range(steps):
        new[0] = left
        new[n - 1] = 0.0
        for i in range(1, n - 1):
            new[i] = u[i] + 0.2 * alpha * (u[i + 1] - 2.0 * u[i] + u[i - 1])
        for i in range(n):
            u[i] = new[i]
    s = 0.0
    for i in range(n):
        s += u[i] * u[i]
    return s


@program([vec(3), vec(3, seed=1), 4], [vec(2), vec(2, seed=1), 1])
def leapfrog_chain(q, p, steps):
    n, h = len(q), 0.1
    for s in range(steps):
        for i in range(n):
            p[i] -= 0.5 * h * (2.0 * q[i] - q[i - 1] - q[(i + 1) % n] + q[i] ** 3)
        for i in range(n):
            q[i] += h * p[i]
        for i in range(n):
            p[i] -= 0.5 * h * (2.0 * q[i] - q[i - 1] - q[(i + 1) % n] + q[i] ** 3)
    e = 0.0
    for i in range(n):
        e += q[i] * p[i] * (i + 1)
    return e


# -- linear algebra ---------------------------------------------------------------------------------------------------


@program([vec(4, 4), vec(4)], [vec(1, 1), vec(1)], [vec(3, 3), vec(3)])
def forward_substitution(l, b):
    n = len(b)
    x = np.zeros(n)
    for i in range(n):
        s = b[i]
        for j in range(i):
            s -= l[i, j] * x[j]
        x[i] = s / l[i, i]
    s = 0.0
    for i in range(n):
        s += x[i] * (i + 1)
    return s


@program([vec(4, 4), vec(4)], [vec(2, 2), vec(2)])
def backward_substitution_in_place(u, b):
    n = len(b)
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            b[i] -= u[i, j] * b[j]
        b[i] /= u[i, i]
    return b[0] * b[n - 1]


@program([vec(4, 4) + 3.0 * np.eye(4)], [vec(1, 1)], [vec(3, 3) + 3.0 * np.eye(3)])
def lu_in_place(a):
    """LU without pivoting, in place; the logarithm of the determinant."""
    n = a.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    s = 0.0
    for i in range(n):
        s += math.log(a[i, i])
    return s


@program([vec(3, 3), vec(3)], [np.array([[0.1, 2.0], [3.0, 1.0]]), vec(2)])
def gaussian_elimination_pivoting(a, b):
    n = len(b)
    for k in range(n):
        p = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[p, k]):
                p = i
        if p != k:
            for j in range(n):
                a[k, j], a[p, j] = a[p, j], a[k, j]
            b[k], b[p] = b[p], b[k]
        for i in range(k + 1, n):
            f = a[i, k] / a[k, k]
            for j in range(k, n):
                a[i, j] -= f * a[k, j]
            b[i] -= f * b[k]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            b[i] -= a[i, j] * b[j]
        b[i] /= a[i, i]
    s = 0.0
    for i in range(n):
        s += b[i] * (i + 2)
    return s


@program([vec(3, 3) + 3.0 * np.eye(3)], [vec(1, 1)])
def cholesky_log_determinant(a):
    n = a.shape[0]
    l = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = 0.5 * (a[i, j] + a[j, i])
            for k in range(j):
                s -= l[i, k] * l[j, k]
            if i == j:
                l[i, i] = math.sqrt(s)
            else:
                l[i, j] = s / l[j, j]
    s = 0.0
    for i in range(n):
        s += 2.0 * math.log(l[i, i])
    return s


@program([vec(3, 3), 10], [vec(2, 2), 40], [vec(3, 3), 0])
def power_iteration(a, steps):
    n = a.shape[0]
    x = np.ones(n)
    y = np.zeros(n)
    value = 0.0
    for s in range(steps):
        norm = 0.0
        for i in range(n):
            y[i] = 0.0
            for j in range(n):
                y[i] += a[i, j] * x[j]
            norm += y[i] * y[i]
        norm = math.sqrt(norm)
        value = norm
        for i in range(n):
            x[i] = y[i] / norm
    return value * x[0]


@program([vec(3, 3) + 4.0 * np.eye(3), vec(3)], [vec(2, 2) + 4.0 * np.eye(2), vec(2)])
def gauss_seidel_to_tolerance(a, b):
    n = len(b)
    x = np.zeros(n)
    for sweep in range(100):
        change = 0.0
        for i in range(n):
            s = b[i]
            for j in range(n):
                if j != i:
                    s -= a[i, j] * x[j]
            new = s / a[i, i]
            change = max(change, abs(new - x[i]))
            x[i] = new
        if change < 1e-10:
            break
    s = 0.0
    for i in range(n):
        s += x[i] * x[i]
    return s


@program([vec(3, 3) + 3.0 * np.eye(3), vec(3)], [vec(2, 2) + 3.0 * np.eye(2), vec(2)])
def conjugate_gradient(a, b):
    n = len(b)
    x, r, p, q = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    rr = 0.0
    for i in range(n):
        r[i] = b[i]
        p[i] = b[i]
        rr += b[i] * b[i]
    for k in range(n - 1):
        pq = 0.0
        for i in range(n):
            q[i] = 0.0
            for j in range(n):
                q[i] += 0.5 * (a[i, j] + a[j, i]) * p[j]
            pq += p[i] * q[i]
        alpha = rr / pq
        new = 0.0
        for i in range(n):
            x[i] += alpha * p[i]
            r[i] -= alpha * q[i]
            new += r[i] * r[i]
        for i in range(n):
            p[i] = r[i] + new / rr * p[i]
        rr = new
    return x[0] * x[1] + rr


@program([vec(4), vec(4, seed=1), vec(4, seed=2), vec(4, seed=3)])
def thomas_tridiagonal(a, b, c, d):
    n = len(d)
    for i in range(1, n):
        w = a[i] / (b[i - 1] + 2.0)
        b[i] = b[i] - w * c[i - 1]
        d[i] = d[i] - w * d[i - 1]
    d[n - 1] = d[n - 1] / (b[n - 1] + 2.0)
    for i in range(n - 2, -1, -1):
        d[i] = (d[i] - c[i] * d[i + 1]) / (b[i] + 2.0)
    return d[0] + d[1] * d[2]


@program([vec(3, 2)], [vec(4, 3)])
def gram_schmidt(a):
    n, m = a.shape
    for j in range(m):
        for k in range(j):
            dot = 0.0
            for i in range(n):
                dot += a[i, j] * a[i, k]
            for i in range(n):
                a[i, j] -= dot * a[i, k]
        norm = 0.0
        for i in range(n):
            norm += a[i, j] * a[i, j]
        norm = math.sqrt(norm)
        for i in range(n):
            a[i, j] /= norm
    s = 0.0
    for i in range(n):
        for j in range(m):
            s += a[i, j] * (i + 2 * j + 1)
    return s


@program([vec(2, 2), 5], [vec(3, 3), 0], [vec(2, 2), 1])
def matrix_power(a, n):
    m = a.shape[0]
    r = np.eye(m)
    while n > 0:
        if n % 2 == 1:
            r = product(r, a)
        a = product(a, a)
        n //= 2
    return r[0, 0] + 2.0 * r[m - 1, 0]


def product(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            s = 0.0
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            c[i, j] = s
    return c


# -- transforms, statistics, machine learning -------------------------------------------------------------------------


def fft_split(re, im, n):
    if n == 1:
        return
    h = n // 2
    er, ei, orr, oi = np.zeros(h), np.zeros(h), np.zeros(h), np.zeros(h)
    for i in range(h):
        er[i], ei[i] = re[2 * i], im[2 * i]
        orr[i], oi[i] = re[2 * i + 1], im[2 * i + 1]
    fft_split(er, ei, h)
    fft_split(orr, oi, h)
    for k in range(h):
        c, s = math.cos(-2.0 * math.pi * k / n), math.sin(-2.0 * math.pi * k / n)
        tr, ti = c * orr[k] - s * oi[k], s * orr[k] + c * oi[k]
        re[k], im[k] = er[k] + tr, ei[k] + ti
        re[k + h], im[k + h] = er[k] - tr, ei[k] - ti


@program([vec(8), vec(8, seed=1)], [vec(1), vec(1, seed=1)], [vec(4), vec(4, seed=1)])
def fft_recursive(re, im):
    n = len(re)
    fft_split(re, im, n)
    s = 0.0
    for k in range(n):
        s += (re[k] * re[k] + im[k]) * (k + 1)
    return s


@program([vec(8), vec(8, seed=1)], [vec(1), vec(1, seed=1)], [vec(4), vec(4, seed=1)])
def fft_iterative(re, im):
    n = len(re)
    j = 0
    for i in range(1, n):
        bit = n >> 1
        while j & bit:
            j ^= bit
            bit >>= 1
        j |= bit
        if i < j:
            re[i], re[j] = re[j], re[i]
            im[i], im[j] = im[j], im[i]
    length = 2
    while length <= n:
        half = length // 2
        for start in range(0, n, length):
            for k in range(half):
                angle = -2.0 * math.pi * k / length
                c, s = math.cos(angle), math.sin(angle)
                a, b = start + k, start + k + half
                tr, ti = c * re[b] - s * im[b], s * re[b] + c * im[b]
                re[b], im[b] = re[a] - tr, im[a] - ti
                re[a], im[a] = re[a] + tr, im[a] + ti
        length *= 2
    s = 0.0
    for k in range(n):
        s += (re[k] * re[k] + im[k]) * (k + 1)
    return s


@program([vec(4)], [vec(1)], [vec(3, low=-500.0, high=500.0)])
def logsumexp(a):
    m = a[0]
    for x in a:
        m = max(m, x)
    s = 0.0
    for x in a:
        s += math.exp(x - m)
    return m + math.log(s)


@program([vec(4), 2], [vec(3), 0])
def softmax_in_place(a, k):
    m = a[0]
    for i in range(1, len(a)):
        if a[i] > m:
            m = a[i]
    s = 0.0
    for i in range(len(a)):
        a[i] = math.exp(a[i] - m)
        s += a[i]
    for i in range(len(a)):
        a[i] /= s
    return math.log(a[k])


@program([vec(5)], [vec(2)])
def variance_welford(a):
    mean, m2 = 0.0, 0.0
    for i in range(len(a)):
        d = a[i] - mean
        mean += d / (i + 1)
        m2 += d * (a[i] - mean)
    return m2 / len(a) + mean


@program([vec(5, 2), vec(2, 2), vec(2, seed=4)], [vec(2, 2), vec(3, 2), vec(3, seed=4)])
def gaussian_mixture(x, mu, w):
    n, d = x.shape
    k = mu.shape[0]
    total = 0.0
    terms = np.zeros(k)
    for i in range(n):
        top = -1e300
        for j in range(k):
            q = 0.0
            for c in range(d):
                q += (x[i, c] - mu[j, c]) ** 2
            terms[j] = w[j] - 0.5 * q
            if terms[j] > top:
                top = terms[j]
        s = 0.0
        for j in range(k):
            s += math.exp(terms[j] - top)
        total += top + math.log(s)
    return total


@program([vec(4, 2), vec(3, 2), vec(3)], [vec(1, 2), vec(2, 2), vec(2)])
def neural_network_loss(x, w, v):
    s = 0.0
    for i in range(x.shape[0]):
        out = 0.0
        for h in range(w.shape[0]):
            z = 0.0
            for c in range(x.shape[1]):
                z += w[h, c] * x[i, c]
            out += v[h] * (z if z > 1.0 else 0.1 * z)
        s += (out - 1.0) ** 2
    return s


@program([0.3, vec(6)], [0.9, vec(3)])
def exponential_smoothing_likelihood(alpha, y):
    level, s = y[0], 0.0
    for t in range(1, len(y)):
        e = y[t] - level
        s += e * e
        level += alpha * e
    return math.log(s / len(y))


@program([0.1, 0.3, vec(6)], [0.5, 0.2, vec(3)])
def garch_likelihood(a, b, r):
    h, s = 0.2, 0.0
    for t in range(len(r)):
        h = 0.05 + a * r[t] * r[t] + b * h
        s += math.log(h) + r[t] * r[t] / h
    return s


@program([0.2, 0.7, vec(3, 3)], [0.4, 0.3, vec(5, 3)])
def hidden_markov_forward(p, q, e):
    a, b = 0.5, 0.5
    s = 0.0
    for t in range(e.shape[0]):
        na = (a * (1.0 - p) + b * q) * e[t, 0]
        nb = (a * p + b * (1.0 - q)) * e[t, 1]
        z = na + nb
        a, b = na / z, nb / z
        s += math.log(z)
    return s


@program([0.2, 100.0, 95.0], [0.5, 100.0, 120.0])
def binomial_option_tree(sigma, spot, strike):
    n = 6
    u = math.exp(sigma * math.sqrt(1.0 / n))
    p = (math.exp(0.03 / n) - 1.0 / u) / (u - 1.0 / u)
    v = np.zeros(n + 1)
    for i in range(n + 1):
        v[i] = max(spot * u ** (2 * i - n) - strike, 0.0)
    for k in range(n, 0, -1):
        for i in range(k):
            v[i] = math.exp(-0.03 / n) * (p * v[i + 1] + (1.0 - p) * v[i])
    return v[0]


@program([vec(6), vec(3)], [vec(3), vec(1)])
def convolution(a, k):
    n, m = len(a), len(k)
    out = np.zeros(n - m + 1)
    for i in range(n - m + 1):
        for j in range(m):
            out[i] += a[i + j] * k[j]
    s = 0.0
    for x in out:
        s += x * x
    return s


@program([vec(5), 0.7], [vec(5), 5.0], [vec(5), -1.0])
def linear_interpolation(table, x):
    n = len(table)
    if x <= 0.0:
        return table[0] * (1.0 + 0.0 * x)
    if x >= n - 1:
        return table[n - 1]
    i = int(x)
    f = x - i
    return table[i] * (1.0 - f) + table[i + 1] * f


@program([vec(5, 2)], [vec(2, 2)])
def nbody_potential(x):
    e = 0.0
    for i in range(x.shape[0]):
        for j in range(i):
            dx, dy = x[i, 0] - x[j, 0], x[i, 1] - x[j, 1]
            e -= 1.0 / math.sqrt(dx * dx + dy * dy + 0.01)
    return e


@program([0.3, 0.5], [-0.7, 0.2], [2.0, 2.0])
def mandelbrot_escape(a, b):
    x, y = 0.0, 0.0
    for i in range(12):
        x, y = x * x - y * y + a, 2.0 * x * y + b
        if x * x + y * y > 4.0:
            break
    return x * x + y * y


@program([1.5, -0.5, 30], [0.5, 1.0, 0])
def gradient_descent_rosenbrock(x, y, n):
    for i in range(n):
        gx = -2.0 * (1.0 - x) - 4.0 * x * (y - x * x)
        gy = 2.0 * (y - x * x)
        x, y = x - 0.02 * gx, y - 0.02 * gy
    return (1.0 - x) ** 2 + (y - x * x) ** 2


@program([vec(4), 0.4], [vec(2), 2.4])
def polynomial_de_boor(c, x):
    n = len(c)
    for r in range(1, n):
        for i in range(n - r):
            c[i] = (1.0 - x) * c[i] + x * c[i + 1]
    return c[0]
