"""Automatic differentiation: form `loops` to form `loops`."""

from irad.ad.differentiate import derived_name, explain, forward, reverse, split

__all__ = ["derived_name", "explain", "forward", "reverse", "split"]
