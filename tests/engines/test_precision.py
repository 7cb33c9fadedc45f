"""Half precision, autocast, inference tensors, and results that are written over, beside `torch.nn.LSTM`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gatedrnn_course.engines import Recurrent, from_torch
from gatedrnn_course.engines.tiers import TIERS
from gatedrnn_course.errors import CourseError

every_tier = pytest.mark.parametrize("tier", TIERS)


def pair(tier: Any, dtype: torch.dtype = torch.float32, H: int = 4) -> tuple[nn.LSTM, Recurrent]:
    """Layers of torch and ours, in a tier, with the same parameters."""
    torch.manual_seed(0)
    theirs = nn.LSTM(3, H, dtype=dtype)
    ours = Recurrent("LSTM", 3, H, dtype=dtype, tier=tier)
    ours.load_state_dict(from_torch(theirs).state_dict())
    return theirs, ours


def draw(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


@every_tier
@pytest.mark.parametrize("change", [nn.Module.half, nn.Module.bfloat16])
def test_modules_in_half_precision(tier: Any, change: Callable[[nn.Module], nn.Module]) -> None:
    theirs, ours = (change(m) for m in pair(tier))
    dtype = next(ours.parameters()).dtype
    x = draw(5, 2, 3).to(dtype)
    hs, (_h, c) = ours(x)
    wanted, (_, wanted_c) = theirs(x)
    assert hs.dtype == wanted.dtype == dtype and c.dtype == dtype
    torch.testing.assert_close((hs.float(), c.float()), (wanted.float(), wanted_c.float()), rtol=0, atol=0.02)
    hs.sum().backward()
    assert all(p.grad is not None and p.grad.dtype == dtype for p in ours.parameters())
    back = ours.float()
    assert back(x.float())[0].dtype == torch.float32


@every_tier
@pytest.mark.parametrize("given", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("with_state", [False, True])
def test_autocast_computes_in_its_type(tier: Any, given: torch.dtype, with_state: bool) -> None:
    theirs, ours = pair(tier)
    x = draw(5, 2, 3).to(given)
    state = (draw(1, 2, 4), draw(1, 2, 4)) if with_state else None
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hs, (_h, c) = ours(x, state)
        wanted, (_, wanted_c) = theirs(x, state)
    assert hs.dtype == wanted.dtype == torch.bfloat16 and c.dtype == wanted_c.dtype
    torch.testing.assert_close((hs.float(), c.float()), (wanted.float(), wanted_c.float()), rtol=0, atol=0.02)
    hs.float().sum().backward()
    assert all(p.grad is not None and p.grad.dtype == torch.float32 for p in ours.parameters())
    with torch.autocast("cpu", dtype=torch.bfloat16), torch.autocast("cpu", enabled=False):
        assert ours(x.float())[0].dtype == torch.float32


@every_tier
def test_autocast_takes_float16_and_leaves_float64(tier: Any) -> None:
    x = draw(5, 2, 3)
    with torch.autocast("cpu", dtype=torch.float16):
        assert Recurrent("LSTM", 3, 4, tier=tier)(x)[0].dtype == torch.float16
    theirs, ours = pair(tier, torch.float64)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        torch.testing.assert_close(ours(x.double()), theirs(x.double()))
        meta = Recurrent("LSTM", 3, 4, tier=tier, device="meta")
        assert meta(x.to("meta"))[0].dtype == torch.float32


@every_tier
def test_derivatives_of_derivatives_under_autocast_keep_their_precision(tier: Any) -> None:
    _theirs, ours = pair(tier, torch.float64)
    x, found = draw(3, 2, 3).double().requires_grad_(), []
    for enabled in (True, False):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=enabled):
            first = torch.autograd.grad(ours(x)[0].square().sum(), x, create_graph=True)[0]
            found.append(torch.autograd.grad(first.square().sum(), x)[0])
    torch.testing.assert_close(found[0], found[1])


@every_tier
def test_inference_tensors(tier: Any) -> None:
    theirs, ours = pair(tier)
    with torch.inference_mode():
        x, h = draw(5, 2, 3), draw(1, 2, 4)
        quiet, _ = ours(x, (h, h))
        assert quiet.is_inference()
        torch.testing.assert_close(quiet, theirs(x, (h, h))[0])
    with torch.no_grad():
        torch.testing.assert_close(ours(x, (h, h)), theirs(x, (h, h)))
    frozen = ours.requires_grad_(False)
    torch.testing.assert_close(frozen(x)[0], theirs.requires_grad_(False)(x)[0])
    ours.requires_grad_(True)
    for lengths in (None, [5, 3]):  # torch.nn.LSTM takes copies of such tensors only
        found, wanted = (ours(*given, lengths=lengths)[0] for given in ((x, (h, h)), (x.clone(), (h.clone(),) * 2)))
        assert not found.is_inference()
        grads = [torch.autograd.grad(hs.sum(), list(ours.parameters())) for hs in (found, wanted)]
        torch.testing.assert_close((found, grads[0]), (wanted, grads[1]))


@every_tier
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("H", [4, 5, 16])
@pytest.mark.parametrize("change", [Tensor.relu_, Tensor.tanh_, lambda hs: hs.mul_(2), lambda hs: hs[1:].zero_()])
def test_results_may_be_written_over(tier: Any, dtype: torch.dtype, H: int, change: Callable[[Tensor], Any]) -> None:
    theirs, ours = pair(tier, torch.float64, H)
    if dtype == torch.float32:  # where torch.nn.LSTM refuses
        ours = ours.float()
    lengths_of: list[Any] = [None, [3, 5]]
    for lengths in lengths_of if dtype == torch.float64 else [None]:
        x = draw(5, 2, 3).to(dtype).requires_grad_()
        hs, (h, c) = ours(x) if lengths is None else ours(x, lengths=lengths)
        change(hs), h.mul_(2), c.zero_()
        found = torch.autograd.grad(hs.square().sum() + h.sum(), x)[0]
        y = x.detach().double().requires_grad_()
        packed = y if lengths is None else nn.utils.rnn.pack_padded_sequence(y, lengths, enforce_sorted=False)
        wanted, (h, c) = theirs(packed)
        wanted = wanted if lengths is None else nn.utils.rnn.pad_packed_sequence(wanted)[0]
        change(wanted), h.mul_(2), c.zero_()
        expected = torch.autograd.grad(wanted.square().sum() + h.sum(), y)[0]
        torch.testing.assert_close(found.double(), expected, rtol=0, atol=1e-5 if dtype == torch.float32 else 1e-10)


@every_tier
@pytest.mark.parametrize("first", [False, True])
def test_results_of_one_sequence_and_of_batches_first_may_be_written_over(tier: Any, first: bool) -> None:
    module = Recurrent("GRU", 3, 4, tier=tier, dtype=torch.float64, batch_first=first)
    x = draw(5, 3).double() if not first else draw(2, 5, 3).double()
    wanted = module(x)[0].relu()
    hs, _ = module(x)
    hs.relu_()
    torch.testing.assert_close(hs, wanted)
    grads = [torch.autograd.grad(own.sum(), list(module.parameters())) for own in (hs, wanted)]
    torch.testing.assert_close(grads[0], grads[1])


@pytest.mark.parametrize(
    "lengths",
    [
        np.array([5, 3]),
        [np.int64(5), np.int32(3)],
        (np.uint8(5), 3),
        torch.tensor([5, 3]),
        torch.tensor([5, 3], dtype=torch.int32),
        [torch.tensor(5), torch.tensor(3)],
        iter([5, 3]),
    ],
)
def test_lengths_are_whole_numbers_of_any_library(lengths: Any) -> None:
    module = Recurrent("LSTM", 3, 4)
    x = draw(5, 2, 3)
    torch.testing.assert_close(module(x, lengths=lengths), module(x, lengths=[5, 3]))


@pytest.mark.parametrize(
    "lengths",
    [
        np.array([5.0, 3.0]),
        np.array([True, True]),
        [np.bool_(True), 3],
        [True, 3],
        [5.0, 3],
        ["5", "3"],
        torch.tensor([5.0, 3.0]),
        torch.tensor([True, True]),
        5,
        "53",
        object(),
        [5, -1],
        np.array([6, 3]),
        np.array([5]),
    ],
)
def test_what_are_no_lengths_is_said(lengths: Any) -> None:
    with pytest.raises(CourseError, match="It holds 2 whole numbers from 0 to 5"):
        Recurrent("LSTM", 3, 4)(draw(5, 2, 3), lengths=lengths)
