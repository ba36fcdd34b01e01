"""The line that the architecture draws (docs: "the house"), read off the imports.

    errors config settings lib < ir < ops < analysis < passes < {lift, infer, ad, codegen} < runtime < pipeline < api

A module imports its own layer and those to its left. The four in braces meet only in IR.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "irad"
FILES = sorted(PACKAGE.rglob("*.py"))

LAYERS = [
    {"errors", "config", "settings", "lib"},
    {"ir"},
    {"ops"},
    {"analysis"},
    {"passes"},
    {"lift", "infer", "ad", "codegen"},
    {"runtime"},
    {"pipeline"},
    {"api"},
    {"__init__", "__main__", "cli", "demo"},  # users of the public interface
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
APART = LAYERS[5]  # never import each other
ALONE = ("lib", "ad/mincut.py")  # import nothing of ours
OUTSIDE = {  # who may see what of the outside
    "llvmlite": ("codegen", "runtime"),
    "dis": ("lift",),
    "opcode": ("lift",),
    "_opcode": ("lift",),
}
MOST_LINES = 700


def part(path: Path) -> str:
    """The folder or module directly under irad/ that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Absolute names of everything a file imports, wherever in the file (types too: a layer is a layer)."""
    package = ("irad", *path.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            # `from irad import ir` names a module only in the alias
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)


def ours(name: str) -> str | None:
    """The layer member that an imported name belongs to; "__init__" for what the package itself exports."""
    parts = name.split(".")
    if parts[0] != "irad":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in RANK else "__init__"


def test_every_file_has_a_layer():
    assert not [str(path.relative_to(ROOT)) for path in FILES if part(path) not in RANK]


def faults(path: Path) -> Iterator[str]:
    here, inside = part(path), path.relative_to(PACKAGE).as_posix()
    for name, line in imports(path):
        there, place = ours(name), f"{inside}:{line} imports {name}"
        if name.split(".")[0] in OUTSIDE and here not in OUTSIDE[name.split(".")[0]]:
            yield f"{place}: only {' and '.join(OUTSIDE[name.split('.')[0]])} may"
        if there is None:
            continue
        within = name.startswith("irad.lib") and here == "lib"
        if inside.startswith(ALONE) and not within:
            yield f"{place}: it must import nothing of irad"
        elif RANK[there] > RANK[here]:
            yield f"{place}: from a later layer"
        elif here in APART and there in APART and there != here:
            yield f"{place}: {here} and {there} meet only in IR"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_keep_the_order(path):
    assert not list(faults(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_size_and_no_path_of_one_machine(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_LINES, "split it by noun"
    assert not re.findall(r"/(?:home|root|work|Users|tmp)/[A-Za-z0-9_.-]+/", text)


def test_the_test_sees_faults(tmp_path, monkeypatch):
    """The checks themselves: one file with a fault of each sort."""
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    wrong = {
        "ir/core.py": "from ..ops import table",
        "ad/reverse.py": "import irad.infer.values",
        "ad/mincut.py": "from irad.ir import core",
        "passes/gvn.py": "def f():\n    import llvmlite.binding",
        "infer/calls.py": "from dis import Bytecode",
        "lib/linalg.py": "from irad import errors",
        "runtime/engine.py": "import irad",
    }
    right = {
        "ad/plan.py": "from . import mincut\nfrom irad.passes import outline\nimport numpy",
        "lib/stats.py": "from irad.lib import linalg",
        "api.py": "from irad import pipeline",
    }
    for name, text in (wrong | right).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    assert {name for name in wrong if len(list(faults(tmp_path / name))) == 1} == set(wrong)
    assert not [fault for name in right for fault in faults(tmp_path / name)]
