"""Second derivatives in a direction, each of the two modes over each, which must agree; derivatives inside of compiled code.

No dual numbers are asked: all four ways contain what a first derivative contains, in another order, and derivatives of
derivatives meet code that programs hardly have (shadows and tapes as variables, tangents from outside).
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import irad
from fuzz.observe import Observation, arguments, refusal, shared
from fuzz.oracles import Case, Finding, differentiable, directed, first_line, inner
from fuzz.trees import leaves, mapped

CLOSE = 1e-8  # relative to the largest of the terms
NUDGES = (3e-16, -5e-16, 1e-15)  # relative to the arguments
ENLARGED = 30.0
LEAST = 1e-6  # of what terms are taken to be: what cancels on the way leaves rounding errors of numbers near 1


def check_bends(case: Case) -> None:
    """The first call with a derivative, in one direction."""
    call = next((c for c, o in zip(case.program.calls, case.plain, strict=True) if case.differentiable(o)), None)
    if call is None or not case.argnums or case.coarse:
        return
    args = arguments(call, case.f)
    if shared(args) or any(callable(leaf) for leaf in leaves(args)):
        return
    direction = directed(case, args, special=False)
    pairs = zip(args, direction, strict=True)
    tangent = tuple(mapped(lambda a, d: d if differentiable(a) else None, a, d, known={}) for a, d in pairs)
    found: dict[str, list[float]] = {}
    for name, terms in ways(case, call, direction, tangent).items():
        try:
            found[name] = terms()
        except irad.IradError as error:
            case.report.counts[f"no second derivative: {case.report.refused(error)}"] += 1
        except (OverflowError, MemoryError, RecursionError):  # pass all handlers; of the first derivative
            return
        except Exception as error:
            told = f"{name}: {type(error).__name__}: {first_line(error)} for {call}"
            raise Finding("second derivative's error", told) from error
    case.report.counts["second derivative"] += len(found)
    if not all(math.isfinite(t) for terms in found.values() for t in terms):
        return
    size = max([LEAST, *(abs(t) for terms in found.values() for t in terms)])
    totals = {name: sum(terms) for name, terms in found.items()}
    apart = max(totals.values()) - min(totals.values()) if totals else 0.0
    if apart > CLOSE * size and apart > rounding(case, call, direction, tangent, totals):
        raise Finding("second derivative", f"{totals} for {call}")


def rounding(case: Case, call: str, direction: tuple[Any, ...], tangent: tuple[Any, ...], totals: dict[str, float]) -> float:
    """What the last digits of the arguments change, enlarged: where large terms cancel on the way, nothing else is left."""
    found = [0.0]
    for nudge in NUDGES:
        near = ways(case, call, direction, tangent, nudge)
        found += [abs(sum(near[name]()) - total) for name, total in totals.items()]
    return ENLARGED * max(found)


def check_inside(case: Case) -> None:
    """The derivative by the first argument, asked for in compiled code of a function that captured the others."""
    f = scalar(case)

    def inside(x: Any, *rest: Any) -> Any:
        return irad.value_and_grad(lambda x: f(x, *rest))(x)

    for call in case.program.calls[:2]:
        if shared(arguments(call, case.f)):
            continue
        want, found = (Observation(g, arguments(call, case.f)) for g in (irad.value_and_grad(f), irad.compile(inside)))
        if refusal(want.error) is not None or refusal(found.error) is not None:
            case.report.counts["not inside"] += 1
        elif (found.outcome, found.after) != (want.outcome, want.after):
            raise Finding("inside", f"{found} instead of {want} for {call}")
        else:
            case.report.counts["inside"] += 1


def scalar(case: Case) -> Callable[..., Any]:
    """The function, without what it returns beside the number that has a derivative."""
    whole = case.f
    return (lambda *args: whole(*args)[0]) if case.has_aux else whole


def ways(
    case: Case, call: str, direction: tuple[Any, ...], tangent: tuple[Any, ...], nudge: float = 0.0,
) -> dict[str, Callable[[], list[float]]]:
    """Each way to the second derivative, as what gives its terms. nudge: what the arguments are changed by, relatively."""
    whole, f = case.f, scalar(case)
    gradient = irad.grad(f, argnums=case.argnums)
    other = copy.deepcopy(tangent)  # no object may be an argument and read from outside as well

    def slope(*args: Any) -> Any:
        return irad.jvp(f, args, tangent)[1]

    def args() -> tuple[Any, ...]:
        given = arguments(call, whole)
        if not nudge:
            return given
        return tuple(mapped(lambda a: a * (1.0 + nudge) if differentiable(a) else a, a, known={}) for a in given)

    def along(parts: Any) -> list[float]:
        return [t for part, i in zip(parts, case.argnums, strict=True) for t in inner(part, direction[i])]

    def pulled() -> list[float]:
        _, pullback = irad.vjp(gradient, *args())
        parts = pullback(tuple(tangent[i] for i in case.argnums))
        return along([parts[i] for i in case.argnums])

    return {
        "forward over reverse": lambda: along(irad.jvp(gradient, args(), other)[1]),
        "reverse over forward": lambda: along(irad.grad(slope, argnums=case.argnums)(*args())),
        "forward over forward": lambda: [float(irad.jvp(slope, args(), other)[1])],
        "reverse over reverse": pulled,
    }
