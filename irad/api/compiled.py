"""Compiled functions: the object that users hold, its dispatch by argument types, and what it shows of itself."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from irad.api import floating
from irad.api.options import _current, checked, effective
from irad.api.programs import COUNTERS, MOST_PROGRAMS, PROGRAMS, Noted, code_key, errors_in, moving_ints, only_errors_of
from irad.config import CONFIG, memory_budget
from irad.errors import IradError, LongTape, TooSpecial, for_user, user_facing
from irad.infer.keys import ObjKey
from irad.infer.shapes import Shape, shape_of
from irad.infer.values import Known
from irad.pipeline import Program, Request, at_stage, compile_program
from irad.runtime import floatflags
from irad.runtime.boundary import argument_shape, asked_again, check_captured, key_of, normalised
from irad.runtime.failure import lacks_tape, reported
from irad.runtime.floatflags import Again
from irad.runtime.functions import canonical
from irad.runtime.instance import Instance, NotTaken, let_go, program_fits, resolve
from irad.runtime.library import reset
from irad.runtime.nativetype import make_type, set_entry
from irad.runtime.others import Foreign
from irad.runtime.packing import is_packed
from irad.runtime.plain import run_plain
from irad.runtime.structures import Path, Seen, check_apart, finished, is_structure, numbers_in, of_call
from irad.settings import Kept

LOCK = threading.RLock()
PATIENCE = 1 << 28  # bytes that a call may take whose tapes grow since they did not fit


class CompiledBase:
    """A function compiled by irad: call it like the function it was made from.

    Made by `irad.compile`, `irad.grad` and their relatives. A call runs native code or raises; the code for new types of
    arguments is compiled at the first call with them.
    """

    if TYPE_CHECKING:  # the heap type gives instances a dict; the class itself must be without
        __irad_transform__: tuple[str, tuple[tuple[str, Any], ...], Any]
        __wrapped__: Any
        __name__: str
        __qualname__: str
        _options: dict[str, Any]
        _instances: dict[Hashable, Instance]
        _last: Instance | None
        _current: Instance | None
        _looks: int
        _wary: bool
    else:
        __slots__ = ()

    # -- calls ---------------------------------------------------------------------------------------------------

    @user_facing
    def _slow_call(self, *args: Any, **kwargs: Any) -> Any:
        if CONFIG.disable:
            return self._interpreted(args, kwargs)
        last = self._last
        taken = last.take((*args, *kwargs.values())) if last is not None and last.take is not None else None
        if last is not None and taken is not None and last.program.request.names == tuple(kwargs) and not _current.get():
            with contextlib.suppress(NotTaken):
                return self._run(last, taken, args, kwargs)
        instance = self._instance(args, kwargs)
        shapes = instance.program.request.shapes
        given = [canonical(normalised(a), s) for a, s in zip((*args, *kwargs.values()), shapes, strict=True)]
        for capture in instance.program.captures:
            check_captured(resolve(capture.source, instance.root))
        result = self._run(instance, given, args, kwargs)
        if not _current.get() and not instance.program.asks and not asked_again(shapes):
            instance.write_taker()
        return result

    def _run(self, instance: Instance, given: Sequence[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if instance.program.collides:
            check_apart((*args, *kwargs.values()), instance.program.outside)
        if not instance.program.sets:
            return self._made(instance, given, args, kwargs, contextlib.nullcontext)
        with Kept() as kept:
            return self._made(instance, given, args, kwargs, kept.before)

    def _made(
        self, instance: Instance, given: Sequence[Any], args: tuple[Any, ...], kwargs: dict[str, Any],
        before: Callable[[], contextlib.AbstractContextManager[None]],
    ) -> Any:
        """A call. before: a context in which the settings are those before it."""
        again = instance.program.again
        ended: Exception | None
        first = again == "first" and (self._wary or not instance.calls) and floating.due(self._looks)
        own = floating.copies(args, kwargs) if first else None
        try:
            try:
                result = instance.handle(*given)
            except LongTape as found:
                result = self._patient_call(found, self._patient(instance, args, kwargs), given)
            effects = instance.program.effects
            result = result if effects is None else finished(result, (*args, *kwargs.values()), effects, instance.program.outside)
        except Exception as error:
            ended = error
        else:
            ended = None
        if isinstance(ended, TooSpecial):  # out of the handler: what the other call raises has no context
            del ended  # it knows this frame
            self._widen(instance)
            return self._slow_call(*args, **kwargs)
        if again != "never" and instance.flagged():
            with before():
                self._look(again, own, args, kwargs, ended)
        if ended is not None:
            try:
                raise ended
            finally:
                del ended  # it knows this frame
        return result

    @user_facing
    def _noticed(self, *args: Any, error: BaseException | None = None) -> None:
        """The entry tells of floating point errors that numpy may have to warn of. error: what the call ends with."""
        instance = self._current
        if instance is None or not floating.due(self._looks):
            return
        if instance.program.again == "first":  # too late for copies: they are made before the next calls
            self._wary = True
            set_entry(self, 0)
            self._current = None
            floating.too_late(self, args)
        else:
            self._look(instance.program.again, None, args, {}, error)

    def _look(self, again: Again, own: floating.Call | None, args: tuple[Any, ...], kwargs: dict[str, Any],
              error: BaseException | None = None) -> None:
        if floating.due(self._looks):
            floating.look(self, floating.copies(args, kwargs) if again == "after" else own, again, error)
            self._looks += 1  # that ended well: what raises is raised each time
        self._wary = self._wary and floating.due(self._looks)

    @staticmethod
    def _patient_call(found: LongTape, patient: Instance, given: Sequence[Any]) -> Any:
        """The call again, with tapes that grow; if they grow too long, the first error stands."""
        try:
            return patient.handle(*given)
        except MemoryError:
            raise found.error from None

    def _patient(self, instance: Instance, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Instance:
        """Code for a call whose tapes found no room: those of loops that an exception may end grow, up to a modest size."""
        found = instance.patient
        if found is not None:
            found.refresh()
        if found is None or not found.holds():
            with LOCK:
                total = instance.program.request.total
                packs = any(map(is_packed, instance.program.request.shapes))
                program = compile_program(self._request(args, kwargs, packs=packs)._replace(total=total, growing_tapes=True))
                COUNTERS["compilations"] += 1
                limit = min(memory_budget(effective(self._options).get("memory")) or PATIENCE, PATIENCE)
                found = instance.patient = Instance(program, self, None, functools.partial(self._fail, program), limit)
        return found

    def _widen(self, instance: Instance) -> None:
        """From now on these calls go to general code: for axes of one element, for one array at places not all of them active."""
        Noted.of((code_key(self), instance.shape_key)).total = True
        with LOCK:
            self._instances.pop(instance.shape_key, None)
            let_go(instance)
            if self._last is instance:  # the next call does not try it again
                self._last = None
            if self._current is instance:
                set_entry(self, 0)
                self._current = None

    def _interpreted(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Without machine code (IRAD_DISABLE=1): the Python function itself, derivatives by the IR interpreter."""
        name, _, inner = self.__irad_transform__
        if name == "compile":
            return inner(*args, **kwargs)
        request = self._request(args, kwargs)
        build = at_stage(request, "loops")
        inputs = {c.offset: resolve(c.source, self) for c in build.unit.outside.inputs.values()}
        given = tuple(canonical(a, s) for a, s in zip((*args, *kwargs.values()), request.shapes, strict=True))
        with contextlib.suppress(TooSpecial):
            return run_plain(build.module, build.entry.name, request.shapes, build.entry.result, given, inputs)
        build = at_stage(request._replace(total=True), "loops")
        return run_plain(build.module, build.entry.name, request.shapes, build.entry.result, given, inputs)

    @user_facing
    def _raise_error(self, context: int, *args: Any) -> BaseException | None:
        """What a kernel reported, for the entry to raise; None: the entry is to call `_slow_call`."""
        flagged = floatflags.are_set()
        assert self._current is not None
        again = self._current.program.again
        error = self._retried(self._current.program, context)
        if isinstance(error, TooSpecial):
            self._widen(self._current)
        if isinstance(error, (TooSpecial, LongTape)):
            return None
        if flagged and again != "never":
            self._noticed(*args, error=error)
        return error

    def _retried(self, program: Program, context: int) -> BaseException:
        """What a kernel reported; LongTape if the call changed nothing and is to be made again."""
        if _changes_nothing(self) and not program.speaks and lacks_tape(context, program.sites):
            return LongTape(self._fail(program, context))
        return self._fail(program, context)

    @staticmethod
    def _fail(program: Program, context: int) -> BaseException:
        """What a kernel reported; the entry raises it."""
        try:
            return reported(context, program.sites, program.symbols)
        finally:
            reset(context)

    def _instance(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Instance:
        key = self._key(args, kwargs)
        packs = not Noted.of((code_key(self), key)).apart
        key = key if packs else self._key(args, kwargs, packs=False)
        if key not in self._instances:
            key = self._general_key(key, args, kwargs, packs)
        found = self._instances.get(key)
        if found is not None:
            found.refresh()
        if found is not None and not found.holds():
            found.state.mark()  # whatever comes now, it is not entered
            found = None
        if found is None:
            with LOCK:
                key, program = self._program(key, args, kwargs, packs)
                limit = effective(self._options).get("memory")
                found = Instance(program, self, key, functools.partial(self._retried, program), limit)
                let_go(*filter(None, [self._instances.get(key)]))
                self._instances[key] = found
        self._last = found
        quick = not kwargs and found.program.effects is None and not self._wary and not found.program.slow
        if quick and not asked_again(found.program.request.shapes):
            self._current = found
            found.install(self)
        return found

    def _general_key(self, key: Hashable, args: tuple[Any, ...], kwargs: dict[str, Any], packs: bool) -> Hashable:
        """The key without the ints that functions among the arguments hold, if a third set of them has come."""
        general = self._key(args, kwargs, True, packs)
        if general == key:
            return key
        moving = Noted.of((code_key(self), general))
        moving.keys.add(key)
        return general if moving.keeps and not moving.refused else key

    def _key(self, args: tuple[Any, ...], kwargs: dict[str, Any], moving: bool = False, packs: bool = True) -> Hashable:
        """Argument types; values of what is known; the options in force. moving: ints that functions hold count as types.

        packs: of lists of many rows the form of a row.
        """
        def of_arguments(seen: Seen) -> tuple[Hashable, ...]:
            key: tuple[Hashable, ...] = tuple(key_of(a, moving, (i,), seen) for i, a in enumerate(args))
            return key + tuple((k, key_of(v, moving, (len(args) + i,), seen)) for i, (k, v) in enumerate(kwargs.items()))

        key = of_call(of_arguments, packs, _changes_nothing(self), _by_items(self, len(args)))
        if self._options or _current.get():
            static = self._static_places(self._parameter_names(len(args)))
            key += tuple(ObjKey(a) for i, a in enumerate(args) if i in static or self._parameter_names(len(args))[i] in static)
            key += tuple(sorted(effective(self._options).items()))
        return key

    def _program(
        self, key: Hashable, args: tuple[Any, ...], kwargs: dict[str, Any], packs: bool,
    ) -> tuple[Hashable, Program]:
        """Code for these argument types, that of another function with the same code or newly compiled, and its key."""
        whole = (code_key(self), key)
        programs = PROGRAMS.setdefault(whole, [])
        PROGRAMS.move_to_end(whole)
        total = Noted.of(whole).total
        for program in programs:
            if program.request.total >= total and program_fits(program, self):
                return key, program
        found = self._general_program(whole, programs, args, kwargs, packs)
        if found is None and Noted.of(whole).refused and key != self._key(args, kwargs, packs=packs):
            return self._program(self._key(args, kwargs, packs=packs), args, kwargs, packs)
        new, fine = (found, True) if found is not None else self._new_program(args, kwargs, total, packs)
        if not fine:
            note = Noted.of((code_key(self), self._key(args, kwargs)))
            note.apart = True
            try:
                return self._program(self._key(args, kwargs, packs=False), args, kwargs, False)
            except Exception:
                if new is None:
                    raise
                note.apart = False
        assert new is not None
        COUNTERS["compilations"] += 1
        programs.append(new)
        while len(PROGRAMS) > MOST_PROGRAMS:
            PROGRAMS.popitem(last=False)
        return key, new

    def _new_program(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], total: bool, packs: bool,
    ) -> tuple[Program | None, bool]:
        """New code, and whether it does what code for rows that are known one by one may do (see `packing`)."""
        request = self._request(args, kwargs, packs=packs)._replace(total=total)
        if not any(map(is_packed, request.shapes)):
            return compile_program(request), True
        try:
            program = compile_program(request)
        except Exception:  # it is said of the rows one by one
            return None, False
        return program, only_errors_of(request, program)

    def _general_program(
        self, whole: Hashable, programs: list[Program], args: tuple[Any, ...], kwargs: dict[str, Any], packs: bool,
    ) -> Program | None:
        """Code that reads ints which keep changing at run time; None if there are none, or where they must be known."""
        moving, dynamic = Noted.of(whole), moving_ints(programs, self)
        if moving.refused or not (moving.keeps or dynamic):
            return None
        try:
            request = self._request(args, kwargs, dynamic, moving.keeps, packs=packs)._replace(total=moving.total)
            program = compile_program(request)
            earlier = [*programs, *(p for key in moving.keys for p in PROGRAMS.get((code_key(self), key), ()))]
            if errors_in(program) <= max(map(errors_in, earlier), default=0):
                return program
        except IradError:
            pass
        moving.refused = True
        return None

    def _request(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], dynamic: frozenset[Any] = frozenset(), moving: bool = False,
        types: bool = False, packs: bool = False,
    ) -> Request:
        """A request for these arguments. types: types among them stand for values of theirs; packs: see `_key`."""
        try:
            return self._request_for(args, kwargs, dynamic, moving, types, packs)
        except Foreign as found:
            named = [*self._parameter_names(len(args)), *kwargs]
            at = next((i for i, a in enumerate((*args, *kwargs.values())) if a is found.value), None)
            variable = (named[at] if at is not None else "") or "x"
            raise found.beside(shown_call(self, named, list(kwargs)), variable) from None

    def _request_for(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], dynamic: frozenset[Any], moving: bool, types: bool, packs: bool,
    ) -> Request:
        shape_of_arg = as_shape if types else argument_shape
        names = self._parameter_names(len(args))
        check_differentiated(self, args, kwargs, names)
        static = self._static_places(names)
        words = [f"argument {i} `{n}`" if n else f"argument {i}" for i, n in enumerate(names)]

        def of_arguments(seen: Seen) -> tuple[Shape, ...]:
            found = [
                known_shape(a) if i in static or n in static else shape_of_arg(a, words[i], moving, (i,), seen)
                for i, (a, n) in enumerate(zip(args, names, strict=True))
            ]
            found += [
                known_shape(v) if k in static else shape_of_arg(v, f"argument `{k}`", moving, (len(args) + i,), seen)
                for i, (k, v) in enumerate(kwargs.items())
            ]
            return tuple(found)

        shapes = of_call(of_arguments, packs, _changes_nothing(self), _by_items(self, len(args)))
        return Request(self, shapes, self.__name__, tuple(kwargs), dynamic, shares=not _changes_nothing(self),
                       **self._build_options())

    def _static_places(self, names: list[str]) -> set[Any]:
        """Positions and names of the arguments that are specialised by value."""
        own = self._options
        return {i % len(names) if names else i for i in own.get("static_argnums", ())} | set(own.get("static_argnames", ()))

    def _build_options(self) -> dict[str, Any]:
        own = effective(self._options)
        return {k: own[k] for k in ("boundscheck", "overflow", "verify", "mode") if k in own}

    def _parameter_names(self, count: int) -> list[str]:
        code = getattr(innermost(self), "__code__", None)
        names = list(code.co_varnames[: code.co_argcount]) if code else []
        return [*names, *[""] * count][:count]

    # -- looking inside ------------------------------------------------------------------------------------------

    @user_facing
    def ir(self, *args: Any, stage: str = "loops", locations: bool = True, notes: bool = False) -> str:
        """The IR at a stage: "py" (untyped), "typed", "loops" (optimised; for a derivative the adjoint) or "low".

        Parameters
        ----------
        *args
            Example arguments or their types (`float`, `int`, `irad.ArrayType(...)`); by default those last used.

        Examples
        --------
        >>> import irad
        >>> @irad.compile
        ... def double(x):
        ...     return x + x
        >>> print(double.ir(float, locations=False))
        irad 1 loops
        <BLANKLINE>
        func @double(%x: float) -> float {
        ^entry:
          %0: float = add %x, %x
          return %0
        }
        <BLANKLINE>
        """
        from irad.api.inspection import ir_text

        return ir_text(self, args, stage, locations, notes)

    @user_facing
    def llvm(self, *args: Any, optimized: bool = True) -> str:
        """The LLVM IR of the whole unit, after or before LLVM's optimiser."""
        from irad.api.text import Text

        program = self._inspected(args)
        return Text(program.engine.optimized if optimized else program.text)

    @user_facing
    def asm(self, *args: Any) -> str:
        """The machine code as assembly text."""
        from irad.api.text import Text

        return Text(self._inspected(args).engine.asm)

    @user_facing
    def cfg(self, *args: Any, stage: str | None = None) -> Any:
        """The flow graph at a stage (by default "loops"): `.dot`, `.mermaid`, and a picture in notebooks."""
        from irad.api.inspection import graph

        return graph(self, args, stage)

    @user_facing
    def explain(self, *args: Any) -> Any:
        """What the reverse pass keeps and why (of a function: of its gradient); see `irad.explain`."""
        from irad.api.inspection import explain

        return explain(self, *args)

    def _inspected(self, args: tuple[Any, ...]) -> Program:
        if not args and self._last is not None:
            program: Program = self._last.program
            return program
        return compile_program(self._typed_request(args))

    def _typed_request(self, args: tuple[Any, ...]) -> Request:
        """The request for given values or types, or for the last call's."""
        if args:
            return self._request(args, {}, types=True)
        last = self._last
        if last is not None:
            return Request(self, last.program.request.shapes, self.__name__, last.program.request.names)
        from irad.api.inspection import annotated_types

        return self._request(annotated_types(self), {}, types=True)

    @property
    def timings(self) -> dict[str, float]:
        """Seconds spent in each stage of the last compilation."""
        return dict(self._last.program.timings) if self._last else {}

    @property
    def signatures(self) -> list[tuple[Any, ...]]:
        """The argument types that there is code for."""
        return list(map(_as_tuple, self._instances))

    @user_facing
    def precompile(self, *args: Any) -> None:
        """Compile for these arguments or types without running: the first call with them finds the code."""
        from irad.api.inspection import type_key

        key = (code_key(self), tuple(type_key(a) for a in args)) if args else None
        program = compile_program(self._typed_request(args))
        if key is not None:
            with LOCK:
                PROGRAMS.setdefault(key, []).append(program)

    def clear(self) -> None:
        """Forget all code of this function."""
        with LOCK:
            let_go(*self._instances.values())
        set_entry(self, 0)
        self._instances.clear()
        self._last = None
        PROGRAMS.pop(code_key(self), None)

    def __repr__(self) -> str:
        return f"<irad.Compiled {self.__qualname__}>"

    def __reduce__(self) -> Any:
        name, options, inner = self.__irad_transform__
        return rebuild_compiled, (name, options, inner)


def _as_tuple(key: Hashable) -> tuple[Any, ...]:
    assert isinstance(key, tuple)
    return key


_type: list[type] = []


def compiled_type() -> type:
    """The heap type of compiled functions (made at first use: it needs LLVM)."""
    if not _type:
        _type.append(make_type(CompiledBase))
    return _type[0]


class _CompiledMeta(type):
    def __instancecheck__(cls, obj: Any) -> bool:
        return isinstance(obj, CompiledBase)


class Compiled(metaclass=_CompiledMeta):
    """What `isinstance(f, irad.Compiled)` asks for."""


def make(name: str, options: dict[str, Any], inner: Any) -> Any:
    """A compiled function: `inner` under a transform."""
    made = compiled_type()()
    with contextlib.suppress(AttributeError):
        functools.update_wrapper(made, inner)
    made.__irad_transform__ = (name, tuple(sorted(options.items())), inner)
    made._instances, made._last, made._current = {}, None, None
    made._looks, made._wary = 0, False
    made.__wrapped__ = inner
    made._options = options if name == "compile" else getattr(inner, "_options", {})
    label = getattr(inner, "__name__", type(inner).__name__)
    made.__name__ = label if name == "compile" else f"{name}({label})"
    made.__qualname__ = made.__name__ if name != "compile" else getattr(inner, "__qualname__", label)
    return made


def rebuild_compiled(name: str, options: tuple[tuple[str, Any], ...], inner: Any) -> Any:
    """Unpickle."""
    return make(name, dict(options), inner)


def shown_call(compiled: Any, names: list[str], keywords: list[str]) -> str:
    """A call of a compiled function or derivative as one writes it."""
    transforms = []
    while hasattr(compiled, "__irad_transform__"):
        name, options, inner = compiled.__irad_transform__
        if name in DIFFERENTIATED:
            given = "".join(f", {k}={v!r}" for k, v in options if (k, v) != ("argnums", 0))
            transforms.append((f"irad.{name}(", f"{given})"))
        compiled = inner
    text = getattr(compiled, "__name__", type(compiled).__name__)
    for before, after in reversed(transforms):
        text = before + (text if text.isidentifier() else "f") + after
    split = len(names) - len(keywords)
    passed = [*(n or "..." for n in names[:split]), *(f"{k}={k}" for k in keywords)]
    return f"{text if text != '<lambda>' else 'f'}({', '.join(passed)})"


def _changes_nothing(obj: Any) -> bool:
    """Whether calls change none of their arguments, so that one that failed can be made again: a derivative."""
    while hasattr(obj, "__irad_transform__"):
        if obj.__irad_transform__[0] != "compile":
            return True
        obj = obj.__irad_transform__[2]
    return False


def innermost(obj: Any) -> Any:
    """The Python callable under all transforms."""
    while hasattr(obj, "__irad_transform__"):
        obj = obj.__irad_transform__[2]
    return getattr(obj, "__func__", obj)


def known_shape(value: Any) -> Shape:
    """The shape of an argument that is specialised by value."""
    return shape_of(Known(value))


JACOBIANS = ("jacfwd", "jacrev", "jacobian", "hessian")
DIFFERENTIATED = ("grad", "value_and_grad", *JACOBIANS)


def _by_items(compiled: Any, count: int) -> set[int]:
    """The arguments of which a Jacobian is asked for: one by a list is a list, with a place for each item."""
    name, options, _ = compiled.__irad_transform__
    nums = dict(options).get("argnums", ()) if name in JACOBIANS else ()
    return {n % count for n in ((nums,) if isinstance(nums, int) else nums) if count}


def check_differentiated(compiled: Any, args: tuple[Any, ...], kwargs: dict[str, Any], names: list[str]) -> None:
    """Refuse ints, bools and arrays of them as differentiated arguments, naming the argument and its value."""
    name, options, _ = compiled.__irad_transform__
    found = dict(options)
    if name not in DIFFERENTIATED or found.get("allow_int"):
        return
    nums = found.get("argnums", ())
    for n in (nums,) if isinstance(nums, int) else nums:
        if not -len(args) <= n < len(args):
            how = "differentiated arguments are passed by position, or named by argnames"
            raise for_user(TypeError(f"argnums {n}, but the call passes {len(args)} arguments by position: {how}"))
        _refuse_int(args[n], f"argument {n % len(args)} `{names[n]}`" if names[n] else f"argument {n % len(args)}")
    argnames = found.get("argnames", ())
    for key in (argnames,) if isinstance(argnames, str) else argnames:
        if key not in kwargs:
            raise for_user(TypeError(f"argnames {key!r}, but the call does not pass it by keyword: write {key}=..."))
        _refuse_int(kwargs[key], f"argument `{key}`")


def _refuse_int(value: Any, what: str) -> None:
    if isinstance(value, (bool, int, np.integer, np.bool_)):
        raise for_user(TypeError(f"{what} is the {type(value).__name__} {value}: pass {float(value)}"))
    if isinstance(value, (str, bytes)) or value is None:
        raise for_user(TypeError(f"{what} is {value!r}, which has no derivative: choose another argument by argnums"))
    if callable(value) and not isinstance(value, type) and not is_structure(value):
        kind = type(value).__name__
        raise for_user(TypeError(f"{what} is a {kind}, which has no derivative: choose another argument by argnums"))
    if type(value) is list and issubclass(numbers_in(value) or float, (int, np.integer, np.bool_)):
        raise for_user(TypeError(f"{what} is a list of ints: pass floats, as in {[float(v) for v in value[:3]]}"))
    if isinstance(value, np.ndarray) and value.dtype.kind in "biu":
        raise for_user(TypeError(f"{what} is an array of {value.dtype}: pass it as floats, with .astype(float)"))


def as_shape(value: Any, name: str, moving: bool = False, path: Path = (), seen: Seen | None = None) -> Shape:
    """The shape of an argument, or of a type given in its place."""
    from irad.api.inspection import shape_of_type

    found = shape_of_type(value)
    shape: Shape = found if found is not None else argument_shape(value, name, moving, path, seen)
    return shape


@user_facing
def compile(fun: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Compile a function of ordinary numerical Python to native code.

    Parameters
    ----------
    fun : callable
        A Python function, lambda, method, `functools.partial` or builtin. Without it a decorator is returned.

    Returns
    -------
    Compiled
        Callable like `fun`; compiled at the first call for each combination of argument types.

    Examples
    --------
    >>> import irad
    >>> @irad.compile
    ... def power(x, n):
    ...     y = 1.0
    ...     for i in range(n):
    ...         y *= x
    ...     return y
    >>> power(2.0, 10)
    1024.0
    """
    if fun is None:
        return lambda f: compile(f, **options)
    if not callable(fun):
        raise for_user(TypeError(f"compile takes a function, not {type(fun).__name__}"))
    own = checked(options)
    if isinstance(fun, CompiledBase):
        if not own:
            return fun
        name, given, inner = fun.__irad_transform__
        if name == "compile":
            return make("compile", {**dict(given), **own}, inner)
    return make("compile", own, fun)
