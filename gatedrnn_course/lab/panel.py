"""The panel a check shows: a calm box in HTML, the same words as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from gatedrnn_course.text import _

__all__ = ["Panel"]

# Okabe-Ito: bluish green and vermilion, told apart by the sign and the border as well.
_LOOKS = {
    "right": ("#009E73", "solid", "\u2713"),
    "wrong": ("#D55E00", "dashed", "\u2717"),
    "note": ("#56B4E9", "solid", "i"),
}


@dataclass(frozen=True)
class Panel:
    """A message with a title.

    Attributes:
        kind: `right`, `wrong` or `note`.
        title: One line.
        lines: Further lines; text between backticks is code.
    """

    kind: str
    title: str
    lines: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        colour, border, sign = _LOOKS[self.kind]
        body = "".join(f'<div style="margin-top:4px">{_code(line)}</div>' for line in self.lines)
        return (
            f'<div role="status" style="border-left:6px {border} {colour};padding:8px 12px;margin:4px 0;max-width:46em;'
            f'background:{colour}14;color:inherit">'
            f'<div style="font-weight:600"><span aria-hidden="true" style="color:{colour}">{sign}</span> '
            f"{_code(self.title)}</div>{body}</div>"
        )

    def __repr__(self) -> str:
        return "\n".join((f"{_LOOKS[self.kind][2]} {self.title}", *(f"  {line}" for line in self.lines)))


def _code(text: str) -> str:
    """Escaped text, with what stands between backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if k % 2 else part for k, part in enumerate(parts))


def points_line(points: int, out_of: int) -> str:
    """How many points: "12 of 12 points"."""
    return _("{points} of {out_of} points").format(points=points, out_of=out_of)
