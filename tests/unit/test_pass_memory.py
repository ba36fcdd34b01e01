"""Forwarding of stores and loads; small arrays as values."""

from __future__ import annotations

from pass_ir import after, body, ops

from irad.ir.parse import parse_function
from irad.passes.memory import memory

PARAMS = "%a: array<float, 1>, %c: array<float, 1>, %x: float, %y: float, %i: int, %j: int, %n: int, %b: bool"


def run(text: str, noalias: bool = False) -> str:
    def go(function: object) -> bool:
        function.attrs["noalias"] = noalias  # type: ignore[attr-defined]
        return memory(function)  # type: ignore[arg-type]

    return after(go, body(text, PARAMS, "float"))


def test_store_to_load() -> None:
    assert ops(run("store %x, %a, %i\n%p: float = load %a, %i\nreturn %p")) == ["store"]


def test_load_twice() -> None:
    printed = run("%p: float = load %a, %i\n%q: float = load %a, %i\n%r: float = add %p, %q\nreturn %r")
    assert ops(printed) == ["load", "add"] and "add %p, %p" in printed


def test_other_index_in_between() -> None:
    store = "store %x, %a, %i\nstore %y, %a, {}\n%p: float = load %a, %i\nreturn %p"
    assert "load" in ops(run(store.format("%j")))
    assert "load" not in ops(run("%k: int = add %i, 1\n" + store.format("%k")))
    assert "load" not in ops(run(store.replace("%i", "3").format("4")))


def test_other_array_in_between() -> None:
    text = "store %x, %a, %i\nstore %y, %c, %i\n%p: float = load %a, %i\nreturn %p"
    assert "load" in ops(run(text))
    assert "load" not in ops(run(text, noalias=True))
    fresh = "%t: array<float, 1> = alloc %n {elem='float'}\n" + text.replace("%c", "%t")
    assert "load" not in ops(run(fresh))


def test_views_share() -> None:
    text = """
        %v: array<float, 1> = view %a, %j, %n, 1 {drop=(), layout='C'}
        %p: float = load %a, %i
        store %x, %v, 0
        %q: float = load %a, %i
        %r: float = sub %p, %q
        return %r
    """
    assert ops(run(text)).count("load") == 2


def test_calls_write() -> None:
    text = """
        %t: array<float, 1> = alloc %n {elem='float'}
        store %x, %t, %i
        store %y, %a, %i
        call {callee='g', types=()}
        %p: float = load %t, %i
        %q: float = load %a, %i
        %r: float = add %p, %q
        return %r
    """
    printed = run(text)
    assert ops(printed).count("load") == 1 and "load %a, %i" in printed
    passed = run(text.replace("call {", "call %t {"))
    assert ops(passed).count("load") == 2


def test_overwritten_store() -> None:
    assert ops(run("store %x, %a, %i\nstore %y, %a, %i\nreturn %x")) == ["store"]
    assert ops(run("store %x, %a, %i\nguard %b {exc='E', msg=''}\nstore %y, %a, %i\nreturn %x")).count("store") == 2
    assert ops(run("store %x, %a, %i\n%p: float = load %c, %j\nstore %y, %a, %i\nreturn %p")).count("store") == 2


def test_same_value_stored_again() -> None:
    assert ops(run("%p: float = load %a, %i\nstore %p, %a, %i\nreturn %p")) == ["load"]


def test_over_a_join() -> None:
    text = """
        ^entry:
          store %x, %a, %i
          br %b, ^then, ^join
        ^then:
          WRITE
          br ^join
        ^join:
          %p: float = load %a, %i
          return %p
    """
    assert "load" not in ops(run(text.replace("WRITE", "guard %b {exc='E', msg=''}")))
    assert "load" in ops(run(text.replace("WRITE", "store %y, %c, %j")))


def test_around_a_loop() -> None:
    text = """
        ^entry:
          store %x, %a, 0
          br ^for(0, 0.0)
        ^for(%k: int, %s: float):
          %p: float = load %a, 0
          %more: bool = lt %k, %n
          br %more, ^body, ^done
        ^body:
          %t: float = add %s, %p
          WRITE
          %k.1: int = add %k, 1
          br ^for(%k.1, %t)
        ^done:
          return %s
    """
    assert "load" in ops(run(text.replace("WRITE", "store %t, %a, 0")))
    assert "load" not in ops(run(text.replace("WRITE", "store %t, %a, 1")))


def test_promotion() -> None:
    printed = run("""
        ^entry:
          %t: array<float, 1> = alloc 2 {elem='float', zero=True}
          br ^for(0)
        ^for(%k: int):
          %more: bool = lt %k, %n
          br %more, ^body, ^done
        ^body:
          %p: float = load %t, 0
          %q: float = add %p, %x
          store %q, %t, 0
          %k.1: int = add %k, 1
          br ^for(%k.1)
        ^done:
          %r: float = load %t, 0
          %u: float = load %t, 1
          %v: float = add %r, %u
          return %v
    """)
    assert not {"alloc", "load", "store"} & set(ops(printed))
    assert "br ^for(0, 0.0)" in printed and "add %0, 0.0" in printed


def test_no_promotion_where_it_escapes() -> None:
    for use in ("%p: float = load %t, %i", "call %t {callee='g', types=()}", "%p: record = pack %t"):
        assert "alloc" in ops(run(f"%t: array<float, 1> = alloc 2 {{elem='float'}}\nstore %x, %t, 0\n{use}\nreturn %x"))


def test_scalar_buffer() -> None:
    text = "%t: array<float, 0> = alloc {elem='float'}\nstore %x, %t\n%p: float = load %t\nreturn %p"
    assert ops(run(text)) == []


def test_noalias_is_an_attribute_of_the_function() -> None:
    assert not parse_function(body("return %x", PARAMS, "float")).attrs.get("noalias")
