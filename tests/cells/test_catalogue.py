"""Every cell against its paper's equations, written here a second time in plain torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import ODYSSEY, Cell, catalogue, sequence, step

sizes = st.integers(1, 40)


def linear(p: Any, gate: str, x: Any, h: Any) -> Any:
    return p[f"W_{gate}"].matmul(x[..., None])[..., 0] + p[f"U_{gate}"].matmul(h[..., None])[..., 0] + p[f"b_{gate}"]


def odyssey(name: str) -> Callable[..., Any]:
    """Greff et al. 2017, sections II and III, as in the papers' facts 4.1 and 4.2."""

    def step(x: Any, state: Any, p: Any) -> Any:
        h, c, *gates = state
        was = dict(zip("fio", gates, strict=True)) if name == "FGR" else {}

        def gate(g: str, peeped: Any) -> Any:
            a = linear(p, g, x, h)
            if name != "NP":
                a = a + p[f"P_{g}"] * peeped
            for other, value in was.items():
                a = a + value @ p[f"U_{g}{other}"].T
            return a.sigmoid()

        z = linear(p, "c", x, h)
        z = z if name == "NIAF" else z.tanh()
        i = 1.0 if name == "NIG" else gate("i", c)
        f = 1.0 if name == "NFG" else 1.0 - i if name == "CIFG" else gate("f", c)
        c = z * i + c * f
        o = 1.0 if name == "NOG" else gate("o", c)
        h = (c if name == "NOAF" else c.tanh()) * o
        return (h, c, f, i, o) if name == "FGR" else (h, c)

    return step


def lstm(gates: str, coupled: bool = False, squash: bool = True) -> Callable[..., Any]:
    """The LSTM with some of its gates i, f, o; a missing gate is 1."""

    def step(x: Any, state: Any, p: Any) -> Any:
        h, c = state
        value = {g: linear(p, g, x, h).sigmoid() if g in gates else 1.0 for g in "ifo"}
        forget = 1.0 - value["i"] if coupled else value["f"]
        c = forget * c + value["i"] * linear(p, "c", x, h).tanh()
        return value["o"] * (c.tanh() if squash else c), c

    return step


def gers(x: Any, state: Any, p: Any) -> Any:
    h, c = state
    i = (linear(p, "i", x, h) + p.P_i * c).sigmoid()
    f = (linear(p, "f", x, h) + p.P_f * c).sigmoid()
    c = f * c + i * linear(p, "c", x, h).tanh()
    o = (linear(p, "o", x, h) + p.P_o * c).sigmoid()
    return o * c, c


def without_u(x: Any, state: Any, p: Any) -> Any:
    c = state[1]
    f = (x @ p.W_f.T + p.P_f * c + p.b_f).sigmoid()
    i = (x @ p.W_i.T + p.P_i * c + p.b_i).sigmoid()
    c = f * c + i * (x @ p.W_c.T + p.b_c).tanh()
    o = (x @ p.W_o.T + p.P_o * c + p.b_o).sigmoid()
    return o * c, c


def gru(x: Any, state: Any, p: Any) -> Any:
    (h,) = state
    z, r = linear(p, "z", x, h).sigmoid(), linear(p, "r", x, h).sigmoid()
    return (z * h + (1 - z) * linear(p, "h", x, r * h).tanh(),)


def gru_reset_after(x: Any, state: Any, p: Any) -> Any:
    (h,) = state
    z, r = linear(p, "z", x, h).sigmoid(), linear(p, "r", x, h).sigmoid()
    n = (x @ p.W_h.T + p.b_h + r * (h @ p.U_h.T + p.b_u)).tanh()
    return (z * h + (1 - z) * n,)


def mut1(x: Any, state: Any, p: Any) -> Any:
    (h,) = state
    z, r = (x @ p.W_z.T + p.b_z).sigmoid(), linear(p, "r", x, h).sigmoid()
    return (((r * h) @ p.U_h.T + (x @ p.W_x.T).tanh() + p.b_h).tanh() * z + h * (1 - z),)


def mut2(x: Any, state: Any, p: Any) -> Any:
    (h,) = state
    z, r = linear(p, "z", x, h).sigmoid(), (x @ p.W_x.T + h @ p.U_r.T + p.b_r).sigmoid()
    return (((r * h) @ p.U_h.T + x @ p.W_h.T + p.b_h).tanh() * z + h * (1 - z),)


def mut3(x: Any, state: Any, p: Any) -> Any:
    (h,) = state
    z, r = linear(p, "z", x, h.tanh()).sigmoid(), linear(p, "r", x, h).sigmoid()
    return (((r * h) @ p.U_h.T + x @ p.W_h.T + p.b_h).tanh() * z + h * (1 - z),)


def mgu(x: Any, state: Any, p: Any) -> Any:
    (h,) = state
    f = linear(p, "f", x, h).sigmoid()
    return ((1 - f) * h + f * linear(p, "h", x, f * h).tanh(),)


def janet(x: Any, state: Any, p: Any) -> Any:
    h, c = state
    s = linear(p, "f", x, h)
    c = s.sigmoid() * c + (1 - (s - 1).sigmoid()) * linear(p, "c", x, h).tanh()
    return c, c


def min_gru(x: Any, state: Any, p: Any) -> Any:
    z = (x @ p.W_z.T + p.b_z).sigmoid()
    return ((1 - z) * state[0] + z * (x @ p.W_h.T + p.b_h),)


def min_lstm(x: Any, state: Any, p: Any) -> Any:
    f, i = (x @ p.W_f.T + p.b_f).sigmoid(), (x @ p.W_i.T + p.b_i).sigmoid()
    return ((f * state[0] + i * (x @ p.W_h.T + p.b_h)) / (f + i),)


def rnn(x: Any, state: Any, p: Any) -> Any:
    return (linear(p, "h", x, state[0]).tanh(),)


def highway(_x: Any, state: Any, p: Any) -> Any:
    (y,) = state
    t = (y @ p.W_t.T + p.b_t).sigmoid()
    return ((y @ p.W_h.T + p.b_h).tanh() * t + y * (1 - t),)


def residual(_x: Any, state: Any, p: Any) -> Any:
    (y,) = state
    return (y + (y @ p.U_1.T + p.b_1).relu() @ p.U_2.T + p.b_2,)


TWINS = {
    "RNN": rnn,
    "LSTM 1997": lstm("io"),
    "LSTM": lstm("ifo"),
    "GRU": gru,
    "GRU reset after": gru_reset_after,
    "LSTM coupled": lstm("io", coupled=True),
    "peephole LSTM": odyssey("V"),
    "peephole LSTM Gers": gers,
    "peephole LSTM U=0": without_u,
    "highway layer": highway,
    "residual layer": residual,
    **{name: odyssey(name) for name in ("V", "NIG", "NFG", "NOG", "NIAF", "NOAF", "CIFG", "NP", "FGR")},
    "LSTM-f": lstm("io"),
    "LSTM-i": lstm("fo"),
    "LSTM-o": lstm("if"),
    "LSTM-b": lstm("ifo"),
    "MUT1": mut1,
    "MUT2": mut2,
    "MUT3": mut3,
    "MGU": mgu,
    "JANET": janet,
    "minGRU": min_gru,
    "minLSTM": min_lstm,
}


def test_every_cell_has_a_twin_here() -> None:
    assert TWINS.keys() == catalogue.keys()


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize("sizes", [(3, 4, 2, 5), (1, 1, 1, 3), (5, 2, 3, 3)], ids=str)
def test_agrees_with_the_paper_in_values_and_gradients(
    name: str, sizes: tuple[int, int, int, int], draw: Any, agrees: Any
) -> None:
    D, H, B, T = sizes
    agrees(draw(catalogue[name], D, H, (B,), T), TWINS[name])


def hidden(cell: Cell, run: Any, **changed: Any) -> Any:
    """The hidden states of a cell on the arrays of a run, some parameters replaced."""
    return sequence(cell, run.xs, run.state, {**run.p, **changed})[0]


def reductions(test: Callable[..., None]) -> Callable[..., None]:
    """Sizes and a seed drawn by hypothesis."""
    few = st.integers(1, 5)
    return settings(deadline=None, max_examples=25)(given(D=few, H=few, seed=st.integers(0, 2**32 - 1))(test))


@reductions
def test_without_peepholes_the_peephole_lstm_is_the_lstm(draw: Any, D: int, H: int, seed: int) -> None:
    run = draw(catalogue["peephole LSTM"], D, H, seed=seed)
    none = dict.fromkeys(("P_f", "P_i", "P_o"), np.zeros(H))
    np.testing.assert_allclose(hidden(run.cell, run, **none), hidden(catalogue["LSTM"], run), rtol=0, atol=1e-14)


@reductions
def test_an_open_forget_gate_and_a_closed_input_gate_keep_the_cell_state(draw: Any, D: int, H: int, seed: int) -> None:
    run = draw(catalogue["LSTM"], D, H, seed=seed)
    _, (_, c) = sequence(run.cell, run.xs, run.state, {**run.p, "b_f": np.full(H, 1e3), "b_i": np.full(H, -1e3)})
    np.testing.assert_array_equal(c, run.state[1])


@reductions
def test_the_coupled_lstm_is_the_lstm_with_the_forget_gate_one_minus_the_input_gate(
    draw: Any, D: int, H: int, seed: int
) -> None:
    run = draw(catalogue["LSTM coupled"], D, H, seed=seed)
    opposite = {f"{kind}_f": -run.p[f"{kind}_i"] for kind in "WUb"}  # sigmoid(-a) = 1 - sigmoid(a)
    np.testing.assert_allclose(hidden(catalogue["LSTM"], run, **opposite), hidden(run.cell, run), rtol=0, atol=1e-12)


@reductions
def test_cifg_is_v_with_the_forget_gate_one_minus_the_input_gate(draw: Any, D: int, H: int, seed: int) -> None:
    run = draw(ODYSSEY["CIFG"], D, H, seed=seed)
    opposite = {f"{kind}_f": -run.p[f"{kind}_i"] for kind in "WUPb"}
    np.testing.assert_allclose(hidden(ODYSSEY["V"], run, **opposite), hidden(run.cell, run), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("name", "bias"), [("GRU", 1e3), ("GRU reset after", 1e3), ("minGRU", -1e3), ("MUT1", -1e3)])
def test_the_update_gate_at_its_end_copies_the_hidden_state(name: str, bias: float, draw: Any) -> None:
    run = draw(catalogue[name])
    np.testing.assert_array_equal(hidden(run.cell, run, b_z=np.full(4, bias))[-1], run.state[0])


@reductions
def test_no_peepholes_is_the_lstm(draw: Any, D: int, H: int, seed: int) -> None:
    run = draw(ODYSSEY["NP"], D, H, seed=seed)
    np.testing.assert_array_equal(hidden(run.cell, run), hidden(catalogue["LSTM"], run))


@reductions
def test_the_u_0_form_is_the_gers_form_with_every_u_zero(draw: Any, D: int, H: int, seed: int) -> None:
    run = draw(catalogue["peephole LSTM Gers"], D, H, seed=seed)
    none = {f"U_{gate}": np.zeros((H, H)) for gate in "fico"}
    wanted = hidden(catalogue["peephole LSTM U=0"], run)
    np.testing.assert_allclose(hidden(run.cell, run, **none), wanted, rtol=0, atol=1e-14)


@reductions
def test_full_gate_recurrence_without_gate_to_gate_weights_is_v(draw: Any, D: int, H: int, seed: int) -> None:
    run = draw(ODYSSEY["FGR"], D, H, seed=seed)
    none = {f"U_{a}{b}": np.zeros((H, H)) for a in "fio" for b in "fio"}
    wanted, _ = sequence(ODYSSEY["V"], run.xs, run.state[:2], run.p)
    np.testing.assert_allclose(hidden(run.cell, run, **none), wanted, rtol=0, atol=1e-14)


def test_the_vanilla_lstm_of_the_odyssey_is_the_peephole_lstm() -> None:
    assert ODYSSEY["V"].lines == catalogue["peephole LSTM"].lines


def test_from_zero_states_the_forget_gate_is_invisible_at_the_first_step(draw: Any) -> None:
    run = draw(catalogue["LSTM"])
    zero = (np.zeros((2, 4)), np.zeros((2, 4)))
    one, other = (step(run.cell, run.xs[0], zero, {**run.p, "b_f": np.full(4, b)}) for b in (-3.0, 3.0))
    np.testing.assert_array_equal(one, other)


@given(M=sizes, N=sizes)
def test_the_odyssey_has_the_parameter_counts_of_the_paper(M: int, N: int) -> None:
    A = N * (M + N + 1)
    three = dict.fromkeys(("NIG", "NFG", "NOG", "CIFG"), 3 * A + 2 * N)
    four = dict.fromkeys(("V", "NIAF", "NOAF"), 4 * A + 3 * N)
    wanted = {**three, **four, "NP": 4 * A, "FGR": 4 * A + 3 * N + 9 * N**2}
    assert {name: cell.parameter_count(M, N) for name, cell in ODYSSEY.items()} == wanted


@given(M=sizes, N=sizes)
def test_the_classics_have_the_parameter_counts_of_the_papers(M: int, N: int) -> None:
    A = N * (M + N + 1)
    wanted = {"RNN": A, "GRU": 3 * A, "GRU reset after": 3 * A + N, "LSTM": 4 * A, "LSTM coupled": 3 * A}
    wanted.update({"peephole LSTM": 4 * A + 3 * N, "peephole LSTM U=0": 4 * N * (M + 1) + 3 * N, "LSTM 1997": 3 * A})
    assert {name: catalogue[name].parameter_count(M, N) for name in wanted} == wanted


def test_gers_2002_has_17_weights_15_of_them_in_the_cell() -> None:
    readout = 1 + 1  # one weight and one bias for the one output
    in_the_cell = catalogue["peephole LSTM Gers"].parameter_count(D=1, H=1)
    assert (in_the_cell, in_the_cell + readout) == (15, 17)


def test_torchs_lstm_has_one_more_bias_for_each_gate() -> None:
    import torch

    for ours, theirs in (("LSTM", torch.nn.LSTM(3, 5)), ("GRU", torch.nn.GRU(3, 5)), ("RNN", torch.nn.RNN(3, 5))):
        gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[ours]
        assert sum(p.numel() for p in theirs.parameters()) == catalogue[ours].parameter_count(3, 5) + gates * 5


def test_every_cell_has_a_name_a_source_and_words_for_every_line() -> None:
    for name, cell in catalogue.items():
        assert cell.name == name
        assert cell.source
        assert all(" " in line.words or line.words in ("candidate",) for line in cell.lines), name


def test_the_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        catalogue["mine"] = catalogue["RNN"]  # type: ignore[index]
