"""SSA construction on the fly: variables are written and read block by block, parameters appear where values meet.

M. Braun et al., "Simple and Efficient Construction of Static Single Assignment Form", CC 2013. Lifting uses it for
Python's locals, the reverse pass for adjoints and for primal values that cross over to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Hashable, Mapping

from irad.ir.core import Block, Edge, Value
from irad.ir.types import Type


class SSABuilder:
    """Variables over blocks whose edges may still be coming.

    `preds[block]` are the edges into a block; `seal(block)` says that all are known. `initial(var)` gives the value of
    a variable that is read where nothing was written (the entry); `var_type(var)` the type of its parameters.

    Where it is known beforehand at which joins different values of a variable can meet (the iterated dominance frontier of
    its definitions), `joins(var)` says so, and reading goes past all others by their immediate dominators `idom`.
    """

    def __init__(
        self, initial: Callable[[Hashable], Value], var_type: Callable[[Hashable], Type],
        var_name: Callable[[Hashable], str | None] = lambda _: None,
        joins: Callable[[Hashable], Container[Block] | None] = lambda _: None,
        idom: Mapping[Block, Block | None] | None = None,
    ) -> None:
        self.initial = initial
        self.var_type = var_type
        self.var_name = var_name
        self.joins = joins
        self.idom = idom or {}
        self.preds: dict[Block, list[Edge]] = {}
        self.source: dict[Edge, Block] = {}
        self._current: dict[Block, dict[Hashable, Value]] = {}
        self._sealed: set[Block] = set()
        self._incomplete: dict[Block, list[tuple[Hashable, Value]]] = {}
        self._param_home: dict[Value, tuple[Block, Hashable]] = {}
        self._replaced: dict[Value, Value] = {}
        self._param_users: dict[Value, dict[Value, None]] = {}
        self._unfilled: list[tuple[Hashable, Value, Block]] = []

    def add_edge(self, source: Block, edge: Edge) -> Edge:
        """Announce a way into `edge.target`."""
        assert edge.target not in self._sealed, edge.target
        self.preds.setdefault(edge.target, []).append(edge)
        self.source[edge] = source
        return edge

    def written(self, block: Block) -> Collection[Value]:
        """What the variables hold that the block has written so far."""
        return self._current.get(block, {}).values()

    def write(self, var: Hashable, block: Block, value: Value) -> None:
        self._current.setdefault(block, {})[var] = value

    def _keep(self, var: Hashable, block: Block, value: Value) -> None:
        """Remember what a variable was found to hold."""
        self._current.setdefault(block, {})[var] = value

    def read(self, var: Hashable, block: Block) -> Value:
        value = self._look(var, block)
        if self._unfilled:
            self._complete()
        return self.resolve(value)

    def seal(self, block: Block) -> None:
        """All edges into `block` are known now: complete the parameters that were asked for meanwhile."""
        self._sealed.add(block)
        for var, param in self._incomplete.pop(block, ()):
            self._unfilled.append((var, param, block))
            self._complete()

    def resolve(self, value: Value) -> Value:
        """What `value` stands for now, after trivial parameters were removed."""
        seen = value
        while seen in self._replaced:
            seen = self._replaced[seen]
        while value is not seen:  # path compression
            self._replaced[value], value = seen, self._replaced[value]
        return seen

    def replacements(self) -> dict[Value, Value]:
        """Removed parameters, each with its final value; the caller rewrites operands once at the end."""
        return {value: self.resolve(value) for value in list(self._replaced)}

    def _look(self, var: Hashable, block: Block) -> Value:
        value = self._current.setdefault(block, {}).get(var)
        return self._look_above(var, block) if value is None else self.resolve(value)

    def _look_above(self, var: Hashable, block: Block) -> Value:
        # chains of single predecessors, joins and removals are all worked off in loops: long functions must not exhaust
        # Python's stack
        chain = []
        value: Value | None = None
        joins = self.joins(var)
        while block in self._sealed:
            ways = self.preds.get(block, ())
            above = self.source[ways[0]] if len(ways) == 1 else None
            if above is None and joins is not None and ways and block not in joins:
                above = self.idom.get(block)
            if above is None:
                break
            chain.append(block)
            block = above
            value = self._current.setdefault(block, {}).get(var)
            if value is not None:
                value = self.resolve(value)
                break
        if value is None:
            value = self._look_join(var, block)
        for passed in chain:
            self._keep(var, passed, value)
        return value

    def _look_join(self, var: Hashable, block: Block) -> Value:
        if block in self._sealed and not self.preds.get(block):
            value = self.initial(var)
            self._keep(var, block, value)
            return value
        param = Value(self.var_type(var), self.var_name(var))
        block.params.append(param)
        self._param_home[param] = (block, var)
        self._keep(var, block, param)
        if block in self._sealed:
            self._unfilled.append((var, param, block))
        else:
            self._incomplete.setdefault(block, []).append((var, param))
        return param

    def _complete(self) -> None:
        """Give new parameters their arguments, which may ask for more parameters above, then remove trivial ones."""
        filled = []
        while self._unfilled:
            var, param, block = self._unfilled.pop()
            for edge in self.preds.get(block, ()):
                value = self._look(var, self.source[edge])
                edge.args.append(value)
                if value in self._param_home:
                    self._param_users.setdefault(value, {})[param] = None
            filled.append(param)
        while filled:
            filled += self._drop_trivial(filled.pop())

    def _drop_trivial(self, param: Value) -> list[Value]:
        """Remove a parameter that can have one value only; the result: parameters that may now be trivial as well."""
        if param in self._replaced:
            return []
        block, var = self._param_home[param]
        index = block.params.index(param)
        same: Value | None = None
        for edge in self.preds.get(block, ()):
            if index >= len(edge.args):
                return []  # not complete yet
            value = self.resolve(edge.args[index])
            if value is param or value is same or (same is not None and self.same(value, same)):
                continue
            if same is not None:
                return []
            same = value
        if same is None:
            same = self.initial(var)
        del block.params[index]
        for edge in self.preds.get(block, ()):
            del edge.args[index]
        self._replaced[param] = same
        users = self._param_users.pop(param, {})
        users.pop(param, None)
        if same in self._param_home:
            self._param_users.setdefault(same, {}).update(users)
        return [user for user in users if user not in self._replaced]

    @staticmethod
    def same(a: Value, b: Value) -> bool:
        """Whether two values are one and the same constant."""
        from irad.ir.core import Const

        return (
            isinstance(a, Const) and isinstance(b, Const) and a.type == b.type
            and type(a.value) is type(b.value) and repr(a.value) == repr(b.value)
        )
