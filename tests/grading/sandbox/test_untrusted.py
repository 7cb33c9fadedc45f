"""Text and records that a child sent: what is kept of them, and what is refused."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

if os.name != "posix":
    pytest.skip("a sandbox needs a POSIX system", allow_module_level=True)

from gatedrnn_course.grading.exchange.frames import BadFrame
from gatedrnn_course.grading.sandbox.untrusted import cell_fault, clean, clean_texts, problem, words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07word", "word"),
        ("a\x00\x08\x7f\x9b\rb", "ab"),
        ("a\ud800b", "ab"),
        ("a\u202e\u2066b", "ab"),
        ("one\n\ttwo", "one\n\ttwo"),
        ("é 語 🙂 <b>", "é 語 🙂 <b>"),
    ],
)
def test_what_acts_on_a_terminal_goes_and_words_stay(text: str, shown: str) -> None:
    assert clean(text, 100) == shown


@pytest.mark.parametrize("longest", [0, 1, 7])
def test_a_text_is_cut_after_it_was_cleaned(longest: int) -> None:
    assert clean("x\x00" * longest + "y", longest) == "x" * longest
    assert len(clean("x" * 10**6, longest)) == longest


@pytest.mark.parametrize("text", [None, 3, ["a"], b"a", {"a": 1}])
def test_what_is_no_text_is_no_frame(text: object) -> None:
    with pytest.raises(BadFrame):
        clean(text, 10)


@pytest.mark.parametrize("kind", ["missing", "raised", "value"])
def test_a_problem_of_an_answers_own_is_told(kind: str) -> None:
    told = problem({"kind": kind, "type": "E\x1b[1m", "message": "m" * 9999, "line": "l" * 999})
    assert (told.kind, told.type, len(told.message), len(told.line)) == (kind, "E", 2000, 300)


@pytest.mark.parametrize("record", [{"kind": "timeout"}, {"kind": "died"}, {"kind": "frame"}, {}, None, [], "raised"])
def test_what_only_the_judge_can_find_is_not_taken_from_a_child(record: object) -> None:
    with pytest.raises(BadFrame):
        problem(record)


def test_texts_in_any_part_of_a_value_are_cleaned() -> None:
    array = np.ones(1)
    value: Any = ("\x1b[1ma", {"k": "\x00b", "n": array}, None)
    first, second, third = clean_texts(value)  # type: ignore[misc]
    assert (first, second["k"], third) == ("a", "b", None) and second["n"] is array  # type: ignore[index,call-overload]


def test_a_list_of_words_is_cut() -> None:
    assert words(["a\x00" * 500] * 2000) == ["a" * 200] * 1000
    for other in (None, "a", {"a": 1}, [1]):
        with pytest.raises(BadFrame):
            words(other)


@pytest.mark.parametrize("quiet", [True, 1, "True", None])
def test_a_cells_fault_is_told_with_its_cell(quiet: object) -> None:
    fault = cell_fault(3, {"type": "E", "message": "m", "quiet": quiet})
    assert (fault.cell, fault.type, fault.message, fault.line, fault.quiet) == (3, "E", "m", "", quiet is True)
