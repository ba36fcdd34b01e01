"""Text that shows itself in notebooks: IR in colours, with the source line of each place on hover."""

from __future__ import annotations

import html
import linecache
import re
from collections.abc import Mapping

_COMMENT = re.compile(r"\s(#|;) .*$")
_PLACE = re.compile(r"# ([^:\s]+):(\d+):\d+")
_PARTS = re.compile(
    r"(?P<string>'(?:[^'\\]|\\.)*')|(?P<label>\^[\w.]+)|(?P<value>%[\w.]+)|(?P<name>@[\w.:]+)"
    r"|(?P<op>(?<== )[a-z_]\w*(?:\.\w+)?|(?<=^  )[a-z_]\w*(?= |$))|(?P<type>(?<=: )[a-z]\w*(?:&lt;[^&]*&gt;)?)"
)
COLOURS = {
    "string": "#a31515", "label": "#795e26", "value": "#001080", "name": "#267f99", "op": "#af00db", "type": "#267f99",
}


class Text(str):
    """A str that shows itself in notebooks; `files` gives the paths of the source files that it names."""

    files: Mapping[str, str]

    def __new__(cls, text: str, files: Mapping[str, str] | None = None) -> Text:
        made = super().__new__(cls, text)
        made.files = files or {}
        return made

    def _repr_html_(self) -> str:
        return "<pre>" + "\n".join(self._line(line) for line in self.splitlines()) + "</pre>"

    def _line(self, line: str) -> str:
        comment = _COMMENT.search(line)
        code, rest = (line[: comment.start()], line[comment.start():]) if comment else (line, "")
        text = _PARTS.sub(_coloured, html.escape(code, quote=False))
        if rest:
            text += f'<span style="color:#6a737d">{html.escape(rest)}</span>'
        place = _PLACE.search(rest)
        source = linecache.getline(self.files.get(place[1], place[1]), int(place[2])).strip() if place else ""
        return f'<span title="{html.escape(source)}">{text}</span>' if source else text


def _coloured(found: re.Match[str]) -> str:
    assert found.lastgroup is not None
    return f'<span style="color:{COLOURS[found.lastgroup]}">{found[0]}</span>'
