"""Derivatives as functions of functions, named and called as in JAX."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from irad.api.compiled import make
from irad.errors import for_user, user_facing
from irad.infer.derived import extended
from irad.runtime.structures import attributes, blank, contents, held, is_dict, is_structure, numbers_in

Argnums = int | tuple[int, ...]
Argnames = str | tuple[str, ...] | None


def _derivative(name: str, fun: Any, argnums: Any, has_aux: bool, allow_int: bool, argnames: Argnames, holomorphic: bool) -> Any:
    if not callable(fun):
        raise for_user(TypeError(f"{name} takes a function, not {type(fun).__name__}"))
    if holomorphic:
        raise for_user(NotImplementedError("holomorphic=True: complex numbers are not supported yet"))
    options: dict[str, Any] = {}
    if argnames is not None:
        options["argnames"] = _selection("argnames", argnames, str, "a str")
    if argnums != 0 or argnames is None:
        options["argnums"] = _selection("argnums", argnums, int, "an int")
    if has_aux:
        options["has_aux"] = True
    if allow_int:
        options["allow_int"] = True
    return make(name, options, fun)


def _selection(option: str, given: Any, cls: type, what: str) -> Any:
    """One number or name, or a tuple of them."""
    if isinstance(given, cls):
        return given
    if not isinstance(given, (tuple, list)) or not all(isinstance(g, cls) for g in given):
        raise for_user(TypeError(f"{option} is {what} or a tuple of such, not {given!r}"))
    return tuple(given)


def _counted(what: str, primals: Any, tangents: Any) -> None:
    """Primals and tangents must be tuples of one length."""
    if not all(isinstance(p, (tuple, list)) for p in (primals, tangents)):
        raise for_user(TypeError(f"{what} takes a tuple of primals and a tuple of tangents: {what}(f, (x,), (dx,))"))
    if len(primals) != len(tangents):
        raise for_user(ValueError(f"{what} got {len(primals)} primals and {len(tangents)} tangents"))


def _fitting(cotangent: Any, out: Any) -> None:
    """A cotangent must have the structure and the shapes of the result."""
    if isinstance(out, (tuple, list)) and isinstance(cotangent, (tuple, list)) and len(out) == len(cotangent):
        for c, o in zip(cotangent, out, strict=True):
            _fitting(c, o)
    elif isinstance(out, np.ndarray) and out.dtype.kind == "f" and np.shape(cotangent) != out.shape:
        raise for_user(ValueError(f"the cotangent has shape {np.shape(cotangent)}, and the result {out.shape}"))


@user_facing
def grad(
    fun: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, holomorphic: bool = False, allow_int: bool = False, *,
    argnames: Argnames = None,
) -> Any:
    """The gradient of a function that returns one real number.

    Parameters
    ----------
    fun : callable
    argnums : int or tuple of int
        Which positional arguments to differentiate: an int gives the bare gradient, a tuple a tuple.
    has_aux : bool
        `fun` returns `(value, aux)`, and the result is `(gradient, aux)`.
    allow_int : bool
        Give None for int arguments instead of refusing them.
    argnames : str or tuple of str, optional
        Arguments to differentiate that are passed by keyword.

    Returns
    -------
    Compiled
        With the parameters of `fun`; the gradient has structure, shape and dtype of the argument.

    Examples
    --------
    >>> import irad
    >>> def f(x, n):
    ...     y = 1.0
    ...     for i in range(n):
    ...         y *= x
    ...     return y
    >>> irad.grad(f)(2.0, 3)
    12.0
    """
    return _derivative("grad", fun, argnums, has_aux, allow_int, argnames, holomorphic)


@user_facing
def value_and_grad(
    fun: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, holomorphic: bool = False, allow_int: bool = False, *,
    argnames: Argnames = None,
) -> Any:
    """The value and the gradient of a function, in one run; parameters as for `grad`.

    Examples
    --------
    >>> import irad
    >>> irad.value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    return _derivative("value_and_grad", fun, argnums, has_aux, allow_int, argnames, holomorphic)


@user_facing
def jvp(fun: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
    """The value of `fun(*primals)` and its derivative in the direction `tangents` (forward mode).

    Examples
    --------
    >>> import irad
    >>> irad.jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)
    """
    _counted("jvp", primals, tangents)
    result: tuple[Any, Any] = cached(fun, "jvp")(tuple(primals), tuple(tangents))
    return result


@user_facing
def vjp(fun: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The value of `fun(*primals)` and its pullback: cotangent of the result -> tuple of cotangents of the primals.

    Examples
    --------
    >>> import irad
    >>> out, pullback = irad.vjp(lambda x, y: x * y, 2.0, 3.0)
    >>> out, pullback(1.0)
    (6.0, (3.0, 2.0))
    """
    out = cached(fun, "value")(*primals)
    primals = private(primals)  # a later change of the caller's may not touch what the pullback reads
    run = cached(fun, "vjp", has_aux=has_aux, quiet=True) if has_aux else cached(fun, "vjp", quiet=True)

    if out is None:
        run(primals, None)  # says what to write instead

    @user_facing
    def pullback(cotangent: Any) -> tuple[Any, ...]:
        """Cotangents of the primals for a cotangent of the result."""
        _fitting(cotangent, out[0] if has_aux else out)
        result: tuple[Any, ...] = run(primals, cotangent)[1]
        return result

    return (out[0], pullback, out[1]) if has_aux else (out, pullback)


def _jacobian(name: str, fun: Any, argnums: Any, sparse: bool) -> Any:
    if sparse:
        raise for_user(NotImplementedError(f"{name}(sparse=True) is not there yet: leave sparse out"))
    return _derivative(name, fun, argnums, False, False, None, False)


@user_facing
def jacfwd(fun: Callable[..., Any], argnums: Argnums = 0) -> Any:
    """The Jacobian by forward mode: one run for each element of the argument.

    The result has the axes of the output, then those of the argument.

    Examples
    --------
    >>> import irad, numpy as np
    >>> irad.jacfwd(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return _jacobian("jacfwd", fun, argnums, False)


@user_facing
def jacrev(fun: Callable[..., Any], argnums: Argnums = 0) -> Any:
    """The Jacobian by reverse mode: one run for each element of the result; otherwise as `jacfwd`."""
    return _jacobian("jacrev", fun, argnums, False)


@user_facing
def jacobian(fun: Callable[..., Any], argnums: Argnums = 0, *, sparse: bool = False) -> Any:
    """The Jacobian by whichever mode needs fewer runs; otherwise as `jacfwd`."""
    return _jacobian("jacobian", fun, argnums, sparse)


@user_facing
def hessian(fun: Callable[..., Any], argnums: Argnums = 0, *, sparse: bool = False) -> Any:
    """The Hessian of a function that returns one real number, forward over reverse.

    Examples
    --------
    >>> import irad, numpy as np
    >>> irad.hessian(lambda x: x[0] * x[0] * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return _jacobian("hessian", fun, argnums, sparse)


@user_facing
def hvp(fun: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
    """The product of the Hessian of `fun` with `tangents`: a tuple, one entry for each primal.

    Examples
    --------
    >>> import irad
    >>> irad.hvp(lambda x, y: x * x * y, (3.0, 2.0), (1.0, 0.0))
    (4.0, 6.0)
    """
    _counted("hvp", primals, tangents)
    return cached(fun, "hvp")(tuple(primals), tuple(tangents))


@user_facing
def vhp(fun: Callable[..., Any], primals: tuple[Any, ...], cotangent: Any) -> Any:
    """The value of `fun` and the product of a vector with its Hessian (which is symmetric: see `hvp`)."""
    tangents = cotangent if type(cotangent) is tuple else (cotangent,)
    _counted("hvp", primals, tangents)
    return cached(fun, "value")(*primals), cached(fun, "hvp", quiet=True)(tuple(primals), tangents)


@user_facing
def linearize(fun: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """The value of `fun(*primals)` and its derivative there as a function of tangents.

    Examples
    --------
    >>> import irad
    >>> out, push = irad.linearize(lambda x: x * x, 3.0)
    >>> out, push(1.0)
    (9.0, 6.0)
    """
    out = cached(fun, "value")(*primals)
    primals = private(primals)
    run = cached(fun, "jvp", quiet=True)

    @user_facing
    def push(*tangents: Any) -> Any:
        """The tangent of the result."""
        return run(primals, tangents)[1]

    return out, push


def stop_gradient(x: Any) -> Any:
    """`x` itself, with derivative zero (inside a function that is differentiated).

    Examples
    --------
    >>> import irad
    >>> irad.grad(lambda x: x * irad.stop_gradient(x))(3.0)
    3.0
    """
    return x


def private(value: Any) -> Any:
    """A structure of arguments with arrays, lists, dicts and objects of its own; arrays overlap as the given ones do."""
    found: dict[int, Any] = {}
    for group in overlapping(list({id(a): a for a in arrays_in(value, set())}.values())):
        found.update(zip(map(id, group), copied(group), strict=True))
    return replaced(value, found)


def arrays_in(value: Any, met: set[int]) -> list[np.ndarray[Any, Any]]:
    """The arrays in a structure of arguments; what was `met` is not looked at again."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, types.MethodType):
        return arrays_in(value.__self__, met)
    if not (isinstance(value, tuple) or is_structure(value)) or id(value) in met:
        return []
    met.add(id(value))
    if type(value) is list and numbers_in(value):
        return []
    return [a for item in held(value) for a in arrays_in(item, met)]


def replaced(value: Any, found: dict[int, Any]) -> Any:
    """The structure with other objects in the place of those that can change, which are entered in `found` by identity."""
    if id(value) in found:
        return found[id(value)]
    if isinstance(value, types.MethodType):  # of the object that takes the place of its own
        owner = replaced(value.__self__, found)
        return value if owner is value.__self__ else types.MethodType(value.__func__, owner)
    if isinstance(value, tuple):
        items = [replaced(item, found) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if not is_structure(value):
        return value
    made = blank(value)
    found[id(value)] = made
    if type(value) is list:
        made.extend(value if numbers_in(value) else [replaced(item, found) for item in value])
    elif is_dict(value):
        for key, item in contents(value).items():
            extended(type(value)).__setitem__(made, key, replaced(item, found))
    else:
        for name, item in attributes(value).items():
            if name in getattr(value, "__dict__", ()):
                made.__dict__[name] = replaced(item, found)
            else:
                object.__setattr__(made, name, replaced(item, found))
    return made


def overlapping(arrays: list[np.ndarray[Any, Any]]) -> list[list[np.ndarray[Any, Any]]]:
    """Groups of arrays whose memory does not overlap that of other groups."""
    groups: list[list[np.ndarray[Any, Any]]] = []
    end = 0
    for array in sorted(arrays, key=lambda a: byte_bounds(a)[0]):
        low, high = byte_bounds(array)
        if groups and low < end:
            groups[-1].append(array)
        else:
            groups.append([array])
        end = max(end, high)
    return groups


def copied(group: list[np.ndarray[Any, Any]]) -> list[np.ndarray[Any, Any]]:
    """Copies; of several arrays, in one piece of memory at the same distances."""
    if len(group) == 1:
        return [group[0].copy()]
    bounds = [byte_bounds(a) for a in group]
    low, high = min(b[0] for b in bounds), max(b[1] for b in bounds)
    room = np.empty(high - low + 64, np.uint8)
    start = (low - room.ctypes.data) % 64  # aligned as the given ones
    views = [np.ndarray(a.shape, a.dtype, room, start + a.ctypes.data - low, a.strides) for a in group]
    for view, array in zip(views, group, strict=True):
        view[...] = array
    return views


def cached(fun: Any, name: str, **options: Any) -> Any:
    """The transform of a function (its code is shared by all calls, see `api.compiled`)."""
    if not callable(fun):
        raise for_user(TypeError(f"{name} takes a function, not {type(fun).__name__}"))
    return make(name, options, fun)
