"""The table of programs: a decorator that files a plain function with its argument sets."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])


@dataclasses.dataclass(frozen=True)
class Program:
    """A function under test.

    `calls`: argument tuples of the same types, chosen to take other branches and trip counts. `smooth`: finite differences
    make sense there. `second`: second derivatives with respect to the first argument are tested too.
    """

    function: Callable[..., Any]
    calls: tuple[tuple[Any, ...], ...]
    smooth: bool
    second: bool
    xfail: str
    forward: bool

    @property
    def name(self) -> str:
        return self.function.__name__


PROGRAMS: dict[str, Program] = {}


def program(
    *calls: Any, smooth: bool = True, second: bool = False, xfail: str = "",
    forward: bool = True,
) -> Callable[[F], F]:
    """File the function below; each call is a list of arguments."""

    def file(function: F) -> F:
        assert function.__name__ not in PROGRAMS, function.__name__
        PROGRAMS[function.__name__] = Program(function, tuple(map(tuple, calls)), smooth, second, xfail, forward)
        return function

    return file


def vec(*shape: int, seed: int = 0, low: float = 0.5, high: float = 1.5) -> np.ndarray:
    """A reproducible array."""
    return low + (high - low) * np.random.default_rng(sum(shape) * 1000 + seed).random(shape)
