"""Looking inside: IR text with notes, flow graphs, plans, and `irad.ir` for users."""

import numpy as np
import pytest

import irad
from irad.api.formula import Symbol, derivatives
from irad.ops import OPS


def my_pow(x, n):
    net = x
    for _ in range(n - 1):
        net *= x
    return net


taped = irad.compile(my_pow, mode="reverse")


def chain(u):
    for i in range(1, len(u)):
        u[i] = u[i] * u[i - 1]
    return u.sum()


def newton(a):
    x = a
    while abs(x * x - a) > 1e-12 * a:
        x = 0.5 * (x + a / x)
    return x


def branch(x):
    return 2 * x if x > 0 else x**2


# -- text --------------------------------------------------------------------------------------------------------------


def test_ir_names_parameters_as_python_does():
    for f in (irad.compile(my_pow), irad.grad(irad.compile(my_pow, mode="reverse"))):
        text = f.ir(2.0, 3)
        assert "(%x: float, %n: int) -> float {" in text
        assert "^for(" in text and "^my_pow" not in text
    assert "^unfor(" in text and "%d.net: float" in text and "%net.tape: array<float, 1>" in text


def test_ir_of_containers_and_bound_methods():
    def norm(p, k):
        return k * (p[0] * p[0] + p[1] * p[1])

    assert "(%p.0: float, %p.1: float, %k: float)" in irad.compile(norm).ir((1.0, 2.0), 3.0)


@pytest.mark.parametrize("stage", ["py", "typed", "loops", "low"])
@pytest.mark.parametrize("f, args", [(my_pow, (2.0, 3)), (chain, (np.ones(3),)), (newton, (2.0,)), (branch, (1.0,))])
def test_every_form_parses_back(stage, f, args):
    for shown in (irad.compile(f), irad.grad(f)):
        text = shown.ir(*args, stage=stage)
        assert text == shown.ir(*args, stage=stage), "the text depends on chance"
        module = irad.ir.parse(text)
        assert str(module) == text
        module.verify()


def test_a_wrong_stage_lists_the_right_ones():
    with pytest.raises(ValueError, match="'py', 'typed', 'loops', 'low'"):
        irad.compile(my_pow).ir(2.0, 3, stage="middle")
    with pytest.raises(ValueError, match="'py', 'typed', 'loops', 'low'"):
        irad.compile(my_pow).cfg(2.0, 3, stage="middle")


def test_types_come_from_the_last_call_or_the_annotations():
    def f(x):
        return x * x

    def g(x: float, n: int) -> float:
        return x * n

    with pytest.raises(TypeError, match=r"write f\.ir\(float\)"):
        irad.compile(f).ir()
    compiled = irad.compile(f)
    compiled(2.0)
    assert "%x: float" in compiled.ir()
    assert "%n: int" in irad.compile(g).ir()
    assert "(%x: float32)" in irad.compile(f).ir(np.float32)
    assert "array<float, 2>" in irad.compile(f).ir(irad.ArrayType(np.float64, ndim=2))


def test_notes():
    text = irad.grad(taped).ir(2.0, 3, notes=True)
    assert "; %net active, needed by the derivative of mul: taped (8 bytes)" in text
    assert set(irad.ir.parse(text).functions) == {"my_pow", "grad_my_pow"}
    assert "overwritten later" in irad.compile(chain).ir(np.ones(3), notes=True)
    assert ";" not in irad.grad(my_pow).ir(2.0, 3)


def test_text_in_notebooks():
    text = irad.grad(taped).ir(2.0, 3)
    shown = text._repr_html_()
    assert shown.startswith("<pre>") and 'title="net *= x"' in shown and "^unfor" in shown
    import html
    import re

    assert html.unescape(re.sub(r"</?(pre|span)[^>]*>", "", shown)) == text.rstrip("\n")


# -- flow graphs -------------------------------------------------------------------------------------------------------


def test_flow_graph():
    graph = irad.compile(my_pow).cfg(2.0, 3)
    assert len(graph.blocks) == 4 and {word for *_, word in graph.edges} == {"", "then", "else"}
    assert graph.dot.startswith('digraph "my_pow" {') and graph.dot.count("->") >= 4
    assert graph.mermaid.startswith("flowchart TD\n") and graph.mermaid.count("-->") == len(graph.edges)
    assert str(graph) == graph.dot
    for stage in ("py", "typed", "low"):
        assert irad.compile(my_pow).cfg(2.0, 3, stage=stage).blocks
    assert len(irad.grad(taped).cfg(2.0, 3).blocks) > 5


def test_flow_graph_as_html_is_well_formed():
    from xml.etree import ElementTree

    for f, args in ((my_pow, (2.0, 3)), (chain, (np.ones(3),)), (newton, (2.0,)), (branch, (1.0,))):
        root = ElementTree.fromstring(irad.grad(f).cfg(*args)._repr_html_())
        graph = irad.grad(f).cfg(*args)
        space = "{http://www.w3.org/2000/svg}"
        assert len(root.findall(space + "rect")) == len(graph.blocks)
        assert len(root.findall(space + "path")) == len(graph.edges)


# -- plans -------------------------------------------------------------------------------------------------------------


def test_plan_of_a_counted_loop():
    plan = irad.explain(taped, 2.0, 1000)
    (part,) = plan.parts
    (loop,) = part.loops
    assert (part.mode, part.wrt, part.formula, plan.nbytes) == ("reverse", ("x",), "8 * max(n - 1, 0)", 8 * 999)
    (value,) = loop.decisions
    assert (value.name, value.decision, value.nbytes, value.source) == ("net", "taped", 8, "net *= x")
    assert irad.explain(taped, float, int).nbytes is None
    assert "7,992 bytes" in str(plan)
    assert str(irad.grad(taped).explain(2.0, 1000)) == str(plan) == str(taped.explain(2.0, 1000))


def test_plan_of_a_loop_that_runs_forward():
    plan = irad.explain(my_pow, 2.0, 1000)
    ((loop,), (part,)) = plan.parts[0].forward, plan.parts
    assert (part.mode, part.loops, plan.nbytes) == ("reverse", (), 0)
    assert (loop.inputs, loop.iterations, loop.count, loop.lineno) == (("x",), "max(n - 1, 0)", 999, 13)
    assert "run forward, with tangents by x; keeps nothing" in str(plan) and "<td>forward</td>" in plan._repr_html_()
    assert "linked" in irad.grad(my_pow).ir(2.0, 3, notes=True)


def test_plan_of_arrays_and_of_while():
    plan = irad.explain(chain, np.ones(11))
    assert plan.nbytes == 8 * 10 and "8 * max(u.shape[0] - 1, 0)" in str(plan)  # nobody writes u[i - 1] again
    assert [d.name for d in plan.parts[0].loops[0].decisions if d.decision == "taped"] == ["u[i]"]
    plan = irad.explain(irad.compile(newton, mode="reverse"), 2.0)
    assert plan.nbytes is None and "n(^" in plan.parts[0].formula


def test_plan_of_several_loops():
    def f(u, steps):
        u = u.copy()
        for _ in range(steps):
            for i in range(1, len(u)):
                u[i] = u[i] * u[i - 1]
        total = 0.0
        for i in range(len(u)):
            total += u[i] * u[i] * u[i]
        return total

    (part,) = irad.explain(f, np.ones(11), 7).parts
    assert len({loop.label for loop in part.loops}) == len(part.loops) == 2
    assert part.nbytes == 16 * 7 * 10  # the loops are all called `for`; they were taken for one


def test_plan_of_arrays_that_are_made_anew():
    """Of `x = a @ x` the old x is kept, not what each product reads of it (8 bytes for each multiplication)."""
    def f(a, k):
        x = a
        for _ in range(k):
            x = a @ x
        return x.sum()

    def by_loops(a, k):
        x = a[0].copy()
        for _ in range(k):
            y = np.zeros(len(x))
            for i in range(len(x)):
                for j in range(len(x)):
                    y[i] += a[i, j] * x[j] * x[j]
            x = y
        return x.sum()

    def in_place(a, k):
        x = a[0].copy()
        y = np.zeros(len(x))
        for _ in range(k):
            for i in range(len(x)):
                for j in range(len(x)):
                    y[i] += a[i, j] * x[j] * x[j]
            x, y = y, x
        return x.sum()

    a = np.ones((8, 8))
    assert irad.explain(f, a, 10).nbytes < 2000
    assert irad.explain(by_loops, a, 10).nbytes < 2000
    assert irad.explain(in_place, a, 10).nbytes > 8 * 10 * 8 * 8


def test_plan_without_a_tape():
    plan = irad.explain(branch, 1.0)
    assert plan.nbytes == 0 and "tape: 0" in str(plan)


def test_plan_of_forward_mode_and_inputs_without_influence():
    def f(x, y):
        return x * x

    assert [p.mode for p in irad.jacfwd(f).explain(1.0, 2.0).parts] == ["forward"]
    notes = irad.grad(f, (0, 1)).explain(1.0, 2.0).notes
    assert any("depends on y" in note for note in notes)


def test_plan_as_data():
    import json

    data = irad.explain(taped, 2.0, 10).to_dict()
    assert json.loads(json.dumps(data))["parts"][0]["loops"][0]["bytes_per_iteration"] == 8
    assert data["nbytes"] == 72
    assert "<table>" in irad.explain(taped, 2.0, 10)._repr_html_()


def test_explain_wants_a_function():
    with pytest.raises(TypeError, match="explain takes a function"):
        irad.explain(3.0)


# -- irad.ir -----------------------------------------------------------------------------------------------------------


def test_modules_run_and_agree_with_machine_code():
    for f, args in ((my_pow, (1.5, 4)), (newton, (3.0,)), (branch, (-2.0,))):
        compiled = irad.grad(f)
        module = irad.ir.parse(compiled.ir(*args))
        assert module.run(f"grad_{f.__name__}", *args) == compiled(*args)
    module = irad.ir.parse(irad.compile(chain).ir(np.ones(3)))
    assert module.run("chain", np.array([1.0, 2.0, 3.0])) == 9.0


def test_text_that_is_not_ir():
    with pytest.raises(ValueError, match="line 1"):
        irad.ir.parse("hello")
    module = irad.ir.parse("irad 1 typed\n\nfunc @f(%x: float) -> float {\n^entry:\n  return %x, %x\n}\n")
    with pytest.raises(AssertionError, match="not valid IR"):
        module.verify()
    with pytest.raises(ValueError, match="no function 'g'"):
        module.run("g")


def test_the_pass_table():
    table = irad.ir.passes()
    assert {"inline", "gvn", "dce", "lower"} <= set(table)
    assert all(row.doc and row.needs for row in table.values())
    from irad.ir.parse import parse  # the module is still there

    assert callable(irad.ir.parse) and parse is irad.ir.parse.parse


# -- formulas ----------------------------------------------------------------------------------------------------------


def test_formulas_mean_what_the_rules_compute():
    """Each rule's text, evaluated by Python, gives the number that the rule gives on numbers."""
    import math

    from irad.ops.expr import Term

    class Number(Term):
        def __init__(self, x):
            self.x = x

        def apply(self, op, *args, **attrs):
            return Number(OPS[op].eval(*(a.x if isinstance(a, Number) else a for a in args)))

        def cast_like(self, other):
            return self

    def function(name):
        return lambda *args: OPS[name].eval(*args)

    space = {name: function(name) for name in OPS if name.isidentifier()} | {"cast": lambda x: x}
    checked = 0
    for name, row in OPS.items():
        if not row.d or row.foreign or "int" in row.signature or name in ("select", "cast"):
            continue
        texts = derivatives(name)
        values = dict(zip(texts, (0.3, 0.7, 0.2))) | {"g": 1.25, "r": row.eval(*(0.3, 0.7, 0.2)[: len(texts)])}
        for rule, text in zip(row.d, texts.values()):
            if callable(rule):
                got = eval(text, space | values)
                expected = rule(Number(1.25), *(Number(values[k]) for k in texts), Number(values["r"])).x
                assert got == expected or math.isnan(got), (name, text)
                checked += 1
    assert checked > 40


def test_formulas_keep_their_parentheses():
    a, b, c = map(Symbol, "abc")
    assert str(a - (b - c)) == "a - (b - c)" and str((a - b) - c) == "a - b - c"
    assert str((a + b) * c) == "(a + b)*c" and str(a / (b * c)) == "a/(b*c)"
    assert str((a**b) ** c) == "(a**b)**c" and str(-(a * b)) == "-(a*b)" and str(a * -b) == "a*-b"
    assert str(2.0 * a) == "2*a" and str(a.eq(0.0)) == "a == 0"


# -- many programs -----------------------------------------------------------------------------------------------------


def programs():
    from programs import load
    from programs.registry import PROGRAMS

    load()
    return [PROGRAMS[name] for name in sorted(PROGRAMS) if not PROGRAMS[name].xfail][::14]


@pytest.mark.parametrize("program", programs(), ids=lambda p: p.name)
def test_programs_can_be_looked_at(program):
    import copy
    import json
    from xml.etree import ElementTree

    args = copy.deepcopy(program.calls[0])
    smooth = tuple(i for i, a in enumerate(args) if isinstance(a, (float, tuple)) or getattr(a, "dtype", None) == np.float64)
    derivative = irad.grad(program.function, smooth)
    plan = irad.explain(derivative, *args)
    json.dumps(plan.to_dict())
    assert str(plan) and plan._repr_html_() and all(part.formula for part in plan.parts)
    ElementTree.fromstring(derivative.cfg(*args)._repr_html_())
    for stage in ("typed", "loops", "low"):
        text = derivative.ir(*args, stage=stage)
        module = irad.ir.parse(text)
        assert str(module) == text
        module.verify()
    irad.ir.parse(derivative.ir(*args, notes=True))
