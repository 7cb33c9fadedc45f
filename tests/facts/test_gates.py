"""Facts about gates that many pages have wrong, each measured here: those of unit 03."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from gatedrnn_course import bit_sequences, catalogue, random_params, run_cell, sigmoid
from gatedrnn_course.cells import Params, Slice, draw_params
from gatedrnn_course.cells.expr import Call
from gatedrnn_course.grading.units import find_item, load

LSTM = catalogue["LSTM"]
XS = bit_sequences(4)[0]


def changed(p: Mapping[str, Any], **numbers: Any) -> Params:
    return Params({**p, **{name: np.broadcast_to(number, p[name].shape).copy() for name, number in numbers.items()}})


def cut(p: Params) -> Params:
    """The same weights without the path through h."""
    return changed(p, **dict.fromkeys(("U_f", "U_i", "U_c", "U_o"), 0.0))


def kept(p: Params, start: float = 1.0) -> tuple[float, float]:
    """How far two runs are apart at the end that begin `start` apart in c; and the direct path's share of that."""
    zeros = np.zeros((4, len(p.b_f)))
    one, other = (run_cell("LSTM", p, XS, [zeros, zeros + c]) for c in (0.0, start))
    measured = float(np.linalg.norm(one["c"][-1] - other["c"][-1]))
    return measured, float(np.linalg.norm(start * np.prod(other["f"], axis=0)))


def test_forget_means_keep() -> None:
    """Not "A forget gate of 1 forgets": it keeps."""
    update = Slice(LSTM, ("f", "i", "c_tilde", "c_prev"), ("c",)).function
    c_prev, c_tilde = np.array([2.0, -1.0, 0.5]), np.full(3, 9.0)
    ones, zeros = np.ones(3), np.zeros(3)
    np.testing.assert_array_equal(update(ones, zeros, c_tilde, c_prev, Params())[0], c_prev)
    np.testing.assert_array_equal(update(zeros, zeros, c_tilde, c_prev, Params())[0], zeros)


def test_there_are_three_gates_and_a_candidate() -> None:
    """Not "four gates": three sums pass a sigmoid, the candidate passes tanh and may be negative."""
    functions = {line.name: line.expr.function for line in LSTM.lines if isinstance(line.expr, Call)}
    assert functions == {"f": "sigmoid", "i": "sigmoid", "c_tilde": "tanh", "o": "sigmoid"}
    run = run_cell("LSTM", random_params("LSTM", 1)[0], XS)
    assert all(run[name].min() > 0 for name in ("f", "i", "o"))
    assert run["c_tilde"].min() < -0.5


def test_the_direct_path_is_the_product_of_the_forget_gates_and_can_vanish() -> None:
    """Not "c passes no matrix, so nothing vanishes": the direct path leaves the product of the f, at most 1."""
    for b_f, most in ((0.0, 1e-6), (3.0, 1.0)):
        p = cut(random_params("LSTM", 1, b_f=b_f)[0])
        measured, direct = kept(p)
        assert measured == pytest.approx(direct, rel=1e-9)
        assert direct < most * np.sqrt(p.b_f.size * 4)


def test_there_is_another_path_through_h_which_can_make_a_difference_grow() -> None:
    """Not "The LSTM solves exploding too": only the direct path cannot grow."""
    p = random_params("LSTM", 1, scale=1.5, b_f=3.0)[0]
    measured, direct = kept(p, start=1e-6)
    assert measured > 100 * direct
    assert measured > 10 * 1e-6 * np.sqrt(p.b_f.size * 4)


def test_a_forget_bias_of_1_is_a_start_and_no_cure() -> None:
    """Not "Set b_f = 1 and the LSTM remembers": half is gone after two steps, all but 1 / 500 after 20."""
    assert sigmoid(0.0) ** 20 == pytest.approx(9.5e-7, rel=0.01)
    assert sigmoid(1.0) ** 20 == pytest.approx(1.9e-3, rel=0.02)
    bias = find_item("bias_for_half_life")[1].reference
    assert pytest.approx(float(bias(np.array([np.log(0.5) / np.log(sigmoid(1.0))]))[0])) == 1.0  # type: ignore[arg-type, index]
    assert np.log(0.5) / np.log(sigmoid(1.0)) == pytest.approx(2.2, abs=0.05)
    assert float(bias(np.array([20.0]))[0]) == pytest.approx(3.35, abs=0.01)  # type: ignore[arg-type, index]


def test_where_a_library_has_two_biases_they_add() -> None:
    """Not "Set the forget bias to 1": in torch there are two, so 1 and 0, or a half each."""
    import torch

    def f_of(first: float, second: float) -> float:
        cell = torch.nn.LSTMCell(2, 3, dtype=torch.float64)
        with torch.no_grad():
            for number in cell.parameters():
                number.zero_()
            cell.bias_ih[3:6], cell.bias_hh[3:6] = first, second
            zeros, ones = torch.zeros(1, 3, dtype=torch.float64), torch.ones(1, 3, dtype=torch.float64)
            return float(cell(torch.zeros(1, 2, dtype=torch.float64), (zeros, ones))[1][0, 0])

    assert f_of(1, 0) == pytest.approx(sigmoid(1.0)) == f_of(0.5, 0.5)
    assert f_of(1, 1) == pytest.approx(sigmoid(2.0))


def test_the_forget_gate_cannot_be_seen_from_empty_states_so_no_check_begins_there() -> None:
    """A test from c_0 = 0 passes any forget gate."""
    p = draw_params(LSTM, 2, 3, np.random.default_rng(0))
    wrong = changed(p, W_f=0.0, U_f=5.0, b_f=-9.0)
    x, zeros = np.ones((4, 2)), np.zeros((4, 3))
    right, other = (run_cell("LSTM", one, x[None], [zeros, zeros])["c"] for one in (p, wrong))
    np.testing.assert_array_equal(right, other)
    for name in ("lstm_step", "mended_step"):
        for draw in load("03").item(name).draws(np.random.default_rng(0)):
            assert all(np.abs(state).min() > 0 for state in draw.args[1:3])  # type: ignore[arg-type]


def test_the_hidden_state_shows_the_new_cell_state() -> None:
    """Slides with tanh(c_{t-1}) in h: another function, and both states must be non-zero to see it."""
    p = draw_params(LSTM, 2, 3, np.random.default_rng(0))
    h_prev, c_prev = np.full((4, 3), 0.5), np.full((4, 3), 1.5)
    run = run_cell("LSTM", p, np.ones((1, 4, 2)), [h_prev, c_prev])
    np.testing.assert_array_equal(run["h"], run["o"] * np.tanh(run["c"]))
    assert np.abs(run["h"][0] - run["o"][0] * np.tanh(c_prev)).max() > 0.01
