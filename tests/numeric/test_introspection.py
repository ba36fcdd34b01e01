"""inspect.signature and inspect.getfullargspec of functions, which are answered at compile time."""

from __future__ import annotations

import inspect

import pytest
from numeric.harness import refused, same_and_derivative


def model(a, b=2.0, *, c=1.0, label=None):
    return a * b * c


class Law:
    def slope(self, u, v=1.0):
        return u * v


def counted(x, n):
    """As fitting code finds out how many parameters a model has."""
    law, closed = Law(), lambda q, r=3.0: q * x
    count = len(inspect.signature(model).parameters) + len(inspect.signature(closed).parameters)
    return x * count + len(inspect.signature(law.slope).parameters) + len(inspect.getfullargspec(model)[0]) * n


def walked(x, n):
    for name, p in inspect.signature(model).parameters.items():
        if p.default is inspect.Parameter.empty:
            x = x * n
        elif p.default is None:
            x = x + len(name)
        elif p.kind == inspect.Parameter.KEYWORD_ONLY:
            x = x * x
    return x


def asked_for_a_name(x, n):
    known = inspect.signature(model).parameters
    return x * ("a" in known) + n * ("z" in known) + (x if "b" in inspect.getfullargspec(model).args else 0.0)


def filtered(x, n):
    options = {"b": x, "c": 0.5, "other": 7.0}
    accepted = inspect.signature(model).parameters
    return model(n, **{k: v for k, v in options.items() if k in accepted})


@pytest.mark.parametrize("f", [counted, walked, asked_for_a_name, filtered], ids=lambda f: f.__name__)
def test_value_and_derivative(f):
    same_and_derivative(f, 0.75, 3)


def test_a_default_that_is_read_at_run_time():
    refused(lambda x: x + inspect.signature(model).parameters["b"].default, 1.5, match="the default of a parameter")
