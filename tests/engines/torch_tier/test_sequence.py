from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.engines.modules.layouts import stacked
from gatedrnn_course.engines.shared.stacks import by_name, stacks_of
from gatedrnn_course.engines.torch_tier import sequence
from gatedrnn_course.engines.torch_tier.loop import loop

EXACT = 1e-10  # float64, sums in another order
SINGLE = 1e-6  # float32, relative to the largest number of an array
GRID = [(1, 1, 1, 3), (3, 4, 2, 5), (4, 3, 1, 3), (1, 5, 3, 4), (5, 1, 2, 3), (2, 2, 2, 1)]
TORCH = {"LSTM": torch.nn.LSTM, "GRU reset after": torch.nn.GRU, "RNN": torch.nn.RNN}
run = by_name(sequence.run)
every_cell = pytest.mark.parametrize("name", catalogue)
gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU here; the twin on the CPU runs")


@every_cell
@pytest.mark.parametrize(("D", "H", "B", "T"), GRID)
def test_agrees_with_the_reference(name: str, D: int, H: int, B: int, T: int, draw: Any, same: Any) -> None:
    wanted = draw(catalogue[name], D, H, B, T)
    same(wanted.torch(run), wanted.reference(), EXACT)


@every_cell
def test_agrees_with_the_reference_in_single_precision(name: str, draw: Any, same: Any) -> None:
    wanted = draw(catalogue[name], scale=0.3, T=7)  # parameters so large that a cell explodes blow rounding up too
    same(wanted.torch(run, torch.float32), wanted.reference(), SINGLE)


@every_cell
def test_the_plain_loop_agrees_with_the_reference(name: str, draw: Any, same: Any) -> None:
    wanted = draw(catalogue[name])
    same(wanted.torch(loop), wanted.reference(), EXACT)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_agrees_with_the_reference_on_cells_nobody_wrote(data: Any, any_cell: Any, draw: Any, same: Any) -> None:
    wanted = draw(data.draw(any_cell), seed=data.draw(st.integers(0, 9)), T=3)
    with np.errstate(all="ignore"):
        expected = wanted.reference()
    if all(np.abs(a).max(initial=0) < 1e6 for a in expected.values()):
        same(wanted.torch(run), expected, 1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "h = W_h @ x",
        "h = tanh(b_h)",
        "x_t = W_x @ x\nh = c_prev\nc = x_t * 2",
        "y = U_y @ h_prev * x\nh = h_prev + W_y @ y",
        "g = c_prev\nc = U_2 @ g - U_2 @ c_prev\nh = tanh(c)",
        "h = W_0 @ x - W_0 @ x",
        "y = -(U_1 @ h_prev / (3 - tanh(y_prev)) - U_2 @ h_prev)\nh = U_2 @ y",
        "y = x\nh = tanh(W_h @ y_prev + U_h @ h_prev)",
        "h = h_prev * 0 + b_h",
        "h = U_0 @ (h_prev + b_0) - U_0 @ tanh(h_prev) + P_0 * P_1",
        "z = W_z @ x\nh = 1 / (2 + sigmoid(z)) + z / 4 * h_prev",
        "h = relu(U_h @ relu(W_h @ x) - h_prev)",
        "h = tanh(W_h @ x) * sigmoid(1) + relu(-2) * h_prev",
    ],
)
def test_agrees_with_the_reference_on_odd_cells(text: str, draw: Any, same: Any) -> None:
    wanted = draw(parse(text))
    same(wanted.torch(run), wanted.torch(loop), EXACT)


@pytest.mark.parametrize("name", TORCH)
@pytest.mark.parametrize(("D", "H", "B", "T"), GRID)
def test_agrees_with_torchs_own_layers(name: str, D: int, H: int, B: int, T: int, draw: Any, same: Any) -> None:
    wanted = draw(catalogue[name], D, H, B, T)

    def theirs(cell: Any, xs: Any, sizes: Any, state: Any, params: Any) -> Any:
        layer = TORCH[name](D, H, dtype=torch.float64)
        stacks = {f"{k}_l0": v for k, v in stacked(name, dict(zip(cell.parameters, params, strict=True))).items()}
        given = tuple(s[None] for s in state)
        args = xs.reshape(T, B, D), given if name == "LSTM" else given[0]
        hs, last = torch.func.functional_call(layer, stacks, args)
        return hs, tuple(s[0] for s in (last if name == "LSTM" else (last,)))

    same(wanted.torch(run), wanted.torch(theirs), EXACT)


@pytest.mark.parametrize("name", ["peephole LSTM", "GRU", "FGR", "MUT1", "minLSTM", "residual layer"])
def test_gradients_are_those_of_finite_differences_once_and_twice(name: str) -> None:
    cell, generator = catalogue[name], torch.Generator().manual_seed(0)

    def leaf(*shape: int) -> torch.Tensor:
        return torch.randn(shape, dtype=torch.float64, generator=generator).requires_grad_()

    sizes = {"D": 2 if cell.inputs else 0, "H": 2}
    params = [leaf(*[sizes[s] for s in cell.shape(n)]) for n in cell.parameters]
    tensors = [leaf(3, sizes["D"]), *(leaf(2, 2) for _ in cell.states), *params]

    def flat(*given: torch.Tensor) -> tuple[torch.Tensor, ...]:
        count = len(cell.states)
        hs, last = run(cell, given[0], (2, 1), given[1 : 1 + count], given[1 + count :])
        return hs, *last

    assert torch.autograd.gradcheck(flat, tensors)
    assert torch.autograd.gradgradcheck(flat, tensors)


def test_long_runs_are_worked_off_in_blocks(monkeypatch: pytest.MonkeyPatch, draw: Any, same: Any) -> None:
    from gatedrnn_course.engines.torch_tier import blocks

    monkeypatch.setattr(blocks, "BLOCK", {"cpu": 20})
    for name in ("peephole LSTM", "GRU", "minGRU", "FGR"):
        wanted = draw(catalogue[name], T=11)
        same(wanted.torch(run), wanted.reference(), EXACT)


@given(lengths=st.lists(st.integers(0, 5), min_size=1, max_size=4).map(lambda n: sorted(n, reverse=True)))
@settings(max_examples=25, deadline=None)
def test_each_sequence_stops_at_its_own_end(lengths: list[int]) -> None:
    cell, generator = catalogue["FGR"], torch.Generator().manual_seed(0)
    sizes = tuple(sum(n > t for n in lengths) for t in range(max(lengths)))
    shapes = [(sum(sizes), 3), *[(len(lengths), 2)] * 5]
    shapes += [tuple({"D": 3, "H": 2}[s] for s in cell.shape(n)) for n in cell.parameters]
    tensors = [torch.randn(s, dtype=torch.float64, generator=generator).requires_grad_() for s in shapes]
    results = []
    for function in (run, loop):
        hs, last = function(cell, tensors[0], sizes, tensors[1:6], tensors[6:])
        loss = hs.square().sum() + sum((s * k).square().sum() for k, s in enumerate(last, 1))
        results.append([hs, *last, *torch.autograd.grad(loss, tensors, materialize_grads=True, allow_unused=True)])
    for ours, theirs in zip(*results, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=EXACT, atol=EXACT)


def test_dead_gates_get_gradients_of_exactly_zero() -> None:
    cell = parse("i = sigmoid(W_i @ x + U_i @ h_prev + b_i)\nc = W_c @ x + 0 * i + c_prev\nh = tanh(c)")
    tensors = [torch.randn(6, 3), torch.zeros(2, 4), torch.zeros(2, 4)]
    params = {n: torch.randn([{"D": 3, "H": 4}[s] for s in cell.shape(n)]).requires_grad_() for n in cell.parameters}
    run(cell, tensors[0], (2,) * 3, tensors[1:], list(params.values()))[0].sum().backward()
    assert all(not params[name].grad.any() for name in ("W_i", "U_i", "b_i"))
    assert params["W_c"].grad.any()


def test_a_second_backward_gives_the_same_and_outputs_may_be_written_over(draw: Any) -> None:
    cell = catalogue["LSTM"]
    xs = torch.randn(6, 3, requires_grad=True)
    params = [torch.randn([{"D": 3, "H": 4}[s] for s in cell.shape(n)]) for n in cell.parameters]
    hs, _ = run(cell, xs, (2,) * 3, [torch.zeros(2, 4)] * 2, params)
    first = torch.autograd.grad(hs.sum(), xs, retain_graph=True)[0]
    assert torch.equal(first, torch.autograd.grad(hs.sum(), xs, retain_graph=True)[0])
    loss = hs.sum()
    with torch.no_grad():
        hs.mul_(3)
    assert torch.equal(first, torch.autograd.grad(loss, xs)[0])


def test_torch_func_goes_through(draw: Any) -> None:
    cell = catalogue["GRU"]
    params = [torch.randn([{"D": 3, "H": 4}[s] for s in cell.shape(n)]) for n in cell.parameters]
    xs, h = torch.randn(5, 6, 3), torch.zeros(2, 4)

    def loss(x: torch.Tensor) -> torch.Tensor:
        return run(cell, x, (2,) * 3, [h], params)[0].square().sum()

    each = torch.func.vmap(torch.func.grad(loss))(xs)
    for x, d in zip(xs, each, strict=True):
        x = x.clone().requires_grad_()
        torch.testing.assert_close(d, torch.autograd.grad(loss(x), x)[0])


def test_nan_goes_to_its_own_sequence_only() -> None:
    cell = catalogue["peephole LSTM"]
    params = [torch.randn([{"D": 3, "H": 4}[s] for s in cell.shape(n)]) for n in cell.parameters]
    xs = torch.randn(4, 2, 3)
    xs[1, 0, 0] = float("nan")
    hs, (h, c) = run(cell, xs.reshape(8, 3), (2,) * 4, [torch.zeros(2, 4)] * 2, params)
    hs = hs.view(4, 2, 4)
    assert hs[1:, 0].isnan().all()
    assert hs[0].isfinite().all() and hs[:, 1].isfinite().all() and h[1].isfinite().all() and c[1].isfinite().all()


def _device_parity(device: str, draw: Any, same: Any) -> None:
    for name in ("peephole LSTM", "GRU", "FGR", "MUT1", "residual layer"):
        wanted = draw(catalogue[name], T=9)
        same(wanted.torch(run, device=device), wanted.reference(), EXACT)


def test_the_same_numbers_on_the_cpu(draw: Any, same: Any) -> None:
    _device_parity("cpu", draw, same)


@pytest.mark.gpu
@gpu
def test_the_same_numbers_on_the_gpu(draw: Any, same: Any) -> None:
    _device_parity("cuda", draw, same)


@every_cell
@pytest.mark.parametrize("batch_sizes", [(2, 2, 2), (3, 1, 1, 1)])
def test_many_models_at_once_are_each_alone(name: str, batch_sizes: tuple[int, ...]) -> None:
    cell, M, sizes = catalogue[name], 3, {"D": 3 if catalogue[name].inputs else 0, "H": 4}
    shapes = [(sum(batch_sizes), sizes["D"]), *[(batch_sizes[0], 4)] * len(cell.states)]
    shapes += [own.shape(sizes) for own in stacks_of(cell)]
    tensors = [torch.randn(M, *shape, dtype=torch.float64).mul_(0.5).requires_grad_() for shape in shapes]
    count = 1 + len(cell.states)
    hs, last = sequence.run(cell, tensors[0], batch_sizes, tensors[1:count], tensors[count:])
    loss = hs.square().sum() + sum(s.sum() for s in last)
    grads = torch.autograd.grad(loss, tensors, materialize_grads=True, allow_unused=True)
    for m in range(M):
        own = [t[m].detach().requires_grad_() for t in tensors]
        alone, ends = sequence.run(cell, own[0], batch_sizes, own[1:count], own[count:])
        torch.testing.assert_close(hs[m], alone, rtol=EXACT, atol=EXACT)
        wanted = torch.autograd.grad(
            alone.square().sum() + sum(s.sum() for s in ends), own, materialize_grads=True, allow_unused=True
        )
        for ours, theirs in zip([*(s[m] for s in last), *(g[m] for g in grads)], [*ends, *wanted], strict=True):
            torch.testing.assert_close(ours, theirs, rtol=EXACT, atol=EXACT)


def test_many_models_can_be_differentiated_twice() -> None:
    cell = catalogue["GRU"]
    shapes = [(4, 2), (2, 3), *[own.shape({"D": 2, "H": 3}) for own in stacks_of(cell)]]
    tensors = [torch.randn(2, *shape, dtype=torch.float64).requires_grad_() for shape in shapes]

    def flat(*given: torch.Tensor) -> torch.Tensor:
        return sequence.run(cell, given[0], (2, 2), given[1:2], given[2:])[0]

    assert torch.autograd.gradcheck(flat, tensors)
    assert torch.autograd.gradgradcheck(flat, tensors)
