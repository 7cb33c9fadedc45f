from __future__ import annotations

import itertools
import math
import re
import xml.etree.ElementTree as ET

import pytest

from gatedrnn_course import catalogue, explore_gates
from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.gates.words import fill
from gatedrnn_course.lab.shown import shown

GATED = [name for name in catalogue if name != "RNN"]


def test_the_text_tells_the_default_position_and_stays() -> None:
    widget = explore_gates("LSTM")
    before = repr(widget)
    assert before == (
        "LSTM, 20 steps with sliders. c_prev = 1.50 before the first step, c = 1.00 after 20 steps. Shown then: "
        "h = 0.31. Step 3, x = 1.00. The forget gate f keeps 77 % of c_prev = 1.26, which is 0.97. The input gate i "
        "lets in 56 % of the candidate c_tilde = 0.98, which is 0.55. Together they make c = 1.52. The output gate o "
        "shows 77 % of tanh(c) = 0.91, which is h = 0.70."
    )
    widget.position = {**widget.position, "c_prev": -2.0}
    assert repr(widget) == before == repr(explore_gates("LSTM"))


def test_a_moved_slider_is_answered_with_the_numbers_of_the_cell() -> None:
    widget = explore_gates("LSTM")
    position = {**widget.position, "b_f": -4.0}
    widget.position = position
    assert widget.answer["position"] == position
    x, h_prev = widget.xs[2], widget.answer["rows"][1]["h"]
    f = 1 / (1 + math.exp(-(-1.0 * x + 0.5 * h_prev - 4.0)))
    assert widget.answer["rows"][2]["f"] == pytest.approx(f, abs=1e-12)


def test_a_run_goes_on_from_the_states_of_the_step_before() -> None:
    rows = explore_gates("peephole LSTM").answer["rows"]
    assert len(rows) == 20
    for before, after in itertools.pairwise(rows):
        assert (after["c_prev"], after["h_prev"]) == (before["c"], before["h"])


def test_the_presets_do_what_they_are_called() -> None:
    widget = explore_gates("LSTM")
    assert list(widget.presets) == ["keep", "overwrite", "hide"]
    ends = {}
    for name, biases in widget.presets.items():
        widget.position = {**widget.position, **biases}
        ends[name] = widget.answer["rows"][-1]
    assert ends["keep"]["c"] == pytest.approx(1.5, abs=0.05)
    assert ends["overwrite"]["c"] == pytest.approx(ends["overwrite"]["c_tilde"], abs=0.01)
    assert ends["hide"]["c"] == pytest.approx(1.5, abs=0.05)
    assert abs(ends["hide"]["h"]) < 0.01 < abs(ends["keep"]["h"])


@pytest.mark.parametrize(
    ("name", "able"),
    [
        ("GRU", {"keep", "overwrite"}),
        ("MGU", {"keep", "overwrite"}),
        ("LSTM 1997", {"keep", "hide"}),
        ("LSTM-i", {"overwrite"}),
        ("minLSTM", {"keep", "overwrite"}),
        ("JANET", set()),
    ],
)
def test_a_cell_has_the_presets_it_is_able_to(name: str, able: set[str]) -> None:
    widget = explore_gates(name)
    assert set(widget.presets) == able
    for preset, biases in widget.presets.items():
        widget.position = {**widget.position, **biases}
        row = widget.answer["rows"][-1]
        assert row["keep"] == pytest.approx(float(preset != "overwrite"), abs=0.01)
        assert row["add"] == pytest.approx(float(preset == "overwrite"), abs=0.01)


@pytest.mark.parametrize("position", [{}, {"b_z": 1.0}, {"b_z": "wide", "h_prev": 0.0, "b_r": 0.0, "step": 1}])
def test_a_broken_position_is_left_unanswered(position: dict[str, float]) -> None:
    widget = explore_gates("GRU")
    before = widget.answer
    widget.position = position
    assert widget.answer == before


def test_a_position_outside_the_sliders_is_pulled_in() -> None:
    widget = explore_gates("GRU")
    widget.position = {**widget.position, "b_z": 1e9}
    assert widget.answer["rows"][-1]["b_z"] == 8.0


def test_it_says_whose_functions_compute() -> None:
    assert "course's own LSTM" in explore_gates().whose
    passed.remember("hidden_state", lambda o, c: o * __import__("numpy").tanh(c))
    assert explore_gates().whose == "Computed with your functions: hidden_state."


@pytest.mark.parametrize("name", GATED)
def test_the_picture_is_an_svg_with_the_numbers_in_words(name: str) -> None:
    widget = explore_gates(name)
    run, step = widget.pictures_now()
    assert ET.fromstring(run.svg).get("aria-label") == run.alt
    assert run.alt in repr(widget)
    assert (ET.fromstring(step.svg).get("aria-label") or "nothing") in run.alt
    assert (widget.svg, widget.timeline) == (explore_gates(name).svg, explore_gates(name).timeline)
    assert not re.search(r"\bid=", widget.svg + widget.timeline)


def test_what_moves_names_a_number_of_the_step() -> None:
    for name in GATED:
        widget = explore_gates(name)
        named = set(re.findall(r'data-(?:flow|plate|gauge|number)="(\w+)"', widget.svg))
        assert named <= set(widget.answer["rows"][0])
        lanes = re.findall(r'data-(?:lane|now)="(\w+)"', widget.timeline)
        assert {"h", *widget.flow.cell.inputs} <= set(lanes) <= set(widget.answer["rows"][0])


def test_it_has_a_picture_for_pages_without_widgets() -> None:
    bundle, _metadata = explore_gates()._repr_mimebundle_()  # type: ignore[misc]
    assert set(bundle) == {"text/plain", "text/html", "image/svg+xml", "application/vnd.jupyter.widget-view+json"}
    html = bundle["text/html"]
    assert html.count("<img alt=") == html.count('src="data:image/svg+xml;base64,') == 2
    assert "c = 1.00 after 20 steps" in html.partition("<p>")[2]
    own = re.sub(r"base64,[\w+/=]+", "", html).replace("http://www.w3.org/2000/svg", "")  # a name, not an address
    assert "http" not in own


def test_few_things_to_move_at_once() -> None:
    for name in ("LSTM", "GRU", "peephole LSTM"):
        assert len(explore_gates(name).knobs) <= 5


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


def test_a_page_without_python_says_whose_functions_computed_it() -> None:
    assert "The numbers come from the course&#x27;s own LSTM." in explore_gates("LSTM")._repr_html_()
