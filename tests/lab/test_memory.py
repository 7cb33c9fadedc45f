from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course import bit_over_time, bit_sequences, catalogue, random_params, read_bit, run_cell, train_on_bits
from gatedrnn_course.cells import Params, draw_params, sequence, zero_state


def latch() -> Params:
    """One unit whose gates are set by hand, as in the lesson."""
    p = draw_params(catalogue["LSTM"], 2, 1, np.random.default_rng(0), scale=0.0)
    p.W_i[0, 1], p.b_i[0] = 16.0, -8.0
    p.W_f[0, 1], p.b_f[0] = -16.0, 8.0
    p.W_c[0, 0], p.b_o[0] = 3.0, 8.0
    return p


def test_the_bit_stands_at_the_mark_and_distractors_follow() -> None:
    xs, bits = bit_sequences(50, steps=7, seed=3)
    assert xs.shape == (7, 50, 2)
    np.testing.assert_array_equal(xs[0, :, 0], bits)
    np.testing.assert_array_equal(xs[:, :, 1], np.eye(7)[0][:, None] * np.ones(50))
    assert set(bits) == {-1.0, 1.0}
    assert np.abs(xs[1:, :, 0]).max() < 1
    np.testing.assert_array_equal(bit_sequences(50, 7, 3)[0], xs)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "peephole LSTM", "RNN"])
def test_every_line_of_a_run_is_that_of_the_cell(name: str) -> None:
    cell = catalogue[name]
    p = draw_params(cell, 2, 5, np.random.default_rng(0))
    xs, _bits = bit_sequences(3, steps=6)
    run = run_cell(name, p, xs)
    hs, last = sequence(cell, xs, zero_state(cell, 5, (3,)), p)
    np.testing.assert_array_equal(run["h"], hs)
    for state, values in zip(cell.states, last, strict=True):
        np.testing.assert_array_equal(run[state][-1], values)
    assert set(run) == {line.name for line in cell.lines}


def test_a_run_can_start_anywhere() -> None:
    xs, _bits = bit_sequences(3)
    c = np.full((3, 1), 5.0)
    assert run_cell("LSTM", latch(), xs[1:2], [0 * c, c])["c"] == pytest.approx(5.0, abs=0.01)


def test_a_latch_keeps_its_bit_and_says_so() -> None:
    xs, bits = bit_sequences(200)
    run = run_cell("LSTM", latch(), xs)
    np.testing.assert_allclose(run["c"][-1, :, 0], bits, atol=0.05)
    assert bit_over_time("LSTM", latch(), xs, bits).tolist() == [1.0] * 40


def test_noise_tells_no_bit_and_a_bit_under_noise_is_judged_on_new_sequences() -> None:
    rng = np.random.default_rng(0)
    bits = rng.choice([-1.0, 1.0], size=1000)
    assert read_bit(bits[:, None] * 1e-9, bits) == 1.0
    assert 0.4 < read_bit(rng.normal(size=(1000, 8)), bits) < 0.6
    assert 0.35 < read_bit(rng.normal(size=(1000, 400)), bits) < 0.65  # as many numbers as sequences: learnt by heart


@pytest.mark.parametrize("scale", [0.2, 0.5, 1.0])
def test_a_plain_network_of_any_size_of_weights_loses_the_bit(scale: float) -> None:
    xs, bits = bit_sequences(400)
    runs = [
        bit_over_time("RNN", draw_params(catalogue["RNN"], 2, 16, np.random.default_rng(s), scale), xs, bits)
        for s in range(3)
    ]
    told = np.mean(runs, axis=0)
    assert told[0] == 1.0
    assert told[-1] < 0.65


def test_the_direct_path_is_the_product_of_the_forget_gates_and_the_rest_comes_through_h() -> None:
    xs, _bits = bit_sequences(400)
    h, c, one = np.zeros((1, 16)), np.ones((1, 16)), xs[:, :1]
    for seed in range(4):
        p = draw_params(catalogue["LSTM"], 2, 16, np.random.default_rng(seed), 0.5)
        p.b_f[:] = 3.0
        for cut in (False, True):
            for name in ("U_f", "U_i", "U_c", "U_o") if cut else ():
                p[name][:] = 0.0
            a, b = (run_cell("LSTM", p, one, [h, start]) for start in (0 * c, c))
            measured = np.linalg.norm(a["c"][-1] - b["c"][-1])
            direct = np.linalg.norm(np.prod(b["f"], axis=0))
            assert bool(np.isclose(measured, direct, rtol=1e-9, atol=0.0)) is cut
            assert cut or measured > 1.4 * direct


@pytest.mark.slow
def test_one_unit_learns_to_keep_the_bit_and_needs_h_for_it() -> None:
    xs, bits = bit_sequences(400)
    p = train_on_bits("LSTM", H=1, steps=20, b_f=3.0)
    run = run_cell("LSTM", p, xs)
    assert read_bit(run["h"][-1], bits) > 0.99
    assert run["i"][5:].mean() > 0.1  # the lesson's answer: the input gate stays open
    for name in ("U_f", "U_i", "U_c", "U_o"):
        p[name][:] = 0.0
    assert read_bit(run_cell("LSTM", p, xs)["h"][-1], bits) < 0.9


def test_untrained_cells_are_the_same_each_time_and_their_forget_bias_is_the_one_asked_for() -> None:
    first, second = random_params("LSTM", 2, 0.2), random_params("LSTM", 2, 0.2)
    assert first[0].W_f.shape == (16, 2)
    np.testing.assert_array_equal(first[1].U_o, second[1].U_o)
    assert not np.array_equal(first[0].U_o, first[1].U_o)
    assert 0.15 < first[0].U_o.std() < 0.25
    chosen = random_params("LSTM", 2, 0.2, b_f=3.0)
    np.testing.assert_array_equal(chosen[0].b_f, np.full(16, 3.0))
    np.testing.assert_array_equal(chosen[0].U_o, first[0].U_o)
