from __future__ import annotations

import pytest
import torch

from gatedrnn_course.cells import catalogue
from gatedrnn_course.engines import Recurrent
from gatedrnn_course.engines.initialise import (
    cho_,
    chrono_,
    forget_bias_,
    gate_bias_,
    keeping_biases,
    odyssey_,
    orthogonal_,
    uniform_,
)
from gatedrnn_course.errors import CourseError


def by_name(module: Recurrent) -> dict[str, torch.Tensor]:
    """The parameters by the names in the text, of every layer and direction."""
    return {f"{n}{suffix}": p.detach() for suffix, _ in module.layers() for n, p in module.named(suffix).items()}


def seed(n: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(n)


def test_the_bias_that_keeps_is_read_off_the_equations() -> None:
    found = {name: [(bias, sign) for bias, sign, _ in keeping_biases(cell)] for name, cell in catalogue.items()}
    for name in ("LSTM", "peephole LSTM", "V", "NIG", "FGR", "JANET", "minLSTM"):
        assert found[name] == [("b_f", 1)]
    for name in ("GRU", "GRU reset after"):
        assert found[name] == [("b_z", 1)]
    for name in ("MUT1", "MUT2", "MUT3", "minGRU"):
        assert found[name] == [("b_z", -1)]
    assert found["CIFG"] == found["LSTM coupled"] == [("b_i", -1)]
    assert found["MGU"] == [("b_f", -1)]
    assert found["highway layer"] == [("b_t", -1)]
    for name in ("RNN", "NFG", "LSTM 1997", "residual layer"):
        assert not found[name]


@pytest.mark.parametrize("name", ["LSTM", "GRU", "MGU", "CIFG", "JANET", "MUT1"])
def test_a_large_forget_bias_keeps_the_old_state(name: str) -> None:
    module = Recurrent(name, 3, 4, num_layers=1)
    forget_bias_(module, 30.0)
    state = tuple(torch.randn(1, 2, 4) for _ in module.cell.states)
    _, last = module(torch.randn(1, 2, 3), state if len(state) > 1 else state[0])
    kept, old = (last[1], state[1]) if isinstance(last, tuple) else (last, state[0])
    if name == "LSTM":
        module.b_i_l0.data.fill_(-30.0)
        _, last = module(torch.randn(1, 2, 3), state)
        kept = last[1]
    torch.testing.assert_close(kept, old)


def test_forget_bias_touches_nothing_else() -> None:
    module = Recurrent("LSTM", 3, 4, num_layers=2, bidirectional=True)
    before = {n: p.clone() for n, p in by_name(module).items()}
    forget_bias_(module)
    for name, p in by_name(module).items():
        if name.startswith("b_f"):
            assert torch.equal(p, torch.ones(4))
        else:
            assert torch.equal(p, before[name])


def test_chrono_covers_all_spans_up_to_the_longest() -> None:
    module = Recurrent("peephole LSTM U=0", 2, 20000)
    chrono_(module, 101, seed())
    spans = module.b_f_l0.detach().exp()
    assert spans.min() >= 1 and spans.max() <= 100.001
    assert abs(float(spans.mean()) - 50.5) < 1 and abs(float(spans.std()) - 99 / 12**0.5) < 1
    assert torch.equal(module.b_i_l0, -module.b_f_l0)


def test_chrono_sets_the_one_gate_of_a_gru() -> None:
    gru, coupled = Recurrent("GRU", 3, 50), Recurrent("CIFG", 3, 50)
    before = gru.b_r_l0.clone(), gru.b_h_l0.clone()
    chrono_(gru, 20, seed())
    chrono_(coupled, 20, seed())
    assert (gru.b_z_l0 >= 0).all() and (coupled.b_i_l0 <= 0).all()
    assert torch.equal(gru.b_r_l0, before[0]) and torch.equal(gru.b_h_l0, before[1])
    assert torch.equal(gru.b_z_l0, -coupled.b_i_l0)


def test_chrono_of_two_steps_is_zero() -> None:
    module = Recurrent("LSTM", 3, 4)
    chrono_(module, 2)
    assert not module.b_f_l0.any()
    with pytest.raises(CourseError, match="at least 2"):
        chrono_(module, 1)


def test_recurrent_matrices_become_orthogonal_and_the_rest_stays() -> None:
    module = Recurrent("peephole LSTM", 3, 5, num_layers=2)
    before = {n: p.clone() for n, p in by_name(module).items()}
    orthogonal_(module, 1.0, seed())
    for name, p in by_name(module).items():
        if name.startswith("U_"):
            torch.testing.assert_close(p @ p.T, torch.eye(5))
        else:
            assert torch.equal(p, before[name])


def test_spreads_are_those_of_the_papers() -> None:
    module = Recurrent("V", 100, 100)
    odyssey_(module, generator=seed())
    values = torch.cat([p.detach().flatten() for p in module.parameters()])
    assert abs(float(values.std()) - 0.1) < 1e-3 and abs(float(values.mean())) < 1e-3
    assert module.P_f_l0.any() and module.b_f_l0.any()
    uniform_(module, generator=seed())
    assert max(float(p.detach().abs().max()) for p in module.parameters()) <= 0.1
    uniform_(module, 0.03, seed())
    assert 0.029 < max(float(p.detach().abs().max()) for p in module.parameters()) <= 0.03
    cho_(module, seed())
    assert abs(float(module.W_f_l0.detach().std()) - 0.01) < 1e-3
    torch.testing.assert_close(module.U_f_l0 @ module.U_f_l0.T, torch.eye(100), rtol=1e-4, atol=1e-4)


def test_the_same_seed_draws_the_same() -> None:
    one, two = Recurrent("GRU", 3, 4), Recurrent("GRU", 3, 4)
    for function in (uniform_, odyssey_, cho_):
        function(one, generator=seed(7))
        function(two, generator=seed(7))
        assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def test_one_gates_bias() -> None:
    module = Recurrent("LSTM 1997", 3, 4)
    gate_bias_(module, "o", -2.0)
    assert torch.equal(module.b_o_l0, torch.full((4,), -2.0))
    with pytest.raises(CourseError, match="no such bias"):
        gate_bias_(module, "f", 1.0)
    with pytest.raises(CourseError, match="No gate"):
        forget_bias_(module)
