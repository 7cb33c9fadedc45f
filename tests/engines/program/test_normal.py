"""The form engines read cells in, and that nothing of a person's names is left in what they write."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_cells import line_names

from gatedrnn_course.cells import Cell, catalogue, parse
from gatedrnn_course.cells.expr import Call, MatMul, Name, names, terms, walk
from gatedrnn_course.engines.c_tier.text_cell import cell_key, write_cell
from gatedrnn_course.engines.program.normal import normal, numbered, scaled_product
from gatedrnn_course.engines.torch_tier import loop
from gatedrnn_course.engines.torch_tier.functions import functions_of

BASE = """{line} = sigmoid(W_{o} @ x + U_{o} @ h_prev + b_{o})
{state} = tanh(W_1 @ x + {line} * {state}_prev + P_1)
h = {line} * h_prev + (1 - {line}) * tanh(W_2 @ x + U_2 @ ({line} * {state}) + b_2)"""


def lines(text: str) -> list[str]:
    return [row.split("#")[0].strip() for row in normal(parse(text)).text.splitlines()]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("h = sigmoid(W_h @ x + b_h)", ["a_h = W_h @ x + b_h", "h = sigmoid(a_h)"]),
        ("h = W_h @ x - 0.5 * (U_h @ h_prev) * 3", ["h = W_h @ x - 1.5 * (U_h @ h_prev)"]),
        ("h = W_h @ x + W_h @ x", ["h = 2 * (W_h @ x)"]),
        ("h = h_prev * -(U_h @ h_prev)", ["a_h = -(U_h @ h_prev)", "h = h_prev * a_h"]),
        ("h = U_h @ (h_prev * h_prev)", ["a_h = h_prev * h_prev", "h = U_h @ a_h"]),
        ("h = tanh(b_h) * h_prev", ["a_h = b_h", "a_h_2 = tanh(a_h)", "h = a_h_2 * h_prev"]),
        ("h = sigmoid(0) * h_prev / (2 + 2)", ["h = 0.5 * h_prev / 4"]),
        ("f = tanh(h_prev)\nh = tanh(h_prev) + f", ["f = tanh(h_prev)", "h = f + f"]),
        ("f = tanh(h_prev)\nh = tanh(h_prev)", ["f = tanh(h_prev)", "h = f"]),
        ("a_h = h_prev + P_1\nh = tanh(a_h * 2)", ["a_h = h_prev + P_1", "a_h_2 = a_h * 2", "h = tanh(a_h_2)"]),
    ],
)
def test_products_and_functions_have_lines_of_their_own(text: str, form: list[str]) -> None:
    assert lines(text) == form


def assert_normal(cell: Cell) -> None:
    for line in normal(cell).lines:
        calls = [node for _, node in walk(line.expr) if isinstance(node, Call)]
        assert not calls or (line.expr == calls[0] and isinstance(calls[0].arg, Name))
        for _, term in terms(line.expr):
            _, product = scaled_product(term)
            assert product is None or isinstance(product.vector, Name)
            assert product is not None or not any(isinstance(node, MatMul) for _, node in walk(term))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_cell_has_the_form_and_keeps_what_it_is_given(data: Any, any_cell: Any) -> None:
    cell = data.draw(any_cell)
    form = normal(cell)
    assert_normal(cell)
    assert (form.inputs, form.states, form.parameters) == (cell.inputs, cell.states, cell.parameters)
    assert all(form.shape(name) == shape for name, shape in cell.shapes.items())
    assert normal(form) is form


@pytest.mark.parametrize("name", catalogue)
def test_numbers_keep_the_order_of_states_and_parameters(name: str) -> None:
    cell = catalogue[name]
    ours = numbered(cell)
    assert_normal(ours)
    assert len(ours.states) == len(cell.states) and ours.inputs == cell.inputs
    assert [cell.shape(n) for n in cell.parameters] == [ours.shape(n) for n in ours.parameters]
    assert [cell.shape(n) for n in cell.states] == [ours.shape(n) for n in ours.states]
    assert [n[0] for n in cell.parameters] == [n[0] for n in ours.parameters]


def test_cells_that_differ_in_names_are_one() -> None:
    ours, other = called("g", "k", "o"), called("f", "m", "i")
    assert numbered(ours) == numbered(other) and cell_key(ours) == cell_key(other)
    assert numbered(ours) != numbered(parse(ours.text.replace("b_o", "P_o")))


def called(line: str, state: str, suffix: str) -> Cell:
    """The base with other names."""
    return parse(BASE.format(line=line, state=state, o=suffix))


def programs(cell: Cell) -> tuple[str, ...]:
    """Every text that is written for a cell."""
    return functions_of(cell).text, functions_of(cell, True).text, write_cell(cell)


def test_whatever_lines_and_parameters_are_called_the_programs_are_the_same() -> None:
    """Every identifier that any writer uses, of Python, C and torch, as a line, a state and a parameter."""
    wanted, step = programs(called("g", "k", "o")), loop.step_of(called("g", "k", "o"))
    every = line_names()
    assert {"output", "p_b_f", "p_U_c", "steps", "torch", "tile_1x1", "int", "row", "printf", "match"} <= set(every)
    for name, other in zip(every, (*every[7:], *every[:7]), strict=True):
        if "c" not in (name, other):  # the state c comes before all others but h
            assert numbered(called(name, other, name)) == numbered(called("g", "k", "o"))
    for name in ("output", "p_b_f", "p_U_c", "torch", "steps", "int", "Z", "n", "row", "delta"):
        cell = called(name, "zero", name)
        assert programs(cell) == wanted and loop.step_of(cell).__code__.co_code == step.__code__.co_code


def test_no_name_of_a_person_is_in_a_program() -> None:
    text = "unheard = sigmoid(W_unheard @ x)\ncarried = unheard * carried_prev\nh = tanh(carried + b_unheard)"
    cell = parse(text, "unheard */ #error \0")
    assert not any("unheard" in text or "carried_" in text for text in programs(cell))
    assert all("unheard" not in name for name in loop.step_of(cell).__code__.co_varnames)
    assert set(names(numbered(cell).line("l0").expr)) == {"x", "W_0"}
