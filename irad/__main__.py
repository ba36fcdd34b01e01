"""`python -m irad`: see `irad.cli`."""

from __future__ import annotations

import sys

from irad.cli import main

if __name__ == "__main__":
    sys.exit(main())
