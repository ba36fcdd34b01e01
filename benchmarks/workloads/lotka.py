"""Lotka-Volterra by an adaptive Dormand-Prince 5(4) pair: a while loop whose trip count the data decide.

irad, Enzyme and the jax scan differentiate the control of the step sizes as well; the hand-written adjoint and
torchdiffeq take the steps as given, which is a slightly different derivative.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.workloads.workload import Args, Peer, Workload


def lotka(x0, y0, a, b, c, d, t1, tol):
    x = x0
    y = y0
    t = 0.0
    h = 0.01
    k1x = a * x - b * x * y
    k1y = d * x * y - c * y
    while t1 - t > 1e-12:
        if t + h > t1:
            h = t1 - t
        u = x + h * (1 / 5 * k1x)
        v = y + h * (1 / 5 * k1y)
        k2x = a * u - b * u * v
        k2y = d * u * v - c * v
        u = x + h * (3 / 40 * k1x + 9 / 40 * k2x)
        v = y + h * (3 / 40 * k1y + 9 / 40 * k2y)
        k3x = a * u - b * u * v
        k3y = d * u * v - c * v
        u = x + h * (44 / 45 * k1x - 56 / 15 * k2x + 32 / 9 * k3x)
        v = y + h * (44 / 45 * k1y - 56 / 15 * k2y + 32 / 9 * k3y)
        k4x = a * u - b * u * v
        k4y = d * u * v - c * v
        u = x + h * (19372 / 6561 * k1x - 25360 / 2187 * k2x + 64448 / 6561 * k3x - 212 / 729 * k4x)
        v = y + h * (19372 / 6561 * k1y - 25360 / 2187 * k2y + 64448 / 6561 * k3y - 212 / 729 * k4y)
        k5x = a * u - b * u * v
        k5y = d * u * v - c * v
        u = x + h * (9017 / 3168 * k1x - 355 / 33 * k2x + 46732 / 5247 * k3x + 49 / 176 * k4x - 5103 / 18656 * k5x)
        v = y + h * (9017 / 3168 * k1y - 355 / 33 * k2y + 46732 / 5247 * k3y + 49 / 176 * k4y - 5103 / 18656 * k5y)
        k6x = a * u - b * u * v
        k6y = d * u * v - c * v
        u = x + h * (35 / 384 * k1x + 500 / 1113 * k3x + 125 / 192 * k4x - 2187 / 6784 * k5x + 11 / 84 * k6x)
        v = y + h * (35 / 384 * k1y + 500 / 1113 * k3y + 125 / 192 * k4y - 2187 / 6784 * k5y + 11 / 84 * k6y)
        k7x = a * u - b * u * v
        k7y = d * u * v - c * v
        ex = 71 / 57600 * k1x - 71 / 16695 * k3x + 71 / 1920 * k4x - 17253 / 339200 * k5x + 22 / 525 * k6x
        ex = ex - 1 / 40 * k7x
        ey = 71 / 57600 * k1y - 71 / 16695 * k3y + 71 / 1920 * k4y - 17253 / 339200 * k5y + 22 / 525 * k6y
        ey = ey - 1 / 40 * k7y
        rx = h * ex / (tol + tol * max(abs(x), abs(u)))
        ry = h * ey / (tol + tol * max(abs(y), abs(v)))
        err = sqrt(0.5 * (rx * rx + ry * ry))
        if err <= 1.0:
            t = t + h
            x = u
            y = v
            k1x = k7x
            k1y = k7y
        if err < 1e-10:
            factor = 5.0
        else:
            factor = 0.9 * err ** (-0.2)
        if factor > 5.0:
            factor = 5.0
        if factor < 0.2:
            factor = 0.2
        h = h * factor
    return x * x + 0.5 * y


# The hand-written adjoint: accepted states and steps on a tape, stages computed again in the reverse sweep.


def forward(x0, y0, a, b, c, d, t1, tol, tape):
    """The solver above, with each accepted (x, y, h) noted; the tape grows by doubling."""
    x = x0
    y = y0
    t = 0.0
    h = 0.01
    count = 0
    while t1 - t > 1e-12:
        if t + h > t1:
            h = t1 - t
        k, u, v = stages(x, y, h, a, b, c, d)
        k7x = a * u - b * u * v
        k7y = d * u * v - c * v
        ex = 71 / 57600 * k[0] - 71 / 16695 * k[4] + 71 / 1920 * k[6] - 17253 / 339200 * k[8] + 22 / 525 * k[10]
        ex = ex - 1 / 40 * k7x
        ey = 71 / 57600 * k[1] - 71 / 16695 * k[5] + 71 / 1920 * k[7] - 17253 / 339200 * k[9] + 22 / 525 * k[11]
        ey = ey - 1 / 40 * k7y
        rx = h * ex / (tol + tol * max(abs(x), abs(u)))
        ry = h * ey / (tol + tol * max(abs(y), abs(v)))
        err = sqrt(0.5 * (rx * rx + ry * ry))
        if err <= 1.0:
            if count == len(tape):
                longer = np.empty((2 * count, 3))
                longer[:count] = tape
                tape = longer
            tape[count, 0] = x
            tape[count, 1] = y
            tape[count, 2] = h
            count += 1
            t = t + h
            x = u
            y = v
        h = h * min(5.0, max(0.2, 0.9 * max(err, 1e-10) ** (-0.2)))
    return x, y, tape, count


def stages(x, y, h, a, b, c, d):
    """Slopes k1 to k6 as a tuple of pairs, and the state after the step."""
    k1x = a * x - b * x * y
    k1y = d * x * y - c * y
    u = x + h * (1 / 5 * k1x)
    v = y + h * (1 / 5 * k1y)
    k2x = a * u - b * u * v
    k2y = d * u * v - c * v
    u = x + h * (3 / 40 * k1x + 9 / 40 * k2x)
    v = y + h * (3 / 40 * k1y + 9 / 40 * k2y)
    k3x = a * u - b * u * v
    k3y = d * u * v - c * v
    u = x + h * (44 / 45 * k1x - 56 / 15 * k2x + 32 / 9 * k3x)
    v = y + h * (44 / 45 * k1y - 56 / 15 * k2y + 32 / 9 * k3y)
    k4x = a * u - b * u * v
    k4y = d * u * v - c * v
    u = x + h * (19372 / 6561 * k1x - 25360 / 2187 * k2x + 64448 / 6561 * k3x - 212 / 729 * k4x)
    v = y + h * (19372 / 6561 * k1y - 25360 / 2187 * k2y + 64448 / 6561 * k3y - 212 / 729 * k4y)
    k5x = a * u - b * u * v
    k5y = d * u * v - c * v
    u = x + h * (9017 / 3168 * k1x - 355 / 33 * k2x + 46732 / 5247 * k3x + 49 / 176 * k4x - 5103 / 18656 * k5x)
    v = y + h * (9017 / 3168 * k1y - 355 / 33 * k2y + 46732 / 5247 * k3y + 49 / 176 * k4y - 5103 / 18656 * k5y)
    k6x = a * u - b * u * v
    k6y = d * u * v - c * v
    u = x + h * (35 / 384 * k1x + 500 / 1113 * k3x + 125 / 192 * k4x - 2187 / 6784 * k5x + 11 / 84 * k6x)
    v = y + h * (35 / 384 * k1y + 500 / 1113 * k3y + 125 / 192 * k4y - 2187 / 6784 * k5y + 11 / 84 * k6y)
    return (k1x, k1y, k2x, k2y, k3x, k3y, k4x, k4y, k5x, k5y, k6x, k6y), u, v


def pull(u, v, gx, gy, a, b, c, d):
    """The slope at (u, v) in reverse: cotangents of u and v."""
    m = d * gy - b * gx
    return a * gx + m * v, m * u - c * gy


def rates(u, v, gx, gy, ra, rb, rc, rd):
    """The slope at (u, v) in reverse: cotangents of the rates, added."""
    return ra + gx * u, rb - gx * u * v, rc - gy * v, rd + gy * u * v


def step_back(x, y, h, xb, yb, a, b, c, d, ra, rb, rc, rd):
    """One step in reverse."""
    k, _, _ = stages(x, y, h, a, b, c, d)
    k1x, k1y, k2x, k2y, k3x, k3y, k4x, k4y, k5x, k5y, _, _ = k
    u = x + h * (9017 / 3168 * k1x - 355 / 33 * k2x + 46732 / 5247 * k3x + 49 / 176 * k4x - 5103 / 18656 * k5x)
    v = y + h * (9017 / 3168 * k1y - 355 / 33 * k2y + 46732 / 5247 * k3y + 49 / 176 * k4y - 5103 / 18656 * k5y)
    gx, gy = h * (11 / 84 * xb), h * (11 / 84 * yb)
    w6x, w6y = pull(u, v, gx, gy, a, b, c, d)
    ra, rb, rc, rd = rates(u, v, gx, gy, ra, rb, rc, rd)
    u = x + h * (19372 / 6561 * k1x - 25360 / 2187 * k2x + 64448 / 6561 * k3x - 212 / 729 * k4x)
    v = y + h * (19372 / 6561 * k1y - 25360 / 2187 * k2y + 64448 / 6561 * k3y - 212 / 729 * k4y)
    gx, gy = h * (-2187 / 6784 * xb - 5103 / 18656 * w6x), h * (-2187 / 6784 * yb - 5103 / 18656 * w6y)
    w5x, w5y = pull(u, v, gx, gy, a, b, c, d)
    ra, rb, rc, rd = rates(u, v, gx, gy, ra, rb, rc, rd)
    u = x + h * (44 / 45 * k1x - 56 / 15 * k2x + 32 / 9 * k3x)
    v = y + h * (44 / 45 * k1y - 56 / 15 * k2y + 32 / 9 * k3y)
    gx = h * (125 / 192 * xb - 212 / 729 * w5x + 49 / 176 * w6x)
    gy = h * (125 / 192 * yb - 212 / 729 * w5y + 49 / 176 * w6y)
    w4x, w4y = pull(u, v, gx, gy, a, b, c, d)
    ra, rb, rc, rd = rates(u, v, gx, gy, ra, rb, rc, rd)
    u = x + h * (3 / 40 * k1x + 9 / 40 * k2x)
    v = y + h * (3 / 40 * k1y + 9 / 40 * k2y)
    gx = h * (500 / 1113 * xb + 32 / 9 * w4x + 64448 / 6561 * w5x + 46732 / 5247 * w6x)
    gy = h * (500 / 1113 * yb + 32 / 9 * w4y + 64448 / 6561 * w5y + 46732 / 5247 * w6y)
    w3x, w3y = pull(u, v, gx, gy, a, b, c, d)
    ra, rb, rc, rd = rates(u, v, gx, gy, ra, rb, rc, rd)
    u = x + h * (1 / 5 * k1x)
    v = y + h * (1 / 5 * k1y)
    gx = h * (9 / 40 * w3x - 56 / 15 * w4x - 25360 / 2187 * w5x - 355 / 33 * w6x)
    gy = h * (9 / 40 * w3y - 56 / 15 * w4y - 25360 / 2187 * w5y - 355 / 33 * w6y)
    w2x, w2y = pull(u, v, gx, gy, a, b, c, d)
    ra, rb, rc, rd = rates(u, v, gx, gy, ra, rb, rc, rd)
    gx = h * (35 / 384 * xb + 1 / 5 * w2x + 3 / 40 * w3x + 44 / 45 * w4x + 19372 / 6561 * w5x + 9017 / 3168 * w6x)
    gy = h * (35 / 384 * yb + 1 / 5 * w2y + 3 / 40 * w3y + 44 / 45 * w4y + 19372 / 6561 * w5y + 9017 / 3168 * w6y)
    w1x, w1y = pull(x, y, gx, gy, a, b, c, d)
    ra, rb, rc, rd = rates(x, y, gx, gy, ra, rb, rc, rd)
    return xb + w1x + w2x + w3x + w4x + w5x + w6x, yb + w1y + w2y + w3y + w4y + w5y + w6y, ra, rb, rc, rd


def adjoint(x0, y0, a, b, c, d, t1, tol):
    """Value and gradient, for given steps."""
    x, y, tape, count = forward(x0, y0, a, b, c, d, t1, tol, np.empty((1024, 3)))
    value = x * x + 0.5 * y
    xb = 2.0 * x
    yb = 0.5
    ra = 0.0
    rb = 0.0
    rc = 0.0
    rd = 0.0
    for s in range(count - 1, -1, -1):
        xb, yb, ra, rb, rc, rd = step_back(tape[s, 0], tape[s, 1], tape[s, 2], xb, yb, a, b, c, d, ra, rb, rc, rd)
    return value, xb, yb, ra, rb, rc, rd


def by_hand(args: Args) -> Peer:
    import numba

    space = dict(globals())
    for helper in (stages, pull, rates, step_back, forward):
        space[helper.__name__] = numba.njit(type(helper)(helper.__code__, space))
    return peers.numba_peer(type(adjoint)(adjoint.__code__, space), args)


A = (
    (), (1 / 5,), (3 / 40, 9 / 40), (44 / 45, -56 / 15, 32 / 9), (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
E = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)


def by_jax(args: Args) -> Peer:
    """A scan of a length that is known to be enough, with steps after the end masked: reverse mode wants a bound."""
    t1, tol = args[6:]
    length = {5.0: 96, 50.0: 1536, 1000.0: 30000}[t1]

    def lotka(x0: Any, y0: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
        import jax.numpy as jnp
        from jax import lax

        def slope(s: Any) -> Any:
            return jnp.stack([a * s[0] - b * s[0] * s[1], d * s[0] * s[1] - c * s[1]])

        def step(carried: Any, _: Any) -> Any:
            s, k1, t, h = carried
            done = t1 - t <= 1e-12
            h = jnp.where(done, 1e-3, jnp.where(t + h > t1, t1 - t, h))
            k = [k1]
            for row in A[1:]:
                new = s + h * sum(w * ki for w, ki in zip(row, k) if w)
                k.append(slope(new))
            r = h * sum(w * ki for w, ki in zip(E, k) if w) / (tol + tol * jnp.maximum(jnp.abs(s), jnp.abs(new)))
            err = jnp.sqrt(0.5 * jnp.sum(r * r))
            good = (err <= 1.0) & ~done
            factor = jnp.clip(0.9 * jnp.maximum(err, 1e-10) ** -0.2, 0.2, 5.0)
            after = [jnp.where(good, a, b) for a, b in ((new, s), (k[6], k1), (t + h, t))]
            return (*after, jnp.where(done, h, h * factor)), None

        start = jnp.stack([x0, y0])
        (s, _, _, _), _ = lax.scan(step, (start, slope(start), 0.0 * x0, 0.01 + 0.0 * x0), None, length=length)
        return s[0] ** 2 + 0.5 * s[1]

    return peers.jax_peer(lotka, args[:6], tuple(range(6)))


def by_torchdiffeq(args: Args) -> Peer:
    import torch
    from torchdiffeq import odeint

    t1, tol = args[6:]

    def lotka(x0: Any, y0: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
        def slope(t: Any, s: Any) -> Any:
            return torch.stack([a * s[0] - b * s[0] * s[1], d * s[0] * s[1] - c * s[1]])

        times = torch.tensor([0.0, t1], dtype=torch.float64)
        s = odeint(slope, torch.stack([x0, y0]), times, rtol=tol, atol=tol, method="dopri5")[-1]
        return s[0] ** 2 + 0.5 * s[1]

    return peers.torch_peer(lotka, args[:6], tuple(range(6)))


WORKLOAD = Workload(
    name="lotka",
    title="adaptive Lotka-Volterra solver",
    primal=lotka,
    active=(0, 1, 2, 3, 4, 5),
    sizes={"t=5, 1e-6": (5.0, 1e-6), "t=50, 1e-8": (50.0, 1e-8), "t=1000, 1e-8": (1000.0, 1e-8)},
    quick=("t=5, 1e-6",),
    arguments=lambda size: (1.0, 1.2, 1.5, 1.0, 3.0, 1.0, *size),
    peers={"hand": by_hand, "jax": by_jax, "torchdiffeq": by_torchdiffeq},
    skip={
        ("torchdiffeq", "t=50, 1e-8"): "seconds a call", ("torchdiffeq", "t=1000, 1e-8"): "minutes a call",
        ("jax", "t=1000, 1e-8"): "a second a call",
    },
    at_most={"t=5, 1e-6": 3.0, "t=50, 1e-8": 3.0, "t=1000, 1e-8": 3.0},
    beats_peers=("t=5, 1e-6", "t=50, 1e-8", "t=1000, 1e-8"),
    approximate={"hand": 1e-3, "torchdiffeq": 1e-3},
    step=1e-7,
    tolerance=1e-4,
)
