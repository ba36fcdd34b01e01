"""What a traceback shows of a test's own file."""

from __future__ import annotations

import linecache
import traceback


def frames(error: BaseException, file: str, *own: str) -> list[tuple[str, str]]:
    """(function, text under the caret) of each frame, all of them in `file`; without those of the functions `own`."""
    shown = []
    for entry in traceback.extract_tb(error.__traceback__):
        assert entry.filename == file, entry
        if entry.name not in own:
            shown.append((entry.name, linecache.getline(file, entry.lineno or 0)[entry.colno : entry.end_colno].strip()))
    return shown
