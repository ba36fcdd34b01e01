"""Special methods of exception classes are asked, as those of any class are; what cannot be asked is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numeric.harness import refused, same_as_python


class Coded(ValueError):
    def __init__(self, code: Any, extra: Any = None) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def __bool__(self) -> bool:
        return self.code > 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Coded) and self.code == other.code

    def __hash__(self) -> int:
        return 7

    def __repr__(self) -> str:
        return f"<{self.code}>"

    def __lt__(self, other: Any) -> bool:
        return self.code < other.code

    def __len__(self) -> int:
        return 3

    def __getitem__(self, i: Any) -> Any:
        return i * self.code

    def __call__(self, x: Any) -> Any:
        return x + self.code

    def __add__(self, other: Any) -> Any:
        return other + self.code

    def __float__(self) -> float:
        return 2.5

    def __format__(self, spec: str) -> str:
        return f"{self.code}:{spec}"

    def __contains__(self, x: Any) -> bool:
        return x == self.code

    def __getattr__(self, name: str) -> str:
        return name + "!"


class Even(Exception):
    """True as long as its length is not 0."""

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Any:
        return iter((1, 2))

    def __enter__(self) -> int:
        return 5

    def __exit__(self, *given: object) -> bool:
        return True

    @classmethod
    def make(cls, n: int) -> Even:
        return cls(n + 1)

    @staticmethod
    def twice(n: int) -> int:
        return 2 * n


class Hidden(Exception):
    @property
    def args(self) -> Any:  # type: ignore[override]
        return (9,)


class Doubles(Exception):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.total = sum(given)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value * 2)


def caught(n: int) -> Any:
    try:
        raise Coded(n)
    except ValueError as e:
        return bool(e), not e, 1 if e else 2, len(e), e[2], e(1), e + 1, float(e), n in e, 9 in e, f"{e:x}", repr(e), e.any


def compared(n: int) -> Any:
    e = Coded(n)
    return e == Coded(2), e != Coded(2), e in [Coded(2)], hash(e), [x.code for x in sorted([Coded(3), e, Coded(0)])]


def shown(n: int) -> Any:
    return str([Coded(n)]), str((Coded(n), 1)), f"{[Coded(n)]}"


def without_length(n: int) -> Any:
    e = None
    if n > 1:
        e = Even(n)
    return 1 if e else 2 if e is None else 3


def items(n: int) -> Any:
    return list(Even(n)), Even.make(n).args, Even(n).twice(n), Even(n).make(n).args


def entered(n: int) -> Any:
    with Even(n) as k:
        raise ValueError
    return k


def hidden(n: int) -> Any:
    try:
        raise Hidden(n)
    except Hidden as e:
        return e.args, str(e)


def by_errno(n: int) -> Any:
    try:
        raise OSError(2, "gone")
    except FileNotFoundError as e:
        return e.args


PROGRAMS = [caught, compared, shown, without_length, items, entered, hidden, by_errno]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_as_python(f: Any) -> None:
    for n in (1, 2, 3):
        same_as_python(f, n)


def test_what_is_refused() -> None:
    def stores(n: int) -> Any:
        raise Doubles(n, 1)

    def unknown(n: int) -> Any:
        raise OSError(n, "gone")

    def with_file(n: int) -> Any:
        raise OSError(2, "gone", "f")

    def named(n: int) -> Any:
        raise ImportError("gone", name="m")

    refused(stores, 2, match="__setattr__")
    refused(unknown, 2, match="errno that is not known")
    refused(with_file, 2, match="file name")
    refused(named, 2, match="ImportError with name=")


@pytest.mark.parametrize("spec", ["a", "s", "z", "d", ".2f", "c", "05d", "x", "_", ",.1f", "%"])
def test_formats_that_numbers_do_not_have(spec: str) -> None:
    space: dict[str, Any] = {}
    tried = f"def f(x):\n    try:\n        return f'{{x:{spec}}}'\n"
    exec(tried + "    except (ValueError, OverflowError) as e:\n        return str(e)", space)
    for x in (2, 2.5, -3, True, np.float64(1.5), np.int64(4)):
        same_as_python(space["f"], x)
