"""Recursion: an adaptive Simpson rule that calls itself twice, and the derivative of the integral."""

from __future__ import annotations

import math

import irad


def f(x, a):
    return math.exp(-a * x * x)


def part(a, lo, hi, flo, fmid, fhi, whole, tol):
    mid = 0.5 * (lo + hi)
    fl, fr = f(0.5 * (lo + mid), a), f(0.5 * (mid + hi), a)
    left = (mid - lo) / 6.0 * (flo + 4.0 * fl + fmid)
    right = (hi - mid) / 6.0 * (fmid + 4.0 * fr + fhi)
    if abs(left + right - whole) < 15.0 * tol:
        return left + right + (left + right - whole) / 15.0
    return part(a, lo, mid, flo, fl, fmid, left, tol / 2.0) + part(a, mid, hi, fmid, fr, fhi, right, tol / 2.0)


def integral(a, end):
    flo, fmid, fhi = f(0.0, a), f(0.5 * end, a), f(end, a)
    return part(a, 0.0, end, flo, fmid, fhi, end / 6.0 * (flo + 4.0 * fmid + fhi), 1e-10)


def main() -> None:
    value, (by_a, by_end) = irad.value_and_grad(integral, argnums=(0, 1))(1.0, 8.0)
    print(f"integral   {value:.10f}   sqrt(pi)/2  {math.sqrt(math.pi) / 2:.10f}")
    print(f"d/da      {by_a:.10f}  -sqrt(pi)/4 {-math.sqrt(math.pi) / 4:.10f}")
    print(f"d/dend     {by_end:.3e}     exp(-64)    {math.exp(-64.0):.3e}")


if __name__ == "__main__":
    main()
