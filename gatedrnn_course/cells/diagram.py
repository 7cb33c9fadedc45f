"""Draws a cell as SVG: what flows in on the left, one box an equation, what flows out on the right."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.describe import describe
from gatedrnn_course.cells.expr import Call, names
from gatedrnn_course.cells.language import Line, is_parameter
from gatedrnn_course.text import _

__all__ = ["diagram"]

# Okabe-Ito, readable in black and white too because each kind of box has its own border.
_STYLES = {
    "sigmoid": ("#56B4E9", "none", "gate (sigmoid)"),
    "tanh": ("#E69F00", "6 3", "tanh"),
    "other": ("#FFFFFF", "none", "sum or product"),
    "state": ("#009E73", "2 2", "state or input"),
}
_PASS = ">"
Spot = tuple[float, float]
_WIDTH, _HEIGHT, _GAP_X, _GAP_Y = 118, 46, 64, 22


def diagram(cell: Cell) -> str:
    """A picture of the cell's data flow.

    Args:
        cell: The cell.

    Returns:
        An SVG text with `role="img"`, a title and a description for screen readers. The same cell gives the same text.
    """
    columns = _columns(cell)
    tallest = max(len(column) for column in columns)
    spots: dict[str, Spot] = {}
    for k, column in enumerate(columns):
        top = 30 + (tallest - len(column)) * (_HEIGHT + _GAP_Y) / 2
        for j, name in enumerate(column):
            spots[name] = (20 + k * (_WIDTH + _GAP_X), top + j * (_HEIGHT + _GAP_Y))
    width = max(40 + len(columns) * (_WIDTH + _GAP_X) - _GAP_X, 40 + len(_STYLES) * 150)  # the legend must fit
    height = 60 + tallest * (_HEIGHT + _GAP_Y) + 20
    label = escape(_("Data flow of the {cell} cell").format(cell=cell.name))
    body = [_arrow(spots, source, line.name) for line in cell.lines for source in _sources(line)]
    body += [_box(cell, name, *spot) for name, spot in spots.items() if _PASS not in name]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
            f'role="img" aria-label="{label}" font-family="sans-serif">',
            f"<title>{label}</title>",
            f"<desc>{escape(describe(cell))}</desc>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
            '<path d="M0 0L8 4L0 8z" fill="#444"/></marker></defs>',
            f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>',
            *body,
            _legend(height),
            "</svg>",
        )
    )


def _sources(line: Line) -> list[str]:
    """The boxes an equation reads from."""
    return [name for name in dict.fromkeys(names(line.expr)) if not is_parameter(name)]


def _columns(cell: Cell) -> list[list[str]]:
    """Boxes by depth, each right of everything it reads from; an arrow past a column gets a free place in it."""
    defined = {line.name for line in cell.lines}
    depth = {name: 0 for name in reversed(cell.used) if not is_parameter(name) and name not in defined}
    for line in cell.lines:
        depth[line.name] = 1 + max((depth[name] for name in _sources(line)), default=0)
    last_use = {source: depth[line.name] for line in cell.lines for source in _sources(line)}
    for line in cell.lines:
        for source in _sources(line):
            last_use[source] = max(last_use[source], depth[line.name])
    columns: list[list[str]] = [[] for _k in range(max(depth.values()) + 1)]
    for name, first in depth.items():
        columns[first].append(name)
        for k in range(first + 1, last_use.get(name, 0)):
            columns[k].append(f"{name}{_PASS}{k}")
    return columns


def _box(cell: Cell, name: str, x: float, y: float) -> str:
    line = next((line for line in cell.lines if line.name == name), None)
    kind = "state"
    if line is not None:
        kind = line.expr.function if isinstance(line.expr, Call) and line.expr.function in _STYLES else "other"
    fill, dash, _legend_text = _STYLES[kind]
    words = _(line.words) if line else (_("input") if name == "x" else _("of the step before"))
    bold = ' stroke-width="3"' if line is not None and name in cell.states else ' stroke-width="1.2"'
    middle = x + _WIDTH / 2
    opacity = "1" if kind == "other" else ".45"
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="7" fill="#fff"/>'
        f'<rect x="{x:g}" y="{y:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="7" fill="{fill}" fill-opacity="{opacity}" '
        f'stroke="#222"{bold} stroke-dasharray="{dash}"/>'
        f'<text x="{middle:g}" y="{y + 19:g}" text-anchor="middle" font-size="15" font-weight="600">'
        f"{escape(name)}</text>"
        f'<text x="{middle:g}" y="{y + 36:g}" text-anchor="middle" font-size="11">{escape(words)}</text>'
    )


def _arrow(spots: Mapping[str, Spot], source: str, target: str) -> str:
    """A curve from box to box, straight through the places kept free for it."""
    (x, y), (x2, y2) = spots[source], spots[target]
    x, y, y2 = x + _WIDTH, y + _HEIGHT / 2, y2 + _HEIGHT / 2
    path = f"M{x:g} {y:g}"
    between = [spot for name, spot in spots.items() if name.startswith(f"{source}{_PASS}") and x < spot[0] < x2]
    for stop_x, stop_y in between:
        path += _bend(x, y, stop_x, stop_y + _HEIGHT / 2) + f"H{stop_x + _WIDTH:g}"
        x, y = stop_x + _WIDTH, stop_y + _HEIGHT / 2
    path += _bend(x, y, x2, y2)
    return f'<path d="{path}" fill="none" stroke="#444" stroke-width="1.2" marker-end="url(#tip)"/>'


def _bend(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (x1 + x2) / 2
    return f"C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"


def _legend(height: float) -> str:
    """What the colours and borders mean."""
    parts = []
    for k, (fill, dash, text) in enumerate(_STYLES.values()):
        x = 20 + k * 150
        parts.append(
            f'<rect x="{x}" y="{height - 24:g}" width="16" height="12" fill="{fill}" fill-opacity=".45" stroke="#222" '
            f'stroke-dasharray="{dash}"/><text x="{x + 22}" y="{height - 14:g}" font-size="11">{escape(_(text))}</text>'
        )
    return "".join(parts)
