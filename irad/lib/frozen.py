"""Frozen distributions of scipy.stats: `norm(loc=mu, scale=s)`.

scipy makes a new object of the distribution's class for each of them, so that it has random numbers of its own; compiled code
draws none, and takes the distribution itself.
"""

from __future__ import annotations

from typing import Any


def freeze(self: Any, dist: Any, *args: Any, **kwds: Any) -> None:
    """`rv_frozen.__init__`."""
    self.args = args
    self.kwds = kwds
    self.dist = dist
    shapes, _, _ = self.dist._parse_args(*args, **kwds)
    self.a, self.b = self.dist._get_support(*shapes)
