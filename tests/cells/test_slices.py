from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import CellError, Params, Slice, catalogue, sequence, whole_step

LSTM = catalogue["LSTM"]
FORGET = Slice(LSTM, ("x", "h_prev"), ("f",))


@pytest.mark.parametrize(
    ("inputs", "outputs", "lines"),
    [
        (("x", "h_prev"), ("f",), ["f"]),
        (("f", "c_prev", "i", "c_tilde"), ("c",), ["c"]),
        (("o", "c"), ("h",), ["h"]),
        (("x", "h_prev", "c"), ("h",), ["o", "h"]),
        (("x", "h_prev", "c_prev"), ("h", "c"), ["f", "i", "c_tilde", "c", "o", "h"]),
        (("x", "h_prev"), ("x",), []),
    ],
)
def test_a_slice_holds_the_lines_between(inputs: Any, outputs: Any, lines: list[str]) -> None:
    assert [line.name for line in Slice(LSTM, inputs, outputs).lines] == lines


@pytest.mark.parametrize(
    ("inputs", "outputs", "missing"),
    [
        (("x",), ("f",), "h_prev"),
        (("f", "i"), ("c",), "c_tilde|c_prev|x|h_prev"),
        (("x", "h_prev"), ("g",), "g"),
    ],
)
def test_a_name_out_of_reach_is_named(inputs: Any, outputs: Any, missing: str) -> None:
    with pytest.raises(CellError, match=f"It needs ({missing}), which is no input"):
        Slice(LSTM, inputs, outputs)


def test_p_holds_the_whole_cells_parameters_or_none() -> None:
    assert FORGET.parameters == LSTM.parameters
    assert Slice(LSTM, ("o", "c"), ("h",)).parameters == ()


def test_names_in_words() -> None:
    whole = whole_step(LSTM)
    assert [whole.words(name) for name in ("x", "f", "c_prev")] == [
        "input",
        "forget gate",
        "cell state of the step before",
    ]
    assert "p.W_f" in whole.words("p")
    layer = whole_step(catalogue["residual layer"])
    assert [layer.words(name) for name in ("h_prev", "h")] == ["the layer before", "next layer"]


def test_a_state_has_the_shape_of_its_line_even_where_no_line_reads_it() -> None:
    assert whole_step(catalogue["peephole LSTM U=0"]).shape("h_prev") == ("H",)


def test_the_function_of_a_slice_computes_its_equations() -> None:
    (x, h), p = FORGET.draw(np.random.default_rng(0), {"D": 3, "H": 4}, (2,))
    (f,) = FORGET.function(x, h, p)
    np.testing.assert_allclose(f, 1 / (1 + np.exp(-(x @ p.W_f.T + h @ p.U_f.T + p.b_f))))


@pytest.mark.parametrize("name", catalogue)
def test_the_whole_step_is_one_step_of_the_sequence(name: str, draw: Any) -> None:
    run = draw(catalogue[name], T=1)
    whole = whole_step(run.cell)
    given = (*((run.xs[0],) if run.cell.inputs else ()), *run.state)
    _, last = sequence(run.cell, run.xs, run.state, run.p)
    assert all(np.array_equal(a, b) for a, b in zip(whole.function(*given, run.p), last, strict=True))


@pytest.mark.parametrize("batch", [(), (2,), (2, 3)], ids=str)
def test_a_draw_has_the_sizes_asked_for_and_follows_the_seed(batch: tuple[int, ...]) -> None:
    whole, sizes = whole_step(LSTM), {"D": 3, "H": 4}
    inputs, p = whole.draw(np.random.default_rng(7), sizes, batch)
    again, q = whole.draw(np.random.default_rng(7), sizes, batch)
    assert [a.shape for a in inputs] == [(*batch, 3), (*batch, 4), (*batch, 4)]
    assert isinstance(p, Params)
    assert all(np.array_equal(a, b) for a, b in zip((*inputs, *p.values()), (*again, *q.values()), strict=True))


def test_gates_are_drawn_between_0_and_1_and_the_candidate_between_minus_1_and_1() -> None:
    cut = Slice(LSTM, ("f", "c_prev", "i", "c_tilde"), ("c",))
    (f, c_prev, i, c_tilde), _ = cut.draw(np.random.default_rng(0), {"D": 3, "H": 400}, (2,))
    assert 0 < min(f.min(), i.min()) < 0.2 < 0.8 < max(f.max(), i.max()) < 1
    assert -1 < c_tilde.min() < -0.5 < 0.5 < c_tilde.max() < 1
    assert np.abs(c_prev).max() > 1


def test_a_slice_shows_what_goes_in_and_out() -> None:
    assert repr(Slice(catalogue["LSTM"], ("x", "h_prev"), ("f", "i"))) == "LSTM: x, h_prev -> f, i"
