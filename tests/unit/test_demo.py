"""The demo's model and optimiser in plain CPython, then the whole fit with irad's gradient."""

import builtins

import numpy as np
import pytest

from irad import demo
from irad.demo import model
from irad.demo.optimizer import bfgs
from irad.demo.plot import save

EXPECTED = [0.5402, 0.02717, 0.7964, 0.02369, 34.60, 5.845]  # scipy with a reference solver
OPTIMUM = np.array([-0.6158918, -3.6058128, -0.2276712, -3.7425065, 3.5439238, 1.7655021])


@pytest.fixture(scope="module")
def data():
    times, hare, lynx = model.load_pelts()
    return times, np.log(hare), np.log(lynx)


def differences(f, p, eps=1e-5):
    steps = eps * np.eye(len(p))
    return np.array([(f(p + s) - f(p - s)) / (2 * eps) for s in steps])


def test_data():
    times, hare, lynx = model.load_pelts()
    assert times.tolist() == list(range(21))
    assert (hare[0], lynx[0], hare[-1], lynx[-1]) == (30.0, 4.0, 24.7, 8.6)


def test_solver_agrees_with_scipy():
    integrate = pytest.importorskip("scipy.integrate")
    times = model.load_pelts()[0]
    a, b, c, d, x, y = np.exp(model.start())
    reference = integrate.solve_ivp(
        lambda t, z: model.slope(z[0], z[1], a, b, c, d), (0, 20), [x, y], "DOP853", times, rtol=1e-12, atol=1e-12
    )
    np.testing.assert_allclose(model.trajectory(model.start(), times), reference.y, rtol=1e-6)


def test_loss_is_that_of_the_trajectory(data):
    times, log_hare, log_lynx = data
    hare, lynx = model.trajectory(OPTIMUM, times)
    expected = 0.5 * np.sum((np.log(hare) - log_hare) ** 2 + (np.log(lynx) - log_lynx) ** 2)
    assert model.loss(OPTIMUM, *data) == pytest.approx(expected, rel=1e-12)


def test_optimum_is_stationary(data):
    assert model.loss(OPTIMUM, *data) == pytest.approx(1.0093305856, abs=1e-9)
    slope = differences(lambda p: model.loss(p, *data), OPTIMUM, 1e-4)
    np.testing.assert_allclose(slope, 0.0, atol=1e-5)
    assert model.loss(model.start(), *data) > 10


def test_blow_up_raises_instead_of_looping(data):
    with pytest.raises(ArithmeticError):
        model.loss(np.log([500.0, 1e-9, 1.0, 1.0, 30.0, 4.0]), *data)


def test_bfgs_on_rosenbrock():
    def rosenbrock(x):
        u, v = 1 - x[0], x[1] - x[0] ** 2
        return u * u + 100 * v * v, np.array([-2 * u - 400 * x[0] * v, 200 * v])

    seen = []
    x, iterations = bfgs(rosenbrock, np.array([-1.2, 1.0]), callback=seen.append)
    np.testing.assert_allclose(x, 1.0, rtol=1e-7)
    assert iterations == len(seen) < 60


@pytest.mark.parametrize("optimizer", ["bfgs", "scipy"])
def test_fit_with_differences(data, optimizer, capsys):
    if optimizer == "scipy":
        pytest.importorskip("scipy")

    def objective(p):
        return model.loss(p, *data), differences(lambda q: model.loss(q, *data), p)

    fit = demo.minimise(objective, model.start(), optimizer, progress=True)
    np.testing.assert_allclose(np.exp(fit.p), EXPECTED, rtol=2e-4)
    assert fit.calls < 80
    demo.report(fit)
    printed = capsys.readouterr().out
    assert "a = 0.5402   b = 0.02717   c = 0.7964   d = 0.02369" in printed
    assert "hare = 34.60   lynx = 5.84" in printed  # 5.8445 is on the edge of 5.845
    assert printed.count("loss") == fit.iterations + 1


def test_own_optimiser_without_scipy(monkeypatch):
    real = builtins.__import__

    def without_scipy(name, *rest):
        if name.startswith("scipy"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_scipy)
    fit = demo.minimise(lambda p: (float(p @ p), 2 * p), np.ones(3))
    assert "BFGS" in fit.optimizer and "scipy" not in fit.optimizer
    with pytest.raises(ImportError):
        demo.minimise(lambda p: (float(p @ p), 2 * p), np.ones(3), "scipy")


def test_picture(tmp_path):
    said = save(OPTIMUM, tmp_path / "fit.png")
    assert said.startswith("no picture") or (tmp_path / "fit.png").stat().st_size > 5000
    assert save(OPTIMUM, tmp_path / "missing" / "fit.png").startswith("no picture")


@pytest.mark.smoke
def test_fit_with_irad(data):
    irad = pytest.importorskip("irad")
    p = model.start()
    value, gradient = irad.value_and_grad(model.loss)(p, *data)
    assert value == pytest.approx(model.loss(p, *data), rel=1e-12)
    np.testing.assert_allclose(gradient, differences(lambda q: model.loss(q, *data), p), rtol=1e-4, atol=1e-4)
    for optimizer in ("bfgs", "auto"):
        fit = demo.fit_pelts(optimizer)
        np.testing.assert_allclose(np.exp(fit.p), EXPECTED, rtol=2e-4)
        assert np.linalg.norm(fit.gradient) < 1e-4
