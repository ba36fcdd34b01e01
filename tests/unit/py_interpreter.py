"""An evaluator of form `py`: runs lifted code with real Python objects, as the reference for the lifter.

Functions whose code comes from `interpreted` files are run here, all others by CPython.
"""

from __future__ import annotations

import inspect
import operator
import types
from collections.abc import Callable, Generator, Mapping
from typing import Any

from irad.ir.core import Branch, Const, Function, Instr, Return, Try, Value
from irad.lift import lift
from irad.ops.py import UNBOUND

BINARY = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "@": operator.matmul, "&": operator.and_, "|": operator.or_,
    "^": operator.xor, "<<": operator.lshift, ">>": operator.rshift,
}
INPLACE = {
    "+": operator.iadd, "-": operator.isub, "*": operator.imul, "/": operator.itruediv, "//": operator.ifloordiv,
    "%": operator.imod, "**": operator.ipow, "@": operator.imatmul, "&": operator.iand, "|": operator.ior,
    "^": operator.ixor, "<<": operator.ilshift, ">>": operator.irshift,
}
COMPARE = {
    "<": operator.lt, "<=": operator.le, "==": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge,
}
UNARY = {"-": operator.neg, "+": operator.pos, "~": operator.invert, "not": operator.not_}
CONVERT = {None: lambda x: x, "s": str, "r": repr, "a": ascii}
TAKE_UNBOUND = {"py.locals", "py.cell", "py.check_bound", "py.set_deref"}


class Unsupported(Exception):
    """A `py.unsupported` was reached."""


def interpret(function: types.FunctionType, *args: Any, **kwargs: Any) -> Any:
    """Call a Python function through its lifted code."""
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    names = list(code.co_varnames[: count + bool(code.co_flags & 4) + bool(code.co_flags & 8)])
    given = bound.arguments
    # inspect calls the hidden argument of a comprehension implicit0
    values = [given[name] if name in given else given["implicit0"] for name in names]
    steps = Run(function).steps(lift(code), values)
    return steps if code.co_flags & inspect.CO_GENERATOR else run(steps)


def run(steps: Generator[Any, None, Any]) -> Any:
    """The result of a function that is no generator."""
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise AssertionError("a yield outside of a generator")


class Run:
    """One activation of a lifted function."""

    def __init__(self, function: types.FunctionType) -> None:
        self.function = function
        self.values: dict[Value, Any] = {}
        self.caught: BaseException | None = None
        self.thrown: BaseException | None = None

    def steps(self, lifted: Function, args: list[Any]) -> Generator[Any, None, Any]:
        """Run the function, giving out what it yields."""
        self.values.update(zip(lifted.params, args, strict=True))
        block = lifted.entry
        while True:
            term = block.term
            edge = None
            try:
                for instr in block.instrs:
                    if instr.op == "py.yield":
                        yield from self.suspend(instr, term)
                    else:
                        self.execute(instr)
            except Unsupported:
                raise
            except BaseException as e:
                if not isinstance(term, Try):
                    raise
                self.caught, edge = e, term.handler
            if isinstance(term, Return):
                return self.value(term.args[0])
            if edge is None:
                edge = term.edges[0 if not isinstance(term, Branch) or self.condition(term) else 1]
            moved = [self.value(arg) for arg in edge.args]
            block = edge.target
            self.values.update(zip(block.params, moved, strict=True))

    def suspend(self, instr: Instr, term: Any) -> Generator[Any, None, None]:
        """Give out an item; what is thrown in goes on where the generator does, if that is inside of a `try`."""
        self.thrown = None
        try:
            yield self.value(instr.args[0])
        except BaseException as e:
            after = term.edges[0].target.instrs
            if not after or after[0].op != "py.thrown":
                raise
            self.thrown = e

    def condition(self, term: Branch) -> bool:
        cond = self.value(term.cond)
        assert cond is True or cond is False, "branches are on truth values"
        return cond

    def value(self, v: Value) -> Any:
        return v.value if isinstance(v, Const) else self.values[v]

    def execute(self, instr: Instr) -> None:
        args = [self.value(arg) for arg in instr.args]
        assert instr.op in TAKE_UNBOUND or not any(arg is UNBOUND for arg in args), instr
        method = getattr(self, "op_" + instr.op.removeprefix("py."))
        result = method(instr.attrs, *args)
        if len(instr.results) == 1:
            self.values[instr.results[0]] = result
        else:
            self.values.update(zip(instr.results, result or (), strict=True))

    # -- variables --

    def op_global(self, attrs: Mapping[str, Any]) -> Any:
        name, scope = attrs["name"], self.function.__globals__
        if name in scope:
            return scope[name]
        builtins = scope["__builtins__"]
        builtins = builtins if isinstance(builtins, dict) else vars(builtins)
        if name not in builtins:
            raise NameError(f"name '{name}' is not defined")
        return builtins[name]

    def op_check_bound(self, attrs: Mapping[str, Any], x: Any) -> Any:
        if x is UNBOUND:
            name = attrs["name"]
            raise UnboundLocalError(f"cannot access local variable '{name}' where it is not associated with a value")
        return x

    def op_cell(self, attrs: Mapping[str, Any], x: Any) -> Any:
        return types.CellType() if x is UNBOUND else types.CellType(x)

    def op_free(self, attrs: Mapping[str, Any]) -> Any:
        assert self.function.__code__.co_freevars[attrs["index"]] == attrs["name"]
        return self.function.__closure__[attrs["index"]]

    def op_deref(self, attrs: Mapping[str, Any], cell: Any) -> Any:
        try:
            return cell.cell_contents
        except ValueError:
            name = attrs["name"]
            if name in self.function.__code__.co_freevars:
                raise NameError(
                    f"cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
                ) from None
            raise UnboundLocalError(
                f"cannot access local variable '{name}' where it is not associated with a value"
            ) from None

    def op_set_deref(self, attrs: Mapping[str, Any], cell: Any, x: Any) -> None:
        if x is UNBOUND:
            del cell.cell_contents
        else:
            cell.cell_contents = x

    # -- operators --

    def op_binary(self, attrs: Mapping[str, Any], x: Any, y: Any) -> Any:
        return (INPLACE if attrs.get("inplace") else BINARY)[attrs["op"]](x, y)

    def op_compare(self, attrs: Mapping[str, Any], x: Any, y: Any) -> Any:
        return COMPARE[attrs["op"]](x, y)

    def op_contains(self, attrs: Mapping[str, Any], x: Any, y: Any) -> Any:
        return (x in y) != attrs.get("invert", False)

    def op_is(self, attrs: Mapping[str, Any], x: Any, y: Any) -> Any:
        return (x is y) != attrs.get("invert", False)

    def op_unary(self, attrs: Mapping[str, Any], x: Any) -> Any:
        return UNARY[attrs["op"]](x)

    def op_truth(self, attrs: Mapping[str, Any], x: Any) -> Any:
        return bool(x)

    # -- attributes, items, containers --

    def op_attr(self, attrs: Mapping[str, Any], x: Any) -> Any:
        return getattr(x, attrs["name"])

    def op_set_attr(self, attrs: Mapping[str, Any], x: Any, v: Any) -> None:
        setattr(x, attrs["name"], v)

    def op_locals(self, attrs: Mapping[str, Any], f: Any, *values: Any) -> Any:
        if f is not locals:
            return f()
        held = zip(attrs["names"], (v.cell_contents if isinstance(v, types.CellType) else v for v in values))
        return {name: v for name, v in held if v is not UNBOUND and name[:1] != "."}

    def op_del_attr(self, attrs: Mapping[str, Any], x: Any) -> None:
        delattr(x, attrs["name"])

    def op_super_attr(self, attrs: Mapping[str, Any], made_by: Any, cls: Any, self_: Any) -> Any:
        return getattr(made_by(cls, self_), attrs["name"])

    def op_item(self, attrs: Mapping[str, Any], x: Any, i: Any) -> Any:
        return x[i]

    def op_set_item(self, attrs: Mapping[str, Any], x: Any, i: Any, v: Any) -> None:
        x[i] = v

    def op_del_item(self, attrs: Mapping[str, Any], x: Any, i: Any) -> None:
        del x[i]

    def op_slice(self, attrs: Mapping[str, Any], start: Any, stop: Any, step: Any) -> Any:
        return slice(start, stop, step)

    def op_tuple(self, attrs: Mapping[str, Any], *items: Any) -> Any:
        return items

    def op_list(self, attrs: Mapping[str, Any], *items: Any) -> Any:
        return list(items)

    def op_set(self, attrs: Mapping[str, Any], *items: Any) -> Any:
        return set(items)

    def op_dict(self, attrs: Mapping[str, Any], *items: Any) -> Any:
        return dict(zip(items[::2], items[1::2], strict=True))

    def op_list_append(self, attrs: Mapping[str, Any], x: Any, item: Any) -> None:
        x.append(item)

    def op_list_extend(self, attrs: Mapping[str, Any], x: Any, items: Any) -> Any:
        x.extend(items)
        return x

    def op_set_add(self, attrs: Mapping[str, Any], x: Any, item: Any) -> None:
        x.add(item)

    def op_set_update(self, attrs: Mapping[str, Any], x: Any, items: Any) -> Any:
        x.update(items)
        return x

    def op_map_add(self, attrs: Mapping[str, Any], x: Any, key: Any, value: Any) -> None:
        x[key] = value

    def op_dict_update(self, attrs: Mapping[str, Any], x: Any, items: Any) -> Any:
        if attrs.get("merge"):
            for key in items:
                if key in x:
                    raise TypeError(f"got multiple values for keyword argument '{key}'")
        x.update(items)
        return x

    def op_list_to_tuple(self, attrs: Mapping[str, Any], x: Any) -> Any:
        return tuple(x)

    def op_unpack(self, attrs: Mapping[str, Any], x: Any) -> Any:
        items = list(x)
        if len(items) != attrs["count"]:
            raise ValueError(f"{len(items)} values to unpack, not {attrs['count']}")
        return items

    def op_unpack_ex(self, attrs: Mapping[str, Any], x: Any) -> Any:
        items, before, after = list(x), attrs["before"], attrs["after"]
        if len(items) < before + after:
            raise ValueError("not enough values to unpack")
        end = len(items) - after
        return [*items[:before], items[before:end], *items[end:]]

    # -- strings --

    def op_format(self, attrs: Mapping[str, Any], x: Any, spec: Any) -> Any:
        return format(CONVERT[attrs.get("conversion")](x), "" if spec is None else spec)

    def op_string(self, attrs: Mapping[str, Any], *parts: Any) -> Any:
        return "".join(parts)

    # -- iteration, calls, modules, exceptions --

    def op_iter(self, attrs: Mapping[str, Any], x: Any) -> Any:
        return iter(x)

    def op_next(self, attrs: Mapping[str, Any], it: Any) -> Any:
        for item in it:
            return True, item, it
        return False, None, it

    def op_send(self, attrs: Mapping[str, Any], it: Any) -> Any:
        try:
            return True, next(it), it, None
        except StopIteration as end:
            return False, None, it, end.value

    def op_call(self, attrs: Mapping[str, Any], f: Callable[..., Any], *args: Any) -> Any:
        names = attrs.get("kwnames", ())
        split = len(args) - len(names)
        return self.call(f, args[:split], dict(zip(names, args[split:], strict=True)))

    def op_call_ex(self, attrs: Mapping[str, Any], f: Callable[..., Any], kwargs: Any, *parts: Any) -> Any:
        args = [x for star, part in zip(attrs["stars"], parts) for x in (part if star == "*" else [part])]
        return self.call(f, args, kwargs or {})

    def call(self, f: Any, args: Any, kwargs: Any) -> Any:
        if isinstance(f, types.FunctionType) and f.__code__.co_filename == self.function.__code__.co_filename:
            return interpret(f, *args, **kwargs)
        return f(*args, **kwargs)

    def op_function(
        self, attrs: Mapping[str, Any], code: types.CodeType, defaults: Any, kwdefaults: Any, closure: Any, notes: Any,
    ) -> Any:
        function = types.FunctionType(code, self.function.__globals__, code.co_name, defaults, closure)
        function.__kwdefaults__ = kwdefaults
        return function

    def op_import(self, attrs: Mapping[str, Any], level: int, fromlist: Any) -> Any:
        return __import__(attrs["name"], self.function.__globals__, None, fromlist, level)

    def op_import_from(self, attrs: Mapping[str, Any], module: Any) -> Any:
        return getattr(module, attrs["name"])

    def op_assertion_error(self, attrs: Mapping[str, Any]) -> Any:
        return AssertionError

    def op_raise(self, attrs: Mapping[str, Any], exception: Any, current: Any, *cause: Any) -> None:
        made = exception() if isinstance(exception, type) else exception
        made.__context__ = current if current is not made else None
        if cause:
            raise made from cause[0]
        raise made

    def op_reraise(self, attrs: Mapping[str, Any], exception: Any) -> None:
        if exception is None:
            raise RuntimeError("No active exception to reraise")
        raise exception

    def op_caught(self, attrs: Mapping[str, Any]) -> Any:
        return self.caught

    def op_thrown(self, attrs: Mapping[str, Any]) -> Any:
        return self.thrown

    def op_rethrow(self, attrs: Mapping[str, Any], exception: Any) -> None:
        if exception is not None:
            raise exception

    def op_match(self, attrs: Mapping[str, Any], exception: Any, classes: Any) -> bool:
        try:
            raise exception
        except classes:
            return True
        except BaseException as e:
            if e is exception:
                return False
            raise

    def op_match_kind(self, attrs: Mapping[str, Any], x: Any) -> bool:
        match x:
            case [*_]:
                return attrs["kind"] == "sequence"
            case {}:
                return attrs["kind"] == "mapping"
        return False

    def op_len(self, attrs: Mapping[str, Any], x: Any) -> int:
        return len(x)

    def op_match_keys(self, attrs: Mapping[str, Any], x: Any, keys: Any) -> Any:
        return tuple(x[k] for k in keys) if all(k in x for k in keys) else None

    def op_match_class(self, attrs: Mapping[str, Any], x: Any, cls: type, names: Any) -> Any:
        if not isinstance(x, cls):
            return None
        fields = getattr(cls, "__match_args__", None)
        first = (x,) if fields is None and attrs["count"] else tuple(getattr(x, n) for n in (fields or ())[: attrs["count"]])
        return (*first, *(getattr(x, n) for n in names)) if all(hasattr(x, n) for n in names) else None

    def op_leave_context(self, attrs: Mapping[str, Any], exit: Any, exception: Any) -> Any:
        return exit(type(exception), exception, exception.__traceback__)

    def op_unsupported(self, attrs: Mapping[str, Any]) -> None:
        raise Unsupported(attrs["what"])
