"""An nbgrader course of the assignments: the same cells, points and marks, in nbgrader's folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gatedrnn_course.authoring.answers import BEGIN, END, STUB
from gatedrnn_course.authoring.places import Kind, product_path
from gatedrnn_course.authoring.platforms.filled import filled
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.text import _

__all__ = ["nbgrader_course"]

TREES: dict[str, Kind] = {"source": "solution", "release": "exercise"}
"""For each of nbgrader's folders the kind of notebook in it."""


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
        for tree, kind in TREES.items():
            path = product_path(root, kind, unit.stem)
            if not path.is_file():
                raise CourseError(
                    _("The nbgrader course with unit {number}.").format(number=unit.number),
                    _("There is no {file}.").format(file=path.relative_to(root).as_posix()),
                    do=_("Build it first: python3 course.py notebooks {number}").format(number=unit.number),
                )
            held[f"{tree}/{unit.stem}/{unit.stem}.ipynb"] = path.read_bytes()
    return held
