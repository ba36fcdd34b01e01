"""`round` to digits in plain Python: CPython's (the exact decimal value, ties to even) and numpy's (scale, round, scale back)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from irad.lib import out_of_line
from irad.lib.primitives import fma

WHOLE = 2.0**53  # floats from here on are whole numbers
LARGEST = 1.7976931348623157e308
BELOW = 1.0 - 2.0**-50  # takes more off a guess than it is wrong by
ROUNDING = 1.5 * WHOLE  # x / unit beyond this (even if it is a little off): x is the float nearest to its own rounding
MOST_DIGITS, FEWEST_DIGITS = 323, -308  # beyond these every float is its own rounding, or rounds to zero
EXACT_POWERS = 22  # 10**22 is a float, 10**23 is not


# -- CPython's ---------------------------------------------------------------------------------------------------


def round_float(x: float, digits: int) -> float:
    """round(x, digits): the float nearest to the nearest multiple of 10**-digits, ties of the exact value to even."""
    if x - x != 0.0 or digits > MOST_DIGITS:
        return x
    if digits < FEWEST_DIGITS:
        return 0.0 * x
    if 0 <= digits <= EXACT_POWERS:
        return near_fraction(x, 10.0**digits)
    if -EXACT_POWERS <= digits < 0:
        return near_tens(x, 10.0**-digits)
    return math.copysign(far(abs(x), digits), x)


def nearest(scaled: float, error: float) -> float:
    """The whole number nearest to `scaled + error`, ties to even, where the error is below half a unit of `scaled`."""
    n = float(np.rint(scaled))
    if scaled - n == 0.5 and error > 0.0:
        return n + 1.0
    if scaled - n == -0.5 and error < 0.0:
        return n - 1.0
    return n


def near_fraction(x: float, power: float) -> float:
    scaled = x * power
    if abs(scaled) >= WHOLE:
        return x
    return nearest(scaled, fma(x, power, -scaled)) / power


def near_tens(x: float, power: float) -> float:
    scaled = x / power
    if abs(scaled) >= WHOLE:
        return x
    return nearest(scaled, fma(-scaled, power, x)) * power


# Where 10**digits is not a float: a guess in floats, and exact comparisons of whole numbers with what lies half-way.


@out_of_line
def far(x: float, digits: int) -> float:
    """`round_float` for x >= 0 and more digits."""
    size = scaled(x, digits)
    if size >= ROUNDING:
        return x
    if size < 0.25:
        return 0.0
    m, e = math.frexp(x)
    n = int(size * BELOW)
    while beyond_half(int(m * WHOLE), e - 53, digits, n):
        n += 1
    if n == 0:
        return 0.0
    m, e = math.frexp(min(scaled(float(n), -digits) * BELOW, LARGEST))
    exponent = max(e - 53, -1074)
    whole = int(math.ldexp(m, e - exponent))
    if exponent == -1074:  # of a subnormal number `BELOW` takes nothing off
        whole = max(whole - 2, 0)
    while beyond_half(n, -exponent, -digits, whole):
        whole += 1
        if whole == 1 << 53:
            whole, exponent = 1 << 52, exponent + 1
        if exponent == 972:
            raise OverflowError("rounded value too large to represent")
    return math.ldexp(float(whole), exponent)


@out_of_line
def scaled(x: float, digits: int) -> float:
    """x * 10**digits to a few units in the last place."""
    half = abs(digits) // 2
    if digits < 0:
        return x / 10.0**half / 10.0 ** (-digits - half)
    return x * 10.0**half * 10.0 ** (digits - half)


@out_of_line
def beyond_half(m: int, exponent: int, digits: int, n: int) -> bool:
    """Whether m * 2**exponent * 10**digits rounds to more than n, ties to even."""
    if digits >= 0:
        side = compare(m, digits, 2 * n + 1, -exponent - digits - 1)
    else:
        side = -compare(2 * n + 1, -digits, m, exponent + digits + 1)
    return side > 0 or (side == 0 and n % 2 == 1)


LIMB = 30  # bits in each place of a large number, lowest place first
PLACES = 30  # 5**323 has 750 bits
MASK = (1 << LIMB) - 1


@out_of_line
def compare(m: int, fives: int, n: int, twos: int) -> int:
    """The sign of m * 5**fives - n * 2**twos, for m * 5**fives >= 2**53 and n <= 2**55."""
    if twos < -2:
        return 1
    place, bit = (twos + 2) // LIMB, (twos + 2) % LIMB
    if place > PLACES - 3:
        return -1
    number = np.zeros(PLACES, np.int64)
    number[0], number[1] = 4 * m & MASK, 4 * m >> LIMB
    while fives > 0:
        factor, fives = (5**12, fives - 12) if fives >= 12 else (5, fives - 1)
        carry = np.int64(0)
        for i in range(PLACES):
            product = number[i] * factor + carry
            number[i] = product & MASK
            carry = product >> LIMB
    number[place] -= (n & MASK) << bit
    number[place + 1] -= (n >> LIMB) << bit
    carry = rest = np.int64(0)
    for i in range(PLACES):
        carry += number[i]
        rest |= carry & MASK
        carry >>= LIMB
    return -1 if carry < 0 else int(rest != 0)


def round_int(n: int, digits: int) -> int:
    """round(n, digits) for digits < 0: the nearest multiple of 10**-digits, ties to even."""
    if digits < -19 or (digits == -19 and -5 * 10**18 <= n <= 5 * 10**18):
        return 0
    if digits == -19:
        raise OverflowError("a rounded int leaves the range of 64-bit integers")
    unit: int = 10**-digits
    quotient, rest = n // unit, n % unit
    if rest > unit - rest or (rest == unit - rest and quotient % 2 == 1):
        quotient += 1
    return quotient * unit


# -- numpy's -----------------------------------------------------------------------------------------------------


def power_of_ten(digits: int) -> float:
    """10**digits as numpy multiplies it together: infinite from 309 on."""
    power = 1.0
    for _ in range(min(digits, 400)):
        power *= 10.0
    return power


def round_scaled(x: Any, digits: int) -> Any:
    """np.round of a float, or of an int where digits < 0 (a float comes out)."""
    if digits == 0:
        return np.rint(x)
    if digits > 0:
        power = power_of_ten(digits)
        return np.rint(x * power) / power
    power = power_of_ten(-digits)
    return np.rint(x / power) * power
