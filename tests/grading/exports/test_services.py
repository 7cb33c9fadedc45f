"""What Gradescope and GitHub's reporter are handed: points that agree, plain text, and nothing hidden."""

from __future__ import annotations

import base64
import csv
import io
import json
from typing import Any

import pytest
from records import Make

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.record import Record, SandboxRecord
from gatedrnn_course.grading.exports.feedback import summary
from gatedrnn_course.grading.exports.github import github
from gatedrnn_course.grading.exports.gradescope import gradescope
from gatedrnn_course.grading.exports.moodle import moodle


def decoded(record: Record) -> Any:
    return json.loads(base64.b64decode(github(record)))


def test_gradescope_shows_a_test_an_item(records: tuple[Record, ...]) -> None:
    results = json.loads(gradescope(records[0]))
    assert results["score"] == sum(test["score"] for test in results["tests"]) == 94
    assert sum(test["max_score"] for test in results["tests"]) == 100
    (failed,) = [test for test in results["tests"] if test["status"] == "failed"]
    assert (failed["name"], failed["output"]) == ("candidate", "No bias: `b_c` is missing.")
    assert {test["output_format"] for test in results["tests"]} == {"text"}
    assert results["stdout_visibility"] == "hidden"


def test_github_counts_the_points(records: tuple[Record, ...], make: Make) -> None:
    results = decoded(records[0])
    assert (results["status"], results["max_score"]) == ("fail", 100)
    assert sum(test["score"] for test in results["tests"]) == 94
    assert decoded(records[3])["status"] == "pass"
    late = decoded(make("Ana", "candidate", points_after=47.0))
    assert sum(test["score"] for test in late["tests"]) == pytest.approx(47)


def test_what_could_not_be_read_has_no_points(make: Make) -> None:
    broken = make("Ana", items=(), points=0, status="unreadable", problem="It is no notebook.")
    results = decoded(broken)
    assert (results["status"], results["tests"][0]["score"]) == ("fail", 0)
    assert results["tests"][0]["message"] == "It is no notebook."
    shown = json.loads(gradescope(broken))
    assert (shown["score"], shown["tests"], shown["output"]) == (0, [], "It is no notebook.")


def test_weak_protection_is_stamped_on_every_export(make: Make) -> None:
    weak = make("Ana", sandbox=SandboxRecord(backend="process", level="weak", missing=("network",)))
    assert summary(weak).startswith("Protection while grading: weak.")
    assert json.loads(gradescope(weak))["output"] == "Protection while grading: weak."
    assert {test["message"].splitlines()[-1] for test in decoded(weak)["tests"]} == {"Protection while grading: weak."}
    (row,) = csv.DictReader(io.StringIO(moodle([weak]).text, newline=""))
    assert row["Feedback comments"].startswith("Protection while grading: weak.")
    assert "Protection" not in summary(make("Ana"))
    assert "Protection" not in str(decoded(make("Ana")))


@pytest.mark.parametrize("export", [gradescope, github])
def test_what_could_not_be_graded_is_not_0_points(export: Any, records: tuple[Record, ...]) -> None:
    with pytest.raises(CourseError, match="by a fault of the grader"):
        export(records[2])


def test_points_given_by_hand_are_told_everywhere(records: tuple[Record, ...]) -> None:
    words = "Set to 4 points by the instructor (the judge gave 0): seen in class"
    items = tuple(
        one.model_copy(update={"points": 4, "overridden": words}) if one.name == "candidate" else one
        for one in records[0].items
    )
    ben = records[0].model_copy(update={"items": items, "points": 98})
    assert words in summary(ben)
    assert words in gradescope(ben)
    assert words in base64.b64decode(github(ben)).decode()
    assert json.loads(gradescope(ben))["score"] == 98


def test_neither_seed_nor_escape_sequences_leave(make: Make) -> None:
    hostile = make("Ana", notes=("\x1b[31mred\x07",), file="a\x1b]0;x.ipynb")
    for text in (gradescope(hostile), base64.b64decode(github(hostile)).decode(), summary(hostile)):
        assert "123456789" not in text
        assert "\\u001b" not in text
        assert "\x1b" not in text
