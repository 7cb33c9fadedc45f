from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course import catalogue, draw_params, run_cell, step_jacobians
from gatedrnn_course.cells import whole_step
from gatedrnn_course.lab.flow import gains


def drawn(name: str, count: int = 1) -> list[Any]:
    rng = np.random.default_rng(0)
    return [draw_params(catalogue[name], 3, 4, rng, 0.7) for _k in range(count)]


def test_of_an_rnn_they_are_the_slope_of_tanh_times_u() -> None:
    (p,), xs = drawn("RNN"), np.random.default_rng(1).normal(size=(5, 2, 3))
    js = step_jacobians(whole_step(catalogue["RNN"]).function, [np.zeros((2, 4))], p, xs)
    hs = run_cell("RNN", p, xs)["h"]
    assert js == pytest.approx((1 - hs[..., None] ** 2) * p.U_h, abs=1e-7)


def test_of_an_lstm_the_block_from_c_to_c_holds_the_gates() -> None:
    (p,), xs = drawn("LSTM"), np.random.default_rng(1).normal(size=(5, 2, 3))
    js = step_jacobians(whole_step(catalogue["LSTM"]).function, [np.zeros((2, 4))] * 2, p, xs)
    f = run_cell("LSTM", p, xs)["f"]
    assert js.shape == (5, 2, 8, 8)
    assert js[..., 4:, 4:] == pytest.approx(f[..., None] * np.eye(4), abs=1e-7)


def test_layers_have_parameters_of_their_own_and_may_hold_large_numbers() -> None:
    layers, start = drawn("residual layer", 3), np.full((1, 4), 1e9)
    js = step_jacobians(whole_step(catalogue["residual layer"]).function, [start], layers)
    h = start[0]
    for p, j in zip(layers, js[:, 0], strict=True):
        inside = p.U_1 @ h + p.b_1
        assert j == pytest.approx(np.eye(4) + p.U_2 @ np.diag(inside > 0) @ p.U_1, abs=1e-5)
        h = h + p.U_2 @ np.maximum(inside, 0) + p.b_2


def test_a_step_in_float32_that_gives_a_list_is_near() -> None:
    (p,), xs = drawn("LSTM"), np.random.default_rng(1).normal(size=(4, 1, 3))
    function = whole_step(catalogue["LSTM"]).function

    def rough(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        return [np.float32(part) for part in function(x, h_prev, c_prev, p)]

    exact, near = (step_jacobians(one, [np.zeros((1, 4))] * 2, p, xs) for one in (function, rough))
    assert near == pytest.approx(exact, abs=5e-3)


def test_gains_are_the_largest_singular_values_of_products_from_the_end() -> None:
    js = np.random.default_rng(2).normal(size=(4, 6, 6))
    found = gains(js, 3)
    assert found[0] == pytest.approx(1)
    assert found[1] == pytest.approx(np.linalg.svd(js[3][3:, 3:], compute_uv=False)[0])
    assert found[3] == pytest.approx(np.linalg.svd((js[3] @ js[2] @ js[1])[3:, 3:], compute_uv=False)[0])
