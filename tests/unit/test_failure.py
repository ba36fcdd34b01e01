"""Run-time errors: a frame for each compiled call level, at the user's lines and columns; recursion; threads."""

from __future__ import annotations

import math
import subprocess
import sys
import textwrap
import threading
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tracebacks import frames

import irad
from irad.runtime.failure import index_note
from irad.runtime.needs import size_text
from irad.runtime.stack import stack_bounds, stack_limit


def innermost(a, k):
    return 1.0 + a[k + 1] * 2.0


def middle(a, k):
    x = 3.0 * innermost(a, k)
    return x


def outermost(a, k):
    total = 0.0
    for _ in range(2):
        total += middle(a, k)
    return total


def countdown(x, n):
    if n == 0:
        return 1.0 / x
    return n * countdown(x, n - 1) + 0.5


def even(x, n):
    return x if n == 0 else math.sin(odd(x, n - 1))


def odd(x, n):
    return x if n == 0 else 2.0 * even(x, n - 1)


def endless(x):
    return endless(x + 1.0) + 1.0


A = np.arange(3.0)


def caught(function: Any, *args: Any) -> BaseException:
    """What the second call raises: it enters the code directly."""
    for _ in range(2):
        try:
            function(*args)
        except Exception as error:
            found = error
    return found


@pytest.mark.parametrize("derive", [irad.compile, irad.grad, irad.jacfwd], ids=["compile", "grad", "jacfwd"])
def test_a_frame_for_each_level(derive: Any) -> None:
    error = caught(derive(outermost), A, 7)
    levels = [("outermost", "middle(a, k)"), ("middle", "innermost(a, k)"), ("innermost", "a[k + 1]")]
    assert frames(error, __file__, "caught") == levels
    with pytest.raises(IndexError) as same:
        outermost(A, 7)
    assert str(error) == str(same.value)
    assert error.__notes__ == ["k + 1 is 8, a.shape[0] is 3"]


@pytest.mark.parametrize("derive", [irad.compile, irad.grad, irad.jacfwd], ids=["compile", "grad", "jacfwd"])
def test_frames_of_calls_that_are_not_inlined(derive: Any) -> None:
    error = caught(derive(countdown), 0.0, 2)
    call = ("countdown", "countdown(x, n - 1)")
    assert frames(error, __file__, "caught") == [call, call, ("countdown", "1.0 / x")]
    error = caught(derive(countdown), 0.0, 100)
    assert len(frames(error, __file__, "caught")) == 33 and error.__notes__ == ["(68 calls in the middle are not shown)"]


@pytest.mark.parametrize("derive", [irad.compile, irad.grad, irad.jacfwd], ids=["compile", "grad", "jacfwd"])
@pytest.mark.parametrize("function", [countdown, even], ids=["self", "mutual"])
def test_deep_recursion(function: Any, derive: Any) -> None:
    compiled = derive(function)
    before = compiled(0.5, 30)
    error = caught(compiled, 0.5, 10**7)
    assert type(error) is RecursionError and str(error) == "maximum recursion depth exceeded"
    assert {name for name, _ in frames(error, __file__, "caught")} <= {"countdown", "even", "odd"}
    assert all(text.startswith(("countdown(", "even(", "odd(")) for _, text in frames(error, __file__, "caught"))
    assert compiled(0.5, 30) == before


def test_endless_recursion_is_told_by_the_line_of_the_call() -> None:
    error = caught(irad.compile(endless), 1.0)
    assert set(frames(error, __file__, "caught")) == {("endless", "endless(x + 1.0)")}


@pytest.mark.parametrize("kilobytes", [64, 256, 1024, 16384])
def test_recursion_in_threads_with_stacks_of_any_size(kilobytes: int) -> None:
    script = f"""
        import math, sys, threading, irad
        sys.path[:0] = {[str(Path(__file__).parent), str(Path(__file__).parent.parent)]!r}
        from test_failure import countdown, even
        functions = [derive(f) for f in (countdown, even) for derive in (irad.compile, irad.grad, irad.jacfwd)]
        done = []
        def run():
            for f in functions:
                first = f(0.5, 10)
                for n in (10**5, 10**7):
                    try:
                        f(0.5, n)
                    except RecursionError:
                        done.append(f(0.5, 10) == first)
        run()
        threading.stack_size({kilobytes * 1024})
        for size in (None, {kilobytes * 1024}, 64 << 20, {kilobytes * 1024}):
            if size:
                threading.stack_size(size)
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
        print(len(done), all(done))
    """
    out = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=300)
    assert (out.returncode, out.stdout) == (0, "60 True\n"), out.stderr[-2000:]


def test_bounds_of_the_stack() -> None:
    seen = []

    def ask() -> None:
        bounds = stack_bounds()
        assert bounds is not None
        seen.append((*bounds, stack_limit(bounds[0] + bounds[1] - 100), stack_limit(12345678)))

    old = threading.stack_size(1 << 20)
    try:
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(old)
    ((low, size, limit, elsewhere),) = seen
    assert 1 << 19 < size <= 1 << 20 and limit == low + (1 << 17)
    assert elsewhere < 12345678


def test_code_without_source() -> None:
    space: dict[str, Any] = {}
    exec("def f(a, k):\n    return 2.0 + a[k]\n", space)
    error = caught(irad.compile(space["f"]), A, 9)
    last = traceback.extract_tb(error.__traceback__)[-1]
    assert (last.filename, last.lineno, last.name) == ("<string>", 2, "f")
    assert not getattr(error, "__notes__", [])


def test_an_error_in_a_handler_keeps_its_context() -> None:
    compiled = irad.compile(countdown)
    caught(compiled, 0.0, 0)
    try:
        try:
            raise KeyError("first")
        except KeyError:
            compiled(0.0, 0)
    except ZeroDivisionError as error:
        assert isinstance(error.__context__, KeyError) and error.__cause__ is None


@pytest.mark.parametrize(
    ("source", "numbers", "note"),
    [
        ("a[k]", (7, 0, 3), "k is 7, a.shape[0] is 3"),
        ("b[i, -j]", (-4, 1, 3), "-j is -4, b.shape[1] is 3"),
        ("b[3, j]", (3, 0, 2), "b.shape[0] is 2"),
        ("b[..., j]", (3, 1, 2), "b.shape[1] is 2"),
        ("b[:, j]", (3, 1, 2), "b.shape[1] is 2"),
        ("b[\n  i]", (3, 0, 2), "i is 3, b.shape[0] is 2"),
        ("self.a[i] + 1", (3, 0, 2), ""),
        ("a[", (3, 0, 2), ""),
        ("", (3, 0, 2), ""),
    ],
)
def test_index_notes(source: str, numbers: tuple[int, int, int], note: str) -> None:
    assert index_note(source, *numbers) == note


def test_sizes_are_written_as_by_numpy() -> None:
    from numpy._core._exceptions import _ArrayMemoryError

    for n in (1, 8, 1000, 1023, 1024, 8_000_000, 1 << 20, (1 << 30) - 1, 1023 << 20, 10**15):
        assert size_text(n) == _ArrayMemoryError._size_to_string(n)
