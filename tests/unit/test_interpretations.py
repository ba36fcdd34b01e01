"""How often inference interprets a block until the shapes in it are stable."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

integrate = pytest.importorskip("scipy.integrate")

import irad  # noqa: E402
from irad.infer.solve import Solver  # noqa: E402


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def moved(self, d):
        return Point(self.x + d, self.y * d)


def with_objects(x, n):
    p = Point(x, 1)
    rows = []
    for i in range(n):
        p = p.moved(0.5) if p.x < 3 else Point(p.y, p.x)
        rows.append((p.x, [p.y, i]))
    return sum(a * b[0] for a, b in rows) + len(rows)


def kinds_at_joins(x, n):
    s, best = 0, None
    for i in range(n):
        for j in range(i):
            s = s + x if j % 2 else s + 1
            if best is None or s > best:
                best = s
        try:
            s /= i - 2
        except ZeroDivisionError:
            continue
    return s + best


def arrays(x, n):
    a = np.zeros((n, n))
    for i in range(n):
        a[i] = np.linspace(0.0, x, n) ** i
    q = np.median(a, axis=0)
    return np.sum(np.linalg.solve(a @ a.T + np.eye(n) * 9.0, q)) + math.fsum(np.sort(a[-1]))


def solver(x, n):
    return integrate.solve_ivp(lambda t, y: [y[1], -x * y[0]], (0.0, float(n)), [1.0, 0.0]).y[0, -1]


@pytest.mark.parametrize("f", [with_objects, kinds_at_joins, arrays, solver], ids=lambda f: f.__name__)
def test_at_most_four_on_average(f, monkeypatch):
    counts = {"interpretations": 0, "blocks": 0}
    visit = Solver._visit

    def counted(self: Solver, t: Any) -> Any:
        counts["interpretations"] += 1
        counts["blocks"] += t.visits == 0
        return visit(self, t)

    monkeypatch.setattr(Solver, "_visit", counted)
    irad.value_and_grad(f)(1.5, 4)
    assert counts["blocks"] > 10
    assert counts["interpretations"] <= 4 * counts["blocks"], counts
