"""Dicts whose keys are texts made of the numbers of a short known range."""

import pytest
from numeric.harness import all_same, same_and_derivative


def comprehended(x):
    params = {f"w{i}": x * (i + 1) for i in range(3)}
    slopes = {k: 2 * v for k, v in params.items()}
    for k in params:
        params[k] -= 0.1 * slopes[k]
    return sum(params[k] ** 2 for k in params) + params["w1"]


def of_a_list(x):
    d = dict([(str(i), x * i) for i in range(3)])
    return d["1"] * d["2"]


def of_pairs(x):
    d = dict((f"w{i}", x * i) for i in range(3))
    d.update([(f"b{i}", x * i) for i in range(2)])
    return sum(d.values())


def of_names(x):
    names = [f"w{i}" for i in range(3)]
    return sum({n: x * 3 for n in names}.values())


@pytest.mark.parametrize("f", [comprehended, of_a_list, of_pairs, of_names])
def test_numbered_names(f):
    all_same(f, [(1.5,), (-0.5,)])
    same_and_derivative(f, 1.5)
