"""Files with one tensor for each name in the text, `W_f_l0`, as they were written before there were stacks."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gatedrnn_course.cells import parse
from gatedrnn_course.engines import Recurrent

X = torch.randn(5, 2, 3)
WIDE = parse("k = k_prev * sigmoid(b_k) + x\nh = tanh(W_h @ x + W_k @ h_prev + U_h @ h_prev)")
"""A cell with matrices W of two widths."""


def old(module: nn.Module, prefix: str = "") -> dict[str, Tensor]:
    """The state of a module under the names in the text."""
    found = {}
    for path, own in module.named_modules():
        start = f"{prefix}{path}." if path else prefix
        if isinstance(own, Recurrent):
            for suffix, _ in own.layers():
                found |= {f"{start}{n}{suffix}": p.detach().clone() for n, p in own.named(suffix).items()}
        else:
            found |= {f"{start}{n}": p.detach().clone() for n, p in own.named_parameters(recurse=False)}
    return found


@pytest.mark.parametrize("assign", [False, True])
@pytest.mark.parametrize("cell", ["peephole LSTM", "GRU", "FGR", WIDE])
def test_an_old_file_is_read(cell: Any, assign: bool) -> None:
    settings: dict[str, Any] = {} if cell is WIDE else {"num_layers": 2, "bidirectional": True}
    module, other = Recurrent(cell, 3, 4, **settings), Recurrent(cell, 3, 4, **settings)
    told = other.load_state_dict(old(module), assign=assign)
    assert not told.missing_keys and not told.unexpected_keys
    assert all(torch.equal(a, b) for a, b in zip(module.parameters(), other.parameters(), strict=True))
    torch.testing.assert_close(other(X), module(X))


def test_an_old_file_of_a_model_is_read_onto_the_meta_device() -> None:
    model = nn.Sequential(nn.Linear(3, 3), Recurrent("LSTM", 3, 4))
    with torch.device("meta"):
        other = nn.Sequential(nn.Linear(3, 3), Recurrent("LSTM", 3, 4))
    other.load_state_dict(old(model), assign=True)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))
    with torch.device("meta"):
        other = nn.Sequential(nn.Linear(3, 3), Recurrent("LSTM", 3, 4))
    state = old(model)
    del state["1.b_f_l0"]
    told = other.load_state_dict(state, assign=True, strict=False)
    assert set(told.missing_keys) == {"1.b_f_l0", "1.b_l0"}  # nothing that the rest of the stack could be


def test_an_old_file_that_does_not_fit_is_told_by_name() -> None:
    module = Recurrent("GRU", 3, 4)
    state = old(Recurrent("GRU", 3, 4))
    del state["b_z_l0"]
    state["W_r_l0"], state["extra"] = torch.zeros(4, 2), torch.zeros(1)
    with pytest.raises(RuntimeError) as told:
        module.load_state_dict(state)
    assert all(part in str(told.value) for part in ("b_z_l0", "extra", "W_r_l0 has shape (4, 2)"))


def test_a_part_of_an_old_file_is_read_where_not_all_is_asked_for() -> None:
    module, state = Recurrent("GRU", 3, 4), old(Recurrent("GRU", 3, 4))
    before = module.named()["b_z"].clone()
    del state["b_z_l0"]
    told = module.load_state_dict(state, strict=False)
    assert told.missing_keys == ["b_z_l0"]
    assert torch.equal(module.b_z_l0, before) and torch.equal(module.b_r_l0, state["b_r_l0"])


def test_the_mapping_that_is_given_stays() -> None:
    module, state = Recurrent("GRU", 3, 4), old(Recurrent("GRU", 3, 4))
    keys = list(state)
    module.load_state_dict(state)
    assert list(state) == keys


def test_names_beside_their_stack_are_too_much() -> None:
    module = Recurrent("GRU", 3, 4)
    state = {**module.state_dict(), "b_z_l0": torch.zeros(4)}
    with pytest.raises(RuntimeError, match="b_z_l0"):
        module.load_state_dict(state)
