"""d.keys(), d.values(), d.items() and loops over d show what the dict holds by then."""

import pytest
from numeric.harness import same_as_python

import irad


def changed_in_its_loop(d, x):
    s = 0.0
    for key, e in d.items():
        d["c"] = x
        s = s * 0.5 + e
    for e in d.values():
        d["c"] += e
        s = s * 0.5 + e
    for i, (key, e) in enumerate(d.items()):
        d[key] = e * x + i
    for key in d:
        d[key] += len(key)
    return s


def kept(d, x):
    values, keys, items = d.values(), d.keys(), d.items()
    d["a"] = x
    d["z"] = 2.0
    return sum(values), list(keys), len(items), "z" in keys, x in values, sorted(values), dict(zip(keys, values)), [*items]


def one_more_in_the_loop(d, x):
    for key in d:
        d["z"] = x
    return list(d)


def perhaps_one_more(d, x):
    for key in d:
        if x > 1.0:
            d["z"] = x
    return list(d)


def one_of_two_of_other_keys(d, x):
    other = {"q": 5.0, "b": x}
    one = d if x > 1.0 else other
    s = 0.0
    for e in one.values():
        s = s * 2.0 + e
    return s


def one_of_two(d, x):
    other = {"a": 5.0, "b": x, "c": 7.0}
    one = d if x > 1.0 else other
    s = 0.0
    for key, e in one.items():
        one["c"] = 0.5
        s = s * 2.0 + e
    return s, max(one.values()), d, other


@pytest.mark.parametrize("x", [0.5, 1.5])
@pytest.mark.parametrize("f", [changed_in_its_loop, kept, one_more_in_the_loop, one_of_two])
def test_views(f, x):
    same_as_python(f, {"a": 1.0, "b": 2.0, "c": 3.0}, x)


def test_derivatives():
    assert irad.grad(changed_in_its_loop, argnums=1)({"a": 1.0, "b": 2.0, "c": 3.0}, 2.0) > 0.0


def test_a_loop_that_perhaps_sets_one_more_key():
    with pytest.raises(irad.UnsupportedError, match="keys depend on the way"):
        irad.compile(perhaps_one_more)({"a": 1.0}, 2.0)


def test_a_loop_over_one_of_several_dicts_of_other_keys():
    with pytest.raises(irad.IradError, match="keys"):
        irad.compile(one_of_two_of_other_keys)({"a": 1.0, "b": 2.0, "c": 3.0}, 2.0)


@pytest.mark.parametrize("f", [lambda d: d.items(), lambda d: [d.values()]])
def test_views_are_no_results(f):
    with pytest.raises(irad.UnsupportedError, match="make a list or a dict of it"):
        irad.compile(f)({"a": 1.0})


def stars_of_one_of_two(d, x):
    e = {**d, "a": x}
    f = e if x > 1.0 else d
    return (lambda a, b, c, **more: a * b + c)(**f), {**f, "a": 1.0}, dict(f), (lambda **more: sum(more.values()))(**f)


@pytest.mark.parametrize("x", [0.5, 1.5])
def test_stars_of_one_of_two_dicts(x):
    same_as_python(stars_of_one_of_two, {"a": 1.0, "b": 2.0, "c": 3.0}, x)


class Pair:
    def __init__(self, x):
        self.x, self.y = x, 2.0


def attributes_in_a_loop(x):
    o = Pair(x)
    values = vars(o).values()
    s = 0.0
    for name, e in vars(o).items():
        o.y = 0.5
        s = s * 2.0 + e
    for name in o.__dict__:
        setattr(o, name, getattr(o, name) * 2.0)
    return s, sum(values), list(vars(o))


def one_more_attribute_in_the_loop(x):
    o = Pair(x)
    for name in vars(o):
        o.z = x
    return list(vars(o))


@pytest.mark.parametrize("f", [attributes_in_a_loop, one_more_attribute_in_the_loop])
def test_views_of_attributes(f):
    same_as_python(f, 1.5)
