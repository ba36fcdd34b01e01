"""Every derivative in the op table: forward against reverse, and both against derivatives computed in 50 digits."""

import itertools
import math
import random

import mpmath
import pytest

from irad.ad.differentiate import forward, reverse
from irad.ir.build import Builder
from irad.ir.core import Block, Function, Module, Value
from irad.ir.types import FLOAT, INT, is_float
from irad.ops import OPS, result_types
from irad.ops.table import parse_signature, zero
from irad.passes.loopform import loopform
from irad.passes.tools import run_function

pytestmark = pytest.mark.smoke

ROWS = sorted(
    name for name, row in OPS.items()
    if row.d is not None and row.types is None and any(w in ("F", "N", "T", "float") for w in parse_signature(row.signature)[0])
    and parse_signature(row.signature)[1] and parse_signature(row.signature)[1][0] in ("F", "N", "T")
)
DOMAIN = {
    "sqrt": (0.1, 9), "log": (0.1, 9), "log2": (0.1, 9), "log10": (0.1, 9), "log1p": (-0.9, 9), "asin": (-0.9, 0.9),
    "acos": (-0.9, 0.9), "atanh": (-0.9, 0.9), "acosh": (1.1, 9), "pow": (0.1, 5), "cbrt": (0.1, 9), "exp": (-5, 5),
    "exp2": (-5, 5), "expm1": (-5, 5), "sinh": (-5, 5), "cosh": (-5, 5), "ldexp": (-3, 3),
}
EXACT = {
    "add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y, "div": lambda x, y: x / y,
    "neg": lambda x: -x, "abs": abs, "pow": mpmath.power, "mod": lambda x, y: x - y * mpmath.floor(x / y), "sqrt": mpmath.sqrt,
    "exp": mpmath.exp, "exp2": lambda x: mpmath.power(2, x), "expm1": mpmath.expm1, "log": mpmath.log,
    "log2": lambda x: mpmath.log(x, 2), "log10": mpmath.log10, "log1p": lambda x: mpmath.log(1 + x),
    "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan,
    "asin": mpmath.asin, "acos": mpmath.acos, "atan": mpmath.atan, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh,
    "asinh": mpmath.asinh, "acosh": mpmath.acosh, "atanh": mpmath.atanh, "cbrt": mpmath.cbrt, "erf": mpmath.erf,
    "erfc": mpmath.erfc, "atan2": mpmath.atan2, "hypot": mpmath.hypot, "fmod": lambda x, y: x - y * int(x / y),
    "remainder": lambda x, y: x - y * mpmath.nint(x / y), "maximum": max, "minimum": min, "fma": lambda x, y, z: x * y + z,
    "muladd": lambda x, y, z: x * y + z,
    "masked": lambda g, x: x if g else mpmath.mpf(0),
    "copysign": lambda x, y: abs(x) * mpmath.sign(y), "ldexp": lambda x, n: mpmath.ldexp(x, int(n)),
}


def operand_types(row):
    words = parse_signature(row.signature)[0]
    return [{"int": INT, "bool": None}.get(w, FLOAT) for w in words]


def module_of(name):
    """A function that applies the op to its parameters (a bool operand is `first > second`)."""
    row = OPS[name]
    params = [Value(t, f"x{i}") for i, t in enumerate(operand_types(row)) if t is not None]
    function = Function("f", params, [FLOAT], [Block("entry")])
    build = Builder(function, function.blocks[0], result_types)
    args = iter(params)
    operands = [next(args) if t is not None else build.op("gt", params[0], params[1]) for t in operand_types(row)]
    build.ret(build.op(name, *operands))
    loopform(function)
    return Module({"f": function}, {}, "loops"), params


def point(name, params, rng):
    low, high = DOMAIN.get(name, (-4, 4))
    return [rng.uniform(low, high) if is_float(p.type) else rng.randint(-3, 3) for p in params]


def smooth_at(name, row, x):
    """Away from kinks, where a numerical derivative means something."""
    if name in ("mod", "fmod", "remainder"):
        q = x[0] / x[1]
        return abs(q - round(q)) > 1e-3 and abs(2 * q - round(2 * q)) > 1e-3
    return all(abs(v) > 1e-2 for v in x if isinstance(v, float)) and not (row.kink and len(x) > 1 and abs(x[0] - x[1]) < 1e-2)


@pytest.mark.parametrize("name", ROWS)
def test_rule(name):
    row = OPS[name]
    module, params = module_of(name)
    active = tuple(is_float(p.type) for p in params)
    back, ahead = reverse(module, "f", active), forward(module, "f", active)
    rng = random.Random(name)
    checked = 0
    for _ in range(200):
        x = point(name, params, rng)
        if not smooth_at(name, row, x):
            continue
        _, *cotangents = run_function(module, back, *x, 1.0)
        partials = []
        for k in range(len(cotangents)):
            tangents = [1.0 if j == k else 0.0 for j in range(len(cotangents))]
            partials.append(run_function(module, ahead, *x, *tangents)[1])
        pairs = zip(cotangents, partials, strict=True)
        assert all(math.isclose(a, b, rel_tol=1e-14, abs_tol=1e-300) for a, b in pairs), (x, cotangents)
        if name in EXACT:
            check_exact(name, x, cotangents)
        checked += 1
        if checked == 40:
            break
    assert checked >= 20


def check_exact(name, x, cotangents):
    with mpmath.workdps(50):
        floats = [i for i, v in enumerate(x) if isinstance(v, float)]
        for i, found in zip(floats, cotangents, strict=True):
            def along(t, i=i):
                return EXACT[name](*[t if j == i else (mpmath.mpf(v) if isinstance(v, float) else v) for j, v in enumerate(x)])

            h = mpmath.mpf(10) ** -20
            at = mpmath.mpf(x[i])
            wanted = float((along(at + h) - along(at - h)) / (2 * h))
            assert math.isclose(found, wanted, rel_tol=1e-12, abs_tol=1e-13), (name, x, i, found, wanted)


def test_every_differentiable_row_has_an_exact_counterpart():
    without = {"select", "floordiv", "sign", "floor", "ceil", "trunc", "rint", "nextafter", "pow_less", "linked", "refined"}
    assert set(ROWS) - set(EXACT) <= without


def test_zero_is_written_where_nothing_is_smooth():
    for name, row in OPS.items():
        if row.d is not None:
            words = parse_signature(row.signature)[0] if row.types is None else ("T",)
            assert len(row.d) == len(words), name
            for word, rule in itertools.zip_longest(words, row.d):
                if word in ("bool", "int"):
                    assert rule is zero, name


KINKS = [
    ("abs", (0.0,), (0.0,)), ("pow", (0.0, 0.0), (0.0, 0.0)), ("pow", (0.0, 2.0), (0.0, 0.0)), ("hypot", (0.0, 0.0), (0.0, 0.0)),
    ("maximum", (2.0, 2.0), (0.5, 0.5)), ("minimum", (2.0, 2.0), (0.5, 0.5)), ("pow", (3.0, 0.0), (0.0, math.log(3.0))),
]


@pytest.mark.parametrize(("name", "x", "wanted"), KINKS)
def test_kinks(name, x, wanted):
    module, params = module_of(name)
    back = reverse(module, "f", (True,) * len(params))
    assert tuple(run_function(module, back, *x, 1.0)[1:]) == wanted


@pytest.mark.parametrize("name", [n for n in ROWS if OPS[n].singular])
def test_a_zero_cotangent_is_masked(name):
    """0 times an infinite partial is 0."""
    module, params = module_of(name)
    back = reverse(module, "f", (True,) * len(params))
    for x in (0.0, 1.0, -1.0):
        found = run_function(module, back, *([x] * len(params)), 0.0)[1:]
        assert all(g == 0.0 for g in found), (name, x, found)
