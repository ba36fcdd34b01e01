"""Options of compilation: their names, what they may be, and the context manager that sets defaults."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from irad.config import parse_size
from irad.errors import for_user, user_facing

DEFAULTS: dict[str, Any] = {
    "static_argnums": (), "static_argnames": (), "mode": "auto", "memory": None, "threads": None, "fastmath": False,
    "vector_math": False, "boundscheck": True, "overflow": "raise", "cache": True, "verify": False,
}
CHOICES = {"mode": ("auto", "forward", "reverse"), "overflow": ("raise", "wrap")}
LATER = {"fastmath": True, "vector_math": True}
_current: ContextVar[dict[str, Any]] = ContextVar("irad_options", default={})  # noqa: B039 (never changed in place)


def checked(given: dict[str, Any]) -> dict[str, Any]:
    """Options that differ from their defaults, in a form that can be a key.

    Raises
    ------
    TypeError, ValueError
        For an unknown option or a wrong value.
    NotImplementedError
        For an option that is not there yet.
    """
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name not in DEFAULTS:
            raise for_user(TypeError(f"there is no option {name!r}; the options are {', '.join(DEFAULTS)}"))
        if name in CHOICES and value not in CHOICES[name]:
            raise for_user(ValueError(f"{name} is one of {', '.join(map(repr, CHOICES[name]))}, not {value!r}"))
        if name in LATER and value:
            raise for_user(NotImplementedError(f"{name}={value!r} is not there yet: leave it out"))
        if name == "memory" and value is not None:
            value = _size(value)
        if name == "static_argnums":
            value = (value,) if isinstance(value, int) else tuple(value)
        if name == "static_argnames":
            value = (value,) if isinstance(value, str) else tuple(value)
        if value != DEFAULTS[name]:
            found[name] = value
    return found


def _size(value: Any) -> int:
    try:
        return parse_size(value)
    except ValueError as error:
        raise for_user(ValueError(f"memory={error}")) from None


def effective(own: dict[str, Any]) -> dict[str, Any]:
    """A function's own options over those of the surrounding `irad.options`."""
    return {**_current.get(), **own}


@user_facing
def options(**given: Any) -> contextlib.AbstractContextManager[None]:
    """Defaults for what is compiled inside the `with` block (this thread and task only).

    Examples
    --------
    >>> import irad
    >>> with irad.options(memory="1 GiB"):
    ...     irad.compile(lambda x: x * x)(3.0)
    9.0
    """
    return _within(checked(given))


@contextlib.contextmanager
def _within(chosen: dict[str, Any]) -> Iterator[None]:
    token = _current.set({**_current.get(), **chosen})
    try:
        yield
    finally:
        _current.reset(token)
