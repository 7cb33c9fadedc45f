"""`show_shapes("forget_gate")`: why code says `x @ p.W_f.T` where the slide says W_f x."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import chain

import numpy as np

from gatedrnn_course.cells import Line, Slice
from gatedrnn_course.cells.backward_program import BackwardProgram
from gatedrnn_course.cells.expr import MatMul, Name, Outer, names, to_text, walk
from gatedrnn_course.cells.jacobian import JacobianProgram
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.items import DrivenItem, EquationsItem, Item, SequenceItem
from gatedrnn_course.lab.example import named
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.text import _

__all__ = ["show_shapes"]

_SHAPE = re.compile(r"\(([^()]+)\)$")
SIZE, GAP, LEFT, HEAD = 20, 34, 30, 30
COLOURS = {"matrix": "#E69F00", "vector": "#56B4E9", "result": "#009E73"}  # Okabe-Ito; each grid also has its name


@dataclass(frozen=True)
class _Grid:
    """A box of rows and columns with its name: sizes in letters, and the number of each letter.

    An even one has no row that stands out.
    """

    name: str
    rows: str
    columns: str
    kind: str
    sizes: Mapping[str, int]
    even: bool = False

    @property
    def tall(self) -> int:
        return SIZE * self.sizes[self.rows]

    @property
    def wide(self) -> int:
        return SIZE * self.sizes[self.columns]

    @property
    def dims(self) -> str:
        return f"({self.rows}, {self.columns})" if self.rows else f"({self.columns},)"


def show_shapes(name: str) -> Picture:
    """A picture of the shapes in an exercise: one vector as on the slide, and a batch as in code.

    The boxes have the sizes of `example(name)`. Of a function that runs over a sequence it shows one step; of the
    backward of a step, what goes back to the vector, to the matrix and to the bias.

    Args:
        name: Name of the function.

    Returns:
        The picture; in a notebook it shows itself on the last line of a cell.

    Raises:
        CourseError: If no exercise asks for such a function, or it is no slice of a cell.
    """
    item = named(name)[1]
    if isinstance(item, DrivenItem):
        return _of_tensors(item)
    if isinstance(item, EquationsItem):
        item = item.step  # the function of the same equations
    found = getattr(item, "slice", None)
    if isinstance(found, BackwardProgram):
        return _of_backward(found, _sizes_back(found, item))
    if isinstance(found, JacobianProgram):
        return _of_jacobian(item)
    if not isinstance(found, Slice):
        raise CourseError(_("A picture of the shapes of {name}.").format(name=name), _("No equation stands behind it."))
    product = next((pair for line in found.lines if (pair := _product(line)) is not None), None)
    sizes, step = _sizes(found, item), isinstance(item, SequenceItem)
    return _of_values(found, sizes, step) if product is None else _of_product(found, sizes, step, *product)


def _sizes(part: Slice, item: Item) -> dict[str, int]:
    """The numbers behind the letters in the example's arguments; those of a sequence have a time axis before."""
    sizes = {"1": 1}
    for name, argument in zip((*part.inputs, "p"), item.example(), strict=False):
        if isinstance(argument, Mapping):
            for parameter in part.parameters:
                sizes.update(zip(part.shape(parameter), argument[parameter].shape, strict=True))
        else:
            sizes.update(zip(("B", *part.shape(name)), argument.shape[-2:], strict=True))
    return sizes


def _product(line: Line) -> tuple[str, str] | None:
    """The first matrix and vector multiplied in a line."""
    for _path, node in walk(line.expr):
        if isinstance(node, MatMul) and isinstance(node.matrix, Name) and isinstance(node.vector, Name):
            return node.matrix.id, node.vector.id
    return None


def _of_product(part: Slice, sizes: Mapping[str, int], step: bool, matrix: str, vector: str) -> Picture:
    """A product on the slide and in code, one above the other."""
    rows, columns = part.shape(matrix)
    slide = [_Grid(matrix, rows, columns, "matrix", sizes), _Grid(vector, columns, "1", "vector", sizes)]
    slide.append(_Grid(f"{matrix} {vector}", rows, "1", "result", sizes))
    code = [_Grid(vector, "B", columns, "vector", sizes), _Grid(f"p.{matrix}.T", columns, rows, "matrix", sizes)]
    code.append(_Grid(f"{vector} @ p.{matrix}.T", "B", rows, "result", sizes))
    below = _("The code: a batch, each row is one vector. The first row is the column above.")
    if step:
        below = _("The code, one step of it: a batch, each row is one vector. The first row is the column above.")
    lines = (
        (_("The slide: one vector, a column."), ("", "="), slide),
        (below, ("@", "="), code),
    )
    alt = _(
        "Two products of the same numbers. On the slide, {matrix} ({rows}, {columns}) times one column {vector} "
        "({columns}, 1) gives one column ({rows}, 1). In code, {vector} holds B vectors as rows, (B, {columns}); times "
        "p.{matrix}.T ({columns}, {rows}) it gives B results as rows, (B, {rows}). The first "
        "row is the column of the slide."
    )
    shown = alt.format(matrix=matrix, vector=vector, rows=rows, columns=columns)
    return _picture(lines, _one_step(shown) if step else shown)


def _sizes_back(program: BackwardProgram, item: Item) -> dict[str, int]:
    """The numbers behind the letters in the example's arguments."""
    saved, *_arriving, p = item.example()
    sizes = {"1": 1, "": 1}
    for name in program.kept:
        sizes.update(zip(("B", *program.shape(name)), saved[name].shape[-2:], strict=True))  # type: ignore[call-overload]
    for name in program.parameters:
        sizes.update(zip(program.shape(name), p[name].shape, strict=True))  # type: ignore[call-overload]
    return sizes


def _of_backward(program: BackwardProgram, sizes: Mapping[str, int]) -> Picture:
    """What goes back through the first sum of the forward: to its vector, its matrix and its bias."""
    matrix, vector = next(pair for line in program.forward.lines if (pair := _product(line)) is not None)
    index = matrix.partition("_")[2]
    rows, columns = program.forward.shape(matrix)
    d = _line_of(program, f"d_{matrix}")
    slide = [_Grid(f"{matrix}.T", columns, rows, "matrix", sizes), _Grid(d, rows, "1", "vector", sizes)]
    slide.append(_Grid(f"{matrix}.T {d}", columns, "1", "result", sizes))
    code = [_Grid(d, "B", rows, "vector", sizes), _Grid(f"p.{matrix}", rows, columns, "matrix", sizes)]
    code.append(_Grid(f"{d} @ p.{matrix}", "B", columns, "result", sizes))
    outer = [_Grid(f"{d}.T", rows, "B", "vector", sizes, True), _Grid(vector, "B", columns, "vector", sizes, True)]
    outer.append(_Grid(f"{d}.T @ {vector}", rows, columns, "result", sizes, True))
    bias = [_Grid(d, "B", rows, "vector", sizes, True), _Grid(f"{d}.sum(axis=0)", "", rows, "result", sizes, True)]
    lines = (
        (_("The slide: back to one vector {vector}.").format(vector=vector), ("", "="), slide),
        (_("The code: back to a batch of rows. No .T here."), ("@", "="), code),
        (_("Back to {matrix}: the product adds up the batch.").format(matrix=matrix), ("@", "="), outer),
        (_("Back to b_{index}: the rows of the batch added up.").format(index=index), ("→",), bias),
    )
    alt = _(
        "Four ways back. On the slide, {matrix} transposed ({columns}, {rows}) times one column {d} ({rows}, 1) gives "
        "one column ({columns}, 1). In code, {d} holds rows, (B, {rows}); times p.{matrix} ({rows}, {columns}) it "
        "gives (B, {columns}), the shape of {vector}. {d}.T ({rows}, B) times {vector} (B, {columns}) gives "
        "({rows}, {columns}), the shape of {matrix}, with the sum over the batch in it. The rows of {d} added up give "
        "({rows},), the shape of the bias."
    )
    return _picture(lines, alt.format(matrix=matrix, d=d, vector=vector, rows=rows, columns=columns))


def _of_jacobian(item: Item) -> Picture:
    """A matrix for each vector of the batch."""
    h = np.asarray(item.example()[0])
    sizes = {"B": h.shape[-2], "H": h.shape[-1]}
    grids = [_Grid(item.arguments[0], "B", "H", "vector", sizes, True)]
    grids += [_Grid(f"J[{b}]", "H", "H", "result", sizes, True) for b in range(sizes["B"])]
    words = _("Each of the B vectors has a matrix of its own: J is (B, H, H).")
    alt = _("{words} Row i of a matrix belongs to h_i, column j to h_prev_j.").format(words=words)
    return _picture(((words, ("→", *[""] * (sizes["B"] - 1)), grids),), alt)


def _of_tensors(item: DrivenItem) -> Picture:
    """What a function of tensors takes and hands back; of a sequence one step, without the time axis."""
    rows = list(chain.from_iterable(part.items() for part in item.sections.values()))
    letters = {name: found[1].split(", ") for name, words in rows if (found := _SHAPE.search(words))}
    inputs = item.named_arguments(item.draws(np.random.default_rng(0))[0])
    sizes: dict[str, int] = {"": 1}
    for name, argument in inputs.items():
        sizes.update(zip(letters.get(name, ()), np.shape(argument), strict=False))  # type: ignore[arg-type]
    blocks = {letter[1:]: size // 4 for letter, size in sizes.items() if letter.startswith("4")}
    sizes = {**blocks, **sizes}
    grids = []
    for name, shape in letters.items():
        rows_of, columns = ("", *shape[-2:])[-2:] if shape[0] != "T" else shape[-2:]
        kind = "result" if name not in inputs else "vector" if "B" in shape else "matrix"
        grids.append(_Grid(name, rows_of.strip(","), columns.strip(","), kind, sizes, True))
    taken = ", ".join(f"{name} {grid.dims}" for name, grid in zip(letters, grids, strict=True) if name in inputs)
    given = ", ".join(f"{name} {grid.dims}" for name, grid in zip(letters, grids, strict=True) if name not in inputs)
    alt = _("{name} takes {taken} and hands back {given}.").format(name=item.name, taken=taken, given=given)
    if any(shape[0] == "T" for shape in letters.values()):
        alt += " " + _("What has a time axis T is shown for one step.")
    signs = tuple("→" if name not in inputs else "" for name in list(letters)[1:])
    return _picture(((alt, signs, grids),), alt)


def _line_of(program: BackwardProgram, name: str) -> str:
    """The derivative inside the activation, which the gradient of a matrix is made of."""
    expr = program.line(name).expr
    assert isinstance(expr, Outer) and isinstance(expr.left, Name)
    return expr.left.id


def _of_values(part: Slice, sizes: Mapping[str, int], step: bool) -> Picture:
    """A line without a matrix: every array has the same shape."""
    line = part.lines[0]
    used = [name for name in dict.fromkeys(names(line.expr)) if not is_parameter(name)]
    grids = [_Grid(name, "B", part.shape(name)[0], "vector", sizes) for name in used]
    grids.append(_Grid(line.name, "B", part.shape(line.name)[0], "result", sizes))
    words = _("{line}: number by number, all shapes are the same.").format(line=f"{line.name} = {to_text(line.expr)}")
    words = _one_step(words) if step else words
    alt = _("{line} Each of {names} has shape (B, {size}), one row for each vector of the batch.")
    signs = ("",) * (len(used) - 1) + ("=",)
    shown = alt.format(line=words, names=", ".join((*used, line.name)), size=part.shape(line.name)[0])
    return _picture(((words, signs, grids),), shown)


def _one_step(words: str) -> str:
    """The same words, for a function that runs over a sequence."""
    return _("One step of it: {words}").format(words=words)


def _picture(rows: tuple[tuple[str, tuple[str, ...], list[_Grid]], ...], alt: str) -> Picture:
    body, y, width = [], 24.0, 0.0
    for words, signs, grids in rows:
        body.append(f'<text x="{LEFT}" y="{y:g}" font-weight="600">{escape(words)}</text>')
        tall = max(grid.tall for grid in grids)
        x = float(LEFT)
        for sign, grid in zip(("", *signs), grids, strict=True):
            if sign:
                middle = y + HEAD + tall / 2 + 5
                body.append(f'<text x="{x - GAP / 2:g}" y="{middle:g}" text-anchor="middle">{sign}</text>')
            wide = max(grid.wide, 7.5 * len(grid.name), 8.0 * len(grid.dims))
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
    left, above = x - grid.wide / 2, y - grid.tall / 2
    cells = "".join(
        f'<rect x="{left + SIZE * k:g}" y="{above + SIZE * j:g}" width="{SIZE}" height="{SIZE - 3}" '
        f'fill-opacity="{_strength(grid, j)}"/>'
        for j in range(grid.sizes[grid.rows])
        for k in range(grid.sizes[grid.columns])
    )
    return (
        f'<g fill="{COLOURS[grid.kind]}" stroke="#222">{cells}</g>'
        f'<text x="{x:g}" y="{top:g}" text-anchor="middle" font-family="monospace">{escape(grid.name)}</text>'
        f'<text x="{x:g}" y="{bottom:g}" text-anchor="middle">{grid.dims}</text>'
    )


def _strength(grid: _Grid, row: int) -> str:
    """The one vector of the slide is strong, and so is its row in the batch."""
    if grid.kind == "matrix" or grid.even:
        return ".55"
    return "1" if grid.columns == "1" or row == 0 else ".3"
