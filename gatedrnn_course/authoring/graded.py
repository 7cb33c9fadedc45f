"""What nbgrader needs to know of a cell, and its own steps from the solved notebook to the one students get."""

from __future__ import annotations

from typing import Any, Literal

from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from traitlets.config import Config

from gatedrnn_course.authoring.answers import BEGIN, END, STUB
from gatedrnn_course.grading.items import Item

__all__ = ["as_exercise", "as_solution", "nbgrader_metadata"]

SCHEMA = 3
"""Version of nbgrader's cell metadata."""

_CONFIG = Config(
    ClearSolutions=Config(
        code_stub={"python": STUB},
        begin_solution_delimeter=BEGIN,  # nbgrader's spelling
        end_solution_delimeter=END,
    )
)


def nbgrader_metadata(item: Item, kind: Literal["answer", "check"]) -> dict[str, Any]:
    """The metadata of an answer or check cell.

    Args:
        item: The item.
        kind: Which of its two cells.

    Returns:
        A solution cell known by the function's name, or a locked cell that carries the item's points.
    """
    common = {"schema_version": SCHEMA, "task": False}
    if kind == "answer":
        return {**common, "grade": False, "grade_id": item.name, "locked": False, "solution": True}
    grade_id = f"check_{item.name}"
    return {**common, "grade": True, "grade_id": grade_id, "locked": True, "points": item.points, "solution": False}


def as_solution(notebook: NotebookNode) -> NotebookNode:
    """Check cells locked, checksums written; the answers stay."""
    return _through(notebook, LockCells, CheckCellMetadata, ComputeChecksums)


def as_exercise(notebook: NotebookNode) -> NotebookNode:
    """The same with every answer replaced by a stub, and nothing shown."""
    steps = (LockCells, ClearSolutions, ClearOutput, ClearHiddenTests, CheckCellMetadata, ComputeChecksums)
    return _through(notebook, *steps)


def _through(notebook: NotebookNode, *steps: Any) -> NotebookNode:
    resources: dict[str, Any] = {}
    for step in steps:
        notebook, resources = step(config=_CONFIG).preprocess(notebook, resources)
    return notebook
