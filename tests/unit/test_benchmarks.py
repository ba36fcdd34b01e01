"""The benchmarks' workloads: right, with small tapes, and without new memory once they run."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import irad
from benchmarks import check, guards, measure, report, run, tape
from benchmarks.kernels import KERNELS, Kernel
from benchmarks.workloads import NAMES, load
from irad.codegen.abi import BLOCK_BYTES, BLOCK_NEXT, BLOCK_RAW, CTX_BLOCKS, CTX_LISTS, CTX_USED, LISTS
from irad.runtime.nativetext import CTX, STATE

SMALL = {  # sizes at which all of this takes no time
    "power": 20, "branches": 0, "lotka": (2.0, 1e-6), "mixture": (3, 4, 20), "heston": (20, 10), "lstm": (2, 6, 4),
    "brusselator": (6, 5), "stencil": (40, 6), "arrays": (4, 3),
}


def gradient(name: str) -> tuple[Any, tuple[Any, ...]]:
    workload = load(name)
    return irad.value_and_grad(workload.primal, argnums=workload.active), workload.arguments(SMALL[name])


@pytest.mark.parametrize("name", NAMES)
def test_workload_is_right(name: str) -> None:
    """The value is CPython's, the gradient that of central differences."""
    workload = load(name)
    both, args = gradient(name)
    value, gradients = both(*args)
    assert value == workload.primal(*args)
    error = check.against_differences(workload, irad.compile(workload.primal), args, list(gradients))
    assert error < workload.tolerance


def word(address: int) -> int:
    return ctypes.c_size_t.from_address(address).value


def blocks(head: int) -> list[tuple[int, int]]:
    """Address and size of the C blocks on a list."""
    found = []
    while head:
        found.append((word(head + BLOCK_RAW), word(head + BLOCK_BYTES)))
        head = word(head + BLOCK_NEXT)
    return found


def memory(both: Any) -> tuple[int, list[tuple[int, int]], set[int]]:
    """What the contexts of a compiled function hold: bytes in use, live blocks, addresses of all blocks."""
    state = both._last.state.address
    contexts = [word(state + STATE["static"])]
    free = word(state + STATE["free"])
    while free:
        contexts.append(free)
        free = word(free + CTX["next"])
    live = [b for c in contexts for b in blocks(word(c + CTX_BLOCKS))]
    kept = [b for c in contexts for k in range(LISTS) for b in blocks(word(c + CTX_LISTS + 8 * k))]
    return sum(word(c + CTX_USED) for c in contexts), live, {raw for raw, _ in live + kept}


@pytest.mark.parametrize("name", NAMES)
def test_no_allocation_in_the_steady_state(name: str) -> None:
    """After a few calls the same blocks serve for ever: nothing comes from C, nothing stays in use."""
    both, args = gradient(name)
    for _ in range(3):
        both(*args)
    before = memory(both)
    for _ in range(20):
        both(*args)
    assert memory(both) == before
    assert before[0] == 0 and before[1] == []


def test_memory_is_seen() -> None:
    """The test above would notice: a tape leaves its blocks on the free lists, and a longer one brings new ones."""
    _, (x, n) = gradient("power")
    both = irad.value_and_grad(irad.compile(load("power").primal, mode="reverse"))
    both(x, n)
    few = memory(both)[2]
    both(x, 100 * n)
    assert few < memory(both)[2]


@pytest.mark.parametrize("row", tape.rows(), ids=lambda row: row["name"])
def test_tape(row: dict[str, Any]) -> None:
    assert row["bytes"] <= row["at_most"]
    assert row["name"] == "Lotka-Volterra" or row["bytes"] == row["at_most"]
    assert row["default"] == (row["bytes"] if row["name"] == "Lotka-Volterra" else 0)


def test_a_wrong_gradient_is_marked() -> None:
    workload = load("branches")
    args = workload.arguments(0)
    good = [np.array(g) for g in gradient("branches")[0](*args)[1]]
    rows = [report.Row("g", "", who, 1.0, error=0.0) for who in ("hand", "irad")]
    run.judge(workload, rows, {"hand": check.flat(good), "irad": check.flat([g * 1.001 for g in good])})
    assert rows[0].note == "" and rows[1].note.startswith("wrong by 1.0e-03")
    assert check.against_differences(workload, workload.primal, args, [g * 1.001 for g in good]) > workload.tolerance


def test_run_without_peers() -> None:
    """The rows of a workload, as the command prints them."""
    rows = run.run(load("branches"), "", 2, others=False)
    assert [r.who for r in rows] == ["irad primal", "irad"]
    assert all(r.seconds and not r.note for r in rows) and rows[1].error is not None
    results = {"workloads": rows, "calls": [], "first": [], "guards": [], "pelts": [], "products": [], "solvers": [], "tape": [],
               "vectors": [], "machine": report.machine()}
    assert "scalar function with branches" in report.markdown(results)
    assert "branches" in report.as_json(results)


def test_table_goes_between_the_markers(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(f"a\n{report.BEGIN}\nold\n{report.END}\nb\n")
    report.put_between(path, "| new |\n")
    assert path.read_text() == f"a\n{report.BEGIN}\n| new |\n{report.END}\nb\n"


def test_passes_are_interleaved() -> None:
    order = []
    times = measure.best_times({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, passes=3)
    assert set(times) == {"a", "b"} and all(t > 0 for t in times.values())
    runs = [k for k, previous in zip(order, [""] + order) if k != previous]
    assert runs[-6:] == ["a", "b"] * 3


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda k: k.name)
def test_kernel_is_right(kernel: Kernel) -> None:
    """With checks and without: the arrays are CPython's to the bit; the gradients agree."""
    wanted = kernel.arguments(13)
    kernel.run(*wanted)
    for options in ({}, guards.OFF):
        args = kernel.arguments(13)
        irad.compile(**options)(kernel.run)(*args)
        for a, b in zip(args, wanted):
            np.testing.assert_array_equal(a, b)
    both = [irad.value_and_grad(irad.compile(**o)(kernel.loss), argnums=kernel.active) for o in ({}, guards.OFF)]
    (x, dx), (y, dy) = (f(*kernel.arguments(13)) for f in both)
    assert x == y
    for a, b in zip(dx, dy):
        np.testing.assert_array_equal(a, b)


def test_cost_of_checks_is_told() -> None:
    calls = {"checked": lambda: None, "unchecked": lambda: None}
    times, ratios = guards.measure(calls, 3)
    assert set(times) == set(ratios) == set(calls)
    rows = [report.Row("gather", "1e3", who, times[who], ratios[who], 1.15) for who in calls]
    assert "| gather, 1e3 |" in "\n".join(report.guards_table(rows))
