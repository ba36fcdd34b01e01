"""raw 70086: internal ZeroDivisionError: integer division or modulo by zero"""

def f(n, m):
    for i4 in range(0, 4, -1):
        m[1, n // i4] *= m


CALLS = (
    '(0, np.array([[1.0]]))',
)
SEED = 70086
PROFILE = 'raw'
