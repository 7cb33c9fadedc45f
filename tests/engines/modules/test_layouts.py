from __future__ import annotations

from typing import Any

import pytest
import torch

from gatedrnn_course.engines import Recurrent, from_torch, to_torch
from gatedrnn_course.errors import CourseError

KINDS = {"LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU, "RNN": torch.nn.RNN}
SIZES = [(1, 1), (3, 4), (4, 3), (1, 5), (5, 1)]
CLOSE = {"rtol": 1e-10, "atol": 1e-10}


def settings_of(module: Any) -> tuple[Any, ...]:
    names = ("input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional", "training")
    return tuple(getattr(module, name) for name in names)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("D", "H"), SIZES)
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("both", [False, True])
def test_there_and_back_gives_the_same_results(kind: str, D: int, H: int, bias: bool, layers: int, both: bool) -> None:
    torch.manual_seed(0)
    settings = {"bias": bias, "num_layers": layers, "bidirectional": both, "dtype": torch.float64}
    theirs = KINDS[kind](D, H, **settings).eval()
    ours = from_torch(theirs)
    back = to_torch(ours)
    x = torch.randn(4, 2, D, dtype=torch.float64)
    torch.testing.assert_close(ours(x), theirs(x), **CLOSE)
    torch.testing.assert_close(back(x), theirs(x), **CLOSE)
    assert settings_of(ours) == settings_of(theirs) == settings_of(back)
    assert type(back) is type(theirs)
    again = from_torch(back)
    assert all(torch.equal(again.state_dict()[n], p) for n, p in ours.state_dict().items())


def test_both_biases_of_torch_count() -> None:
    layer = torch.nn.LSTM(2, 3)
    ours = from_torch(layer)
    torch.testing.assert_close(ours.b_f_l0, layer.bias_ih_l0[3:6] + layer.bias_hh_l0[3:6])
    back = to_torch(ours)
    assert isinstance(back, torch.nn.LSTM)
    torch.testing.assert_close(back.bias_ih_l0[3:6], ours.b_f_l0)
    assert not back.bias_hh_l0.any()


def test_the_second_bias_of_the_grus_candidate_stays_apart() -> None:
    layer = torch.nn.GRU(2, 3)
    ours = from_torch(layer)
    torch.testing.assert_close(ours.b_h_l0, layer.bias_ih_l0[6:])
    torch.testing.assert_close(ours.b_u_l0, layer.bias_hh_l0[6:])
    assert not to_torch(ours).bias_hh_l0[:6].any()


def test_blocks_of_rows_land_at_their_gates() -> None:
    lstm, gru = torch.nn.LSTM(2, 3), torch.nn.GRU(2, 3)
    for k, gate in enumerate("ifco"):
        assert torch.equal(from_torch(lstm).named()[f"W_{gate}"], lstm.weight_ih_l0[3 * k : 3 * k + 3])
    for k, gate in enumerate("rzh"):
        assert torch.equal(from_torch(gru).named()[f"U_{gate}"], gru.weight_hh_l0[3 * k : 3 * k + 3])


def test_relu_comes_along() -> None:
    layer = torch.nn.RNN(2, 3, nonlinearity="relu", dtype=torch.float64)
    x = torch.randn(4, 2, 2, dtype=torch.float64)
    torch.testing.assert_close(from_torch(layer)(x), layer(x), **CLOSE)
    back = to_torch(from_torch(layer))
    assert isinstance(back, torch.nn.RNN) and back.nonlinearity == "relu"


def test_what_torch_has_not_is_refused() -> None:
    with pytest.raises(CourseError, match="resets after the product"):
        to_torch(Recurrent("GRU", 2, 3))
    with pytest.raises(CourseError, match="proj_size"):
        from_torch(torch.nn.LSTM(2, 3, proj_size=1))
    with pytest.raises(CourseError, match="Linear"):
        from_torch(torch.nn.Linear(2, 3))


def test_lstm_b_is_an_lstm() -> None:
    assert isinstance(to_torch(Recurrent("LSTM-b", 2, 3)), torch.nn.LSTM)
