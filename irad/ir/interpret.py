"""Runs IR in Python: forms `typed`, `loops` and `low`, by the op table's `eval` and what is said here about arrays.

It tells front-end errors from code-generation errors, debugs adjoints, and checks ownership: with a `Heap` every
`retain` and `release` of form `low` is counted, a use after the last release is an error, and so is an array never
released.

Scalars are Python numbers, rounded and wrapped to their machine type after each op. An array is a `Ref`: a numpy view
and the `Owner` of its memory. Indices out of bounds are an error of the IR (a guard is missing), not an IndexError.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from irad.errors import exception_named
from irad.ir.core import UNDEF, Block, Branch, Const, Function, Instr, Jump, Module, Raise, Return, Value
from irad.ir.types import FLOAT32, Array, Scalar, Type

Evaluate = Callable[[str], Callable[..., Any] | None]
GROW_AT_LEAST = 4


class InterpretError(RuntimeError):
    """IR that does what no valid program does."""


@dataclass(eq=False)
class Owner:
    """One allocation: how many own it, and what it holds. `site` names the instruction that made it."""

    site: str
    contents: Any
    count: int = 1
    freed: bool = False
    borrowed: bool = False  # made by the caller, who keeps it alive, or in the frame

    def nested(self) -> Iterator[Owner]:
        """The owners that this allocation holds a reference to."""
        items: Iterable[Any] = self.contents
        if isinstance(items, np.ndarray):
            items = items.flat if items.dtype == object else ()
        for item in items:
            if isinstance(item, Ref) and item.owner is not None:
                yield item.owner


@dataclass(eq=False)
class Ref:
    """A value of array or record type: `data` is a numpy view or a tuple; no owner: the null array of `undef`."""

    data: Any
    owner: Owner | None


class Nowhere(NamedTuple):
    """What a view would be that its array does not have: made ahead of the check that it does, it must not be read.

    shape, strides: as of a numpy array; why: what to say of a use.
    """

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    why: str


@dataclass(eq=False)
class Heap:
    """All allocations of a run, with their counts."""

    owners: list[Owner] = field(default_factory=list)

    def retain(self, ref: Ref | None) -> None:
        if ref is not None and ref.owner is not None:
            if ref.owner.freed:
                raise InterpretError(f"retain after the last release: {ref.owner.site}")
            ref.owner.count += 1

    def release(self, ref: Ref | None) -> None:
        if ref is not None and ref.owner is not None:
            self._drop([ref.owner])

    def _drop(self, work: list[Owner]) -> None:
        while work:
            owner = work.pop()
            owner.count -= 1
            if owner.freed or owner.count < (1 if owner.borrowed else 0):
                raise InterpretError(f"released once too often: {owner.site}")
            if owner.count == 0:
                owner.freed = True
                work += owner.nested()

    def check(self, results: Iterable[object]) -> None:
        """Everything is released but what the results own.

        Raises
        ------
        InterpretError
            If an allocation leaks, or a result is not owned by the caller.
        """
        expected: dict[Owner, int] = {}
        for ref in results:
            if isinstance(ref, Ref) and ref.owner is not None:
                expected[ref.owner] = expected.get(ref.owner, 0) + 1
        for owner in self.owners:
            if not owner.freed:
                for inner in owner.nested():
                    expected[inner] = expected.get(inner, 0) + 1
        for owner in self.owners:
            due = expected.get(owner, 0) + owner.borrowed
            if owner.count != due:
                raise InterpretError(f"{owner.site}: {owner.count} references are left, {due} are accounted for")


def run(
    module: Module, name: str, args: Sequence[object], *, evaluate: Evaluate, heap: Heap | None = None,
    inputs: Sequence[object] = (), fuel: int | None = None,
) -> tuple[object, ...]:
    """Call a function of the module; its results, arrays as numpy arrays.

    `evaluate` gives the Python meaning of an op (None: one of the array ops that are known here), `inputs` are the
    captured values. With a `heap` references are counted (form `low`). `fuel` limits the number of blocks run.

    Raises
    ------
    InterpretError
        If the IR itself is at fault. Exceptions that the program raises come out as themselves.
    """
    machine = Machine(module, evaluate, heap, inputs, fuel)
    function = module.functions[name]
    if len(args) != len(function.params):
        raise InterpretError(f"@{name} takes {len(function.params)} arguments, not {len(args)}")
    given: dict[int, Ref] = {}
    machine_args = [machine.bring_in(a, p.type, given) for a, p in zip(args, function.params, strict=True)]
    results = machine.call(function, machine_args)
    if heap is not None:
        heap.check(results)
    return tuple(_bring_out(r) for r in results)


def _bring_out(value: object) -> object:
    if isinstance(value, Ref):
        return tuple(map(_bring_out, value.data)) if isinstance(value.data, tuple) else value.data
    return value


def converter(type: Type) -> Callable[[Any], Any]:
    """What makes any Python number one of this machine type."""
    if not isinstance(type, Scalar):
        return lambda x: x
    if type == FLOAT32:
        return _float32
    if type.is_float:
        return float
    if type.family == "b":
        return lambda x: x != 0
    half, whole = 1 << (type.bits - 1), 1 << type.bits
    if type.family == "u":
        return lambda x: _integer(x) % whole
    return lambda x: (_integer(x) + half) % whole - half


def _float32(x: Any) -> float:
    with np.errstate(over="ignore"):
        return float(np.float32(x))


def _integer(x: Any) -> int:
    return int(x) if not isinstance(x, float) or math.isfinite(x) else 0


def dtype(type: Type) -> np.dtype[Any]:
    """The numpy element type of an array of `type`."""
    if not isinstance(type, Scalar):
        return np.dtype(object)
    return np.dtype({"float": "float64", "int": "int64"}.get(type.name, type.name))


def _undef(type: Type) -> object:
    if isinstance(type, Scalar):
        return converter(type)(0)
    data = np.zeros((0,) * type.ndim, dtype(type.elem)) if isinstance(type, Array) else ()
    return Ref(data, None)


class _Code:
    """A function made ready to run: constants by value, a closure per instruction."""

    def __init__(self, machine: Machine, function: Function) -> None:
        self.consts: dict[Value, object] = {}
        self.steps: dict[Block, list[tuple[Callable[..., Any], list[Value], list[Value]]]] = {}
        for block in function.blocks:
            self.steps[block] = [(machine.meaning(i), i.args, i.results) for i in block.instrs]
            operands = [*block.term.args, *(a for e in block.edges for a in e.args)]
            for instr in block.instrs:
                operands += instr.args
            for value in operands:
                if isinstance(value, Const):
                    undefined = value.value is UNDEF
                    self.consts[value] = _undef(value.type) if undefined else converter(value.type)(value.value)


class Machine:
    """The state of one run."""

    def __init__(
        self, module: Module, evaluate: Evaluate, heap: Heap | None = None, inputs: Sequence[object] = (),
        fuel: int | None = None,
    ) -> None:
        self.module = module
        self.evaluate = evaluate
        self.heap = heap
        self.inputs = inputs
        self.fuel = fuel
        self._codes: dict[Function, _Code] = {}

    def bring_in(self, value: Any, type: Type, given: dict[int, Ref]) -> Any:
        """A Python value as a machine value; the same array twice has one owner."""
        if isinstance(type, Scalar):
            return converter(type)(value)
        if id(value) not in given:
            if isinstance(type, Array) and (value.dtype != dtype(type.elem) or value.ndim != type.ndim):
                raise InterpretError(f"{value.dtype} array of rank {value.ndim} given for {type}")
            given[id(value)] = self.own("an argument", value, borrowed=True)
        return given[id(value)]

    def own(self, site: str, contents: Any, borrowed: bool = False) -> Ref:
        owner = Owner(site, contents, borrowed=borrowed)
        if self.heap is not None:
            self.heap.owners.append(owner)
        return Ref(contents, owner)

    def call(self, function: Function, args: Sequence[object]) -> list[Any]:
        if function not in self._codes:
            self._codes[function] = _Code(self, function)
        code = self._codes[function]
        env = dict(code.consts)
        env.update(zip(function.params, args, strict=True))
        block = function.entry
        while True:
            if self.fuel is not None:
                self.fuel -= 1
                if self.fuel < 0:
                    raise InterpretError("out of fuel")
            for step, operands, results in code.steps[block]:
                values = step(*[env[a] for a in operands])
                if len(results) == 1:
                    env[results[0]] = values
                elif results:
                    env.update(zip(results, values, strict=True))
            term = block.term
            if isinstance(term, Jump):
                edge = term.edges[0]
            elif isinstance(term, Branch):
                edge = term.edges[0 if env[term.args[0]] else 1]
            elif isinstance(term, Return):
                return [env[a] for a in term.args]
            elif isinstance(term, Raise):
                self.throw(term.exc, term.message, [env[a] for a in term.args])
            else:
                raise InterpretError(f"@{function.name} reached the end of ^{block.name}")
            block = edge.target
            env.update(zip(block.params, [env[a] for a in edge.args], strict=True))

    def throw(self, exc: str, message: str, parts: Sequence[object]) -> None:
        kind = None if exc.startswith("@") else exception_named(exc)
        kind = kind or self.module.symbols.get(exc.removeprefix("@"))
        if isinstance(kind, BaseException):
            raise kind
        make = getattr(kind, "make", None)
        if make is not None:  # an object of the numbers
            raise make(parts)
        message = message.format(*parts)
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            raise InterpretError(f"{exc} is not an exception: {message}")
        raise kind(message) if message else kind()

    def meaning(self, instr: Instr) -> Callable[..., Any]:
        """What an instruction does with its operands: one result, or a sequence of several."""
        special = getattr(ArrayOps, f"op_{instr.op}", None)
        if special is not None:
            ops = ArrayOps(self, instr)
            return lambda *args: special(ops, *args)
        function = self.evaluate(instr.op)
        if function is None:
            raise InterpretError(f"the interpreter does not know the op {instr.op}")
        convert = converter(instr.result.type)
        return lambda *args: convert(function(*args))


class ArrayOps:
    """The ops without a row in plain numbers: arrays, records, calls and checks. One object per instruction."""

    def __init__(self, machine: Machine, instr: Instr) -> None:
        self.machine = machine
        self.instr = instr
        self.attrs = instr.attrs
        self.site = f"{instr.op} %{instr.results[0].name if instr.results else ''} at {instr.loc}"

    def data(self, ref: Ref) -> Any:
        """The numpy view or tuple of an array or record that is still alive."""
        if ref.owner is not None and ref.owner.freed:
            raise InterpretError(f"{self.site} uses what was released: {ref.owner.site}")
        if isinstance(ref.data, Nowhere) and self.instr.op not in ("dim", "stride", "view"):
            raise InterpretError(f"{self.site} uses {ref.data.why}")
        return ref.data

    def element(self, ref: Ref, index: tuple[int, ...]) -> Any:
        data = self.data(ref)
        if len(index) != data.ndim or not all(0 <= i < n for i, n in zip(index, data.shape, strict=True)):
            raise InterpretError(f"{self.site}: index {index} in an array of extents {data.shape}")
        return data

    def op_call(self, *args: Any) -> Any:
        callee = self.machine.module.functions[self.attrs["callee"]]
        results = self.machine.call(callee, args)
        return results[0] if len(self.instr.results) == 1 else results

    def op_tell(self, *operands: Any) -> Any:
        """What the outlet's function does, with numbers and arrays as native code would pass them."""
        outs = self.attrs.get("outs", 0)
        places = [self.data(ref) for ref in operands[:outs]]
        outlet: Any = self.machine.module.symbols[self.attrs["outlet"]]
        given = [self.data(v).copy() if isinstance(v, Ref) else v for v in operands[outs:]]
        typed = [np.float32(v) if a.type == FLOAT32 else v for v, a in zip(given, self.instr.args[outs:], strict=True)]
        scalars = outlet.call(typed, places)
        return scalars[0] if len(self.instr.results) == 1 else scalars

    op_ask = op_keep = op_tell

    def op_guard(self, ok: bool, *parts: Any) -> None:
        if not ok:
            self.machine.throw(self.attrs["exc"], self.attrs["msg"], parts)

    def op_input(self) -> Any:
        return self.machine.bring_in(self.machine.inputs[self.attrs["index"]], self.instr.result.type, {})

    def op_alloc(self, *extents: int) -> Ref:
        kind = self.instr.result.type
        assert isinstance(kind, Array)
        if any(n < 0 for n in extents):
            raise InterpretError(f"{self.site}: extents {extents}")
        data = np.zeros(extents, dtype(kind.elem))
        if data.dtype == object:
            data.fill(None)
        elif not self.attrs.get("zero"):
            data.fill(np.nan if data.dtype.kind == "f" else 77)  # so that nothing relies on zeros
        made = self.machine.own(self.site, data)
        if self.attrs.get("stack") and made.owner is not None:
            made.owner.borrowed = True  # of the frame
        return made

    def op_dim(self, ref: Ref) -> int:
        return int(self.data(ref).shape[self.attrs["axis"]])

    def op_stride(self, ref: Ref) -> int:
        return int(self.data(ref).strides[self.attrs["axis"]])

    def op_load(self, ref: Ref, *index: int) -> Any:
        value = self.element(ref, index)[index]
        if isinstance(value, np.generic):
            return value.item()
        return _undef(self.instr.result.type) if value is None else value

    def op_lookup(self, place: int) -> Any:
        values = self.attrs["values"]
        return converter(self.instr.result.type)(values[place if 0 <= place < len(values) else -1])

    def op_store(self, value: Any, ref: Ref, *index: int) -> None:
        self.element(ref, index)[index] = value

    def op_view(self, ref: Ref, *numbers: int) -> Ref:
        data = self.data(ref)
        index: list[int | slice] = []
        extents = []
        away = data.why if isinstance(data, Nowhere) else ""
        for axis, extent in enumerate(data.shape):
            start, count, step = numbers[3 * axis:3 * axis + 3]
            last = start + (count - 1) * step
            dropped = axis in self.attrs["drop"]
            if (dropped or count > 0) and not (0 <= start < extent and (dropped or 0 <= last < extent)):
                away = away or f"{self.site}: axis {axis} has extent {extent}, not {start, count, step}"
            if dropped:
                index.append(start)
                continue
            step = step or 1  # computed before the check that it is not 0: nobody reads the view then
            stop = last + (1 if step > 0 else -1)
            index.append(slice(start, stop if stop >= 0 else None, step) if count > 0 else slice(0, 0))
            extents.append(max(count, 0))
        if away:
            return Ref(Nowhere(tuple(extents), (0,) * len(extents), away), ref.owner)
        view = data[(*index, ...)]
        assert view.shape == tuple(extents), (view.shape, extents)
        return Ref(view, ref.owner)

    def op_permute(self, ref: Ref) -> Ref:
        return Ref(self.data(ref).transpose(self.attrs["axes"]), ref.owner)

    def op_reshape(self, ref: Ref, *extents: int) -> Ref:
        data = self.data(ref)
        if math.prod(extents) != data.size or not data.flags.c_contiguous:
            raise InterpretError(f"{self.site}: {data.shape} to {extents}")
        return Ref(data.reshape(extents), ref.owner)

    def op_spread(self, ref: Ref, *extents: int) -> Ref:
        data = self.data(ref)
        strides = [data.strides[axis] if axis >= 0 else 0 for axis in self.attrs["axes"]]
        return Ref(np.lib.stride_tricks.as_strided(data, extents, strides), ref.owner)

    def op_diagonal(self, ref: Ref, extent: int) -> Ref:
        data, axes = self.data(ref), self.attrs["axes"]
        kept = [axis for axis in range(data.ndim) if axis not in axes]
        if extent > min(data.shape[axis] for axis in axes):
            raise InterpretError(f"{self.site}: a diagonal of {extent} in {data.shape}")
        shape = [*(data.shape[axis] for axis in kept), extent]
        strides = [*(data.strides[axis] for axis in kept), sum(data.strides[axis] for axis in axes)]
        return Ref(np.lib.stride_tricks.as_strided(data, shape, strides), ref.owner)

    def op_regroups(self, ref: Ref, *extents: int) -> bool:
        data = self.data(ref)
        return data.size > 0 and bool(np.may_share_memory(data.reshape(extents), data))

    def op_regroup(self, ref: Ref, *extents: int) -> Ref:
        if not self.op_regroups(ref, *extents):  # made ahead of the branch that would use it
            why = f"{self.site}: {self.data(ref).shape} to {extents}"
            return Ref(Nowhere(extents, (0,) * len(extents), why), ref.owner)
        return Ref(self.data(ref).reshape(extents), ref.owner)

    def op_overlap(self, a: Ref, b: Ref) -> bool:
        return bool(np.may_share_memory(self.data(a), self.data(b)))

    def op_same(self, a: Ref, b: Ref) -> bool:
        x, y = self.data(a).__array_interface__, self.data(b).__array_interface__
        return bool(x["data"][0] == y["data"][0] and x["shape"] == y["shape"]
                    and self.data(a).strides == self.data(b).strides)

    def op_locate(self, ref: Ref) -> int:
        return int(self.data(ref).__array_interface__["data"][0])

    def op_grow(self, ref: Ref, n: int) -> Ref:
        data = self.data(ref)
        if n < len(data):
            return ref
        larger = np.zeros(max(2 * len(data), n + 1, GROW_AT_LEAST), data.dtype)
        if data.dtype == object:
            larger.fill(None)
        else:
            larger.fill(np.nan if data.dtype.kind == "f" else 77)  # so that nothing relies on zeros
        larger[:len(data)] = data
        result = self.machine.own(self.site, larger)
        heap = self.machine.heap
        if heap is not None:  # the copy holds its elements itself, and the operand is taken over
            for inner in result.owner.nested() if result.owner else ():
                inner.count += 1
            heap.release(ref)
        return result

    def op_retain(self, ref: Ref) -> None:
        if self.machine.heap is not None:
            self.machine.heap.retain(ref)

    def op_release(self, ref: Ref) -> None:
        if self.machine.heap is not None:
            self.machine.heap.release(ref)

    def op_pack(self, *values: Any) -> Ref:
        return self.machine.own(self.site, values)

    def op_unpack(self, ref: Ref) -> Any:
        values = self.data(ref)
        return values[0] if len(self.instr.results) == 1 else values
