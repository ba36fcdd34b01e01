"""The measurements of background.md: `my_pow` and `branch` in irad, jax and PyTorch, as far as they are installed.

    python docs/compare.py            prints one line for each library

Each line: seconds for the first value and gradient of my_pow(x, 1000), then with n = 1001 (is it compiled again?), then
the best time of a value and gradient for n = 10 and n = 1000, and of the branch example.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import sample

X = 1.0000001


def once(run: Callable[[], Any]) -> float:
    """Seconds that one call takes."""
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def best(run: Callable[[], Any]) -> float:
    """Seconds of the fastest of many calls."""
    repeats = max(3, min(20000, int(0.05 / max(once(run), 1e-7))))
    times = []
    for _ in range(7):
        begin = time.perf_counter()
        for _ in range(repeats):
            run()
        times.append((time.perf_counter() - begin) / repeats)
    return min(times)


def irad_() -> Iterator[Callable[[], Any]]:
    """irad: the functions as they are."""
    import irad

    power, branch = irad.value_and_grad(sample.my_pow), irad.value_and_grad(sample.branch)
    yield from (lambda n=n: power(X, n) for n in (1000, 1001, 10, 1000))
    yield lambda: branch(-3.0)


def jax_() -> Iterator[Callable[[], Any]]:
    """jax: my_pow with a static n (it is unrolled), the branch as jnp.where; float64."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    power = jax.jit(jax.value_and_grad(sample.my_pow), static_argnums=1)
    branch = jax.jit(jax.value_and_grad(lambda x: jnp.where(x > 0, 2 * x, x**2)))
    yield from (lambda n=n: jax.block_until_ready(power(X, n)) for n in (1000, 1001, 10, 1000))
    yield lambda: jax.block_until_ready(branch(-3.0))


def jax_scan() -> Iterator[Callable[[], Any]]:
    """jax: my_pow by lax.scan over a static length, the branch as lax.cond."""
    import jax

    jax.config.update("jax_enable_x64", True)

    def scanned(x: Any, n: int) -> Any:
        return jax.lax.scan(lambda net, _: (net * x, None), x, None, length=n - 1)[0]

    power = jax.jit(jax.value_and_grad(scanned), static_argnums=1)
    branch = jax.jit(jax.value_and_grad(lambda x: jax.lax.cond(x > 0, lambda x: 2 * x, lambda x: x**2, x)))
    yield from (lambda n=n: jax.block_until_ready(power(X, n)) for n in (1000, 1001, 10, 1000))
    yield lambda: jax.block_until_ready(branch(-3.0))


def torch_() -> Iterator[Callable[[], Any]]:
    """PyTorch, eager: `net *= x` would write into the leaf x, so that it has to be `net = net * x`."""
    import torch

    def my_pow(x: Any, n: int) -> Any:
        net = x
        for _ in range(n - 1):
            net = net * x
        return net

    torch.set_num_threads(1)

    def gradient(f: Callable[..., Any], *rest: Any) -> Any:
        x = torch.tensor(-3.0 if not rest else X, dtype=torch.float64, requires_grad=True)
        y = f(x, *rest)
        y.backward()
        return y.item(), x.grad.item()

    yield from (lambda n=n: gradient(my_pow, n) for n in (1000, 1001, 10, 1000))
    yield lambda: gradient(sample.branch)


def main() -> None:
    """Print the table."""
    for library in (irad_, jax_, jax_scan, torch_):
        try:
            first, again, small, large, branch = library()
            cells = [once(first), once(again), best(small), best(large), best(branch)]
        except ImportError as error:
            print(f"{library.__name__:9} {error}")
            continue
        print(f"{library.__name__:9} " + "  ".join(f"{cell * 1e6:12.2f} us" for cell in cells))


if __name__ == "__main__":
    main()
