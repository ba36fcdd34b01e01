"""LLVM does not optimise what the numeric tests compile: they are about what irad makes of Python, and LLVM took half their time.

With IRAD_FULL=1 it is optimised as for users, as are the programs, the native tests and (at every level) the fuzzer's programs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

from irad.runtime.engine import Engine


def _quick(text: str, symbols: Any = None, opt_level: int = 3, glue: str = "") -> Engine:
    return Engine(text, symbols, 0, glue)


@pytest.fixture(autouse=True, scope="module")
def level() -> Iterator[None]:
    if os.environ.get("IRAD_FULL"):
        yield
        return
    with mock.patch("irad.pipeline.Engine", _quick):
        yield
