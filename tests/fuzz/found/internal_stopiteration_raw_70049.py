"""raw 70049: internal StopIteration: a way out that the analysis refused was written all the same"""

import numpy as np


def f(x, a, di):
    c = a
    for e2 in c:
        for key3 in ('a', 'c'):
            pass
        di['c'] = math  # noqa: F821
    for e7 in (np, x, a[0]):
        di['a'] = di.pop('a')
    return c[0] + np


CALLS = (
    "(0.5, [1.0], {'a': 0.5, 'b': 1.0, 'c': 0.5})",
)
SEED = 70049
PROFILE = 'raw'
