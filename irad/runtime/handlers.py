"""Which lines of a file handle an exception: what is raised there has a `__context__` in CPython."""

from __future__ import annotations

import ast
import linecache
from typing import Any

LOST = "raised while another exception was handled: compiled code does not keep that one as __context__"
Spans = tuple[tuple[int, int], ...]

_known: dict[str, tuple[list[str], Spans]] = {}  # by file: its lines when they were looked at, and the bodies of handlers


def in_handler(places: list[Any]) -> bool:
    """Whether one of the places is in the body of an `except`, as far as the source is known."""
    return any(first <= place.line <= last for place in places for first, last in _handlers(place.file))


def not_again(places: list[Any]) -> list[Any]:
    """The places that an exception came through, innermost first, without those of `raise e` where it came to before: that a
    handler raises what it handles sets no `__context__`."""
    return [place for place, inner in zip(places, [None, *places], strict=False)
            if inner is None or (place.func, place.file) != (inner.func, inner.file)]


def _handlers(file: str) -> Spans:
    lines = linecache.getlines(file)
    before, spans = _known.get(file, ([], ()))
    if before is not lines:
        spans = _bodies("".join(lines))
        _known[file] = lines, spans
    return spans


def _bodies(text: str) -> Spans:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return ()
    found = [node.body for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    return tuple((body[0].lineno, body[-1].end_lineno or body[-1].lineno) for body in found)
