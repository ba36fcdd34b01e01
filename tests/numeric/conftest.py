"""LLVM does not optimise what the numeric tests compile: they are about what irad makes of Python, and it took half the time."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="module")
def level(unoptimised: None) -> None:
    """For all of them."""
