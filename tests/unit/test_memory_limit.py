"""Memory beyond the limit: MemoryError that says what it was for, at the user's line; the function is usable afterwards."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from tracebacks import frames

import irad
from irad.config import memory_budget
from irad.runtime.needs import size_text

P = np.array([0.5, 0.9, 0.1])


def counted(p, n):
    x = p[0]
    for _ in range(n):
        x = math.sin(x) * p[1] + p[2]
    return x


def nested(p, n):
    x = p[0]
    for _ in range(100):
        for _ in range(n // 100):
            x = math.sin(x) * p[1] + p[2] * x * x
    return x


def until(p, n):
    x = p[0]
    k = 0
    while k < n and abs(x) < 10.0:
        x = math.sin(x) * p[1] + p[2]
        k += 1
    return x


def grid(p, n):
    w = np.zeros((n, 3))
    for i in range(n):
        w[i, 0] = p[0] * i
    return w[:, 0].sum()


def several(p, n):
    a = np.ones(n) * p[0]
    b = a * p[1]
    c = np.sin(b) + a
    return c.sum()


def line_of(function: Any, text: str) -> int:
    import inspect

    lines, first = inspect.getsourcelines(function)
    return next(first + i for i, line in enumerate(lines) if text in line)


def said(function: Any, n: int) -> MemoryError:
    """The error of two calls beyond the limit (the second enters the code directly), between two that succeed."""
    small = function(P, 50)
    for _ in range(2):
        with pytest.raises(MemoryError) as caught:
            function(P, n)
    assert np.array_equal(function(P, 50), small)
    return caught.value


def limited(function: Any, memory: Any = "1 MiB") -> Any:
    return irad.grad(irad.compile(function, memory=memory))


def test_the_tape_of_a_counted_loop() -> None:
    error = said(limited(counted), 10**6)
    place = f"{__file__}:{line_of(counted, 'for _')}"
    assert re.fullmatch(
        re.escape(f"the tape of the loop at {place} needs 1000000 iterations of 16 bytes, 15.3 MiB; ")
        + r"\d+ bytes of the 1.00 MiB that memory= allows are in use", str(error)
    )
    assert frames(error, __file__, "said") == [("counted", "for _ in range(n):")]


def test_the_tape_of_a_nest() -> None:
    error = said(limited(nested), 10**6)
    assert f":{line_of(nested, 'n // 100')} needs 100 x 10000 iterations of 16 bytes, 15.3 MiB; " in str(error)


def test_the_tape_of_a_while_loop_says_how_far_it_came() -> None:
    error = said(limited(until), 10**6)
    line = line_of(until, "while")
    found = re.search(rf":{line} has (\d+) iterations of (\d+) bytes and needs (.*) to grow; (.*) of the 1.00 MiB", str(error))
    assert found and int(found[1]) * int(found[2]) < 1 << 20 <= 4 * int(found[1]) * int(found[2])
    assert frames(error, __file__, "said") == [("until", "k < n")]


@pytest.mark.parametrize("derive", [lambda f: irad.compile(f, memory="1 MiB"), limited], ids=["compile", "grad"])
def test_an_array(derive: Any) -> None:
    error = said(derive(grid), 10**6)
    assert str(error).startswith(
        "Unable to allocate 22.9 MiB for an array with shape (1000000, 3) and data type float64; "
    )
    assert frames(error, __file__, "said") == [("grid", "np.zeros((n, 3))")]


def test_the_limit_is_of_the_sum() -> None:
    """Each array is within the limit, together they are not."""
    compiled = limited(several, 2_000_000)
    error = said(compiled, 100_000)  # 800 kB each
    assert "781. KiB for an array with shape (100000,)" in str(error)
    used = re.search(r"; (.*) of the 1.91 MiB", str(error))
    assert used and used[1].startswith("1.53 MiB")


def test_the_message_of_numpy_where_memory_itself_is_missing() -> None:
    def square(n: int) -> float:
        return np.ones((n, n)).sum()

    with pytest.raises(MemoryError) as theirs:
        square(10**7)
    with pytest.raises(MemoryError) as ours:
        irad.compile(square, memory=1 << 62)(10**7)
    assert str(ours.value) == str(theirs.value)


def test_the_limit_of_options_and_its_default() -> None:
    with irad.options(memory="1 MiB"), pytest.raises(MemoryError, match=r"of the 1.00 MiB"):
        irad.grad(counted)(P, 10**6)
    function = irad.grad(counted)
    assert function(P, 10**6).shape == (3,)
    with pytest.raises(MemoryError, match=re.escape(f"of the {size_text(memory_budget())[:2]}")):
        function(P, 10**10)


def test_no_memory_at_all() -> None:
    with pytest.raises(MemoryError, match="0 bytes"):
        irad.compile(grid, memory=0)(P, 10)
