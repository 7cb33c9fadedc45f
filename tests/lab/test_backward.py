from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course import Params, catalogue, draw_params, run_and_keep, run_back
from gatedrnn_course.cells.gradients import sequence_backward

T, B, D, H = 5, 3, 2, 4


def drawn(name: str) -> tuple[Params, Any, list[Any], Any]:
    rng = np.random.default_rng(0)
    cell = catalogue[name]
    states = [rng.normal(size=(B, H)) for _state in cell.states]
    return draw_params(cell, D, H, rng), rng.normal(size=(T, B, D)), states, rng.normal(size=(T, B, H))


@pytest.mark.parametrize("name", ["LSTM", "GRU", "peephole LSTM", "RNN", "LSTM 1997"])
def test_the_shares_of_all_steps_make_the_gradient_through_time(name: str) -> None:
    p, xs, states, d_hs = drawn(name)
    back = run_back(name, run_and_keep(name, p, xs, states), d_hs, p)
    d_p, d_xs, d_states = sequence_backward(catalogue[name], xs, states, p, d_hs)
    np.testing.assert_allclose(back["d_x"], d_xs, atol=1e-13)
    for parameter in p:
        np.testing.assert_allclose(back[f"d_{parameter}"].sum(axis=0), d_p[parameter], atol=1e-12)
    for state, d_0 in zip(catalogue[name].states, d_states, strict=True):
        np.testing.assert_allclose(back[f"d_{state}_prev"][0], d_0, atol=1e-13)


def test_what_is_kept_of_a_step_is_what_came_out_of_the_one_before() -> None:
    p, xs, states, _d_hs = drawn("LSTM")
    saved = run_and_keep("LSTM", p, xs, states)
    assert set(saved) == {"x", "h_prev", "c_prev", "f", "i", "c_tilde", "c", "o", "h"}
    assert all(saved[name].shape == (T, B, D if name == "x" else H) for name in saved)
    for name, first in zip("hc", states, strict=True):
        np.testing.assert_array_equal(saved[f"{name}_prev"][0], first)
        np.testing.assert_array_equal(saved[f"{name}_prev"][1:], saved[name][:-1])


def test_a_state_that_is_not_carried_is_missing_from_the_step_before() -> None:
    p, xs, states, d_hs = drawn("LSTM")
    saved = run_and_keep("LSTM", p, xs, states)
    whole, only_h, only_c = (run_back("LSTM", saved, d_hs, p, carry) for carry in (None, "h", "c"))
    np.testing.assert_array_equal(whole["d_c"][-1], only_h["d_c"][-1])
    through_h = whole["d_h"][-2] * saved.o[-2] * (1 - np.tanh(saved.c[-2]) ** 2)
    np.testing.assert_allclose(only_h["d_c"][-2], through_h, atol=1e-14)
    np.testing.assert_array_equal(only_c["d_h"], d_hs)
