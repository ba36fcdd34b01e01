"""A function of a C library in compiled code: called in CPython, with the derivative that is written down beside it."""

from __future__ import annotations

from scipy import special

import irad


def j0(x):
    return irad.callback(special.j0, float, x, vjp=lambda x, ct: (-ct * irad.callback(special.j1, float, x),))


@irad.compile
def root(x):
    """Newton's method, which says what it does."""
    step = 1.0
    while abs(step) > 1e-12:
        value, slope = irad.value_and_grad(j0)(x)
        step = value / slope
        x -= step
        print(f"x = {x:.15f}, J0(x) = {value: .1e}")
    return x


def main() -> None:
    print("the lowest tone of a drum:", root(2.0), "by scipy", special.jn_zeros(0, 1)[0])


if __name__ == "__main__":
    main()
