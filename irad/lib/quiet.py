"""Whether numpy has anything to warn about in what an operation on arrays has given."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_quiet(result: Any, *operands: Any) -> Any:
    """Whether each nan comes from a nan, and each infinity from what is no finite number."""
    a_nan: Any = False
    no_number: Any = False
    for a in operands:
        a_nan = a_nan | np.isnan(a)
        no_number = no_number | ~np.isfinite(a)
    return np.all(np.isfinite(result) | np.where(np.isnan(result), a_nan, no_number))
