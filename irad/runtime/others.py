"""Arguments of other libraries' classes: tables, tensors, numbers with units. What to write instead.

They are known by what they offer. Only tables that are written in Python, which could be taken for objects to be taken apart,
are known by the package that they are from.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.errors import for_user

PACKAGES = ("pandas", "torch", "jax", "jaxlib", "astropy", "pint", "xarray", "polars", "unyt")
PROTOCOL = ("__array__", "__array_ufunc__", "__array_function__", "__dlpack__")


class Foreign(TypeError):
    """An argument that is to be converted before the call. `what`: which one it is, in words."""

    def __init__(self, value: Any, what: str) -> None:
        self.value, self.what = value, what
        super().__init__(f"{what} is a {class_name(value)}, which irad does not take: pass {conversion(value, 'x')}")
        for_user(self)

    def beside(self, call: str, variable: str) -> TypeError:
        """The error for the user: with the two lines to write."""
        lines = f"    {variable} = {conversion(self.value, variable)}\n    {call}{_comment(self.value, variable)}"
        return for_user(TypeError(f"{self.what} is a {class_name(self.value)}, which irad does not take: write\n{lines}"))


def class_name(value: Any) -> str:
    """The class with the package that it is from."""
    cls = type(value)
    package = cls.__module__.partition(".")[0]
    return cls.__qualname__ if package in ("builtins", "__main__") else f"{package}.{cls.__qualname__}"


def is_foreign(value: Any, structure: bool) -> bool:
    """Whether an argument is such a thing. structure: it could be taken apart as an object."""
    cls = type(value)
    if isinstance(value, (np.generic, type)) or cls is np.ndarray:
        return False
    if isinstance(value, np.ndarray) or cls.__module__.partition(".")[0] in PACKAGES:
        return True
    return not structure and any(hasattr(cls, name) for name in PROTOCOL)


def conversion(value: Any, x: str) -> str:
    """How to make numbers or an array of it."""
    cls = type(value)

    def has(*names: str) -> bool:
        return all(hasattr(cls, name) or name in getattr(value, "__dict__", {}) for name in names)

    if has("magnitude", "units"):
        return f"{x}.magnitude"
    if has("value", "unit") or has("value", "units"):
        return f"{x}.value"
    if has("filled", "mask"):
        return f"{x}.filled(np.nan)"
    if has("to_numpy"):
        return f"{x}.to_numpy()"
    if has("detach", "numpy"):
        return f"{x}.detach().numpy()"
    return f"np.asarray({x})"


def _comment(value: Any, x: str) -> str:
    """What comes back, for tables and tensors."""
    cls = type(value)
    if hasattr(cls, "to_numpy") and hasattr(cls, "index"):
        labels = f"index={x}.index" + (f", columns={x}.columns" if hasattr(cls, "columns") else "")
        return f"  # an array, for {cls.__name__}(..., {labels}) with the {x} before"
    return ""
