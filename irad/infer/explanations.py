"""The asserts that pytest rewrites. What a failing one calls to explain itself comes to nothing but the user's message:

    assert x > 0.0, "small"   ->   if not x > 0.0:
                                       note = _format_assertmsg("small") + "\\n>assert %(a)s > %(b)s" % {"a": _saferepr(x), ...}
                                       raise AssertionError(_format_explanation(note))

An explanation is a `Record` that keeps the message, if there is one. Whatever takes one up (a text, a list) becomes one.
So the exception is that of the assert as it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irad.infer.shapes import AV
from irad.infer.values import Known, Record

CONDITIONS = {"_should_repr_global_name": True, "_check_if_assertion_pass_impl": False}


def explains(obj: Any) -> bool:
    """Whether this is one of pytest's functions that explain why an assert failed."""
    return str(getattr(obj, "__module__", None)).startswith("_pytest.assertion.")


def explanation(obj: Any, args: Sequence[AV]) -> AV:
    """What such a function returns."""
    name = getattr(obj, "__name__", "")
    if name in CONDITIONS:
        return Known(CONDITIONS[name])
    return Record(("explanation",), (args[0],)) if name == "_format_assertmsg" else merged(args)


def is_explanation(av: AV) -> bool:
    """Whether this is an explanation, or a dict with one in it."""
    return isinstance(av, Record) and (av.static[0] == "explanation" or any(map(is_explanation, av.children)))


def merged(avs: Sequence[AV]) -> AV:
    """One explanation for all: with the message that is among them."""
    found = (av for av in avs if isinstance(av, Record) and av.static[0] == "explanation" and av.children)
    return next(found, Record(("explanation",), ()))


def messages(args: Sequence[AV]) -> list[AV]:
    """The arguments of an exception as they are written."""
    return [part for arg in args for part in (arg.children if is_explanation(arg) else (arg,))]
