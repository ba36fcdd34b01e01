"""Memory beyond the limit: MemoryError that says what it was for, at the user's line; the function is usable afterwards."""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tracebacks import frames

import irad
from irad import config
from irad.config import _cgroup_room, available_memory
from irad.runtime.budget import INTERRUPTED

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
    return c.sum() + c[0] * b[n - 1] * a[n - 2]  # arrays that are read once are not made


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
    text = "for _ in range(n):" if sys.version_info < (3, 13) else "range(n)"  # what the bytecode says of a loop
    assert frames(error, __file__, "said") == [("counted", text)]


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
        a = np.ones((n, n))
        return a.sum() + a[0, 0]  # (an array that is read once is not made)

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
    with pytest.raises(MemoryError) as raised:
        function(P, 10**10)
    stated = re.search(r"of the ([\d.]+) (\w+) that memory= allows", str(raised.value))
    assert stated
    limit = float(stated[1]) * 2.0 ** {"KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40}[stated[2]]
    assert limit == pytest.approx(available_memory() / 2, rel=0.2)  # (others on the machine take and give meanwhile)


def test_the_default_is_asked_by_each_call_that_needs_much(monkeypatch: pytest.MonkeyPatch) -> None:
    free = [1 << 30]
    asked = []

    def available() -> int:
        asked.append(free[0])
        return free[0]

    monkeypatch.setattr(config, "available_memory", available)
    function = irad.grad(counted)
    for n in (10, 10**6, 10**6):  # up to 16 MB
        assert function(P, n).shape == (3,)
    assert not asked
    assert function(P, 10**7).shape == (3,) and asked == [1 << 30]  # 160 MB
    free[0] = 20 << 20  # and what the context keeps
    with pytest.raises(MemoryError, match=r"needs .* of the 1\d\d. MiB that memory= allows"):
        function(P, 10**7)
    assert function(P, 10**6).shape == (3,) and len(asked) == 3  # twice by the call that failed, as it was made again
    free[0] = 1 << 30
    assert function(P, 10**7).shape == (3,) and len(asked) == 4


def test_what_a_call_has_taken_counts_as_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of 400 MiB are enough for 160 MB, also if most of it has been taken when the question comes again."""

    def two(n: int) -> float:
        a, b = np.zeros(n), np.ones(n)
        return a.sum() + b.sum()

    sizes = [400 << 20, 320 << 20]
    monkeypatch.setattr(config, "available_memory", lambda: sizes.pop(0))
    compiled = irad.compile(two)
    assert compiled(10**7) == compiled(10**7) == 1e7 and not sizes


def test_an_interrupt_of_the_question_leaves_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    function = irad.grad(counted)
    assert function(P, 10**7).shape == (3,)
    with monkeypatch.context() as patch:
        patch.setattr(config, "available_memory", lambda: [][0])
        with pytest.raises(IndexError) as caught:
            function(P, 10**7)
    assert frames(caught.value, __file__, "test_an_interrupt_of_the_question_leaves_the_call") and not INTERRUPTED
    assert function(P, 10**7).shape == (3,)


def folder(root: Path, **files: Any) -> None:
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (root / name.replace("memory_", "memory.")).write_text(f"{content}\n")


def test_limits_of_control_groups_version_2(tmp_path: Path) -> None:
    own, root = tmp_path / "own", tmp_path / "groups"
    own.write_text("0::/service/worker\n")
    folder(root)
    assert list(_cgroup_room(root, own)) == []
    folder(root / "service", memory_max=1000, memory_current=300, memory_stat="anon 200\ninactive_file 50")
    folder(root / "service" / "worker", memory_max="max", memory_current=100, memory_stat="inactive_file 1")
    assert list(_cgroup_room(root, own)) == [750]
    folder(root / "service" / "worker", memory_max=400, memory_current=500, memory_stat="inactive_file 1")
    assert list(_cgroup_room(root, own)) == [0, 750]
    own.write_text("0::/host/path/that/is/not/here\n")  # in a container: the root is its own
    folder(root, memory_max=5000, memory_current=1000, memory_stat="inactive_file 0")
    assert list(_cgroup_room(root, own)) == [4000]


def test_limits_of_control_groups_version_1(tmp_path: Path) -> None:
    own, root = tmp_path / "own", tmp_path / "groups"
    own.write_text("12:cpu,cpuacct:/x\n7:memory:/docker/1\n1:name=systemd:/docker/1\n")
    assert list(_cgroup_room(root, own)) == []
    folder(root / "memory", memory_limit_in_bytes=2**63 - 4096, memory_usage_in_bytes=100, memory_stat="total_inactive_file 0")
    folder(
        root / "memory" / "docker" / "1", memory_limit_in_bytes=1000, memory_usage_in_bytes=600,
        memory_stat="inactive_file 7\ntotal_inactive_file 100",
    )
    assert list(_cgroup_room(root, own)) == [500, 2**63 - 4196]


@pytest.mark.parametrize("text", [None, "", "no colons", "7:memory:/a"], ids=str)
def test_no_control_groups(tmp_path: Path, text: str | None) -> None:
    own = tmp_path / "own"
    if text is not None:
        own.write_text(text)
    assert list(_cgroup_room(tmp_path / "groups", own)) == []


def test_the_tightest_limit_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "_machine_memory", lambda: 3000)
    monkeypatch.setattr(config, "_cgroup_room", lambda: iter([2000, 1000]))
    assert available_memory() == 1000


def test_no_memory_at_all() -> None:
    with pytest.raises(MemoryError, match="0 bytes"):
        irad.compile(grid, memory=0)(P, 10)
