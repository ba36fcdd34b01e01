"""What to write instead of functions and classes of the standard library that irad has no entry for.

By the names of modules, so that none of them is imported for it.
"""

from __future__ import annotations

from typing import Any

from irad.infer.context import Context

_EXACT = "it computes with fractions of integers of any size"
_SPREAD = "write m = statistics.fmean(xs), then sum((x - m) ** 2 for x in xs) / (len(xs) - 1), or use np.var"
_COMPLEX = ("there are no complex numbers in compiled code", "compute with the two parts: math.cos, math.sin, math.hypot")

OF_FUNCTIONS: dict[tuple[str, str], tuple[str, str]] = {  # why, hint
    ("statistics", "mean"): (_EXACT, "use statistics.fmean, which computes with floats"),
    **{("statistics", name): (_EXACT, _SPREAD) for name in ("variance", "pvariance", "stdev", "pstdev")},
    ("decimal", "Decimal"): (
        "its numbers have as many digits as its context says", "compute with floats; math.fsum adds them exactly",
    ),
    ("builtins", "complex"): _COMPLEX,
}
OF_MODULES: dict[str, tuple[str, str]] = {
    "cmath": _COMPLEX,
    "time": ("it asks the system", "call it outside, or with irad.callback"),
    **dict.fromkeys(
        ("random", "numpy.random", "numpy.random.mtrand", "numpy.random._generator"),
        ("its state is CPython's", "draw the numbers outside and pass them in an array, or use irad.callback"),
    ),
}


def check(cx: Context, module: Any, name: str) -> None:
    """Refuse a function or class of the standard library by its name, if there is something to say about it."""
    found = OF_FUNCTIONS.get((module, name)) or OF_MODULES.get(module)
    if found is not None:
        why, hint = found
        shown = name if module == "builtins" else f"{module}.{name}"
        cx.unsupported(f"a call of {shown}", kind="function", why=why, hint=hint)


def check_object(cx: Context, obj: Any) -> None:
    """The same for what is not written in Python."""
    module = getattr(obj, "__module__", None) or getattr(type(getattr(obj, "__self__", None)), "__module__", None)
    check(cx, module, str(getattr(obj, "__name__", "")))
