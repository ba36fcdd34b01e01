"""One workload at one size: all contestants, checked and timed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks import check, peers
from benchmarks.measure import best_times
from benchmarks.report import Row
from benchmarks.workloads.workload import Args, Peer, Workload

Maker = Callable[[Args], Peer]
PEERS = ("enzyme", "jax", "torch", "torchdiffeq")  # what irad should be faster than


def makers(workload: Workload, others: bool) -> Iterator[tuple[str, Maker]]:
    """Contestants by name, the primals first."""
    if others:
        yield "numba", partial(peers.numba_primal, workload)
    yield "irad primal", partial(peers.irad_primal, workload)
    yield "irad", partial(peers.irad_peer, workload)
    if others:
        named: dict[str, Maker] = {"enzyme": lambda args: peers.enzyme_peer(workload.primal, args, workload.active)}
        yield from {**named, **workload.peers}.items()


def run(workload: Workload, size: str, passes: int, others: bool = True) -> list[Row]:
    """The rows of a workload at one size; without `others` only irad's."""
    args = workload.arguments(workload.sizes[size])
    ready: dict[str, Peer] = {}
    rows: list[Row] = []
    gradients: dict[str, Any] = {}
    for name, make in makers(workload, others):
        row = Row(workload.title, size, name, None)
        rows.append(row)
        try:
            if (name, size) in workload.skip:
                raise peers.Missing(workload.skip[name, size])
            peers.require(name)
            call, read = make(args)
            call()
            found = read(call())[1]  # the second call: what a first one leaves behind must not matter
        except peers.Missing as missing:
            row.note = str(missing)
            continue
        except Exception as error:  # a contestant that fails is a row of the table, not the end of it
            row.note = f"failed: {type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"
            continue
        ready[name] = call, read
        if found:
            gradients[name] = check.flat(found)
            row.error = check.against_differences(workload, primal_of(ready), args, found)
    judge(workload, rows, gradients)
    times = best_times({name: call for name, (call, _) in ready.items()}, passes)
    finish(workload, size, rows, times)
    return rows


def primal_of(ready: dict[str, Peer]) -> Callable[..., Any]:
    """A compiled primal, to take differences of."""
    call: Any = ready["numba" if "numba" in ready else "irad primal"][0]
    primal: Callable[..., Any] = call.func
    return primal


def judge(workload: Workload, rows: list[Row], gradients: dict[str, Any]) -> None:
    """Mark gradients that differ from the hand-written adjoint and from differences."""
    exact = [g for name, g in gradients.items() if name.startswith("hand") and name not in workload.approximate]
    for row in rows:
        if row.error is None:
            continue
        if exact:
            row.error = check.distance(gradients[row.who], exact[0])
        allowed = workload.approximate.get(row.who, 1e-9 if exact else workload.tolerance)
        if not row.error <= allowed:
            row.note = f"wrong by {row.error:.1e}"


def finish(workload: Workload, size: str, rows: list[Row], times: dict[str, float]) -> None:
    """Fill in times and ratios to numba's primal."""
    for row in rows:
        row.seconds = times.get(row.who)
        if row.seconds is not None and "numba" in times and row.who != "numba":
            row.ratio = row.seconds / times["numba"]
        if row.who == "irad":
            row.target = workload.at_most.get(size)
            faster = [who for who in PEERS if times.get(who, float("inf")) < times.get("irad", 0.0)]
            if size in workload.beats_peers and faster:
                row.note = "; ".join(filter(None, [row.note, f"slower than {', '.join(faster)}"]))
