from __future__ import annotations

from typing import Any

import pytest
import torch

from gatedrnn_course.cells import catalogue
from gatedrnn_course.engines import Recurrent
from gatedrnn_course.engines.modules.initialise import (
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


WIDE, TALL = (400, 9), (9, 400)
"""D far above H, and H far above D: a bound taken from the wrong size is seen."""


def arrays(module: Recurrent) -> dict[str, torch.Tensor]:
    """The parameters of every layer by the names of the cell's text; those of the first without `_l0`."""
    found: dict[str, torch.Tensor] = {}
    for layer in range(module.num_layers):
        end = f"_l{layer}" if layer else ""
        found |= {name + end: array.detach() for name, array in module.named(f"_l{layer}").items()}
    return found


@pytest.mark.parametrize(("D", "H"), [WIDE, TALL, (1, 16), (16, 1)])
def test_the_bound_of_a_uniform_start_is_one_over_the_root_of_the_hidden_size(D: int, H: int) -> None:
    """torch.nn.LSTM: every weight and bias from U(-1/sqrt(H), 1/sqrt(H)), whatever D is."""
    module, bound = Recurrent("peephole LSTM", D, H), H**-0.5
    torch.manual_seed(1)
    for start in (module.reset_parameters, lambda: uniform_(module, generator=seed())):
        start()
        for name, p in arrays(module).items():
            assert p.abs().max() <= bound, name
        drawn = torch.cat([p.flatten() for p in arrays(module).values()])
        assert drawn.abs().max() > 0.95 * bound
        if len(drawn) > 1000:
            assert float(drawn.std()) == pytest.approx(bound / 3**0.5, rel=0.05)
            assert abs(float(drawn.mean())) < 0.05 * bound


@pytest.mark.parametrize(("D", "H"), [WIDE, TALL])
@pytest.mark.parametrize(("start", "std"), [(odyssey_, 0.1), (cho_, 0.01)])
def test_a_normal_start_has_the_papers_spread_at_every_size(D: int, H: int, start: Any, std: float) -> None:
    """Greff et al. 2017: N(0, 0.1^2). Cho et al. 2014: N(0, 0.01^2), the recurrent matrices orthogonal after it."""
    module = Recurrent("peephole LSTM", D, H)
    start(module, generator=seed())
    found = arrays(module)
    kinds = "WPb" if start is cho_ else "WUPb"
    for kind in kinds:
        drawn = torch.cat([p.flatten() for name, p in found.items() if name[0] == kind])
        rel = 5 / len(drawn) ** 0.5
        assert float(drawn.std()) == pytest.approx(std, rel=rel), kind
        assert abs(float(drawn.mean())) < rel * std, kind
    if start is cho_:
        for name in ("U_f", "U_i", "U_c", "U_o"):
            torch.testing.assert_close(found[name] @ found[name].T, torch.eye(H), rtol=0, atol=1e-4)


@pytest.mark.parametrize("longest", [3, 30])
def test_chrono_draws_one_span_for_each_hidden_unit_whatever_the_input_size(longest: int) -> None:
    """Tallec and Ollivier 2018: b_f = log u, u uniform in [1, T_max - 1], b_i = -b_f."""
    module = Recurrent("peephole LSTM U=0", 2, 4000)
    chrono_(module, longest, seed())
    spans = arrays(module)["b_f"].exp()
    assert len(spans.unique()) > 3000
    assert float(spans.min()) == pytest.approx(1, abs=0.01 * longest)
    assert float(spans.max()) == pytest.approx(longest - 1, abs=0.01 * longest)
    assert float(spans.mean()) == pytest.approx(longest / 2, rel=0.03)
    assert torch.equal(arrays(module)["b_i"], -arrays(module)["b_f"])


def test_a_forget_bias_lies_in_every_layer_at_the_value_asked() -> None:
    module = Recurrent("CIFG", 30, 2, num_layers=2)
    forget_bias_(module, 2.5)  # one gate for both: a larger b_i writes more and keeps less
    for name in ("b_i", "b_i_l1"):
        assert torch.equal(arrays(module)[name], torch.full((2,), -2.5))
