"""An adaptive solver written as a class: its state changes in a while loop until its status says that it is done."""

from __future__ import annotations

import math

import irad


class HeunEuler:
    """Steps of Heun's method; the difference to Euler's tells how long the next one may be."""

    def __init__(self, fun, t, y, end, tol):
        self.fun, self.t, self.y, self.end, self.tol = fun, t, y, end, tol
        self.h = 0.01
        self.status = "running"
        self.rejected = 0

    def step(self):
        h = min(self.h, self.end - self.t)
        k1 = self.fun(self.t, self.y)
        k2 = self.fun(self.t + h, self.y + h * k1)
        error = abs(0.5 * h * (k2 - k1))
        if error <= self.tol:
            self.t += h
            self.y += 0.5 * h * (k1 + k2)
            if self.t >= self.end:
                self.status = "finished"
        else:
            self.rejected += 1
        self.h = h * min(2.0, max(0.2, 0.9 * math.sqrt(self.tol / (error + 1e-300))))


def after(rate, y0):
    """y(2) of y' = -rate * y * y."""
    solver = HeunEuler(lambda t, y: -rate * y * y, 0.0, y0, 2.0, 1e-7)
    while solver.status == "running":
        solver.step()
    return solver.y


def main() -> None:
    rate, y0 = 1.5, 1.0
    value, (by_rate, by_y0) = irad.value_and_grad(after, argnums=(0, 1))(rate, y0)
    print(f"y(2) = {value:.5f}, exactly {y0 / (1 + 2 * rate * y0):.5f}")
    print(f"by the rate {by_rate:.4f}, by y(0) {by_y0:.4f}")
    print(f"exactly     {-2 * y0**2 / (1 + 2 * rate * y0) ** 2:.4f}        {1 / (1 + 2 * rate * y0) ** 2:.4f}")


if __name__ == "__main__":
    main()
