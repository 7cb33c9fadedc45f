"""`show_shapes("forget_gate")`: why code says `x @ p.W_f.T` where the slide says W_f x."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from gatedrnn_course.cells import Line, Slice
from gatedrnn_course.cells.expr import MatMul, Name, names, to_text, walk
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import find_item
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.text import _

__all__ = ["show_shapes"]

SIZE, GAP, LEFT, HEAD = 20, 34, 30, 30
SIZES = {"B": 4, "D": 3, "H": 2}
COLOURS = {"matrix": "#E69F00", "vector": "#56B4E9", "result": "#009E73"}  # Okabe-Ito; each grid also has its name


@dataclass(frozen=True)
class _Grid:
    """A box of rows and columns with its name."""

    name: str
    rows: str
    columns: str
    kind: str


def show_shapes(name: str) -> Picture:
    """A picture of the shapes in an exercise: one vector as on the slide, and a batch as in code.

    Args:
        name: Name of the function.

    Returns:
        The picture; in a notebook it shows itself on the last line of a cell.

    Raises:
        CourseError: If no exercise asks for such a function, or it is no slice of a cell.
    """
    _unit, item = find_item(name)
    found = getattr(item, "slice", None)
    if not isinstance(found, Slice):
        raise CourseError(_("A picture of the shapes of {name}.").format(name=name), _("No equation stands behind it."))
    product = next((pair for line in found.lines if (pair := _product(line)) is not None), None)
    return _of_values(found) if product is None else _of_product(found, *product)


def _product(line: Line) -> tuple[str, str] | None:
    """The first matrix and vector multiplied in a line."""
    for _path, node in walk(line.expr):
        if isinstance(node, MatMul) and isinstance(node.matrix, Name) and isinstance(node.vector, Name):
            return node.matrix.id, node.vector.id
    return None


def _of_product(part: Slice, matrix: str, vector: str) -> Picture:
    """A product on the slide and in code, one above the other."""
    rows, columns = part.shape(matrix)
    slide = [_Grid(matrix, rows, columns, "matrix"), _Grid(vector, columns, "1", "vector")]
    slide.append(_Grid(f"{matrix} {vector}", rows, "1", "result"))
    code = [_Grid(vector, "B", columns, "vector"), _Grid(f"p.{matrix}.T", columns, rows, "matrix")]
    code.append(_Grid(f"{vector} @ p.{matrix}.T", "B", rows, "result"))
    lines = (
        (_("The slide: one vector, a column."), ("", "="), slide),
        (_("The code: a batch, each row is one vector. The first row is the column above."), ("@", "="), code),
    )
    alt = _(
        "Two products of the same numbers. On the slide, {matrix} ({rows}, {columns}) times one column {vector} "
        "({columns}, 1) gives one column ({rows}, 1). In code, {vector} holds B vectors as rows, (B, {columns}); times "
        "p.{matrix}.T ({columns}, {rows}) it gives B results as rows, (B, {rows}). The first "
        "row is the column of the slide."
    )
    return _picture(lines, alt.format(matrix=matrix, vector=vector, rows=rows, columns=columns))


def _of_values(part: Slice) -> Picture:
    """A line without a matrix: every array has the same shape."""
    line = part.lines[0]
    used = [name for name in dict.fromkeys(names(line.expr)) if not is_parameter(name)]
    grids = [_Grid(name, "B", part.shape(name)[0], "vector") for name in used]
    grids.append(_Grid(line.name, "B", part.shape(line.name)[0], "result"))
    words = _("{line}: number by number, all shapes are the same.").format(line=f"{line.name} = {to_text(line.expr)}")
    alt = _("{line} Each of {names} has shape (B, {size}), one row for each vector of the batch.")
    signs = ("",) * (len(used) - 1) + ("=",)
    shown = alt.format(line=words, names=", ".join((*used, line.name)), size=part.shape(line.name)[0])
    return _picture(((words, signs, grids),), shown)


def _picture(rows: tuple[tuple[str, tuple[str, ...], list[_Grid]], ...], alt: str) -> Picture:
    body, y, width = [], 24.0, 0.0
    for words, signs, grids in rows:
        body.append(f'<text x="{LEFT}" y="{y:g}" font-weight="600">{escape(words)}</text>')
        tall = max(_size(grid.rows) for grid in grids)
        x = float(LEFT)
        for sign, grid in zip(("", *signs), grids, strict=True):
            if sign:
                middle = y + HEAD + tall / 2 + 5
                body.append(f'<text x="{x - GAP / 2:g}" y="{middle:g}" text-anchor="middle">{sign}</text>')
            wide = max(_size(grid.columns), 7.5 * len(grid.name), 8.0 * len(_dims(grid)))
            body.append(_draw(grid, x + wide / 2, y + HEAD + tall / 2, y + HEAD - 8, y + HEAD + tall + 18))
            x += wide + GAP
        width = max(width, x, LEFT + 7.5 * len(words))
        y += HEAD + tall + 62
    height = y - 24
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-label="{escape(alt)}" font-family="sans-serif" font-size="13" '
        'fill="#222">'
    )
    paper = f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>'
    return Picture("\n".join((head, paper, *body, "</svg>")), alt)


def _draw(grid: _Grid, x: float, y: float, top: float, bottom: float) -> str:
    """A grid around its middle, its name above and its shape below; rows stand a little apart."""
    wide, tall = _size(grid.columns), _size(grid.rows)
    count = {**SIZES, "1": 1}
    cells = "".join(
        f'<rect x="{x - wide / 2 + SIZE * k:g}" y="{y - tall / 2 + SIZE * j:g}" width="{SIZE}" height="{SIZE - 3}" '
        f'fill-opacity="{_strength(grid, j)}"/>'
        for j in range(count[grid.rows])
        for k in range(count[grid.columns])
    )
    return (
        f'<g fill="{COLOURS[grid.kind]}" stroke="#222">{cells}</g>'
        f'<text x="{x:g}" y="{top:g}" text-anchor="middle" font-family="monospace">{escape(grid.name)}</text>'
        f'<text x="{x:g}" y="{bottom:g}" text-anchor="middle">{_dims(grid)}</text>'
    )


def _strength(grid: _Grid, row: int) -> str:
    """The one vector of the slide is strong, and so is its row in the batch."""
    if grid.kind == "matrix":
        return ".55"
    return "1" if grid.columns == "1" or row == 0 else ".3"


def _dims(grid: _Grid) -> str:
    return f"({grid.rows}, {grid.columns})"


def _size(letter: str) -> float:
    return float(SIZE * {**SIZES, "1": 1}.get(letter, 1))
