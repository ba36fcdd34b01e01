"""Ops of form `py`: what Python's bytecode does, before types are known. `infer` gives each of them a meaning."""

from __future__ import annotations

from typing import Any

from irad.ir.types import ANY, Type
from irad.ops.table import op


def _row(name: str, signature: str, doc: str, results: int | None = 1) -> None:
    """Add a row; `results` None: as many as the attributes say."""

    def types(args: Any, attrs: dict[str, Any]) -> list[Type]:
        return [ANY] * (count_results(attrs) if results is None else results)

    op(f"py.{name}", signature, "reads", "writes", "traps", "allocates", types=types, form="py", doc=doc)


_row("binary", "x y -> any", "x `op` y; inplace=True for an augmented assignment")
_row("compare", "x y -> any", "x `op` y for == != < <= > >=")
_row("contains", "x y -> any", "x in y (invert=True: not in)")
_row("is", "x y -> any", "x is y (invert=True: is not)")
_row("unary", "x -> any", "`op` x for + - ~ not")
_row("truth", "x -> any", "bool(x), for branches")
_row("global", "-> any", "the global or builtin `name`")
_row("set_global", "x ->", "global `name` = x", 0)
_row("deref", "cell -> any", "the content of a closure cell; `name` for the error if it is empty")
_row("set_deref", "cell x ->", "store into a closure cell", 0)
_row("name", "-> any", "in a class body: the variable `name` of the class, or the global or builtin")
_row("set_name", "x ->", "in a class body: variable `name` = x (or the unbound marker)", 0)
_row("locals", "f x... -> any", "f(), where f was called `locals`: the variables `names`, or their cells, as a dict if it is")
_row("free", "-> any", "the closure cell `index` of the running function")
_row("cell", "x -> any", "a new closure cell for variable `name` that holds x (or the unbound marker)")
_row("check_bound", "x -> any", "x, unless it is the unbound marker: UnboundLocalError for `name`")
_row("attr", "x -> any", "x.`name`")
_row("set_attr", "x v ->", "x.`name` = v", 0)
_row("del_attr", "x ->", "del x.`name`", 0)
_row("item", "x i -> any", "x[i]")
_row("set_item", "x i v ->", "x[i] = v", 0)
_row("del_item", "x i ->", "del x[i]", 0)
_row("slice", "start stop step -> any", "slice(start, stop, step)")
_row("tuple", "items... -> any", "a tuple")
_row("list", "items... -> any", "a list")
_row("set", "items... -> any", "a set")
_row("dict", "k0 v0 k1 v1... -> any", "a dict")
_row("list_append", "list x ->", "list.append(x) of a comprehension", 0)
_row("list_extend", "list x -> any", "the list extended by the items of x")
_row("set_add", "set x ->", "set.add(x) of a comprehension", 0)
_row("set_update", "set x -> any", "the set with the items of x")
_row("map_add", "dict k v ->", "dict[k] = v of a comprehension", 0)
_row("dict_update", "dict x -> any", "the dict with the items of x; merge=True: a repeated key is an error (**)")
_row("list_to_tuple", "x -> any", "tuple(x)")
_row("unpack", "x -> any...", "exactly `count` items of x", None)
_row("unpack_ex", "x -> any...", "`before` items, a list of the rest, `after` items", None)
_row("iter", "x -> any", "iter(x)")
_row("next", "it -> ok, item, it'", "whether there is a next item, the item, and the iterator moved on", 3)
_row("send", "it -> ok, item, it', result", "a step of `yield from`: like `next`, and what the iterator returns at its end", 4)
_row("yield", "x ->", "the next item of the running generator, which goes on at the block behind this one", 0)
_row("thrown", "-> any", "what is thrown into a generator where it goes on inside of a `try` (None: nothing is); if it may be "
     "left early, the error with `kind`, `what`, `why`, `hint`")
_row("rethrow", "x ->", "raise what was thrown into the generator (None: nothing was)", 0)
_row("call", "f args... -> any", "f(*args) with the last `len(kwnames)` of them by keyword")
_row("call_ex", "f kwargs parts... -> any", "f(x, *y, z, **kwargs), where `stars` is 1*1; kwargs may be None")
_row("function", "code defaults kwdefaults closure annotations -> any", "a function object; absent parts are None")
_row("format", "x spec -> any", "format(x, spec) after `conversion`")
_row("string", "parts... -> any", "the parts of an f-string joined")
_row("import", "level fromlist -> any", "import of module `name`")
_row("import_from", "module -> any", "from module import `name`")
_row("assertion_error", "-> any", "the class AssertionError")
_row("super_attr", "super cls self -> any", "super(cls, self).`name`")
_row("raise", "e current cause... ->", "raise e [from cause] while `current` is handled (None: nothing is); the block ends", 0)
_row("reraise", "exception ->", "raise again what a handler has caught (None: there is nothing); the block ends unreachable", 0)
_row("caught", "-> any", "the exception that has led to this block")
_row("match", "exception classes -> any", "whether an `except classes` catches the exception")
_row("match_kind", "x -> any", "whether x is a `kind` (sequence or mapping) in the sense of a pattern")
_row("match_keys", "x keys -> any", "the tuple of x[key] for a pattern {key: ...}; None if one is missing")
_row("match_class", "x cls names -> any", "what cls(`count` patterns, names=...) looks at in x; None if x is of another class")
_row("len", "x -> any", "len(x)")
_row("leave_context", "exit exception -> any", "exit(type(exception), exception, its traceback)")
_row("unsupported", "->", "`kind`, `what`, `why`, `hint` of the error; the block ends unreachable", 0)


# what never raises: a block of these only does not lead to a handler
QUIET = frozenset(f"py.{name}" for name in (
    "is", "tuple", "list", "slice", "cell", "free", "set_deref", "function", "string", "assertion_error", "list_append",
    "list_to_tuple", "caught", "unsupported", "yield", "thrown",
))


def count_results(attrs: dict[str, Any]) -> int:
    """Results of the unpacking ops."""
    count: int = attrs["count"] if "count" in attrs else attrs["before"] + 1 + attrs["after"]
    return count


class _Unbound:
    """What a local variable holds before anything is assigned to it."""

    def __init__(self) -> None:
        self.__qualname__ = "UNBOUND"  # its symbol in printed IR is irad.ops.py:UNBOUND

    def __repr__(self) -> str:
        return "unbound"


UNBOUND = _Unbound()
