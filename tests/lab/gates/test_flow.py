from __future__ import annotations

import pytest

from gatedrnn_course import catalogue
from gatedrnn_course.cells.expr import to_text
from gatedrnn_course.cells.language import parse_line
from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab.gates.flow import degree, flow_of


@pytest.mark.parametrize(
    ("name", "keep", "add", "new", "show", "inside"),
    [
        ("LSTM", "f", "i", "c_tilde", "o", "tanh(c)"),
        ("LSTM 1997", "1", "i", "c_tilde", "o", "tanh(c)"),
        ("LSTM coupled", "1 - i", "i", "c_tilde", "o", "tanh(c)"),
        ("peephole LSTM Gers", "f", "i", "c_tilde", "o", "c"),
        ("NOG", "f", "i", "c_tilde", "1", "tanh(c)"),
        ("GRU", "z", "1 - z", "h_tilde", None, None),
        ("MUT1", "1 - z", "z", "h_tilde", None, None),
        ("minLSTM", "f / (f + i)", "i / (f + i)", "h_tilde", None, None),
    ],
)
def test_the_valves_are_read_off_the_equations(
    name: str, keep: str, add: str, new: str, show: str | None, inside: str | None
) -> None:
    flow = flow_of(catalogue[name])
    assert [to_text(part) for part in (flow.keep, flow.add, flow.new)] == [keep, add, new]
    assert (flow.show and to_text(flow.show), flow.inside and to_text(flow.inside)) == (show, inside)


def test_the_reset_gate_is_an_inner_gate() -> None:
    assert [line.name for line in flow_of(catalogue["GRU"]).inner] == ["r"]
    assert flow_of(catalogue["LSTM"]).inner == ()


def test_what_can_be_moved() -> None:
    assert flow_of(catalogue["LSTM"]).knobs == ("x", "h_prev", "c_prev", "b_f", "b_i", "b_o")
    assert flow_of(catalogue["GRU"]).knobs == ("x", "h_prev", "b_z", "b_r")


def test_a_cell_without_gates_is_refused_in_words() -> None:
    with pytest.raises(CourseError, match="keep"):
        flow_of(catalogue["RNN"])


@pytest.mark.parametrize(
    ("text", "linear"),
    [("x * h_prev + x", True), ("x * x", False), ("tanh(x)", False), ("h_prev / x", False), ("x / h_prev", True)],
)
def test_linear_in_a_name(text: str, linear: bool) -> None:
    assert (degree(parse_line(f"h = {text}").expr, "x") <= 1) is linear
