"""The flow graph of a function, to look at: for graphviz, for mermaid, and as a picture in HTML that needs neither."""

from __future__ import annotations

import html
from dataclasses import dataclass

from irad.analysis.cfg import block_order
from irad.ir.core import Block, Branch, Function, Try
from irad.ir.print import Printer

MOST_LINES, MOST_COLUMNS = 14, 64  # of a block in a picture
CHAR, LINE, PAD, GAP = 7, 16, 8, 40  # pixels


@dataclass(frozen=True)
class Graph:
    """Blocks with their text, and edges between their numbers with a word ("then", "else" or "")."""

    name: str
    blocks: tuple[tuple[str, tuple[str, ...]], ...]  # label, lines
    edges: tuple[tuple[int, int, str], ...]

    def __str__(self) -> str:
        return self.dot

    @property
    def dot(self) -> str:
        """The graph in the language of graphviz."""
        lines = [f'digraph "{self.name}" {{', '  node [shape=box, fontname="monospace", fontsize=10];']
        for i, (label, body) in enumerate(self.blocks):
            text = "".join(_escape_dot(line) + r"\l" for line in (f"^{label}:", *body))
            lines.append(f'  b{i} [label="{text}"];')
        lines += [f"  b{a} -> b{b}" + (f' [label="{word}"]' if word else "") + ";" for a, b, word in self.edges]
        return "\n".join([*lines, "}"]) + "\n"

    @property
    def mermaid(self) -> str:
        """The graph in the language of mermaid (GitHub and notebooks draw it)."""
        lines = ["flowchart TD"]
        for i, (label, body) in enumerate(self.blocks):
            text = "<br/>".join(_escape_mermaid(line) for line in (f"^{label}:", *body))
            lines.append(f'  b{i}["{text}"]')
        lines += [f"  b{a} -->" + (f"|{word}| " if word else " ") + f"b{b}" for a, b, word in self.edges]
        return "\n".join(lines) + "\n"

    def _repr_html_(self) -> str:
        return _Picture(self).svg()


def _escape_dot(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _escape_mermaid(text: str) -> str:
    return html.escape(text, quote=False).replace('"', "&quot;")


def graph_of(function: Function) -> Graph:
    """The flow graph of the blocks that can be reached."""
    text = Printer(function, locations=False).text().splitlines()[1:-1]
    starts = [i for i, line in enumerate(text) if line.startswith("^")]
    bodies = dict(zip(function.blocks, (text[a:b] for a, b in zip(starts, [*starts[1:], len(text)])), strict=True))
    order = block_order(function)
    number = {block: i for i, block in enumerate(order)}
    blocks = tuple((bodies[b][0][1:-1], tuple(line.strip() for line in bodies[b][1:])) for b in order)
    edges = tuple((number[b], number[t], word) for b in order for t, word in _targets(b))
    return Graph(function.name, blocks, edges)


def _targets(block: Block) -> list[tuple[Block, str]]:
    words = ["then", "else"] if isinstance(block.term, Branch) else [""] * len(block.edges)
    if isinstance(block.term, Try):
        words[-1] = "except"
    return list(zip(block.successors, words, strict=True))


class _Picture:
    """Blocks in rows by their distance from the entry; edges that go back run around the right side."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.texts = [_clipped((f"^{label}:", *body)) for label, body in graph.blocks]
        self.sizes = [(max(map(len, t)) * CHAR + 2 * PAD, len(t) * LINE + 2 * PAD) for t in self.texts]
        self.rows = self._rows()
        self.width = max(sum(self.sizes[i][0] + GAP for i in row) for row in self.rows)
        self.at: dict[int, tuple[int, int]] = {}
        y = GAP // 2
        for row in self.rows:
            x = (self.width - sum(self.sizes[i][0] + GAP for i in row)) // 2 + GAP // 2
            for i in row:
                self.at[i] = x, y
                x += self.sizes[i][0] + GAP
            y += max(self.sizes[i][1] for i in row) + GAP
        self.height = y

    def _rows(self) -> list[list[int]]:
        """Numbers are in reverse postorder, so that an edge to a smaller one goes back."""
        rank = [0] * len(self.texts)
        for a in range(len(rank)):
            for source, target, _ in self.graph.edges:
                if source == a < target:
                    rank[target] = max(rank[target], rank[a] + 1)
        return [[i for i, r in enumerate(rank) if r == level] for level in range(max(rank) + 1)]

    def svg(self) -> str:
        back = [(a, b) for a, b, _ in self.graph.edges if b <= a]
        width = self.width + 14 * len(back) + GAP
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{self.height}" font-family="monospace"'
            ' font-size="12"><defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8"'
            ' markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#666"/></marker></defs>'
        ]
        parts += [self._box(i) for i in range(len(self.texts))]
        parts += [self._edge(a, b, word, back) for a, b, word in self.graph.edges]
        return "".join(parts) + "</svg>"

    def _box(self, i: int) -> str:
        (x, y), (w, h) = self.at[i], self.sizes[i]
        lines = "".join(
            f'<text x="{x + PAD}" y="{y + PAD + LINE * k + 12}" font-weight="{400 if k else 700}"'
            f' xml:space="preserve">{html.escape(line)}</text>'
            for k, line in enumerate(self.texts[i])
        )
        return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="4" fill="#f6f8fa" stroke="#8c959f"/>{lines}'

    def _edge(self, a: int, b: int, word: str, back: list[tuple[int, int]]) -> str:
        x0, y0 = self.at[a][0] + self.sizes[a][0] // 2, self.at[a][1] + self.sizes[a][1]
        x1, y1 = self.at[b][0] + self.sizes[b][0] // 2, self.at[b][1]
        if word == "then":
            x0 -= 20
        elif word == "else":
            x0 += 20
        if b > a:
            path = f"M{x0},{y0} C{x0},{y0 + GAP} {x1},{y1 - GAP} {x1},{y1}"
        else:
            side = self.width + 14 * back.index((a, b))
            path = f"M{x0},{y0} v8 H{side} V{y1 - 10} H{x1} V{y1}"
        label = f'<text x="{x0 + 3}" y="{y0 + 12}" fill="#666" font-size="10">{word}</text>' if word else ""
        return f'<path d="{path}" fill="none" stroke="#666" marker-end="url(#tip)"/>{label}'


def _clipped(lines: tuple[str, ...]) -> list[str]:
    """At most so many lines and columns; the terminator stays."""
    if len(lines) > MOST_LINES:
        left_out = len(lines) - MOST_LINES + 1
        lines = (*lines[: MOST_LINES - 2], f"... {left_out} more", lines[-1])
    return [line if len(line) <= MOST_COLUMNS else line[: MOST_COLUMNS - 1] + "…" for line in lines]
