"""An adaptive integrator with rejected steps, differentiated as it ran: sensitivities of hares and lynxes."""

from __future__ import annotations

import math

import irad


def hares(a, b, c, d, t_end, tol):
    """Lotka-Volterra from (30, 4), by the embedded pair of Bogacki and Shampine; the number of hares at the end."""
    t, x, y, h = 0.0, 30.0, 4.0, 0.1
    while t < t_end:
        h = min(h, t_end - t)
        p1, q1 = a * x - b * x * y, d * x * y - c * y
        u, v = x + h / 2 * p1, y + h / 2 * q1
        p2, q2 = a * u - b * u * v, d * u * v - c * v
        u, v = x + 3 * h / 4 * p2, y + 3 * h / 4 * q2
        p3, q3 = a * u - b * u * v, d * u * v - c * v
        u, v = x + h / 9 * (2 * p1 + 3 * p2 + 4 * p3), y + h / 9 * (2 * q1 + 3 * q2 + 4 * q3)
        p4, q4 = a * u - b * u * v, d * u * v - c * v
        e, g = (-5 * p1 + 6 * p2 + 8 * p3 - 9 * p4) * h / 72, (-5 * q1 + 6 * q2 + 8 * q3 - 9 * q4) * h / 72
        error = math.sqrt(e * e + g * g) / tol
        if error <= 1.0:
            t, x, y = t + h, u, v
        h *= min(3.0, max(0.2, 0.9 * (error + 1e-10) ** (-1 / 3)))
    return x


def main() -> None:
    rates = (0.54, 0.027, 0.80, 0.024)
    value, slopes = irad.value_and_grad(hares, argnums=(0, 1, 2, 3))(*rates, 20.0, 1e-6)
    print(f"hares after 20 years: {value:.4f} thousand")
    for name, slope in zip(("birth", "predation", "death", "growth"), slopes):
        print(f"  by {name:10s} {slope:12.4f}")


if __name__ == "__main__":
    main()
