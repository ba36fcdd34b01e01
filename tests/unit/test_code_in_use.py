"""Code and state that a call is inside of are not freed when others take their place: the entry gives its context back."""

from __future__ import annotations

import ctypes
import gc

import numpy as np
import pytest

import irad
from irad.runtime import state
from irad.runtime.nativetext import CTX, STATE


@pytest.fixture
def freed(monkeypatch):
    """For each block that is freed, how many of its contexts were in use."""
    found = []

    def word(at):
        return ctypes.c_ssize_t.from_address(at).value

    def free_block(block, *rest, free=state._free_block):
        ctx, used = word(block + STATE["free"]), word(block + STATE["made"])
        while ctx:
            ctx, used = word(ctx + CTX["next"]), used - 1
        found.append(used)
        free(block, *rest)

    monkeypatch.setattr(state, "_free_block", free_block)
    return found


def other(k):
    return eval(f"lambda x: x * {k}")


@pytest.mark.parametrize("f", [lambda a: np.where(a > 1, a, 0.0), lambda a: a + a[:1], lambda a: (a + 1.0) * np.ones(3)])
def test_an_axis_of_one_element_that_comes_later(f, freed):
    compiled = irad.compile(f)
    for _ in range(4):
        assert compiled(np.array([1.0, 2.0, 3.0])).tolist() == f(np.array([1.0, 2.0, 3.0])).tolist()
    for _ in range(2):
        assert compiled(np.array([2.0])).tolist() == f(np.array([2.0])).tolist()
        gc.collect()
    compiled.clear()
    irad.compile(lambda x: x + 1.0)(1.0)
    gc.collect()
    assert not any(freed)


DEPTH = 0
scaled = other(1)


def ask(x):
    global DEPTH, scaled
    DEPTH += 1
    if DEPTH % 3:
        scaled = other(DEPTH)
        asking(x)
        gc.collect()
    return x


@irad.compile
def asking(x):
    return scaled(irad.callback(ask, float, x)) + 1.0


def test_functions_that_are_rebound_while_they_run(freed):
    for _ in range(5):
        asking(2.0)
    asking.clear()
    irad.compile(lambda x: x + 3.0).clear()
    assert freed
    assert not any(freed)
