"""What an op is: one row says everything that irad knows about it.

    op("mul", "N N -> N", eval=lambda x, y: x * y, llvm={"f": "fmul {T} {0}, {1}", "i": "mul {T} {0}, {1}"},
       d=[lambda g, x, y, r: g * y, lambda g, x, y, r: g * x], bits="exact", doc="x times y")

Signatures: `F` any float, `I` any integer, `N` either, `T` any scalar (also bool), `A` an array; the same letter is the same
type; other words are exact types. Ops whose types a signature cannot say give `types`, a function of (args, attrs).

Derivatives: one entry per operand, `zero`, `unknown` or a function `(g, *operands, result) -> contribution`, linear in `g` and
written as mathematics over `Expr`. Forward mode, reverse mode, the need analysis (`reads`) and the tests of the row come from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any as AnyObject

from irad.ir.core import Value
from irad.ir.types import SCALARS, Array, Scalar, Type
from irad.ops.expr import Recorder, number_of

PURE: frozenset[str] = frozenset()
EFFECTS = {"reads", "writes", "traps", "allocates"}


class _Zero:
    """The derivative with respect to an operand that the result does not depend on smoothly."""

    def __repr__(self) -> str:
        return "zero"


class _Unknown:
    """The derivative with respect to an operand for which irad has no rule: whoever asks for it is told so."""

    def __repr__(self) -> str:
        return "unknown"


zero, unknown = _Zero(), _Unknown()
Rule = Callable[..., AnyObject]
TypeRule = Callable[[Sequence[Value], dict[str, AnyObject]], Sequence[Type]]


@dataclass(frozen=True, eq=False)
class Op:
    """A row of the op table."""

    name: str
    signature: str
    doc: str
    effects: frozenset[str] = PURE
    eval: Callable[..., AnyObject] | None = None  # on Python numbers, IEEE rules; None: the interpreter knows it
    llvm: str | dict[str, str] | None = None  # expression text by family of the first operand; None: codegen knows it
    d: tuple[Rule | _Zero | _Unknown, ...] | None = None  # None: no derivative by rule (structural, or no float operand)
    bits: str = "exact"
    singular: bool = False  # a partial may be non-finite where the primal is finite: zero adjoints are masked
    kink: str = ""
    cost: float = 1.0  # of recomputing, in units of one multiplication
    types: TypeRule | None = None
    form: str = "typed"  # the first form in which the op may stand: "py", "typed" or "low"
    commutes: bool = False
    libm: tuple[str, ...] = field(default=())
    foreign: str = ""  # the symbol of the C function that it is, see `special`
    place: tuple[int, int] | None = None  # of a C function that gives several numbers: which of how many it is

    @property
    def pure(self) -> bool:
        """No effect at all: may be moved, merged, removed and recomputed."""
        return not self.effects

    def reads(self, operand: int, args: Sequence[Value] = ()) -> tuple[frozenset[int], bool]:
        """What the derivative for `operand` reads: the operand numbers, and whether it reads the result.

        `args`: the operands, for rules that have a simpler form where some of them are constants.
        """
        return _reads(self, operand, tuple(map(number_of, args)))


OPS: dict[str, Op] = {}


def op(name: str, signature: str, *effects: str, d: Sequence[Rule | _Zero | _Unknown] | None = None, **fields: AnyObject) -> Op:
    """Add a row."""
    assert name not in OPS and set(effects) <= EFFECTS, name
    row = Op(name, signature, effects=frozenset(effects), d=None if d is None else tuple(d), **fields)
    OPS[name] = row
    return row


@cache
def _reads(row: Op, operand: int, numbers: tuple[float | None, ...]) -> tuple[frozenset[int], bool]:
    assert row.d is not None
    rule = row.d[operand]
    if isinstance(rule, (_Zero, _Unknown)):
        return frozenset(), False
    used: set[object] = set()
    operands = [Recorder(used, i, numbers[i] if numbers else None) for i in range(len(row.d))]
    rule(Recorder(used, "g"), *operands, Recorder(used, "r"))
    return frozenset(i for i in used if isinstance(i, int)), "r" in used


_PROBES = (0.0, -1.0, 0.5, 3.0)


@cache
def is_total(op: str) -> bool:
    """Whether an op of floats is finite, with its partials, at finite operands that do not overflow (found by trying)."""
    row = OPS[op]
    if row.eval is None or row.d is None or row.singular or row.foreign or len(row.d) > 3:
        return False
    try:
        return all(math.isfinite(row.eval(*point)) for point in product(_PROBES, repeat=len(row.d)))
    except (TypeError, ValueError, ArithmeticError):
        return False


FAMILIES = {"F": "f", "I": "iu", "N": "fiu", "T": "fiub"}


@cache
def parse_signature(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`"N N -> bool"` as (operand words, result words)."""
    left, _, right = text.partition("->")
    return tuple(left.split()), tuple(right.split())


@cache
def of_scalars(name: str) -> bool:
    """Whether an op has no effect, and its operands and results are scalars."""
    row = OPS[name]
    words = parse_signature(row.signature)
    return row.pure and row.types is None and all(w in FAMILIES or w in SCALARS for w in (*words[0], *words[1]))


class OpTypeError(TypeError):
    """Operands that do not fit the signature of their op: a bug of whoever emitted it."""


def result_types(name: str, args: Sequence[Value], attrs: dict[str, AnyObject]) -> Sequence[Type]:
    """The result types of an op for these operands (the rule given to `Builder` and the verifier)."""
    row = OPS.get(name)
    if row is None:
        raise OpTypeError(f"there is no op {name!r}")
    if row.types is not None:
        return row.types(args, attrs)
    return _by_signature(name, row.signature, tuple([arg.type for arg in args]))


@cache
def _by_signature(name: str, signature: str, types: tuple[Type, ...]) -> tuple[Type, ...]:
    words, results = parse_signature(signature)
    if len(words) != len(types):
        raise OpTypeError(f"{name} takes {len(words)} operands, not {len(types)}")
    bound: dict[str, Type] = {}
    for word, actual in zip(words, types, strict=True):
        _bind(name, word, actual, bound)
    return tuple([bound[word] if word in bound else SCALARS[word] for word in results])


def _bind(name: str, word: str, actual: Type, bound: dict[str, Type]) -> None:
    if word == "A":
        fits = isinstance(actual, Array)
    elif word in FAMILIES:
        fits = isinstance(actual, Scalar) and actual.family in FAMILIES[word] and bound.setdefault(word, actual) == actual
    else:
        fits = actual == SCALARS[word]
    if not fits:
        raise OpTypeError(f"{name}: an operand {word} cannot be {actual}" + (f" beside {bound[word]}" if word in bound else ""))
