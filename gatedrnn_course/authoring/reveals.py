"""Cells with the answer to a prediction: JupyterLab shows the first line of a hidden input, so it must tell nothing."""

from __future__ import annotations

import ast

from gatedrnn_course.authoring.source import SourceCell
from gatedrnn_course.text import _

__all__ = ["folded_reveal", "is_reveal"]


def is_reveal(cell: SourceCell) -> bool:
    """Whether a cell begins with `reveal(`."""
    return cell.kind == "code" and cell.text.startswith("reveal(")


def folded_reveal(cell: SourceCell) -> str:
    """The same call with nothing but `reveal(` on its first line, and one argument on each further one.

    Args:
        cell: A cell that begins with `reveal(`.

    Returns:
        The text for the notebook; the source stays as its author wrote it.

    Raises:
        CourseError: If the cell holds more than this one call.
    """
    try:
        body = ast.parse(cell.text).body
    except SyntaxError as error:
        words = _("Line {line} is no Python: {reason}.").format(line=error.lineno, reason=error.msg)
        raise cell.fault(words) from error
    match body:
        case [ast.Expr(ast.Call(ast.Name("reveal")) as call)]:
            # A keyword's own segment names it; both kinds come in the order they were written.
            parts = [ast.get_source_segment(cell.text, part) for part in (*call.args, *call.keywords)]
            return "\n".join(("reveal(", *(f"    {part}," for part in parts), ")"))
    raise cell.fault(_("A cell that begins with `reveal(` holds this one call and nothing else."))
