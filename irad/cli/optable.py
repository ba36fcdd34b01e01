"""`irad ops`: the op table with its derivatives."""

from __future__ import annotations

import argparse
import difflib

from irad.api.formula import derivatives, operand_names
from irad.cli.usage import UsageError
from irad.ops.table import OPS, Op


def ops(options: argparse.Namespace) -> int:
    """Print the table, or one row in full."""
    if options.name is None:
        print(table())
        return 0
    row = OPS.get(options.name)
    if row is None:
        close = difflib.get_close_matches(options.name, OPS, 3)
        raise UsageError(f"there is no op {options.name!r}" + (f"; did you mean {' or '.join(close)}?" if close else ""))
    print(describe(row))
    return 0


def table() -> str:
    """All rows, one line each: signature, derivatives with respect to each operand, meaning. Ops of form `py` come last."""
    lines = ["g: cotangent of the result r; after d: what each operand receives. `irad ops NAME` shows a row in full.", ""]
    width = max(len(f"{row.name} {row.signature}") for row in OPS.values() if row.form != "py" and len(row.signature) < 24)
    for row in sorted(OPS.values(), key=lambda r: r.form == "py"):
        head = f"{row.name} {row.signature}".strip()
        lines.append(f"{head:<{width}}  {row.doc}")
        if row.d is not None and any(text != "0" for text in derivatives(row.name).values()):
            lines.append(" " * width + "  d: " + "; ".join(f"{k} += {v}" for k, v in derivatives(row.name).items()))
    return "\n".join(lines)


def describe(row: Op) -> str:
    """One row in full."""
    lines = [f"{row.name} {row.signature}".strip(), f"  {row.doc}"]
    facts = {
        "operands": ", ".join(operand_names(row)),
        "effects": ", ".join(sorted(row.effects)) or "none: may be moved, merged, removed and computed again",
        "form": f"{row.form} and later" if row.form != "py" else "py only",
        "numbers": row.bits if row.eval else "",
        "cost": f"{row.cost:g} multiplications" if row.form != "py" else "",
        "libm": ", ".join(row.libm),
        "kink": row.kink,
        "singular": "a partial may be infinite where the value is finite; a zero cotangent is masked" if row.singular else "",
    }
    lines += [f"  {name:<9} {text}" for name, text in facts.items() if text]
    if row.d is None:
        lines.append("  derivative: " + ("by irad.ad, not by a rule" if row.eval is None and row.form != "py" else "none"))
    for (operand, text), index in zip(derivatives(row.name).items(), range(99)):
        operands, result = row.reads(index)
        names = [operand_names(row)[i] for i in sorted(operands)] + (["r"] if result else [])
        lines.append(f"  d/d{operand:<7} {text}" + (f"    (reads {', '.join(names)})" if names else ""))
    return "\n".join(lines)
