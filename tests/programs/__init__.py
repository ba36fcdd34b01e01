"""Programs under test: plain Python functions in several modules, filed in `registry.PROGRAMS` as the modules are imported."""

from __future__ import annotations

import importlib

MODULES = ("scalars", "loops", "inplace", "calls", "exceptions", "numerics", "wholearrays", "objects", "generated")


def load() -> None:
    """Import all modules of programs."""
    for name in MODULES:
        importlib.import_module(f"programs.{name}")
