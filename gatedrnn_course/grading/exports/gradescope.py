"""`results.json` of a Gradescope autograder.

Source: Gradescope's autograder documentation, "Autograder output format".
"""

from __future__ import annotations

import json

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.text import _

from .feedback import about_item, about_record

__all__ = ["gradescope"]


def gradescope(record: Record) -> str:
    """What Gradescope shows of one submission: a test an item, all visible, all as plain text.

    Raises:
        CourseError: If it could not be graded: Gradescope then says that the autograder failed, and keeps no 0 points.
    """
    if record.status == "not graded":
        raise CourseError(
            _("The results of {student} for Gradescope.").format(student=record.student),
            _("This submission could not be graded, by a fault of the grader: {why}").format(why=record.problem),
            do=_("Grade it again."),
        )
    tests = [
        {
            "number": str(k),
            "name": item.name,
            "score": item.points,
            "max_score": item.out_of,
            "status": "passed" if item.points == item.out_of else "failed",
            "output": about_item(item),
            "output_format": "text",
            "name_format": "text",
            "visibility": "visible",
        }
        for k, item in enumerate(record.items, 1)
    ]
    results = {
        "score": record.worth,
        "execution_time": round(record.seconds),
        "output": about_record(record) or _("Graded."),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {"unit": record.unit, "sandbox": record.sandbox.level},
    }
    return json.dumps(results, indent=1, ensure_ascii=False)
