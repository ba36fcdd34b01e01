"""d.keys(), d.values(), d.items(), and loops over dicts made in compiled code: they show what it holds by then.

    values = d.values()     Record(("view", "values", None), (the reference,))
    d["a"] = 7.0
    sum(values)             of the present items: `heap.opened`

A loop walks over a view that knows the keys from its beginning (`ListIter`): each step looks at the dict as it is then.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, NoReturn

from irad.infer import heap
from irad.infer.context import Context
from irad.infer.lists import dict_method, is_dict
from irad.infer.shapes import AV
from irad.infer.values import Choice, Gen, Known, ListIter, Record, Ref, Seq, SeqIter

METHODS = ("keys", "values", "items")


def view(held: AV, what: str, keys: tuple[tuple[Any, ...], ...] | None = None) -> Record:
    """d.keys(), d.values(), d.items(): what the dict holds whenever it is asked. With `keys`: for a loop, in which the dict must
    keep these; of one of several dicts, those of each, or of all."""
    return Record(("view", what, keys), (held,))


def view_class(av: AV) -> type:
    """type(d.keys()) and the like."""
    held: dict[Any, Any] = OrderedDict() if getattr(av.children[0], "cls", dict) is OrderedDict else {}
    return type(getattr(held, av.static[1])())


def held_by(cx: Context, av: AV) -> dict[Any, AV]:
    """The present items of a dict, or of the `__dict__` of an object."""
    from irad.infer.execute import known_dict

    if isinstance(av, (Ref, Known)) or av.static[0] == "dict":
        return known_dict(cx, av)
    from irad.infer.instances import items_of

    return items_of(cx, av)


def walked(cx: Context, av: AV) -> Record | None:
    """What a loop over a dict, a view or the `__dict__` of an object walks over: its items as they are by then."""
    if heap.is_view(av):
        what, held = av.static[1], av.children[0]
    elif is_dict(av) or (isinstance(av, Record) and av.static == ("attributes",)):
        what, held = "keys", av
    else:
        return None
    keys = [tuple(held_by(cx, m)) for m in dicts_of(held)]
    alike = all(map(keys[0].__eq__, keys))
    return view(held, what, (keys[0],) if alike else tuple(keys))


def dicts_of(held: AV) -> tuple[AV, ...]:
    """A dict, or those of which it is one."""
    return held.members if isinstance(held, Choice) else (held,)


def keys_change(cx: Context) -> NoReturn:
    cx.unsupported("a loop over a dict in which its keys change", kind="dict", hint="loop over a list of the keys")


def check_put_back(cx: Context, ref: Ref, key: Any) -> None:
    """A key that is set anew, in a loop over the dict that began when it was there: CPython may meet it again."""
    for av in cx.env.values():
        if isinstance(av, ListIter) and heap.is_view(av.children[0]):
            keys = [key for one in av.children[0].static[2] or () for key in one]
            same = any(_is(m, ref) for m in dicts_of(av.children[0].children[0]))
        elif isinstance(av, Gen):  # see `tables.iterator`
            same = any(_is(child, ref) for child in av.children)
            keys = [k.obj for it in av.children if isinstance(it, SeqIter) for k in it.children if isinstance(k, Known)]
        else:
            continue
        if same and key in keys:
            keys_change(cx)


def _is(av: AV, ref: Ref) -> bool:
    return isinstance(av, Ref) and av.name == ref.name


def viewed(cx: Context, av: AV) -> AV:
    """What a view shows now."""
    _, what, keys = av.static
    dicts = dicts_of(av.children[0])

    def case(held: AV) -> AV:
        items = held_by(cx, held)
        if keys is not None:
            now, all_keys = tuple(items), keys * len(dicts) if len(keys) == 1 else keys
            if len(all_keys) != len(dicts):
                keys_change(cx)
            before = next(one for member, one in zip(dicts, all_keys, strict=True) if member is held)
            if len(now) != len(before):
                cx.throw("RuntimeError", "dictionary changed size during iteration")
            if now != before:
                keys_change(cx)
        if what == "values":
            return Seq(tuple, tuple(items.values()))
        return Seq(tuple, tuple(Known(k) if what == "keys" else Seq(tuple, (Known(k), v)) for k, v in items.items()))

    return cx.dispatch(av.children[0], case)


def _view_method(what: str) -> None:
    def method(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
        return view(ref, what)

    dict_method(what)(method)


for _what in METHODS:
    _view_method(_what)
