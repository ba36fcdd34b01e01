"""The log-likelihood of a mixture of Gaussians as plain loops, and a few steps of gradient ascent."""

from __future__ import annotations

import math

import numpy as np

import irad


def log_likelihood(points, means, logits):
    n, d = points.shape
    k = len(logits)
    terms = np.empty(k)
    total = 0.0
    for i in range(n):
        top = -math.inf
        for j in range(k):
            q = 0.0
            for c in range(d):
                q += (points[i, c] - means[j, c]) ** 2
            terms[j] = logits[j] - 0.5 * q
            top = max(top, terms[j])
        s = 0.0
        for j in range(k):
            s += math.exp(terms[j] - top)
        total += top + math.log(s)
    norm = 0.0
    for j in range(k):
        norm += math.exp(logits[j])
    return total - n * math.log(norm)


def main() -> None:
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.normal(-2.0, 1.0, (100, 2)), rng.normal(2.0, 1.0, (200, 2))])
    means, logits = rng.normal(0.0, 0.5, (2, 2)), np.zeros(2)
    slope = irad.value_and_grad(log_likelihood, argnums=(1, 2))
    for step in range(60):
        value, (by_means, by_logits) = slope(points, means, logits)
        means, logits = means + 0.01 * by_means, logits + 0.01 * by_logits
        if step % 20 == 0:
            print(f"step {step:2d}  log-likelihood {value:.3f}")
    weights = np.exp(logits) / np.exp(logits).sum()
    print("means", np.round(means, 2).tolist(), "weights", np.round(weights, 2).tolist())


if __name__ == "__main__":
    main()
