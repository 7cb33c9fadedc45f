"""Facts about the cell state that many pages have wrong, each measured here: those of unit 02."""

from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course import bit_sequences, catalogue, gradient_over_depth, random_params, run_cell
from gatedrnn_course.cells import Params, draw_params, step
from gatedrnn_course.grading.units import load

CELL = catalogue["LSTM 1997"]
XS = bit_sequences(4)[0]


def slopes(p: Params, h_prev: np.ndarray, c_prev: np.ndarray) -> np.ndarray:
    """d c_i / d c_prev_j of one step, by differences."""
    found = []
    for unit in 1e-6 * np.eye(len(c_prev)):
        up, down = (step(CELL, XS[1, 0], [h_prev, c_prev + sign * unit], p)[1] for sign in (1, -1))
        found.append((up - down) / 2e-6)
    return np.stack(found, axis=-1)


def test_1997_had_no_forget_gate() -> None:
    """Not "LSTM (1997) has a forget gate": the weight of the old cell state is exactly 1, whatever the parameters."""
    assert "f" not in [line.name for line in CELL.lines]
    assert not [name for name in CELL.parameters if name.endswith("_f")]
    rng = np.random.default_rng(0)
    for scale in (0.1, 1.0, 5.0):
        p = draw_params(CELL, 2, 4, rng, scale)
        assert np.allclose(slopes(p, rng.normal(size=4), rng.normal(size=4)), np.eye(4), atol=1e-6)


def test_the_identity_holds_for_one_step_and_not_through_h() -> None:
    """Not "nothing multiplies the gradient": the path through h is there too, from the second step on."""
    p, start = random_params("LSTM 1997", 1)[0], [np.zeros((4, 16)), np.zeros((4, 16))]
    moved = [start[0], start[1] + 1e-6]
    first, other = (run_cell("LSTM 1997", p, XS, state)["c"] for state in (start, moved))
    assert np.allclose((other - first)[0] / 1e-6, 1.0, atol=1e-4)
    assert abs((other - first)[-1] / 1e-6 - 1.0).max() > 0.1


def test_a_carousel_cannot_replace_what_it_holds() -> None:
    """A second bit joins the first: 1 and then -1 leave 0."""
    p = draw_params(CELL, 2, 1, np.random.default_rng(0), scale=0.0)
    p.W_i[0, 1], p.b_i[0], p.W_c[0, 0] = 16.0, -8.0, 3.0
    xs = np.zeros((20, 1, 2))
    xs[[0, 10], 0, 0], xs[[0, 10], 0, 1] = [1.0, -1.0], 1.0
    c = run_cell("LSTM 1997", p, xs)["c"][:, 0, 0]
    assert c[9] == pytest.approx(0.995, abs=0.01) and abs(c[-1]) < 0.01


def test_c_is_slow_and_h_fast_in_the_cell_of_1997() -> None:
    """With random weights c moves by less than half as much a step as h, beside their own spread, in each of six."""
    for p in random_params("LSTM 1997", 6):
        run = run_cell("LSTM 1997", p, XS)
        moves = {name: np.abs(np.diff(run[name], axis=0)).mean() / run[name].std(axis=0).mean() for name in "ch"}
        assert moves["c"] < 0.5 * moves["h"]


def test_a_residual_layer_passes_on_the_identity_and_may_let_it_grow() -> None:
    """Not "residual networks solve vanishing and exploding": nothing is lost, and large weights let it grow."""
    p = draw_params(catalogue["residual layer"], 4, 4, np.random.default_rng(0), scale=0.0)
    assert np.array_equal(load("02").item("residual_jacobian").reference(np.ones(4), p), np.eye(4))
    assert 1 < gradient_over_depth("residual layer", 0.5)[0] < 10 < 1e6 < gradient_over_depth("residual layer", 1.5)[0]


def test_a_transform_bias_of_zero_carries_one_half() -> None:
    """Not "a highway layer carries from the start": with b_t = 0 it halves the gradient at every layer."""
    assert gradient_over_depth("highway layer", 0.25, b_t=0.0)[0] == pytest.approx(0.5**50, rel=0.9)
    assert gradient_over_depth("highway layer", 0.25, b_t=-4.0)[0] > 0.3
