"""What a workload is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Args = tuple[Any, ...]
Result = tuple[float, list[Any]]
Peer = tuple[Callable[[], Any], Callable[[Any], Result]]  # the call to be timed; its result as (value, gradients)
PeerMaker = Callable[[Args], Peer]


@dataclass(frozen=True)
class Workload:
    """A function to differentiate. `active`: the positions of its differentiated arguments.

    `peers` are written by hand for this workload; `skip` says for (peer, size) why it is left out. `at_most`: the target
    for irad's value and gradient by size, as a multiple of the primal compiled by numba; `beats_peers`: sizes at which it
    should be the fastest.
    `approximate`: peers that compute a slightly different derivative on purpose, and how far it may be off.
    """

    name: str
    title: str
    primal: Callable[..., Any]
    active: tuple[int, ...]
    sizes: Mapping[str, Any]
    quick: tuple[str, ...]
    arguments: Callable[[Any], Args]
    peers: Mapping[str, PeerMaker] = field(default_factory=dict)
    skip: Mapping[tuple[str, str], str] = field(default_factory=dict)
    at_most: Mapping[str, float] = field(default_factory=dict)
    beats_peers: tuple[str, ...] = ()
    approximate: Mapping[str, float] = field(default_factory=dict)
    step: float = 1e-6  # of central differences, relative
    tolerance: float = 1e-6  # of the comparison with them
