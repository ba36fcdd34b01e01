"""`python -m tests.fuzz`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz.mutants import install  # noqa: E402

install()

if __name__ == "__main__":
    from fuzz.command import main

    raise SystemExit(main())
