"""One API, three tiers, the same numbers: fuzzed over cells, sizes, lengths, types, and inputs that are no numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.engines import Recurrent, c_tier
from gatedrnn_course.engines.tiers import TIERS, run
from gatedrnn_course.errors import CourseError

needs_compiler = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")
OWN = parse("g = sigmoid(W_g @ x + U_g @ k_prev)\nk = g * k_prev + x\nh = tanh(W_h @ x + U_h @ (g * k) + P_h * h_prev)")
CELLS = ["RNN", "LSTM", "peephole LSTM", "GRU", "GRU reset after", "FGR", "MUT1", "minLSTM", "residual layer"]
BOUNDED = ["RNN", "LSTM", "peephole LSTM", "GRU", "FGR"]
"""Cells that an infinite input saturates: others compute differences and quotients of infinities."""
CLOSE = {torch.float64: 1e-10, torch.float32: 1e-5}


def outcome(module: Recurrent, x: torch.Tensor, lengths: Any) -> dict[str, Any]:
    """Everything a module computes, in float64."""
    x = x.clone().requires_grad_()
    hs, state = module(x, lengths=lengths)
    states = state if isinstance(state, tuple) else (state,)
    loss = (hs * torch.linspace(-1, 1, hs.numel()).view(hs.shape)).sum() + sum(s.square().sum() for s in states)
    inputs = [x, *module.parameters()]
    grads = torch.autograd.grad(loss, inputs, allow_unused=True, materialize_grads=True)
    found = {"hs": hs, **{f"state {k}": s for k, s in enumerate(states)}, "d_x": grads[0]}
    found |= {f"d_{name}": g for (name, _), g in zip(module.named_parameters(), grads[1:], strict=True)}
    return {name: array.detach().double().numpy() for name, array in found.items()}


def tiers_of(name: Any, D: int, H: int, dtype: torch.dtype, **more: Any) -> dict[str, Recurrent]:
    """The same module in every tier."""
    cell = OWN if name == "own" else catalogue[name]
    torch.manual_seed(0)
    first = Recurrent(cell, D if cell.inputs else 0, H, dtype=dtype, tier="numpy", **more)
    found = {"numpy": first}
    for tier in ("torch", "c", "auto") if c_tier.available() else ("torch", "auto"):
        found[tier] = Recurrent(cell, first.input_size, H, dtype=dtype, tier=tier, **more)
        found[tier].load_state_dict(first.state_dict())
    return found


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from([*CELLS, "own"]),
    sizes=st.tuples(*[st.integers(1, 18)] * 2),
    T=st.integers(0, 5),
    B=st.integers(0, 4),
    dtype=st.sampled_from([torch.float32, torch.float64]),
    both=st.booleans(),
    data=st.data(),
)
def test_every_tier_gives_the_same(
    name: str, sizes: tuple[int, int], T: int, B: int, dtype: torch.dtype, both: bool, data: Any
) -> None:
    modules = tiers_of(name, *sizes, dtype, bidirectional=both)
    lengths = data.draw(st.none() | st.lists(st.integers(0, T), min_size=B, max_size=B))
    x = torch.randn(T, B, modules["numpy"].input_size, dtype=dtype)
    wanted = outcome(modules.pop("numpy"), x, lengths)
    for tier, module in modules.items():
        for key, array in outcome(module, x, lengths).items():
            scale = max(1.0, float(np.abs(wanted[key]).max(initial=0.0)))
            np.testing.assert_allclose(array, wanted[key], rtol=0, atol=CLOSE[dtype] * scale, err_msg=f"{tier} {key}")


@settings(max_examples=30, deadline=None)
@given(
    name_and_value=st.tuples(st.sampled_from(CELLS), st.just(float("nan")))
    | st.tuples(st.sampled_from(BOUNDED), st.sampled_from([float("inf"), -float("inf")])),
    where=st.tuples(st.integers(0, 3), st.integers(0, 2)),
)
def test_what_is_no_number_stays_in_its_sequence_in_every_tier(name_and_value: Any, where: Any) -> None:
    name, value = name_and_value
    modules = tiers_of(name, 3, 5, torch.float64)
    x = torch.randn(4, 3, modules["numpy"].input_size, dtype=torch.float64)
    if x.shape[2]:
        x[where][0] = value
    with np.errstate(all="ignore"):
        wanted = modules.pop("numpy")(x)[0].detach()
    for module in modules.values():
        hs = module(x)[0].detach()
        assert torch.equal(hs.isnan(), wanted.isnan())
        torch.testing.assert_close(hs, wanted, rtol=0, atol=1e-10, equal_nan=True)


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("shape", [(3, 2), (3, 2, 5), (3, 2, 4, 1)])
def test_a_shape_that_does_not_fit_is_the_same_sentence_in_every_tier(tier: Any, shape: Any) -> None:
    module = Recurrent("LSTM", 4, 3, tier=tier)
    with pytest.raises(CourseError, match="input came as"):
        module(torch.zeros(shape))


def test_a_tier_that_is_none_is_named() -> None:
    with pytest.raises(CourseError, match="auto, c, torch, numpy"):
        Recurrent("LSTM", 4, 3, tier="gpu")  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("tier", TIERS)
def test_half_precision_goes_by_a_tier_that_can(dtype: torch.dtype, tier: Any) -> None:
    module, single = (Recurrent("GRU", 4, 3, dtype=d, tier=tier) for d in (dtype, torch.float32))
    single.load_state_dict(module.state_dict())
    x = torch.randn(5, 2, 4).to(dtype)
    hs, _ = module(x)
    assert hs.dtype == dtype
    torch.testing.assert_close(hs.float(), single(x.float())[0], rtol=0, atol=0.02)
    hs.sum().backward()
    assert module.W_l0.grad is not None and module.W_l0.grad.dtype == dtype


@needs_compiler
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_the_kernel_computes_half_precision_in_float32(dtype: torch.dtype) -> None:
    module, single = (Recurrent("peephole LSTM", 4, 3, dtype=d, tier="c") for d in (dtype, torch.float32))
    single.load_state_dict(module.state_dict())
    x = torch.randn(5, 2, 4).to(dtype)
    (hs, (h, c)), (wide, (wide_h, wide_c)) = module(x), single(x.float())
    for ours, theirs in ((hs, wide), (h, wide_h), (c, wide_c)):
        assert ours.dtype == dtype and torch.equal(ours, theirs.to(dtype))


@needs_compiler
def test_the_kernel_says_why_it_cannot_be_had(monkeypatch: Any) -> None:
    monkeypatch.setattr(c_tier, "usable", lambda *_: False)
    with pytest.raises(CourseError, match="need a C compiler"):
        Recurrent("GRU", 4, 3, tier="c")(torch.zeros(5, 2, 4))


@needs_compiler
def test_auto_is_the_kernel_where_it_can_be_had() -> None:
    cell = catalogue["peephole LSTM"]
    state, stacks = [torch.zeros(2, 3)] * 2, list(Recurrent(cell, 4, 3).parameters())
    hs, _ = run("auto", cell, torch.ones(10, 4), (2,) * 5, state, stacks)
    assert torch.equal(hs, c_tier.run(cell, torch.ones(10, 4), (2,) * 5, state, stacks)[0])


def test_a_gradient_that_vanishes_is_zero_and_not_slow() -> None:
    cell = parse("h = 0.001 * h_prev + W_h @ x")
    module = Recurrent(cell, 1, 1)
    x = torch.ones(60, 1, 1, requires_grad=True)
    module(x)[0][-1].sum().backward()
    assert x.grad is not None and x.grad[-1] != 0 and float(x.grad[0].abs()) < 1e-37
    assert float(torch.tensor(1e-40) * 1.0) > 0  # elsewhere tiny numbers stay what they are


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_slope_of_relu_at_zero_is_zero_in_every_tier(dtype: torch.dtype) -> None:
    """The sum inside is exactly 0 where the input and the state are: nothing flows back there, as in torch."""
    cell = parse("y = relu(W_h @ x + P_h * h_prev)\nh = h_prev + y")
    for tier in ("numpy", "torch", *(["c"] if c_tier.available() else [])):
        module = Recurrent(cell, 3, 20, dtype=dtype, tier=tier)
        x = torch.zeros(2, 1, 3, dtype=dtype, requires_grad=True)
        hs, _state = module(x)
        hs.sum().backward()
        assert not x.grad.any(), tier
        assert not hs.any()
