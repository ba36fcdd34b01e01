"""Functions wrapped by other tools: numba's dispatchers and caches, wherever they hide."""

import functools
import math

import numba
import numpy as np
import pytest

import irad


@numba.njit
def helper(x):
    return x * x + 1


@numba.njit(error_model="numpy")
def quotient(x, y):
    return x / y


@numba.njit(fastmath=True)
def plain_quotient(x, y):
    return x / y


@numba.vectorize(["float64(float64,float64)"])
def declared(x, y):
    return x * y if x > y else x + y


@numba.vectorize
def lazy(x):
    return math.sin(x)


@numba.njit
def with_default(x, g=helper):
    return g(x) * 2


@functools.lru_cache
def cached(x):
    return x**3


class Holder:
    method = staticmethod(helper)
    table = {"helper": helper}


def test_jitted_functions_are_their_bodies():
    assert irad.value_and_grad(with_default)(1.5) == (6.5, 6.0)
    assert irad.grad(lambda x: Holder.method(x) + Holder.table["helper"](x))(2.0) == 8.0
    assert irad.grad(lambda x, g: g(x))(2.0, helper) == 4.0
    local, twice = helper, [helper, helper]
    assert irad.grad(lambda x: local(x) + twice[1](x))(2.0) == 8.0


def test_error_models():
    assert irad.compile(lambda x, y: quotient(x, y))(1.0, 0.0) == math.inf
    assert math.isnan(irad.compile(quotient)(0.0, 0.0))
    with pytest.raises(ZeroDivisionError):
        irad.compile(lambda x, y: plain_quotient(x, y))(1.0, 0.0)
    with pytest.raises(ZeroDivisionError):
        irad.compile(lambda x, y: quotient(x, y) / y)(1.0, 0.0)


def test_vectorised_functions():
    a = np.array([[1.0, 2.0], [0.25, 4.0]])
    b = np.array([1.5, 0.5])
    np.testing.assert_array_equal(irad.compile(lambda a, b: declared(a, b))(a, b), declared(a, b))
    assert irad.compile(lambda x: declared(x, 2.0))(3.0) == 6.0
    gradient = irad.grad(lambda a: np.sum(declared(a, b) + lazy(a)))(a)
    np.testing.assert_allclose(gradient, np.where(a > b, b, 1.0) + np.cos(a), rtol=1e-15)


def test_caches():
    assert irad.grad(lambda x: cached(x))(2.0) == 12.0
    assert irad.grad(cached)(2.0) == 12.0
    assert cached.cache_info().currsize == 0
