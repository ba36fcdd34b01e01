"""A Kalman filter as a class: the likelihood of its noise levels, and a few steps of gradient ascent."""

from __future__ import annotations

import math

import numpy as np

import irad


class Kalman:
    """A position that is measured, and its speed."""

    def __init__(self, drift, noise):
        self.x = np.zeros(2)
        self.p = np.eye(2)
        self.f = np.array([[1.0, 1.0], [0.0, 1.0]])
        self.q, self.r = np.exp(drift) * np.eye(2), math.exp(noise)
        self.score = 0.0

    def predict(self):
        self.x = self.f @ self.x
        self.p = self.f @ self.p @ self.f.T + self.q

    def update(self, z):
        s = self.p[0, 0] + self.r
        gain = self.p[:, 0] / s
        wrong = z - self.x[0]
        self.x = self.x + gain * wrong
        self.p = self.p - np.outer(gain, self.p[0])
        self.score -= 0.5 * (math.log(2.0 * math.pi * s) + wrong * wrong / s)


def log_likelihood(drift, noise, data):
    filtered = Kalman(drift, noise)
    for z in data:
        filtered.predict()
        filtered.update(z)
    return filtered.score


def main() -> None:
    rng = np.random.default_rng(0)
    data = np.cumsum(np.cumsum(rng.normal(0.0, 0.1, 200))) + rng.normal(0.0, 2.0, 200)
    slope = irad.value_and_grad(log_likelihood, argnums=(0, 1))
    drift, noise = 0.0, 0.0
    for step in range(301):
        value, (by_drift, by_noise) = slope(drift, noise, data)
        if step % 100 == 0:
            print(f"step {step:3d}  log-likelihood {value:.2f}  measurement noise {math.exp(noise / 2):.2f}")
        drift, noise = drift + 0.01 * by_drift, noise + 0.01 * by_noise


if __name__ == "__main__":
    main()
