"""Answer and check cells: read from the source, held against the unit's items, given their docstring."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from gatedrnn_course.authoring.source import SourceCell
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.text import _

__all__ = ["BEGIN", "END", "STUB", "answer_text", "graded_name", "refuse_shared_names", "refuse_unless_complete"]

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
"""The lines around what students write."""
STUB = "...  # your code here"
"""What stands in its place."""


def graded_name(cell: SourceCell) -> str:
    """The function an answer or check cell is about; empty for any other cell.

    Raises:
        CourseError: If the cell does not have the form its tag asks for, or has the form without the tag.
    """
    if "answer" in cell.tags and "check" in cell.tags:
        raise cell.fault(_("The cell is both answer and check."))
    if "answer" in cell.tags:
        return _definition(cell).name
    if BEGIN in cell.text or END in cell.text:
        raise cell.fault(_("A solution stands in a cell that is no answer."), do=_('Tag it `tags=["answer"]`.'))
    if "check" in cell.tags:
        return _checked(cell)
    return ""


def _parse(cell: SourceCell) -> list[ast.stmt]:
    try:
        return ast.parse(cell.text).body
    except SyntaxError as error:
        words = _("Line {line} is no Python: {reason}.").format(line=error.lineno, reason=error.msg)
        raise cell.fault(words) from error


def _definition(cell: SourceCell) -> ast.FunctionDef | ast.ClassDef:
    body = _parse(cell)
    if len(body) != 1 or not isinstance(body[0], (ast.FunctionDef, ast.ClassDef)) or body[0].decorator_list:
        raise cell.fault(_("An answer cell holds one `def`, or one `class`, and nothing else."))
    lines = [line.strip() for line in cell.text.rstrip().split("\n")]
    head = "".join(lines[: lines.index(BEGIN)]) if BEGIN in lines else ""
    if not head.endswith(":") or lines[-1] != END or lines.count(BEGIN) + lines.count(END) != 2:
        raise cell.fault(
            _("The body of an answer stands between two marks, and nothing else stands outside them."),
            _("`{begin}` right below the first line, `{end}` as the last line.").format(begin=BEGIN, end=END),
            _("Leave the docstring out: it comes from the item."),
        )
    return body[0]


def _checked(cell: SourceCell) -> str:
    match _parse(cell):
        case [ast.Expr(ast.Call(ast.Name("check"), [ast.Name(name)], []))] if "#" not in cell.text:
            return name
    raise cell.fault(_("A check cell holds one call and nothing else."), _("For example `check(forget_gate)`."))


def answer_text(cell: SourceCell, item: Item) -> str:
    """The text of an answer cell with its docstring, solution included.

    Args:
        cell: The cell.
        item: The item of the function's name.

    Returns:
        The function, or class.

    Raises:
        CourseError: If the function takes other arguments than the item, or the class has another base.
    """
    definition = _definition(cell)
    if isinstance(definition, ast.ClassDef):
        came, wanted = ", ".join(map(ast.unparse, definition.bases)), item.base or None
    else:
        came, wanted = ast.unparse(definition.args), None if item.base else ", ".join(item.arguments)
    if came != wanted:
        words = _("It takes ({came}).").format(came=came)
        raise cell.fault(words, _("The item is `{signature}`.").format(signature=item.signature()))
    lines = cell.text.rstrip().split("\n")
    below = next(k for k, line in enumerate(lines) if line.strip() == BEGIN)
    return "\n".join((*lines[:below], *_docstring(item), *lines[below:]))


def _docstring(item: Item) -> list[str]:
    """The item's docstring as indented lines, in quotes."""
    text = item.docstring()
    opening = 'r"""' if "\\" in text else '"""'
    first, *further = text.split("\n")
    if not further:
        return [f'    {opening}{first}"""']
    return [f"    {opening}{first}", *(f"    {line}" if line else "" for line in further), '    """']


def refuse_unless_complete(cells: Iterable[SourceCell], unit: Unit, shown: str) -> None:
    """See that every item has one answer cell and, below it, one check cell.

    Args:
        cells: The cells of an assignment.
        unit: Its unit.
        shown: The file, as messages name it.

    Raises:
        CourseError: If an item has none or two of either, or a check asks for a function the unit does not grade.
    """
    seen: dict[tuple[str, str], int] = {}
    items = {item.name for item in unit.items}
    for cell in cells:
        name = graded_name(cell)
        if not name:
            continue
        kind = "answer" if "answer" in cell.tags else "check"
        if name not in items:
            words = _("Unit {number} grades no `{name}`.").format(number=unit.number, name=name)
            raise cell.fault(words, _("It grades: {names}.").format(names=", ".join(item.name for item in unit.items)))
        if (kind, name) in seen:
            words = _("`{name}` has its {kind} cell already: cell {number}.")
            raise cell.fault(words.format(name=name, kind=kind, number=seen[kind, name]))
        if kind == "check" and ("answer", name) not in seen:
            raise cell.fault(_("The check stands above the answer it checks, or there is no answer."))
        seen[kind, name] = cell.number
    for item in unit.items:
        for kind in ("answer", "check"):
            if (kind, item.name) not in seen:
                words = _("`{name}` has no {kind} cell.").format(name=item.name, kind=kind)
                raise CourseError(shown, words, do=_('Add one, tagged `tags=["{kind}"]`.').format(kind=kind))


def refuse_shared_names(units: Iterable[Unit]) -> None:
    """See that every graded function has a name of its own in the whole course.

    Args:
        units: All units, by number.

    Raises:
        CourseError: If two items have the same name; a check could not tell them apart.
    """
    owner: dict[str, str] = {}
    for unit in units:
        for item in unit.items:
            if item.name in owner:
                words = _("`{name}` is already a function of unit {number}.")
                raise CourseError(
                    _("The functions of unit {number}.").format(number=unit.number),
                    words.format(name=item.name, number=owner[item.name]),
                    do=_("Give it another name: `check` finds an exercise by the name alone."),
                )
            owner[item.name] = unit.number
