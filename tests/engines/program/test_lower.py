"""Equations and derived equations taken apart, and matched."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.cells.expr import MatMul, names, to_text, walk
from gatedrnn_course.engines.program.lower import lower
from gatedrnn_course.engines.program.step import Product, Step, is_slot


def texts(step: Step) -> dict[str, str]:
    parts = step.forward, step.backward
    return {name: to_text(value) for part in parts for name, value in part.values.items()}


def test_products_go_to_slots_and_the_rest_stays_nested() -> None:
    step = lower(parse("f = sigmoid(W_f @ x + U_f @ h_prev + b_f)\nh = f * h_prev + (1 - f) * tanh(W_h @ x)"))
    assert texts(step)["a_f"] == "#0 + b_f" and texts(step)["h"] == "f * h_prev + (1 - f) * a_h_2"
    wanted = [(0, "W_f", "x"), (0, "U_f", "h_prev"), (1, "W_h", "x")]
    assert step.forward.products == tuple(Product(*own) for own in wanted)
    assert step.deltas == {0: "d_a_f", 1: "d_a_h"} and step.sums == {"b_f": "d_b_f"}
    assert step.ends == {"h": "d_h_prev"} and step.d_x == "d_x"
    turned = {(p.matrix, p.vector) for p in step.backward.products}
    assert turned == {("U_f", "d_a_f"), ("W_f", "d_a_f"), ("W_h", "d_a_h")}


def test_a_number_before_a_product_is_before_its_slot_and_in_its_derivative() -> None:
    step = lower(parse("h = W_h @ x - 1.5 * (U_h @ h_prev) - 1.5 * (U_1 @ h_prev)"))
    assert texts(step)["h"] == "#0 + -1.5 * #1"
    assert [p.slot for p in step.forward.products] == [0, 1, 1]
    assert step.deltas == {0: "d_h", 1: "_2"} and texts(step)["_2"] == "-1.5 * d_h"


def test_what_only_the_input_s_derivative_needs_is_late() -> None:
    step = lower(catalogue["peephole LSTM"])
    assert {name for name in step.late if not is_slot(name)} == {"d_x"}
    assert lower(parse("h = tanh(U_h @ h_prev + b_h)")).late == set()


def test_dead_derivatives_are_left_out() -> None:
    step = lower(parse("f = sigmoid(W_f @ x)\nh = tanh(U_h @ h_prev)"))
    assert set(step.forward.values) == {"a_h", "h"}
    assert step.backward.only({"d_h"}).values.keys() == {"d_h"} and step.backward.only({"d_h"}).products == ()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_value_comes_after_what_it_needs_and_holds_no_product(data: Any, any_cell: Any) -> None:
    step = lower(data.draw(any_cell))
    known = {"x", *(f"{name}_prev" for name in step.cell.states), *step.cell.parameters}
    for part in (step.forward, step.backward):
        for name, value in part.values.items():
            assert not any(isinstance(node, MatMul) for _, node in walk(value))
            for used in names(value):
                for own in part.used(used) if is_slot(used) else (used,):
                    assert own in known or own == "d_x" or own.removesuffix("_next") != own
            known.add(name)
    assert set(step.deltas) == {p.slot for p in step.forward.products}
    assert {name for name in step.wanted if name not in step.backward.values} == set()


@pytest.mark.parametrize("name", catalogue)
def test_each_matrix_has_one_gradient_a_product(name: str) -> None:
    step = lower(catalogue[name])
    assert len({(p.matrix, p.slot) for p in step.forward.products}) == len(step.forward.products)
    assert all(delta in step.backward.values for delta in step.deltas.values())
