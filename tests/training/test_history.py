from __future__ import annotations

import math

import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.training import History, Row


def rows(*validations: float) -> list[Row]:
    return [Row(10 * (i + 1), 0.5, value, 0.9, 0.1 * i) for i, value in enumerate(validations)]


def test_the_best_row_is_the_first_of_the_lowest():
    history = History(rows(3.0, 1.0, 2.0, 1.0))
    assert history.best is history[1]
    assert history.waited == 2
    assert history.column("validation") == [3.0, 1.0, 2.0, 1.0]
    assert len(list(history)) == len(history) == 4


def test_a_loss_that_is_no_number_is_never_the_best():
    assert History(rows(math.nan, 2.0)).best == rows(math.nan, 2.0)[1]


def test_nothing_is_best_at_first():
    assert History().best is None
    assert History().waited == 0


def test_a_history_is_read_as_it_was_written(tmp_path):
    history = History(rows(1 / 3, 0.1, math.pi), "patience")
    history.save(tmp_path / "run.jsonl")
    assert History.load(tmp_path / "run.jsonl") == history


@pytest.mark.parametrize("text", ["", "{", '{"step": 1}\n{"stopped": ""}\n', "[1]\n"])
def test_another_file_is_refused_in_a_sentence(tmp_path, text):
    path = tmp_path / "run.jsonl"
    path.write_text(text)
    with pytest.raises(CourseError, match=r"run\.jsonl"):
        History.load(path)
