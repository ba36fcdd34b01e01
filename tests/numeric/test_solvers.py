"""Solvers that somebody else wrote, differentiated whole: the derivative of the algorithm as executed, step control included."""

import functools

import numpy as np
import pytest
from numeric.harness import refused

import irad

integrate = pytest.importorskip("scipy.integrate")
optimize = pytest.importorskip("scipy.optimize")


def ridders(f, x, h):
    """The derivative of f at x from central differences, extrapolated: value and estimated error."""
    rows, best, error = [], np.nan, np.inf
    for i in range(8):
        row = [(f(x + h) - f(x - h)) / (2 * h)]
        for j in range(1, i + 1):
            factor = 1.96**j
            row.append((row[j - 1] * factor - rows[-1][j - 1]) / (factor - 1))
            found = max(abs(row[j] - row[j - 1]), abs(row[j] - rows[-1][j - 1]))
            if found < error:
                best, error = row[j], found
        rows.append(row)
        h /= 1.4
    return best, error


def differences(f, args, h):
    """The gradient of f with respect to all its arguments, each an array or a float, and the estimated errors."""
    found, errors = [], []
    for k, arg in enumerate(args):
        each, error = np.zeros(np.size(arg)), np.zeros(np.size(arg))
        for i in range(np.size(arg)):
            def moved(v, k=k, i=i):
                new = [np.array(a, float) for a in args]
                new[k].flat[i] = v
                return f(*(n if np.ndim(a) else float(n) for n, a in zip(new, args)))

            each[i], error[i] = ridders(moved, np.ravel(arg)[i], h)
        found.append(each)
        errors.append(error)
    return np.concatenate(found), np.concatenate(errors)


def agrees(f, *args, h=1e-3, rtol=1e-7, close=1e-11):
    """Fail unless the gradient is that of the Python function, and the value its value. `h`: over so much, the algorithm
    takes the same steps. `close`: of the value, where last bits do not stay last bits."""
    value, gradient = irad.value_and_grad(f, argnums=tuple(range(len(args))))(*args)
    np.testing.assert_allclose(value, f(*args), rtol=close)
    expected, errors = differences(f, args, h)
    size = np.max(np.abs(expected))
    assert np.max(errors) < rtol * size, errors
    np.testing.assert_allclose(np.concatenate([np.ravel(g) for g in gradient]), expected, rtol=rtol, atol=rtol * size)


# -- scipy.integrate.solve_ivp ---------------------------------------------------------------------------------------


def predator_prey(t, y, p):
    return np.array([p[0] * y[0] - p[1] * y[0] * y[1], p[2] * y[0] * y[1] - p[3] * y[1]])


def at_the_end(y0, p, method, **options):
    s = integrate.solve_ivp(lambda t, y: predator_prey(t, y, p), (0.0, 5.0), y0, method=method, **options)
    return s.y[0, -1] + 2.0 * s.y[1, -1]


Y0, P = np.array([1.0, 0.5]), np.array([1.5, 1.0, 0.8, 1.2])


def sensitivities(y0, p):
    """The same derivatives from the sensitivity equations: dS/dt = J S + df/dp, S = dy/d(y0, p)."""
    def rhs(t, z):
        y, s = z[:2], z[2:].reshape(2, 6)
        jacobian = np.array([[p[0] - p[1] * y[1], -p[1] * y[0]], [p[2] * y[1], p[2] * y[0] - p[3]]])
        direct = np.array([[0, 0, y[0], -y[0] * y[1], 0, 0], [0, 0, 0, 0, y[0] * y[1], -y[1]]])
        return np.concatenate([predator_prey(t, y, p), (jacobian @ s + direct).ravel()])

    start = np.concatenate([y0, np.eye(2, 6).ravel()])
    end = integrate.solve_ivp(rhs, (0.0, 5.0), start, method="DOP853", rtol=1e-12, atol=1e-13).y[2:, -1].reshape(2, 6)
    return np.array([1.0, 2.0]) @ end


# DOP853 estimates its error from a difference of nearly equal sums, so that last bits (and with them the processor) move its
# steps by 1e-12: differences over less than 1e-3 are noise
@pytest.mark.parametrize(("method", "h"), [("RK45", 1e-3), ("RK23", 1e-3), ("DOP853", 2e-3)])
def test_solve_ivp_as_executed(method, h):
    agrees(functools.partial(at_the_end, method=method), Y0, P, h=h)


@pytest.mark.parametrize("method", ["RK45", "DOP853"])
def test_solve_ivp_at_small_tolerances(method):
    f = functools.partial(at_the_end, method=method, rtol=1e-11, atol=1e-11)
    dy0, dp = irad.grad(f, argnums=(0, 1))(Y0, P)
    np.testing.assert_allclose(np.concatenate([dy0, dp]), sensitivities(Y0, P), rtol=1e-8)


def rates(t, y, a, b, c, d):
    return [a * y[0] - b * y[0] * y[1], c * y[0] * y[1] - d * y[1]]


def at_times(y0, p):
    s = integrate.solve_ivp(rates, (0.0, 5.0), y0, t_eval=np.linspace(0.0, 5.0, 11), args=(p[0], p[1], p[2], p[3]))
    return np.sum(s.y[0]) + s.y[1, 3]


def test_solve_ivp_at_given_times():
    agrees(at_times, Y0, P)


def backwards(y0, p):
    s = integrate.solve_ivp(lambda t, y: predator_prey(t, y, p), (1.0, 0.0), y0, first_step=0.01, max_step=0.3, atol=[1e-6, 1e-7])
    return s.y[0, -1] + s.y[1, 2]


def test_solve_ivp_with_options():
    agrees(backwards, Y0, P, h=1e-4)


def by_hand(y0, p):
    solver = integrate.RK45(lambda t, y: predator_prey(t, y, p), 0.0, y0, 2.0)
    while solver.status == "running":
        solver.step()
    return solver.y[0]


def test_solver_object_by_hand():
    agrees(by_hand, Y0, P)


def falls(t, y):
    return y[0] - 1.2


falls.terminal, falls.direction = 2, -1


def until(y0, p):
    s = integrate.solve_ivp(
        lambda t, y: predator_prey(t, y, p), (0.0, 60.0), y0, events=(falls, lambda t, y: y[1] - y[0] * p[0]), rtol=1e-5,
    )
    return s.t[-1] + s.t_events[0][0] + s.y_events[0][1, 1] + s.t_events[1].sum() + s.status


def test_solve_ivp_with_events():
    agrees(until, Y0, P, h=1e-5, rtol=1e-5, close=1e-10)


def attribute(y0, p):
    def event(t, y):
        return y[0] - 0.5 * y0[0]

    event.terminal = True
    return integrate.solve_ivp(lambda t, y: -p[0] * y, (0.0, 9.0), y0, events=event, rtol=1e-8).t[-1]


def between(y0, p):
    s = integrate.solve_ivp(
        lambda t, y: predator_prey(t, y, p), (0.0, 60.0), y0, events=falls, dense_output=True, rtol=1e-5,
    )
    return s.sol(1.5)[0] + s.t_events[0][0]


def test_solve_ivp_with_events_and_dense_output():
    agrees(between, Y0, P, h=1e-5, rtol=1e-5, close=1e-10)


@pytest.mark.parametrize(("options", "match"), [
    ({"method": "Radau"}, "solve_ivp with method='Radau'"), ({"method": "BDF"}, "solve_ivp with method='BDF'"),
    ({"method": "LSODA"}, "solve_ivp with method='LSODA'"),
])
def test_solve_ivp_refused(options, match):
    refused(functools.partial(at_the_end, **options), Y0, P, match=match)


def test_an_event_that_ends_it():
    value, slope = irad.value_and_grad(attribute, argnums=1)(Y0, P)
    assert value == pytest.approx(np.log(2.0) / P[0], rel=1e-6) and slope[0] == pytest.approx(-np.log(2.0) / P[0] ** 2, rel=1e-5)


# -- scipy.optimize --------------------------------------------------------------------------------------------------


def kepler(x, m, e):
    return x - e * np.sin(x) - m


def kepler_slope(x, m, e):
    return 1 - e * np.cos(x)


def kepler_bend(x, m, e):
    return e * np.sin(x)


NEWTONS = {
    "newton": lambda m, e: optimize.newton(kepler, m, fprime=kepler_slope, args=(m, e)),
    "halley": lambda m, e: optimize.newton(kepler, m, fprime=kepler_slope, fprime2=kepler_bend, args=(m, e)),
    "secant": lambda m, e: optimize.newton(kepler, m, args=(m, e)),
    "secant from two points": lambda m, e: optimize.newton(lambda x: kepler(x, m, e), m, x1=m + 0.1, tol=1e-3),
    "stopped early": lambda m, e: optimize.newton(kepler, m + 0.5, fprime=kepler_slope, args=(m, e), tol=0.05),
    "full output": lambda m, e: optimize.newton(kepler, m, fprime=kepler_slope, args=(m, e), full_output=True)[0],
    "several": lambda m, e: np.sum(optimize.newton(kepler, np.array([m, m + 0.1]), fprime=kepler_slope, args=(m, e))),
    "root_scalar": lambda m, e: optimize.root_scalar(kepler, x0=1.0, fprime=kepler_slope, args=(m, e), method="newton").root,
    "brentq": lambda m, e: optimize.brentq(kepler, 0.0, 3.0, args=(m, e)),
    "brentq at an end": lambda m, e: optimize.brentq(lambda x: m * (x - e), e, 3.0),
    "brentq half way": lambda m, e: optimize.brentq(lambda x: m * (x - e), 0.0, 0.7),
    "brentq, full output": lambda m, e: optimize.root_scalar(kepler, args=(m, e), bracket=(0.0, 3.0), method="brentq").root,
    "minimize_scalar": lambda m, e: optimize.minimize_scalar(lambda x: (x - m) ** 2 + e * x**4).x,
}


@pytest.mark.parametrize("how", NEWTONS)
def test_newton_as_executed(how):
    agrees(NEWTONS[how], 0.9, 0.35, h=1e-3 if how != "minimize_scalar" else 1e-5)


AT_ONCE = {
    "at an end": (lambda m: optimize.brentq(lambda x: x * x - m, 1.0, 3.0), 0.5, -0.25),
    "at the other end": (lambda m: optimize.brentq(lambda x: x**3 - m, 0.0, 1.0), 1 / 3, -2 / 9),
    "half way": (lambda m: optimize.brentq(lambda x: (x - m) ** 3 + x - m, -1.0, 3.0), 1.0, 0.0),
}


@pytest.mark.parametrize("where", AT_ONCE)
def test_a_root_that_is_met_at_once(where):
    """The derivative was that of the chord over the whole bracket."""
    f, slope, bend = AT_ONCE[where]
    assert irad.compile(f)(1.0) == f(1.0)
    assert irad.grad(f)(1.0) == pytest.approx(slope, rel=1e-8)
    assert irad.jvp(f, (1.0,), (1.0,))[1] == pytest.approx(slope, rel=1e-8)
    assert irad.grad(irad.grad(f))(1.0) == pytest.approx(bend, rel=1e-7, abs=1e-9)


def vinet(pressure):
    """The volume of a mineral at a pressure. The last step of the iteration is as long as the tolerance."""
    def excess(v):
        x = v / 11e-6
        return 480e9 * x ** (-2 / 3) * (1.0 - x ** (1 / 3)) * np.exp(4.5 * (1.0 - x ** (1 / 3))) - pressure

    return optimize.brentq(excess, 0.1 * 11e-6, 1.5 * 11e-6)


def test_a_root_is_a_number_of_python():
    for pressure in (2e10, -2e10):
        found = irad.compile(vinet)(pressure)
        assert type(found) is float
        assert found == pytest.approx(vinet(pressure), rel=1e-12)


def valley(x, a, b):
    return (a - x[0]) ** 2 + b * (x[1] - x[0] ** 2) ** 2


def valley_slope(x, a, b):
    return np.array([-2 * (a - x[0]) - 4 * b * x[0] * (x[1] - x[0] ** 2), 2 * b * (x[1] - x[0] ** 2)])


def bfgs(a, b):
    found = optimize.minimize(valley, [0.3, 0.4], args=(a, b), jac=valley_slope, method="BFGS", options={"gtol": 1e-2})
    return found.x[0] + 2.0 * found.x[1] + found.fun


def bfgs_by_differences(a, b):
    """scipy takes differences for its Jacobian: they are differentiated as executed, too."""
    found = optimize.minimize(lambda x: (x[0] - a) ** 2 + b * (x[1] + a * x[0]) ** 2, np.array([0.3, 0.4]), method="BFGS")
    return found.x[0] + 2.0 * found.x[1]


def test_bfgs_as_executed():
    agrees(bfgs, 0.9, 1.75, h=1e-4)


def test_bfgs_by_differences_as_executed():
    agrees(bfgs_by_differences, 0.9, 1.75, h=1e-2, close=1e-8)  # last bits over the 1.5e-8 of a difference


ASIDE = {
    "scipy.optimize.bisect": lambda m, e: optimize.bisect(kepler, 0.0, 3.0, args=(m, e)),
    "scipy.optimize.fsolve": lambda m, e: optimize.fsolve(kepler, 1.0, args=(m, e))[0],
    "scipy.optimize.least_squares": lambda m, e: optimize.least_squares(lambda x: x - m * e, [1.0]).x[0],
    "scipy.optimize.curve_fit": lambda m, e: optimize.curve_fit(lambda x, a: a * x, np.arange(3.0), m * np.arange(3.0))[0][0],
    "scipy.optimize.minimize with method='L-BFGS-B'":
        lambda m, e: optimize.minimize(valley, np.array([0.3, 0.4]), args=(m, e), method="L-BFGS-B").fun,
    "scipy.integrate.odeint": lambda m, e: integrate.odeint(lambda y, t: -m * y, e, [0.0, 1.0])[-1, 0],
}


@pytest.mark.parametrize("what", ASIDE)
def test_refused_by_name(what):
    error = refused(ASIDE[what], 0.9, 0.35, match=f"a call of {what}")
    assert "quad" in what or "odeint" in what or "irad.implicit_root" in error.hint
