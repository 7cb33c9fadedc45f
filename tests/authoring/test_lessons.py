"""The lessons themselves: short cells, in the shape that every unit has."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from gatedrnn_course.authoring.first_cell import MARK
from gatedrnn_course.authoring.places import find_root
from gatedrnn_course.authoring.reveals import answers_of, is_question, is_reveal
from gatedrnn_course.authoring.source import read_source

LESSONS = sorted((find_root(Path(__file__).parent) / "course" / "lessons").glob("[!_]*.py"))
MOST_WORDS, MEDIAN_LINES = 60, 5


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def cells(request):
    return read_source(request.param)


def words(text):
    return len(re.sub(r"\$\$.*?\$\$|<<.*?>>", " ", text, flags=re.DOTALL).split())


def test_prose_is_short(cells):
    too_long = {cell.number: words(cell.text) for cell in cells if cell.kind == "markdown"}
    assert {number: count for number, count in too_long.items() if count > MOST_WORDS} == {}


def test_code_is_short(cells):
    code = [cell for cell in cells if cell.kind == "code" and MARK not in cell.text]
    assert median(len(cell.text.strip().split("\n")) for cell in code) <= MEDIAN_LINES


def test_something_is_seen_before_anything_is_asked(cells):
    code = [cell for cell in cells if cell.kind == "code"]
    assert not is_question(code[0]) and not is_question(code[1])
    assert sum(map(is_question, code)) == sum(map(is_reveal, code)) >= 1


def test_the_prose_after_a_question_does_not_answer_it(cells):
    for before, after in pairwise(cells):
        if is_reveal(before) and after.kind == "markdown":
            ((answer, _because),) = answers_of([before]).values()
            assert answer.lower() not in after.text.lower()


def test_no_equation_stands_twice_in_a_row(cells):
    shown = [re.findall(r"<< equations?\((.*?)\) >>", cell.text) for cell in cells]
    flat = [one for each in shown for one in each]
    assert all(a != b for a, b in pairwise(flat))
    assert not any("equations=True" in cell.text for cell in cells if cell.kind == "code" and flat)
