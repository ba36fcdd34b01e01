"""np.vectorize of a method that changes its object was an internal error"""

import math

import numpy as np


class C1:
    def __init__(self, u):
        self.x = u
        self.y = 0.5

    def step(self, u):
        self.y = math.atan(self.y + u)
        return self.y


def f(x, a, ob):
    try:
        s = np.vectorize(ob.step)(a)[-1]
    except ValueError:
        s = 0.5
    return s * x + ob.y


CALLS = (
    "(1.814, np.array([0.5, 0.25]), made(C1, x=1.5, y=0.5))",
    "(1.042, np.array([0.5]), made(C1, x=1.5, y=0.25))",
)
SEED = 976101097
PROFILE = "deep"
