"""Finds the size of every name of a cell from its use, and says which line contradicts itself.

`x` has D numbers, `h` has H. A matrix `W_f` in `W_f @ x` has as many columns as `x` and as many rows as what the
product is added to. Sizes are found by unification; a size that nothing fixes is H.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gatedrnn_course.cells.expr import Call, Expr, MatMul, Name, Neg, Num, Op, Outer, OverAxes, Transpose, to_text
from gatedrnn_course.cells.language import Line, fail, is_parameter
from gatedrnn_course.errors import CellError
from gatedrnn_course.text import _

__all__ = ["infer", "shape_of"]

Shape = tuple[str, ...]


class _Clash(Exception):
    """Two sizes that cannot be one; holds the line that brought in x's size."""


@dataclass
class _Sizes:
    """Classes of sizes that must be equal, each named by a representative; D and H are never one class."""

    parent: dict[str, str] = field(default_factory=dict)
    entered: dict[str, tuple[str, Line]] = field(default_factory=dict)

    def find(self, size: str) -> str:
        while (up := self.parent.setdefault(size, size)) != size:
            size = up
        return size

    def unify(self, a: str | None, b: str | None, line: Line) -> str | None:
        """Make two sizes one; None is a number, which fits any size."""
        if a is None or b is None:
            return a if b is None else b
        if self.find(a) in ("D", "H"):
            a, b = b, a
        up, top = self.find(a), self.find(b)
        if {up, top} == {"D", "H"}:
            raise _Clash(self.origin(a if up == "D" else b))
        if up != top:
            self.parent[up] = top
            self.entered[up] = b, line
        return b

    def origin(self, size: str) -> Line | None:
        """The line in which a size became D."""
        found = None
        while size != "D":
            while self.parent[size] != "D":
                size = self.parent[size]
            size, found = self.entered[size]
        return found


def infer(lines: Iterable[Line]) -> dict[str, Shape]:
    """The shape of every name, in letters.

    Args:
        lines: The equations of a cell.

    Returns:
        For each name its shape: `("H",)` for a vector, `("H", "D")` for a matrix.

    Raises:
        CellError: If a line needs D = H; the message quotes it and suggests a projection.
    """
    sizes = _Sizes()
    matrices: dict[str, tuple[str, str]] = {}
    vectors: dict[str, str] = {}
    lines = tuple(lines)

    def size_of(expr: Expr, line: Line) -> str | None:
        """The size of a vector, or None for a number."""
        match expr:
            case Num():
                return None
            case Name(name):
                if name.startswith(("W_", "U_")) and is_parameter(name):
                    raise fail(
                        _show(line),
                        _("The matrix {name} stands alone.").format(name=name),
                        _("Multiply it with a vector: {name} @ x.").format(name=name),
                    )
                return vectors.setdefault(name, _vector_size(name))
            case Neg(arg) | Call(_, arg):
                return size_of(arg, line)
            case MatMul(Name(matrix), vector):
                rows, columns = matrices.setdefault(matrix, (f"rows {matrix}", f"columns {matrix}"))
                if (size := size_of(vector, line)) is None:
                    raise fail(_show(line), _("`{part}` multiplies a matrix with a number.").format(part=to_text(expr)))
                join(size, columns, expr, line)
                return rows
            case Op(_, left, right):
                return join(size_of(left, line), size_of(right, line), expr, line)
        raise TypeError(f"no shape for {expr!r}")

    def join(a: str | None, b: str | None, expr: Expr, line: Line) -> str | None:
        try:
            return sizes.unify(a, b, line)
        except _Clash as clash:
            raise _needs_projection(expr, line, clash.args[0]) from None

    for line in lines:
        size = size_of(line.expr, line)
        if size is None:
            raise fail(_show(line), _("The line holds numbers only."), _("Use x, a state or a parameter in it."))
        join(vectors.setdefault(line.name, _vector_size(line.name)), size, line.expr, line)

    def letter(size: str) -> str:
        return "D" if sizes.find(size) == "D" else "H"

    shapes: dict[str, Shape] = {name: (letter(size),) for name, size in vectors.items()}
    shapes.update({name: (letter(rows), letter(columns)) for name, (rows, columns) in matrices.items()})
    return shapes


def shape_of(line: Line, shapes: Mapping[str, Shape]) -> Shape:
    """The shape a line gives, where those of all names it uses are known; products may be transposed or outer.

    Args:
        line: The line.
        shapes: The shape of each name it uses.

    Returns:
        The shape in letters; leading axes do not count.

    Raises:
        CellError: If sizes contradict each other; the message quotes the line.
    """

    def of(expr: Expr) -> Shape:
        match expr:
            case Num():
                return ()
            case Name(name):
                return shapes[name]
            case Transpose(matrix):
                return shapes[matrix.id][::-1]
            case Neg(arg) | Call(_, arg) | OverAxes(_, arg):
                return of(arg)
            case Outer(left, right):
                return of(left) + of(right)
            case MatMul(matrix, vector):
                rows, columns = of(matrix)
                if of(vector) == (columns,):
                    return (rows,)
            case Op(_, left, right):
                one, other = of(left), of(right)
                if one == other or () in (one, other):
                    return one or other
        raise fail(_show(line), _("The sizes in `{part}` contradict each other.").format(part=to_text(expr)))

    return of(line.expr)


def _vector_size(name: str) -> str:
    """The class a vector's size starts in: x has D; h, c and what is carried with them start as themselves."""
    base = name.removesuffix("_prev")
    return {"x": "D", "h": "H"}.get(base, f"size {base}")


def _show(line: Line) -> str:
    return f"{line.name} = {to_text(line.expr)}"


def _needs_projection(expr: Expr, line: Line, origin: Line | None) -> CellError:
    came = _("`{part}` puts together a vector of x's size D and one of h's size H.").format(part=to_text(expr))
    if origin is not None and origin != line:
        came += " " + _("The size D comes from the line `{line}`.").format(line=_show(origin))
    do = _("Bring the one to the size of the other with a matrix, for example tanh(W_x @ x) for tanh(x).")
    return fail(_show(line), came, do)
