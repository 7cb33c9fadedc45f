"""Which cells are linear in their state, element by element, and with which factor and rest, read off the equations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import Cell, catalogue, parse
from gatedrnn_course.cells.expr import to_text
from gatedrnn_course.cells.reference import step
from gatedrnn_course.engines.program.recurrence import linear_recurrence

GATES = "z = sigmoid(W_z @ x + b_z)\nh_tilde = W_h @ x + b_h\n"
LINEAR = {
    "as in the catalogue": GATES + "h = (1 - z) * h_prev + z * h_tilde",
    "a step towards": GATES + "h = h_prev + z * (h_tilde - h_prev)",
    "a step away": GATES + "h = h_prev - z * (h_prev - h_tilde)",
    "in several lines": GATES + "kept = h_prev * (1 - z)\nnew = -z * h_tilde\nh = kept - new",
    "divided": GATES + "h = h_prev / (1 + z) - -h_tilde",
    "a carousel": "c = c_prev + tanh(W_c @ x)\nh = tanh(c)",
    "quasi-recurrent": GATES + "o = sigmoid(W_o @ x)\nc = z * c_prev + (1 - z) * tanh(h_tilde)\nh = o * c",
    "normalised": GATES + "n = z * n_prev + 1\nc = z * c_prev + h_tilde\nh = c / n",
    "no rest": GATES + "h = z * h_prev",
    "a bias only": "h = b_h * h_prev + b_z",
    "nothing carried on": GATES + "h = z * h_tilde",
    "both": GATES + "h = h_prev + h_prev * z + h_tilde",
}
OTHERS = {
    "through a function": "h = tanh(h_prev + W_h @ x)",
    "through a matrix": "h = W_h @ x + U_h @ h_prev",
    "a gate that looks": "f = sigmoid(P_f * c_prev + W_f @ x)\nc = f * c_prev\nh = c",
    "squared": "h = h_prev * h_prev + W_h @ x",
    "in a denominator": "h = W_h @ x / (h_prev + 2)",
    "another state": "c = c_prev + W_c @ x\nh = h_prev + c_prev",
    "the new state of another": "c = c_prev + W_c @ x\nh = h_prev + c",
    "exchanged": "c = h_prev + W_c @ x\nh = c_prev",
    "at a distance": GATES + "a = tanh(h_prev)\nh = z * h_prev + a",
}


@pytest.mark.parametrize("text", LINEAR.values(), ids=LINEAR)
def test_it_is_recognised_however_it_is_spelled(text: str) -> None:
    assert linear_recurrence(parse(text)) is not None


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_any_other_is_not(text: str) -> None:
    assert linear_recurrence(parse(text)) is None


def test_of_the_catalogue_these_are() -> None:
    assert [name for name in catalogue if linear_recurrence(catalogue[name])] == ["minGRU", "minLSTM"]


def test_factor_and_rest_of_a_gated_unit() -> None:
    found = linear_recurrence(catalogue["minGRU"])
    assert found is not None
    assert [line.name for line in found.lines] == ["a_z", "z", "h_tilde"]
    assert {state: to_text(factor) for state, factor in found.factors.items()} == {"h": "1 - z"}
    assert {state: to_text(rest) for state, rest in found.rests.items()} == {"h": "z * h_tilde"}


def test_what_is_not_carried_on_has_no_recurrence() -> None:
    found = linear_recurrence(parse(LINEAR["quasi-recurrent"]))
    assert found is not None and list(found.factors) == ["c"]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), seed=st.integers(0, 99))
def test_what_is_taken_for_linear_adds_up_element_by_element(data: Any, seed: int, any_cell: Any, draw: Any) -> None:
    cell: Cell = data.draw(st.one_of(st.sampled_from(list(LINEAR.values())).map(parse), any_cell))
    found = linear_recurrence(cell)
    if found is None:
        return
    run, rng = draw(cell, T=1, B=1, seed=seed), np.random.default_rng(seed)
    x, zero = run.xs[0] if cell.inputs else None, tuple(0 * s for s in run.state)
    carried = [k for k, name in enumerate(cell.states) if name in found.factors]

    def moved(by: tuple[Any, ...]) -> list[Any]:
        pairs = zip(step(cell, x, by, run.p), step(cell, x, zero, run.p), strict=True)
        return [np.broadcast_to(new - old, (1, 4)) for new, old in pairs]

    one, two = (tuple(rng.normal(size=s.shape) for s in run.state) for _k in range(2))
    alone = tuple(s * (np.arange(s.shape[-1]) == 1) for s in one)
    both = moved(tuple(a + b for a, b in zip(one, two, strict=True)))
    for k in carried:
        np.testing.assert_allclose(both[k], moved(one)[k] + moved(two)[k], rtol=1e-9, atol=1e-9)
        assert not moved(alone)[k][0, [0, 2, 3]].any()
