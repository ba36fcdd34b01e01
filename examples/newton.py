"""Newton's method differentiated through its loop: how the root moves with the parameter."""

from __future__ import annotations

import math

import irad


def root(a):
    """The x with x * exp(x) = a (Lambert's W)."""
    x = math.log(1.0 + a)
    while True:
        step = (x * math.exp(x) - a) / (math.exp(x) * (1.0 + x))
        x -= step
        if abs(step) < 1e-14:
            return x


def main() -> None:
    value_and_slope = irad.value_and_grad(root)
    for a in (0.5, 1.0, 10.0):
        x, slope = value_and_slope(a)
        print(f"W({a:g}) = {x:.12f}, W'({a:g}) = {slope:.12f}, by theory {x / (a * (1.0 + x)):.12f}")


if __name__ == "__main__":
    main()
