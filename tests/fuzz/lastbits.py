"""CPython with irad's last bits, as docs/semantics.md states them: what a program may give that CPython does not give.

`x ** 2` is `x * x`, numpy's transcendental functions are libm's, sums of products go from left to right. A program that
does such things may agree with either, bit for bit.
"""

from __future__ import annotations

import ast
import ctypes
import re
import types
from typing import Any

import numpy as np
from programs.dualmath import Patched

_LIBM = ctypes.CDLL(None)
ONE = ("sin", "cos", "tan", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt", "sinh", "cosh", "tanh",
       "arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh")
TWO = {"arctan2": "atan2", "hypot": "hypot", "power": "pow"}
SUMS = ("dot", "inner", "matmul", "sum", "mean", "linalg")
DEVIATE = re.compile(r"\*\*|@|np\.(" + "|".join((*ONE, *TWO, *SUMS)) + r")\b|\.(sum|mean)\(")


def deviates(source: str) -> bool:
    """Whether the last bits of a program may be others than CPython's."""
    return DEVIATE.search(source) is not None


def libm(name: str, count: int, number: Any = ctypes.c_double) -> Any:
    f = getattr(_LIBM, name if number is ctypes.c_double else f"{name}f")
    f.restype, f.argtypes = number, [number] * count
    return f


def elementwise(plain: Any, name: str, count: int) -> Any:
    """A ufunc of libm's function."""
    wide, narrow = libm(name, count), libm(name, count, ctypes.c_float)

    def both(*args: Any) -> Any:
        made = plain(*args)  # numpy's errors, and the type of the result
        scalar = {np.dtype(np.float64): wide, np.dtype(np.float32): narrow}.get(getattr(made, "dtype", None))
        if scalar is None:
            return made
        if any(isinstance(a, np.ndarray) for a in args):
            return np.frompyfunc(scalar, count, 1)(*args).astype(made.dtype)
        return made.dtype.type(scalar(*args))

    return both


def square(x: Any, y: Any) -> Any:
    """x ** y"""
    if isinstance(x, (float, np.ndarray)) and not isinstance(y, np.ndarray) and y == 2:
        return x * x
    if isinstance(x, np.ndarray) and x.dtype.kind == "f":
        return _power(x, y)
    return x ** y


def product(a: Any, b: Any) -> Any:
    """a @ b, added from left to right; what is wrong with the shapes is numpy's to say."""
    plain = a @ b
    if not isinstance(a, np.ndarray):
        return plain
    if a.ndim == 2 and b.ndim == 2:
        return np.array([[product(row, column) for column in b.T] for row in a]).reshape(plain.shape)
    if a.ndim == 2:
        return np.array([product(row, b) for row in a]).reshape(plain.shape)
    if b.ndim == 2:
        return np.array([product(a, column) for column in b.T]).reshape(plain.shape)
    total = plain.dtype.type(0)
    for x, y in zip(a, b, strict=True):
        total += x * y
    return total


def dot(a: Any, b: Any) -> Any:
    return product(np.asarray(a), np.asarray(b)) if np.ndim(a) and np.ndim(b) else np.dot(a, b)


def total(a: Any, axis: Any = None) -> Any:
    """The sum, added from left to right; numpy adds more than seven numbers in eight sums."""
    a = np.asarray(a)
    if axis is not None or a.ndim == 0 or a.dtype.kind != "f":
        return np.sum(a, axis=axis)
    s = a.dtype.type(0)
    for x in a.flat:
        s += x
    return s


def mean(a: Any, axis: Any = None) -> Any:
    a = np.asarray(a)
    return np.mean(a, axis=axis) if axis is not None or a.dtype.kind != "f" or not a.size else total(a) / a.size


def method(owner: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """owner.sum() and owner.mean(), of arrays as above."""
    if isinstance(owner, np.ndarray):
        return {"sum": total, "mean": mean}[name](owner, *args, **kwargs)
    return getattr(owner, name)(*args, **kwargs)


_power = elementwise(np.power, "pow", 2)
NUMPY: dict[str, Any] = {n: elementwise(getattr(np, n), n.replace("arc", "a"), 1) for n in ONE}
NUMPY |= {n: elementwise(getattr(np, n), c, 2) for n, c in TWO.items()}
NUMPY |= {"dot": dot, "inner": dot, "matmul": product, "sum": total, "mean": mean}
LINALG = Patched(np.linalg, {"norm": lambda a: np.sqrt(dot(a, a))})


class _Operators(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        name = {ast.Pow: "square__", ast.MatMult: "product__"}.get(type(node.op))
        return node if name is None else ast.Call(ast.Name(name, ast.Load()), [node.left, node.right], [])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        f = node.func
        if not isinstance(f, ast.Attribute) or f.attr not in ("sum", "mean"):
            return node
        if isinstance(f.value, ast.Name) and f.value.id == "np":
            return node
        return ast.Call(ast.Name("method__", ast.Load()), [f.value, ast.Constant(f.attr), *node.args], node.keywords)


def with_last_bits(source: str, names: dict[str, Any]) -> types.FunctionType:
    """`f` of this source with irad's last bits; `names`: what its module has from the start."""
    tree = ast.fix_missing_locations(_Operators().visit(ast.parse(source)))
    space: dict[str, Any] = {**names, "__name__": "fuzzed", "square__": square, "product__": product, "method__": method}
    exec(compile(tree, "<last bits>", "exec", dont_inherit=True), space)
    space["np"] = Patched(np, {**NUMPY, "linalg": LINALG})
    f: types.FunctionType = space["f"]
    return f
