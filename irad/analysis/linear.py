"""Linear forms over int values: a constant and a coefficient for each atom. What range proofs calculate with."""

from __future__ import annotations

import math

from irad.ir.core import Value

Terms = dict[Value, int]
Linear = tuple[int, Terms]


def plus(a: Linear, b: Linear, factor: int) -> Linear:
    """a + factor * b."""
    terms = dict(a[1])
    for atom, f in b[1].items():
        total = terms.get(atom, 0) + factor * f
        if total:
            terms[atom] = total
        else:
            terms.pop(atom, None)
    return a[0] + factor * b[0], terms


def shift(a: Linear, step: int) -> Linear:
    return a[0] + step, a[1]


def scale(a: Linear, factor: int) -> Linear:
    return (a[0] * factor, {atom: f * factor for atom, f in a[1].items()}) if factor else (0, {})


def with_fact(fact: Linear, others: list[Linear]) -> list[Linear]:
    """Forms that are not positive, and one more, at the front: of those that differ in the constant the greatest says all."""
    if any(other[0] >= fact[0] and other[1] == fact[1] for other in others):
        return others
    return [fact, *(other for other in others if other[1] != fact[1])]


def without(const: int, terms: Terms, fact: Linear) -> Linear | None:
    """The goal minus as much of a fact as takes one of its atoms away; if that is not positive, neither is the goal."""
    for atom, factor in terms.items():
        other = fact[1].get(atom, 0)
        if factor * other > 0:
            common = math.gcd(factor, other)
            return plus(scale((const, terms), abs(other) // common), fact, -(abs(factor) // common))
    return None
