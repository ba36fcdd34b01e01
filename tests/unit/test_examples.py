"""Every file of examples/ runs and prints what its subject promises."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples"
FILES = sorted(FOLDER.glob("*.py"))
PRINTED = {
    "my_pow": ["d/dx x**10 at 2 = 5120", "func @"],
    "branch": ["f'(3) = 2", "f'(-3) = -6"],
    "newton": ["W(1) = 0.567143290410, W'(1) = 0.361896256635, by theory 0.361896256635"],
    "stencil": ["they add up to 1.0", "the input is untouched: True"],
    "recursion": ["0.8862269255", "-0.443113462"],
    "lotka_volterra": ["hares after 20 years: ", "by predation"],
    "fields": ["by its length 0.016875", "by its name None", "Beam, not changed: True"],
    "solver_class": ["by the rate -0.1250, by y(0) 0.0625"],
    "kalman": ["step 300  log-likelihood -463.91"],
    "network": ["the gradient is a Net of 3 layers; fits: True"],
    "solve_ivp": ["by drag  -17.556", "by speed 0.54035, by differences 0.54035"],
    "bessel": ["x = 2.388210765567796, J0(x) =  2.2e-01", "the lowest tone of a drum: 2.40482555769577"],
    "gmm": ["step 40", "weights [0."],
}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_example(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(path), run_name="__main__")
    out = capsys.readouterr().out
    for expected in PRINTED[path.stem]:
        assert expected in out, out


def test_every_subject_has_a_file() -> None:
    assert {p.stem for p in FILES} == set(PRINTED)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_example_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 60


def lotka_volterra() -> dict[str, object]:
    return runpy.run_path(str(FOLDER / "lotka_volterra.py"))


def test_adaptive_steps_are_differentiated_as_executed() -> None:
    """Against the same integrator on dual numbers."""
    from programs.oracle import directional, dual_copy

    import irad

    hares = lotka_volterra()["hares"]
    args = (0.54, 0.027, 0.80, 0.024, 20.0, 1e-6)
    slopes = irad.grad(hares, argnums=(0, 1, 2, 3))(*args)
    for k in range(4):
        want = directional(dual_copy(hares), args, tuple(float(i == k) if i < 4 else None for i in range(6)))
        assert want.agrees(slopes[k])
