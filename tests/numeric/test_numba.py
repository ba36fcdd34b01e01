"""What numba makes of functions, called in compiled code: the same numbers, types and errors as numba's own calls of them."""

import math

import numba
import numpy as np
import pytest
from numba import float32, float64, int64, types
from numba.experimental import jitclass
from numba.extending import intrinsic, overload, register_jitable
from numba.typed import Dict, List

import irad
from irad.errors import UnsupportedError

A = np.arange(6.0).reshape(2, 3) + 0.5
V = np.array([0.3, -1.2, 2.0])


@numba.guvectorize(["void(float64[:],float64[:],float64[:])"], "(n),(n)->()")
def gdot(a, b, r):
    r[0] = 0.0
    for i in range(a.shape[0]):
        r[0] += a[i] * b[i]


@numba.guvectorize([(float64[:], float64, float64[:])], "(n),()->(n)")
def gscan(x, k, out):
    acc = 0.0
    for i in range(x.shape[0]):
        acc = acc * k + x[i]
        out[i] = acc


@numba.guvectorize([(float64[:], float64[:], float64[:])], "(n),()->(n)")
def boxed(x, k, out):
    for i in range(x.shape[0]):
        out[i] = x[i] * k[0]


@numba.guvectorize([(float64[:, :], float64[:], float64[:])], "(m,n),(n)->(m)")
def gmatvec(a, x, out):
    for i in range(a.shape[0]):
        out[i] = 0.0
        for j in range(a.shape[1]):
            out[i] += a[i, j] * x[j]


@numba.guvectorize([(float64, float64, float64[:])], "(),()->()")
def gmul(x, y, out):
    out[0] = x * y


@numba.guvectorize([(float64[:], float64[:], float64[:])], "(n)->(n),()")
def both(x, twice, total):
    total[0] = 0.0
    for i in range(x.shape[0]):
        twice[i] = 2.0 * x[i]
        total[0] += x[i] * x[i]


@numba.guvectorize("(n)->(n)")
def dynamic(x, out):
    for i in range(x.shape[0]):
        out[i] = 3.0 * x[i] * x[i]


def agree(expected, found):
    assert type(found) is type(expected)
    if isinstance(expected, tuple):
        for e, f in zip(expected, found, strict=True):
            agree(e, f)
        return
    assert getattr(found, "dtype", None) == getattr(expected, "dtype", None)
    np.testing.assert_allclose(found, expected, rtol=1e-15)


CALLS = [
    (gdot, A, 0.3 * A), (gdot, A[0], A[1]), (gdot, A, A[1]), (gdot, A[:, None], A[None]), (gdot, [1.0, 2.0], np.array([3, 4])),
    (gscan, A, 0.7), (gscan, A[0], 0.7), (gscan, A, np.array([0.7, 0.2])), (gscan, A[:, ::-1], np.array([[0.7], [0.2]])),
    (boxed, A, 2.0), (boxed, A, np.array([1, 2])), (boxed, A[0], 3),
    (gmatvec, A, V), (gmatvec, np.array([A, 2.0 * A]), V), (gmul, 2.0, 3.0), (gmul, A, 3), (gmul, A, A[:1]),
    (both, A), (both, V), (gdot, np.zeros((2, 0)), np.zeros(0)), (gdot, np.zeros((0, 3)), V),
]


@pytest.mark.parametrize("case", range(len(CALLS)))
def test_calls_by_layout(case):
    f, *args = CALLS[case]
    agree(f(*args), irad.compile(lambda *args: f(*args))(*args))
    if not isinstance(args[0], list):
        agree(f(*args), irad.compile(f)(*args))


def test_gradients_by_layout():
    g, h = irad.grad(lambda a, b: np.sum(gdot(a, b) ** 2), argnums=(0, 1))(A, V)
    d = A @ V
    np.testing.assert_allclose(g, 2.0 * d[:, None] * V, rtol=1e-14)
    np.testing.assert_allclose(h, 2.0 * d @ A, rtol=1e-14)
    assert irad.grad(lambda k: np.sum(gscan(A[0], k)))(0.7) == pytest.approx(A[0, 0] * (1 + 2 * 0.7) + A[0, 1], rel=1e-14)
    np.testing.assert_allclose(irad.grad(lambda x: np.sum(gmatvec(A, x)))(V), A.sum(0), rtol=1e-14)
    np.testing.assert_allclose(irad.grad(lambda x: both(x)[1] + both(x)[0].sum())(V), 2.0 * V + 2.0, rtol=1e-14)
    assert irad.grad(lambda x: gmul(x, x))(1.5) == 3.0


@numba.njit
def within(x, k):
    out = np.zeros_like(x)
    gscan(x, k, out)
    return out.sum()


def test_given_results():
    assert within(A, 0.7) == irad.compile(lambda x, k: within(x, k))(A, 0.7)
    for f, *args in ((gscan, A, 0.7, np.zeros((2, 3))), (gdot, A, V, np.zeros((4, 2))), (dynamic, A, np.zeros((2, 3))),
                     (gdot, A, V, np.zeros(2, np.float32)), (gdot, V, V, np.zeros(()))):
        expected, found = [a.copy() if isinstance(a, np.ndarray) else a for a in args], list(args)
        f(*expected)
        result = irad.compile(lambda *args, f=f: f(*args))(*found)
        np.testing.assert_array_equal(found[-1], expected[-1])
        assert result is found[-1]
    for none in (lambda a: gdot(a, V, None), lambda a: gdot(a, V, out=None), lambda a: gdot(a, V, out=(None,))):
        agree(none(A), irad.compile(none)(A))
    x, y = A.copy(), A.copy()
    gscan(x, 0.5, out=x[:, ::-1])
    irad.compile(lambda y: gscan(y, 0.5, out=y[:, ::-1]))(y)
    np.testing.assert_array_equal(x, y)
    np.testing.assert_array_equal(irad.grad(lambda a: np.sum(dynamic(a, np.empty_like(a))))(A), 6.0 * A)


@pytest.mark.parametrize(("f", "args"), [
    (gdot, (A, np.ones(2))), (gdot, (V, 2.0)), (gdot, (V,)), (gdot, (V, V, V, V)), (gscan, (A, 2.0, np.ones((2, 4)))),
    (gdot, (A, V, np.zeros(2, int))), (dynamic, (V,)),
])
def test_errors_by_layout(f, args):
    with pytest.raises((TypeError, ValueError)) as expected:
        f(*args)
    with pytest.raises(type(expected.value).__mro__[-4]) as found:
        irad.compile(lambda *args: f(*args))(*args)
    assert str(found.value) == str(expected.value)


# -- @vectorize --------------------------------------------------------------------------------------------------


@numba.vectorize
def lazy(x, y):
    return x * y if x > y else x + y


@numba.vectorize([float64(float64, float64)])
def declared(x, y):
    return math.exp(-x) * y


@numba.vectorize([int64(float64)])
def whole(x):
    return x * 2


@numba.vectorize([float64(int64)])
def half(n):
    return n / 2


@numba.vectorize([float32(float32)])
def single(x):
    return x / 3


@numba.vectorize
def reciprocal(x):
    return 1.0 / (x - x)


VECTORISED = [
    (lazy, 3, 2), (lazy, 1.0, 2.0), (lazy, V, 0.4), (lazy, np.arange(3), 1), (declared, 2, 3), (declared, V, 2),
    (declared, [1.0, 2.0], 1), (whole, 1.3), (whole, V), (half, 3), (half, np.arange(3)), (single, np.float32(2.0)),
]


def test_vectorised_functions_give_numbers_of_numpy():
    for f, *args in VECTORISED:
        agree(f(*args), irad.compile(lambda *args, f=f: f(*args))(*args))
        if not isinstance(args[0], list):
            agree(f(*args), irad.compile(f)(*args))
    with np.errstate(divide="ignore"):
        assert reciprocal(2.0) == irad.compile(reciprocal)(2.0) == math.inf


@numba.vectorize
def never_called(x, y):
    return x * y


@numba.vectorize
def called_before(x, y):
    return x * y


def test_types_that_calls_of_a_vectorised_function_have_left():
    assert isinstance(irad.compile(lambda x, y: called_before(x, y))(3, 2), np.int64)
    agree(called_before(1.0, 2.0), irad.compile(lambda x, y: called_before(x, y))(1.0, 2.0))
    agree(called_before(3, 2), irad.compile(lambda x, y: called_before(x, y))(3, 2))
    assert isinstance(called_before(3, 2), np.float64)


def test_vectorised_functions_as_arguments():
    for f, *args in ((declared, V, 2.0), (gdot, A, V), (gscan, A, 0.5), (truncated, 1.7)):
        agree(f(*args), irad.compile(lambda f, *args: f(*args))(f, *args))


def test_options_and_methods_of_vectorised_functions():
    out = np.zeros(3)
    found = irad.compile(lambda x, out: declared(x, 2.0, out=out))(V, out)
    assert found is out
    np.testing.assert_allclose(out, declared(V, 2.0), rtol=1e-15)
    with pytest.raises(UnsupportedError, match="option `where`"):  # of which numba makes a ValueError
        irad.compile(lambda x, out: lazy(x, 2.0, out, where=x > 1.0))(V, out)
    np.testing.assert_array_equal(irad.compile(lambda x, out: lazy(x, 2.0, out))(V, np.zeros(3)), lazy(V, 2.0))
    np.testing.assert_allclose(irad.grad(lambda x: np.sum(declared(x, x, out=np.empty(3))))(V), np.exp(-V) * (1 - V), rtol=1e-14)
    for method in (lambda x: declared.reduce(x), lambda x: declared.accumulate(x), lambda x: declared.outer(x, x)):
        agree(method(V), irad.compile(method)(V))
    agree(declared.reduce(A, axis=1), irad.compile(lambda a: declared.reduce(a, axis=1))(A))


def test_refused_types_of_vectorised_functions():
    for f, arg in ((half, V), (half, 1.5), (single, V), (single, 2.0)):
        with pytest.raises(TypeError) as expected:
            f(arg)
        with pytest.raises(TypeError) as found:
            irad.compile(lambda x, f=f: f(x))(arg)
        assert str(found.value) == str(expected.value)
    for arg, words in (([1.0, 2.0], "no number and no array"), (np.ones(2, np.float32), "float32")):
        with pytest.raises(UnsupportedError, match=words):
            irad.compile(lambda x: never_called(x, 1.0))(arg)


# -- @njit -------------------------------------------------------------------------------------------------------


@numba.njit
def inner(x):
    return 1.0 / x


@numba.njit(error_model="python")
def strictly(x):
    return 1.0 / x


@numba.njit(error_model="numpy")
def outer(x):
    def within(y):
        return 1.0 / y

    return inner(x) + within(x)


@numba.njit(error_model="numpy")
def outer_strict(x):
    return strictly(x)


@numba.njit
def by_zero(a, b, op):
    if op == 0:
        return a[0] / b[0]
    if op == 1:
        return a[0] // b[0]
    return a[0] % b[0]


@numba.njit
def both_by_zero(a, b):
    return divmod(a[0], b[0])[0]


@numba.njit
def parts_by_zero(a, b):
    return (a / b)[0] + 0.0


@numba.njit
def of_arguments(x, y):
    return x / y


def test_divisions_by_zero():
    """All numbers have Python's rules in jitted code, with numba's words; arrays have numpy's."""
    ones = (np.ones(1), np.ones(1, int), np.ones(1, np.float32))
    for a, b in ((ones[0], ones[0]), (ones[1], ones[1]), (ones[1], ones[0]), (ones[2], ones[2])):
        for f, rest in ((by_zero, (0,)), (by_zero, (1,)), (by_zero, (2,)), (both_by_zero, ())):
            assert irad.compile(lambda *args, f=f: f(*args))(a, b, *rest) == f(a, b, *rest)
            with pytest.raises(ZeroDivisionError) as wanted:
                f(a, 0 * b, *rest)
            with pytest.raises(ZeroDivisionError) as found:
                irad.compile(lambda *args, f=f: f(*args))(a, 0 * b, *rest)
            assert str(found.value) == str(wanted.value)
    with np.errstate(divide="ignore"):
        found = irad.compile(lambda *args: parts_by_zero(*args))(ones[0], np.zeros(1))
    assert found == math.inf == parts_by_zero(ones[0], np.zeros(1))
    for x, y in ((1.0, 0.0), (1, 0), (1.0, 0)):
        with pytest.raises(ZeroDivisionError, match="^division by zero$"):
            irad.compile(lambda x, y: of_arguments(x, y))(x, y)
    assert irad.grad(lambda a, b: by_zero(a, b, 0), argnums=1)(ones[0], 2.0 * ones[0])[0] == -0.25


def of_math(text):
    return numba.njit(eval(f"lambda x: {text}", {"math": math}))


EDGES = [
    ("math.sqrt(x)", -1.0), ("math.log(x)", 0.0), ("math.log(x)", -1.0), ("math.log10(x)", 0.0), ("math.log1p(x)", -1.0),
    ("math.exp(x)", 1000.0), ("math.acos(x)", 2.0), ("math.acosh(x)", 0.5), ("math.atanh(x)", 1.0), ("math.sin(x)", math.inf),
    ("math.cosh(x)", 1000.0), ("math.pow(x, 0.5)", -1.0), ("math.pow(x, -1.0)", 0.0), ("math.pow(x, 2.0)", 1e300),
    ("math.ldexp(x, 2000)", 1.0), ("x ** -1.0", 0.0), ("x ** 0.5", -1.0), ("x ** 2.5", 1e300), ("10.0 ** x", 400.0),
]


@pytest.mark.parametrize(("text", "x"), EDGES)
def test_functions_of_math_raise_nothing(text, x):
    f = of_math(text)
    found, wanted = irad.compile(lambda x: f(x))(x), f(x)
    assert type(found) is float and (found == wanted or (found != found and wanted != wanted))
    with pytest.raises((ValueError, OverflowError, ZeroDivisionError)):
        irad.compile(lambda x: f.py_func(x))(x)


def test_error_models_are_those_of_callers():
    assert irad.compile(lambda x: outer(x))(0.0) == math.inf
    for f in (outer_strict, inner):
        with pytest.raises(ZeroDivisionError):
            irad.compile(lambda x, f=f: f(x))(0.0)
    with pytest.raises(ZeroDivisionError):
        irad.compile(lambda x: outer(x) + inner(x))(0.0)
    with pytest.raises(ZeroDivisionError):
        irad.compile(lambda x: outer.py_func(x))(0.0)
    assert irad.grad(lambda x: outer.py_func(x))(2.0) == -0.5


@numba.njit
def sign(x):
    return -1.0 if x < 0 else 1


@numba.njit
def several(a):
    return a[0], (a.sum(), len(a)), a[0] > 0.0


def test_numbers_come_out_as_those_of_python():
    for x in (0.5, -0.5):
        agree(sign(x), irad.compile(lambda x: sign(x))(x))
    agree(several(V), irad.compile(lambda a: several(a))(V))
    np.testing.assert_array_equal(irad.grad(lambda a: several(a)[1][0] * several(a)[0])(V), [V.sum() + V[0], V[0], V[0]])


def doubled(x):
    return x * 2.0


@overload(doubled)
def tripled(x):
    return lambda x: x * 3.0


@register_jitable
def shared(x):
    return x * x


@numba.njit
def calls_both(x):
    return shared(x) + doubled(x)


@numba.njit
def calls_shared(x):
    return shared(x)


def by_type(x, scale=1.0, out=None):
    raise NotImplementedError


@overload(by_type)
def by_type_of_array(x, scale=1.0, out=None):
    if not isinstance(x, types.Array):
        return None
    rank = x.ndim
    if isinstance(out, types.Array):
        def impl(x, scale=1.0, out=None):
            for i in range(len(x)):
                out[i] = x[i] * scale * rank
            return out
    else:
        def impl(x, scale=1.0, out=None):
            return x * scale + rank
    return impl


@overload(by_type)
def by_type_of_number(x, scale=1.0, out=None):
    if isinstance(x, types.Integer):
        return lambda x, scale=1.0, out=None: x // 2
    if isinstance(x, types.Float):
        return lambda x, scale=1.0, out=None: x / 2 * scale


@numba.njit
def several_types(x, v):
    a = by_type(v, scale=x)
    by_type(v, 2.0, out=a)
    return by_type(7) + by_type(x, x) + by_type(v).sum() + a[0] * a[1]


def scaled_by(k, name):
    def scaled(x):
        return 0.0

    @overload(scaled)
    def scaled_overload(x):
        return lambda x: x * k if name == "times" else x + k

    @numba.njit
    def calls(x):
        return scaled(x)

    return calls


times, plus = scaled_by(3.0, "times"), scaled_by(5.0, "plus")


def with_known(names, k):
    def chosen(x):
        return len(names) * 0.0

    @overload(chosen)
    def chosen_overload(x):
        return lambda x: x * k

    @numba.njit
    def calls(x):
        return chosen(x)

    return calls


first, second = with_known(("a",), 3.0), with_known(("b", "c"), 5.0)


def of_no_type(x):
    return 0.0


@overload(of_no_type)
def of_no_type_overload(x):
    raise TypeError("not here")


@numba.njit
def calls_of_no_type(x):
    return of_no_type(x)


def test_overloads():
    assert irad.compile(lambda x: doubled(x))(1.5) == 3.0
    assert irad.grad(lambda x: calls_shared(x))(1.5) == 3.0
    agree(calls_both(1.5), irad.compile(lambda x: calls_both(x))(1.5))
    assert irad.grad(lambda x: calls_both(x))(1.5) == 6.0
    v = np.array([0.5, 2.0])
    agree(several_types(1.5, v), irad.compile(lambda x, v: several_types(x, v))(1.5, v))
    assert irad.grad(lambda x: several_types(x, v))(1.5) == 1.5
    np.testing.assert_array_equal(irad.grad(lambda v: several_types(1.5, v))(v), [9.0, 3.0])


def test_the_overload_of_one_function_of_several():
    assert irad.compile(lambda x: first(x) + second(x))(2.0) == first(2.0) + second(2.0) == 16.0
    assert irad.grad(lambda x: first(x) * second(x))(2.0) == 60.0
    with pytest.raises(UnsupportedError, match="it raised TypeError: not here"):
        irad.compile(lambda x: calls_of_no_type(x))(1.5)
    assert irad.compile(lambda x: times(x) + plus(x))(1.5) == times(1.5) + plus(1.5) == 11.0
    assert irad.grad(lambda x: times(x) * plus(x))(1.5) == 24.0


@numba.njit(int64(float64))
def truncated(x):
    return x * 2


@numba.njit(float32(float32))
def rounded(x):
    return x * x


@numba.njit("float64(float64, int64)")
def power(x, n):
    r = 1.0
    for _ in range(n):
        r *= x
    return r


@numba.njit([float64(float64), int64(int64)])
def either(x):
    return x * x


@numba.njit((float64[:], float64))
def total(a, k):
    return (a * k).sum()


@numba.njit("uint32(uint32[:])")
def runs(bits):
    """In how many runs of equal bits they come."""
    count = 1
    for i in range(1, len(bits)):
        if bits[i] != bits[i - 1]:
            count += 1
    return count


@numba.njit("uint8(uint8)")
def byte(n):
    return n


@numba.njit("uint64(uint64)")
def long_word(n):
    return n


@numba.njit
def passes_on(x):
    return float64(rounded(x)) * 3


def test_signatures_convert():
    for f, *args in ((truncated, 1.3), (truncated, 3), (rounded, 1.1), (rounded, 3), (power, 3, 4), (power, 2.0, 3.9),
                     (either, 3), (either, 1.5), (total, V, 2), (passes_on, 1.1)):
        agree(f(*args), irad.compile(lambda *args, f=f: f(*args))(*args))
        agree(f(*args), irad.compile(f)(*args))
    assert irad.grad(lambda x: power(x, 3))(1.5) == irad.grad(power)(1.5, 3) == 3 * 1.5**2
    with pytest.raises(TypeError, match="No matching definition for argument type"):
        irad.compile(lambda a: total(a, 1.0))(A)
    with pytest.raises(TypeError, match="No matching definition for argument type"):
        irad.compile(lambda a: total(a, 1.0))(np.arange(3))
    with pytest.raises(UnsupportedError, match="several signatures, none of which is for these types"):
        irad.compile(lambda x: either(x))(True)


def test_signatures_of_small_ints():
    """A TypeError that numba does not raise."""
    for f in (lambda a: runs((a > 0.5).astype(np.uint32)), lambda a: byte(len(a)), lambda a: byte(np.uint8(len(a)))):
        agree(f(V), irad.compile(f)(V))
    with pytest.raises(UnsupportedError, match="a number of numba's type uint64"):
        irad.compile(lambda n: long_word(n))(3)


WIDTHS = [
    (source, *args)
    for args, sources in (
        ((np.float32(1.1),), "x * 2|x * 2.0|x * x|-x|x ** 2|x ** 2.0|2 ** x|x < 1.1|x == 1.1|math.sin(x) * x|math.atan2(x, 1.0)"),
        ((np.int32(70000),), "x * x|x ** 2|-x|x / x|x << 15|x // 2|x & 3|x + True"),
        ((np.float32(1.1), np.int32(7)), "x * y|y - x"), ((np.float32(1.1), 1.3), "x * y|x < y"),
        ((np.array([1.1, 2.3], np.float32),), "x * 2|x + 0.1|x ** 2|x[0] * 1.5|np.maximum(x, 1.2)|np.maximum(x, 0)"),
        ((np.array([70000, 3], np.int32),), "x * 70000|x * x|x + 1.5|x // 2|x[0] * x[0]"),
    )
    for source in sources.split("|")
]


@pytest.mark.parametrize("case", WIDTHS, ids=lambda case: f"{case[0]} of {type(case[1]).__name__}")
def test_narrow_numbers_are_widened_as_numba_does(case):
    source, *args = case
    f = numba.njit(eval(f"lambda {'x, y'[: 3 * len(args) - 2]}: {source}", {"math": math, "np": np}))
    agree(f(*args), irad.compile(lambda *args: f(*args))(*args))


# -- what is refused ---------------------------------------------------------------------------------------------


@jitclass([("m", float64)])
class Part:
    def __init__(self, m):
        self.m = m

    def energy(self):
        return 0.5 * self.m


@numba.njit
def typed_list(x):
    xs = List()
    xs.append(x)
    return xs[0]


@numba.njit
def empty_list(x):
    xs = List.empty_list(float64)
    xs.append(x)
    return xs[0]


@numba.njit
def typed_dict(x):
    d = Dict()
    d[1] = x
    return d[1]


@intrinsic
def square(context, x):
    return float64(float64), lambda context, builder, signature, args: builder.fmul(args[0], args[0])


@numba.njit
def squared(x):
    return square(x)


@numba.stencil
def smooth(a):
    return 0.25 * (a[-1] + 2 * a[0] + a[1])


@numba.njit
def smoothed(a):
    return smooth(a)


PART, LIST = Part(1.5), List([1.0, 2.0])
RECORDS = np.array([(1.0, 2), (2.0, 3)], dtype=[("a", "f8"), ("n", "i4")])


@pytest.mark.parametrize(("f", "arg", "words"), [
    (lambda x: Part(x).energy(), 1.5, "a class with @jitclass"),
    (lambda x: PART.energy() * x, 1.5, "an object of a class with @jitclass from outside.*without @jitclass"),
    (lambda x: LIST[0] * x, 1.5, r"a numba.typed.List from outside.*list\(x\)"),
    (typed_list, 1.5, "numba.typed.List"), (empty_list, 1.5, "numba.typed.List"), (typed_dict, 1.5, "numba.typed.Dict"),
    (squared, 1.5, "an @intrinsic function.*with @njit"),
    (smoothed, A[0], "a function with @stencil"), (lambda a: smooth(a), A[0], "a function with @stencil"),
    (lambda x: RECORDS[0]["a"] * x, 1.5, "array of records.*a = x\\['a'\\]"),
])
def test_what_is_not_compiled_is_refused_by_name(f, arg, words):
    with pytest.raises(UnsupportedError, match=f"(?s){words}"):
        irad.compile(f)(arg)


@pytest.mark.parametrize(("arg", "words"), [
    (PART, "`p` is an object of a class with @jitclass"), (LIST, r"`p` is a numba.typed.List.*a list: list\(x\)"),
    (RECORDS, r"`p` is an array of records.*x\['a'\]"), (RECORDS[0], r"`p` is a record, .*x\['a'\]"),
    ((1.0, LIST), r"a numba.typed.List"), ([LIST], r"a numba.typed.List"),
])
def test_arguments_that_are_refused_by_name(arg, words):
    with pytest.raises(TypeError, match=words):
        irad.compile(lambda p: p)(arg)


@numba.njit
def counted_bools(x):
    positive = x > 0.0
    count = 0
    for i in range(len(x)):
        if positive[i] is True:
            count += 1
        if positive[i] is not False:
            count += 10
        if (x[i] > 1.0) is True:
            count += 100
    return count


def test_bools_are_of_one_type():
    assert counted_bools(V) == irad.compile(lambda x: counted_bools(x))(V) == irad.compile(counted_bools)(V) == 122


class Address(numba.types.WrapperAddressProtocol):
    """As packages give C functions to jitted code."""

    def __wrapper_address__(self):
        return 0

    def signature(self):
        return float64(float64)


ADDRESS = Address()


@numba.njit
def by_address(x):
    return ADDRESS(x) + 1.0


def test_functions_with_an_address_only_are_refused():
    with pytest.raises(UnsupportedError, match="a function that numba calls by its address from outside of the function"):
        irad.compile(by_address)(1.5)
