"""What special methods return is checked as CPython does it."""

import math
import operator

import numpy as np
import pytest
from numeric.harness import same_as_python


class R:
    def __init__(self, v):
        self.v = v

    def __len__(self):
        return self.v

    def __str__(self):
        return self.v

    def __repr__(self):
        return self.v

    def __float__(self):
        return self.v

    def __int__(self):
        return self.v

    def __index__(self):
        return self.v

    def __hash__(self):
        return self.v


class OnlyBool:
    def __init__(self, v):
        self.v = v

    def __bool__(self):
        return self.v


class OnlyIndex:
    def __init__(self, v):
        self.v = v

    def __index__(self):
        return self.v


class Init:
    def __init__(self, v):
        self.v = v
        return v


class Format:
    def __init__(self, v):
        self.v = v

    def __format__(self, spec):
        return self.v


USES = {
    "len": lambda v: len(R(v)), "truth": lambda v: 1.0 if R(v) else 2.0, "str": lambda v: str(R(v)) == "a",
    "repr": lambda v: repr(R(v)) == "a", "f-string": lambda v: f"{R(v)}" == "a", "float": lambda v: float(R(v)),
    "int": lambda v: int(R(v)), "index": lambda v: operator.index(R(v)), "sqrt": lambda v: math.sqrt(R(v)) + 0.0,
    "item": lambda v: (1.0, 2.0, 3.0)[R(v)], "range": lambda v: sum(range(R(v))), "bool": lambda v: bool(OnlyBool(v)),
    "if": lambda v: 1.0 if OnlyBool(v) else 2.0, "init": lambda v: Init(v).v, "format": lambda v: f"{Format(v)}" == "a",
    "hash": lambda v: hash(R(v)) != 0, "float of index": lambda v: float(OnlyIndex(v)),
    "chosen": lambda v: len(R(v if v > 1 else "a")) if not isinstance(v, str) and v is not None else 0,
}


@pytest.mark.parametrize("v", [-3, 0, 2, 2.5, "a", None, True, np.float64(1.5)], ids=repr)
@pytest.mark.parametrize("f", USES.values(), ids=USES)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_is_returned(f, v):
    same_as_python(f, v)
