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
        hint = f"; did you mean {' or '.join(close)}?" if close else ""
        raise UsageError(f"there is no op {options.name!r}{hint}")
    print(describe(row))
    return 0


def table() -> str:
    """All rows: signature and meaning, then what each operand's cotangent receives. Ops of form `py` come last."""
    lines = ["r: the result, g: its cotangent; after d: what the cotangents of the operands receive", ""]
    heads = [f"{row.name} {row.signature}" for row in OPS.values() if row.form != "py"]
    width = max(len(head) for head in heads if len(head) < 30)
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
        "effects": ", ".join(sorted(row.effects)) or "none",
        "form": f"{row.form} and later" if row.form != "py" else "py only",
        "numbers": row.bits if row.eval else "",
        "cost": f"{row.cost:g} (a multiplication: 1)" if row.form != "py" else "",
        "libm": ", ".join(row.libm),
        "kink": row.kink,
        "singular": "a partial may be infinite where the value is not: zero cotangents mask it" if row.singular else "",
    }
    lines += [f"  {name:<9} {text}" for name, text in facts.items() if text]
    if row.d is None:
        structural = row.eval is None and row.form != "py"
        lines.append("  derivative: " + ("by irad.ad, not by a rule" if structural else "none"))
    for (operand, text), index in zip(derivatives(row.name).items(), range(99)):
        operands, result = row.reads(index)
        names = [operand_names(row)[i] for i in sorted(operands)] + (["r"] if result else [])
        lines.append(f"  d/d{operand:<7} {text}" + (f"    (reads {', '.join(names)})" if names else ""))
    return "\n".join(lines)
