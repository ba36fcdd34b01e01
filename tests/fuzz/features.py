"""What generated programs are made of: one row a feature, with its weight in each profile (0: not there).

A row of `STATEMENTS` is written by `Statements.write_NAME`, one of `NUMBERS` by `Expressions.number_NAME`, and so on. A
later issue that teaches irad something adds a row here and a method there; a row with `ready=False` waits until irad
can do it (`--feature NAME` turns it on for one run).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import NamedTuple

# what programs are about, and how often (what takes longer to compile is drawn less often)
THEMES = {"lists": 5, "objects": 5, "dicts": 5, "streams": 5, "functions": 5, "tables": 1, "spans": 1, "locals": 6,
          "vectorize": 3, "wide": 1, "ways": 4}
HEAVY = {"tables", "spans", "wide", "ways"}  # a statement on these takes longer to compile than others: programs have fewer


class Feature(NamedTuple):
    """A way to write something, and how often each profile does. With themes: only programs on one of them do."""

    name: str
    raw: int
    guarded: int
    deep: int
    theme: str = ""
    ready: bool = True


@dataclasses.dataclass(frozen=True)
class Profile:
    """`safe`: the program runs to its end. `trips`: how often the innermost statements may run. `size`: statements."""

    name: str
    safe: bool
    trips: int
    size: int
    top: int  # statements at the top level of the function, at most


PROFILES = {
    "raw": Profile("raw", safe=False, trips=60, size=13, top=4),
    "guarded": Profile("guarded", safe=True, trips=60, size=13, top=4),
    "deep": Profile("deep", safe=True, trips=600, size=12, top=4),
}

STATEMENTS = (
    Feature("assign", 8, 8, 8),
    Feature("augment", 6, 6, 8),
    Feature("count", 4, 4, 3),
    Feature("flag", 2, 2, 1),
    Feature("store", 5, 5, 7),
    Feature("add", 5, 5, 7),
    Feature("swap", 2, 2, 2),
    Feature("exchange", 2, 2, 2),
    Feature("call", 3, 3, 3),
    Feature("pair", 2, 2, 1),
    Feature("whole", 2, 2, 2),
    Feature("slice", 2, 2, 2),
    Feature("alias", 2, 2, 2),
    Feature("if", 6, 6, 6),
    Feature("for", 6, 6, 14),
    Feature("while", 3, 3, 6),
    Feature("forever", 1, 1, 2),
    Feature("exit", 4, 4, 4),
    Feature("view", 4, 4, 4),
    Feature("made", 2, 2, 2),
    Feature("fresh", 2, 2, 2),
    Feature("closure", 2, 2, 1),
    Feature("choice", 2, 2, 1),
    Feature("mode", 2, 2, 1),
    Feature("none", 2, 2, 1),
    Feature("merge", 2, 2, 1),
    Feature("still", 3, 3, 3),
    Feature("rebind", 1, 1, 1),
    Feature("unbound", 2, 0, 0),
    Feature("raise", 3, 0, 0),
    Feature("assert", 2, 0, 0),
    Feature("try", 4, 4, 3),
    Feature("listed", 6, 6, 5, "lists"),
    Feature("grow", 8, 8, 8, "lists"),
    Feature("shrink", 4, 4, 3, "lists"),
    Feature("arrange", 3, 3, 2, "lists"),
    Feature("twin", 3, 3, 2, "lists"),
    Feature("gathering", 4, 4, 5, "lists"),
    Feature("pairing", 3, 3, 2, "lists"),
    Feature("stacking", 3, 3, 2, "lists"),
    Feature("counting", 3, 3, 2, "lists"),
    Feature("drain", 2, 2, 2, "lists"),
    Feature("cut", 2, 2, 1, "lists"),
    Feature("object", 5, 5, 4, "objects locals"),
    Feature("method", 8, 8, 9, "objects locals"),
    Feature("attribute", 6, 6, 8, "objects locals"),
    Feature("combine", 4, 4, 4, "objects locals"),
    Feature("same", 3, 3, 2, "objects locals"),
    Feature("either", 3, 3, 2, "objects locals"),
    Feature("crowd", 2, 2, 2, "objects locals"),
    Feature("flock", 3, 3, 3, "objects"),
    Feature("state", 2, 2, 3, "objects locals"),
    Feature("within", 2, 2, 1, "objects locals"),
    Feature("dict", 5, 5, 4, "dicts"),
    Feature("entry", 6, 6, 6, "dicts"),
    Feature("entries", 4, 4, 4, "dicts"),
    Feature("lookup", 3, 3, 2, "dicts"),
    Feature("keyed", 2, 2, 2, "dicts"),
    Feature("stream", 6, 6, 5, "streams"),
    Feature("lazily", 4, 4, 3, "streams"),
    Feature("advance", 4, 4, 3, "streams"),
    Feature("maker", 5, 5, 4, "functions"),
    Feature("unpacked", 4, 4, 3, "functions"),
    Feature("several", 3, 3, 2, "functions"),
    Feature("walrus", 2, 2, 2, "functions"),
    Feature("match", 2, 2, 1, "functions"),
    Feature("together", 2, 2, 2, "functions"),
    Feature("tabled", 5, 5, 4, "tables"),
    Feature("put", 8, 8, 8, "tables"),
    Feature("take", 4, 4, 3, "tables"),
    Feature("tallying", 4, 4, 4, "tables"),
    Feature("walk", 5, 5, 5, "tables"),
    Feature("memo", 2, 2, 2, "tables"),
    Feature("listed", 3, 3, 3, "spans"),
    Feature("grow", 2, 2, 2, "spans"),
    Feature("gathering", 2, 2, 2, "spans"),
    Feature("span", 5, 5, 4, "spans"),
    Feature("taken", 3, 3, 2, "spans"),
    Feature("columns", 4, 4, 3, "spans"),
    Feature("grid", 4, 4, 4, "spans"),
    Feature("cell", 5, 5, 5, "spans"),
    Feature("splice", 5, 5, 4, "spans"),
    Feature("copied", 3, 3, 2, "spans"),
    Feature("grouped", 3, 3, 3, "spans"),
    Feature("inner", 6, 6, 5, "locals"),
    Feature("stop", 3, 3, 3, "locals"),
    Feature("vectorized", 8, 8, 8, "vectorize"),
    Feature("resized", 5, 5, 5, "vectorize"),
    Feature("ladder", 30, 30, 30, "wide"),
    Feature("long", 15, 15, 15, "wide"),
    Feature("bag", 10, 10, 10, "ways"),
    Feature("vectors", 8, 8, 8, "ways"),
)
COMPOUND = {"if", "for", "while", "forever", "closure", "choice", "mode", "none", "try", "gathering", "drain",
            "crowd", "flock", "state", "within", "entries", "stream", "advance", "several", "match", "together", "take", "put",
            "tallying", "walk", "memo", "cell", "grouped", "stop", "ladder", "long", "bag", "vectors"}
# what binds names that a closure must not
BINDS = {"view", "made", "alias", "closure", "choice", "listed", "grow", "shrink", "arrange", "twin", "pairing", "stacking",
         "counting",
         "cut", "object", "combine", "same", "either", "dict", "keyed", "lazily", "maker", "unpacked", "tabled", "tallying",
         "memo",
         "span", "taken", "columns", "grid", "cell", "copied", "inner", "stop", "vectorized", "resized", "still"}

NUMBERS = (
    Feature("leaf", 8, 8, 8),
    Feature("element", 6, 6, 8),
    Feature("unary", 6, 8, 8),
    Feature("binary", 9, 9, 9),
    Feature("quotient", 4, 3, 3),
    Feature("mixed", 4, 3, 3),
    Feature("domain", 2, 0, 0),
    Feature("conditional", 2, 2, 2),
    Feature("extreme", 2, 2, 2),
    Feature("call", 3, 3, 2),
    Feature("power", 2, 2, 2),
    Feature("remainder", 2, 2, 1),
    Feature("rounded", 1, 1, 1),
    Feature("total", 2, 2, 2),
    Feature("scalar", 2, 2, 1),
    Feature("truth", 1, 1, 1),
    Feature("square", 2, 2, 2),
    Feature("library", 2, 2, 1),
    Feature("ufunc", 2, 2, 2),
    Feature("reduced", 2, 2, 2),
    Feature("table", 1, 1, 1),
    Feature("constant", 1, 1, 1),
    Feature("small", 2, 2, 1),
    Feature("sum", 2, 2, 1),
    Feature("still", 2, 2, 2),
    Feature("list", 6, 6, 5, "lists"),
    Feature("pairs", 2, 2, 1, "lists"),
    Feature("stack", 2, 2, 1, "lists"),
    Feature("object", 6, 6, 5, "objects locals"),
    Feature("dict", 5, 5, 4, "dicts"),
    Feature("stream", 5, 5, 4, "streams"),
    Feature("various", 5, 5, 4, "functions"),
    Feature("table_of", 6, 6, 5, "tables"),
    Feature("list", 2, 2, 2, "spans"),
    Feature("span", 5, 5, 4, "spans"),
    Feature("star", 3, 3, 3, "spans"),
    Feature("grid", 3, 3, 3, "spans"),
    Feature("runs", 3, 3, 2, "spans"),
    Feature("vectorized", 4, 4, 3, "vectorize"),
)
LEAVES = {"leaf", "element"}

INTEGERS = (
    Feature("name", 10, 10, 10),
    Feature("literal", 4, 4, 4),
    Feature("sum", 4, 4, 4),
    Feature("divided", 3, 3, 2),
    Feature("length", 2, 2, 2),
    Feature("bits", 1, 1, 1),
    Feature("item", 2, 2, 2),
    Feature("constant", 1, 1, 1),
    Feature("converted", 1, 1, 1),
    Feature("bounded", 1, 1, 1),
    Feature("counted", 1, 1, 1),
    Feature("discrete", 1, 1, 1),
    Feature("huge", 1, 0, 0),
    Feature("edge", 1, 0, 0),
    Feature("conditional", 1, 1, 1),
    Feature("list", 3, 3, 3, "lists"),
    Feature("tally", 4, 4, 4, "tables"),
    Feature("span", 2, 2, 2, "spans"),
)

CONDITIONS = (
    Feature("compare", 8, 8, 8),
    Feature("chain", 3, 3, 2),
    Feature("parity", 5, 5, 5),
    Feature("both", 3, 3, 2),
    Feature("not", 2, 2, 1),
    Feature("name", 2, 2, 1),
    Feature("member", 1, 1, 1),
    Feature("truthy", 1, 1, 1),
    Feature("counts", 3, 3, 3),
    Feature("finite", 1, 1, 1),
    Feature("instance", 1, 1, 1),
    Feature("any", 1, 1, 1),
    Feature("list", 4, 4, 4, "lists"),
    Feature("object", 4, 4, 4, "objects locals"),
    Feature("dict", 2, 2, 2, "dicts"),
    Feature("stream", 2, 2, 2, "streams"),
    Feature("table", 4, 4, 4, "tables"),
    Feature("span", 2, 2, 2, "spans"),
)

LOOPS = (
    Feature("range", 12, 12, 12),
    Feature("length", 8, 8, 8),
    Feature("view", 4, 4, 4),
    Feature("items", 4, 4, 4),
    Feature("row", 4, 4, 4),
    Feature("enumerate", 4, 4, 4),
    Feature("zip", 4, 4, 4),
    Feature("rows", 4, 4, 4),
    Feature("nest", 4, 4, 4),
    Feature("stencil", 5, 5, 5),
    Feature("triangle", 3, 3, 3),
    Feature("gather", 3, 3, 3),
    Feature("bare", 24, 18, 14),
    Feature("list", 18, 18, 18, "lists"),
    Feature("places", 8, 8, 8, "lists"),
    Feature("flow", 20, 20, 20, "streams"),
    Feature("span", 18, 18, 18, "spans"),
)

# percent of programs whose function has such a parameter
PARAMETERS = (
    Feature("float y", 60, 60, 60),
    Feature("float z", 30, 30, 30),
    Feature("row b", 45, 45, 45),
    Feature("matrix m", 40, 40, 40),
    Feature("ints j", 30, 30, 25),
    Feature("ints l", 20, 20, 15),
    Feature("pair p", 20, 20, 20),
    Feature("int h", 20, 20, 20),
    Feature("bool flag", 20, 20, 20),
    Feature("point q", 15, 15, 15),
    Feature("nest e", 10, 10, 10),
    Feature("function g", 15, 15, 15),
    Feature("small d", 10, 10, 10),
    Feature("big w", 25, 0, 0),
    Feature("big o", 20, 0, 0),
    Feature("list v", 60, 60, 60, "lists"),
    Feature("list vs", 20, 20, 20, "lists"),
    Feature("counts ks", 20, 20, 20, "lists"),
    Feature("pairs ps", 20, 20, 20, "lists"),
    Feature("stack st", 20, 20, 20, "lists"),
    Feature("object ob", 60, 60, 60, "objects"),
    Feature("object oc", 30, 30, 30, "objects"),
    Feature("dict di", 60, 60, 60, "dicts"),
    Feature("table ta", 25, 25, 25, "tables"),
    Feature("tally ty", 15, 15, 15, "tables"),
    Feature("net nt", 10, 10, 10, "tables"),
    Feature("levels lv", 10, 10, 10, "tables"),
    Feature("list v", 60, 60, 60, "spans"),
    Feature("pairs ps", 20, 20, 20, "spans"),
)

TABLES = {"statement": STATEMENTS, "number": NUMBERS, "integer": INTEGERS, "condition": CONDITIONS, "loop": LOOPS}


def on_theme(row: Feature, themes: Iterable[str]) -> bool:
    """Whether a program on these themes has the feature."""
    return not row.theme or not {*row.theme.split()}.isdisjoint(themes)


def weighted(table: str, profile: Profile, extra: Iterable[str] = (), themes: Iterable[str] = ()) -> tuple[list[str], list[int]]:
    """The features of a table that are in use, and their weights."""
    rows = [r for r in TABLES[table] if (r.ready or r.name in extra) and on_theme(r, themes)]
    rows = [r for r in rows if getattr(r, profile.name)]
    return [r.name for r in rows], [getattr(r, profile.name) for r in rows]
