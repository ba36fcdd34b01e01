"""Machine types of the IR.

Python and numpy scalars of one machine type share one IR type; how they differ (what raises, what wraps, how a result is
boxed) is decided by `infer`, which emits the guards, and by the `Kind` of a result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class Type:
    """Base of all IR types; instances are immutable and compare by value (of all but arrays there is one instance each)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Scalar(Type):
    """A machine number. `family` is "f" (float), "i" (signed integer), "u" (unsigned) or "b" (bool)."""

    name: str
    family: str
    bits: int

    def __str__(self) -> str:
        return self.name

    @property
    def is_float(self) -> bool:
        return self.family == "f"

    @property
    def is_int(self) -> bool:
        return self.family in "iu"

    @property
    def nbytes(self) -> int:
        return max(self.bits // 8, 1)

    def __reduce__(self) -> tuple[Callable[[str], Type], tuple[str]]:
        return parse_type, (self.name,)


@dataclass(frozen=True, slots=True)
class Array(Type):
    """A strided array of `elem`. layout "C": contiguous in C order; "A": any strides.

    `elem` may itself be an array or a record: that is how tapes of descriptors are made.
    """

    elem: Type
    ndim: int
    layout: str = "C"

    def __str__(self) -> str:
        tail = "" if self.layout == "C" else f", {self.layout}"
        return f"array<{self.elem}, {self.ndim}{tail}>"


class Record(Type):
    """An owned, immutable bundle of values behind one pointer: the tape of a call, also of a recursive one.

    It is opaque: `unpack` names the types that it expects.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return "record"


class Any(Type):
    """The type of every value in form `py`."""

    __slots__ = ()

    def __str__(self) -> str:
        return "any"


FLOAT = Scalar("float", "f", 64)
FLOAT32 = Scalar("float32", "f", 32)
INT = Scalar("int", "i", 64)
INT32 = Scalar("int32", "i", 32)
INT16 = Scalar("int16", "i", 16)
INT8 = Scalar("int8", "i", 8)
UINT64 = Scalar("uint64", "u", 64)
UINT32 = Scalar("uint32", "u", 32)
UINT16 = Scalar("uint16", "u", 16)
UINT8 = Scalar("uint8", "u", 8)
BOOL = Scalar("bool", "b", 1)
RECORD = Record()
ANY = Any()

SCALARS = {t.name: t for t in (FLOAT, FLOAT32, INT, INT32, INT16, INT8, UINT64, UINT32, UINT16, UINT8, BOOL)}


def is_float(t: Type) -> bool:
    """Whether `t` is a floating scalar: the only scalars that carry derivatives."""
    return t is FLOAT or t is FLOAT32


def is_differentiable(t: Type) -> bool:
    """Whether values of this type can be active."""
    if isinstance(t, Array):
        return is_differentiable(t.elem)
    return is_float(t) or isinstance(t, Record)


def nbytes(t: Type) -> int:
    """Bytes that one value of type `t` takes in memory (an array: its descriptor)."""
    if isinstance(t, Scalar):
        return t.nbytes
    if isinstance(t, Array):
        return 8 * (2 + 2 * t.ndim)
    return 8


def parse_type(text: str) -> Type:
    """The type whose text this is ("float", "array<float, 2, A>", "record", "any").

    Raises
    ------
    ValueError
        If the text is not a type.
    """
    text = text.strip()
    if text in SCALARS:
        return SCALARS[text]
    if text == "record":
        return RECORD
    if text == "any":
        return ANY
    if text.startswith("array<") and text.endswith(">"):
        inner = text[6:-1]
        depth_zero = [i for i, ch in enumerate(inner) if ch == "," and inner[:i].count("<") == inner[:i].count(">")]
        parts = [inner[a:b].strip() for a, b in zip([0, *(i + 1 for i in depth_zero)], [*depth_zero, len(inner)], strict=True)]
        if len(parts) in (2, 3):
            return Array(parse_type(parts[0]), int(parts[1]), parts[2] if len(parts) == 3 else "C")
    raise ValueError(f"not a type: {text!r}")
