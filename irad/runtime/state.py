"""The state of one compiled function object: its guards, its captured inputs, its pool of contexts.

The block that entries read (offsets: `nativetext.STATE`): a dirty byte, the list of free contexts, the static context,
number and place of the guards, how many contexts there are beside the static one, then 16 bytes for each input: (address of
a cell's contents, 0) or (dict, key), then 16 bytes for each guard: (address of a word, what it must hold), where the word
is a dict's version, a cell's contents or a field of a function object; then, where dicts have versions, 32 bytes for each
guarded name: (dict, name, what it holds, the place of the dict's guard, by which names of dicts that have not changed are
passed over).

Use: `refresh()` first, then look whether the guarded values are what the code was compiled for; if not, `mark()` or
install another entry. A change that comes in between leaves the state dirty again.
"""
from __future__ import annotations

import ctypes
import types
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from irad.runtime import nativewatch
from irad.runtime.nativelayout import abc_token, form_places, layout
from irad.runtime.nativeowned import own, release
from irad.runtime.nativesignature import Cell, Global, Input
from irad.runtime.nativetext import CONTEXT_SIZE, CTX, STATE


def _word(address: int) -> ctypes.c_ssize_t:
    return ctypes.c_ssize_t.from_address(address)


class State:
    """Owns the block at `address`. guards: (namespace, names that must not change unseen; none: any name).

    `cell_guards`: closure cells whose contents must not be replaced unseen. `functions`: function objects whose code and
    default values must not be replaced unseen (what is in a dict of keyword defaults is up to `guards`). `lists`: lists that
    must stay as they are. `objects`: those whose class and dict must not be replaced unseen. `seen`: False if something is
    guarded that only Python can look at. `abstract`: whether classes must not be registered with abstract ones unseen.
    `words`: further words of each context, by their names in `nativetext.INHERITED` (tests make allocations fail by them).
    """

    words: ClassVar[dict[str, int]] = {}

    def __init__(self, inputs: Sequence[Input] = (), cells: Sequence[types.CellType] = (),
                 guards: Sequence[tuple[dict[str, Any], Sequence[str]]] = (), *,
                 cell_guards: Sequence[types.CellType] = (), functions: Sequence[types.FunctionType] = (),
                 lists: Sequence[list[Any]] = (), objects: Sequence[object] = (), seen: bool = True, abstract: bool = False,
                 byte_limit: int = 0, depth_limit: int = 0, contexts: int = 1, trim: int = 0, ask: int = 0,
                 code: object = None) -> None:
        # trim: native `void (ctx)` that frees what a context owns; ask: native (see `codegen.support`);
        # code: the token of the engine that holds it
        self._inputs, self._cells, self._guards = tuple(inputs), tuple(cells), tuple(
            sorted(((d, tuple(n)) for d, n in guards), key=lambda guard: not guard[1]))
        self._versions = STATE["inputs"] + 16 * len(self._inputs)
        self._guarded_cells = tuple(cell_guards)
        self._functions = tuple(functions)
        self._lists = tuple(lists)
        self._objects = tuple(objects)  # kept, as these are looked into
        forms = [form_places(obj) for obj in self._objects]
        self._form_places = [place for places in forms for place in places or ()]
        registered = abc_token() if abstract else None
        self._form_places += [registered] if registered else []
        self._seen = seen and None not in forms and (registered is not None or not abstract)
        self._contents: list[Any] = []  # what the guarded words held: kept alive, so that an address is one object
        guard_count = len(self._guards) + len(self._guarded_cells) + 3 * len(self._functions) + len(self._form_places)
        self._room = guard_count + sum(2 + len(items) for items in self._lists)
        # CPython 3.11 says that a dict has changed, not what in it: then the names are looked up
        by_version = layout().dict_version is not None
        self._names = [(i, d, n) for i, (d, names) in enumerate(self._guards) for n in names] if by_version else []
        self._rows = self._versions + 16 * self._room + 16
        self.address = nativewatch.allocate(self._rows + 32 * len(self._names))
        self._tokens: list[int] = []
        self._ask = ask
        self.context = self._new_context(byte_limit, depth_limit)
        _word(self.address + STATE["static"]).value = self.context
        _word(self.address + STATE["made"]).value = contexts
        for _ in range(contexts):
            self._give(self._new_context(byte_limit, depth_limit))
        for index, item in enumerate(self._inputs):
            self._place(self.address + STATE["inputs"] + 16 * index, item.source)
        self._token = own(partial(_free_block, self.address, self._tokens, trim, code))
        self._watch()
        self.refresh()

    def _new_context(self, byte_limit: int, depth_limit: int) -> int:
        """A zeroed context with its limits."""
        ctx = nativewatch.allocate(CONTEXT_SIZE)
        _word(ctx + CTX["byte_limit"]).value = byte_limit
        _word(ctx + CTX["depth_limit"]).value = depth_limit
        _word(ctx + CTX["ask"]).value = 0 if "byte_limit" in self.words else self._ask
        for name, value in self.words.items():
            _word(ctx + CTX[name]).value = value
        return ctx

    def _give(self, ctx: int) -> None:
        """Put a context on the free list."""
        head = _word(self.address + STATE["free"])
        _word(ctx + CTX["next"]).value = head.value
        head.value = ctx

    def _count(self) -> int:
        """How many contexts are free."""
        ctx, count = _word(self.address + STATE["free"]).value, 0
        while ctx:
            ctx, count = _word(ctx + CTX["next"]).value, count + 1
        return count

    @property
    def busy(self) -> bool:
        """Whether an entry that reads this block is under way: it gives its context back when it ends."""
        return _word(self.address + STATE["made"]).value > self._count()

    def _place(self, at: int, source: Cell | Global) -> None:
        """Tell the entry where a captured name is."""
        if isinstance(source, Cell):
            _word(at).value = id(self._cells[source.number]) + (layout().cell_contents or 0)
        else:
            _word(at).value, _word(at + 8).value = id(source.namespace), id(source.key)

    def _watch(self) -> None:
        """Guard the dicts, by watchers or by version tags in the block, and the cells."""
        if layout().dict_version is None and nativewatch.available():
            flag = self.address + STATE["dirty"]
            self._tokens += [nativewatch.watch(d, n, flag) for d, names in self._guards for n in names or (None,)]
        _word(self.address + STATE["guards"]).value = self.address + self._versions
        _word(self.address + STATE["names"]).value = self.address + self._rows
        _word(self.address + STATE["name_count"]).value = len(self._names)
        _word(self.address + STATE["dict_count"]).value = sum(1 for _, names in self._guards if names)

    def _places(self) -> list[int]:
        """Addresses of the words that the entry compares."""
        offset = layout().dict_version
        dicts = [id(namespace) + offset for namespace, _ in self._guards] if offset is not None else []
        cells = [id(cell) + (layout().cell_contents or 0) for cell in self._guarded_cells]
        fields = layout().function
        slots = (fields.code, fields.defaults, fields.kwdefaults) if fields else ()
        fixed = [id(f) + slot for f in self._functions for slot in slots]
        return [*dicts, *cells, *fixed, *self._form_places, *self._list_places()]

    def _list_places(self) -> list[int]:
        """The length of a list and where its items are, before the items: these are not read once it has others."""
        fields = layout().list
        if fields is None:
            return []
        found = []
        for items in self._lists:
            first = _word(id(items) + fields.items).value
            found += [id(items) + fields.size, id(items) + fields.items, *range(first, first + 8 * len(items), 8)]
        return found

    @property
    def guarded(self) -> bool:
        """Whether changes are seen. If not, the state stays dirty and each call takes the generic entry."""
        dicts = not self._guards or layout().dict_version is not None or nativewatch.available()
        lists = not self._lists or layout().list is not None
        return dicts and lists and self._seen and (not self._functions or layout().function is not None)

    @property
    def dirty(self) -> bool:
        """Whether the next call takes the generic entry because of a guard."""
        count = _word(self.address + STATE["guard_count"]).value
        guards = range(self.address + self._versions, self.address + self._versions + 16 * count, 16)
        return ctypes.c_byte.from_address(self.address).value != 0 or any(
            _word(_word(at).value).value != _word(at + 8).value for at in guards)

    def mark(self) -> None:
        """Send calls to the generic entry until the next refresh."""
        ctypes.c_byte.from_address(self.address).value = 1

    def refresh(self) -> None:
        """Accept the dicts, cells and functions as they are now."""
        ctypes.c_byte.from_address(self.address).value = 0 if self.guarded else 1
        self._contents = [_contents(cell) for cell in self._guarded_cells]
        self._contents += [(f.__code__, f.__defaults__, f.__kwdefaults__) for f in self._functions]
        self._contents += map(tuple, self._lists)
        for index, (guard, namespace, name) in enumerate(self._names):
            held = namespace.get(name, self)  # `self`: it is not there
            self._contents.append(held)
            row = self.address + self._rows + 32 * index
            _word(row).value, _word(row + 8).value = id(namespace), id(name)
            _word(row + 16).value = 0 if held is self else id(held)
            _word(row + 24).value = self.address + self._versions + 16 * guard
        places = self._places()
        if len(places) > self._room:  # a list has grown: the code is for another one
            places = []
            self.mark()
        _word(self.address + STATE["guard_count"]).value = len(places)
        for index, place in enumerate(places):
            at = self.address + self._versions + 16 * index
            _word(at).value, _word(at + 8).value = place, _word(place).value

    def close(self) -> None:
        """Free the block and its contexts. No call may be under way, and no entry may be left that reads it."""
        self.address = 0
        release(self._token)


def _contents(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _free_block(block: int, watches: list[int], trim: int, code: object) -> None:
    """Free a state block; `code` keeps the code of `trim` loaded until then."""
    for token in watches:
        nativewatch.unwatch(token)
    _free_context(_word(block + STATE["static"]).value, trim)
    ctx = _word(block + STATE["free"]).value
    while ctx:
        ctx, last = _word(ctx + CTX["next"]).value, ctx
        _free_context(last, trim)
    nativewatch.free(block)


def _free_context(ctx: int, trim: int) -> None:
    """Free one context and what it owns."""
    if trim:
        ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(trim)(ctx)
    nativewatch.free(ctx)
