"""An nbgrader course of the assignments: the same cells, points and marks, in nbgrader's folders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gatedrnn_course.authoring.answers import BEGIN, END, STUB
from gatedrnn_course.authoring.places import Kind, product_path
from gatedrnn_course.authoring.platforms.filled import filled
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.text import _

__all__ = ["nbgrader_course"]


def nbgrader_course(units: Sequence[Unit], root: Path) -> dict[str, bytes]:
    """The files of a course by name; `nbgrader generate_assignment` makes `release` from `source` again.

    Args:
        units: The units.
        root: The project's folder, with the notebooks.

    Raises:
        CourseError: If a notebook is not built yet.
    """
    values = {"STUB": repr(STUB), "BEGIN": repr(BEGIN), "END": repr(END)}
    held = {"nbgrader_config.py": filled("nbgrader_config.txt", values)}
    for unit in units:
        exercise, solution = _notebook(unit, root, "exercise"), _notebook(unit, root, "solution")
        held[f"release/{unit.stem}/{unit.stem}.ipynb"] = exercise
        held[f"source/{unit.stem}/{unit.stem}.ipynb"] = _shared(solution, exercise)
    return held


def _notebook(unit: Unit, root: Path, kind: Kind) -> bytes:
    path = product_path(root, kind, unit.stem)
    if not path.is_file():
        raise CourseError(
            _("The nbgrader course with unit {number}.").format(number=unit.number),
            _("There is no {file}.").format(file=path.relative_to(root).as_posix()),
            do=_("Build it first: python3 course.py notebooks {number}").format(number=unit.number),
        )
    return path.read_bytes()


def _shared(solution: bytes, exercise: bytes) -> bytes:
    """A solution without its explanations, which are cells of their own: nbgrader clears code, not cells."""
    notebook: dict[str, Any] = json.loads(solution)
    asked = {cell["id"] for cell in json.loads(exercise)["cells"]}
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] in asked]
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()
