from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course import catalogue, sigmoid
from gatedrnn_course.cells import step
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.gates.flow import flow_of
from gatedrnn_course.lab.gates.values import numbers, starting_point, weights

GATED = [name for name in catalogue if name != "RNN"]


@pytest.mark.parametrize("name", GATED)
def test_the_numbers_are_those_of_one_step_of_the_cell(name: str) -> None:
    cell = catalogue[name]
    flow = flow_of(cell)
    p = weights(flow)
    position = starting_point(flow, p)
    values, used = numbers(flow, position, p)
    x = np.array([position["x"]]) if cell.inputs else None
    states = step(cell, x, [np.array([position[f"{state}_prev"]]) for state in cell.states], p)
    assert [values[state] for state in cell.states] == pytest.approx([float(s[0]) for s in states], abs=1e-15)
    assert values["kept"] + values["added"] == pytest.approx(values[flow.state], abs=1e-12)
    assert used == ()


def test_a_moved_bias_moves_its_gate() -> None:
    flow = flow_of(catalogue["LSTM"])
    p = weights(flow)
    start = starting_point(flow, p)
    before, after = (numbers(flow, {**start, "b_f": b}, p)[0] for b in (start["b_f"], -4.0))
    assert after["f"] < 0.1 < before["f"]
    assert after["i"] == before["i"]


def test_all_learned_biases_of_gates_are_knobs() -> None:
    flow = flow_of(catalogue["LSTM"])
    assert {name for name in flow.knobs if is_parameter(name)} == {"b_f", "b_i", "b_o"}


def test_the_learners_function_takes_part_once_it_passed() -> None:
    calls = []

    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        calls.append(x.shape)
        return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)

    flow = flow_of(catalogue["LSTM"])
    p = weights(flow)
    start = starting_point(flow, p)
    course, none = numbers(flow, start, p)
    passed.remember("forget_gate", forget_gate)
    mine, used = numbers(flow, start, p)
    assert (none, used, calls) == ((), ("forget_gate",), [(1, 1)])
    assert mine == pytest.approx(course, abs=1e-15)


def test_a_function_that_fails_later_is_replaced_by_the_cell() -> None:
    def fails(*args: Any) -> Any:
        raise ValueError("a helper is gone")

    for name, function in {"forget_gate": fails, "cell_update": lambda *args: np.zeros(3)}.items():
        passed.remember(name, function)
    flow = flow_of(catalogue["LSTM"])
    p = weights(flow)
    values, used = numbers(flow, starting_point(flow, p), p)
    assert used == ()
    assert np.isfinite(list(values.values())).all()


def test_the_functions_of_one_cell_are_not_used_for_another() -> None:
    passed.remember("forget_gate", lambda *args: np.zeros((1, 1)))
    flow = flow_of(catalogue["peephole LSTM"])
    p = weights(flow)
    assert numbers(flow, starting_point(flow, p), p)[1] == ()
