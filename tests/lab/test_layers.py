from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from gatedrnn_course import Params, catalogue, draw_params, explore_depth, sigmoid
from gatedrnn_course.cells import whole_step
from gatedrnn_course.lab import layers, passed


@pytest.fixture(scope="module")
def widget() -> Any:
    return explore_depth()


def numbers(words: str) -> dict[str, float]:
    found = re.findall(r"([-\de.+]+) (?:reaches the input )?in (\w+) ones", words)
    return {name: float(value) for value, name in found}


def test_plain_layers_lose_the_gradient_and_residual_ones_do_not(widget: Any) -> None:
    widget.move(depth=50, size=0.5, b_t=-2)
    found = numbers(widget.read_out())
    assert found["plain"] < 1e-9
    assert 0.5 < found["residual"] < 10


def test_a_negative_transform_bias_opens_the_way(widget: Any) -> None:
    arrived = []
    for b_t in range(-6, 5, 2):
        widget.move(depth=50, size=0.25, b_t=b_t)
        arrived.append(numbers(widget.read_out())["highway"])
    assert arrived == sorted(arrived, reverse=True)
    assert arrived[0] == pytest.approx((1 - sigmoid(-6.0)) ** 50, rel=0.1)


def test_more_layers_lose_more(widget: Any) -> None:
    arrived = []
    for depth in (10, 25, 50, 100):
        widget.move(depth=depth, size=0.5, b_t=-2)
        arrived.append(numbers(widget.read_out())["highway"])
    assert arrived == sorted(arrived, reverse=True)


def test_the_bias_is_read_as_a_forget_gate(widget: Any) -> None:
    widget.move(b_t=-4)
    assert "carries on about 0.982, as a forget gate of that size does a step" in widget.read_out()


def test_differences_give_the_jacobian() -> None:
    rng = np.random.default_rng(0)
    cell = catalogue["residual layer"]
    p: Params = draw_params(cell, 8, 8, rng)
    h = rng.normal(size=(3, 8))
    after, jacobian = layers._jacobian(layers._first(whole_step(cell).function), h, p)
    active = (h @ p.U_1.T + p.b_1 > 0)[:, None, :]
    assert after == pytest.approx(h + np.maximum(h @ p.U_1.T + p.b_1, 0) @ p.U_2.T + p.b_2)
    assert jacobian == pytest.approx(np.eye(8) + (p.U_2 * active) @ p.U_1, abs=1e-8)


def test_it_takes_the_learners_own_layers_once_they_are_right() -> None:
    def highway_layer(h_prev: Any, p: Any) -> Any:
        t = sigmoid(h_prev @ p.W_t.T + p.b_t)
        return t * np.tanh(h_prev @ p.W_h.T + p.b_h) + (1 - t) * h_prev

    passed.remember("highway_layer", highway_layer)
    mine = explore_depth()
    assert mine.whose == "Computed with your functions: highway_layer."
    assert mine.read_out() == explore_depth().read_out()


def test_nothing_warns_where_a_gradient_vanishes_altogether(widget: Any) -> None:
    widget.move(depth=100, size=0.25)
    assert numbers(widget.read_out())["plain"] < 1e-40
