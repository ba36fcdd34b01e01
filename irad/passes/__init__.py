"""Passes from IR to IR; each says at its head what it does, in IR before and after. The table is in `manager`."""
