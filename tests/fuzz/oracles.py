"""The oracles: what a compiled program must agree with.

    CPython          value and type bit for bit, exceptions with their messages, what happened to the arguments; where
                     docs/semantics.md allows other last bits: those (`lastbits.py`)
    dual numbers     the gradient, and the forward derivative, in random directions (scaled by the condition)
    interpreter      the IR in form `loops`: the value bit for bit
    dot product      forward against reverse
    tape policy      the gradient under a random plan, bit for bit

`examine` runs them all with one LLVM build. Tier 2 adds every pass, LLVM's levels and all policies.
"""

from __future__ import annotations

import dataclasses
import math
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from programs.duals import tape, trouble
from programs.oracle import Derivative, derivative, dual_copy, seeded
from programs.outcomes import bits

import irad
from fuzz.claims import Claims, Wrong, run_claimed
from fuzz.lastbits import deviates, with_last_bits
from fuzz.observe import (
    GIVEN,
    Long,
    Observation,
    arguments,
    arrays_in,
    beyond,
    defined,
    goes_deep,
    in_time,
    left,
    refusal,
    shared,
    with_machine_ints,
)
from fuzz.programs import Program
from fuzz.subject import FUEL, Subject, Thunk, compile_subject, policies
from fuzz.trees import children, leaves, links, mapped, mutable
from irad.ir.clone import clone_function
from irad.ir.interpret import InterpretError
from irad.pipeline import collections_deferred

DIRECTIONS = 2
CPYTHON_SECONDS = 0.5  # for all calls of a program; the interpreter and the dual numbers need a hundred times as long
NO_NUMBER = "grad needs a function that returns one real number"
MOST_WORDS = 120  # letters of them
SHARED = "too large to share a variable with floats"
HUGE = 1e80  # beyond this (or below its inverse) products overflow (or are lost) in one order and not in another


class Finding(Exception):
    """A disagreement. `kind` is what shrinking preserves."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind, self.detail = kind, detail


@dataclasses.dataclass
class Report:
    """What became of a program: "passed", "refused" (`reason`) or a finding; and how often each oracle had a say."""

    outcome: str = "passed"
    reason: str = ""
    finding: Finding | None = None
    counts: Counter[str] = dataclasses.field(default_factory=Counter)
    refusals: Counter[str] = dataclasses.field(default_factory=Counter)  # by what they say

    def refused(self, error: Exception) -> str | None:
        """Note a refusal: its kind, or None if it is none."""
        kind = refusal(error)
        if kind is not None:
            self.refusals[re.sub(r"\d+", "", first_line(error))[:MOST_WORDS]] += 1
        return kind


@dataclasses.dataclass
class Case:
    """A program on its way through the oracles."""

    program: Program
    f: Any
    calls: list[tuple[Any, ...]]
    plain: list[Observation]
    allowed: list[tuple[Observation, ...]]  # what else a call may do: the same with irad's last bits
    argnums: tuple[int, ...]
    has_aux: bool
    report: Report
    rng: random.Random
    fence: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None = None  # puts arrays between fences

    def given(self, call: str) -> tuple[Any, ...]:
        """An argument list from its text."""
        args = arguments(call, self.f)
        return self.fence(args) if self.fence else args

    @property
    def coarse(self) -> bool:
        """Whether there are 32-bit floats: dual numbers and their conditions have 64 bits."""
        return any(getattr(x, "dtype", None) == np.float32 for arg in self.calls[0] for x in leaves(arg))

    @property
    def has_single(self) -> bool:
        """Whether an array of some call has an axis of one element: the code is for all extents then."""
        return any(1 in a.shape for call in self.calls for a in arrays_in(call))

    def good_call(self) -> str | None:
        """A call that returns, and passes no array twice: what the interpreter runs. One with a derivative, if there is any."""
        calls = zip(self.program.calls, self.plain, strict=True)
        good = [(call, plain) for call, plain in calls if plain.error is None and not shared(arguments(call, self.f))]
        return next((call for call, plain in good if self.differentiable(plain)), good[0][0] if good else None)

    def differentiable(self, plain: Observation) -> bool:
        """Whether a call returns what `grad` needs: one real number (and more, beside it)."""
        value = plain.value[0] if self.has_aux and isinstance(plain.value, tuple) else plain.value
        return plain.error is None and isinstance(value, (float, np.float32))


def examine(program: Program, tier: int = 1, level: int | None = None) -> Report:
    """Run the oracles over a program."""
    report = Report()
    try:
        with in_time(CPYTHON_SECONDS):
            case = started(program, report)
        with collections_deferred():
            check_native(case, level if level is not None else 3 if case.rng.random() < 0.25 else 0)
            if tier > 1:
                from fuzz.passes import check_passes

                check_passes(case)
    except Finding as finding:
        report.outcome, report.finding = "finding", finding
    except Long:
        report.outcome = "too long for CPython"
    except irad.IradError as error:
        reason = report.refused(error)
        report.outcome, report.reason = "refused", reason or ""
        if reason is None:
            report.outcome, report.finding = "finding", Finding("internal", first_line(error))
    except Exception as error:
        report.outcome, report.finding = "finding", Finding(f"internal {type(error).__name__}", first_line(error))
        report.finding.__cause__ = error
    return report


def first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]


def started(program: Program, report: Report) -> Case:
    """CPython runs the program."""
    f = defined(program.source)["f"]
    calls = [arguments(c, f) for c in program.calls]
    plain = [Observation(f, arguments(c, f)) for c in program.calls]
    allowed: list[tuple[Observation, ...]] = [() for _ in calls]
    if deviates(program.source):
        other = with_last_bits(program.source, GIVEN)
        allowed = [(Observation(other, arguments(c, other)),) for c in program.calls]
    values = [o.value for o in plain if o.error is None]
    argnums = tuple(i for i, a in enumerate(calls[0]) if differentiable(a))
    has_aux = any(isinstance(v, tuple) for v in values)
    return Case(program, f, calls, plain, allowed, argnums, has_aux, report, random.Random(f"oracles:{program.seed}"))


def differentiable(arg: Any) -> bool:
    """Whether an argument, or a part of it, has a derivative."""
    return any(isinstance(x, float) or (isinstance(x, np.ndarray) and x.dtype.kind == "f") for x in leaves(arg))


# -- tier 1 ------------------------------------------------------------------------------------------------------------


def check_native(case: Case, level: int, plans: tuple[str, ...] = ("default", "random")) -> None:
    """One LLVM build: the function and its gradient. `plans`: tape policies to compare."""
    subject = compile_subject(
        case.f, case.argnums, case.calls[0], level, case.has_aux,
        while_loops=lambda thunk: check_loops(case, thunk, plans), general=case.has_single,
    )
    for k, call in enumerate(case.program.calls):
        check_value(case, call, k, subject)
    if subject.refused is not None:
        case.report.counts[f"no gradient: {case.report.refused(subject.refused) or type(subject.refused).__name__}"] += 1
        if refusal(subject.refused) is None and type(subject.refused) is not TypeError:
            raise Finding("internal", first_line(subject.refused))
        return
    if subject.gradient is not None:
        dual = dual_copy(case.f)
        for k, call in enumerate(case.program.calls):
            check_gradient(case, call, k, subject, dual)


def agreed(case: Case, call: str, k: int, mine: Observation, what: str) -> Observation | None:
    """What CPython's call number `k` did, if a compiled one did the same; None if it may do something else."""
    plain = case.plain[k]
    same = [want for want in (plain, *case.allowed[k]) if mine.outcome == want.outcome]
    if same:
        return next((want for want in same if want.after == mine.after), same[0])
    if (kind := refusal(mine.error)) is not None and mine.error is not None:  # code that was left out has been reached
        case.report.counts[f"refused in a branch: {kind}"] += 1
        case.report.refused(mine.error)
        return None
    if isinstance(mine.error, OverflowError) and SHARED in str(mine.error):  # which docs/semantics.md says
        case.report.counts["ints that share a variable with floats"] += 1
        return None
    if isinstance(mine.error, RecursionError) and goes_deep(case.f, arguments(call, case.f)):  # and a handler has caught that
        case.report.counts["recursion without an end"] += 1
        return None
    if isinstance(mine.error, MemoryError) and "the tape of" in str(mine.error):  # `Again` makes such a call with tapes that grow
        case.report.counts["tapes too large"] += 1
        return None
    goes_on = plain.outcome == ("raise", MemoryError) != mine.outcome
    if goes_on and not isinstance(mine.error, irad.IradError):  # nothing reads it: which docs/semantics.md says
        case.report.counts["arrays that are not made"] += 1
        return None
    if mine.beyond:
        left.clear()
        narrow = with_machine_ints(case.program.source)
        exact = Observation(narrow, arguments(call, narrow))
        if left or isinstance(exact.error, OverflowError) and beyond(str(exact.error)):
            case.report.counts["ints beyond 64 bits"] += 1
            return None
    kind = "value" if mine.error is None and plain.error is None else "error"
    if kind == "value" and type(mine.value) is not type(plain.value):
        kind = "type"
    raise Finding(f"{what} {kind}", f"{mine} instead of {plain} for {call}")


def check_value(case: Case, call: str, k: int, subject: Subject) -> None:
    """The compiled function against CPython."""
    mine = Observation(subject.primal, case.given(call))
    case.report.counts["value" if case.plain[k].error is None else "error"] += 1
    want = agreed(case, call, k, mine, "other")
    if want is None or isinstance(mine.error, RecursionError):  # which leaves objects as they were (docs/semantics.md)
        return
    if mine.after != want.after and not (case.allowed[k] and nearly(mine.args, want.args)):
        raise Finding("other arguments", f"{mutable(mine.args)} instead of {want.args} for {call}")
    if links([mutable(mine.args), mine.value]) != links([mutable(want.args), want.value]):
        raise Finding("other identity", f"{links([mutable(mine.args), mine.value])} instead of "
                                        f"{links([mutable(want.args), want.value])} of {mine.args}, {mine.value} for {call}")


def nearly(mine: Any, want: Any) -> bool:
    """Whether arguments differ in last bits only, which irad may have as CPython has them in one place, and not in another."""
    pairs = list(zip(leaves(mine), leaves(want), strict=True))
    if any(np.shape(a) != np.shape(b) or type(a) is not type(b) for a, b in pairs):
        return False
    numbers = [(a, b) for a, b in pairs if isinstance(a, (float, np.ndarray))]
    return all(np.allclose(a, b, rtol=1e-12, atol=0.0, equal_nan=True) for a, b in numbers)


def check_gradient(case: Case, call: str, k: int, subject: Subject, dual: Any) -> None:
    """The compiled gradient: value, exceptions and untouched arguments as CPython, derivatives as dual numbers."""
    assert subject.gradient is not None
    given = case.given(call)
    before = bits(mutable(given))
    mine = Observation(subject.gradient, given)
    if mine.after != before:
        raise Finding("gradient call changes arguments", f"{given} for {call}")
    gradient = ()
    if mine.error is None:
        mine.value, gradient = mine.value
    if isinstance(mine.error, TypeError) and NO_NUMBER in str(mine.error) and not case.differentiable(case.plain[k]):
        case.report.counts["no number"] += 1
        return
    if isinstance(mine.error, ValueError) and "overlap" in str(mine.error):
        case.report.counts["overlap refused"] += 1
        return
    if agreed(case, call, k, mine, "gradient's") is None or mine.error is not None or case.coarse:
        return
    for want, direction in duals(case, call, dual, mine.value):
        found = along(case, given, gradient, direction)
        case.report.counts["dual numbers"] += 1
        if not any(want.agrees(sum(terms), of=terms) for terms in found):
            got = f"{sum(found[0])!r} instead of {want.tangent!r} (condition {want.condition:.3g})"
            raise Finding("gradient", f"{got} for {call}")


def along(case: Case, args: tuple[Any, ...], gradient: Any, direction: tuple[Any, ...]) -> list[list[float]]:
    """The terms of the derivative in a direction; if an array was passed twice, also those of the first place alone."""
    parts = [inner(g, direction[i]) for g, i in zip(gradient, case.argnums, strict=True)]
    found = [[t for part in parts for t in part]]
    if not shared(args):
        return found
    places = [case.argnums.index(i) for i in case.argnums if isinstance(args[i], np.ndarray)]
    twice = [k for k in places if sum(args[case.argnums[j]] is args[case.argnums[k]] for j in places) > 1]
    if len({bits(gradient[k]) for k in twice}) == 1:
        found.append([t for k, part in enumerate(parts) if k not in twice[1:] for t in part])
    return found


def inner(g: Any, d: Any) -> list[float]:
    """The terms of the product of a gradient and a direction, which have the form of the argument."""
    parts = children(g)
    if parts is not None:
        return [t for pair in zip(parts, children(d) or [], strict=True) for t in inner(*pair)]
    return [] if g is None else [float(t) for t in np.ravel(np.asarray(g) * d)]


def duals(case: Case, call: str, dual: Any, value: Any = None) -> Iterator[tuple[Derivative, tuple[Any, ...]]]:
    """Derivatives by dual numbers in random directions, as far as they are finite."""
    for k in range(DIRECTIONS):
        args = arguments(call, case.f)
        direction = directed(case, args, special=k == 1)
        trouble.clear()
        tape.clear()
        once: dict[int, Any] = {}  # an array that is passed twice stays one
        pairs = zip(args, direction, strict=True)
        seeds = [mapped(seed, a, t if i in case.argnums else None, known=once, classes=dual.__globals__)
                 for i, (a, t) in enumerate(pairs)]
        with np.errstate(all="ignore"):
            try:
                made = dual(*seeds)
            except (ZeroDivisionError, OverflowError, AssertionError):  # where CPython has numpy numbers, duals lost that
                case.report.counts["dual numbers raise"] += 1
                return
            result = derivative(made[0] if case.has_aux else made)
        if trouble or not (math.isfinite(result.tangent) and (result.condition == 0.0 or 1 / HUGE < result.condition < HUGE)):
            case.report.counts["dual numbers overflow"] += 1
            return
        if result.value != result.value and result.tangent == 0.0:  # dual numbers stop where a nan hides what it is of
            case.report.counts["dual numbers of nan"] += 1
            return
        if not _same_value(case, call, result.value, value):  # -0.0 for 0.0, or last bits, have led one of them elsewhere
            case.report.counts["dual numbers of another value"] += 1
            return
        yield result, direction


def _same_value(case: Case, call: str, found: float, mine: Any) -> bool:
    """Whether dual numbers have computed what CPython has, and irad with last bits of its own (None: it was not asked)."""
    plain = case.plain[case.program.calls.index(call)].value
    for want in (plain, mine):
        want = want[0] if case.has_aux and isinstance(want, tuple) else want
        if isinstance(want, float) and want == want and not math.isclose(want, found, rel_tol=1e-12):
            return False
    return True


def seed(arg: Any, tangent: Any) -> Any:
    """A leaf of an argument for dual numbers."""
    return dual_copy(arg) if callable(arg) else seeded(arg, tangent)


def directed(case: Case, args: tuple[Any, ...], special: bool) -> tuple[Any, ...]:
    """A random direction, or one of zeros and ones, in the form of the arguments (what has no derivative stays); one array
    has one direction, however often it is passed."""
    known: dict[int, Any] = {}

    def number() -> float:
        return case.rng.choice((0.0, 1.0, 1.0, -1.0)) if special else case.rng.gauss(0.0, 1.0)

    def draw(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f":
            return np.array([number() for _ in range(leaf.size)]).reshape(leaf.shape)
        return number() if isinstance(leaf, float) else leaf

    return tuple(mapped(draw, a, known=known) if i in case.argnums else a for i, a in enumerate(args))


# -- the IR in form `loops` --------------------------------------------------------------------------------------------


def check_loops(case: Case, thunk: Thunk, names: tuple[str, ...]) -> None:
    """The interpreter: the value; forward, against dual numbers and against the reverse; the reverse by other plans."""
    check_claims(case, thunk)
    call = case.good_call()
    if call is None or not any(thunk.active) or not names:
        return
    args = arguments(call, case.f)
    k = case.program.calls.index(call)
    if not case.differentiable(case.plain[case.program.calls.index(call)]):
        return
    try:
        value = thunk.value(args)
    except RecursionError:  # which passes all handlers (docs/semantics.md)
        return
    except (InterpretError, OverflowError) as error:
        if "@deferred" in str(error) or beyond(str(error)) or SHARED in str(error):
            return
        raise
    firsts = [o.value[0] if case.has_aux else o.value for o in (case.plain[k], *case.allowed[k]) if o.error is None]
    case.report.counts["interpreter"] += 1
    if not isinstance(firsts[0], float) or not value or not isinstance(value[0], float):
        return
    if thunk.starts_known or len(value) < len(list(leaves(case.plain[k].value))):
        return  # a part of the result that is known is not among the leaves
    # the interpreter rounds functions of 32-bit floats once, libm has its own (the value oracle compares those bits)
    if not case.coarse and all(bits(float(value[0])) != bits(float(first)) for first in firsts):
        raise Finding("interpreter", f"{value[0]!r} instead of {firsts[0]!r} for {call}")
    chosen = {n: p for n, p in policies(case.program.seed).items() if n in names}
    gradients = {name: thunk.adjoint(args, thunk.vjp(policy)) for name, policy in chosen.items()}
    for name, gradient in gradients.items():
        case.report.counts["tape policy"] += name != "default"
        if bits(gradient) != bits(gradients["default"]):
            raise Finding("tape policy", f"{name}: {gradient} instead of {gradients['default']} for {call}")
    if case.coarse:
        return
    dual, made = dual_copy(case.f), thunk.jvp()
    for want, direction in duals(case, call, dual, value[0]):
        flat = thunk.active_leaves(direction)
        forward = thunk.tangent(args, flat, made)
        case.report.counts["forward"] += 1
        if not want.agrees(forward):
            raise Finding("forward", f"{forward!r} instead of {want.tangent!r} (condition {want.condition:.3g}) for {call}")
        for name, gradient in gradients.items():
            reverse = [t for g, d in zip(gradient, flat, strict=True) for t in inner(g, d)]
            case.report.counts["dot product"] += 1
            if not dataclasses.replace(want, tangent=forward).agrees(sum(reverse), of=reverse):
                raise Finding("dot product", f"reverse ({name}) {sum(reverse)!r}, forward {forward!r} for {call}")


def check_claims(case: Case, thunk: Thunk) -> None:
    """What range analysis says of the ints of the function, against those of its runs; of each fourth program, as it is slow."""
    if case.program.seed % 4:
        return
    for function in (thunk.met, thunk.function):  # before anything was proved, and at the end
        claims = Claims(clone_function(function, thunk.name))
        for call in case.program.calls if claims.count else ():
            values = thunk.leaves(arguments(call, case.f))
            try:
                case.report.counts["claims"] += run_claimed(thunk.module, claims.function, values, thunk.inputs, FUEL)
            except Wrong as wrong:
                raise Finding("range", f"{wrong} for {call}") from wrong
