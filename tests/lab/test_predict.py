from __future__ import annotations

import pytest

from gatedrnn_course import predict, reveal
from gatedrnn_course.errors import CourseError

CHOICES = ["kept", "dropped"]


def test_the_question_reads_the_same_whatever_was_chosen() -> None:
    asked = predict("a", "What happens?", CHOICES)
    before = repr(asked)
    asked.choice = "kept"
    assert repr(asked) == before == "Predict: What happens? (kept / dropped)"


def test_nobody_looks_and_the_answer_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    predict("a", "What happens?", CHOICES)
    reveal("a", "kept", "f is 1.")
    assert capsys.readouterr().out == "i Answer: kept\n  You made no prediction.\n  f is 1.\n"


def test_somebody_looks_and_must_choose_first(capsys: pytest.CaptureFixture[str]) -> None:
    asked = predict("a", "What happens?", CHOICES)
    asked.seen = True
    reveal("a", "kept")
    assert "Answer" not in capsys.readouterr().out
    asked.choice = "dropped"
    reveal("a", "kept")
    assert capsys.readouterr().out == "i Answer: kept\n  You predicted: dropped\n"
    asked.choice = "kept"
    reveal("a", "kept")
    assert "You predicted the same." in capsys.readouterr().out


def test_running_the_question_again_keeps_the_choice() -> None:
    predict("a", "What happens?", CHOICES).choice = "dropped"
    assert predict("a", "What happens?", CHOICES).choice == "dropped"
    assert predict("a", "What happens?", ["other", "choices"]).choice == ""


def test_an_answer_without_a_question_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    reveal("never asked", "kept")
    assert "You made no prediction." in capsys.readouterr().out


@pytest.mark.parametrize("choices", [[], ["one"], ["twice", "twice"], ["a", "b", "a"]])
def test_choices_must_differ(choices: list[str]) -> None:
    with pytest.raises(CourseError, match="at least two choices"):
        predict("a", "What?", choices)


def test_an_answer_that_is_no_choice_is_the_authors_mistake() -> None:
    predict("a", "What?", CHOICES)
    with pytest.raises(CourseError, match="kept / dropped"):
        reveal("a", "forgotten")
