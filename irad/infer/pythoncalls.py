"""Calls of Python functions: their parameters are bound, and a form of them is specialised and called.

    f(x, k=2)     bind -> (x, 2); call_specialised -> call @f.1(x.leaves, leaves of what it can reach)
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from irad.errors import IradError, TypingError, UnsupportedError
from irad.infer import generators, heap, lists, refusals
from irad.infer.context import Context, Terminated
from irad.infer.evaluated import evaluated
from irad.infer.exceptions import through
from irad.infer.forms import Spec
from irad.infer.jitcalls import as_compiled_for, as_handed_out
from irad.infer.kinds import is_wide, kind_of
from irad.infer.made import is_made, linked
from irad.infer.meanings import (
    LIBRARY,
    SPECIAL,
    STANDINS,
)
from irad.infer.raising import raise_value
from irad.infer.shapes import AV, flatten, rebuild, shape_of
from irad.infer.unit import TooDeep
from irad.infer.values import (
    Fn,
    Known,
    Name,
    Num,
    Obj,
    Ref,
    Seq,
    known_const,
)
from irad.ir.core import Block, Value


def call_library(cx: Context, function: Any, args: list[AV], kwargs: dict[str, AV] | None = None) -> AV:
    """Call the plain Python form of a numpy function."""
    return call_function(cx, python_function(LIBRARY[id(function)][1]), args, kwargs or {})


def call_library_function(cx: Context, function: Any, args: list[AV]) -> AV:
    """Call a function of `irad.lib`."""
    return call_function(cx, python_function(function), args, {})


def python_function(obj: Any) -> Fn:
    """A function of `irad.lib`: closed over nothing."""
    defaults = tuple(Known(d) for d in obj.__defaults__ or ())
    kwdefaults = tuple((k, Known(v)) for k, v in (obj.__kwdefaults__ or {}).items())
    return Fn(obj.__code__, obj.__globals__, defaults, kwdefaults, (), obj.__qualname__)


def bind(cx: Context, f: Fn, args: list[AV], kwargs: dict[str, AV]) -> list[AV]:
    """The values of the parameters, in the order of the code's argument slots; CPython's TypeErrors if they do not fit."""
    code = f.code
    name = f.name
    count, kwonly = code.co_argcount, code.co_kwonlyargcount
    names = code.co_varnames
    named = dict(kwargs)
    values: dict[str, AV] = dict(zip(names[:count], args, strict=False))
    has_star = bool(code.co_flags & inspect.CO_VARARGS)
    for parameter in names[code.co_posonlyargcount : count + kwonly]:
        if parameter in named:
            if parameter in values:
                cx.type_error(f"{name}() got multiple values for argument '{parameter}'")
            values[parameter] = named.pop(parameter)
    takes_rest = bool(code.co_flags & inspect.CO_VARKEYWORDS)
    if named and not takes_rest:
        cx.type_error(_unexpected(f, next(iter(named))))
    if len(args) > count and not has_star:
        cx.type_error(too_many(f, args, kwargs))
    for parameter, default in zip(names[count - len(f.defaults) : count], f.defaults, strict=True):
        values.setdefault(parameter, linked(cx.heap, default))
    for parameter, default in f.kwdefaults.items():
        values.setdefault(parameter, linked(cx.heap, default))
    for what, group in (("positional", names[:count]), ("keyword-only", names[count : count + kwonly])):
        missing = [repr(p) for p in group if p not in values]
        if missing:
            listed = " and ".join(missing) if len(missing) < 3 else ", ".join(missing[:-1]) + ", and " + missing[-1]
            cx.type_error(f"{name}() missing {len(missing)} required {what} argument{'s' * (len(missing) != 1)}: {listed}")
    bound = [values[p] for p in names[: count + kwonly]]
    if has_star:
        bound.append(Seq(tuple, tuple(args[count:])))
    if takes_rest:
        bound.append(lists.new_dict(cx, dict(named)))
    return bound


def _unexpected(f: Fn, keyword: str) -> str:
    """CPython's words for an unknown keyword, with its guess at what was meant: the call fails before any code runs."""
    cells = tuple(types.CellType() for _ in f.code.co_freevars)
    function = types.FunctionType(f.code, {}, f.code.co_name, None, cells)
    function.__qualname__ = f.name
    try:
        function(**{keyword: None})
    except TypeError as e:
        return str(e)
    raise AssertionError(keyword)


def too_many(f: Fn, args: list[AV], kwargs: dict[str, AV]) -> str:
    """CPython's words for too many positional arguments."""
    code = f.code
    count, least = code.co_argcount, code.co_argcount - len(f.defaults)
    takes = f"from {least} to {count}" if f.defaults else str(count)
    plural = "s" if f.defaults or count != 1 else ""
    only = [k for k in kwargs if k in code.co_varnames[count : count + code.co_kwonlyargcount]]
    given = str(len(args))
    if only:
        given += f" positional argument{'s' * (len(args) != 1)} (and {len(only)} keyword-only argument{'s' * (len(only) != 1)})"
    return f"{f.name}() takes {takes} positional argument{plural} but {given} {'was' if given == '1' else 'were'} given"


def call_function(cx: Context, f: Fn, args: list[AV], kwargs: dict[str, AV], rest: Ref | None = None) -> AV:
    """A call of a Python function: specialised for its arguments and the objects that it can reach, which it may change.

    rest: what its `*args` are, where their number is not known.
    """
    special = SPECIAL.get(f.code)
    answer = None if special is None else special(cx, f, args, kwargs)
    if answer is not None:
        return answer
    answer = evaluated(cx, f, args, kwargs) if rest is None else None
    if answer is not None:
        return answer
    instead = STANDINS.get((f.globals.get("__name__"), f.name))
    f = f if instead is None or instead.arrays_first is not None else python_function(instead.function)
    refusals.check_function(cx, f)
    f = as_compiled_for(cx, f, args, kwargs)
    bound = bind(cx, f, args, kwargs)
    if rest is not None:
        bound[f.code.co_argcount + f.code.co_kwonlyargcount] = rest
    if generators.is_generator(f):
        return generators.make(cx, f, bound)
    return as_handed_out(cx, f, call_specialised(cx, f, generators.parameters(cx, f, bound)))


def call_specialised(
    cx: Context, f: Fn, bound: list[AV], crowded: bool | None = None, point: Block | None = None, stop: Block | None = None,
) -> AV:
    """A call with the values of the parameters; of a generator, the step that goes on at a block with what is live there.

    crowded: no form of its own for known numbers (None: if there are many already).
    """
    names = heap.canonical(cx, {"function": f, **dict(enumerate(bound))}, cx.heap)
    objects = heap.under(names, cx.heap)
    callee = heap.renamed(f, names)
    assert isinstance(callee, Fn)
    given = [heap.renamed(a, names) for a in bound]
    shapes = (*map(shape_of, given), *map(shape_of, objects.values()))
    forms = cx.unit.forms
    if crowded is None:
        crowded = forms.crowded(callee, shapes)
    if crowded:
        kept = forms.unvaried(callee, shapes)
        given = [a if i in kept else numbers_at_run_time(a) for i, a in enumerate(given)]
        objects = {n: numbers_at_run_time(content) for n, content in _growing(cx, callee, objects, names).items()}
    caught: frozenset[type] = cx.reach if cx.catcher is not None else frozenset()
    spec = forms.spec(callee, tuple(given), objects, caught, point, stop, forms.site(callee, cx), cx.strict)
    try:
        forms.analysed(spec, cx.solver)
    except IradError as e:
        raise e.called_from(cx.loc) from None
    except RecursionError as e:
        raise e if isinstance(e, TooDeep) else TooDeep(cx.loc) from None
    if cx.emitting:
        forms.requested(spec)
    leaves = [v for av in (*given, callee, *objects.values()) for v in flatten(av)]
    values = iter(emit_call(cx, spec, leaves))
    if spec.result is None and spec.raises is None:
        cx.written |= {old for old, new in names.items() if new in spec.written}
        raise Terminated  # it never returns (or, during analysis: a recursive call whose result is not known yet)
    return _answer(cx, spec, {new: old for old, new in names.items()}, values)


def _growing(cx: Context, callee: Fn, objects: heap.Heap, names: dict[Name, Name]) -> heap.Heap:
    """What a recursion passes on; lists that have another length at each of its levels with their length at run time."""
    found = dict(objects)
    held = tuple((name, shape_of(content)) for name, content in objects.items())
    lengths = cx.unit.forms.lengthening(callee, held, cx.loc)
    for old, new in names.items():
        if new in lengths:
            with suppress(UnsupportedError, TypingError):  # its items have no common form
                found[new] = heap.renamed(lists.as_growing(cx, Ref(old)), names)
    return found


def _answer(cx: Context, spec: Spec, names: dict[Name, Name], values: Iterator[Value]) -> AV:
    """What a call has given, in the names of the caller; an exception goes on its way."""
    raised = next(values) if spec.result is not None and spec.raises is not None else None
    result = None if spec.result is None else rebuild(spec.result, values)
    held = heap.rebuilt(spec.object_results, values)
    exception = None if spec.raises is None else rebuild(spec.raises, values)
    for name in held:
        if is_made(name):
            _check_made_once(cx, name, names)
        names.setdefault(name, name if is_made(name) else (name[0], next(cx.unit.numbers)))
    for name, content in held.items():
        cx.heap[names[name]] = heap.renamed(content, names)
    cx.written |= {names[name] for name in spec.written}
    if exception is not None:
        away = heap.renamed(exception, names)
        site = cx.unit.place(cx.builder.loc)
        if raised is None:
            raise_value(cx, through(cx, away, site))
        cx.unless(cx.negate(raised), lambda: raise_value(cx, through(cx, away, site)))
    assert result is not None
    return heap.renamed(result, names)


def _check_made_once(cx: Context, name: Name, names: dict[Name, Name]) -> None:
    """A call that hands out a class must not replace the one that an earlier call has handed out."""
    if name in cx.heap and name not in names:
        cx.unsupported(
            "a class statement inside a function that is called again while the class it made before is in use", kind="syntax",
            why="the class is made when the function is compiled", hint="define the class at module level",
        )


def numbers_at_run_time(av: AV) -> AV:
    """Known numbers as run-time ones: a recursion must not be specialised for each value that it passes on."""
    if isinstance(av, Known):
        kind = kind_of(av.obj)
        if is_wide(av.obj):
            return av
        return Num(kind, known_const(av.obj)) if kind else av
    if isinstance(av, (Seq, Obj)):
        return av.with_children(tuple(numbers_at_run_time(item) for item in av.children))
    return av


def emit_call(cx: Context, spec: Spec, leaves: list[Value]) -> list[Value]:
    """The call instruction for a specialisation that is already analysed."""
    types_ = spec.result_types()
    return cx.builder.emit("call", leaves, types_, {"callee": spec.name, "types": tuple(map(str, types_))})
