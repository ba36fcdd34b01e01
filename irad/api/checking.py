"""Checking derivatives: forward against reverse, and both against numerical ones."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from irad.api.derivatives import grad, jvp, vjp
from irad.errors import for_user, user_facing
from irad.infer.derived import remade, remade_dict
from irad.infer.standins import class_in_code
from irad.runtime.structures import contents, held, is_dict, is_structure

STEPS = (1e-3, 5e-4, 2.5e-4)


def flat(tree: Any) -> Iterator[Any]:
    """The float leaves of a structure of numbers, arrays, tuples, lists, dicts and objects, as arrays."""
    if isinstance(tree, (tuple, list)):
        for item in tree:
            yield from flat(item)
    elif isinstance(tree, (float, np.floating)) or (isinstance(tree, np.ndarray) and tree.dtype.kind == "f"):
        yield np.asarray(tree, dtype=float)
    elif is_structure(tree):
        for item in held(tree):
            yield from flat(item)


def moved(tree: Any, step: Any, size: float) -> Any:
    """tree + size * step, where `step` iterates over directions for the float leaves."""
    if isinstance(tree, tuple):
        items = [moved(item, step, size) for item in tree]
        return type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)
    if is_structure(tree):
        return rebuilt(tree, lambda item: moved(item, step, size))
    if isinstance(tree, (float, np.floating)):
        return type(tree)(tree + size * float(next(step)))
    if isinstance(tree, np.ndarray) and tree.dtype.kind == "f":
        return (tree + size * next(step)).astype(tree.dtype)
    return copy.deepcopy(tree)


def rebuilt(tree: Any, part: Callable[[Any], Any]) -> Any:
    """A list, dict or object of other parts."""
    if type(tree) is list:
        return [part(item) for item in tree]
    items = {key: part(item) for key, item in contents(tree).items()}
    return remade_dict(class_in_code(tree), items.items()) if is_dict(tree) else remade(class_in_code(tree), items)


def directions(tree: Any, rng: np.random.Generator) -> list[Any]:
    return [rng.standard_normal(leaf.shape) for leaf in flat(tree)]


def as_tangent(tree: Any, step: Iterator[Any]) -> Any:
    """A direction in the structure of `tree`; what has no derivative gets 0."""
    if isinstance(tree, tuple):
        items = [as_tangent(item, step) for item in tree]
        return type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)
    if is_structure(tree):
        return rebuilt(tree, lambda item: as_tangent(item, step))
    if isinstance(tree, (float, np.floating)):
        return float(next(step))
    if isinstance(tree, np.ndarray) and tree.dtype.kind == "f":
        return np.ascontiguousarray(next(step), dtype=tree.dtype)
    return 0.0


def inner(a: Any, b: Any) -> float:
    return float(sum(np.sum(x * y) for x, y in zip(flat(a), flat(b), strict=True)))


def numerical(fun: Callable[..., Any], args: tuple[Any, ...], step: list[Any], seed: list[Any]) -> float:
    """The derivative of <fun, seed> in a direction, by central differences extrapolated twice."""

    def along(size: float) -> float:
        return float(sum(np.sum(x * s) for x, s in zip(flat(fun(*moved(args, iter(step), size))), seed, strict=True)))

    table = [(along(h) - along(-h)) / (2 * h) for h in STEPS]
    for order in (4.0, 16.0):
        table = [(order * b - a) / (order - 1.0) for a, b in itertools.pairwise(table)]
    return table[0]


@user_facing
def check_grads(
    fun: Callable[..., Any], args: tuple[Any, ...], order: int = 1, modes: tuple[str, ...] = ("fwd", "rev"),
    rtol: float | None = None,
) -> None:
    """Check the derivatives of `fun` at `args` in a random direction.

    Parameters
    ----------
    fun : callable
        Returns numbers, arrays, or tuples, lists, dicts and objects of them.
    args : tuple
    order : int
        1 or 2 (then the gradient of a function of one real output is checked as well).
    modes : tuple of str
        "fwd" and "rev".
    rtol : float, optional
        Tolerance against numerical derivatives, 1e-6 by default; forward and reverse must agree to 1e-10.

    Raises
    ------
    AssertionError
        With the two numbers that should agree.

    Examples
    --------
    >>> import irad, math
    >>> irad.check_grads(lambda x: x * math.sin(x), (0.7,))
    """
    if unknown := set(modes) - {"fwd", "rev"}:
        raise for_user(ValueError(f"modes are 'fwd' and 'rev', not {unknown}"))
    tolerance = 1e-6 if rtol is None else rtol
    rng = np.random.default_rng(0)
    step = directions(args, rng)
    out = fun(*copy.deepcopy(args))
    seed = directions(out, rng)
    wanted = numerical(fun, args, step, seed)
    found: dict[str, float] = {}
    if "fwd" in modes:
        _, tangent = jvp(fun, args, as_tangent(args, iter(step)))
        found["forward"] = sum(float(np.sum(t * s)) for t, s in zip(flat(tangent), seed, strict=True))
    if "rev" in modes:
        _, pullback = vjp(fun, *args)
        cotangents = pullback(as_tangent(out, iter(seed)))
        found["reverse"] = sum(float(np.sum(c * s)) for c, s in zip(flat(cotangents), step, strict=True))
    for mode, value in found.items():
        if not abs(value - wanted) <= tolerance * (1.0 + abs(wanted)):
            raise for_user(AssertionError(f"{mode} mode gives {value!r}, numerical differentiation {wanted!r}"))
    if len(found) == 2 and not abs(found["forward"] - found["reverse"]) <= 1e-10 * (1.0 + abs(wanted)):
        raise for_user(AssertionError(f"forward mode gives {found['forward']!r}, reverse mode {found['reverse']!r}"))
    if order > 1:
        numbers = tuple(i for i, a in enumerate(args) if any(True for _ in flat(a)))
        check_grads(grad(fun, numbers), args, order - 1, modes, rtol)
