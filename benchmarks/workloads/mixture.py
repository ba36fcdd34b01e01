"""The log-likelihood of a Gaussian mixture with a Wishart prior (ADBench's objective, without its constants), as loops.

Each component has a weight, a mean and a lower triangle: the logarithms of its diagonal, then the columns below it.
"""

from __future__ import annotations

from math import exp, log
from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.workloads.workload import Args, Peer, Workload


def mixture(weights, means, triangles, samples, gamma):
    count = means.shape[0]
    d = means.shape[1]
    diagonal = np.empty((count, d))
    logdet = np.empty(count)
    for k in range(count):
        s = 0.0
        for i in range(d):
            s += triangles[k, i]
            diagonal[k, i] = exp(triangles[k, i])
        logdet[k] = s
    away = np.empty(d)
    scaled = np.empty(d)
    term = np.empty(count)
    total = 0.0
    for n in range(samples.shape[0]):
        for k in range(count):
            for i in range(d):
                away[i] = samples[n, i] - means[k, i]
                scaled[i] = diagonal[k, i] * away[i]
            p = d
            for i in range(d):
                for j in range(i + 1, d):
                    scaled[j] += triangles[k, p] * away[i]
                    p += 1
            s = 0.0
            for i in range(d):
                s += scaled[i] * scaled[i]
            term[k] = weights[k] + logdet[k] - 0.5 * s
        top = term[0]
        for k in range(1, count):
            if term[k] > top:
                top = term[k]
        s = 0.0
        for k in range(count):
            s += exp(term[k] - top)
        total += top + log(s)
    top = weights[0]
    for k in range(1, count):
        if weights[k] > top:
            top = weights[k]
    s = 0.0
    for k in range(count):
        s += exp(weights[k] - top)
    prior = 0.0
    for k in range(count):
        q = 0.0
        for i in range(d):
            q += diagonal[k, i] * diagonal[k, i]
        for i in range(d, triangles.shape[1]):
            q += triangles[k, i] * triangles[k, i]
        prior += 0.5 * gamma * gamma * q
    return total - samples.shape[0] * (top + log(s)) + prior


def adjoint(weights, means, triangles, samples, gamma):
    """Fused: each sample's adjoint right behind it, so that nothing is taped."""
    count, d = means.shape
    rows = samples.shape[0]
    wb = np.zeros(count)
    mb = np.zeros((count, d))
    tb = np.zeros(triangles.shape)
    pulled = np.zeros((count, d))  # sum of the cotangents of `scaled`
    db = np.zeros((count, d))
    diagonal = np.empty((count, d))
    logdet = np.empty(count)
    for k in range(count):
        s = 0.0
        for i in range(d):
            s += triangles[k, i]
            diagonal[k, i] = exp(triangles[k, i])
        logdet[k] = s
    away = np.empty((count, d))
    scaled = np.empty((count, d))
    term = np.empty(count)
    share = np.zeros(count)
    total = 0.0
    for n in range(rows):
        for k in range(count):
            for i in range(d):
                away[k, i] = samples[n, i] - means[k, i]
                scaled[k, i] = diagonal[k, i] * away[k, i]
            p = d
            for i in range(d):
                for j in range(i + 1, d):
                    scaled[k, j] += triangles[k, p] * away[k, i]
                    p += 1
            s = 0.0
            for i in range(d):
                s += scaled[k, i] * scaled[k, i]
            term[k] = weights[k] + logdet[k] - 0.5 * s
        top = term.max()
        s = 0.0
        for k in range(count):
            term[k] = exp(term[k] - top)
            s += term[k]
        total += top + log(s)
        for k in range(count):
            w = term[k] / s
            share[k] += w
            for i in range(d):
                g = -w * scaled[k, i]
                scaled[k, i] = g
                pulled[k, i] += g
                db[k, i] += g * away[k, i]
            p = d
            for i in range(d):
                for j in range(i + 1, d):
                    tb[k, p] += scaled[k, j] * away[k, i]
                    p += 1
    top = weights.max()
    s = 0.0
    for k in range(count):
        s += exp(weights[k] - top)
    prior = 0.0
    for k in range(count):
        wb[k] = share[k] - rows * exp(weights[k] - top) / s
        q = 0.0
        p = d
        for i in range(d):
            q += diagonal[k, i] * diagonal[k, i]
            g = diagonal[k, i] * pulled[k, i]
            for j in range(i + 1, d):
                g += triangles[k, p] * pulled[k, j]
                q += triangles[k, p] * triangles[k, p]
                tb[k, p] += gamma * gamma * triangles[k, p]
                p += 1
            mb[k, i] = -g
            tb[k, i] = share[k] + (db[k, i] + gamma * gamma * diagonal[k, i]) * diagonal[k, i]
        prior += 0.5 * gamma * gamma * q
    return total - rows * (top + log(s)) + prior, wb, mb, tb


def packed(d: int) -> tuple[Any, Any]:
    """Row and column of each element below the diagonal, in the order of the triangles."""
    pairs = [(j, i) for i in range(d) for j in range(i + 1, d)]
    return np.array([j for j, _ in pairs], dtype=int), np.array([i for _, i in pairs], dtype=int)


def by_jax(args: Args) -> Peer:
    """Batched: one matrix product for all components and samples."""
    samples, gamma = args[3:]
    count, d = args[1].shape
    rows, columns = packed(d)

    def mixture(weights: Any, means: Any, triangles: Any) -> Any:
        import jax.numpy as jnp
        from jax.scipy.special import logsumexp

        diagonal = jnp.exp(triangles[:, :d])
        lower = jnp.zeros((count, d, d)).at[:, rows, columns].set(triangles[:, d:])
        lower = lower + jnp.einsum("ki,ij->kij", diagonal, jnp.eye(d))
        scaled = jnp.einsum("kij,nkj->nki", lower, samples[:, None, :] - means[None])
        term = weights + triangles[:, :d].sum(1) - 0.5 * (scaled * scaled).sum(2)
        prior = 0.5 * gamma * gamma * (jnp.sum(diagonal * diagonal) + jnp.sum(triangles[:, d:] ** 2))
        return logsumexp(term, axis=1).sum() - len(samples) * logsumexp(weights) + prior

    return peers.jax_peer(mixture, args[:3], (0, 1, 2))


def by_torch(args: Args) -> Peer:
    import torch

    samples, gamma = torch.from_numpy(args[3]), args[4]
    count, d = args[1].shape
    rows, columns = packed(d)

    def mixture(weights: Any, means: Any, triangles: Any) -> Any:
        diagonal = torch.exp(triangles[:, :d])
        lower = torch.diag_embed(diagonal)
        lower[:, rows, columns] = triangles[:, d:]
        scaled = torch.einsum("kij,nkj->nki", lower, samples[:, None, :] - means[None])
        term = weights + triangles[:, :d].sum(1) - 0.5 * (scaled * scaled).sum(2)
        prior = 0.5 * gamma * gamma * ((diagonal * diagonal).sum() + (triangles[:, d:] ** 2).sum())
        return torch.logsumexp(term, 1).sum() - len(samples) * torch.logsumexp(weights, 0) + prior

    return peers.torch_peer(mixture, args[:3], (0, 1, 2))


def arguments(size: tuple[int, int, int]) -> Args:
    d, count, rows = size
    random = np.random.default_rng(1)
    weights, means = random.standard_normal(count), random.random((count, d))
    triangles = 0.3 * random.standard_normal((count, d * (d + 1) // 2))
    return weights, means, triangles, random.standard_normal((rows, d)), 1.0


WORKLOAD = Workload(
    name="mixture",
    title="GMM, plain loops",
    primal=mixture,
    active=(0, 1, 2),
    sizes={"d=2 K=5 n=1000": (2, 5, 1000), "d=10 K=25 n=1000": (10, 25, 1000)},
    quick=("d=2 K=5 n=1000",),
    arguments=arguments,
    peers={"hand": lambda args: peers.numba_peer(adjoint, args), "jax": by_jax, "torch": by_torch},
    at_most={"d=2 K=5 n=1000": 4.0, "d=10 K=25 n=1000": 4.0},
)
