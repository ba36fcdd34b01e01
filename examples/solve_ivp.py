"""Somebody else's solver, differentiated whole: scipy.integrate.solve_ivp, step control included."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

import irad


def height(drag, speed):
    """How high a ball is after one second that is thrown up, with quadratic drag."""

    def fall(t, y):
        return np.array([y[1], -9.81 - drag * y[1] * abs(y[1])])

    return solve_ivp(fall, (0.0, 1.0), np.array([0.0, speed]), rtol=1e-8, atol=1e-8).y[0, -1]


def main() -> None:
    value, (by_drag, by_speed) = irad.value_and_grad(height, argnums=(0, 1))(0.1, 12.0)
    step = 1e-4
    print(f"height {value:.6f}, from scipy itself {height(0.1, 12.0):.6f}")
    print(f"by drag  {by_drag:.5f}, by differences {(height(0.1 + step, 12.0) - height(0.1 - step, 12.0)) / (2 * step):.5f}")
    print(f"by speed {by_speed:.5f}, by differences {(height(0.1, 12.0 + step) - height(0.1, 12.0 - step)) / (2 * step):.5f}")


if __name__ == "__main__":
    main()
