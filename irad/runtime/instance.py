"""A program bound to one function object: where its captured values are, whether what it was compiled for still holds."""

from __future__ import annotations

import types
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np

from irad.infer.foreign import transform_of
from irad.infer.keys import ObjKey
from irad.infer.outside import CLASS, CONTENT, FILLED, IS_SET, ORDER, SAME, SLOT, SPACE, SUBCLASS, Content
from irad.runtime.budget import memory_limit
from irad.runtime.floatflags import are_set
from irad.runtime.library import address
from irad.runtime.nativesignature import Input
from irad.runtime.nativetype import make_type, set_entry
from irad.runtime.state import State
from irad.runtime.takers import Taker, taker

DEPTH_LIMIT = 20000


def resolve(source: tuple[Any, ...], root: Any) -> Any:
    """The object that a source names now, seen from the entry's callable `root`.

    Raises
    ------
    LookupError, AttributeError, ValueError
        If it is not there any more.
    """
    if source[0] == "global":
        obj, rest = source[1][source[2]], source[3:]
    elif source[0] == "known":
        obj, rest = source[1], source[2:]
    elif source[0] == "absent":
        return source[2] in source[1]
    else:
        obj, rest = root, source[1:]
    for step, key in zip(rest[::2], rest[1::2], strict=True):
        obj = _step(obj, step, key)
    return obj


def _step(obj: Any, step: str, key: Any) -> Any:
    if step == "closure":
        return obj.__closure__[key].cell_contents
    if step == "args":
        return obj.args[key]
    if step == "keywords":
        return obj.keywords[key]
    if step == "defaults":
        return obj.__defaults__[key]
    if step == "kwdefaults":
        return obj.__kwdefaults__[key]
    if step == "item":
        return obj[key]
    if step == CONTENT:
        return Content(obj)
    if step == IS_SET:
        return hasattr(obj, key)
    if step == CLASS:
        return type(obj)
    if step == SPACE:
        return obj.__dict__
    if step == ORDER:
        return obj.__mro__
    if step == SUBCLASS:
        return issubclass(obj, key)
    if step == SAME:
        return ObjKey(obj)
    if step == FILLED:
        return _is_filled(obj.__closure__[key])
    return getattr(obj, key)


def _is_filled(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


def unchanged(found: Any, wanted: Any) -> bool:
    """Whether a captured object is, for compiled code, the one it was compiled for."""
    if found is wanted:
        return True
    if type(found) is not type(wanted):
        return False
    if isinstance(wanted, (int, str, bytes, Content, ObjKey)):
        return bool(found == wanted)
    if isinstance(wanted, types.FunctionType):  # its default values are compared with those that the code took (`has_parts`)
        return found.__code__ is wanted.__code__ and found.__globals__ is wanted.__globals__
    transform, other = transform_of(wanted), transform_of(found)
    return transform is not None and other is not None and other[:2] == transform[:2]


def has_parts(f: Any, parts: Any) -> bool:
    """Whether a function object has the code and the default values that compiled code took from such an object."""
    named, wanted = f.__kwdefaults__ or {}, parts.kwdefaults or {}
    return (
        f.__code__ == parts.code and f.__globals__ is parts.space and same_defaults(f.__defaults__, parts.defaults)
        and list(named) == list(wanted) and same_defaults(tuple(named.values()), tuple(wanted.values()))
    )


def same_defaults(a: tuple[Any, ...] | None, b: tuple[Any, ...] | None) -> bool:
    """Whether default values are the same objects, equal ints and strings, or floats and arrays, which are read at each call."""
    if a is None or b is None:
        return a is b
    return len(a) == len(b) and all(map(_same_default, a, b))


def _same_default(x: Any, y: Any) -> bool:
    if x is y:
        return True
    if type(x) is not type(y):
        return False
    return isinstance(x, (float, np.floating, np.ndarray)) or (isinstance(x, (int, str)) and x == y)


class NotTaken(TypeError):
    """The native entry refused arguments, before it did anything."""


class _Handle:
    """Base of the callables that enter a program directly: the slow path of a compiled function ends here."""

    if TYPE_CHECKING:  # as for compiled functions
        _owner: Any
        _flagged: bool
    else:
        __slots__ = ()

    def _slow_call(self, *args: Any, **kwargs: Any) -> Any:
        raise NotTaken("irad internal error: the native entry refused arguments that it was compiled for")

    def _raise_error(self, context: int, *args: Any) -> BaseException:
        self._flagged = are_set()
        exc: BaseException = self._owner(context)
        return exc

    def _noticed(self, *args: Any) -> None:
        self._flagged = True


_handle_type: list[type] = []


class Instance:
    """A program with the state (guards, inputs, contexts) of one function object."""

    def __init__(self, program: Any, root: Any, shape_key: Any, on_error: Any, memory: int | None = None) -> None:
        self.program = program
        self.root = root
        self.shape_key: Hashable = shape_key
        self.calls = 0  # by the general way
        self.take: Taker | None = None  # for the calls after that
        self.patient: Instance | None = None  # code for the same calls whose tapes grow
        self._seen: list[tuple[tuple[Any, ...], Any]] = []  # objects that the state looks into, by their sources
        self.cells = [self._cell(c.source) for c in program.captures]
        inputs = [Input(i.source, i.leaf) for i in program.inputs]
        close = address("irad_close")
        limits: dict[str, Any] = {**memory_limit(memory), "depth_limit": DEPTH_LIMIT, "trim": close}
        functions = list({id(f): f for f in (self._see(parts.source) for parts in program.functions)}.values())
        tables = self._watch_list() + [(f.__kwdefaults__, []) for f in functions if f.__kwdefaults__]
        contents = [self._see(g.source[:-2]) for g in program.guards if len(g.source) > 2 and g.source[-2] == CONTENT]
        tables += [(obj, []) for obj in contents if type(obj) is dict]
        lists = [obj for obj in contents if type(obj) is list]
        sources = [place.source for place in (*program.guards, *program.captures)]
        seen = not any({SLOT, IS_SET} & {*source[2::2]} for source in sources if source[0] == "known")
        seen = seen and len(lists) + sum(type(obj) is dict for obj in contents) == len(contents)
        objects = [g.source[1] for g in program.guards if g.source[0] == "known" and {CLASS, ORDER} & {*g.source[2::2]}]
        abstract = any(SUBCLASS in g.source[2::2] for g in program.guards if g.source[0] == "known")
        self.state = State(inputs, self.cells, tables, cell_guards=self._guarded_cells(), functions=functions, lists=lists,
                           objects=objects, seen=seen, abstract=abstract, **limits)
        # without free dict watchers the guarded state always says no: then the slow path, which validates, enters by another
        self.inner = self.state if self.state.guarded else State(inputs, self.cells, **limits)
        if not _handle_type:
            _handle_type.append(make_type(_Handle))
        self.handle = _handle_type[0]()
        self.handle._owner, self.handle._flagged = on_error, False
        set_entry(self.handle, program.address, self.inner.address, keep=(program.engine, self.inner))

    def _cell(self, source: tuple[Any, ...]) -> types.CellType:
        if source[0] == "global" and len(source) == 3:
            return types.CellType()
        if source[-2] == "closure":
            return self._closure_cell(source)
        return types.CellType(self._see(source))

    def _closure_cell(self, source: tuple[Any, ...]) -> types.CellType:
        cell: types.CellType = self._see(source[:-2]).__closure__[source[-1]]
        return cell

    def _see(self, source: tuple[Any, ...]) -> Any:
        """The object of a source, which the state is for: `holds` asks whether it still is that one."""
        obj = resolve(source, self.root)
        self._seen.append((source, obj))
        return obj

    def _watch_list(self) -> list[tuple[dict[str, Any], list[str]]]:
        tables: dict[int, tuple[dict[str, Any], list[str]]] = {}
        for guard in self.program.guards:
            if guard.source[0] in ("global", "absent"):
                table = guard.source[1]
                names = tables.setdefault(id(table), (table, []))[1]
                if guard.source[2] not in names:
                    names.append(guard.source[2])
        return list(tables.values())

    def _guarded_cells(self) -> list[types.CellType]:
        """The closure cells whose contents the code was specialised for."""
        found = []
        for guard in self.program.guards:
            if len(guard.source) > 2 and guard.source[-2] in ("closure", FILLED):
                found.append(self._closure_cell(guard.source))
        return found

    def holds(self) -> bool:
        """Whether everything that the program was compiled for is still so, and is where the state looks for it."""
        return program_fits(self.program, self.root) and all(resolve(s, self.root) is obj for s, obj in self._seen)

    def write_taker(self) -> None:
        """After a call by the general way: the next ones need not go it, if changes of what it was compiled for are seen."""
        self.calls += 1
        if self.calls == 2 and self.inner is self.state:
            self.take = taker(self.program.request.shapes, self.program.sets)

    def flagged(self) -> bool:
        """Whether floating point errors were noticed since this was asked last."""
        found, self.handle._flagged = bool(self.handle._flagged), False
        return found

    def refresh(self) -> None:
        """Accept the present state of the watched namespaces and cells (before validating)."""
        self.state.refresh()

    def install(self, target: Any) -> None:
        """Let `target` enter this program directly."""
        set_entry(target, self.program.address, self.state.address, keep=(self.program.engine, self.state, self))


_left: list[Instance] = []  # let go, but a call is inside of them: one list for all functions, changed under the lock of `api`


def let_go(*instances: Instance) -> None:
    """Drop instances; those that a call is inside of (it asked Python something) when other ones are dropped after its end."""
    _left[:] = [instance for instance in (*_left, *instances) if instance.state.busy]


def program_fits(program: Any, root: Any) -> bool:
    """Whether a program compiled for another function object serves `root` as well."""
    from irad.runtime.boundary import key_of

    try:
        for guard in program.guards:
            found = resolve(guard.source, root)
            if found is True and guard.source[0] == "absent":
                return False
            if guard.source[0] != "absent" and guard.source != ("root",) and not unchanged(found, guard.obj):
                return False
        if not all(has_parts(resolve(parts.source, root), parts) for parts in program.functions):
            return False
        return all(key_of(resolve(c.source, root)) == k for c, k in zip(program.captures, program.capture_keys, strict=True))
    except (LookupError, AttributeError, ValueError, TypeError):
        return False
