"""What the fast entry is told about parameters, results and inputs: small frozen descriptions."""
from __future__ import annotations

from typing import NamedTuple, TypeAlias

from irad.infer.kinds import widest

# kind -> (LLVM type of the value, LLVM type in memory)
KINDS = {"bool": ("i1", "i8"), "bool_": ("i1", "i8"), "int32": ("i32", "i32"), "int": ("i64", "i64"), "int64": ("i64", "i64"),
         "float32": ("float", "float"), "float": ("double", "double"), "float64": ("double", "double"), "tag": ("i8", "i8"),
         "int8": ("i8", "i8"), "uint8": ("i8", "i8"), "int16": ("i16", "i16"), "uint16": ("i16", "i16"),
         "uint32": ("i32", "i32"), "uint64": ("i64", "i64")}  # tag: which member of a finite choice, a Python int


class Scalar(NamedTuple):
    """A parameter or input of one exact type, a key of KINDS: 'float', 'int', 'bool' are Python's, the others numpy's."""

    kind: str


class Array(NamedTuple):
    """An exact ndarray, aligned, of native byte order: `dtype` is a key of `nativelayout.DTYPES`, layout C (contiguous) or A."""

    dtype: str
    ndim: int
    layout: str = "A"
    writeable: bool = False


class Tuple(NamedTuple):
    """An exact tuple (or named tuple, whose class `type` is bound to) of this length; its items follow each other."""

    items: tuple[Param, ...]
    type: str = "PyTuple_Type"


class Known(NamedTuple):
    """One object: the data symbol (`irad_known_...`) is bound to its address. No kernel argument.

    By identity, or with `equal` (ints, strings) also any equal object of exactly the same class.
    """

    symbol: str
    equal: bool = False


class NoneType:
    """None. No kernel argument."""


class Function(NamedTuple):
    """A Python function with this code and these globals (data symbols); default values and contents of its cells."""

    code: str
    globals: str
    defaults: tuple[Param, ...]
    cells: tuple[Param, ...]


Param: TypeAlias = Scalar | Array | Tuple | Known | NoneType | Function


class ScalarResult(NamedTuple):
    """A number. With several kinds an i8 leaf after the value says which; the machine type is the widest."""

    kinds: tuple[str, ...]


class ArrayResult(NamedTuple):
    """An array that the kernel made: {ptr owner, ptr data, i64 dims[], i64 strides[]}."""

    dtype: str
    ndim: int
    writeable: bool = True


class ArraysResult(NamedTuple):
    """Arrays that are the elements of one: an array of objects. reader: the symbol of a `sharing.Reader` for them."""

    reader: str


class TupleResult(NamedTuple):
    """A tuple, or with `cls` (a data symbol) the object that this class makes of the items."""

    items: tuple[Result, ...]
    cls: str | None = None


class NoneResult:
    """None. No out leaf."""


class KnownResult(NamedTuple):
    """One object, by data symbol. No out leaf."""

    symbol: str


class ParamResult(NamedTuple):
    """An argument itself, the same object: index of the parameter, then of items of tuples. No out leaf."""

    path: tuple[int, ...]


Result: TypeAlias = ScalarResult | ArrayResult | ArraysResult | TupleResult | NoneResult | KnownResult | ParamResult


class Cell(NamedTuple):
    """The closure cell of the function that the state was made for that has this number."""

    number: int


class Global(NamedTuple):
    """A name in a namespace."""

    namespace: dict[str, object]
    key: str


class Input(NamedTuple):
    """A captured number or array, read at each call into ctx->inputs."""

    source: Cell | Global
    leaf: Scalar | Array

    @property
    def words(self) -> int:
        """Its size in the inputs: 8-byte words."""
        return 1 if isinstance(self.leaf, Scalar) else 2 + 2 * self.leaf.ndim


def machine_kind(kinds: tuple[str, ...]) -> str:
    """The kind in whose machine type a value of any of these kinds is held."""
    return kinds[0] if len(kinds) == 1 else str(widest(kinds))
