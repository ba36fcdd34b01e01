"""A loop whose trip count is an argument: the gradient of x ** n as a loop, compiled once for every n."""

from __future__ import annotations

import irad


def my_pow(x, n):
    net = 1.0
    for _ in range(n):
        net *= x
    return net


def main() -> None:
    derivative = irad.grad(my_pow)
    for n in (1, 2, 3, 10):
        print(f"d/dx x**{n:<2} at 2 = {derivative(2.0, n):g}   (n * 2**(n-1) = {n * 2 ** (n - 1)})")
    print(derivative.ir())


if __name__ == "__main__":
    main()
