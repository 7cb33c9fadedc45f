from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from gatedrnn_course import catalogue, explore_gates
from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.gates.words import fill, shown

GATED = [name for name in catalogue if name != "RNN"]


def test_the_text_tells_the_default_position_and_stays() -> None:
    widget = explore_gates("LSTM")
    before = repr(widget)
    assert before == (
        "LSTM, one step with sliders. The forget gate f keeps 85 % of c_prev = 1.50, which is 1.28. The input gate i "
        "lets in 44 % of the candidate c_tilde = 0.85, which is 0.37. Together they make c = 1.65. The output gate o "
        "shows 68 % of tanh(c) = 0.93, which is h = 0.63."
    )
    widget.position = {**widget.position, "x": -2.0}
    assert repr(widget) == before == repr(explore_gates("LSTM"))


def test_a_moved_slider_is_answered_with_the_numbers_of_the_cell() -> None:
    widget = explore_gates("LSTM")
    position = {**widget.position, "b_f": -4.0}
    widget.position = position
    assert widget.answer["position"] == position
    assert widget.answer["values"]["f"] == pytest.approx(0.0141, abs=1e-4)


@pytest.mark.parametrize("position", [{}, {"x": 1.0}, {"x": "wide"}])
def test_a_broken_position_is_left_unanswered(position: dict[str, float]) -> None:
    widget = explore_gates("GRU")
    before = widget.answer
    widget.position = position
    assert widget.answer == before


def test_a_position_outside_the_sliders_is_pulled_in() -> None:
    widget = explore_gates("GRU")
    widget.position = {**widget.position, "b_z": 1e9}
    assert widget.answer["values"]["z"] < 0.999


def test_it_says_whose_functions_compute() -> None:
    assert "course's own LSTM" in explore_gates().whose
    passed.remember("hidden_state", lambda o, c: o * __import__("numpy").tanh(c))
    assert explore_gates().whose == "Computed with your functions: hidden_state."


@pytest.mark.parametrize("name", GATED)
def test_the_picture_is_an_svg_with_the_numbers_in_words(name: str) -> None:
    widget = explore_gates(name)
    picture = widget.picture()
    assert ET.fromstring(picture.svg).get("aria-label") == picture.alt
    assert picture.alt in repr(widget)
    assert widget.svg == explore_gates(name).svg
    assert not re.search(r"\bid=", widget.svg)


def test_what_moves_names_a_number_of_the_step() -> None:
    for name in GATED:
        widget = explore_gates(name)
        named = set(re.findall(r'data-(?:flow|plate|gauge|number)="(\w+)"', widget.svg))
        assert named <= set(widget.answer["values"])


def test_it_has_a_picture_for_pages_without_widgets() -> None:
    bundle, _metadata = explore_gates()._repr_mimebundle_()  # type: ignore[misc]
    assert set(bundle) == {"text/plain", "image/svg+xml", "application/vnd.jupyter.widget-view+json"}


def test_at_most_four_things_to_move_at_once() -> None:
    for name in ("LSTM", "GRU", "peephole LSTM"):
        assert sum(not knob["bias"] for knob in explore_gates(name).knobs) <= 3


@pytest.mark.parametrize(("value", "text"), [(-0.001, "0.00"), (0.125, "0.13"), (-1.5, "-1.50"), (2, "2.00")])
def test_numbers_are_rounded_one_way(value: float, text: str) -> None:
    assert shown(value) == text


def test_a_sentence_is_filled_with_numbers_and_shares() -> None:
    assert fill("{a%} of {b}", {"a": 0.855, "b": 1.0}) == "86 % of 1.00"


def test_cells_that_cannot_be_drawn() -> None:
    with pytest.raises(CourseError):
        explore_gates("RNN")
    with pytest.raises(CourseError):
        explore_gates("no such cell")
