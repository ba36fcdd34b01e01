"""Values of the standard library that never change: what they are asked with known values is asked at compile time."""

from __future__ import annotations

import datetime
import re
from typing import Any

import numpy as np

SIMPLE = (str, bytes, int, float, tuple, frozenset)
MADE = (datetime.date, datetime.time, datetime.timedelta, datetime.timezone)  # calling the class makes one
OF_NUMPY = (np.dtype, np.finfo, np.iinfo, np.generic)
FIXED = (*SIMPLE, *MADE, re.Pattern, re.Match)
PURE = (re.compile, re.match, re.search, re.fullmatch, re.findall, re.split, re.sub, re.escape)  # functions of known values


def is_fixed(obj: Any) -> bool:
    """Whether methods of this object depend on nothing but it and their arguments."""
    return isinstance(obj, FIXED)


def is_made(cls: type) -> bool:
    """Whether calls of this class make such a value out of others."""
    return issubclass(cls, (*MADE, *OF_NUMPY))
