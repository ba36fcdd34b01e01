"""Scalar ops as LLVM text: the row's expression, one of the expressions here, a libm call, or a small helper function.

Nothing here is undefined behaviour for any operand: shifts and divisors are made safe, conversions saturate. libm is
called under private names (`irad_m_pow`), because LLVM rewrites calls that it knows by name and changes their bits.
"""

from __future__ import annotations

from functools import lru_cache

from irad.codegen.abi import machine
from irad.ir.types import Scalar, Type
from irad.ops import OPS

# Expressions that the table does not give, by op and family.
# {T}: type, {S}: its suffix, {I}: the int of its width, {W1}: its bits less one, {F}: "f" if it is a float32.
EXPRESSIONS: dict[tuple[str, str], str] = {
    ("abs", "f"): "call {T} @llvm.fabs.{S}({T} {0})",
    ("abs", "i"): "call {T} @llvm.abs.{S}({T} {0}, i1 false)",
    ("abs", "u"): "add {T} {0}, 0",
    ("sqrt", "f"): "call {T} @llvm.sqrt.{S}({T} {0})",
    ("copysign", "f"): "call {T} @llvm.copysign.{S}({T} {0}, {T} {1})",
    ("fma", "f"): "call {T} @llvm.fma.{S}({T} {0}, {T} {1}, {T} {2})",
    ("muladd", "f"): "call reassoc {T} @llvm.fmuladd.{S}({T} {0}, {T} {1}, {T} {2})",
    # classes of llvm.is.fpclass: 516 both infinities, 504 everything finite
    ("isinf", "f"): "call i1 @llvm.is.fpclass.{S}({T} {0}, i32 516)",
    ("isfinite", "f"): "call i1 @llvm.is.fpclass.{S}({T} {0}, i32 504)",
}

RESULTS = {"bool": "i1", "int": "i64"}  # of helpers that do not give the type of their operands

# Bodies of helper functions of %x, %y: `@irad.<op>.<type>({T} %x, ...)`.
HELPERS: dict[tuple[str, str], str] = {
    ("signbit", "f"): """
  %b = bitcast {T} %x to {I}
  %r = icmp slt {I} %b, 0
  ret i1 %r""",
    ("sign", "f"): """
  %p = fcmp ogt {T} %x, 0.0
  %n = fcmp olt {T} %x, 0.0
  %u = fcmp uno {T} %x, 0.0
  %a = select i1 %u, {T} %x, {T} 0.0
  %b = select i1 %n, {T} -1.0, {T} %a
  %r = select i1 %p, {T} 1.0, {T} %b
  ret {T} %r""",
    ("sign", "i"): """
  %p = icmp sgt {T} %x, 0
  %n = icmp slt {T} %x, 0
  %a = zext i1 %p to {T}
  %b = zext i1 %n to {T}
  %r = sub {T} %a, %b
  ret {T} %r""",
    ("sign", "u"): """
  %p = icmp ne {T} %x, 0
  %r = zext i1 %p to {T}
  ret {T} %r""",
    ("masked", "f"): """
  %z = fcmp oeq {T} %x, 0.0
  %r = select i1 %z, {T} 0.0, {T} %y
  ret {T} %r""",
    # as numpy: the second operand unless the first is beyond it; nan if either is
    ("maximum", "f"): """
  %c = fcmp ogt {T} %x, %y
  %n = fcmp uno {T} %x, %x
  %t = or i1 %c, %n
  %r = select i1 %t, {T} %x, {T} %y
  ret {T} %r""",
    ("minimum", "f"): """
  %c = fcmp olt {T} %x, %y
  %n = fcmp uno {T} %x, %x
  %t = or i1 %c, %n
  %r = select i1 %t, {T} %x, {T} %y
  ret {T} %r""",
    # CPython's float_rem
    ("mod", "f"): """
  %m = frem {T} %x, %y
  %some = fcmp une {T} %m, 0.0
  %yn = fcmp olt {T} %y, 0.0
  %mn = fcmp olt {T} %m, 0.0
  %differ = xor i1 %yn, %mn
  %up = fadd {T} %m, %y
  %a = select i1 %differ, {T} %up, {T} %m
  %z = call {T} @llvm.copysign.{S}({T} 0.0, {T} %y)
  %r = select i1 %some, {T} %a, {T} %z
  ret {T} %r""",
    # CPython's _float_div_mod
    ("floordiv", "f"): """
  %m = frem {T} %x, %y
  %xm = fsub {T} %x, %m
  %d0 = fdiv {T} %xm, %y
  %some = fcmp une {T} %m, 0.0
  %yn = fcmp olt {T} %y, 0.0
  %mn = fcmp olt {T} %m, 0.0
  %differ = xor i1 %yn, %mn
  %low = and i1 %some, %differ
  %d1 = fsub {T} %d0, 1.0
  %d = select i1 %low, {T} %d1, {T} %d0
  %f = call {T} @llvm.floor.{S}({T} %d)
  %rest = fsub {T} %d, %f
  %half = fcmp ogt {T} %rest, 0.5
  %f1 = fadd {T} %f, 1.0
  %whole = select i1 %half, {T} %f1, {T} %f
  %q = fdiv {T} %x, %y
  %z = call {T} @llvm.copysign.{S}({T} 0.0, {T} %q)
  %any = fcmp une {T} %d, 0.0
  %r0 = select i1 %any, {T} %whole, {T} %z
  %by0 = fcmp oeq {T} %y, 0.0
  %r = select i1 %by0, {T} %q, {T} %r0
  ret {T} %r""",
    # divisors 0 and -1 are replaced by 1: no trap, and their results are known
    ("floordiv", "i"): """
  %zero = icmp eq {T} %y, 0
  %minus = icmp eq {T} %y, -1
  %odd = or i1 %zero, %minus
  %s = select i1 %odd, {T} 1, {T} %y
  %q = sdiv {T} %x, %s
  %p = mul {T} %q, %s
  %m = sub {T} %x, %p
  %some = icmp ne {T} %m, 0
  %signs = xor {T} %m, %s
  %differ = icmp slt {T} %signs, 0
  %low = and i1 %some, %differ
  %l = zext i1 %low to {T}
  %f = sub {T} %q, %l
  %neg = sub {T} 0, %x
  %g = select i1 %minus, {T} %neg, {T} %f
  %r = select i1 %zero, {T} 0, {T} %g
  ret {T} %r""",
    ("mod", "i"): """
  %zero = icmp eq {T} %y, 0
  %minus = icmp eq {T} %y, -1
  %odd = or i1 %zero, %minus
  %s = select i1 %odd, {T} 1, {T} %y
  %m = srem {T} %x, %s
  %some = icmp ne {T} %m, 0
  %signs = xor {T} %m, %s
  %differ = icmp slt {T} %signs, 0
  %low = and i1 %some, %differ
  %a = select i1 %low, {T} %s, {T} 0
  %r = add {T} %m, %a
  ret {T} %r""",
    ("floordiv", "u"): """
  %zero = icmp eq {T} %y, 0
  %s = select i1 %zero, {T} 1, {T} %y
  %q = udiv {T} %x, %s
  %r = select i1 %zero, {T} 0, {T} %q
  ret {T} %r""",
    ("mod", "u"): """
  %zero = icmp eq {T} %y, 0
  %s = select i1 %zero, {T} 1, {T} %y
  %r = urem {T} %x, %s
  ret {T} %r""",
    ("shl", "i"): """
  %far = icmp ugt {T} %y, {W1}
  %s = select i1 %far, {T} 0, {T} %y
  %a = shl {T} %x, %s
  %r = select i1 %far, {T} 0, {T} %a
  ret {T} %r""",
    ("shr", "i"): """
  %s = call {T} @llvm.umin.{S}({T} %y, {T} {W1})
  %r = ashr {T} %x, %s
  ret {T} %r""",
    ("shr", "u"): """
  %far = icmp ugt {T} %y, {W1}
  %s = select i1 %far, {T} 0, {T} %y
  %a = lshr {T} %x, %s
  %r = select i1 %far, {T} 0, {T} %a
  ret {T} %r""",
    ("int_pow", "i"): """
start:
  %negative = icmp slt {T} %y, 0
  br i1 %negative, label %none, label %loop
loop:
  %n = phi {T} [ %y, %start ], [ %half, %step ]
  %b = phi {T} [ %x, %start ], [ %square, %step ]
  %p = phi {T} [ 1, %start ], [ %next, %step ]
  %more = icmp ne {T} %n, 0
  br i1 %more, label %step, label %done
step:
  %bit = trunc {T} %n to i1
  %m = mul {T} %p, %b
  %next = select i1 %bit, {T} %m, {T} %p
  %square = mul {T} %b, %b
  %half = lshr {T} %n, 1
  br label %loop
done:
  ret {T} %p
none:
  ret {T} 0""",
    # a square is only lost to overflow where a higher bit of the exponent still needs it
    ("pow_fits", "i"): """
start:
  %negative = icmp slt {T} %y, 0
  br i1 %negative, label %bad, label %loop
loop:
  %n = phi {T} [ %y, %start ], [ %half, %square ]
  %b = phi {T} [ %x, %start ], [ %b2, %square ]
  %p = phi {T} [ 1, %start ], [ %next, %square ]
  %bit = trunc {T} %n to i1
  %mo = call {{ {T}, i1 }} @llvm.smul.with.overflow.{S}({T} %p, {T} %b)
  %m = extractvalue {{ {T}, i1 }} %mo, 0
  %o = extractvalue {{ {T}, i1 }} %mo, 1
  %lost = and i1 %bit, %o
  br i1 %lost, label %bad, label %step
step:
  %next = select i1 %bit, {T} %m, {T} %p
  %half = lshr {T} %n, 1
  %more = icmp ne {T} %half, 0
  br i1 %more, label %square, label %good
square:
  %bo = call {{ {T}, i1 }} @llvm.smul.with.overflow.{S}({T} %b, {T} %b)
  %b2 = extractvalue {{ {T}, i1 }} %bo, 0
  %o2 = extractvalue {{ {T}, i1 }} %bo, 1
  br i1 %o2, label %bad, label %loop
good:
  ret i1 true
bad:
  ret i1 false""",
    # libm's gives nan for 1 to the power of a signalling nan
    ("pow", "f"): """
  %p = call {T} @irad_m_pow{F}({T} %x, {T} %y) #2
  %one = fcmp oeq {T} %x, 1.0
  %none = fcmp oeq {T} %y, 0.0
  %known = or i1 %one, %none
  %r = select i1 %known, {T} 1.0, {T} %p
  ret {T} %r""",
    # glibc's zeros have another sign than x now and then
    ("remainder", "f"): """
  %m = call {T} @irad_m_remainder{F}({T} %x, {T} %y) #2
  %some = fcmp une {T} %m, 0.0
  %z = call {T} @llvm.copysign.{S}({T} 0.0, {T} %x)
  %r = select i1 %some, {T} %m, {T} %z
  ret {T} %r""",
    ("pow_less", "f"): """
start:
  %m = call {T} @llvm.fabs.{S}({T} %z)
  %low = fcmp ogt {T} %m, 0x39B0000000000000
  %high = fcmp olt {T} %m, 0x4630000000000000
  %plain = and i1 %low, %high
  %likely = call i1 @llvm.expect.i1(i1 %plain, i1 true)
  br i1 %likely, label %near, label %far
near:
  %q = fdiv {T} %z, %x
  ret {T} %q
far:
  %e = fsub {T} %y, 1.0
  %p = call {T} @irad_m_pow{F}({T} %x, {T} %e) #2
  ret {T} %p""",
    # of a subnormal number the leading bit counts
    ("exponent", "f"): """
  %b = bitcast {T} %x to {I}
  %size = and {I} %b, {MAX}
  %e = lshr {I} %size, {M}
  %z = call {I} @llvm.ctlz.{I}({I} %size, i1 false)
  %small = icmp eq {I} %e, 0
  %low = sub {I} {D}, %z
  %a = select i1 %small, {I} %low, {I} %e
  %bias = add {I} %a, -{B}
  %zero = icmp eq {I} %size, 0
  %above = icmp uge {I} %size, {INF}
  %none = or i1 %zero, %above
  %n = select i1 %none, {I} 0, {I} %bias
  %r = {WIDE} %n to i64
  ret i64 %r""",
    # beyond 5000 every double is 0 or infinite
    ("ldexp", "f"): """
  %a = call i64 @llvm.smin.i64(i64 %y, i64 5000)
  %b = call i64 @llvm.smax.i64(i64 %a, i64 -5000)
  %n = trunc i64 %b to i32
  %r = call {T} @irad_m_ldexp{F}({T} %x, i32 %n)
  ret {T} %r""",
}
# What helpers call of libm.
HELPER_DECLARES = {"ldexp": "declare {T} @irad_m_ldexp{F}({T}, i32) #2"} | {
    op: f"declare {{T}} @irad_m_{name}{{F}}({{T}}, {{T}}) #2"
    for op, name in (("pow", "pow"), ("pow_less", "pow"), ("remainder", "remainder"))
}
for _name in ("int_pow", "pow_fits"):  # an unsigned exponent is never below 0
    HELPERS[_name, "u"] = HELPERS[_name, "i"].replace("slt {T} %y, 0", "ult {T} %y, 0").replace("smul", "umul")
for _name in ("add", "sub", "mul"):
    for _family, _sign in (("i", "s"), ("u", "u")):
        HELPERS[f"{_name}_fits", _family] = f"""
  %p = call {{{{ {{T}}, i1 }}}} @llvm.{_sign}{_name}.with.overflow.{{S}}({{T}} %x, {{T}} %y)
  %o = extractvalue {{{{ {{T}}, i1 }}}} %p, 1
  %r = xor i1 %o, true
  ret i1 %r"""


def _words(t: Scalar) -> dict[str, str]:
    """What the templates say about a type."""
    words = {"T": machine(t), "S": f"{'f' if t.is_float else 'i'}{t.bits}", "I": f"i{t.bits}", "W1": str(t.bits - 1),
             "F": "f" if t.is_float and t.bits == 32 else ""}
    return words | _layout(t.bits) if t.is_float else words


def _layout(bits: int) -> dict[str, str]:
    """{M}: bits of a float's mantissa, {B}: the excess of its exponent, {INF}: infinity, {MAX}: all but the sign."""
    mantissa, bias = (52, 1022) if bits == 64 else (23, 126)
    infinity = (2 * bias + 3) << mantissa
    return {"WIDE": "sext i32" if bits == 32 else "bitcast i64", "M": str(mantissa), "B": str(bias), "D": str(bits - mantissa),
            "INF": str(infinity), "MAX": str((1 << bits - 1) - 1)}


@lru_cache(maxsize=1024)
def expression(op: str, first: Type, second: Type | None) -> str | None:
    """The expression of an op for operands of these types, with `{0}`, `{1}` for them; None if it has none."""
    assert isinstance(first, Scalar)
    row = OPS[op]
    text = row.llvm if isinstance(row.llvm, str) else None
    if isinstance(row.llvm, dict):
        text = row.llvm.get(first.family) or row.llvm.get("i")
    if text is None:
        text = EXPRESSIONS.get((op, first.family))
    if text is None:
        return None
    words = _words(first) | ({"T1": machine(second)} if isinstance(second, Scalar) else {})
    for word, value in words.items():
        text = text.replace("{" + word + "}", value)
    return text


@lru_cache(maxsize=1024)
def helper(op: str, types: tuple[Type, ...]) -> tuple[str, str, str] | None:
    """(name, result type, definition) of the helper function of an op for operands of these types."""
    first = types[0]
    assert isinstance(first, Scalar)
    if OPS[op].place is not None:
        return _one_of_several(op)
    family = "i" if first.family == "b" or (op, first.family) not in HELPERS else first.family
    body = HELPERS.get((op, family))
    if body is None:
        return None
    words = _words(first)
    name = f"@irad.{op}.{family}{first.bits}"
    result = RESULTS.get(OPS[op].signature.rpartition(" ")[2], words["T"])
    params = ", ".join(f"{machine(t)} %{p}" for t, p in zip(types, "xyz", strict=False))
    return name, result, f"define internal {result} {name}({params}) #1 {{{body.format(**words)}\n}}"


def _one_of_several(op: str) -> tuple[str, str, str]:
    """The helper of a C function that puts its results behind pointers."""
    row = OPS[op]
    assert row.place is not None
    given, (which, count) = len(row.d or ()), row.place
    params = ", ".join(f"double %x{i}" for i in range(given))
    outs = [f"%out{k}" for k in range(count)]
    lines = [f"  {out} = alloca double" for out in outs]
    lines.append(f"  call void @{row.foreign}({params}, {', '.join(f'ptr {out}' for out in outs)})")
    lines.append(f"  %r = load double, ptr {outs[which]}")
    lines.append("  ret double %r")
    name = f"@irad.{op}.f64"
    return name, "double", "\n".join([f"define internal double {name}({params}) {{", *lines, "}"])


@lru_cache(maxsize=256)
def helper_declaration(op: str, t: Type) -> str | None:
    """The declaration of the libm function that the helper of an op calls, if it does."""
    assert isinstance(t, Scalar)
    if (row := OPS[op]).place is not None:
        return f"declare void @{row.foreign}({'double, ' * len(row.d or ())}{', '.join(['ptr'] * row.place[1])})"
    text = HELPER_DECLARES.get(op)
    return text.format(**_words(t)) if text else None


@lru_cache(maxsize=256)
def libm_call(op: str, t: Type) -> tuple[str, str] | None:
    """(expression with {0}, {1}, declaration) of an op that is a function of libm, or of another library."""
    row = OPS[op]
    assert isinstance(t, Scalar)
    if row.foreign:
        given = len(row.d or ())
        name, operands = f"@{row.foreign}", ", ".join(f"double {{{i}}}" for i in range(given))
        return f"call double {name}({operands}, i32 0) #2", f"declare double {name}({'double, ' * given}i32) #2"
    if len(row.libm) != 1 or not t.is_float:
        return None
    kind, name = machine(t), f"@irad_m_{row.libm[0]}{_words(t)['F']}"
    arity = len(row.signature.partition("->")[0].split())
    operands = ", ".join(f"{kind} {{{i}}}" for i in range(arity))
    return f"call {kind} {name}({operands}) #2", f"declare {kind} {name}({', '.join([kind] * arity)}) #2"


@lru_cache(maxsize=256)
def cast(source: Type, to: Type, fits: bool = False) -> str | None:
    """The expression that converts `{0}`; None: the same machine value. `fits`: a float is known to be in range."""
    assert isinstance(source, Scalar) and isinstance(to, Scalar)
    a, b = machine(source), machine(to)
    if source.family == to.family and source.bits == to.bits:
        return None
    if to.family == "b":
        return f"fcmp une {a} {{0}}, 0.0" if source.is_float else f"icmp ne {a} {{0}}, 0"
    if source.is_float:
        if to.is_float:
            return f"{'fpext' if to.bits > source.bits else 'fptrunc'} {a} {{0}} to {b}"
        if fits:
            return f"fpto{'s' if to.family == 'i' else 'u'}i {a} {{0}} to {b}"
        return f"call {b} @llvm.fpto{'s' if to.family == 'i' else 'u'}i.sat.{b}.f{source.bits}({a} {{0}})"
    if to.is_float:
        return f"{'sitofp' if source.family == 'i' else 'uitofp'} {a} {{0}} to {b}"
    if source.bits == to.bits:
        return None
    if to.bits < source.bits:
        return f"trunc {a} {{0}} to {b}"
    return f"{'sext' if source.family == 'i' else 'zext'} {a} {{0}} to {b}"


def lowered(op: str, types: tuple[Type, ...]) -> bool:
    """Whether an op on scalars of these types has a lowering."""
    second = types[1] if len(types) > 1 else None
    return op == "cast" or bool(expression(op, types[0], second) or helper(op, types) or libm_call(op, types[0]))
