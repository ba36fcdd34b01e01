"""Adaptive quadrature with extrapolation, as QUADPACK's QAGS and QAGI define it: what scipy.integrate.quad calls.

Intervals are halved where the estimated error is largest; from time to time the sums over all intervals are extrapolated by the
epsilon algorithm. The derivative of the result is that of the sums over the nodes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib.reductions import refuse

EPS, TINY, HUGE = 2.220446049250313e-16, 2.2250738585072014e-308, 1.7976931348623157e308
LONGEST = 50  # of the table of the epsilon algorithm

# Gauss-Kronrod rules: nodes on one side, the weights of Kronrod's rule (the last one belongs to the middle) and of Gauss' rule
NODES_21 = (
    0.995657163025808080735527280689003, 0.973906528517171720077964012084452, 0.930157491355708226001207180059508,
    0.865063366688984510732096688423493, 0.780817726586416897063717578345042, 0.679409568299024406234327365114874,
    0.562757134668604683339000099272694, 0.433395394129247190799265943165784, 0.294392862701460198131126602103866,
    0.14887433898163121088482600112972,
)
KRONROD_21 = (
    0.011694638867371874278064396062192, 0.03255816230796472747881897245939, 0.05475589657435199603138130024458,
    0.07503967481091995276704314091619, 0.093125454583697605535065465083366, 0.109387158802297641899210590325805,
    0.123491976262065851077958109585166, 0.134709217311473325928054001771707, 0.142775938577060080797094273138717,
    0.147739104901338491374841515972068, 0.149445554002916905664936468389821,
)
GAUSS_21 = (
    0.066671344308688137593568809893332, 0.149451349150580593145863396957658, 0.219086362515982043995534934228163,
    0.269266719309996355091226921569469, 0.295524224714752870173815619188769,
)
NODES_15 = (
    0.991455371120812639206854697526329, 0.949107912342758524526189684047851, 0.864864423359769072789712788640926,
    0.741531185599394439863864773280788, 0.58608723546769113029414469469311, 0.405845151377397166906606412076961,
    0.207784955007898467600689403773245,
)
KRONROD_15 = (
    0.022935322010529224963732008058970, 0.063092092629978553290700663189204, 0.104790010322250183839876322541518,
    0.140653259715525918745189590510238, 0.16900472663926790282829543360773, 0.190350578064785409913256402421014,
    0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
)
GAUSS_15 = (0.129484966168869693270611432679082, 0.27970539148927666790146777142378, 0.381830050505118944950369775488975)
GAUSS_15_MIDDLE = 0.417959183673469387755102040816327


def qags(func: Any, a: Any, b: Any, args: Any, full: Any, epsabs: Any, epsrel: Any, limit: int) -> Any:
    """The integral from a to b, an estimate of its error, and what went wrong (0: nothing)."""
    if full:
        refuse("scipy.integrate.quad with full_output=1", "ask for the integral and its error only")
    low, high = float(a), float(b)
    return of_python(adaptive(lambda u, v: rule_21(lambda x: float(func(x, *args)), u, v), low, high, epsabs, epsrel, limit))


def qagi(func: Any, bound: Any, kind: int, args: Any, full: Any, epsabs: Any, epsrel: Any, limit: int) -> Any:
    """The integral from the bound to infinity (kind 1), from minus infinity to it (-1), or over all numbers (2)."""
    if full:
        refuse("scipy.integrate.quad with full_output=1", "ask for the integral and its error only")
    start = 0.0 if kind == 2 else float(bound)
    rule = lambda u, v: rule_15(lambda x: float(func(x, *args)), start, kind, u, v)
    return of_python(adaptive(rule, 0.0, 1.0, epsabs, epsrel, limit))


def of_python(found: tuple[Any, Any, int]) -> tuple[float, float, int]:
    """The outcome in numbers of Python, as QUADPACK gives it: those that come out of arrays are numpy's."""
    integral, error, trouble = found
    return float(integral), float(error), trouble


# -- rules on one interval -----------------------------------------------------------------------------------------


def rule_21(f: Any, a: float, b: float) -> Any:
    """The integral, its error, the integral of the size, and that of the distance from the mean."""
    middle, half = 0.5 * (a + b), 0.5 * (b - a)
    values = np.empty(21)
    for i in range(21):  # f is called at one place only: it may be large
        k = (i - 1) // 2
        j = 2 * k + 1 if k < 5 else 2 * (k - 5)  # those of Gauss' rule first
        step = -0.0 if i == 0 else half * NODES_21[j]
        values[i] = f(middle - step if i % 2 == 1 else middle + step)
    at_middle = values[0]
    left, right = np.empty(10), np.empty(10)
    gauss, kronrod = 0.0, KRONROD_21[10] * at_middle
    size = abs(kronrod)
    for k in range(10):
        j = 2 * k + 1 if k < 5 else 2 * (k - 5)
        left[j], right[j] = values[2 * k + 1], values[2 * k + 2]
        both = left[j] + right[j]
        if k < 5:
            gauss += GAUSS_21[k] * both
        kronrod += KRONROD_21[j] * both
        size += KRONROD_21[j] * (abs(left[j]) + abs(right[j]))
    mean = kronrod * 0.5
    spread = KRONROD_21[10] * abs(at_middle - mean)
    for j in range(10):
        spread += KRONROD_21[j] * (abs(left[j] - mean) + abs(right[j] - mean))
    return judged(kronrod * half, (kronrod - gauss) * half, size * abs(half), spread * abs(half))


def rule_15(f: Any, start: float, kind: int, a: float, b: float) -> Any:
    """The same of f after x = start + (1 - t) / t, over a piece of the interval from 0 to 1."""
    side = float(min(1, kind))

    def inside(t: float) -> float:
        x = start + side * (1.0 - t) / t
        y = f(x)
        if kind == 2:
            y += f(-x)
        return float(y / t / t)

    middle, half = 0.5 * (a + b), 0.5 * (b - a)
    values = np.empty(15)
    for i in range(15):
        step = -0.0 if i == 0 else half * NODES_15[(i - 1) // 2]
        values[i] = inside(middle - step if i % 2 == 1 else middle + step)
    at_middle = values[0]
    left, right = np.empty(7), np.empty(7)
    gauss, kronrod = GAUSS_15_MIDDLE * at_middle, KRONROD_15[7] * at_middle
    size = abs(kronrod)
    for j in range(7):
        left[j], right[j] = values[2 * j + 1], values[2 * j + 2]
        both = left[j] + right[j]
        if j % 2 == 1:
            gauss += GAUSS_15[j // 2] * both
        kronrod += KRONROD_15[j] * both
        size += KRONROD_15[j] * (abs(left[j]) + abs(right[j]))
    mean = kronrod * 0.5
    spread = KRONROD_15[7] * abs(at_middle - mean)
    for j in range(7):
        spread += KRONROD_15[j] * (abs(left[j] - mean) + abs(right[j] - mean))
    return judged(kronrod * half, (kronrod - gauss) * half, size * half, spread * half)


def judged(result: float, difference: float, size: float, spread: float) -> Any:
    """What a rule returns, with the error estimated from its difference to the lower rule."""
    error = abs(difference)
    if spread != 0.0 and error != 0.0:
        error = spread * min(1.0, (200.0 * error / spread) ** 1.5)
    if size > TINY / (50.0 * EPS):
        error = max(EPS * 50.0 * size, error)
    return result, error, size, spread


# -- halving and extrapolation -------------------------------------------------------------------------------------


def ranked(errors: Any, count: int, rank: int) -> int:
    """The place of the error that is number `rank` by size, the largest being number 1."""
    place = 0
    for i in range(count):
        larger = 1
        for j in range(count):
            if errors[j] > errors[i] or (errors[j] == errors[i] and j < i):
                larger += 1
        if larger == rank:
            place = i
    return place


def adaptive(rule: Any, a: float, b: float, epsabs: float, epsrel: float, limit: int) -> Any:
    if limit < 1 or (epsabs <= 0.0 and epsrel < max(50.0 * EPS, 0.5e-28)):
        return 0.0, 0.0, 6
    result, error, size, spread = rule(a, b)
    allowed = max(epsabs, epsrel * abs(result))
    trouble = 0
    if error <= 100.0 * EPS * size and error > allowed:
        trouble = 2
    if limit == 1:
        trouble = 1
    if trouble != 0 or (error <= allowed and error != spread) or error == 0.0:
        return result, error, trouble
    return halved(rule, a, b, epsabs, epsrel, limit, result, error, size)


def halved(
    rule: Any, a: float, b: float, epsabs: float, epsrel: float, limit: int, first: float, first_error: float, size: float,
) -> Any:
    starts, ends, parts, errors = np.zeros(limit), np.zeros(limit), np.zeros(limit), np.zeros(limit)
    starts[0], ends[0], parts[0], errors[0] = a, b, first, first_error
    table, former = np.zeros(LONGEST + 3), np.zeros(3)
    table[0] = first
    filled, extrapolations = 2, 0
    area, total = first, first_error
    best, best_error, correction = first, HUGE, 0.0
    at, rank = 0, 1
    same_sign = abs(first) >= (1.0 - 50.0 * EPS) * size
    extrapolating = False
    given_up = False
    stuck, stuck_then, grown, idle = 0, 0, 0, 0
    trouble, lesser, wanted = 0, 0, 0.0
    small, of_large = 0.0, 0.0
    summed = False
    count = 1
    while count < limit:
        count += 1
        left, right = starts[at], ends[at]
        centre = 0.5 * (left + right)
        last_error = errors[at]
        area_1, error_1, _, spread_1 = rule(left, centre)
        area_2, error_2, _, spread_2 = rule(centre, right)
        both, error = area_1 + area_2, error_1 + error_2
        total += error - last_error
        area += both - parts[at]
        if spread_1 != error_1 and spread_2 != error_2:
            if abs(parts[at] - both) <= 1e-5 * abs(both) and error >= 0.99 * last_error:
                if extrapolating:
                    stuck_then += 1
                else:
                    stuck += 1
            if count > 10 and error > last_error:
                grown += 1
        allowed = max(epsabs, epsrel * abs(area))
        if stuck + stuck_then >= 10 or grown >= 20:
            trouble = 2
        if stuck_then >= 5:
            lesser = 3
        if count == limit:
            trouble = 1
        if max(abs(left), abs(right)) <= (1.0 + 100.0 * EPS) * (abs(centre) + 1000.0 * TINY):
            trouble = 4
        new = count - 1
        if error_2 > error_1:
            starts[new], ends[new], parts[new], errors[new] = left, centre, area_1, error_1
            starts[at], parts[at], errors[at] = centre, area_2, error_2
        else:
            starts[new], ends[new], parts[new], errors[new] = centre, right, area_2, error_2
            ends[at], parts[at], errors[at] = centre, area_1, error_1
        while rank > 1 and errors[at] > errors[ranked(errors, count, rank - 1)]:
            rank -= 1
        at = ranked(errors, count, rank)
        if total <= allowed:
            summed = True
            break
        if trouble != 0:
            break
        if count == 2:
            small, of_large, wanted = abs(b - a) * 0.375, total, allowed
            table[1] = area
            continue
        if given_up:
            continue
        of_large -= last_error
        if abs(centre - left) > small:
            of_large += error
        if not extrapolating:
            if abs(ends[at] - starts[at]) > small:
                continue
            extrapolating = True
            rank = 2
        large_left = False
        if lesser != 3 and of_large > wanted:
            most = limit + 3 - count if count > 2 + limit // 2 else count
            for _ in range(rank, most + 1):
                at = ranked(errors, count, rank)
                if abs(ends[at] - starts[at]) > small:
                    large_left = True
                    break
                rank += 1
        if large_left:
            continue
        filled += 1
        table[filled - 1] = area
        extrapolations += 1
        filled, guess, guess_error = extrapolated(table, filled, former, extrapolations)
        idle += 1
        if idle > 5 and best_error < 1e-3 * total:
            trouble = 5
        if guess_error < best_error:
            idle = 0
            best, best_error, correction = guess, guess_error, of_large
            wanted = max(epsabs, epsrel * abs(guess))
            if best_error <= wanted:
                break
        if filled == 1:
            given_up = True
        if trouble == 5:
            break
        at, rank = ranked(errors, count, 1), 1
        extrapolating = False
        small *= 0.5
        of_large = total
    if not summed and best_error != HUGE:
        if trouble + lesser != 0:
            if lesser == 3:
                best_error += correction
            if trouble == 0:
                trouble = 3
            if best != 0.0 and area != 0.0:
                summed = best_error / abs(best) > total / abs(area)
            else:
                summed = best_error > total
        tested = not summed and area != 0.0 and (same_sign or max(abs(best), abs(area)) > size * 0.01)
        if tested and (best / area < 0.01 or best / area > 100.0 or total > abs(area)):
            trouble = 6
        if not summed:
            return best, best_error, trouble - 1 if trouble > 2 else trouble
    found = 0.0
    for i in range(count):
        found += parts[i]
    return found, total, trouble - 1 if trouble > 2 else trouble


def extrapolated(table: Any, filled: int, former: Any, number: int) -> Any:
    """One step of the epsilon algorithm: how much of the table is in use then, the limit of the sequence, and its error."""
    error = HUGE
    best = table[filled - 1]
    if filled < 3:
        return filled, best, max(error, 5.0 * EPS * abs(best))
    table[filled + 1] = table[filled - 1]
    columns = (filled - 1) // 2
    table[filled - 1] = HUGE
    before, at = filled, filled
    for i in range(1, columns + 1):
        guess = table[at + 1]
        e0, e1, e2 = table[at - 3], table[at - 2], guess
        change_2, change_3 = e2 - e1, e1 - e0
        tol_2, tol_3 = max(abs(e2), abs(e1)) * EPS, max(abs(e1), abs(e0)) * EPS
        if abs(change_2) <= tol_2 and abs(change_3) <= tol_3:
            error = max(abs(change_2) + abs(change_3), 5.0 * EPS * abs(guess))
            return filled, guess, error
        e3 = table[at - 1]
        table[at - 1] = e1
        change_1 = e1 - e3
        tol_1 = max(abs(e1), abs(e3)) * EPS
        if abs(change_1) <= tol_1 or abs(change_2) <= tol_2 or abs(change_3) <= tol_3:
            filled = 2 * i - 1
            break
        slope = 1.0 / change_1 + 1.0 / change_2 - 1.0 / change_3
        if abs(slope * e1) <= 1e-4:
            filled = 2 * i - 1
            break
        guess = e1 + 1.0 / slope
        table[at - 1] = guess
        at -= 2
        guess_error = abs(change_2) + abs(guess - e2) + abs(change_3)
        if guess_error <= error:
            error, best = guess_error, guess
    if filled == LONGEST:
        filled = 2 * (LONGEST // 2) - 1
    start = 0 if before % 2 == 1 else 1
    for _ in range(columns + 1):
        table[start] = table[start + 2]
        start += 2
    if before != filled:
        for k in range(filled):
            table[k] = table[before - filled + k]
    if number < 4:
        former[number - 1] = best
        error = HUGE
    else:
        error = abs(best - former[2]) + abs(best - former[1]) + abs(best - former[0])
        former[0], former[1], former[2] = former[1], former[2], best
    return filled, best, max(error, 5.0 * EPS * abs(best))
