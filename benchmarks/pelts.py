"""The whole fit of the demo, once compiled, against one forward pass of torchdiffeq over the same 21 times."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.measure import best_times
from benchmarks.report import Row

TORCH = "torchdiffeq: one forward pass"


def torch_pass() -> Callable[[], Any]:
    """The model at the start of the fit, integrated once; no gradient is asked for."""
    import torch
    from torchdiffeq import odeint

    from irad.demo import model

    assert model.TOLERANCE == 1e-8
    times = torch.from_numpy(model.load_pelts()[0])
    a, b, c, d, hare, lynx = (float(v) for v in np.exp(model.start()))
    begin = torch.tensor([hare, lynx], dtype=torch.float64)

    def slope(t: Any, s: Any) -> Any:
        x, y = s[0], s[1]
        return torch.stack([a * x - b * x * y, d * x * y - c * y])

    def call() -> Any:
        with torch.no_grad():
            return odeint(slope, begin, times, rtol=1e-8, atol=1e-8, method="dopri5")

    return call


def run(passes: int, peers: bool = True) -> list[Row]:
    """Rows of this table."""
    import irad
    from irad.demo import minimise, model

    times, hare, lynx = model.load_pelts()
    data = times, np.log(hare), np.log(lynx)
    both = irad.value_and_grad(model.loss)
    both(model.start(), *data)
    fit = minimise(lambda p: both(p, *data), model.start())
    calls: dict[str, Callable[[], Any]] = {"irad: one value and gradient": lambda: both(model.start(), *data)}
    whole = f"irad: the whole fit, {fit.iterations} iterations, {fit.calls} gradients"
    calls[whole] = lambda: minimise(lambda p: both(p, *data), model.start())
    if peers and find_spec("torchdiffeq"):
        calls[TORCH] = torch_pass()
        calls[TORCH]()
        check_same(calls[TORCH]())
    best = best_times(calls, passes)
    other = best.get(TORCH)
    return [
        Row("pelts", "", name, t, t / other if other else None, 1.0 if name == whole and other else None)
        for name, t in best.items()
    ]


def check_same(found: Any) -> None:
    """torchdiffeq and the demo's solver follow the same curve."""
    from irad.demo import model

    wanted = np.stack(model.trajectory(model.start(), model.load_pelts()[0]), axis=1)
    assert np.allclose(found.numpy(), wanted, rtol=1e-5), np.max(np.abs(found.numpy() / wanted - 1))
