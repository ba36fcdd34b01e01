"""A neural net as plain classes: the gradient by the net is a net."""

from __future__ import annotations

import numpy as np

import irad


class Layer:
    def __init__(self, rng, n_in, n_out):
        self.w = rng.normal(0.0, 1.0 / np.sqrt(n_in), (n_out, n_in))
        self.b = np.zeros(n_out)

    def __call__(self, x):
        return self.w @ x + self.b

    def moved(self, slope, size):
        self.w -= size * slope.w
        self.b -= size * slope.b


class Net:
    def __init__(self, rng, *sizes):
        self.layers = [Layer(rng, a, b) for a, b in zip(sizes, sizes[1:])]

    def __call__(self, x):
        for layer in self.layers[:-1]:
            x = np.tanh(layer(x))
        return self.layers[-1](x)


def loss(net, xs, ys):
    total = 0.0
    for x, y in zip(xs, ys):
        error = net(x) - y
        total += error @ error
    return total / len(xs)


def main() -> None:
    rng = np.random.default_rng(3)
    net = Net(rng, 1, 16, 16, 1)
    xs = np.linspace(-2.0, 2.0, 41).reshape(-1, 1)
    ys = np.sin(2.0 * xs)
    slope = irad.value_and_grad(loss)
    for step in range(401):
        value, gradient = slope(net, xs, ys)
        if step % 200 == 0:
            print(f"step {step:3d}  loss {value:.4f}")
        for layer, by in zip(net.layers, gradient.layers):
            layer.moved(by, 0.05)
    print("the gradient is a", type(gradient).__name__, "of", len(gradient.layers), "layers; fits:", bool(value < 0.1))


if __name__ == "__main__":
    main()
