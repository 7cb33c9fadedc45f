"""Parameters packed once for calls without a backward: the numbers are those of the parameters as they are now."""

from __future__ import annotations

import gc

import pytest
import torch
from torch import nn

from gatedrnn_course.engines import Recurrent, c_tier
from gatedrnn_course.engines.c_tier import packed, segments

pytestmark = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")
CELLS = ("LSTM", "peephole LSTM", "GRU", "FGR", "RNN", "NIAF")


def alone(module, *given):
    with torch.no_grad():
        return module(*given)


def flat(result):
    hs, state = result
    return [hs, *(state if isinstance(state, tuple) else (state,))]


def assert_as_with_a_backward(module, *given):
    for ours, theirs in zip(flat(alone(module, *given)), flat(module(*given)), strict=True):
        assert theirs.requires_grad and not ours.requires_grad
        torch.testing.assert_close(ours, theirs.detach(), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("T", [1, segments.FEW, segments.FEW + 1, 3 * segments.FEW - 1])
def test_the_numbers_are_those_with_a_backward(name, T):
    torch.manual_seed(T)
    module = Recurrent(name, 3, 5, dtype=torch.float64)
    for B in (1, 4):
        assert_as_with_a_backward(module, torch.randn(T, B, 3, dtype=torch.float64))


def test_unequal_lengths_two_layers_and_both_directions():
    module = Recurrent("LSTM", 3, 4, num_layers=2, bidirectional=True, dtype=torch.float64)
    xs = torch.randn(150, 4, 3, dtype=torch.float64)
    lengths = [150, 3, 70, 140]
    for ours, theirs in zip(flat(alone(module, xs, None, lengths)), flat(module(xs, None, lengths)), strict=True):
        torch.testing.assert_close(ours, theirs.detach(), rtol=0, atol=1e-12)


def test_a_stream_of_steps_is_the_whole_sequence():
    module, xs = Recurrent("peephole LSTM", 3, 4), torch.randn(20, 2, 3)
    whole, state = alone(module, xs), None
    for x, h in zip(xs, whole[0], strict=True):
        hs, state = alone(module, x[None], state)
        torch.testing.assert_close(hs[0], h)


def step(module):
    module.W_l0.grad = torch.ones_like(module.W_l0)
    torch.optim.SGD([module.W_l0], lr=0.1).step()


def write(module):
    with torch.no_grad():
        module.U_f_l0.mul_(2.0)


def write_past_the_version(module):
    module.b_f_l0.data.fill_(1.0)


def write_a_whole_matrix_past_the_version(module):
    module.U_o_l0.data.normal_()


def write_one_number_past_the_version(module):
    module.U_l0.data[7, 2] += 1e-3


def exchange_two_rows_past_the_version(module):
    module.W_l0.data[[2, 9]] = module.W_l0.data[[9, 2]]


def exchange_the_memory(module):
    module.W_l0.data = torch.ones_like(module.W_l0)


def exchange_the_parameter(module):
    module.P_l0 = nn.Parameter(torch.ones_like(module.P_l0))


def load(module):
    module.load_state_dict(Recurrent(module.cell, 3, 4, dtype=torch.float64).state_dict())


def assign(module):
    module.load_state_dict(Recurrent(module.cell, 3, 4, dtype=torch.float64).state_dict(), assign=True)


@pytest.mark.parametrize(
    "change",
    [
        step,
        write,
        write_past_the_version,
        write_a_whole_matrix_past_the_version,
        write_one_number_past_the_version,
        exchange_two_rows_past_the_version,
        exchange_the_memory,
        exchange_the_parameter,
        load,
        assign,
    ],
)
def test_parameters_that_have_changed_are_packed_anew(change):
    module = Recurrent("peephole LSTM", 3, 4, dtype=torch.float64)
    xs = torch.randn(6, 2, 3, dtype=torch.float64)
    before = alone(module, xs)[0]
    change(module)
    assert not torch.equal(alone(module, xs)[0], before)
    assert_as_with_a_backward(module, xs)


def test_equal_parameters_are_packed_once(monkeypatch):
    module, xs = Recurrent("LSTM", 3, 4), torch.randn(6, 2, 3)
    first = alone(module, xs)[0]
    monkeypatch.setattr(c_tier.bind.Kernel, "pack", None)
    assert torch.equal(alone(module, xs)[0], first)


def test_nothing_is_kept_of_a_module_that_is_gone():
    gc.collect()
    before = len(packed._kept)
    module = Recurrent("LSTM", 3, 4)
    alone(module, torch.randn(1, 1, 3))
    assert len(packed._kept) == before + 1
    del module
    gc.collect()
    assert len(packed._kept) == before


def test_parameters_of_inference_mode_which_have_no_version_are_packed_anew_too():
    with torch.inference_mode():
        module, xs = Recurrent("LSTM", 3, 4), torch.randn(6, 2, 3)
        before = module(xs)[0]
        module.U_l0.mul_(2.0)
        assert not torch.equal(module(xs)[0], before)


def test_memory_is_that_of_a_few_steps(monkeypatch):
    asked = []
    own = segments.Lease

    def lease(count, dtype):
        asked.append(count)
        return own(count, dtype)

    monkeypatch.setattr(segments, "Lease", lease)
    module = Recurrent("LSTM", 3, 4)
    for T in (segments.FEW, 50 * segments.FEW):
        alone(module, torch.randn(T, 2, 3))
    assert len(asked) == 2 and asked[0] == asked[1]
