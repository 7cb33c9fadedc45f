"""Writes an item's docstring from the slice of the cell it is."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from gatedrnn_course.cells.backward_program import BackwardProgram
from gatedrnn_course.cells.expr import names
from gatedrnn_course.cells.jacobian import JacobianProgram
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.cells.program import Program
from gatedrnn_course.cells.slices import Slice
from gatedrnn_course.text import _

__all__ = [
    "backward_docstring",
    "backward_sequence_docstring",
    "jacobian_docstring",
    "sequence_docstring",
    "slice_docstring",
]

WIDTH = 84
"""Columns of a long row; a function's body stands four to the right."""
LONGEST = 120
"""Columns up to which the parameters of a slice stay in one row."""


def slice_docstring(title: str, slice_: Slice) -> str:
    """Title, arguments with shapes, and what to return.

    Args:
        title: What the function computes, in words.
        slice_: The slice.

    Returns:
        The text between the quotes.
    """
    arguments = [_row(name, slice_.words(name), "...", slice_.shape(name)[0]) for name in slice_.inputs]
    return _docstring(title, slice_, arguments, slice_.outputs, "...")


def sequence_docstring(title: str, slice_: Slice, arguments: Sequence[str], outputs: Sequence[str]) -> str:
    """The same for a whole sequence.

    Args:
        title: What the function computes, in words.
        slice_: One step of the cell.
        arguments: Names of the arguments: inputs, initial states, p.
        outputs: Names of what is handed back.

    Returns:
        The text between the quotes.
    """
    rows = [_row(arguments[0], _("inputs, time first"), "T, B", "D")]
    for name in arguments[1:-1]:
        words = _("{state} before the first step").format(state=slice_.words(name.removesuffix("_0")))
        rows.append(_row(name, words, "B", "H"))
    return _docstring(title, slice_, rows, outputs, "T, B")


def backward_docstring(title: str, program: BackwardProgram, arguments: Sequence[str]) -> str:
    """The same for the backward of one step.

    Args:
        title: What the function computes, in words.
        program: The backward equations.
        arguments: Names of the arguments: saved, a derivative for each state, p.

    Returns:
        The text between the quotes.
    """
    kept = _grouped(program, program.kept, "saved.", ("B",))
    rows = [f"    saved: {_('what the forward kept')}: {kept}"]
    for name, arriving in zip(arguments[1:-1], program.arriving, strict=True):
        words = _("{words} ({name} of the equations)").format(words=program.words(arriving), name=arriving)
        rows.append(_row(name, words, "B", program.shape(arriving)[0]))
    rows.append(f"    p: {_grouped(program, program.parameters, 'p.')}")
    rows = [*rows, "", _("Returns:"), f"    {_mapping(program, ('B',))}"]
    return "\n".join([title, "", _("Args:"), *map(_folded, rows)])


def backward_sequence_docstring(title: str, program: BackwardProgram, outputs: Sequence[str]) -> str:
    """The same for the backward of a whole sequence.

    Args:
        title: What the function computes, in words.
        program: The backward equations of one step.
        outputs: Names of what is handed back.

    Returns:
        The text between the quotes.
    """
    kept = _grouped(program, program.kept, "saved.", ("T", "B"))
    words = _("derivative of the loss with respect to every h")
    shapes = {"d_xs": ("T", "B", "D")} | {name: ("B", "H") for name in outputs if name.endswith("_0")}
    by_shape: dict[tuple[str, ...], list[str]] = {}
    for name in outputs:
        shape = shapes.get(name) or program.shape(name)
        by_shape.setdefault(shape, []).append(name)
    rows = [
        f"    saved: {_('what the forward kept of every step, time first')}: {kept}",
        _row("d_hs", words, "T, B", "H"),
        f"    p: {_grouped(program, program.parameters, 'p.')}",
    ]
    groups = "; ".join(f"{', '.join(names)} {_shown(shape)}" for shape, names in by_shape.items())
    returns = _("a mapping by name: {groups}").format(groups=groups)
    rows = [*rows, "", _("Returns:"), f"    {returns}"]
    return "\n".join([title, "", _("Args:"), *map(_folded, rows)])


def _folded(row: str) -> str:
    """A row on several lines where it is long, one for each shape; a shape stays whole."""
    if len(row) <= WIDTH:
        return row
    held = re.sub(r"\([A-Z, ]+\)", lambda shape: shape[0].replace(" ", "\xa0"), row)
    deep, first, lines = " " * 8, "    ", list[str]()
    for part in held.strip().split("; "):
        lines += textwrap.wrap(part, WIDTH, initial_indent=first, subsequent_indent=deep, break_on_hyphens=False)
        first = deep
    return "\n".join(lines).replace("\xa0", " ")


def jacobian_docstring(title: str, program: JacobianProgram) -> str:
    """The same for the Jacobian of one step.

    Args:
        title: What the function computes, in words.
        program: Its line.

    Returns:
        The text between the quotes.
    """
    rows = [_row(name, program.words(name), "...", program.shape(name)[0]) for name in program.inputs[:-1]]
    rows.append(f"    p: {_parameters(program)}")
    entry = _("J (..., H, H): entry [..., i, j] is the derivative of h_i with respect to h_prev_j")
    return "\n".join([title, "", _("Args:"), *rows, "", _("Returns:"), f"    {entry}"])


def _mapping(program: BackwardProgram, lead: tuple[str, ...]) -> str:
    """What comes back by name: `d_x (B, D); d_h_prev (B, H); d_W_f (H, D)`."""
    shared = [name for name in program.outputs if is_parameter(name.removeprefix("d_"))]
    own = [name for name in program.outputs if name not in shared]
    groups = "; ".join((_grouped(program, own, "", lead), _grouped(program, shared, "")))
    return _("a mapping by name: {groups}").format(groups=groups)


def _row(name: str, words: str, lead: str, size: str) -> str:
    return f"    {name}: {words}, ({lead}, {size})"


def _docstring(title: str, slice_: Slice, arguments: Iterable[str], outputs: Sequence[str], lead: str) -> str:
    rows = [title, "", _("Args:"), *arguments]
    if slice_.parameters:
        row = f"    p: {_parameters(slice_)}"
        rows.append(row if len(row) <= LONGEST else _folded(row))
    shown = ", ".join(outputs)
    if len(outputs) > 1:
        shown = _("the tuple ({names}), each").format(names=shown)
    size = slice_.shape(slice_.outputs[0])[0]
    return "\n".join([*rows, "", _("Returns:"), f"    {shown} ({lead}, {size})"])


def _parameters(slice_: Program) -> str:
    """The parameters the slice uses, grouped by shape: `p.W_f (H, D); p.U_f (H, H); p.b_f (H,)`."""
    used = {name for line in slice_.lines for name in names(line.expr)}
    return _grouped(slice_, [name for name in slice_.parameters if name in used], "p.")


def _grouped(program: Program, shown: Iterable[str], prefix: str, lead: tuple[str, ...] = ()) -> str:
    """Names by their shapes: `saved.x (B, D); saved.h_prev, saved.c_prev (B, H)`."""
    by_shape: dict[tuple[str, ...], list[str]] = {}
    for name in shown:
        by_shape.setdefault((*lead, *program.shape(name)), []).append(f"{prefix}{name}")
    return "; ".join(f"{', '.join(group)} {_shown(shape)}" for shape, group in by_shape.items())


def _shown(shape: tuple[str, ...]) -> str:
    return f"({', '.join(shape)}{',' * (len(shape) == 1)})"
