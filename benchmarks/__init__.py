"""irad and its peers, side by side in one process: `python -m benchmarks [--only NAMES] [--quick] [--markdown]`.

    workloads/   plain Python functions, each with arguments, and what is written by hand for each peer
    peers.py     adapters: a peer turns a workload into a call that computes value and gradient
    measure.py   interleaved passes, the best of them
    check.py     gradients against the hand-written adjoint or differences
    calls.py     what a call costs          first.py   what the first call costs, in fresh processes
    guards.py    what checks cost, on the loops of kernels.py
    tape.py      tape bytes an iteration    pelts.py   the whole fit of the demo against one forward pass of torchdiffeq
    solvers.py   solvers of scipy, differentiated whole, against differences of the interpreted ones
    products.py  products of matrices against numpy's, loops that exchange arrays against numba's
    vectors.py   loops over small vectors and matrices, with and without the stack, against numba
    report.py    rows, markdown, JSON

All peers are optional and are imported where they are needed.
"""

import os

# Threads of a BLAS wait for each other; on a busy machine they make a product of 6 x 6 matrices last for milliseconds.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
