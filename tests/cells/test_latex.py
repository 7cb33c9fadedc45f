from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import backward_of, catalogue, cell_latex, parse
from gatedrnn_course.cells.language import parse_line
from gatedrnn_course.cells.latex import backward_latex, expr_latex, index_of, line_latex, name_latex


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("x", "x_t"),
        ("h_prev", "h_{t-1}"),
        ("h_next", "h_{t+1}"),
        ("c", "c_t"),
        ("c_tilde", r"\tilde{c}_t"),
        ("c_tilde_prev", r"\tilde{c}_{t-1}"),
        ("W_f", "W_f"),
        ("U_ff", "U_{ff}"),
        ("P_o", "P_o"),
        ("b_h", "b_h"),
        ("d_h", r"\delta h_t"),
        ("d_h_prev", r"\delta h_{t-1}"),
        ("d_W_f", r"\delta W_f"),
        ("a_f", "a_{f,t}"),
        ("d_a_c_tilde", r"\delta a_{\tilde{c},t}"),
        ("d_c_next", r"\delta c_t^{\text{next}}"),
    ],
)
def test_a_name_has_its_time(name: str, latex: str) -> None:
    assert name_latex(name) == latex


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("(1 - z) * h_tilde", r"(1 - z_t) \odot \tilde{h}_t"),
        ("z * h_prev + (1 - z) * h_tilde", r"z_t \odot h_{t-1} + (1 - z_t) \odot \tilde{h}_t"),
        ("U_h @ (r * h_prev)", r"U_h (r_t \odot h_{t-1})"),
        ("U_2 @ (a + b)", r"U_2 (a_t + b_t)"),
        ("r * (U_h @ h_prev + b_u)", r"r_t \odot (U_h h_{t-1} + b_u)"),
        ("a - (b - c)", "a_t - (b_t - c_t)"),
        ("a - (b + c)", "a_t - (b_t + c_t)"),
        ("-(a + b)", "-(a_t + b_t)"),
        ("(a + b) * (c - x)", r"(a_t + b_t) \odot (c_t - x_t)"),
        ("sigmoid(a + b)", r"\sigma(a_t + b_t)"),
        ("o * tanh(c)", r"o_t \odot \tanh(c_t)"),
        ("relu(a)", r"\operatorname{relu}(a_t)"),
        ("f / (f + i) * h_prev", r"\frac{f_t}{f_t + i_t} \odot h_{t-1}"),
        ("0.5 * x", r"0.5 \odot x_t"),
    ],
)
def test_brackets_stand_where_the_equation_needs_them(text: str, latex: str) -> None:
    assert expr_latex(parse_line(f"y = {text}").expr) == latex


def test_a_minus_behind_a_plus_stands_in_brackets() -> None:
    assert expr_latex(parse_line("y = a + -b").expr) == "a_t + (-b_t)"


def test_an_equation_is_one_line() -> None:
    assert line_latex(catalogue["RNN"].line("h")) == r"h_t = \tanh(W_h x_t + U_h h_{t-1} + b_h)"


def test_layers_are_counted_by_another_letter_than_steps() -> None:
    text = cell_latex(catalogue["highway layer"])
    assert r"h_{\ell} &= t_{\ell} \odot y_{\ell} + (1 - t_{\ell}) \odot h_{\ell-1}" in text
    assert "_t " not in text.replace("W_t ", "")
    assert index_of(catalogue["RNN"]) == "t"


def well_formed(latex: str) -> bool:
    """Braces and brackets pair up, and no name has two subscripts."""
    pairs = all(latex.count(a) == latex.count(b) for a, b in ("{}", "()"))
    return pairs and not re.search(r"_(\w|\{[^{}]*\})_", latex) and not re.search(r"\{[^{}]*_[^{}]*_[^{}]*\}_", latex)


@pytest.mark.parametrize("name", catalogue)
def test_every_cell_is_aligned_at_the_equals_sign_with_its_words(name: str) -> None:
    cell = catalogue[name]
    first, *rows, last = cell_latex(cell).splitlines()
    assert (first, last) == (r"\begin{aligned}", r"\end{aligned}")
    assert len(rows) == len(cell.lines)
    for row, line in zip(rows, cell.lines, strict=True):
        assert row.count("&=") == 1
        assert rf"\text{{{line.words}}}" in row
        assert well_formed(row)


@pytest.mark.parametrize("name", catalogue)
def test_every_backward_equation_has_its_latex(name: str) -> None:
    assert all(well_formed(line_latex(line)) for line in backward_of(catalogue[name]).lines)


@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_a_cell_nobody_wrote_has_its_latex(any_cell: Any, data: Any) -> None:
    assert all(well_formed(line_latex(line)) for line in data.draw(any_cell).lines)


def test_words_in_text_mode_hold_no_bare_underscore() -> None:
    """A line without a comment is called by its name."""
    assert not re.search(r"\\text\{[^}]*[^\\]_", cell_latex(parse("c_tilde = tanh(W_c @ x)\nh = c_tilde")))


@pytest.mark.parametrize("name", ["W_a_b_c", "gate_of_the_cell", "a_b_c_prev"])
def test_a_long_name_has_one_subscript(name: str) -> None:
    assert not re.search(r"(?<!\\)_.*(?<!\\)_", name_latex(name))


def test_the_backward_equations_are_aligned_in_their_order() -> None:
    program = backward_of(catalogue["LSTM"])
    rows = backward_latex(program).removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}").split(" \\\\\n")
    assert [row.partition(" &= ")[0] for row in rows] == [name_latex(line.name) for line in program.lines]
    assert r"\delta c_t &= \delta c_t^{\text{next}} + \delta h_t \odot o_t" in rows[3]
