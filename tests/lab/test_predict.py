from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gatedrnn_course import predict, reveal
from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab.answers import kept_answer

CHOICES = ["kept", "dropped"]


def test_the_question_reads_the_same_whatever_was_chosen() -> None:
    asked = predict("a", "What happens?", CHOICES)
    before = repr(asked)
    asked.choice = "kept"
    assert repr(asked) == before == "Predict: What happens? (kept / dropped)"


def test_nobody_looks_and_the_answer_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    predict("a", "What happens?", CHOICES)
    with reveal("a", "kept", "f is 1."):
        print("the evidence")
    assert capsys.readouterr().out == "the evidence\ni Answer: kept\n  You made no prediction.\n  f is 1.\n"


def test_somebody_looks_and_must_choose_first(capsys: pytest.CaptureFixture[str]) -> None:
    asked = predict("a", "What happens?", CHOICES)
    asked.seen = True
    assert "Answer" not in repr(reveal("a", "kept"))
    assert "Answer" not in reveal("a", "kept")._repr_html_()
    asked.choice = "dropped"
    assert repr(reveal("a", "kept")) == "i Answer: kept\n  You predicted: dropped"
    asked.choice = "kept"
    assert "You predicted the same." in repr(reveal("a", "kept"))


def test_running_the_question_again_keeps_the_choice() -> None:
    predict("a", "What happens?", CHOICES).choice = "dropped"
    assert predict("a", "What happens?", CHOICES).choice == "dropped"
    assert predict("a", "What happens?", ["other", "choices"]).choice == ""


def test_an_answer_without_a_question_is_shown() -> None:
    assert "You made no prediction." in repr(reveal("never asked", "kept"))


def test_what_is_stored_where_nobody_chose_gives_nothing_away() -> None:
    predict("a", "What happens?", CHOICES)
    bundle = reveal("a", "kept", "f is 1.")._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "kept" not in bundle["text/plain"]
    before, _closed, inside = bundle["text/html"].partition("</summary>")
    assert before == "<details><summary>Show what happens, and the answer"
    assert "Answer: kept" in inside
    assert inside.endswith("</details>")


def test_the_evidence_is_held_back_and_stored_folded(run_cells: Callable[..., list[Any]]) -> None:
    _start, asked, shown = run_cells(
        "from gatedrnn_course import plot, predict, reveal",
        'predict("a", "What happens?", ["kept", "dropped"])',
        'with reveal("a", "kept"):\n    print("as large as <before>")\n    plot({"c": [1, 1]}, "step", "c")',
    )
    assert "<li>kept</li><li>dropped</li>" in asked[0].data["text/html"]
    (output,) = shown
    html = output.data["text/html"]
    assert html.startswith("<details><summary>") and html.endswith("</details>")
    assert html.count("<img alt=") == 1 and "<pre>as large as &lt;before&gt;</pre>" in html
    assert set(output.data) == {"text/html", "text/plain"}


def test_an_error_in_the_evidence_is_not_swallowed(run_cells: Callable[..., list[Any]]) -> None:
    (outputs,) = run_cells('from gatedrnn_course import reveal\nwith reveal("a", "kept"):\n    1 / 0')
    assert [output.output_type for output in outputs] == ["error"]


def test_the_answers_of_the_lessons_are_known_by_name() -> None:
    assert kept_answer("forget is one").answer == "It keeps everything"
    with pytest.raises(CourseError, match="No lesson asks"):
        reveal("no such question")


@pytest.mark.parametrize("choices", [[], ["one"], ["twice", "twice"], ["a", "b", "a"]])
def test_choices_must_differ(choices: list[str]) -> None:
    with pytest.raises(CourseError, match="at least two choices"):
        predict("a", "What?", choices)


def test_an_answer_that_is_no_choice_is_the_authors_mistake() -> None:
    predict("a", "What?", CHOICES)
    with pytest.raises(CourseError, match="kept / dropped"):
        reveal("a", "forgotten")
