"""Derivatives that compiled code asks for, of functions written around a program, which captured what they are given.

Each is asked for with what is captured and what is given one value, in compiled code, and once more with two, from outside and by
another transform. The outcome of the one is differentiated again, by both modes, as that of the other is.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from programs.outcomes import attributes, bits

import irad
from fuzz.observe import GIVEN, arguments, mutable, refusal, shared
from fuzz.oracles import Case, Finding, differentiable, directed, first_line, inner
from fuzz.trees import children, leaves, mapped

CLOSE = 1e-8  # relative to the largest of the terms
LEAST = 1e-6
MOST = 12  # numbers and arrays that an argument holds, where their names are written out
LONG = 6_000  # letters of a program of which no second derivative is differentiated again

# How the function comes by what it captured, `c`.
CAPTURES = (
    "inner = lambda t: both(t, c)",
    "inner = lambda t, c=c: both(t, c)",
    "inner = partial(lambda c, t: both(t, c), c)",
    "inner = Held(c, both).value",
    "inner = Held(c, both)",
    "held = [c, 2.0]\ninner = lambda t: both(t, held[0])",
    "held = {'c': c}\ninner = lambda t: both(t, held['c'])",
    "def inner(t):\n    def further():\n        return both(t, c)\n    return further()",
    "def of(u):\n    return lambda t: both(t, u)\ninner = of(c)",
)

# What is asked for, and the same by another way. DOT(a, b): the product of two values in the form of the argument.
FIRST = {
    "grad": ("DOT(irad.grad(inner)(x), d)", "irad.jvp(inner, (x,), (d,))[1]"),
    "value_and_grad": ("pair(*irad.value_and_grad(inner)(x), d)", "pair(inner(x), irad.vjp(inner, x)[1](1.0)[0], d)"),
    "jvp": ("math.fsum(irad.jvp(inner, (x,), (d,)))", "inner(x) + DOT(irad.grad(inner)(x), d)"),
    "vjp": ("pulled(*irad.vjp(inner, x), d)", "pulled(inner(x), lambda u: (TIMES(irad.grad(inner)(x), u),), d)"),
    "linearize": ("pushed(*irad.linearize(inner, x), d)", "pushed(inner(x), lambda d: irad.jvp(inner, (x,), (d,))[1], d)"),
    "jacfwd": ("DOT(irad.jacfwd(inner)(x), d)", "DOT(irad.grad(inner)(x), d)"),
    "jacrev": ("DOT(irad.jacrev(inner)(x), d)", "irad.jvp(inner, (x,), (d,))[1]"),
    "has_aux": (
        "beside(*irad.grad(lambda t: (inner(t), DOT(t, c)), has_aux=True)(x), d)",
        "beside(irad.grad(inner)(x), DOT(x, c), d)",
    ),
    "value, has_aux": (
        "beside2(*irad.value_and_grad(lambda t: (inner(t), {'a': DOT(t, t)}), has_aux=True)(x), d)",
        "beside2((inner(x), {'a': DOT(x, x)}), irad.grad(inner)(x), d)",
    ),
    "twice": (
        "twice(irad.grad(both, argnums=(0, 1))(x, c), d)",
        "twice((irad.grad(lambda t: both(t, c))(x), irad.grad(lambda u: both(x, u))(c)), d)",
    ),
    "twice, jvp": (
        "irad.jvp(both, (x, c), (d, TIMES(d, 0.5)))[1]",
        "DOT(irad.grad(lambda t: both(t, c))(x), d) + 0.5 * DOT(irad.grad(lambda u: both(x, u))(c), d)",
    ),
    "twice, vjp": (
        "twice(irad.vjp(lambda s, t: both(s, t) * inner(s), x, c)[1](0.5), d)",
        "twice((irad.grad(lambda t: 0.5 * both(t, c) * inner(t))(x), irad.grad(lambda u: 0.5 * both(x, u) * inner(x))(c)), d)",
    ),
    "one of several": (
        "sum(irad.jvp(g, (x,), (d,))[1] for g in (inner, lambda t: both(c, t)))",
        "DOT(irad.grad(inner)(x), d) + DOT(irad.grad(lambda t: both(c, t))(x), d)",
    ),
}
SECOND = {
    "hvp": (
        "DOT(irad.hvp(inner, (x,), (d,))[0], d)",
        "irad.jvp(lambda t: irad.jvp(inner, (t,), (d,))[1], (x,), (d,))[1]",
    ),
    "jvp of grad": (
        "DOT(irad.jvp(irad.grad(inner), (x,), (d,))[1], d)",
        "DOT(irad.grad(lambda t: DOT(irad.grad(inner)(t), d))(x), d)",
    ),
    "jvp of jvp": (
        "irad.jvp(lambda t: irad.jvp(lambda s: both(s, t) * inner(s), (t,), (d,))[1], (x,), (d,))[1]",
        "irad.jvp(lambda t: DOT(irad.grad(lambda s: both(s, t) * inner(s))(t), d), (x,), (d,))[1]",
    ),
}
SQUARE = {  # of numbers and arrays of one axis
    "hessian": ("d @ irad.hessian(inner)(x) @ d", "irad.jvp(lambda t: irad.jvp(inner, (t,), (d,))[1], (x,), (d,))[1]"),
    "jacfwd of grad": ("d @ irad.jacfwd(irad.grad(inner))(x) @ d", "DOT(irad.hvp(inner, (x,), (d,))[0], d)"),
}

PLACES = {
    "here": "CAPTURE\ntotal = total + ASKED",
    "loop": "for k in range(2):\n    CAPTURE\n    total = 0.5 * total + (k + 1) * ASKED",
    "branch": "if DOT(x, d) > 0.0:\n    CAPTURE\n    total = total - ASKED\nelse:\n    OTHER\n    total = total + 0.5 * ASKED",
    "steps": "for k in range(2):\n    CAPTURE\n    total = 0.5 * total + ASKED\n    x, c = TIMES(x, 0.75), TIMES(c, 0.75)",
    "function": "def step(x, c, total):\n    CAPTURE\n    return total + ASKED\ntotal = step(x, c, step(x, c, total))",
}

TEXT = '''
import math
from functools import partial
import numpy as np
import irad


class Held:
    def __init__(self, c, both):
        self.c, self.both = c, both

    def value(self, t):
        return self.both(t, self.c)

    __call__ = value


def asked(x, c, d, REST):
    def both(t, c):
        return FIRSTOF(f(ARGS)) * (1.0 + 0.25 * math.sin(DOT(c, d))) + 0.5 * DOT(t, c)

    total = 0.0
BODY
    return total


def first(found):
    return found[0]


def pair(value, slope, d):
    return math.atan(value) + DOT(slope, d)


def pulled(value, pullback, d):
    return math.atan(value) * DOT(pullback(0.5)[0], d)


def pushed(value, push, d):
    return push(d) * math.atan(value) - push(TIMES(d, 0.5))


def beside(slope, aux, d):
    return DOT(slope, d) * aux


def beside2(values, slope, d):
    value, aux = values
    return DOT(slope, d) * aux['a'] + math.atan(value) * aux['a']


def twice(slopes, d):
    return DOT(slopes[0], d) + 2.0 * DOT(slopes[1], d)


def DOT(a, b):
    return PRODUCT


def TIMES(a, u):
    return SCALED
'''


def check_asked(case: Case) -> None:
    """The first call with a derivative, by one of its arguments."""
    call = next((c for c, o in zip(case.program.calls, case.plain, strict=True) if case.differentiable(o)), None)
    if call is None or not case.argnums or case.coarse:
        return
    args = arguments(call, case.f)
    untouched = bits(mutable(args)) == case.plain[case.program.calls.index(call)].after
    if shared(args) or not untouched or any(callable(leaf) for leaf in leaves(args)):
        return
    rng = random.Random(f"asked:{case.program.seed}")
    numbers = [i for i in case.argnums if small(args[i])]
    if not numbers:
        return
    i = rng.choice(numbers)
    compare(case, call, i, *written(case, rng, args[i], i, len(args)))


def small(arg: Any) -> bool:
    """Whether an argument's numbers and arrays can be written out: finite ones, not many, and no arrays in objects."""
    found = list(leaves(arg))
    if scaled(arg, "a") is None and any(isinstance(leaf, np.ndarray) for leaf in found):
        return False
    return len(found) <= MOST and all(np.isfinite(leaf).all() for leaf in found if isinstance(leaf, (float, np.ndarray)))


def written(case: Case, rng: random.Random, arg: Any, i: int, count: int) -> tuple[str, tuple[str, str]]:
    """What is asked for, and the two modules whose `asked` does it: the one with what it is about, and the other way."""
    asked = dict(FIRST)
    if len(case.program.source) < LONG:
        asked |= SECOND | (SQUARE if isinstance(arg, np.ndarray) and arg.ndim == 1 else {})
    places = PLACES
    if scaled(arg, "a") is None:
        asked = {n: t for n, t in asked.items() if "TIMES" not in str(t) and n != "linearize"}
        places = {n: t for n, t in places.items() if "TIMES" not in t}
    name, place = rng.choice(list(asked)), rng.choice(list(places))
    captures = rng.sample(CAPTURES, 2)
    given = "t" if scaled(arg, "a") is None else "TIMES(t, 1.0)"  # arrays that the program may write have total derivatives
    args = [f"rest[{k - (k > i)}]" if k != i else given for k in range(count)]
    texts = [module(arg, PLACES[place], captures, way, args, case.has_aux) for way in asked[name]]
    return f"{name}, {place}", (texts[0], texts[1])


def module(arg: Any, place: str, captures: list[str], way: str, args: list[str], has_aux: bool) -> str:
    """The text of a module with `asked`."""
    body = place
    for word, text in zip(("CAPTURE", "OTHER"), captures, strict=True):
        body = "\n".join(indented(text, line) if line.strip() == word else line for line in body.split("\n"))
    text = TEXT.replace("BODY", indented(body.replace("ASKED", f"({way})"), "    ")).replace("REST", "*rest")
    text = text.replace("ARGS", ", ".join(args)).replace("FIRSTOF(", "first(" if has_aux else "(")
    product = " + ".join(f"np.sum(a{p} * b{p})" if isinstance(leaf, np.ndarray) else f"a{p} * b{p}" for p, leaf in paths(arg))
    return text.replace("PRODUCT", product).replace("SCALED", scaled(arg, "a") or "None")


def indented(text: str, like: str) -> str:
    """The lines, each as far in as `like` is."""
    space = " " * (len(like) - len(like.lstrip()))
    return "\n".join(space + line for line in text.split("\n"))


def paths(arg: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The numbers and arrays that have a derivative, each with what is written behind the argument to read it."""
    if differentiable(arg) and children(arg) is None:
        yield path, arg
    for step, part in steps(arg):
        yield from paths(part, path + step)


def steps(arg: Any) -> list[tuple[str, Any]]:
    """The parts of an argument, and what is written to read them."""
    if isinstance(arg, dict):
        return [(f"[{key!r}]", part) for key, part in arg.items()]
    if isinstance(arg, (tuple, list)):
        return [(f"[{k}]", part) for k, part in enumerate(arg)]
    return [(f".{name}", part) for name, part in attributes(arg).items()] if children(arg) is not None else []


def scaled(arg: Any, path: str) -> str | None:
    """What is written for an argument times `u`; None where objects are made, which their classes may forbid."""
    if children(arg) is None:
        return f"{path} * u" if differentiable(arg) else path
    if not isinstance(arg, (tuple, list, dict)):
        return None
    parts = [scaled(part, path + step) for step, part in steps(arg)]
    if isinstance(arg, dict):
        pairs = zip(arg, parts, strict=True)
        return None if None in parts else "{" + ", ".join(f"{key!r}: {part}" for key, part in pairs) + "}"
    opening, closing = "[]" if isinstance(arg, list) else "()" if type(arg) is tuple else (f"{type(arg).__name__}(", ")")
    return None if None in parts else opening + "".join(f"{part}, " for part in parts) + closing


def compare(case: Case, call: str, i: int, name: str, texts: tuple[str, str]) -> None:
    """What is asked for in compiled code, and its derivatives, against the other way, and its derivatives by x and c."""
    nested, other = (executed(text, case) for text in texts)
    direction, along = (directed(case, arguments(call, case.f), special=False)[i] for _ in range(2))

    def around(x: Any, d: Any, *rest: Any) -> Any:
        return nested(x, x, d, *rest)

    def given(*first: int) -> tuple[Any, ...]:
        args = arguments(call, case.f)
        return (*(copy.deepcopy(args[i]) for _ in first), copy.deepcopy(direction), *args[:i], *args[i + 1:])

    def slopes() -> list[float]:
        return [t for part in irad.grad(other, argnums=(0, 1))(*given(0, 1)) for t in inner(part, along)]

    def forward() -> list[float]:
        args = given(0)
        nothing = (mapped(lambda a: 0.0 * a if differentiable(a) else None, a) for a in args[1:])
        return [float(irad.jvp(around, args, (tangent(args[0], along), *nothing))[1])]

    def told(what: str, compute: Callable[[], list[float]]) -> list[float] | None:
        try:
            with np.errstate(all="ignore"):
                return compute()
        except irad.IradError as error:
            if refusal(error) is None:
                raise
            case.report.counts[f"not asked ({what}): {case.report.refused(error)}"] += 1
        except (OverflowError, MemoryError, RecursionError):
            pass
        except ValueError as error:  # an array that is given, and captured as well, and that the program may write
            if "pass copies" not in str(error):
                raise Finding("asked inside, error", f"{what}: {error} for {call} in\n{texts[0]}") from error
            case.report.counts["asked of overlapping arrays"] += 1
        except Exception as error:
            words = f"{what}: {type(error).__name__}: {first_line(error)} for {call} in\n{texts[0]}"
            raise Finding("asked inside, error", words) from error
        return None

    pairs = (
        ("value", lambda: [float(other(*given(0, 1)))], lambda: [float(irad.compile(around)(*given(0)))]),
        ("reverse", slopes, lambda: inner(irad.grad(around)(*given(0)), along)),
        ("forward", slopes, forward),
    )
    known: dict[Any, list[float] | None] = {}
    for what, outside, inside in pairs:
        if outside not in known:
            known[outside] = told("from outside", outside)
        want, found = known[outside], told(what, inside)
        if want is None or found is None or not np.isfinite([*want, *found]).all():
            continue
        case.report.counts[f"asked inside, {what}"] += 1
        size = max([LEAST, *map(abs, (*want, *found))])
        if abs(sum(want) - sum(found)) > CLOSE * size:
            raise Finding("asked inside", f"{name}: {what}: {sum(found)!r} instead of {sum(want)!r} for {call}, argument {i}, "
                                          f"d = {direction!r}, along {along!r}, in\n{texts[0]}")


def tangent(arg: Any, direction: Any) -> Any:
    return mapped(lambda a, d: d if differentiable(a) else None, arg, direction, known={})


def executed(text: str, case: Case) -> Callable[..., Any]:
    """`asked` of a module."""
    space: dict[str, Any] = {**GIVEN, "f": case.f, "__name__": "fuzzed"}
    exec(compile(text, "<asked>", "exec", dont_inherit=True), space)
    found: Callable[..., Any] = space["asked"]
    return found
