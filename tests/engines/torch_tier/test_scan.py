"""The scan gives the numbers of the loop, forward, backward and twice, for every cell that is linear in its state."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from gatedrnn_course.cells import Cell, catalogue, parse
from gatedrnn_course.engines import Recurrent, tiers
from gatedrnn_course.engines.shared.stacks import by_name
from gatedrnn_course.engines.torch_tier import scan

GATES = "z = sigmoid(W_z @ x + b_z)\nh_tilde = W_h @ x + b_h\n"
CELLS: dict[str, Cell] = {
    **{name: catalogue[name] for name in ("minGRU", "minLSTM")},
    "quasi-recurrent": parse(GATES + "o = sigmoid(W_o @ x)\nc = z * c_prev + (1 - z) * tanh(h_tilde)\nh = o * c"),
    "normalised": parse(GATES + "n = z * n_prev + 2\nc = z * c_prev + h_tilde\nh = c / n"),
    "looks back": parse(GATES + "c = z * c_prev + h_tilde\nh = tanh(c_prev)"),
    "no input": parse("h = sigmoid(b_h) * h_prev + b_z"),
    "a number": parse("h = 0.5 * h_prev + W_h @ x"),
    "no rest": parse("h = sigmoid(W_h @ x) * h_prev"),
    "nothing carried on": parse("h = tanh(W_h @ x)"),
}
EXACT, SINGLE = 1e-10, 1e-5
run = by_name(scan.run)
gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU here; the twin on the CPU runs")


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("T", [2, 3, 8, 21])
@pytest.mark.parametrize("B", [1, 3])
def test_agrees_with_the_reference(name: str, T: int, B: int, draw: Any, same: Any) -> None:
    wanted = draw(CELLS[name], T=T, B=B)
    assert scan.can_scan(CELLS[name], (B,) * T)
    same(wanted.torch(run), wanted.reference(), EXACT)


@pytest.mark.parametrize("name", CELLS)
def test_agrees_in_single_precision_over_many_steps(name: str, draw: Any, same: Any) -> None:
    wanted = draw(CELLS[name], T=300)
    same(wanted.torch(run, torch.float32), wanted.reference(), SINGLE)


@pytest.mark.gpu
@gpu
@pytest.mark.parametrize("name", CELLS)
def test_agrees_with_the_reference_on_the_gpu(name: str, draw: Any, same: Any) -> None:
    wanted = draw(CELLS[name], T=21)
    same(wanted.torch(run, device="cuda"), wanted.reference(), EXACT)


@pytest.mark.parametrize("T", [1, 2, 5, 16, 33])
def test_the_scan_is_the_loop_and_can_be_differentiated_twice(T: int) -> None:
    a, b = (torch.randn(T, 2, 3, dtype=torch.float64, requires_grad=True) for _k in range(2))
    first = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
    now, states = first, []
    for t in range(T):
        now = a[t] * now + b[t]
        states.append(now)
    torch.testing.assert_close(scan.scan(a, b, first), torch.stack(states), rtol=EXACT, atol=EXACT)
    if T < 16:
        assert torch.autograd.gradcheck(scan.scan, (a, b, first))
        assert torch.autograd.gradgradcheck(scan.scan, (a, b, first))


@pytest.mark.parametrize(("name", "batch_sizes"), [("LSTM", (2, 2)), ("minGRU", (2, 1)), ("minGRU", (2,))])
def test_other_cells_and_sequences_of_unequal_length_go_step_by_step(name: str, batch_sizes: tuple[int, ...]) -> None:
    assert not scan.can_scan(catalogue[name], batch_sizes)


@pytest.mark.gpu
@gpu
def test_a_module_on_the_gpu_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    module, xs = Recurrent("minGRU", 3, 4, device="cuda"), torch.randn(9, 2, 3, device="cuda")
    asked, real = [], scan.run
    monkeypatch.setattr(tiers.scan, "run", lambda *given: asked.append(given) or real(*given))
    hs, _state = module(xs)
    assert len(asked) == 1
    torch.testing.assert_close(hs.cpu(), module.cpu()(xs.cpu())[0], rtol=1e-4, atol=1e-5)


def test_a_module_on_the_processor_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiers.scan, "run", None)
    module = Recurrent("minGRU", 3, 4)
    assert module(torch.randn(9, 2, 3))[0].shape == (9, 2, 4)
