"""np.einsum with an ellipsis: the axes that the letters leave, broadcast."""

from __future__ import annotations

import numpy as np
import pytest

import irad

RNG = np.random.default_rng(0)
A, B, C, D, E, F = (RNG.normal(size=s) for s in ((2, 3, 4), (2, 3, 4), (4,), (1, 3, 4), (4, 5), (2, 1, 4)))
G, H = RNG.normal(size=(2, 3, 3)), RNG.normal(size=(3, 3, 4))
CALLS = [
    ("...i,...i", (A, B)), ("...i,...i->...", (A, B)), ("...i,i", (A, C)), ("...", (A,)), ("...->...", (A,)),
    ("...i->i...", (A,)),
    ("...i,...i->...", (A, D)), ("...i,...i->...", (F, D)), ("...ij,jk->...ik", (A, E)), ("i...,i...->...", (A, B)),
    ("...i->...", (A,)), ("...i,...i->i", (C, C)), ("...,...", (A, 2.0)), ("...i,...j->...ij", (C, C)), ("...ii->...i", (G,)),
    ("i...", (A,)), ("i ... , i ... -> ...", (A, B)),
]
WRONG = [
    ("...i,...i->i", (A, B)), ("..i,i", (A, C)), ("...i,...i->...", (A, H)), ("...ijkl->i", (A,)), ("...->", (A,)),
    ("...ijk,i", (A, C)),
    ("...i,...i,...i", (A, B)),
]


def call(subscripts):
    return lambda *operands: np.einsum(subscripts, *operands)


@pytest.mark.parametrize("subscripts, operands", CALLS, ids=lambda v: v if isinstance(v, str) else "")
def test_value_and_derivative(subscripts, operands):
    f = call(subscripts)
    found, wanted = irad.compile(f)(*operands), f(*operands)
    assert np.shape(found) == np.shape(wanted)
    np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-14)
    total = lambda *o: np.sum(f(*o) ** 2)
    gradient = irad.grad(total)(*operands)
    way = RNG.normal(size=np.shape(operands[0]))
    sides = [total(operands[0] + side * 1e-6 * way, *operands[1:]) for side in (1, -1)]
    assert np.sum(gradient * way) == pytest.approx((sides[0] - sides[1]) / 2e-6, rel=1e-6)


@pytest.mark.parametrize("subscripts, operands", WRONG, ids=lambda v: v if isinstance(v, str) else "")
def test_what_does_not_fit(subscripts, operands):
    f = call(subscripts)
    with pytest.raises(ValueError):
        f(*operands)
    with pytest.raises(ValueError):
        irad.compile(f)(*operands)
