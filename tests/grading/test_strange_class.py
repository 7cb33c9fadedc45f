"""Notebooks that somebody made who had not seen the grader: accidents, cheats and attacks on solved exercises.

Each is told by its edits of the solved notebook: from one cell to another, what stands there instead. The trained model
of unit 06 lies in the output of a cell, which is not told, so nothing is asked of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from gatedrnn_course.grading.classroom.grade import Grader
from gatedrnn_course.grading.classroom.submission import read_submission
from gatedrnn_course.grading.sandbox import Sandbox, best_sandbox
from gatedrnn_course.grading.units import load

HERE = Path(__file__).parent
SOLUTIONS = HERE.parents[1] / "solutions" / "en"
CLASS: list[dict[str, Any]] = json.loads((HERE / "strange_class.json").read_text("utf-8"))
MARKS = ("# BEGIN SOLUTION", "# END SOLUTION")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = best_sandbox(unsafe=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def graders() -> dict[str, Grader]:
    return {unit: Grader(load(unit)) for unit in {one["unit"] for one in CLASS}}


def solved(unit: str) -> list[tuple[str, str]]:
    """The cells of a solved notebook, as somebody hands them in who has no marks of the author's."""
    notebook = nbformat.read(next(SOLUTIONS.glob(f"{unit}_*.ipynb")), as_version=4)  # type: ignore[no-untyped-call]
    cells = [cell for cell in notebook.cells if "solution" not in cell.metadata.get("tags", [])]
    return [(cell.cell_type, without_marks(cell.source) if cell.cell_type == "code" else cell.source) for cell in cells]


def without_marks(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if line.strip() not in MARKS).rstrip()


def handed_in(one: dict[str, Any]) -> Any:
    cells = solved(one["unit"])
    for first, last, instead in reversed(one["edits"]):
        cells[first:last] = [tuple(cell) for cell in instead]
    kinds: dict[str, Any] = nbformat.v4.__dict__
    return nbformat.v4.new_notebook(cells=[kinds[f"new_{kind}_cell"](source) for kind, source in cells])  # type: ignore[no-untyped-call]


@pytest.mark.slow
@pytest.mark.parametrize("one", CLASS, ids=lambda one: one["name"])
def test_honest_work_keeps_its_points_and_a_cheat_gets_none(
    one: dict[str, Any], sandbox: Sandbox, graders: dict[str, Grader], tmp_path: Path
) -> None:
    path = tmp_path / "handed_in.ipynb"
    nbformat.write(handed_in(one), path)  # type: ignore[no-untyped-call]
    grader = graders[one["unit"]]
    judged = grader.judge(read_submission(one["name"], [path], *grader.unit.asked_for), sandbox, 11)
    found = {item.name: (item.points, item.out_of, item.outcome, item.sentence) for item in judged.items}
    asked = {name: one["points"].get(name, one["default"]) for name in found}
    lost = {name: told for name, told in found.items() if asked[name] == "full" and told[0] < told[1]}
    unearned = {name: told for name, told in found.items() if asked[name] == "zero" and told[0] > 0}
    assert (lost, unearned) == ({}, {}), (one["why"], judged.notes)
