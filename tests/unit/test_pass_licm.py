"""Loop-invariant code motion and checks of whole loops."""

from __future__ import annotations

from pass_ir import after, body

from irad.passes.licm import licm
from irad.passes.rangeguards import rangeguards

PARAMS = "%a: array<float, 1>, %c: array<float, 1>, %x: float, %n: int, %k: int, %b: bool"


def loop(instrs: str, header: str = "", result: str = "%s", step: str = "%s") -> str:
    lines = "\n".join("          " + line.strip() for line in instrs.strip().splitlines())
    return body(f"""
        ^entry:
          br ^for(0, 0.0)
        ^for(%i: int, %s: float):
          {header or '%h: bool = not %b'}
          %more: bool = lt %i, %n
          br %more, ^body, ^done
        ^body:
{lines}
          %i.1: int = add %i, 1
          br ^for(%i.1, {step})
        ^done:
          return {result}
    """, PARAMS, "float")


def before_loop(printed: str) -> str:
    return printed.split("^for")[0]


def test_pure_and_costly() -> None:
    printed = after(licm, loop("%p: float = sin %x\n%q: float = mul %p, %p\n%t: float = add %s, %q", step="%t"))
    assert "sin" in before_loop(printed) and "mul" in before_loop(printed)


def test_costly_in_an_arm_stays() -> None:
    printed = after(licm, body("""
        ^entry:
          br ^for(0, 0.0)
        ^for(%i: int, %s: float):
          %more: bool = lt %i, %n
          br %more, ^body, ^done
        ^body:
          br %b, ^then, ^next(%s)
        ^then:
          %p: float = sin %x
          %q: float = add %x, 1.0
          %t: float = add %p, %q
          br ^next(%t)
        ^next(%u: float):
          %i.1: int = add %i, 1
          br ^for(%i.1, %u)
        ^done:
          return %s
    """, PARAMS, "float"))
    assert "sin" not in before_loop(printed) and "add %x, 1.0" in before_loop(printed)


def test_load_out_of_a_loop_that_may_not_run() -> None:
    printed = after(licm, loop("%p: float = load %a, %k\n%t: float = add %s, %p", step="%t"))
    assert "load" not in before_loop(printed)


def test_load_that_runs_anyway() -> None:
    printed = after(licm, loop("%t: float = add %s, %p", header="%p: float = load %a, %k", step="%t"))
    assert "load" in before_loop(printed)


def test_load_that_is_overwritten() -> None:
    printed = after(licm, loop("store %x, %c, %i\n%t: float = add %s, %p", header="%p: float = load %a, %k", step="%t"))
    assert "load" not in before_loop(printed)


def test_load_of_other_memory() -> None:
    text = loop("store %x, %c, %i\n%t: float = add %s, %p", header="%p: float = load %a, %k", step="%t")
    text = text.replace("br ^for(0, 0.0)", "%fresh: array<float, 1> = alloc %n {elem='float'}\n  br ^for(0, 0.0)")
    text = text.replace("%c, %i", "%fresh, %i")
    assert "load" in before_loop(after(licm, text))


def test_load_at_another_index() -> None:
    text = loop("store %x, %a, %k1\n%t: float = add %s, %p", header="%p: float = load %a, %k", step="%t")
    text = text.replace("br ^for(0, 0.0)", "%k1: int = add %k, 1\n  br ^for(0, 0.0)")
    assert "load" in before_loop(after(licm, text))


def test_guard_of_the_first_trip() -> None:
    printed = after(licm, loop("%ok: bool = lt %k, 9\nguard %ok, %k {exc='IndexError', msg='{}'}\nstore %x, %a, %i"))
    assert "le %n, 0" in before_loop(printed) and "guard" in before_loop(printed)


def test_guard_after_a_store_stays() -> None:
    printed = after(licm, loop("store %x, %a, %i\n%ok: bool = lt %k, 9\nguard %ok, %k {exc='IndexError', msg='{}'}"))
    assert "guard" not in before_loop(printed)


def test_guard_after_another_stays() -> None:
    printed = after(licm, loop("""
        %o: bool = lt %i, 9
        guard %o {exc='ValueError', msg='first'}
        guard %b {exc='IndexError', msg='second'}
    """))
    assert "guard" not in before_loop(printed)


CHECK = """
    %m: int = dim %a {axis=0}
    %ok: bool = lt %i, %m
    guard %ok, %i, %m {exc='IndexError', msg='{} of {}'}
    %p: float = load %a, %i
    %t: float = add %s, %p
"""


def test_check_of_all_trips() -> None:
    printed = after(lambda f: licm(f) | rangeguards(f), loop(CHECK, step="%t"))
    assert "le %n, %m" in before_loop(printed) and "guard %0, %m, %m" in before_loop(printed)


def test_check_of_all_trips_but_for_a_store() -> None:
    text = loop(CHECK + "store %t, %c, %i\n", step="%t")
    assert "guard" not in before_loop(after(lambda f: licm(f) | rangeguards(f), text))
