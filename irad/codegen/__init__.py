"""Typed IR in form `low` to LLVM text. Strings only: llvmlite is the business of `irad.runtime`."""

from __future__ import annotations

from irad.codegen.abi import Site
from irad.codegen.emit import Emitted, emit_module

__all__ = ["Emitted", "Site", "emit_module"]
