"""The documentation says what the code does: generated parts are current, examples run, each error has a section."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from irad.errors import KINDS

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
generate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generate)
FILES = generate.documents()
APART = {"howto.md"}  # changes the tables of irad, so that it needs a process of its own


WRITTEN_BY = (3, 11)  # bytecode, and so the text, differs between versions


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_generated_parts_are_current(path):
    """If not: python docs/generate.py, and look at the difference. On other versions the examples must at least run."""
    if sys.version_info[:2] != WRITTEN_BY:
        if path.name not in APART:
            assert generate.regenerate(path)
    elif path.name in APART:
        code = f"import sys; sys.path.insert(0, {str(path.parent)!r}); import generate, pathlib\n" \
               f"print(generate.check(pathlib.Path({str(path)!r})), end='')"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=120)
        assert done.returncode == 0, done.stderr[-2000:]
        assert not done.stdout, done.stdout
    else:
        difference = generate.check(path)
        assert not difference, difference


def test_every_kind_of_error_has_a_section():
    written = list(generate.sections(ROOT / "docs" / "errors.md"))
    assert len(written) == len(set(written))
    assert set(written) == set(KINDS)


def test_kinds_in_use_are_in_the_table():
    used = set()
    for path in (ROOT / "irad").rglob("*.py"):
        used |= set(re.findall(r'\bkind="([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert used <= KINDS.keys()


def test_everything_public_is_described():
    import irad

    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    missing = [name for name in irad.__all__ if not re.search(rf"\b{name}\b", text)]
    assert not missing


def test_options_and_variables_are_described():
    from irad.api.options import DEFAULTS

    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert not [name for name in DEFAULTS if f"`{name}`" not in text]
    variables = set(re.findall(r'"(IRAD_[A-Z_]+)"', (ROOT / "irad" / "config.py").read_text(encoding="utf-8")))
    assert not [name for name in variables if name not in text]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target, anchor in re.findall(r"\]\(([^)#:\s]*)(#[^)\s]*)?\)", path.read_text(encoding="utf-8")):
        place = (path.parent / target) if target else path
        assert place.exists(), target
        if anchor and place.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", place.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in headings}
            assert anchor[1:] in slugs, anchor


def test_tables_have_as_many_cells_as_heads():
    for path in FILES:
        width = None
        for line in re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL).splitlines():
            cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else None
            assert cells is None or width is None or cells == width, (path.name, line)
            width = cells
