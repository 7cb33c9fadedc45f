"""Questions are counted by what became of them."""

from __future__ import annotations

from records import Make

from gatedrnn_course.grading.classroom.run import ClassRun
from gatedrnn_course.grading.report.counts import KINDS, questions
from gatedrnn_course.grading.report.watch import slowest, watched


def test_each_outcome_has_its_kind(run: ClassRun, make: Make) -> None:
    outcomes = ("wrong", "blank", "missing", "refused", "raised", "timeout", "died")
    records = [make(outcome, {"candidate": {"outcome": outcome}}) for outcome in outcomes]
    named = make("named", {"candidate": {"mistake": "The candidate has no bias."}})
    raised = make("raised2", {"candidate": {"outcome": "raised", "mistake": "The candidate has no bias."}})
    found = {question.name: question for question in questions([*records, named, raised, make("right")], run.unit)}
    assert found["candidate"].kinds == (1, 2, 1, 2, 4)
    assert found["input_gate"].kinds == (10, 0, 0, 0, 0)
    assert len(KINDS) == 5
    assert [(one.label, one.students) for one in found["candidate"].mistakes] == [("The candidate has no bias.", 2)]


def test_only_what_was_much_slower_is_slow(make: Make) -> None:
    usual = [make(f"s{k}", seconds=1.0) for k in range(5)]
    assert slowest(usual) == []
    assert [record.student for record in slowest([*usual, make("slow", seconds=9.0)])] == ["slow"]
    assert slowest([make("a", seconds=0.01), make("b", seconds=0.01), make("c", seconds=0.9)]) == []
    assert slowest([]) == []


def test_refused_and_ended_answers_are_watched(make: Make) -> None:
    record = make("ana", {"latch": {"outcome": "refused"}, "candidate": {"outcome": "wrong"}})
    assert [item.name for _record, item in watched([record])] == ["latch"]
