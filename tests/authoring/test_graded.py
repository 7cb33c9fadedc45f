from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import gatedrnn_course
from gatedrnn_course.authoring.build import build
from gatedrnn_course.authoring.graded import nbgrader_metadata

PACKAGE = Path(gatedrnn_course.__file__).parent.parent


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "says"),
    [("solutions", "Success! Your notebook passes all the tests."), ("exercises", "VALIDATION FAILED ON 1 CELL(S)")],
)
def test_nbgrader_validates_the_solution_and_not_the_exercise(project, folder, says):
    build(project.root)
    outcome = subprocess.run(
        [sys.executable, "-m", "nbgrader", "validate", str(project.product(folder))],
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert says in outcome.stdout, outcome.stderr
    if folder == "exercises":
        assert "is not written yet" in outcome.stdout
        assert "Traceback" not in outcome.stdout


def test_points_and_names_come_from_the_item(unit):
    item = unit.item("linear")
    assert nbgrader_metadata(item, "check")["points"] == item.points
    assert nbgrader_metadata(item, "check")["grade_id"] == "check_linear"
    assert nbgrader_metadata(item, "answer")["grade_id"] == "linear"
