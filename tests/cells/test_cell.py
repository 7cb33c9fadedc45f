from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import Cell, CellError, catalogue, parse, variant


@pytest.mark.parametrize("name", catalogue)
def test_the_text_of_a_cell_is_read_back_as_its_lines(name: str) -> None:
    cell = catalogue[name]
    assert parse(cell.text).lines == cell.lines
    assert str(cell) == cell.text


@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_the_text_of_a_cell_nobody_wrote_is_read_back_as_its_lines(any_cell: Any, data: Any) -> None:
    cell = data.draw(any_cell)
    assert parse(cell.text).lines == cell.lines


@pytest.mark.parametrize(
    ("name", "inputs", "states"),
    [
        ("RNN", ("x",), ("h",)),
        ("LSTM", ("x",), ("h", "c")),
        ("GRU", ("x",), ("h",)),
        ("peephole LSTM U=0", ("x",), ("h", "c")),
        ("FGR", ("x",), ("h", "c", "f", "i", "o")),
        ("highway layer", (), ("h",)),
    ],
)
def test_inputs_and_states_are_read_off_the_equations(
    name: str, inputs: tuple[str, ...], states: tuple[str, ...]
) -> None:
    assert (catalogue[name].inputs, catalogue[name].states) == (inputs, states)


def test_parameters_come_in_the_order_of_the_text() -> None:
    assert catalogue["GRU"].parameters == ("W_z", "U_z", "b_z", "W_r", "U_r", "b_r", "W_h", "U_h", "b_h")


def test_a_parameter_used_twice_is_one_parameter() -> None:
    assert parse("h = tanh(W_h @ x + U_h @ (U_h @ h_prev) + b_h + b_h)").parameters == ("W_h", "U_h", "b_h")


def test_a_parameter_is_never_a_state() -> None:
    cell = parse("b = tanh(W_b @ x)\nh = tanh(b_prev + b)")
    assert not {f"{name}_prev" for name in cell.states} & set(cell.parameters)


def test_a_cell_may_carry_a_state_of_the_inputs_size() -> None:
    assert parse("y = x * b_y\nh = tanh(W_h @ y_prev)").states == ("h", "y")


def test_a_line_is_found_by_its_name() -> None:
    assert catalogue["LSTM"].line("f").words == "forget gate"


@pytest.mark.parametrize(
    ("text", "said", "do"),
    [
        ("h = c * tanh(W_h @ x)\nc = b_c", "`c` is used before a line defines it", "Write c_prev"),
        ("h = h * tanh(W_h @ x)", "`h` is used before a line defines it", "Write h_prev"),
        ("h = forget * tanh(W_h @ x)", "`forget` is used before", "forget_prev"),
        ("h = tanh(W_h @ x + c_prev)", "No line defines c", ""),
        ("h = tanh(W_h @ x)\nh = tanh(h_prev)", "`h` is defined twice", ""),
        ("c = tanh(W_c @ x)", "needs a line for h", ""),
        ("", "This text has none", "For example"),
        ("# only words", "This text has none", "For example"),
    ],
)
def test_what_is_no_cell_says_why(text: str, said: str, do: str) -> None:
    with pytest.raises(CellError, match=said) as caught:
        parse(text)
    assert do in str(caught.value)


def test_a_variant_changes_drops_and_keeps_lines() -> None:
    coupled = variant(catalogue["LSTM"], "mine", {"f": None, "c": "c = (1 - i) * c_prev + i * c_tilde"}, "me")
    assert [line.name for line in coupled.lines] == ["i", "c_tilde", "c", "o", "h"]
    assert coupled.line("c").words == "cell state"
    assert (coupled.name, coupled.source) == ("mine", "me")
    assert variant(catalogue["LSTM"], "mine", {}).source == catalogue["LSTM"].source


def test_a_variant_may_rename_a_line_in_words() -> None:
    assert variant(catalogue["RNN"], "mine", {"h": "h = relu(W_h @ x)  # rate"}).line("h").words == "rate"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"g": None}, "LSTM has no line g"),
        ({"f": None}, "`f` is used before"),
        ({"h": "h = sin(c)"}, "not part of the language"),
    ],
)
def test_a_variant_that_is_no_cell_is_a_cell_error(changes: Any, said: str) -> None:
    with pytest.raises(CellError, match=said):
        variant(catalogue["LSTM"], "mine", changes)


def test_cells_compare_by_value_and_cannot_be_changed() -> None:
    cell = parse("h = tanh(W_h @ x)  # hidden state", "mine")
    assert cell == parse("  h=tanh( W_h@x )   # hidden state", "mine")
    assert isinstance(hash(cell), int)
    with pytest.raises(AttributeError):
        cell.name = "other"  # type: ignore[misc]


def test_a_cell_made_by_hand_is_the_parsed_one() -> None:
    assert Cell("mine", catalogue["RNN"].lines).shape("W_h") == ("H", "D")


def test_importing_the_cells_loads_neither_torch_nor_anything_but_numpy() -> None:
    program = "import sys, gatedrnn_course.cells, gatedrnn_course.cells.edits; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "numpy" in loaded
    assert not {"torch", "matplotlib", "ipywidgets", "anywidget", "IPython", "scipy"} & set(loaded)
