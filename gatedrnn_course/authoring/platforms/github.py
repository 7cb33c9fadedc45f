"""What a GitHub Classroom assignment needs in its template repository. Not run here: only GitHub runs workflows."""

from __future__ import annotations

import json

from gatedrnn_course.authoring.platforms.filled import filled
from gatedrnn_course.grading.units import Unit

__all__ = ["workflow"]

MINUTES = 10


def workflow(unit: Unit, package: str) -> dict[str, bytes]:
    """The files by name: a workflow that reports points, and a list of tests for Classroom's older autograding.

    Args:
        unit: The unit.
        package: What pip installs: a name, an address or a file.
    """
    copied = "mkdir -p /tmp/hand-submissions && cp -r . /tmp/hand-submissions/hand-in"
    graded = "python -P -m gatedrnn_course.cli grade /tmp/hand-submissions --out /tmp/grades --jobs 1"
    grade = f"{copied} && {graded} --unit {unit.number}"
    passed = "python -P -m gatedrnn_course.cli export passed"
    tests = [
        {
            "name": item.name,
            "setup": f'python -m pip install -q "{package}"',
            "run": f"{grade} > /dev/null && {passed} {item.name} --out /tmp/grades",
            "input": "",
            "output": "",
            "comparison": "included",
            "timeout": MINUTES,
            "points": item.points,
        }
        for item in unit.items
    ]
    return {
        ".github/workflows/classroom.yml": filled("classroom.yml", {"UNIT": unit.number, "PACKAGE": package}),
        ".github/classroom/autograding.json": (json.dumps({"tests": tests}, indent=2) + "\n").encode(),
    }
