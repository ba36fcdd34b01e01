"""raw 988000699 (tier 2): a row is taken ahead of the loop that never runs, and of the check that there is one."""


CALLS = ["(0, np.array([[1.0]]))", "(3, np.array([[1.0], [2.0]]))", "(3, np.array([[1.0]]))"]


def f(n, m):
    for _ in range(1, n):
        row = m[1]
        m[0, 0] += row[0]
    return m[0, 0]
