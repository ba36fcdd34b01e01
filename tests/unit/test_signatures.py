"""Wrong calls of what irad has of Python's and numpy's functions: the TypeError of Python."""

from __future__ import annotations

import ast
import collections
import inspect
import warnings
from typing import Any

import numpy as np
import pytest
from numeric.harness import all_same
from numeric.numpy_calls import GROUPS, data

import irad
from irad.infer.meanings import HANDLERS, METHODS

pytestmark = pytest.mark.usefixtures("unoptimised")

FORMS = ("()", "(a)", "(a, a, a, a, a, a, a, a)", "(a, frobnicate=1)")
METHOD_FORMS = ("()", "(0)", "(1, 1, 1, 1, 1, 1, 1, 1)", "(frobnicate=1)")
MADE_BY_THE_COMPILER = ("__build_class__",)
NOT_BY_ITS_NUMBER = ("a.copy(0)",)  # TypeErrors of what an argument is


def written(text: str, **names: Any) -> Any:
    space = {"np": np, **names}
    exec(f"def f(a): return {text}", space)
    return space["f"]


class Plain:
    pass


class Pair(tuple):
    pass


class Own:
    def __new__(cls, x):
        return object.__new__(cls, x)


def object_with_arguments(x):
    return object.__new__(Plain, x)


def object_of_no_class(x):
    return object.__new__(3)


def tuple_with_arguments(x):
    return tuple.__new__(Pair, (x,), 2)


def tuple_of_another_class(x):
    return tuple.__new__(list)


def from_its_own_new(x):
    return Own(x)


NEW = (object_with_arguments, object_of_no_class, tuple_with_arguments, tuple_of_another_class, from_its_own_new)


@pytest.mark.parametrize("f", NEW, ids=lambda f: f.__name__)
def test_new(f):
    all_same(f, [(1.5,)])


def calls() -> list[tuple[str, Any]]:
    """Two forms for each function in turn, each form for each method."""
    found: list[tuple[str, Any]] = []
    handled = [o for o, _ in HANDLERS.values() if not str(getattr(o, "__module__", "")).startswith("irad")]
    for k, o in enumerate(o for o in handled if getattr(o, "__name__", "") not in MADE_BY_THE_COMPILER):
        found.append((f"{o!r} {FORMS[k % 4]}", written(f"o{FORMS[k % 4]}", o=o)))
        found.append((f"{o!r} {FORMS[(k + 1) % 4]}", written(f"o{FORMS[(k + 1) % 4]}", o=o)))
    for name in METHODS:
        if callable(getattr(np.ndarray, name, None)):
            found += [(f"a.{name}{form}", written(f"a.{name}{form}")) for form in METHOD_FORMS]
    return [(label, f) for label, f in found if label not in NOT_BY_ITS_NUMBER]


@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.4.0", reason="C of numpy has no signatures before 2.4")
def test_the_type_error_of_python():
    wrong = []
    for label, f in calls():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                f(np.ones((2, 2)))
            continue
        except TypeError as error:
            theirs = error
        except Exception:
            continue
        try:
            irad.compile(f)(np.ones((2, 2)))
        except (TypeError, irad.UnsupportedError):
            continue
        except Exception as error:
            wrong.append(f"{label}: {type(error).__name__} instead of {theirs!r}")
        else:
            wrong.append(f"{label}: a result instead of {theirs!r}")
    assert not wrong


@pytest.mark.parametrize(
    "text", ["len(a, a)", "abs()", "np.swapaxes(a)", "np.swapaxes(a, 0, 1, 2)", "np.sort(a, q=2)", "np.zeros_like(a, foo=1)",
             "a.swapaxes(0)", "a.sum(0, 1, 2, 3, 4, 5, 6, 7)", "isinstance(a)", "np.squeeze(a, 0, a=a)", "a.reshape()",
             "round(a)", "np.ndim()", "a.tolist(1)", "next()", "(1.5).is_integer(2)"],
)
def test_in_its_words(text):
    f = written(text)
    with pytest.raises(TypeError) as theirs:
        f(np.ones((2, 2)))
    with pytest.raises(TypeError) as ours:
        irad.compile(f)(np.ones((2, 2)))
    assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize("text", [
    "[1].sort(q=1)", "[1].append()", "{1: a}.clear(q=1)", "{1: a}.pop()", "{1: a}.__getitem__()", "{1, 2}.pop(1)",
    "{1, 2}.union(q=1)", "(1, 2).count()", "(1, 2).index()", "(1, 2).index(1, 2, 3, 4)", "[i for i in range(len(a))].pop(1, 2)",
    "{i: 1 for i in range(len(a))}.get()", "P(1, 2)._asdict(1)", "P(1, 2)._replace(1)", "'ab'.upper(1)",
])
def test_methods_of_containers(text):
    f = written(text, P=collections.namedtuple("P", "x y"))
    with pytest.raises(TypeError) as theirs:
        f(np.ones((2, 2)))
    with pytest.raises(TypeError) as ours:
        irad.compile(f)(np.ones((2, 2)))
    assert str(ours.value) == str(theirs.value)


class _ByName(ast.NodeTransformer):
    """Calls with all arguments by name, where that is possible."""

    changed = False

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        path = ast.unparse(node.func)
        try:
            parameters = list(inspect.signature(eval(path, {"np": np})).parameters.values())
        except (NameError, AttributeError, ValueError, TypeError):
            return node
        if any(p.kind is not p.POSITIONAL_OR_KEYWORD for p in parameters[: len(node.args)]):
            return node
        named = [ast.keyword(p.name, a) for p, a in zip(parameters, node.args, strict=False)]
        self.changed = self.changed or bool(named)
        return ast.Call(node.func, [], named + node.keywords)


@pytest.mark.parametrize("group", GROUPS)
def test_numpys_functions_with_arguments_by_name(group):
    given = data()
    texts = []
    for call in GROUPS[group]:
        by_name = _ByName()
        tree = ast.fix_missing_locations(by_name.visit(ast.parse(call, mode="eval")))
        if by_name.changed:
            texts.append(ast.unparse(tree))
    space: dict[str, Any] = {"np": np}
    exec(f"def f({', '.join(given)}): return ({''.join(f'{text}, ' for text in texts)})", space)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pairs = list(zip(texts, irad.compile(space["f"])(**given), space["f"](**given), strict=True))
    for text, ours, theirs in pairs:
        several = isinstance(theirs, (tuple, list))
        for one, other in zip(ours, theirs, strict=True) if several else [(ours, theirs)]:
            np.testing.assert_allclose(one, other, rtol=1e-12, err_msg=text)
