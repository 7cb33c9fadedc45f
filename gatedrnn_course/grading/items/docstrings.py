"""Writes an item's docstring from the slice of the cell it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gatedrnn_course.cells.expr import names
from gatedrnn_course.cells.slices import Slice
from gatedrnn_course.text import _

__all__ = ["sequence_docstring", "slice_docstring"]


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


def _row(name: str, words: str, lead: str, size: str) -> str:
    return f"    {name}: {words}, ({lead}, {size})"


def _docstring(title: str, slice_: Slice, arguments: Iterable[str], outputs: Sequence[str], lead: str) -> str:
    rows = [title, "", _("Args:"), *arguments]
    if slice_.parameters:
        rows += [f"    p: {text}" for text in (_parameters(slice_),)]
    shown = ", ".join(outputs)
    if len(outputs) > 1:
        shown = _("the tuple ({names}), each").format(names=shown)
    size = slice_.shape(slice_.outputs[0])[0]
    return "\n".join([*rows, "", _("Returns:"), f"    {shown} ({lead}, {size})"])


def _parameters(slice_: Slice) -> str:
    """The parameters the slice uses, grouped by shape: `p.W_f (H, D); p.U_f (H, H); p.b_f (H,)`."""
    used = {name for line in slice_.lines for name in names(line.expr)}
    by_shape: dict[tuple[str, ...], list[str]] = {}
    for name in slice_.parameters:
        if name in used:
            by_shape.setdefault(slice_.shape(name), []).append(f"p.{name}")
    shapes = {shape: f"({', '.join(shape)}{',' * (len(shape) == 1)})" for shape in by_shape}
    return "; ".join(f"{', '.join(group)} {shapes[shape]}" for shape, group in by_shape.items())
