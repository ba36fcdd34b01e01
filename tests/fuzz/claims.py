"""What range analysis says of ints, compared with the ints of a run: a wrong bound is found though no guard rests on it.

A copy of the function, as `guards` first meets it, says at each place what `irad.analysis.ranges` claims there: bounds
of each int where it is made and where it is used, sums that are not positive, values that are sums of others, conditions
that are decided, indices that are in bounds. The IR interpreter runs it and tests each claim as it comes by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import unwrap
from typing import Any
from unittest import mock

from irad.analysis.contexts import Place
from irad.analysis.linear import Linear
from irad.analysis.ranges import COMPARISONS, FITS, Ranges, full_range, is_integer
from irad.ir.clone import clone_function
from irad.ir.core import Block, Const, Function, Instr, Module, Value
from irad.ir.interpret import InterpretError, Machine
from irad.ir.types import BOOL, Scalar
from irad.ops import OPS
from irad.passes import cleanup
from irad.passes.guards import guards

Pass = Callable[[Function], bool]
LOGIC = frozenset(("and", "or", "not"))
MOST = 500  # questions about one function


class Wrong(Exception):
    """A claim that a run shows to be false."""


@contextmanager
def first_met() -> Iterator[dict[str, Function]]:
    """Copies of the functions that `guards` meets while this lasts, each as it is the first time, by name."""
    met: dict[str, Function] = {}

    def watching(run: Pass) -> Pass:
        def watched(function: Function) -> bool:
            if function.name not in met:
                met[function.name] = clone_function(function, function.name)
            return run(function)

        return watched if unwrap(run) is guards else run

    with with_passes(watching):
        yield met


@contextmanager
def with_passes(change: Callable[[Pass], Pass]) -> Iterator[None]:
    """Each pass of `cleanup` is another one while this lasts."""
    rounds = tuple(tuple(map(change, passes)) for passes in cleanup.ROUNDS)
    with mock.patch.object(cleanup, "ROUNDS", rounds):
        yield


# -- claims ------------------------------------------------------------------------------------------------------------


class Claims:
    """Puts the claims about a function into it, as instructions that only `Tester` knows."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.ranges = Ranges(function)
        self.left = MOST
        self.count = 0
        self.texts: list[str] = []
        for block in self.ranges.doms.order:
            block.instrs = list(self._block(block))
            self.count += sum(i.op == "claim" for i in block.instrs)

    def _block(self, block: Block) -> Iterator[Instr]:
        instrs = block.instrs
        yield from self._facts(Place(block, 0))
        for param in block.params:
            yield from self._bounds(param, Place(block, 0))
        for index, instr in enumerate(instrs):
            here, after = Place(block, index), Place(block, index + 1)
            if instr.op in ("load", "store"):
                yield from self._indices(instr, here)
            yield instr
            for result in instr.results:
                yield from self._bounds(result, after)
            if instr.op == "guard":
                yield from self._facts(after)
                used = (v for i in instrs[index + 1:] for v in i.args if not isinstance(v, Const))
                for value in dict.fromkeys(used):
                    made = self.ranges.defs.get(value)
                    if made is None or made[1] is not block or made[2] <= index:
                        yield from self._bounds(value, after)
            if instr.op in FITS or instr.op in LOGIC or instr.op in COMPARISONS and is_integer(instr.args[0]):
                yield from self._truth(instr, here)

    def _claim(self, text: str, test: Callable[..., bool], *values: Value) -> Instr:
        self.texts.append(text)
        return Instr("claim", values, (), {"text": text, "test": test})

    def verified(self, ask: Callable[[], Any]) -> Any:
        return self.ranges.verified(ask)

    def _asks(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def _bounds(self, value: Value, place: Place) -> Iterator[Instr]:
        if not is_integer(value) or value.type == BOOL or not self._asks():
            return
        low, high = self.ranges.interval(value, place)
        if (low, high) != full_range(value.type):
            yield self._claim(f"{low} <= %{value.name} <= {high}", lambda v: low <= v <= high, value)
        const, terms = self.verified(lambda: self.ranges.linear(value, self.ranges.context(place)))
        if terms != {value: 1}:
            yield self._form((const, terms), "==", value)

    def _facts(self, place: Place) -> Iterator[Instr]:
        context = self.ranges.context(place)
        known = self.verified(lambda: self.ranges.known(context))
        before = len(self.ranges.known(context.parent)) if context.parent is not None else 0
        for form in known[:len(known) - before]:
            yield self._form(form, "<=")

    def _form(self, form: Linear, how: str, *value: Value) -> Instr:
        """The form is the value, or not positive."""
        const, terms = form
        factors = list(terms.values())

        def test(*values: int) -> bool:
            total = const + sum(f * v for f, v in zip(factors, values, strict=False))
            return total == values[-1] if value else total <= 0

        names = " + ".join([str(const), *(f"{f} %{v.name}" for v, f in terms.items())])
        return self._claim(f"{names} {how} {f'%{value[0].name}' if value else '0'}", test, *terms, *value)

    def _truth(self, instr: Instr, place: Place) -> Iterator[Instr]:
        if isinstance(instr.results[0].type, Scalar) and instr.result.type == BOOL and self._asks():
            truth = self.ranges.decide(instr.result, place)
            if truth is not None:
                text = f"{instr.op} {' '.join(f'%{a.name}' for a in instr.args)} is {truth}"
                yield self._claim(text, lambda found: bool(found) is truth, instr.result)

    def _indices(self, instr: Instr, place: Place) -> Iterator[Instr]:
        array, *indices = instr.args[instr.op == "store":]
        if self._asks() and indices and self.ranges.in_bounds(array, indices, place):
            text = f"indices of a {instr.op} are in bounds"
            yield self._claim(
                text, lambda ref, *at: all(0 <= i < n for i, n in zip(at, ref.data.shape, strict=True)), array, *indices,
            )


class Tester(Machine):
    """The IR interpreter, which knows claims."""

    tested = 0

    def meaning(self, instr: Instr) -> Callable[..., Any]:
        if instr.op != "claim":
            return super().meaning(instr)

        def test(*values: Any) -> None:
            self.tested += 1
            if not instr.attrs["test"](*values):
                raise Wrong(f"{instr.attrs['text']}, but they are {values}")

        return test


def run_claimed(module: Module, claimed: Function, args: list[Any], inputs: Any, fuel: int) -> int:
    """Run a function that makes claims; how many were tested.

    Raises
    ------
    Wrong
        If one of them does not hold.
    """
    machine = Tester(Module({**module.functions, claimed.name: claimed}, module.symbols, module.form),
                     lambda op: OPS[op].eval, None, inputs, fuel)
    given: dict[int, Any] = {}
    try:
        machine.call(claimed, [machine.bring_in(a, p.type, given) for a, p in zip(args, claimed.params, strict=True)])
    except (InterpretError, OverflowError, Wrong) as error:
        if isinstance(error, Wrong):
            raise
    except Exception:  # the program's own
        pass
    return machine.tested
