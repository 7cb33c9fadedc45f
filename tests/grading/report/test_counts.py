"""How often, how many, how much."""

from __future__ import annotations

import pytest
from records import Make

from gatedrnn_course.grading.classroom.run import ClassRun
from gatedrnn_course.grading.report.counts import distribution, item_counts, mistakes, without_name

NO_BIAS = {"mistake": "A bias is missing."}


def test_a_student_counts_once_for_a_mistake_in_several_functions(make: Make) -> None:
    twice = make("ana", {"input_gate": NO_BIAS, "forget_gate": NO_BIAS})
    other = make("ben", {"candidate": NO_BIAS, "lstm_step": {"mistake": "(c, h) instead of (h, c)."}})
    first, second = mistakes([twice, other])
    assert (first.label, first.students) == ("A bias is missing.", 2)
    assert first.names == ("forget_gate", "input_gate", "candidate")
    assert (second.label, second.students, second.names) == ("(c, h) instead of (h, c).", 1, ("lstm_step",))


def test_what_has_no_name_is_counted_by_what_came(make: Make) -> None:
    blank = {"outcome": "blank"}
    counted = without_name([make("ana", {"candidate": blank, "input_gate": blank}), make("ben", {"candidate": {}})])
    assert {row.label: row.students for row in counted} == {
        "Not written yet.": 1,
        "Other values, and no mistake found that explains them.": 1,
    }
    assert not without_name([make("ana", {"candidate": NO_BIAS})])


@pytest.mark.parametrize("out_of", [100, 60, 7, 23])
def test_every_graded_student_is_in_one_bin(make: Make, out_of: int) -> None:
    records = [make(str(points), points=points, out_of=out_of) for points in range(out_of + 1)]
    missed = make("missed", points=0, status="not graded")
    spread = distribution([*records, missed], out_of)
    assert sum(row.students for row in spread) == out_of + 1
    assert (spread[-1].label, spread[-1].students) == (str(out_of), 1)


def test_items_are_counted_over_notebooks_that_could_be_read(run: ClassRun) -> None:
    counts = {row.name: row for row in item_counts(run.records, run.unit)}
    assert (counts["candidate"].right, counts["candidate"].judged, counts["candidate"].percent) == (1, 2, 50)
    assert counts["lstm_step"].percent == 100
    assert item_counts([], run.unit)[0].percent == 0
