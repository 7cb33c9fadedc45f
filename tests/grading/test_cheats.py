"""Cheats that suit any item: they run, they are really tried, and one that got points would be told."""

from __future__ import annotations

import os
from typing import Any

import pytest

if os.name != "posix":
    pytest.skip("a sandbox needs a POSIX system", allow_module_level=True)

from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.prove import cheats
from gatedrnn_course.grading.prove.cheats import CHEATS, cheated
from gatedrnn_course.grading.prove.matrix import KillMatrix
from gatedrnn_course.grading.running.student import Place
from gatedrnn_course.grading.sandbox import ProcessSandbox
from gatedrnn_course.grading.units import load

UNIT = load("00")
ENDS = "an end of the process that looks well"


@pytest.mark.parametrize("words", CHEATS)
def test_a_cheat_runs_and_hands_something_back(words: str) -> None:
    sandbox, item = ProcessSandbox(), UNIT.items[0]
    with sandbox.open() as session:
        report = session.load(cheats._cells(UNIT, CHEATS[words]), names=[item.name], deadline=60)
        assert report.faults == () and report.defined == (item.name,)
        reply = session.call(item.name, item.example())
        assert (reply.problem.kind if reply.problem else "value") == ("died" if words == ENDS else "value")


def test_no_cheat_gets_a_point() -> None:
    rows = cheated(UNIT, ProcessSandbox(), 3)
    assert [row.words for row in rows] == list(CHEATS)
    assert all((row.points, row.expected, row.failures) == (0, 0, ()) for row in rows)


def test_a_cheat_that_gets_points_fails_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    def fooled(item: Any, caller: object, seed: int, explain: bool) -> Verdict:
        return Verdict(item.name, "right", item.points, item.points, "")

    monkeypatch.setattr(cheats, "judge", fooled)
    rows = cheated(UNIT, ProcessSandbox(), 3)
    told = KillMatrix("00", "Start here", 0, (), rows).failures
    assert "`linear` gets points for zeros that lie when they are compared" in told
    assert "A notebook with zeros that lie when they are compared gets 100 points, expected are 0." in told


def test_a_cheat_is_judged_where_what_an_item_forbids_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(Place, "forbid", lambda self, names: told.append(names))
    cheated(UNIT, ProcessSandbox(), 3)
    assert told == [item.forbidden for item in UNIT.items] * len(CHEATS)
