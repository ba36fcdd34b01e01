# ruff: noqa: E501
"""`irad.ad` on programs: reverse against forward, forward against differences, both differentiated again."""

from __future__ import annotations

import numpy as np
import pytest
from unit.ad_programs import PROGRAMS
from unit.ad_tools import add_form, check, compile_source, finish, jvp, vjp

import irad
from irad.ad import explain, reverse, split
from irad.ad.activity import smooth
from irad.ad.mincut import INFINITE, Network
from irad.ir.parse import parse, parse_function
from irad.ir.ssa import SSABuilder
from irad.passes.inline import inline_calls
from irad.passes.tools import run_function

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name):
    source, calls = PROGRAMS[name]
    module = compile_source(source)
    for args in calls:
        check(module, args)


@pytest.mark.parametrize("name", PROGRAMS)
def test_second_order(name):
    source, calls = PROGRAMS[name]
    module = compile_source(source)
    for args in calls[:2]:
        check(module, args, second=True)


def test_only_some_parameters():
    module = compile_source(PROGRAMS["views"][0])
    args = PROGRAMS["views"][1][0]
    check(module, args, (False, True))
    check(module, args, (True, False))


def test_what_is_cleared_and_added_to_is_stored_at_once():
    """The shadow of `a[i]` holds what the reverse of `a[i] = a[i] - ...` would take from it and put back."""
    module = compile_source("""
def f(a: F1, m: float, k: int, n: int):
    for i in range(n):
        a[i] = a[i] - m * a[k]
""")
    made = module.functions[reverse(module, "f", (True, False, False, False))]
    loop = next(b for b in made.blocks if sum(i.op == "load" and "shadow" in str(i.args[0].name) for i in b.instrs))
    assert [i.op for i in loop.instrs].count("store") == 1
    check(module, (np.arange(3.0), 0.5, 1, 3), (True, True, False, False))


def bytes_in(source: str, active: tuple, loop: str, name: str = "f") -> int:
    return explain(compile_source(source), name, active).bytes_per_iteration(loop)


def test_tape_bytes():
    assert bytes_in(PROGRAMS["my_pow"][0], (True, False), "for") == 8
    assert bytes_in(PROGRAMS["newton"][0], (True,), "for") == 8
    assert explain(compile_source(PROGRAMS["branch"][0]), "f", (True,)).entries == ()


def test_branches_cost_nothing():
    source = """
    def f(x: float, n: int) -> float:
        s = x
        for i in range(n):
            if i > 2 and s < 3.0:
                s = s * x
            else:
                s = s + 2.0 * x
        return s
    """
    assert bytes_in(source, (True, False), "for") == 8


def test_linear_loops_have_no_tape():
    source = """
    def f(u: F1, w: F1) -> float:
        s = 0.0
        for i in range(len(u)):
            s = s + u[i] * w[i] + sin(u[i])
        return s
    """
    assert explain(compile_source(source), "f", (True, True)).taped == {}


LOTKA = """
def f(x0: float, y0: float, a: float, b: float, c: float, d: float, t1: float, tol: float) -> float:
    x = x0
    y = y0
    t = 0.0
    h = 0.01
    k1x = a * x - b * x * y
    k1y = d * x * y - c * y
    while t1 - t > 1e-12:
        if t + h > t1:
            h = t1 - t
        u = x + h * (0.2 * k1x)
        v = y + h * (0.2 * k1y)
        k2x = a * u - b * u * v
        k2y = d * u * v - c * v
        u = x + h * (0.075 * k1x + 0.225 * k2x)
        v = y + h * (0.075 * k1y + 0.225 * k2y)
        k3x = a * u - b * u * v
        k3y = d * u * v - c * v
        u = x + h * (0.9777777777777777 * k1x - 3.7333333333333334 * k2x + 3.5555555555555554 * k3x)
        v = y + h * (0.9777777777777777 * k1y - 3.7333333333333334 * k2y + 3.5555555555555554 * k3y)
        k4x = a * u - b * u * v
        k4y = d * u * v - c * v
        u = x + h * (2.9525986892242035 * k1x - 11.595793324188385 * k2x + 9.822892851699436 * k3x - 0.2908093278463649 * k4x)
        v = y + h * (2.9525986892242035 * k1y - 11.595793324188385 * k2y + 9.822892851699436 * k3y - 0.2908093278463649 * k4y)
        k5x = a * u - b * u * v
        k5y = d * u * v - c * v
        u = x + h * (2.8462752525252526 * k1x - 10.757575757575758 * k2x + 8.906422717743472 * k3x + 0.2784090909090909 * k4x - 0.2735313036020583 * k5x)
        v = y + h * (2.8462752525252526 * k1y - 10.757575757575758 * k2y + 8.906422717743472 * k3y + 0.2784090909090909 * k4y - 0.2735313036020583 * k5y)
        k6x = a * u - b * u * v
        k6y = d * u * v - c * v
        xn = x + h * (0.09114583333333333 * k1x + 0.44923629829290207 * k3x + 0.6510416666666666 * k4x - 0.322376179245283 * k5x + 0.13095238095238096 * k6x)
        yn = y + h * (0.09114583333333333 * k1y + 0.44923629829290207 * k3y + 0.6510416666666666 * k4y - 0.322376179245283 * k5y + 0.13095238095238096 * k6y)
        k7x = a * xn - b * xn * yn
        k7y = d * xn * yn - c * yn
        ex = h * (0.0012326388888888888 * k1x - 0.0042527702905061394 * k3x + 0.03697916666666667 * k4x - 0.05086379716981132 * k5x + 0.0419047619047619 * k6x - 0.025 * k7x)
        ey = h * (0.0012326388888888888 * k1y - 0.0042527702905061394 * k3y + 0.03697916666666667 * k4y - 0.05086379716981132 * k5y + 0.0419047619047619 * k6y - 0.025 * k7y)
        ax = abs(x)
        if abs(xn) > ax:
            ax = abs(xn)
        ay = abs(y)
        if abs(yn) > ay:
            ay = abs(yn)
        rx = ex / (tol + tol * ax)
        ry = ey / (tol + tol * ay)
        en = sqrt(0.5 * (rx * rx + ry * ry))
        if en <= 1.0:
            t = t + h
            x = xn
            y = yn
            k1x = k7x
            k1y = k7y
        if en < 1e-10:
            fac = 5.0
        else:
            fac = 0.9 * en ** (-0.2)
        if fac > 5.0:
            fac = 5.0
        if fac < 0.2:
            fac = 0.2
        h = h * fac
    return x * x + 0.5 * y
"""


def test_lotka_volterra_tapes_its_state():
    module = compile_source(LOTKA)
    active = (True,) * 6 + (False, False)
    plan = explain(module, "f", active)
    carried = 8 * 6  # x, y, t, h, k1x, k1y
    assert plan.bytes_per_iteration("for") <= carried + 24, str(plan)
    check(module, [1.0, 1.2, 1.5, 1.0, 3.0, 1.0, 0.6, 1e-6], active, fd=1e-4, h=1e-7)


def test_split_sweeps_twice():
    module = compile_source("""
    def f(x: float, n: int) -> float:
        s = x
        for i in range(n):
            s = s * x + sin(s)
        return s
    """)
    augmented, back = split(module, "f", (True, False))
    finish(module)
    value, tape = run_function(module, augmented, 0.7, 4)
    assert value == run_function(module, "f", 0.7, 4)
    assert module.functions[back].results == [module.functions["f"].params[0].type]
    del tape


def test_halves_of_a_function_that_returns_a_constant_array():
    """Its caller may take it for active, and adds to its shadow."""
    module = parse("""
func @g(%x: float) -> float, array<float, 1> {
^entry:
  %a: array<float, 1> = alloc 2 {elem='float', zero=True}
  %y: float = mul %x, %x
  return %y, %a
}
""")
    augmented, _ = split(module, "g", (True,))
    assert len(module.functions[augmented].results) == 4  # the shadow of the array and the tape come last


def test_derivatives_are_made_once():
    module = compile_source(PROGRAMS["my_pow"][0])
    first = reverse(module, "f", (True, False))
    made = module.functions[first]
    assert reverse(module, "f", (True, False)) == first and module.functions[first] is made


def test_function_that_always_raises():
    module = compile_source("""
    def f(x: float) -> float:
        if x > 0.0:
            raise ValueError
        else:
            raise ValueError
    """)
    made = reverse(module, "f", (True,))
    add_form(module, made)
    with pytest.raises(ValueError):
        run_function(module, made, 1.0, 1.0)


def test_zero_adjoint_of_infinite_slope():
    module = compile_source("""
    def f(x: float) -> float:
        a = sqrt(x)
        r = x
        if a > 10.0:
            r = a
        return r + 0.0 * a
    """)
    with np.errstate(all="ignore"):
        assert vjp(module, "f", (True,), [0.0], [1.0]) == [1.0]
        assert jvp(module, "f", (True,), [0.0], [0.0]) == [0.0]


def test_opaque_has_no_derivative():
    module = compile_source("""
    def f(x: float) -> float:
        return x * x + opaque(x) * 3.0
    """)
    assert vjp(module, "f", (True,), [2.0], [1.0]) == [4.0]


def test_results_without_influence():
    module = compile_source("""
    def f(x: float, y: float) -> (float, float, F1):
        w = zeros(2)
        return x, 3.0, w
    """)
    assert vjp(module, "f", (True, True), [2.0, 1.0], [1.0, 1.0, np.ones(2)]) == [1.0, 0.0]
    tangents = jvp(module, "f", (True, True), [2.0, 1.0], [1.0, 1.0])
    assert tangents[:2] == [1.0, 0.0] and (tangents[2] == 0).all()


def test_arguments_are_not_needed_to_be_distinct():
    module = compile_source("""
    def f(u: F1, w: F1) -> float:
        s = 0.0
        for i in range(len(u)):
            t = w[i]
            u[i] = t * t * u[i]
            s = s + t * u[i]
        return s
    """)
    u = np.array([0.5, 1.5])
    shadow = np.zeros(2)
    made = reverse(module, "f", (True, True))
    finish(module)
    v = u.copy()
    run_function(module, made, v, v, 1.0, shadow, shadow)
    np.testing.assert_allclose(shadow, 4 * u**3)


def test_gradient_inside_a_loop():
    """The derivative of a function with tapes, inlined into a loop and differentiated: its tapes are new in each iteration."""
    module = compile_source("""
    def g(x: float, n: int) -> float:
        s = x
        while s < 2.0:
            s = s * 1.3 + 0.1 * sin(s * x)
        for i in range(n):
            for j in range(i):
                s = sin(s * x)
        return s
    """)
    made = reverse(module, "g", (True, False))
    finish(module)
    module.add(parse_function(f"""
func @f(%x: float, %n: int) -> float {{
^entry:
  br ^for(0, %x)
^for(%i: int, %s: float):
  %c: bool = lt %i, %n
  br %c, ^body, ^done
^body:
  %v: float, %d: float = call %s, %n, 1.0 {{callee='{made}', types=('float', 'float')}}
  %w: float = mul %d, %x
  %s.1: float = mul %w, %v
  %i.1: int = add %i, 1
  br ^for(%i.1, %s.1)
^done:
  return %s
}}"""))
    finish(module)
    check(module, [0.7, 3], second=True)
    inline_calls(module, "f")
    add_form(module, "f")
    for name in [n for n in module.functions if n.startswith("f.")]:
        del module.functions[name]
    check(module, [0.7, 3], second=True)


def test_minimum_cut_against_all_cuts():
    rng = np.random.default_rng(0)
    for _ in range(100):
        nodes = int(rng.integers(2, 8))
        arcs = [
            (int(a), int(b), int(rng.choice([0, 1, 2, 5, INFINITE])))
            for a, b in rng.integers(0, nodes, (int(rng.integers(0, 16)), 2)) if a != b
        ]
        network = Network(nodes)
        for arc in arcs:
            network.add(*arc)
        value, stays = network.cut()
        sides = [{0} | {n + 2 for n in range(nodes - 2) if bits >> n & 1} for bits in range(1 << (nodes - 2))]
        best = min(sum(c for a, b, c in arcs if a in side and b not in side) for side in sides)
        if best < INFINITE:
            assert value == best and stays[0] and not stays[1]
            assert sum(c for a, b, c in arcs if stays[a] and not stays[b]) == best


def test_elements_that_a_loop_adds_to():
    """The adjoint of such an element is taken and added again: it is what it was, and is not written."""
    def scattered(x, k):
        out = np.zeros(5)
        for i in range(len(x)):
            out[k[i]] += x[i] * x[i]
        return out[1] + 2.0 * out[2]

    x, k = np.linspace(-1.0, 2.0, 7), np.array([1, 2, 1, 0, 4, 2, 1])
    gradient = irad.grad(scattered)
    wanted = 2.0 * x * np.array([0.0, 1.0, 2.0, 0.0, 0.0])[k]
    assert gradient(x, k).tolist() == wanted.tolist()
    text = gradient.ir(x, k, stage="low", locations=False)
    reverse = text[text.index("^unbody"):]
    assert ", 0.0" not in reverse[: reverse.index("br ")] and reverse[: reverse.index("br ")].count("store") == 1


def test_activity_follows_each_dependence_once(monkeypatch):
    """Variables of a loop that each depend on the next one: their number is not that of the rounds."""
    def visits(n: int) -> int:
        count = 0

        def counted(instr, operand):
            nonlocal count
            count += 1
            return smooth(instr, operand)

        names = [f"v{k}" for k in range(n)]
        lines = [f"        {a} = {a} * {b}" for a, b in zip(names, names[1:] + names[:1], strict=True)]
        source = "\n".join(["def f(x, m):", *(f"    {a} = x + {k}.5" for k, a in enumerate(names)), "    for i in range(m):",
                            *lines, "    return v0"]) + "\n"
        space: dict = {}
        exec(source, space)
        monkeypatch.setattr("irad.ad.activity.smooth", counted)
        assert irad.grad(space["f"])(0.3, 2) != 0.0
        return count

    few, many = visits(10), visits(40)
    assert many < 5 * few, (few, many)


def test_adjoints_are_not_looked_for_before_they_are_written(monkeypatch):
    """Branches in a row: the joins at which an adjoint is looked for are near."""
    def looks(n: int) -> int:
        count = 0

        def counted(self, var, block):
            nonlocal count
            count += 1
            return look(self, var, block)

        ways = (f"    if x > {0.1 * k}:\n        x = x * 0.9\n    else:\n        y = y + x\n" for k in range(n))
        space: dict = {}
        exec("def f(x, y):\n" + "".join(ways) + "    return x * y\n", space)
        monkeypatch.setattr(SSABuilder, "_look_join", counted)
        gradient = irad.grad(space["f"], argnums=(0, 1))(0.3, 0.4)
        monkeypatch.setattr(SSABuilder, "_look_join", look)
        assert all(gradient)
        return count

    look = SSABuilder._look_join
    few, many = looks(10), looks(40)
    assert many < 5 * few, (few, many)
