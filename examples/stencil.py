"""An array overwritten in place: which initial temperature does the final one depend on?"""

from __future__ import annotations

import numpy as np

import irad


def final_temperature(u, steps, where):
    """Gauss-Seidel sweeps over a rod: each point is overwritten by a mean of its neighbours, old and new."""
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            u[i] = 0.25 * u[i - 1] + 0.5 * u[i] + 0.25 * u[i + 1]
    return u[where]


def main() -> None:
    u = np.linspace(0.0, 1.0, 9)
    before = u.copy()
    sensitivity = irad.grad(final_temperature)(u, 5, 4)
    print("d u_final[4] / d u_initial:", np.round(sensitivity, 4))
    print("they add up to", round(float(sensitivity.sum()), 12))
    print("the input is untouched:", bool((u == before).all()))


if __name__ == "__main__":
    main()
