"""A function with a branch: only the branch taken counts, and neither is traced or evaluated twice."""

from __future__ import annotations

import irad


def f(x):
    return 2 * x if x > 0 else x**2


def main() -> None:
    slope = irad.grad(f)
    for x in (3.0, -3.0):
        print(f"f({x:g}) = {f(x):g}, f'({x:g}) = {slope(x):g}")
    print(slope.ir())


if __name__ == "__main__":
    main()
