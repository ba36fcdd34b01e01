"""raw 984100291: dot product: reverse (default) nan, forward -0.005797280390625964 (the square was computed before the loop,
which never came to it; its adjoint was 0 times the infinite argument)"""

class C1:
    pass

def f(x, a, z, ob):
    for i11 in a:
        t = x
        if x:
            a[0] = ob.x
        else:
            ob.x = z * z
    return t


CALLS = (
    "(1.0, [1.0], inf, made(C1, x=0.5, y=1.0, n=4))",
)
SEED = 984100291
PROFILE = "raw"
