"""What a statement of a generated program may use where it stands: names by kind, loops around it, helpers."""

from __future__ import annotations

import dataclasses

# kinds of values: "float", "int", "bool", "pair" (two floats), "row" (float array as long as all other rows), "view"
# (1-d float array of another length, never empty), "matrix", "ints" (1-d int array), "number" (int or float), "point" (a
# namedtuple of two floats), "nest" (a pair in a tuple with an array), "small" (array of 32-bit floats), "function" (of a float),
# "big" (an int, perhaps too large for anything but to go wrong), "sum" (an int or a float), "list" (of floats), "counts" (a list
# of ints), "pairs" (a list of pairs), "stack" (a list of rows), "dict" (with names as keys), "table", "tally", "net", "levels"
# (dicts with keys that are known at run time only, see `tables.py`), "span" (a tuple of floats), "grid" (a list of lists of
# floats), "lane" (one of these), "still" (an array or list that is only read, see `captured.py`), "class" (of the function
# itself), a class of the program by its name.
# A name may be a place: "xs[0]", "o.x" and "d['a']" are floats that are read and assigned like variables.
FLOATS, ARRAYS = ("float",), ("row", "view")


@dataclasses.dataclass(frozen=True)
class Helper:
    """A function that can be called: kinds of its parameters and of its result; `cost`: how long it runs, about."""

    name: str
    params: tuple[str, ...]
    result: str
    cost: int = 1


@dataclasses.dataclass
class Scope:
    """A place in a function. `kinds`: bound names; `loose`: names that may be unbound; `fixed`: not to be assigned."""

    result: str
    kinds: dict[str, str]
    helpers: list[Helper]
    fixed: set[str] = dataclasses.field(default_factory=set)
    loose: dict[str, str] = dataclasses.field(default_factory=dict)
    indices: dict[str, str] = dataclasses.field(default_factory=dict)  # counters that are indices of a row or axis
    forms: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)  # of these counters: what else is an index
    captured: bool = False  # inside a closure: names of the outer function are read only
    top: bool = False  # the function `f` itself, whose loops are all known here
    depth: int = 0
    loops: int = 0
    trips: int = 1

    def inside(self, *, trips: int = 0, **bound: str) -> Scope:
        """The scope of a block; `trips` makes it the body of a loop; `bound`: names of that block."""
        return dataclasses.replace(
            self, kinds={**self.kinds, **bound}, helpers=list(self.helpers), fixed=set(self.fixed), loose=dict(self.loose),
            indices=dict(self.indices), forms=dict(self.forms), depth=self.depth + 1, loops=self.loops + (trips > 0),
            trips=self.trips * max(trips, 1),
        )

    def left(self, block: Scope) -> None:
        """After a block: what it bound is perhaps unbound here."""
        self.loose.update({n: k for n, k in {**block.kinds, **block.loose}.items() if n not in self.kinds})

    def bind(self, name: str, kind: str) -> str:
        """Note that a name has a value of this kind."""
        self.kinds[name] = kind
        self.loose.pop(name, None)
        self.indices.pop(name, None)
        return name

    def of(self, *kinds: str) -> list[str]:
        """Bound names of these kinds."""
        return [name for name, kind in self.kinds.items() if kind in kinds]

    def assignable(self, *kinds: str) -> list[str]:
        """Those that may be assigned."""
        return [name for name in self.of(*kinds) if name not in self.fixed]
