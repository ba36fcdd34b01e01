"""What classes that extend dict have of it: the methods behind operators, for `super().__setitem__(key, value)`, and `|`."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

from irad.infer import iterate, lists
from irad.infer.asking import contains_item
from irad.infer.context import Context, type_name
from irad.infer.lists import dict_method
from irad.infer.meanings import handles
from irad.infer.shapes import AV
from irad.infer.standins import class_in_code
from irad.infer.texts import as_text, repr_of_container
from irad.infer.values import REAL, Known, Num, Ref


def _inherited(name: str, count: int, meaning: Callable[..., AV]) -> None:
    """What a method of dict is, of an object of whatever class, with so many arguments."""

    @handles(*{vars(cls)[name] for cls in (dict, OrderedDict) if name in vars(cls)}, as_they_are=True)
    def call(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        if not (args and isinstance(args[0], Ref) and lists.is_dict(args[0])) or len(args) != count + 1 or kwargs:
            what = type_name(args[0]) if args else "nothing"
            cx.unsupported(f"dict.{name} of {what}", kind="object", hint="use the operator")
        return meaning(cx, *args)


_inherited("__setitem__", 2, lists.set_item)
_inherited("__delitem__", 1, lists.delete_item)
_inherited("__len__", 0, lambda cx, owner: Num("int", iterate.length(cx, owner)))
_inherited("__iter__", 0, iterate.builtin_iter)
_inherited("__repr__", 0, lambda cx, owner: as_text(*repr_of_container(cx, owner)))


@dict_method("__contains__")
def _contains(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return cx.bool(contains_item(cx, args[0], ref))


def _class_of(av: AV) -> type:
    if isinstance(av, Known):
        return class_in_code(av.obj)
    return av.cls if isinstance(av, Ref) else dict


def merged_class(a: AV, b: AV) -> type:
    """The class of a | b, if no method in Python says what that is."""
    found = (cls for cls in map(_class_of, (a, b)) if cls is not dict and keeps_class(cls))
    return next(found, dict)


def keeps_class(cls: Any) -> bool:
    """Whether copies of such dicts are of the same class, unlike those of classes written in Python that extend dict."""
    return cls is dict or issubclass(cls, OrderedDict) or REAL.get(cls) is defaultdict


def copied(cx: Context, av: AV, cls: type) -> Ref:
    """A new dict of a class with the items of another one."""
    if isinstance(av, Ref) and av.cls is cls:
        made = lists.DICT_METHODS["copy"](cx, av, [], {})
        assert isinstance(made, Ref)
    else:
        made = lists.new_dict(cx, {}, cls)
        lists.DICT_METHODS["update"](cx, made, [av], {})
    return made


def made_here(cx: Context, av: AV) -> Ref:
    """A dict as one of compiled code: it itself, or a new one with the items of one from outside, or with attributes."""
    return av if isinstance(av, Ref) else copied(cx, av, _class_of(av))
