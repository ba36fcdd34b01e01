"""Only bytecode is needed: wherever a function comes from and whoever watches it, irad gives the same result, and its
errors name the file and the line, with source and caret where there is source."""

import bdb
import code
import contextlib
import dis
import doctest
import functools
import io
import linecache
import math
import operator
import os
import py_compile
import re
import runpy
import select
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import irad

ROOT = Path(__file__).resolve().parents[2]
MONITORING = sys.version_info >= (3, 12)
later = pytest.mark.skipif(not MONITORING, reason="sys.monitoring is of 3.12")

DEFINITIONS = """\
import math, sys, traceback
import irad

def f(x, n):
    total = 0.0
    for i in range(n):
        if i % 2:
            total += math.sin(x * i)
        else:
            total -= x
    assert total < 1e9, "too large"
    return total

def wrong(x):
    y = x * 2.0
    return y + len(eval("nothing"))

def late(x):
    y = x - 1.0
    return 2.0 + 1.0 / y

"""
USES = """\
plain = f(0.3, 5)
print("value", irad.compile(f)(0.3, 5) == plain)
print("gradient", math.isclose(irad.grad(f)(0.3, 5), math.cos(0.3) + 3.0 * math.cos(0.9) - 3.0))

try:
    irad.compile(wrong)(1.0)
except irad.UnsupportedError as error:
    print(error)

try:
    irad.grad(late)(1.0)
except ZeroDivisionError:
    traceback.print_exc(file=sys.stdout)

"""
PROGRAM = DEFINITIONS + USES
LINES = {"wrong": 16, "late": 20}
MARKED = {  # with the carets under what is meant
    "wrong": 'return y + len(eval("nothing"))\n' + " " * 15 + "^" * 15 + "\n",
    "late": "return 2.0 + 1.0 / y\n" + " " * 13 + "~~~~^~~\n",
}


def check(output, file, lines=LINES, source=True):
    """What the program printed: right numbers, and errors at their places in a file (a pattern)."""
    output = re.sub(r"^(>>> |\.\.\. )+", "", output.replace("\r", ""), flags=re.MULTILINE)
    assert "value True" in output and "gradient True" in output, output
    for name, form in (("wrong", r"{file}:{line}:20 in {name}\n"), ("late", r'File "{file}", line {line}, in {name}\n')):
        found = re.search(r"( *)" + form.format(file=file, line=lines[name], name=name), output)
        assert found, (name, output)
        behind = "".join(line[len(found[1]) + 2 :] + "\n" for line in output[found.end() :].splitlines()[:2])
        assert (behind == MARKED[name]) == source, (name, output)


def run(*command, stdin=None, env=None):
    """The output of CPython in a process of its own."""
    done = subprocess.run(
        [sys.executable, *map(str, command)], input=stdin, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHON_COLORS": "0", **(env or {})},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


# -- without a file ------------------------------------------------------------------------------------------------------


def test_exec():
    space = {}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(PROGRAM, "<made>", "exec"), space)
    check(out.getvalue(), "<made>", source=False)


@pytest.mark.parametrize("how", [["-"], ["-c", PROGRAM]], ids=["stdin", "-c"])
def test_program_without_a_file(how):
    check(run(*how, stdin=PROGRAM if how == ["-"] else None), "<stdin>" if how == ["-"] else "<string>",
          source=how != ["-"] and sys.version_info >= (3, 13))


def entered(program):
    """The statements of a program as they are typed: each is a file of its own for CPython, compound ones end empty."""
    parts = [part + "\n" for part in program.strip().split("\n\n")]
    return [s for p in parts for s in ([p + "\n"] if ":\n" in p else p.splitlines(keepends=True))]


def test_numbered_input():
    """The names that CPython 3.13 gives to what is typed; nobody sees them."""
    space = {}
    exec(compile(DEFINITIONS, "<stdin>-7", "exec"), space)
    with pytest.raises(irad.UnsupportedError, match=r"  <stdin>:16:20 in wrong\n"):
        irad.compile(space["wrong"])(1.0)


TYPED = {name: 3 for name in LINES}  # each statement starts at line 1


def test_code_module():
    interpreter = code.InteractiveInterpreter({"__name__": "__console__"})
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        for statement in entered(PROGRAM):
            assert not interpreter.runsource(statement, "<console>")
    check(out.getvalue(), "<console>", TYPED, source=False)


def test_interactive_python():
    check(run("-q", "-i", stdin=PROGRAM), "<stdin>", TYPED, source=sys.version_info >= (3, 13))


def test_interactive_python_at_a_terminal(tmp_path):
    """3.13 has an editor there, which keeps what was typed."""
    pty = pytest.importorskip("pty")
    editor = sys.version_info >= (3, 13)
    terminal, far_end = pty.openpty()
    env = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHON_COLORS": "0", "TERM": "xterm" if editor else "dumb"}
    python = subprocess.Popen(
        [sys.executable, "-q"], stdin=far_end, stdout=far_end, stderr=far_end, env={**os.environ, **env},
        start_new_session=True,
    )
    os.close(far_end)
    output = b""
    for part in [*entered(PROGRAM), "exit()\n"]:
        output += read_until(terminal, b">>> ")
        os.write(terminal, b"\x1b[200~" + part.rstrip().encode() + b"\n\x1b[201~\n" if editor else part.encode())
    output += read_until(terminal, None)
    assert python.wait(60) == 0
    os.close(terminal)
    output = re.sub(rb"\x1b(\[[0-9;?]*[A-Za-z]|[=>]|\([AB])", b"", output)
    check(output.decode(), r"<python-input-\d+>" if editor else "<stdin>", TYPED, source=editor)


def read_until(terminal, mark):
    """What comes from a terminal, up to a mark or its end."""
    seen = b""
    while mark is None or mark not in seen:
        if not select.select([terminal], [], [], 60)[0]:
            raise TimeoutError(seen.decode())
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            piece = b""
        if not piece:
            break
        seen += piece
    return seen


@pytest.mark.parametrize("file", ["/tmp/ipykernel_4711/{}.py", "<ipython-input-{}-0123456789ab>", "<doctest notes[{}]>"])
def test_a_cell(file):
    """As IPython does it: each cell under a name of its own, its lines in linecache."""
    out, space = io.StringIO(), {}
    parts = {file.format(number): part for number, part in enumerate(entered(PROGRAM))}
    try:
        with contextlib.redirect_stdout(out):
            for name, part in parts.items():
                linecache.cache[name] = (len(part), None, part.splitlines(keepends=True), name)
                exec(compile(part, name, "exec"), space)
    finally:
        for name in parts:
            del linecache.cache[name]
    check(out.getvalue(), re.escape(file).replace(r"\{\}", r"\d+"), TYPED)


def test_ipython():
    """The real thing."""
    shell_module = pytest.importorskip("IPython.core.interactiveshell")
    shell = shell_module.InteractiveShell()
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        for part in entered(PROGRAM):
            assert shell.run_cell(part, store_history=True).success
    check(out.getvalue(), r"<ipython-input-\d+-[0-9a-f]+>", TYPED)


def test_doctest():
    examples = [">>> " + part.strip().replace("\n", "\n... ") + "\n" for part in entered(PROGRAM)]
    test = doctest.DocTestParser().get_doctest("".join(examples), {}, "notes", "notes.py", 0)
    assert len(test.examples) == len(examples)
    out = io.StringIO()
    runner = doctest.DocTestRunner(verbose=True)
    runner.run(test, out=out.write)
    printed = "".join(line[4:] for line in out.getvalue().splitlines(keepends=True) if line.startswith("    "))
    check(printed, r"<doctest notes\[\d+\]>", TYPED)


# -- files ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["-O", "-OO", "-Xdev"])
def test_interpreter_options(script, option):
    output = run(option, script)
    check(output, re.escape(str(script)))
    asserts = run(option, "-c", "import irad\ndef f(x):\n    assert x > 0, 'no'\n    return x * x\n"
                  "try:\n    print(irad.grad(f)(-3.0))\nexcept AssertionError as e:\n    print(e)")
    assert asserts.strip() == ("-6.0" if "O" in option else "no")


def test_without_columns(script):
    output = run("-Xno_debug_ranges", script)
    assert "value True" in output and "gradient True" in output
    assert f"{script}:{LINES['wrong']} in wrong\n    return y + len(eval(\"nothing\"))\n  why" in output


def test_import_from_an_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "package.zip", "w") as archive:
        archive.writestr("program.py", PROGRAM)
    output = run("-c", "import program", env={"PYTHONPATH": os.pathsep.join([str(tmp_path / "package.zip"), str(ROOT)])})
    check(output, re.escape(str(tmp_path / "package.zip" / "program.py")))


def test_import_without_source(script):
    py_compile.compile(str(script), str(script) + "c", dfile="away.py")
    script.unlink()
    check(run("-c", "import program", env={"PYTHONPATH": os.pathsep.join([str(script.parent), str(ROOT)])}),
          "away.py", source=False)


def test_a_file_that_changes(script):
    """The message shows the line as it is now, like a traceback."""
    first = irad.compile(runpy.run_path(str(script))["wrong"])
    with pytest.raises(irad.UnsupportedError, match=r"return y \+"):
        first(1.0)
    script.write_text(PROGRAM.replace("return y + len(", "return 2 + len("))
    os.utime(script, (1, 1))
    with pytest.raises(irad.UnsupportedError, match=r"return 2 \+"):
        irad.compile(runpy.run_path(str(script))["wrong"])(1.0)


# -- test modules --------------------------------------------------------------------------------------------------------


def positive(x, n):
    for i in range(n):
        assert x > 0.0 and math.sqrt(x) < 10.0, "from a rewritten assert"
        x = x * x - float(i)
    return x


def test_rewritten_asserts():
    """This module is one: pytest has replaced its asserts by code of its own."""
    assert any(name.startswith("@py_assert") for name in positive.__code__.co_varnames)
    assert irad.compile(positive)(3.0, 2) == positive(3.0, 2) == 80.0
    assert irad.grad(positive)(3.0, 2) == 108.0
    with pytest.raises(AssertionError, match="from a rewritten assert") as caught:
        irad.grad(positive)(0.5, 3)
    assert caught.traceback[-1].lineno + 1 == positive.__code__.co_firstlineno + 2
    with pytest.raises(irad.UnsupportedError) as refused:
        irad.compile(wrong)(1.0)
    message = str(refused.value)
    assert f"test_sources.py:{wrong.__code__.co_firstlineno + 2}:20 in wrong\n" in message
    assert '    return x + len(eval("nothing"))\n' + " " * 19 + "^" * 15 + "\n" in message


def wrong(x):
    assert x > 0.0, x
    return x + len(eval("nothing"))


@pytest.mark.parametrize("how", ["rewrite", "plain"])
def test_functions_in_test_modules(tmp_path, how):
    path = tmp_path / "test_program.py"
    path.write_text(DEFINITIONS + "def test_f():\n    " + USES.strip().replace("\n", "\n    ") + "\n")
    output = run("-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "--rootdir", tmp_path, f"--assert={how}", path)
    check(output, re.escape(str(path)))


# -- tools that watch ----------------------------------------------------------------------------------------------------


CORES = ["ctrace", "pytrace", *(["sysmon"] if MONITORING else [])]


@pytest.mark.parametrize("core", CORES)
@pytest.mark.smoke
def test_coverage(tmp_path, script, core):
    """What is compiled while it is measured; that it is measured is printed."""
    pytest.importorskip("coverage")
    with script.open("a") as file:
        file.write("print(sys.monitoring.get_tool(1)) if sys.gettrace() is None else print(sys.gettrace())\n")
    output = run("-m", "coverage", "run", f"--data-file={tmp_path / 'data'}", script, env={"COVERAGE_CORE": core})
    check(output, re.escape(str(script)))
    assert {"ctrace": "CTracer", "pytrace": "PyTracer", "sysmon": "coverage"}[core] in output.splitlines()[-1]


def test_pdb(script):
    commands = "break f\nbreak late\ncontinue\np ('stopped', n)\ncontinue\nquit\n"
    output = run("-m", "pdb", script, stdin=commands)
    assert output.count("('stopped', 5)") == 1, output  # where CPython runs it, and nowhere else
    check(output.replace("(Pdb) ", ""), re.escape(str(script)))


class Stepper(bdb.Bdb):
    """Stops at each line of this file."""

    def __init__(self):
        super().__init__(skip=["irad.*", "numpy.*", "llvmlite.*"])
        self.lines = []

    def user_line(self, frame):
        if frame.f_code.co_filename == __file__:
            self.lines.append(frame.f_code.co_name)
        self.set_step()


def watched(x, n):
    total = 0.0
    for i in range(n):
        total += math.sin(x * i) if i % 2 else -x
    while total < 1.0 and x is not None:
        total = total + abs(x) * 2.0
    return total


def watched_late(x):
    return 1.0 / (x - 1.0)


def right():
    """Whether value, gradient and error of fresh compilations are right."""
    def both(x, n):
        return watched(x, n)

    assert irad.compile(both)(0.3, 5) == -0.3 * 3 + math.sin(0.3) + math.sin(0.9) + 0.6 * 2
    assert math.isclose(irad.grad(both)(0.3, 5), math.cos(0.3) + 3.0 * math.cos(0.9) - 3.0 + 2.0 * 2)
    with pytest.raises(ZeroDivisionError) as caught:
        irad.compile(lambda x: watched_late(x))(1.0)
    assert [entry.name for entry in caught.traceback][-2:] == ["<lambda>", "watched_late"]
    with pytest.raises(irad.UnsupportedError, match=r"test_sources.py:\d+:20 in wrong"):
        irad.compile(lambda x: wrong(x))(1.0)
    return True


def test_stepping():
    stepper = Stepper()
    before = sys.gettrace()
    stepper.runcall(right)
    sys.settrace(before)
    assert "right" in stepper.lines
    assert not {"watched", "watched_late", "wrong"} & set(stepper.lines)


@pytest.mark.smoke
def test_tracing_of_instructions():
    """`f_trace_opcodes`, which rewrites the bytecode in place from 3.12 on."""
    seen = set()

    def trace(frame, event, arg):
        frame.f_trace_opcodes = True
        if frame.f_code is watched.__code__:
            seen.add(event)
        return trace if frame.f_code is watched.__code__ else None

    before = sys.gettrace()
    sys._getframe().f_trace_opcodes = True  # 3.12 wants to know before
    sys.settrace(trace)
    try:
        watched(0.3, 5)
        assert {"opcode", "line"} <= seen
        assert not MONITORING or instrumented(watched)
        seen.clear()
        assert right()
    finally:
        sys.settrace(before)
    assert not seen


def instrumented(function):
    """The opcodes that a tool has put into a function."""
    names = {i.opname for i in dis.get_instructions(function, adaptive=True)}
    return {name for name in names if name.startswith("INSTRUMENTED_")}


@later
@pytest.mark.smoke
@pytest.mark.parametrize("everywhere", [False, True], ids=["one-function", "everywhere"])
def test_monitoring(everywhere):
    monitoring = sys.monitoring
    events = monitoring.events
    chosen = [getattr(events, n) for n in ("PY_START", "PY_RETURN", "CALL", "LINE", "INSTRUCTION", "JUMP", "BRANCH")]
    seen = []
    tool = next(i for i in range(6) if monitoring.get_tool(i) is None)
    monitoring.use_tool_id(tool, "irad's test")
    try:
        for event in chosen:
            monitoring.register_callback(tool, event, lambda code, *rest: seen.append(code))
        if everywhere:
            monitoring.set_events(tool, functools.reduce(operator.or_, chosen))
        for code in (watched.__code__, watched_late.__code__, wrong.__code__):
            monitoring.set_local_events(tool, code, functools.reduce(operator.or_, chosen))
        watched(0.3, 5)
        assert watched.__code__ in seen and len(instrumented(watched)) >= 3
        seen.clear()
        assert right()
        assert watched.__code__ not in seen
    finally:
        monitoring.set_events(tool, 0)
        for code in (watched.__code__, watched_late.__code__, wrong.__code__):
            monitoring.set_local_events(tool, code, 0)
        for event in chosen:
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)
