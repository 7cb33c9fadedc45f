"""A recurrent cell: named equations, and everything that can be read off them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from gatedrnn_course.cells.constants import check_numbers
from gatedrnn_course.cells.expr import names, to_text
from gatedrnn_course.cells.language import Line, fail, is_parameter, is_state, parse_lines
from gatedrnn_course.cells.shapes import infer
from gatedrnn_course.errors import CellError
from gatedrnn_course.lookup import missing
from gatedrnn_course.text import _

__all__ = ["Cell", "parse", "parse_unsized", "variant"]


@dataclass(frozen=True, repr=False)
class Cell:
    """A cell as its equations. Make one with `parse`. A notebook shows it typeset, with its picture.

    Attributes:
        name: Name of the cell, such as `"LSTM"`.
        lines: The equations, in the order they are computed.
        source: Paper and equations it comes from.
    """

    name: str
    lines: tuple[Line, ...]
    source: str = ""

    @cached_property
    def shapes(self) -> Mapping[str, tuple[str, ...]]:
        """The shape of every name in letters: `("H",)`, `("H", "D")`."""
        return infer(self.lines)

    def shape(self, name: str) -> tuple[str, ...]:
        """The shape of one name, `("H", "D")` for `W_f`."""
        return self.shapes[name]

    @cached_property
    def used(self) -> tuple[str, ...]:
        """Every name used on a right-hand side, once, in the order of the text."""
        return tuple(dict.fromkeys(name for line in self.lines for name in names(line.expr)))

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """`("x",)`, or nothing for layers over depth."""
        return ("x",) if "x" in self.used else ()

    @cached_property
    def states(self) -> tuple[str, ...]:
        """What is handed to the next step: h, then c, then further states."""
        defined = [line.name for line in self.lines]
        carried = [name for name in defined if f"{name}_prev" in self.used]
        public = [name for name in ("h", "c") if name in carried or name == "h"]
        return (*public, *(name for name in carried if name not in public))

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the weights, peepholes and biases, in the order of the text."""
        return tuple(name for name in self.used if is_parameter(name))

    def line(self, name: str) -> Line:
        """The equation that defines a name.

        Raises:
            CourseError: If no line does; the message gives names that are near.
        """
        found = next((line for line in self.lines if line.name == name), None)
        if found is None:
            asked = _("A line of the cell {cell}.").format(cell=self.name)
            raise missing(asked, name, (line.name for line in self.lines))
        return found

    @property
    def text(self) -> str:
        """The equations as a text that `parse` reads back."""
        rows = [f"{line.name} = {to_text(line.expr)}" for line in self.lines]
        width = max(map(len, rows))
        return "\n".join(f"{row:<{width}}  # {line.words}" for row, line in zip(rows, self.lines, strict=True))

    def parameter_count(self, D: int, H: int) -> int:
        """How many numbers the cell learns.

        Args:
            D: Size of the input.
            H: Size of the hidden state.

        Returns:
            The number of weights, peepholes and biases together.
        """
        sizes = {"D": D, "H": H}
        total = 0
        for name in self.parameters:
            count = 1
            for letter in self.shape(name):
                count *= sizes[letter]
            total += count
        return total

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from gatedrnn_course.cells.notebook import html

        return html(self)

    def _repr_markdown_(self) -> str:
        from gatedrnn_course.cells.notebook import markdown

        return markdown(self)


def parse(text: str, name: str = "cell", source: str = "") -> Cell:
    """Read a cell from its equations.

    Args:
        text: One equation a line; the comment of a line is its name in words.
        name: Name of the cell.
        source: Paper and equations it comes from.

    Returns:
        The cell, with every shape known.

    Raises:
        CellError: If the text is not a cell: an equation outside the language, a name used before it is defined or
            defined twice, no line for `h`, or sizes that contradict each other. The message quotes the line.
    """
    return build(parse_lines(text), name, source)


def build(lines: Iterable[Line], name: str, source: str) -> Cell:
    """A cell from lines already read; the checks of `parse`."""
    cell = Cell(name, tuple(lines), source)
    _check_order(cell)
    check_numbers(cell.lines)
    cell.shapes  # noqa: B018  computing them is the check
    return cell


def parse_unsized(text: str, name: str = "cell") -> Cell:
    """Read a cell as `parse` does, without asking whether its sizes agree: for equations that may hold a mistake.

    Raises:
        CellError: As `parse`, except for sizes that contradict each other.
    """
    cell = Cell(name, parse_lines(text))
    _check_order(cell)
    return cell


def _check_order(cell: Cell) -> None:
    """Every name is defined once, before its use."""
    defined: set[str] = set()
    everywhere = {line.name for line in cell.lines}
    for line in cell.lines:
        shown = f"{line.name} = {to_text(line.expr)}"
        for used in names(line.expr):
            if is_state(used):
                if used.removesuffix("_prev") not in everywhere:
                    raise fail(shown, _("No line defines {name}.").format(name=used.removesuffix("_prev")))
            elif used != "x" and not is_parameter(used) and used not in defined:
                came = _("`{name}` is used before a line defines it.").format(name=used)
                raise fail(shown, came, _("Write {name}_prev for its value at the step before.").format(name=used))
        if line.name in defined:
            raise fail(shown, _("`{name}` is defined twice.").format(name=line.name))
        defined.add(line.name)
    if "h" not in defined:
        raise CellError(_("A cell needs a line for h, its hidden state."), _("This text has none."))


def variant(base: Cell, name: str, changes: Mapping[str, str | None], source: str = "") -> Cell:
    """A cell as a named list of edits of another.

    Args:
        base: The cell to start from.
        name: Name of the variant.
        changes: For each line to change its new text, or None to leave the line out.
        source: Paper and equations; the base's where empty.

    Returns:
        The variant.

    Raises:
        CellError: If a change names no line of the base, or the result is not a cell.
    """
    unknown = set(changes) - {line.name for line in base.lines}
    if unknown:
        raise CellError(
            _("The variant {name} changes lines of {base}.").format(name=name, base=base.name),
            _("{base} has no line {lines}.").format(base=base.name, lines=", ".join(sorted(unknown))),
        )
    lines: list[Line] = []
    for line in base.lines:
        text = changes.get(line.name, "")
        if text:
            new = parse_lines(text)[0]
            lines.append(new if "#" in text else Line(new.name, new.expr, line.words))
        elif text is not None:
            lines.append(line)
    return build(lines, name, source or base.source)
