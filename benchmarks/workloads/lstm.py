"""An LSTM with diagonal weights (ADBench): the negative log-likelihood of a sequence of characters."""

from __future__ import annotations

from math import exp, log, tanh
from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.workloads.workload import Args, Peer, Workload


def lstm(main, extra, start, text):
    layers = main.shape[0]
    width = text.shape[1]
    length = text.shape[0]
    state = start.copy()
    x = np.empty(width)
    total = 0.0
    for t in range(length - 1):
        for j in range(width):
            x[j] = text[t, j] * extra[0, j]
        for i in range(layers):
            for j in range(width):
                hidden = state[2 * i, j]
                cell = state[2 * i + 1, j]
                forget = 1.0 / (1.0 + exp(-(x[j] * main[i, j] + main[i, 4 * width + j])))
                ingate = 1.0 / (1.0 + exp(-(hidden * main[i, width + j] + main[i, 5 * width + j])))
                outgate = 1.0 / (1.0 + exp(-(x[j] * main[i, 2 * width + j] + main[i, 6 * width + j])))
                change = tanh(hidden * main[i, 3 * width + j] + main[i, 7 * width + j])
                cell = cell * forget + ingate * change
                hidden = outgate * tanh(cell)
                state[2 * i + 1, j] = cell
                state[2 * i, j] = hidden
                x[j] = hidden
        z = 0.0
        for j in range(width):
            x[j] = x[j] * extra[1, j] + extra[2, j]
            z += exp(x[j])
        norm = log(z + 2.0)
        for j in range(width):
            total += text[t + 1, j] * (x[j] - norm)
    return -total / ((length - 1) * width)


def by_jax(args: Args) -> Peer:
    start, text = args[2:]
    layers, (length, width) = len(args[0]), text.shape

    def lstm(main: Any, extra: Any) -> Any:
        import jax.numpy as jnp
        from jax import lax
        from jax.nn import sigmoid

        w = main.reshape(layers, 8, width)

        def step(state: Any, pair: Any) -> Any:
            x, wanted = pair[0] * extra[0], pair[1]
            after = []
            for i in range(layers):
                hidden, cell = state[2 * i], state[2 * i + 1]
                change = jnp.tanh(hidden * w[i, 3] + w[i, 7])
                cell = cell * sigmoid(x * w[i, 0] + w[i, 4]) + sigmoid(hidden * w[i, 1] + w[i, 5]) * change
                x = sigmoid(x * w[i, 2] + w[i, 6]) * jnp.tanh(cell)
                after += [x, cell]
            y = x * extra[1] + extra[2]
            return jnp.stack(after), jnp.sum(wanted * (y - jnp.log(jnp.sum(jnp.exp(y)) + 2)))

        _, terms = lax.scan(step, jnp.asarray(start), (jnp.asarray(text[:-1]), jnp.asarray(text[1:])))
        return -jnp.sum(terms) / ((length - 1) * width)

    return peers.jax_peer(lstm, args[:2], (0, 1))


def arguments(size: tuple[int, int, int]) -> Args:
    layers, length, width = size
    random = np.random.default_rng(3)
    text = np.zeros((length, width))
    text[np.arange(length), random.integers(0, width, length)] = 1.0
    main, extra = random.random((layers, 8 * width)) - 0.2, random.random((3, width))
    return main, extra, 0.3 * random.random((2 * layers, width)), text


WORKLOAD = Workload(
    name="lstm",
    title="LSTM, plain loops",
    primal=lstm,
    active=(0, 1),
    sizes={"2 layers, 64 steps": (2, 64, 14)},
    quick=("2 layers, 64 steps",),
    arguments=arguments,
    peers={"jax": by_jax},
)
