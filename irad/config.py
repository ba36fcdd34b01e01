"""The environment, read once when irad is imported (docs/api.md, section 7).

Everything else asks `CONFIG`; nothing else reads `os.environ`. A value that cannot be read stops the import with a
ValueError that names the variable: a memory limit that is misspelt must not be a limit that is silently absent.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

_UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(?:([kmgt]?)(i?)b?)\s*", re.IGNORECASE)
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


def parse_size(size: int | str) -> int:
    """Read a number of bytes.

    Parameters
    ----------
    size : int or str
        Bytes, or a text such as ``"2 GiB"`` (powers of 1024), ``"2 GB"`` (powers of 1000), ``"512k"`` (1024).

    Returns
    -------
    int
        The number of bytes.

    Examples
    --------
    >>> parse_size("2 GiB"), parse_size("1.5 kB"), parse_size(7)
    (2147483648, 1500, 7)
    """
    text = "" if isinstance(size, bool) else str(size)
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"{size!r} is not a size: write bytes as a number, or a text such as '2 GiB'")
    if isinstance(size, int):
        return size
    number, unit, binary = match.groups()
    decimal = not binary and text.strip().lower().endswith("b")  # kB is 1000; KiB and plain k are 1024
    return int(float(number) * float(1000 if decimal else 1024) ** _UNITS[unit.lower()])


class Config(NamedTuple):
    """What the environment says. `memory` None means: half of what is free, asked anew at each call."""

    cache_dir: Path
    disable: bool = False
    cache: bool = True
    cache_size: int = 1 << 30
    memory: int | None = None
    threads: int = 1
    dump: tuple[str, ...] = ()
    check: bool = False
    full_traceback: bool = False
    color: bool = True

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Config:
        """Read the variables of `env`; ValueError names the one that cannot be read."""
        directory = env.get("IRAD_CACHE_DIR", "").strip()
        return cls(
            cache_dir=Path(directory).expanduser() if directory else _user_cache_dir(env),
            disable=_flag(env, "IRAD_DISABLE", False),
            cache=_flag(env, "IRAD_CACHE", True),
            cache_size=1 << 30 if (size := _size(env, "IRAD_CACHE_SIZE")) is None else size,
            memory=_size(env, "IRAD_MEMORY"),
            threads=_count(env, "IRAD_THREADS"),
            dump=tuple(re.findall(r"[^\s,]+", env.get("IRAD_DUMP", ""))),
            check=_flag(env, "IRAD_CHECK", False),
            full_traceback=_flag(env, "IRAD_FULL_TRACEBACK", False),
            color=not env.get("NO_COLOR"),  # by convention any text that is not empty
        )


def memory_budget(option: int | str | None = None) -> int | None:
    """Bytes that the tape and arrays of one call may take: the option, else IRAD_MEMORY; None: half of what is free then."""
    return CONFIG.memory if option is None else parse_size(option)


def available_memory() -> int:
    """Bytes that can be had without swapping: the machine's, or what the tightest cgroup around us leaves."""
    return min([_machine_memory(), *_cgroup_room()])


def _flag(env: Mapping[str, str], name: str, default: bool) -> bool:
    text = env.get(name, "").strip().lower()
    if text not in _TRUE | _FALSE:
        raise ValueError(f"{name}={env[name]!r}: write 1 or 0")
    return text in _TRUE if text else default


def _size(env: Mapping[str, str], name: str) -> int | None:
    text = env.get(name, "").strip()
    if not text:
        return None
    try:
        return parse_size(text)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _count(env: Mapping[str, str], name: str) -> int:
    text = env.get(name, "").strip() or "1"
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"{name}={text!r}: write a positive whole number")
    return int(text)


def _user_cache_dir(env: Mapping[str, str]) -> Path:
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        return Path(env.get("LOCALAPPDATA") or home / "AppData" / "Local") / "irad" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "irad"
    return Path(env.get("XDG_CACHE_HOME") or home / ".cache") / "irad"


def _machine_memory() -> int:
    if sys.platform == "win32":
        return _windows_memory()
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass  # not Linux
    # macOS does not say what is free without a framework; half of the machine is the usual guess.
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def _windows_memory() -> int:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_uint32), ("load", ctypes.c_uint32)] + [
            (name, ctypes.c_uint64)
            for name in ("total", "free", "page_total", "page_free", "virtual_total", "virtual_free", "extended")
        ]

    status = Status(length=ctypes.sizeof(Status))
    ctypes.CDLL("kernel32").GlobalMemoryStatusEx(ctypes.byref(status))
    return int(status.free)


def _cgroup_room(root: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> Iterator[int]:
    """What each cgroup above this process leaves; nothing where there is no limit or no cgroups."""
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        if line.count(":") < 2:
            continue
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            base, limit, usage = root, "memory.max", "memory.current"
        elif "memory" in controllers.split(","):
            base, limit, usage = root / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"
        else:
            continue
        # Inside a container the path may be the host's: then the folders are missing and the root holds the limit.
        folder = Path(path.lstrip("/"))
        for level in (folder, *folder.parents):
            room = _room(base / level, limit, usage)
            if room is not None:
                yield room


def _room(folder: Path, limit: str, usage: str) -> int | None:
    try:
        most, used = int((folder / limit).read_text()), int((folder / usage).read_text())
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):
        return None  # no such level, or "max"
    # The page cache counts as used but is given back under pressure.
    reclaimable = int(stat.get("total_inactive_file", stat.get("inactive_file", 0)))
    return max(most - used + reclaimable, 0)


CONFIG = Config.from_env(os.environ)
