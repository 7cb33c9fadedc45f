"""One notebook from one source, without what it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from nbformat import NotebookNode

from gatedrnn_course.authoring.answers import answer_text, graded_name, refuse_unless_complete
from gatedrnn_course.authoring.first_cell import MARK, first_cell, refuse_other_start
from gatedrnn_course.authoring.graded import as_exercise, as_solution, nbgrader_metadata
from gatedrnn_course.authoring.identity import cell_ids
from gatedrnn_course.authoring.notebook import new_cell, new_notebook
from gatedrnn_course.authoring.places import LANGUAGE, Kind, SourceFile
from gatedrnn_course.authoring.reveals import is_reveal, refuse_open_questions, sealed
from gatedrnn_course.authoring.rules import refuse_unreadable
from gatedrnn_course.authoring.source import SourceCell, read_source
from gatedrnn_course.authoring.templates import render
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.text import _, language, set_language

__all__ = ["assemble"]


def assemble(source: SourceFile) -> dict[Kind, NotebookNode]:
    """Every notebook of one source.

    Args:
        source: A lesson or an assignment.

    Returns:
        For each kind of notebook the notebook, with no outputs.

    Raises:
        CourseError: If the source breaks a rule; the message quotes file and cell.
    """
    with _speaking(LANGUAGE):
        cells = read_source(source.path, source.shown)
        refuse_other_start(cells)
        for cell in cells:
            refuse_unreadable(cell)
        if source.kinds == ("lesson",):
            _refuse_graded(cells)
            refuse_open_questions(cells)
        else:
            refuse_unless_complete(cells, source.unit, source.shown)
        ids = cell_ids(cells, source.unit.stem, source.path.parent.name)
        return {kind: _notebook(cells, ids, source.unit, kind) for kind in source.kinds}


def _refuse_graded(cells: Sequence[SourceCell]) -> None:
    for cell in cells:
        if {"answer", "check", "solution"} & set(cell.tags) or graded_name(cell):
            raise cell.fault(_("A lesson has no graded cells and no solutions."), do=_("Move it to the assignment."))


def _notebook(cells: Sequence[SourceCell], ids: Sequence[str], unit: Unit, kind: Kind) -> NotebookNode:
    built = [
        _cell(cell, cell_id, unit)
        for cell, cell_id in zip(cells, ids, strict=True)
        if kind != "exercise" or "solution" not in cell.tags
    ]
    notebook = new_notebook(built)
    if kind == "lesson":
        return notebook
    return as_exercise(notebook) if kind == "exercise" else as_solution(notebook)


def _cell(cell: SourceCell, cell_id: str, unit: Unit) -> NotebookNode:
    metadata: dict[str, object] = {"tags": list(cell.tags)} if cell.tags else {}
    if cell.kind == "markdown":
        return new_cell("markdown", render(cell, unit), cell_id, metadata)
    text, name = cell.text.replace(MARK, first_cell()), graded_name(cell)
    if "hide-input" in cell.tags:
        metadata["jupyter"] = {"source_hidden": True}
    if is_reveal(cell):
        text = sealed(cell)
    if name:
        item, is_answer = unit.item(name), "answer" in cell.tags
        metadata["nbgrader"] = nbgrader_metadata(item, "answer" if is_answer else "check")
        text = answer_text(cell, item) if is_answer else text
    return new_cell("code", text, cell_id, metadata)


@contextmanager
def _speaking(code: str) -> Iterator[None]:
    """Docstrings and titles in the language of the sources, whatever the author's own is."""
    before = language()
    set_language(code)
    try:
        yield
    finally:
        set_language(before)
