"""An object is an argument: its gradient is an object of the same class, field by field."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

import irad


@dataclass
class Beam:
    length: float
    stiffness: float = 200.0
    loads: np.ndarray = field(default_factory=lambda: np.array([1.0, 2.0, 1.0]))
    name: str = "beam"

    def places(self):
        n = len(self.loads)
        return [self.length * (i + 1) / (n + 1) for i in range(n)]

    def bending(self):
        """The deflection in the middle of a beam on two supports, by superposition."""
        total = 0.0
        for load, a in zip(self.loads, self.places()):
            b = min(a, self.length - a)
            total += load * b * (3.0 * self.length**2 - 4.0 * b**2) / (48.0 * self.stiffness)
        return total


def main() -> None:
    beam = Beam(4.0)
    value, slope = irad.value_and_grad(Beam.bending)(beam)
    print(f"deflection {value:.6f}")
    print(f"by its length {slope.length:.6f}, by its stiffness {slope.stiffness:.6f}, by its name {slope.name}")
    print("by its loads", np.round(slope.loads, 6).tolist())
    print(f"{type(slope).__name__}, not changed: {beam.length == 4.0}")


if __name__ == "__main__":
    main()
