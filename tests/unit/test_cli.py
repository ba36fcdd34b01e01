"""The command line: what it prints and the exit status (0, 1 for IradError, 2 for wrong use)."""

import io
import json
import subprocess
import sys
import time

import pytest

from irad.cli import main

SOURCE = '''
def my_pow(x: float, n: int) -> float:
    net = x
    for _ in range(n - 1):
        net *= x
    return net


def dot(a, x, power):
    total = 0.0
    for i in range(len(a)):
        total += a[i] * x ** power
    return total


def refused(x: float):
    return open("f").read()


class Box:
    def area(a: float, b: float):
        return a * b
'''


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "cli_sample.py"
    path.write_text(SOURCE)
    yield lambda name: f"{path}:{name}"
    sys.modules.pop("cli_sample", None)
    sys.path[:] = [p for p in sys.path if p not in (str(tmp_path), "")]


@pytest.fixture
def irad_(capsys):
    """Runs a command: status, what it printed, what it complained about."""

    def run(*words):
        status = main(words)
        out = capsys.readouterr()
        return status, out.out, out.err

    return run


def test_show_prints_every_form(irad_, target):
    for stage in ("py", "typed", "loops", "low"):
        status, text, _ = irad_("show", target("my_pow"), "--stage", stage)
        assert status == 0 and text.startswith(f"irad 1 {stage}\n")
    assert "net.tape" in irad_("show", target("my_pow"), "--grad", "--mode", "reverse")[1]
    assert "t.net" in irad_("show", "--grad", target("my_pow"))[1]
    assert "# cli_sample.py:5:9" in irad_("show", target("my_pow"))[1]
    assert "#" not in irad_("show", target("my_pow"), "--no-locations")[1]
    assert "; %net active" in irad_("show", target("my_pow"), "--notes", "--mode", "reverse")[1]
    assert "define" in irad_("show", target("my_pow"), "--llvm")[1]
    assert ".text" in irad_("show", target("my_pow"), "--asm")[1]
    assert irad_("show", target("my_pow"), "--cfg")[1].startswith('digraph "my_pow" {')
    assert "8 * max(n - 1, 0) bytes" in irad_("show", target("my_pow"), "--grad", "--explain", "--mode", "reverse")[1]


def test_argument_types_and_values(irad_, target):
    status, text, _ = irad_("show", target("dot"), "--args", "float64[:], float, 2")
    assert status == 0 and "func @dot(%a: array<float, 1>, %x: float" in text
    status, text, _ = irad_("show", target("dot"), "--args", "float32[:], float, 2", "--grad", "0,1")
    assert status == 0 and "array<float32, 1>" in text
    assert irad_("show", target("Box.area"))[0] == 0
    assert irad_("show", "irad.demo.model:slope", "--args", ", ".join(["float"] * 6))[0] == 0


@pytest.mark.parametrize("words, complaint", [
    (["show"], "give a TARGET"),
    (["show", "no_such_module:f"], "no module 'no_such_module'"),
    (["show", "missing.py:f"], "no file missing.py"),
    (["show", "math:pi"], "not a function but float"),
    (["show", "math:nothing"], "has no 'nothing'"),
    (["show", "irad.demo.optimizer:bfgs"], 'give --args "float, float64[:]"'),
    (["show", "irad.demo.model:slope", "--args", "float, ,"], "cannot be read"),
    (["show", "irad.demo.model:slope", "--args", "matrix"], "not a type: matrix"),
    (["show", "irad.demo.model:slope", "--args", "float", "--stage", "middle"], "choose one of 'py', 'typed'"),
    (["show", "irad.demo.model:slope", "--grad", "x"], "argument numbers"),
    (["run", "missing.ir", "f"], "No such file"),
    (["ops", "mull"], "did you mean mul"),
    (["frobnicate"], "invalid choice"),
    ([], "required"),
])
def test_wrong_use_is_status_2(irad_, words, complaint):
    status, printed, message = irad_(*words)
    assert status == 2 and complaint in message and not printed


def test_a_refused_program_is_status_1(irad_, target):
    status, _, message = irad_("show", target("refused"))
    assert status == 1 and message.startswith("UnsupportedError: ") and "cli_sample.py:17" in message


def test_check(irad_, target):
    status, text, _ = irad_("check", target("my_pow"))
    assert status == 0 and "function  compiles" in text and "gradient  compiles" in text
    report = json.loads(irad_("check", target("my_pow"), "--json")[1])
    assert report["function"]["ok"] and report["gradient"]["ok"]
    status, text, _ = irad_("check", target("refused"), "--json")
    assert status == 1 and json.loads(text)["function"]["lineno"] == 17


def test_ir_files_go_through_passes_and_the_interpreter(irad_, target, tmp_path, monkeypatch):
    path = tmp_path / "pow.ir"
    path.write_text(irad_("show", target("my_pow"), "--grad")[1])
    assert irad_("run", str(path), "grad_my_pow", "2.0", "3") == (0, "12.0\n", "")
    assert irad_("run", str(path), "grad_my_pow", "2.0,", "3")[0] == 0
    status, _, message = irad_("run", str(path), "grad_my_pow", "2.0", str(-(2**63)))
    assert status == 1 and message.startswith("OverflowError: ")
    assert irad_("run", str(path), "grad_my_pow", "2.0")[0] == 2
    assert irad_("run", str(path), "nothing")[0] == 2
    assert irad_("run", str(path), "grad_my_pow", "x", "3")[0] == 2
    status, text, _ = irad_("opt", str(path), "--passes", "simplify,gvn,dce")
    assert status == 0 and text.startswith("irad 1 loops")
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    assert irad_("run", "-", "grad_my_pow", "2.0", "3")[1] == "12.0\n"
    assert "there is no pass 'nothing'" in irad_("opt", str(path), "--passes", "nothing")[2]
    path.write_text("irad 1 typed\n\nfunc @f() -> float {\n^entry:\n  return %x\n}\n")
    assert irad_("opt", str(path), "--passes", "dce")[0] != 0


def test_ops(irad_):
    status, text, _ = irad_("ops")
    assert status == 0
    assert "mul N N -> N" in text and "d: x += g*y; y += g*x" in text
    one = irad_("ops", "pow")[1]
    assert "d/dy       masked(x, g*(r*log(x)))    (reads x, r)" in one and "kink" in one


def test_info_and_cache(irad_):
    status, text, _ = irad_("info")
    assert status == 0 and text.count("\n") < 40 and "llvmlite" in text and "full_traceback" in text
    assert irad_("cache", "info")[0] == irad_("cache", "clear")[0] == 0
    assert irad_("cache", "burn")[0] == 2


@pytest.mark.smoke
def test_as_a_process():
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "irad", "info"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "irad" in done.stdout and not done.stderr
    assert time.perf_counter() - begin < 10
