"""The results of one submission for GitHub Classroom's reporter.

Source: src/main.js, src/console-results.js and src/notify-classroom.js of `classroom-resources/
autograding-grading-reporter`: base64 of a JSON object, in an environment variable named after the step.
"""

from __future__ import annotations

import base64
import json
import re

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.report.plain import plain
from gatedrnn_course.grading.report.words import stamp
from gatedrnn_course.text import _

from .feedback import about_item, about_record

__all__ = ["github"]

_COMMAND = re.compile(r"^(\s*:)(?=:)|(##)(?=\[)", re.MULTILINE)
"""What GitHub's runner takes for a command, wherever a step prints it; the reporter prints every message."""


def github(record: Record) -> str:
    """One line for the reporter: a test an item, with its points.

    Raises:
        CourseError: If it could not be graded.
    """
    if record.status == "not graded":
        raise CourseError(
            _("The results for GitHub Classroom."),
            _("This submission could not be graded, by a fault of the grader: {why}").format(why=record.problem),
            do=_("Run the workflow again."),
        )
    left = record.worth / record.points if record.points else 1.0  # being late costs every test its share
    tests = [
        {
            "name": item.name,
            "status": "pass" if item.points == item.out_of else "fail",
            "score": round(item.points * left, 2),
            "message": _printed(about_item(item), stamp(record.sandbox)),
            "test_code": item.name,
            "filename": "",
            "line_no": 0,
            "execution_time": "",
        }
        for item in record.items
    ]
    if not tests:
        name, message = map(_printed, (plain(record.file), about_record(record)))
        tests = [{"name": name, "status": "fail", "score": 0, "message": message}]
    passed = all(test["status"] == "pass" for test in tests)
    results = {"version": 1, "status": "pass" if passed else "fail", "max_score": record.out_of, "tests": tests}
    return base64.b64encode(json.dumps(results).encode()).decode()


def _printed(*texts: str) -> str:
    """Lines as the reporter may print them: none of them is a command."""
    return _COMMAND.sub(lambda found: f"{found[0]} ", "\n".join(filter(None, texts)))
