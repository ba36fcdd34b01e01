"""Messages, carets, stripped tracebacks, and the registry of kinds."""

import ast
import dataclasses
import os
import pickle
import re
import traceback
from pathlib import Path

import numpy as np
import pytest

import irad
import irad.errors as errors
from irad.errors import (
    KINDS,
    DifferentiationError,
    InternalError,
    IradError,
    IradWarning,
    TypingError,
    UnsupportedError,
    for_user,
    user_facing,
)

PACKAGE = Path(errors.__file__).parent


@dataclasses.dataclass(frozen=True)
class Place:
    file: str
    func: str
    line: int
    col: int | None = None
    end_line: int | None = None
    end_col: int | None = None
    caller: "Place | None" = None


def located(tmp_path, source, piece, **more):
    """The place of `piece` in `source`, as co_positions would give it."""
    path = tmp_path / "model.py"
    path.write_text(source, encoding="utf-8")
    before = source[: source.index(piece)]
    line, line_start = before.count("\n") + 1, before.rfind("\n") + 1
    col = len(before[line_start:].encode())
    last = piece.rsplit("\n", 1)[-1]
    end_col = len(last.encode()) + (0 if "\n" in piece else col)
    return Place(str(path), "loss", line, col, line + piece.count("\n"), end_col, **more)


def under_caret(text):
    """What the caret line underlines."""
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if set(line.strip()) == {"^"})
    marked = [i for i, c in enumerate(lines[at]) if c == "^"]
    return lines[at - 1][marked[0] : marked[-1] + 1]


def test_whole_message(tmp_path):
    source = "def loss(x):\n    y = x + {a: 1 for a in b}[x]\n    return y\n"
    caller = Place("fit.py", "fit", 7, caller=Place("main.py", "main", 3))
    loc = located(tmp_path, source, "{a: 1 for a in b}", caller=caller)
    error = UnsupportedError("dict comprehension", kind="syntax", loc=loc, why="no types", hint="use a list")
    assert str(error).replace(str(tmp_path), "DIR") == (
        "dict comprehension\n"
        "  DIR/model.py:2:13 in loss\n"
        "    y = x + {a: 1 for a in b}[x]\n"
        "            ^^^^^^^^^^^^^^^^^\n"
        "  called from fit.py:7 in fit\n"
        "  called from main.py:3 in main\n"
        "  why: no types\n"
        "  fix: use a list\n"
        "  docs/errors.md#syntax"
    )
    assert (error.kind, error.filename, error.lineno) == ("syntax", loc.file, 2)
    assert (error.col_offset, error.end_col_offset) == (12, 29)
    assert error.call_chain == [("fit", "fit.py", 7), ("main", "main.py", 3)]


@pytest.mark.parametrize("before", ["", "größe = ", "\tα = ", "x = '🙂' + "])
def test_caret_counts_characters_not_bytes(tmp_path, before):
    loc = located(tmp_path, f"if 1:\n    {before}f(ä) + 1\n", "f(ä)")
    text = str(TypingError("t", kind="types", loc=loc))
    if "🙂" not in before:  # a wide character: the caret is shifted by one cell, as terminals show it
        assert under_caret(text) == "f(ä)"
    assert f":2:{5 + len(before)} in loss" in text


def test_wide_characters_take_two_cells(tmp_path):
    text = str(TypingError("t", kind="types", loc=located(tmp_path, "s = '数学' + bad\n", "bad")))
    source, caret = text.splitlines()[2:4]
    assert caret.index("^") == source.index("bad") + 2


def test_expression_over_several_lines(tmp_path):
    text = str(TypingError("t", kind="call", loc=located(tmp_path, "y = f(a,\n      b)\n", "f(a,\n      b)")))
    assert under_caret(text) == "f(a,"
    assert "b)" not in text


def test_very_long_line(tmp_path):
    source = "y = " + " + ".join(f"x{i}" for i in range(200)) + " + bad(1)\n"
    text = str(TypingError("t", kind="call", loc=located(tmp_path, source, "bad(1)")))
    assert under_caret(text) == "bad(1)"
    assert max(map(len, text.splitlines()[2:])) < 130


def test_without_source_or_columns_or_place(tmp_path):
    text = str(UnsupportedError("no", kind="bytecode", loc=Place("<stdin-x>", "f", 3, 4, 3, 9)))
    assert text.splitlines()[:2] == ["no", "  <stdin-x>:3:5 in f"] and "^" not in text
    no_columns = dataclasses.replace(located(tmp_path, "a = b\n", "b"), col=None, end_col=None)
    text = str(UnsupportedError("no", kind="bytecode", loc=no_columns))
    assert "model.py:1 in loss\n    a = b\n" in text and "^" not in text
    assert str(UnsupportedError("no", kind="internal")) == "no\n  docs/errors.md#internal"
    # -1 is how some write "not known"; columns beyond a file that has changed since must not matter either
    for col, end in [(-1, -1), (400, 500), (2, 1)]:
        str(UnsupportedError("no", kind="internal", loc=dataclasses.replace(no_columns, col=col, end_col=end)))


def test_at_most_twelve_lines(tmp_path):
    caller = None
    for i in range(9):
        caller = Place("deep.py", f"f{i}", i + 1, caller=caller)
    loc = located(tmp_path, "a = b\n", "b", caller=caller)
    for n in range(1, 9):
        text = "\n".join(f"line {i}" for i in range(n))
        error = DifferentiationError(text, kind="no-derivative", loc=loc, why=text, hint=text)
        lines = str(error).splitlines()
        assert len(lines) <= 12 and lines[-1] == "  docs/errors.md#no-derivative"
    few = str(DifferentiationError("what", kind="no-derivative", loc=loc)).splitlines()
    assert sum("called from" in line for line in few) == 3 and "  ..." in few
    assert few[few.index("  ...") + 1] == "  called from deep.py:1 in f0"  # the program's own line is never left out


def test_classes_are_also_standard_ones():
    also = {
        UnsupportedError: NotImplementedError,
        TypingError: TypeError,
        DifferentiationError: ValueError,
        InternalError: RuntimeError,
    }
    for cls, standard in also.items():
        assert issubclass(cls, IradError) and issubclass(cls, standard)
    assert issubclass(IradWarning, UserWarning)


def test_pickle(tmp_path):
    error = TypingError("t", kind="join", loc=located(tmp_path, "a = b\n", "b"), why="w", hint="h")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is TypingError and str(again) == str(error) and again.lineno == 1


def inside_irad(source, name="f"):
    """A function whose code claims to be a file of irad."""
    scope = {"errors": errors}
    exec(compile(source, str(PACKAGE / "pretended.py"), "exec"), scope)
    return scope[name]


def files(error):
    return {os.path.basename(frame.filename) for frame in traceback.extract_tb(error.__traceback__)}


@pytest.mark.smoke
@pytest.mark.parametrize("bug", ["{}['lost']", "[][1]", "None.x", "1 + 'a'", "undefined", "exec('assert 0')"])
def test_internal_exceptions_become_internal_errors(bug):
    entry = user_facing(inside_irad(f"def f(fun):\n    return {bug}\n"))

    def users_model():
        pass

    with pytest.raises(Exception) as caught:
        entry(users_model)
    if "exec" in bug:  # raised by code that is not irad's: not ours to rename
        assert type(caught.value) is AssertionError
    else:
        assert type(caught.value) is InternalError
        text = str(caught.value)
        assert "users_model" in text and "bug of irad" in text and "at irad/pretended.py:2" in text
        assert re.search(r"Python 3\.\d+\.\d+.*irad.*llvmlite \d.*numpy \d", text) and len(text.splitlines()) <= 12
        assert caught.value.__cause__ is None and caught.value.__suppress_context__
    assert files(caught.value) <= {"test_errors.py", "<string>"}


@pytest.mark.smoke
@pytest.mark.parametrize(
    "error",
    [
        "errors.UnsupportedError('no', kind='internal')",
        "errors.for_user(TypeError('argument 1'))",
        "MemoryError()",
        "RecursionError()",
        "OSError(2, 'no')",
    ],
)
def test_what_is_meant_for_the_user_passes_without_our_frames(error):
    inner = "def g():\n    try:\n        {}['x']\n    except KeyError:\n        raise "
    entry = user_facing(user_facing(inside_irad(inner + error + "\ndef f():\n    g()\n")))
    with pytest.raises(Exception) as caught:
        entry()
    assert type(caught.value) is type(eval(error))
    assert files(caught.value) == {"test_errors.py"}
    if isinstance(caught.value, IradError):
        assert "KeyError" not in "".join(traceback.format_exception(caught.value))


def test_the_users_exception_keeps_the_users_frames():
    def users():
        raise KeyError("mine")

    entry = user_facing(inside_irad("def f(fun):\n    return fun()\n"))
    with pytest.raises(KeyError) as caught:
        entry(users)
    names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert names[-1] == "users" and files(caught.value) == {"test_errors.py"}


def test_full_traceback_keeps_everything(monkeypatch):
    monkeypatch.setattr(errors, "CONFIG", errors.CONFIG._replace(full_traceback=True))
    with pytest.raises(InternalError) as caught:
        user_facing(inside_irad("def f():\n    return {}['lost']\n"))()
    assert isinstance(caught.value.__cause__, KeyError)
    assert "pretended.py" in files(caught.value.__cause__)


def test_keyboard_interrupt_is_not_touched():
    with pytest.raises(KeyboardInterrupt):
        user_facing(inside_irad("def f():\n    raise KeyboardInterrupt\n"))()


def test_for_user_returns_its_argument():
    error = ValueError("x")
    assert for_user(error) is error and not errors.is_bug(error)


def test_every_kind_in_use_is_registered():
    raising = {"IradError", "UnsupportedError", "TypingError", "DifferentiationError", "InternalError"}
    raising |= {"unsupported", "mistyped"}  # infer's short forms
    missing = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in raising:
                kinds = [k.value for k in node.keywords if k.arg == "kind" and isinstance(k.value, ast.Constant)]
                missing += [(path.name, node.lineno, k.value) for k in kinds if k.value not in KINDS]
    assert not missing, "add to irad.errors.KINDS (and docs/errors.md)"
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", kind) for kind in KINDS)


def test_a_recursion_whose_types_never_end_is_refused():
    def deeper(a, n):
        return a.sum() if n == 0 else deeper(a[None], n - 1)

    with pytest.raises(irad.UnsupportedError):
        irad.compile(lambda a, n: deeper(a, n))(np.ones(2), 3)


def test_options_that_there_are_not():
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'mode'"):
        irad.grad(lambda x: x * x, mode="forward")
    with pytest.raises(TypeError, match=r"missing 1 required positional argument"):
        irad.grad()
