"""A small table with a verdict above it: HTML in a notebook, columns of text elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from gatedrnn_course.lab.panel import Panel

__all__ = ["Table"]


@dataclass(frozen=True, repr=False)
class Table:
    """Words in rows and columns.

    Attributes:
        kind: `right`, `wrong` or `note`, as of a `Panel`.
        title: One line.
        corner: What the rows and columns show.
        heads: A word for each column.
        rows: For each row, by its name, what stands in its columns.
    """

    kind: str
    title: str
    corner: str
    heads: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col">{escape(word)}</th>' for word in (self.corner, *self.heads))
        body = "".join(
            f'<tr><th scope="row" style="text-align:left;font-weight:400"><code>{escape(name)}</code></th>'
            + "".join(f"<td>{escape(word)}</td>" for word in row)
            + "</tr>"
            for name, row in self.rows.items()
        )
        table = f'<table style="margin:0"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
        return f'{Panel(self.kind, self.title)._repr_html_()}<div style="overflow-x:auto">{table}</div>'

    def __repr__(self) -> str:
        rows = [(self.corner, *self.heads), *((name, *row) for name, row in self.rows.items())]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(word.ljust(wide) for word, wide in zip(row, widths, strict=True)).rstrip() for row in rows)
        return "\n".join((repr(Panel(self.kind, self.title)), *(f"  {line}" for line in lines)))
