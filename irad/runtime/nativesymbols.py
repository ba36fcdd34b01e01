# ruff: noqa: SIM905 - words in a string read better than 150 quoted names.
"""The fixed list of external symbols that native code may name, and their addresses in this process.

LLVM text never holds an integer address. What it declares `external` is looked up here when it is loaded, so that the
same object code can be loaded by any process. A name that is not listed is refused before it is linked.
"""
from __future__ import annotations

import ctypes
import sys
from functools import cache

from irad.ops import special

MATH_PREFIX = "irad_m_"

_MATH = """acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs floor fma
fmax fmin fmod frexp hypot ldexp lgamma log log10 log1p log2 logb modf nearbyint nextafter pow remainder rint round
sin sinh sqrt tan tanh tgamma trunc exp10 sincos lrint llrint lround llround""".split()

_C = """calloc free malloc memcmp memcpy memmove memset realloc strlen abort""".split()

# What LLVM's code generator may call without being asked: wide integers, stack probes, half floats.
_COMPILER = """__divti3 __modti3 __udivti3 __umodti3 __multi3 __fixdfti __floattidf __floatuntidf __fixunsdfti
__muloti4 __mulodi4 __powidf2 __powisf2 __chkstk ___chkstk_ms""".split()

_API = """PyBool_FromLong PyBytes_AsString PyCFunction_NewEx PyCallable_Check PyCapsule_GetPointer PyCapsule_New
PyUnicode_Compare PyDict_GetItem PyDict_GetItemWithError PyDict_New PyDict_SetItem PyErr_Clear
PyErr_ExceptionMatches PyErr_Format PyErr_NoMemory PyErr_Occurred PyErr_Restore PyErr_SetNone PyErr_SetObject
PyErr_SetString PyException_GetTraceback PyObject_IsInstance PyObject_Type PyThreadState_Get PyThreadState_GetID
PyEval_RestoreThread PyEval_SaveThread PyFloat_AsDouble PyFloat_FromDouble PyLong_AsLongLong
PyLong_AsLongLongAndOverflow PyLong_FromDouble PyLong_FromLongLong PyLong_FromSsize_t PyLong_FromVoidPtr
PyList_New PyList_SetItem PyMethod_New PyObject_CallFunctionObjArgs PyObject_Call PyObject_CallNoArgs
PyObject_CallOneArg PyObject_ClearWeakRefs PyObject_GC_Del PyObject_GC_Track PyObject_GC_UnTrack
PyObject_GetAttr PyObject_IsTrue PyObject_RichCompareBool PyObject_Vectorcall PyObject_VectorcallMethod PySequence_Tuple
PyTuple_New PyTuple_Pack PyTuple_SetItem PyTuple_GetItem PyType_GenericAlloc PyObject_GenericGetDict PyObject_GenericSetDict
PyDict_AddWatcher PyDict_Watch PyDict_Unwatch PyUnicode_FromString PyVectorcall_Call PyGILState_Ensure
PyGILState_Release Py_DecRef Py_IncRef _Py_Dealloc _PyObject_GetDictPtr _PyObject_VisitManagedDict
_PyObject_ClearManagedDict PyObject_VisitManagedDict PyObject_ClearManagedDict PyErr_CheckSignals""".split()

_DATA = """PyBool_Type PyDict_Type PyFloat_Type PyFunction_Type PyList_Type PyLong_Type PyTuple_Type PyType_Type
PyUnicode_Type _Py_FalseStruct _Py_NoneStruct _Py_TrueStruct PyExc_ArithmeticError PyExc_BaseException PyExc_IndexError
PyExc_KeyboardInterrupt PyExc_MemoryError PyExc_OverflowError PyExc_RecursionError PyExc_RuntimeError PyExc_SystemError
PyExc_TypeError PyExc_ValueError PyExc_ZeroDivisionError""".split()

_FENV = ["fetestexcept", "feclearexcept", "feraiseexcept"]

# glibc's vector functions: bound when the library is there; nothing declares them where it is not.
_VECTOR = [f"_ZGV{isa}N{n}{args}_{f}" for isa, n in (("b", 2), ("d", 4), ("e", 8))
           for f, args in [(f, "v") for f in "sin cos tan exp log exp2 log2 log10 expm1 log1p cbrt sinh cosh tanh "
                           "asin acos atan asinh acosh atanh erf erfc exp10".split()]
           + [("pow", "vv"), ("atan2", "vv"), ("hypot", "vv")]]

CPYTHON = frozenset(_API + _DATA)
KNOWN = CPYTHON | frozenset(_MATH + _C + _FENV + _COMPILER + _VECTOR) | frozenset(
    MATH_PREFIX + n + f for n in _MATH for f in ("", "f"))
# Calls that code generation adds by itself (memcpy for a large load, fmod for frem, sin for llvm.sin).
IMPLICIT = frozenset(_MATH + _COMPILER + ["memcmp", "memcpy", "memmove", "memset"]) | frozenset(
    n + "f" for n in ("fmod", "sin", "cos", "exp", "log", "pow", "floor", "ceil", "trunc", "rint", "round"))


@cache
def _library(which: str) -> ctypes.CDLL | None:
    """The library that holds C's, libm's, the compiler's or libmvec's functions; None where there is none."""
    names: dict[str, list[str | None]] = {
        "c": ["ucrtbase" if sys.platform == "win32" else None],
        "m": ["ucrtbase"] if sys.platform == "win32" else ["libm.so.6", None],  # None: where C's own library has it
        "gcc": ["libgcc_s.so.1"] if sys.platform.startswith("linux") else [],
        "mvec": ["libmvec.so.1"] if sys.platform.startswith("linux") else [],
    }
    for name in names[which]:
        try:
            return ctypes.CDLL(name)
        except (OSError, TypeError):
            continue
    return None


def _in(library: ctypes.CDLL | None, name: str) -> int | None:
    """The address of a function or datum of a library."""
    if library is None:
        return None
    try:
        return ctypes.addressof(ctypes.c_char.in_dll(library, name))
    except ValueError:
        return None


@cache
def address(name: str) -> int | None:
    """The address of a known symbol in this process; None when it is not known or this platform lacks it."""
    if name.startswith(MATH_PREFIX):
        return _in(_library("m"), name[len(MATH_PREFIX):]) if name in KNOWN else None
    if name.startswith(special.PREFIX):
        return special.address(name.removeprefix(special.PREFIX))
    if name in CPYTHON:
        return _in(ctypes.pythonapi, name)
    if name not in KNOWN and name not in IMPLICIT:
        return None
    if name.startswith("_ZGV"):
        return _in(_library("mvec"), name)
    return _in(_library("m"), name) or _in(_library("c"), name) or _in(_library("gcc"), name)


@cache
def implicit() -> dict[str, int]:
    """The symbols that every unit gets, whether its text names them or not."""
    found = {name: address(name) for name in sorted(IMPLICIT)}
    return {name: value for name, value in found.items() if value}
