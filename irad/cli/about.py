"""`irad info` and `irad cache`: what irad runs on, and its disk cache."""

from __future__ import annotations

import argparse
import os
import platform
from importlib import metadata

from irad.config import CONFIG

PACKAGES = ("irad", "llvmlite", "numpy", "scipy", "numba")


def info(options: argparse.Namespace) -> int:
    """Versions, machine and settings."""
    print("\n".join(describe()))
    return 0


def describe() -> list[str]:
    """The lines of `irad info`."""
    lines = [f"{name:<12} {version(name)}" for name in PACKAGES]
    lines += [
        f"{'python':<12} {platform.python_implementation()} {platform.python_version()}",
        f"{'system':<12} {platform.system()} {platform.release()} {platform.machine()}",
        f"{'processor':<12} {processor()}, {os.cpu_count()} cores",
        f"{'package':<12} {os.path.dirname(os.path.dirname(os.path.abspath(__file__)))}",
        "", "settings (environment, read when irad is imported):",
    ]
    lines += [f"  {name:<16} {value}" for name, value in CONFIG._asdict().items()]
    changed = sorted(name for name in os.environ if name.startswith("IRAD_"))
    return [*lines, f"  set now: {', '.join(changed) or 'none'}"]


def version(package: str) -> str:
    """The installed version of a package."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def processor() -> str:
    """The processor's name, as far as the system says it cheaply."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def cache(options: argparse.Namespace) -> int:
    """The disk cache does not exist yet; say so."""
    print("irad keeps no code on disk yet: machine code lives as long as its function. There is nothing to clear."
          if options.action == "clear" else
          "irad keeps no code on disk yet: machine code lives as long as its function.")
    return 0
