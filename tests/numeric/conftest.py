"""LLVM's level 1 for the numeric tests: they are about what irad makes of Python, and most of their time was LLVM's.

With IRAD_FULL=1 it is level 3, as for users. The fuzzer, the programs and the native tests are compiled as users' functions are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

from irad.runtime.engine import Engine


def _quick(text: str, symbols: Any = None, opt_level: int = 3, glue: str = "") -> Engine:
    return Engine(text, symbols, min(opt_level, 1), glue)


@pytest.fixture(autouse=True, scope="module")
def level() -> Iterator[None]:
    if os.environ.get("IRAD_FULL"):
        yield
        return
    with mock.patch("irad.pipeline.Engine", _quick):
        yield
