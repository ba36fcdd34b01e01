"""The picture of the fit, if matplotlib is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from irad.demo import model


def save(p: NDArray[np.float64], path: Path) -> str:
    """Draw counts and model, save the picture, and say so; without matplotlib say that instead."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        return "no picture: matplotlib is not installed"
    times, hare, lynx = model.load_pelts()
    fine = np.linspace(times[0], times[-1], 401)
    figure = Figure(figsize=(8, 4), layout="constrained")
    FigureCanvasAgg(figure)  # no pyplot: works without a display and leaves the user's figures alone
    axes = figure.add_subplot()
    for counts, curve, name, colour in zip((hare, lynx), model.trajectory(p, fine), ("hare", "lynx"), ("C0", "C1")):
        axes.plot(1900 + fine, curve, color=colour, label=f"{name}, model")
        axes.plot(1900 + times, counts, "o", color=colour, label=f"{name}, pelts")
    axes.set_ylabel("thousands of pelts")
    axes.legend()
    try:
        figure.savefig(path, dpi=120)
    except OSError as error:
        return f"no picture: {error}"
    return f"picture saved as {path}"
