"""Wrong use of the command line."""

from __future__ import annotations


class UsageError(Exception):
    """A command that cannot be carried out as written: exit status 2."""
