from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from gatedrnn_course import progress, sigmoid
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import UNITS, load
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.check import check

RIGHT = "def forget_gate(x, h_prev, p):\n    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"
POINTS = {item.name: item.points for item in load("03").items}


@pytest.fixture
def define() -> Any:
    """Defines functions in this module, which stands for the notebook, and takes them away again."""
    defined: list[str] = []

    def run(source: str) -> Any:
        names: dict[str, Any] = {"sigmoid": sigmoid}
        exec(source, names)
        defined.append("forget_gate")
        globals()["forget_gate"] = names["forget_gate"]
        return names["forget_gate"]

    yield run
    for name in defined:
        globals().pop(name, None)


def state(name: str) -> str:
    row = next(line for line in repr(progress("03")).splitlines() if line.split()[0] == name)
    return row.split(maxsplit=2)[2]


def test_what_passed_counts_with_its_points() -> None:
    passed.remember("forget_gate", print)
    passed.remember("lstm_step", print)
    passed.remember("linear", print)
    table = progress("03")
    assert table.points == POINTS["forget_gate"] + POINTS["lstm_step"]
    assert repr(table).splitlines()[0] == f"03 Gates: {table.points} of 100 points"
    assert [line.split() for line in repr(table).splitlines()[1:3]] == [
        ["forget_gate", str(POINTS["forget_gate"]), "right"],
        ["input_gate", str(POINTS["input_gate"]), "not", "yet"],
    ]


def test_a_function_changed_since_its_check_no_longer_counts(define: Callable[[str], Any]) -> None:
    check(define(RIGHT))
    assert state("forget_gate") == "right"
    define(RIGHT.replace(" + p.b_f", ""))
    assert state("forget_gate") == "changed since it was right: run its check"
    assert progress("03").points == 0
    define(RIGHT + "  # the same again")
    assert state("forget_gate") == "right"


def test_after_a_restart_it_is_judged_again_before_it_counts(
    define: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(define(RIGHT))
    monkeypatch.setattr(passed, "_passed", {})
    assert state("forget_gate") == "right" and passed.names() == ("forget_gate",)
    passed.remember("forget_gate", define(RIGHT.replace("b_f", "b_i")))  # a file that someone wrote by hand
    monkeypatch.setattr(passed, "_passed", {})
    assert state("forget_gate") == "changed since it was right: run its check"


def test_after_a_restart_what_is_not_defined_yet_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    passed.remember("forget_gate", print)
    monkeypatch.setattr(passed, "_passed", {})
    assert state("forget_gate") == "right in an earlier session"
    assert progress("03").points == POINTS["forget_gate"]


def test_the_table_has_a_caption_and_headers() -> None:
    html = progress("3")._repr_html_()
    assert "<caption" in html
    assert len(re.findall('scope="col"', html)) == 3
    assert len(re.findall('scope="row"', html)) == len(POINTS)


def test_a_picture_of_a_moment_stays_as_it_was() -> None:
    before = progress("03")
    passed.remember("forget_gate", print)
    assert before.points == 0


def test_there_is_no_unit_99() -> None:
    with pytest.raises(CourseError):
        progress("99")


def test_without_a_number_it_is_about_all_units(define: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    every = [load(number) for number in sorted(UNITS)]
    table = progress()
    assert [one.unit for one in table.units] == every and table.points == 0
    assert repr(table).splitlines()[0] == f"The course: 0 of {100 * len(every)} points"
    check(define(RIGHT))
    passed.remember("linear", print)
    monkeypatch.setattr(passed, "_passed", {})  # as after a restart
    table = progress()
    assert table.points == POINTS["forget_gate"] + 100
    rows = [line.split() for line in repr(table).splitlines()[1:]]
    assert [row[0] for row in rows] == [unit.number for unit in every]
    row = next(" ".join(row) for row in rows if row[0] == "03")
    assert row == f"03 Gates {POINTS['forget_gate']} of 100 points 1 of {len(POINTS)} functions"
    define(RIGHT.replace(" + p.b_f", ""))
    assert f"0 of 100 points  0 of {len(POINTS)} functions, 1 to check again" in repr(progress())


def test_the_table_of_all_units_has_heads_for_rows_and_columns() -> None:
    html = progress()._repr_html_()
    assert html.count('scope="row"') == len(UNITS) and html.count('scope="col"') == 3
    assert "<caption" in html and "03 Gates" in html


def test_an_unknown_unit_is_told_which_there_are() -> None:
    with pytest.raises(CourseError) as told:
        progress("33")
    assert "03" in told.value.expected
