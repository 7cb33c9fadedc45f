from __future__ import annotations

import re

import pytest

from gatedrnn_course import progress
from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab import passed


def test_what_passed_counts_with_its_points() -> None:
    passed.remember("forget_gate", print)
    passed.remember("lstm_step", print)
    passed.remember("linear", print)
    table = progress("03")
    assert table.points == 36
    assert repr(table).splitlines()[0] == "03 Gates: 36 of 100 points"
    assert [line.split() for line in repr(table).splitlines()[1:3]] == [
        ["forget_gate", "12", "right"],
        ["input_gate", "12", "not", "yet"],
    ]


def test_the_table_has_a_caption_and_headers() -> None:
    html = progress("3")._repr_html_()
    assert "<caption" in html
    assert len(re.findall('scope="col"', html)) == 3
    assert len(re.findall('scope="row"', html)) == 7


def test_a_picture_of_a_moment_stays_as_it_was() -> None:
    before = progress("03")
    passed.remember("forget_gate", print)
    assert before.points == 0


def test_there_is_no_unit_99() -> None:
    with pytest.raises(CourseError):
        progress("99")
