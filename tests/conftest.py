"""What all tests share: a clean environment, one switch to rewrite goldens, steady hypothesis runs."""

import os
import tempfile
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

# irad reads its environment once, at import: before any test imports it, forget the developer's settings and keep the
# disk cache out of the home directory.
for _name in [name for name in os.environ if name.startswith("IRAD_")]:
    # IRAD_CHECK=1: the verifier after every pass; IRAD_BITS: operands in table/test_bits; IRAD_ELEMENTS: programs in
    # property/test_elements; IRAD_FULL=1: all of fences and leaks, and LLVM's optimiser for all tests
    if _name not in ("IRAD_CHECK", "IRAD_BITS", "IRAD_ELEMENTS", "IRAD_FULL"):
        del os.environ[_name]
_CACHE = tempfile.TemporaryDirectory(prefix="irad-test-cache-")
os.environ["IRAD_CACHE_DIR"] = _CACHE.name

try:
    from hypothesis import HealthCheck, settings
except ImportError:  # tests that need it import it themselves
    pass
else:
    # Compile times vary more than deadlines allow. The same examples on every run, so that CI is a fact.
    settings.register_profile(
        "irad", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("irad")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="rewrite golden files with what the code prints now")


@pytest.fixture
def bless(request: pytest.FixtureRequest) -> bool:
    """Whether goldens are to be rewritten instead of compared."""
    return bool(request.config.getoption("--bless"))


@pytest.fixture(scope="module")
def unoptimised() -> Iterator[None]:
    """LLVM does not optimise what the tests of a module compile. With IRAD_FULL=1 it does, as for users."""
    if os.environ.get("IRAD_FULL"):
        yield
        return
    from irad.runtime.engine import Engine

    def quick(text: str, symbols: Any = None, opt_level: int = 3, glue: str = "") -> Engine:
        return Engine(text, symbols, 0, glue)

    with mock.patch("irad.pipeline.Engine", quick):
        yield
