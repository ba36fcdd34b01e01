"""Arrays of None, as constructors make them for what is to come: `self.z = np.array([[None] * n]).T`.

One known object stands for all of a shape. Compiled code can hand it on and ask for its shape; it computes with none of them.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from irad.infer.context import Context
from irad.infer.heap import opened
from irad.infer.shapes import AV
from irad.infer.values import Known, Seq


@cache
def _blank(shape: tuple[int, ...]) -> np.ndarray:
    made = np.full(shape, None)
    made.flags.writeable = False
    return made


def is_blank(obj: object) -> bool:
    """Whether this is one of the arrays made here."""
    return isinstance(obj, np.ndarray) and obj.dtype == object and obj is _blank(obj.shape)


def of_nothing(cx: Context, av: AV) -> AV | None:
    """np.array(av) if there is nothing but None in it; None otherwise."""
    shape = _shape_of_nones(cx, av)
    return None if shape is None else Known(_blank(shape))


def transposed(obj: np.ndarray) -> AV:
    """The same the other way round."""
    return Known(_blank(obj.shape[::-1]))


def _shape_of_nones(cx: Context, av: AV) -> tuple[int, ...] | None:
    if isinstance(av, Known) and av.obj is None:
        return ()
    held = opened(cx, av)
    items = list(held.items) if isinstance(held, Seq) else []
    inner = {_shape_of_nones(cx, item) for item in items}
    found = inner.pop() if len(inner) == 1 else None
    return None if found is None else (len(items), *found)
