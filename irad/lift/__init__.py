"""From bytecode to untyped SSA (form `py`)."""

from irad.lift.lifter import lift, lift_module

__all__ = ["lift", "lift_module"]
