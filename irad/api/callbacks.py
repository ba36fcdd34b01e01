"""The way out of compiled code: a call of CPython, with a derivative that is written down, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irad.errors import for_user, user_facing
from irad.infer.kinds import OF_CLASS
from irad.infer.outlets import fill, number


@user_facing
def callback(
    fun: Callable[..., Any], result: Any, *args: Any, vjp: Callable[..., Any] | None = None,
    jvp: Callable[..., Any] | None = None,
) -> Any:
    """`fun(*args)`, called in CPython also from compiled code: C extensions, files, whatever irad does not compile.

    Parameters
    ----------
    fun : callable
        Gets floats, ints, bools, numpy scalars and tuples of them as they are, arrays as copies (what it would write into them
        is lost, and an error). Its exceptions pass through compiled code.
    result : type or example
        What it returns: float, int, bool, a numpy scalar type, an array of the right shape and dtype, a tuple of these, or None.
    vjp : callable, optional
        `vjp(*args, ct)`: the cotangents of the arguments as a tuple, None for zero.
    jvp : callable, optional
        `jvp(primals, tangents)`: the value and its tangent, from two tuples; the tangent of what is no float is None.

    Returns
    -------
    What `fun` returned, as `result` says.

    Notes
    -----
    Rules are compiled, if they can be: then there are second derivatives too. Otherwise they are called in CPython. One of them
    is enough. Without a rule it is an error to ask for a derivative that needs it.

    Examples
    --------
    >>> import irad, math
    >>> def f(x):
    ...     return x * irad.callback(math.lgamma, float, x, vjp=lambda x, ct: (ct * (math.log(x) - 0.5 / x),))
    >>> f(3.0) == irad.compile(f)(3.0)
    True
    """
    if not callable(fun):
        raise for_user(TypeError(f"callback takes a function, not {type(fun).__name__}"))
    return declared(fun(*args), result)


def declared(value: Any, result: Any) -> Any:
    """A value as what it was said to be."""
    if result is None:
        return None
    if isinstance(result, tuple):
        if not isinstance(value, (tuple, list)) or len(value) != len(result):
            what = f"a {type(value).__name__}, not a tuple of {len(result)}"
            raise for_user(TypeError(f"irad.callback: the function returned {what}"))
        return tuple(declared(v, r) for v, r in zip(value, result, strict=True))
    if isinstance(result, np.ndarray):
        made = np.empty(result.shape, result.dtype)
        fill(made, value)
        return made
    cls = result if isinstance(result, type) else type(result)
    if cls not in OF_CLASS:
        hint = "pass float, int, bool, an array of the right shape and dtype, a tuple of these, or None"
        raise for_user(TypeError(f"irad.callback with a result like {result!r}: {hint}"))
    return number(value, cls)
