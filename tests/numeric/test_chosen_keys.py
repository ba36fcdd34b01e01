"""Keys of dicts that are one of several known things (texts, members of enums), also in tuples with numbers of run time."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from numeric.harness import same_as_python

import irad


class Phase(Enum):
    IDLE = 1
    BOOST = 2
    COAST = 3


PAIRS: dict[Any, float] = {("a", 1): 1.5, ("b", 1): 2.5, ("a", 2): 3.5, ("a", (1, 2)): 9.0, 3: 7.0, "z": 1.0}
FOLLOWING = {("idle", "go"): "run", ("run", "stop"): "idle", ("run", "go"): "fast", ("fast", "stop"): "run"}
SPEED = {"idle": 0.0, "run": 1.0, "fast": 2.5}


class Rocket:
    RULES: dict[Phase, Callable[[Any], Phase | None]] = {
        Phase.IDLE: lambda s: Phase.BOOST if s.x > 1 else None, Phase.BOOST: lambda s: Phase.COAST if s.x > 2.2 else None,
    }

    def __init__(self, x: float) -> None:
        self.x = x
        self.phase = Phase.IDLE

    def step(self) -> None:
        rule = self.RULES.get(self.phase)
        new = rule(self) if rule else None
        if new is not None:
            self.phase = new
        self.x += 0.3 * self.phase.value


def _flight(x: float) -> float:
    rocket = Rocket(x)
    for _ in range(7):
        rocket.step()
    return rocket.x * rocket.phase.value


def test_rules_by_phase() -> None:
    for x in (0.71, 3.0):
        same_as_python(_flight, x)
        irad.check_grads(_flight, (x,))


def _transitions(a: float, b: float) -> float:
    state, place = "idle", 0.0
    for i in range(8):
        event = "go" if a * i % 1.3 > 0.5 else "stop"
        state = FOLLOWING.get((state, event), state)
        place += SPEED[state] * b
    return place


def test_tuples_of_texts() -> None:
    same_as_python(_transitions, 0.7, 1.5)
    irad.check_grads(_transitions, (0.7, 1.5))


def _own(x: float, y: float) -> Any:
    s = "a" if x > 1 else "b"
    p = Phase.IDLE if x > y else Phase.BOOST
    d = {("a", Phase.IDLE): x, ("b", Phase.BOOST): y, ("a", Phase.BOOST): x * y}
    found: list[Any] = [d.get((s, p), 10.0), PAIRS.get((s, 1), y), (s, p) in d, (s, 1) in PAIRS, s in {"a": 1}]
    try:
        found += [PAIRS[s, 1], d[s, p]]
    except KeyError as e:
        found.append(e.args[0] == ("b", Phase.IDLE))
    counts = {"a": 0.0, "b": 0.0}
    counts[s] += 1
    counts[s] = counts.get(s, 0) + x
    by = {Phase.IDLE: 0.0, Phase.BOOST: 1.0}
    by[p] = x
    by.setdefault(p, 5.0)
    lists: dict[str, list[float]] = {"a": [1.0], "b": []}
    lists[s].append(x)
    lists.setdefault(s, []).append(y)
    left = {"a": 1.0, "b": 2.0}
    return found, counts, by, lists, left.pop(s), len(left)


def test_dicts_of_compiled_code() -> None:
    for x, y in ((2.0, 0.5), (0.4, -1.0), (0.4, 0.1), (1.5, 3.0)):
        same_as_python(_own, x, y)


def _with_numbers(x: float) -> list[Any]:
    n = int(x)
    s = "a" if x < 2 else "b"
    d = {("a", 1): x, ("b", 2): x * 2, ("a", 1, 1): 8.0}
    found: list[Any] = [
        PAIRS.get(("a", n)), PAIRS.get(("b", n), 0.1), ("a", n) in PAIRS, ("b", n) in d, d.get(("b", n), -1.0),
        PAIRS.get(("a", (1, n))), ("q", n) in PAIRS, PAIRS.get(("q", n), 2.0), PAIRS.get(n), PAIRS.get(("a", n + 0.0)),
        ("a", n, n) in d, PAIRS.get((s, n), 0.5),
    ]
    try:
        found.append(PAIRS["b", n])
    except KeyError as e:
        found.append(e.args)
    try:
        found.append(d["a", n])
    except KeyError as e:
        found.append(str(e))
    return found


def test_texts_beside_numbers_of_run_time() -> None:
    for x in (1.5, 2.5, 3.5):
        same_as_python(_with_numbers, x)
