"""The workloads by name, in the order of the table."""

from __future__ import annotations

from importlib import import_module

from benchmarks.workloads.workload import Workload

NAMES = ("power", "branches", "lotka", "mixture", "heston", "lstm", "brusselator", "stencil", "arrays")


def load(name: str) -> Workload:
    """The workload of a module of this package."""
    workload: Workload = import_module(f"benchmarks.workloads.{name}").WORKLOAD
    return workload
