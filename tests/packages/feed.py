"""The mechanical filter: which functions of an installed package can be fed with floats and have a derivative to speak of.

A function is kept when it returns a finite float or float array for one of a few fixed ways to fill its parameters, gives
the same result twice, and has a numerical derivative that is finite, stable under halving of the step and not zero.
Nothing here knows irad.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import inspect
import io
import pkgutil
import signal
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

SECONDS = 2  # for one call
LENGTH = 5  # of an array that is fed
SCALES = (0.35, 1.7, 21.0)
PATIENCE = 400  # leaves times parameters: more is not a small function


def modules(package: str) -> list[types.ModuleType]:
    """All modules of a distribution that can be imported, tests and programs left out."""
    files = importlib.metadata.files(package) or []
    tops = {f.parts[0].removesuffix(".py") for f in files if f.suffix == ".py" and len(f.parts) <= 2}
    found: dict[str, types.ModuleType] = {}
    for top in sorted(t for t in tops if t.isidentifier() and not _other(t)):
        with contextlib.suppress(BaseException):
            found[top] = importlib.import_module(top)
        for info in pkgutil.walk_packages(getattr(found.get(top), "__path__", ()), top + ".", onerror=lambda name: None):
            if not any(_other(part) for part in info.name.split(".")):
                with contextlib.suppress(BaseException):
                    found[info.name] = importlib.import_module(info.name)
    return [found[name] for name in sorted(found)]


def _other(part: str) -> bool:
    return part.startswith(("_", "test", "example", "docs", "setup", "conftest")) or part.endswith("tests")


def functions(package: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public functions and methods written in the package's own modules, each once, as (`module:qualname`, bound function)."""
    seen: set[types.CodeType] = set()
    for module in modules(package):
        for name, value in sorted(vars(module).items()):
            if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
                continue
            for path, f in _of(name, value):
                code = getattr(inspect.unwrap(getattr(f, "py_func", f)), "__code__", None)
                if code is not None and code not in seen:
                    seen.add(code)
                    yield f"{module.__name__}:{path}", f


def _of(name: str, value: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    if isinstance(value, types.FunctionType) or hasattr(value, "py_func"):
        yield name, value
    elif isinstance(value, type):
        with contextlib.suppress(BaseException), limited():
            instance = value()
            for attribute, member in sorted(vars(value).items()):
                if not attribute.startswith("_") and isinstance(member, (types.FunctionType, classmethod, staticmethod)):
                    yield f"{name}().{attribute}", getattr(instance, attribute)


def find(address: str) -> Callable[..., Any]:
    """The function at `module:name` or `module:Class().name`."""
    module, _, path = address.partition(":")
    value: Any = importlib.import_module(module)
    for part in path.split("."):
        value = getattr(value, part.removesuffix("()"))
        value = value() if part.endswith("()") else value
    return value


class TooLong(BaseException):
    """A call that took longer than SECONDS."""


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Without output, warnings, and patience."""

    def stop(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def arguments(count: int, way: tuple[str, float]) -> list[Any]:
    """`count` arguments, none equal to another: the same numbers in every run."""
    kind, scale = way
    if kind == "float":
        return [scale * (1 + 0.137 * i) for i in range(count)]
    return [scale * (1 + 0.137 * i + 0.211 * np.arange(LENGTH) ** 1.1) for i in range(count)]


def total(result: Any) -> float | None:
    """The sum of a finite float or float array; None for anything else."""
    if isinstance(result, (float, np.floating)) or (isinstance(result, np.ndarray) and result.dtype.kind == "f" and result.size):
        with np.errstate(all="ignore"):
            value = float(np.sum(result))
        return value if np.isfinite(value) else None
    return None


def call(f: Callable[..., Any], args: list[Any]) -> float | None:
    """The total of a call with arguments of its own."""
    with limited():
        return total(f(*(np.copy(a) if isinstance(a, np.ndarray) else a for a in args)))


def moved(args: list[Any], number: int, item: int, step: float) -> list[Any]:
    """The arguments with one number changed."""
    new = [np.copy(a) if isinstance(a, np.ndarray) else a for a in args]
    if isinstance(new[number], np.ndarray):
        new[number][item] += step
    else:
        new[number] += step
    return new


def leaves(args: list[Any]) -> Iterator[tuple[int, int, float]]:
    """Every number that is fed: (argument, index, value)."""
    for number, a in enumerate(args):
        for item, value in enumerate(np.atleast_1d(a)):
            yield number, item, float(value)


def central(f: Callable[..., Any], args: list[Any], number: int, item: int, step: float) -> float:
    """A central difference; ArithmeticError where the function has no value."""
    above, below = (call(f, moved(args, number, item, s)) for s in (step, -step))
    if above is None or below is None:
        raise ArithmeticError("no finite value beside the point")
    return (above - below) / (2 * step)


def way(f: Callable[..., Any]) -> tuple[str, float] | None:
    """The first way to fill the parameters that have no default by which `f` passes."""
    count = required(f)
    if not count:
        return None
    for found in [("float", s) for s in SCALES] + [("array", s) for s in SCALES]:
        try:
            if differentiable(f, arguments(count, found)):
                return found
        except (Exception, SystemExit, TooLong):
            continue
    return None


def required(f: Callable[..., Any]) -> int:
    """How many parameters must be filled; 0 also where that cannot be said."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return 0
    empty = [p for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return 0 if any(p.kind is p.KEYWORD_ONLY for p in empty) else len(empty)


def differentiable(f: Callable[..., Any], args: list[Any]) -> bool:
    """Same result twice; derivatives finite, stable under halving of the step, not all zero."""
    value = call(f, args)
    if value is None or value != call(f, args) or len(args) * len(list(leaves(args))) > PATIENCE:
        return False
    largest = 0.0
    for number, item, at in leaves(args):
        coarse, fine = (central(f, args, number, item, 1e-4 * at * part) for part in (1.0, 0.5))
        if not abs(coarse - fine) <= 1e-4 * max(abs(fine), 1e-6 * abs(value / at)):
            return False
        largest = max(largest, abs(fine * at))
    return largest > 1e-9 * abs(value)


def feedable(package: str) -> list[tuple[str, str, float]]:
    """All functions of a package that pass, with the way they are fed."""
    found = []
    for address, f in functions(package):
        how = way(f)
        if how is not None:
            found.append((address, *how))
    return found
