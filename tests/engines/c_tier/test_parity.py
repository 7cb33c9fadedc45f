"""Kernels, compiled and interpreted, against the reference: values and gradients of all cells, and of odd ones."""

import numpy as np
import pytest
import torch

from gatedrnn_course.cells import catalogue, draw_params, parse, sequence, sequence_backward
from gatedrnn_course.cells.activations import ACTIVATIONS
from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.c_tier.interpreter import interpreter_of
from gatedrnn_course.engines.shared.stacks import by_name
from gatedrnn_course.engines.torch_tier import sequence as sequence_tier

pytestmark = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")

SIZES = [(5, 3, 2, 17), (1, 1, 1, 1), (9, 33, 5, 33), (4, 7, 16, 16), (70, 2, 3, 3), (3, 1, 4, 33), (0, 2, 3, 5)]
run = by_name(c_tier.run)
interpret = by_name(lambda cell, xs, *given: c_tier.run_kernel(interpreter_of(cell, xs.element_size()), xs, *given))
WAYS = pytest.mark.parametrize("way", [run, interpret], ids=["compiled", "interpreted"])
TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-5}

ODD = {
    "shared matrix": "h = tanh(W_a @ x + U_a @ h_prev + tanh(W_a @ x + U_a @ (0.5 * h_prev)))",
    "twice the same sum": "f = sigmoid(W_a @ x + b_a)\ng = tanh(W_a @ x + b_a)\nh = f * g + 0.5 * h_prev",
    "subtracted products": "h = b_a - U_a @ h_prev - W_a @ x + 2 * (W_b @ x) * h_prev",
    "input beside the state": "y = tanh(x * (U_y @ h_prev) + b_y)\nh = 0.9 * h_prev + W_y @ y",
    "state of the input's size": "k = 0.5 * k_prev + x * sigmoid(P_k * x)\nh = tanh(W_h @ k + U_h @ h_prev)",
    "division": "g = 2 + tanh(W_g @ x + U_g @ h_prev)\nh = (h_prev + 1) / g / 2 - 1 / (3 + relu(W_g @ x))",
    "matrix of a matrix": "h = tanh(U_a @ (W_a @ x + U_b @ h_prev) + U_a @ relu(U_b @ h_prev - b_b))",
    "bias through a matrix": "h = tanh(W_a @ x + U_a @ (b_a + h_prev) + U_b @ b_c)",
    "never looks back": "h = tanh(W_a @ x)",
    "dead line": "u = sigmoid(W_u @ x)\nh = tanh(W_a @ x + U_a @ h_prev)",
    "numbers": "h = sigmoid(1) * h_prev + tanh(-0.5) * (W_a @ x) - 0.25",
    "carried gate": "g = sigmoid(W_g @ x + U_g @ g_prev)\nh = g * h_prev + (1 - g) * g_prev",
}


@pytest.fixture(scope="module")
def odd():
    cells = {name: parse(text, name) for name, text in ODD.items()}
    for real_bytes in (4, 8):
        c_tier.kernels_of([*cells.values(), *catalogue.values()], real_bytes)
    return cells


def both(cell, size, dtype, run, seed=0):
    """What the kernel gives and what the reference gives: hidden states, last states, all gradients."""
    T, B, D, H = size
    rng = np.random.default_rng(seed)
    p = draw_params(cell, D, H, rng, 1 / (1 + max(D, H) ** 0.5))
    xs = rng.normal(size=(T, B, D))
    sizes = {"D": D, "H": H}
    state = [rng.normal(0, 0.5, (B, sizes[cell.shape(s)[0]])) for s in cell.states]
    hs, last = sequence(cell, xs if cell.inputs else [None] * T, state, p)
    d_hs, d_last = rng.normal(size=(T, B, H)), [rng.normal(size=s.shape) for s in state]
    d_p, d_xs, d_state = sequence_backward(cell, xs, state, p, d_hs, d_last)
    given = [xs.reshape(T * B, D), *state, *(p[name] for name in cell.parameters)]
    tensors = [torch.tensor(a, dtype=dtype, requires_grad=True) for a in given]
    count = 1 + len(state)
    out, ends = run(cell, tensors[0], [B] * T, tensors[1:count], tensors[count:])
    wanted = [d_xs.reshape(T * B, D) if cell.inputs else np.zeros((T * B, D)), *d_state, *d_p.values()]
    back = [torch.tensor(a, dtype=dtype) for a in (d_hs.reshape(T * B, H), *d_last)]
    grads = torch.autograd.grad([out, *ends], tensors, back, allow_unused=True, materialize_grads=True)
    return [a.detach().numpy() for a in (out, *ends, *grads)], [hs.reshape(T * B, H), *last, *wanted]


def check(cell, size, dtype, run):
    for ours, reference in zip(*both(cell, size, dtype, run), strict=True):
        scale = max(1.0, np.abs(reference).max(initial=0.0))
        assert ours.shape == reference.shape
        np.testing.assert_allclose(ours / scale, reference / scale, rtol=0, atol=TOLERANCE[dtype])


@WAYS
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("name", catalogue)
def test_every_cell_of_the_catalogue(name, dtype, way, odd):
    for size in SIZES:
        check(catalogue[name], size, dtype, way)


@WAYS
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("name", ODD)
def test_odd_cells(name, dtype, way, odd):
    for size in SIZES:
        check(odd[name], size, dtype, way)


@WAYS
@pytest.mark.parametrize("name", ["LSTM", "GRU", "FGR", "residual layer"])
def test_a_nan_spreads_as_in_the_reference(name, way):
    cell = catalogue[name]
    rng = np.random.default_rng(0)
    p, state = draw_params(cell, 3, 5, rng), [np.zeros((4, 5)) for _ in cell.states]
    state[0][2, 1] = np.nan
    hs, _ = sequence(cell, np.zeros((3, 4, 3)) if cell.inputs else [None] * 3, state, p)
    params = [torch.tensor(p[n]) for n in cell.parameters]
    ours, _ = way(cell, torch.zeros(12, 3, dtype=torch.float64), [4] * 3, [*map(torch.tensor, state)], params)
    np.testing.assert_allclose(ours.reshape(3, 4, 5).numpy(), hs, atol=1e-10)
    assert np.isnan(ours.numpy()).any() and not np.isnan(ours.reshape(3, 4, 5)[:, [0, 1, 3]].numpy()).any()


def test_infinite_inputs_saturate():
    cell = catalogue["LSTM"]
    p = {n: torch.ones([{"D": 1, "H": 2}[s] for s in cell.shape(n)]) for n in cell.parameters}
    xs = torch.tensor([[1e30], [-1e30], [float("inf")], [-float("inf")]])
    hs, _ = run(cell, xs, [1] * 4, [torch.zeros(1, 2)] * 2, list(p.values()))
    assert torch.isfinite(hs).all() and (hs.abs() <= 1).all()


@WAYS
@pytest.mark.parametrize("B", [1, 8, 130])
@pytest.mark.parametrize("name", ["LSTM", "peephole LSTM", "GRU"])
def test_long_sums_in_float32_are_as_exact_as_short_ones(name, B, way):
    """Gradients of 4,000 steps, the largest of each kind taken for one, as float64 gives them."""
    cell, T, D, H = catalogue[name], 4000 if B < 100 else 400, 8, 32
    rng = np.random.default_rng(B)
    p = draw_params(cell, D, H, rng, 0.18)
    shapes = [(T * B, D), *[(B, H)] * len(cell.states), (T * B, H)]
    *given, weights = (rng.normal(size=shape).astype(np.float32) for shape in shapes)
    grads = []
    for dtype in (torch.float32, torch.float64):
        tensors = [torch.tensor(a, dtype=dtype) for a in (*given, *(p[n].astype(np.float32) for n in cell.parameters))]
        leaves = [t.requires_grad_() for t in tensors[1 + len(cell.states) :]]
        hs, _ = way(cell, tensors[0], [B] * T, tensors[1 : 1 + len(cell.states)], leaves)
        found = torch.autograd.grad(hs, leaves, torch.tensor(weights, dtype=dtype))
        kinds = {n[0] for n in cell.parameters}
        each = [[g.flatten() for n, g in zip(cell.parameters, found, strict=True) if n[0] == kind] for kind in kinds]
        grads.append([torch.cat(parts).double() for parts in each])
    for ours, wanted in zip(*grads, strict=True):
        assert (ours - wanted).abs().max() < 1e-6 * wanted.abs().max()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_functions_far_out_and_at_zero(name):
    """Values, and slopes by the backward, of one function as in the reference; relu's slope at 0 is 0."""
    spots = np.array([-800.0, -90.0, -20.0, -1.0, -1e-4, 0.0, 1e-4, 1.0, 20.0, 90.0, 600.0])
    cell = parse(f"h = {name}(h_prev)")
    for dtype in (torch.float64, torch.float32):
        far = spots if name != "exp" else spots[spots < 80]
        for tier in (run, interpret, by_name(sequence_tier.run), by_name(sequence_tier.differentiable)):
            leaf = torch.tensor(far[None], dtype=dtype, requires_grad=True)
            hs, _ = tier(cell, torch.zeros(1, 0, dtype=dtype), [1], [leaf], [])
            (slope,) = torch.autograd.grad(hs.sum(), leaf)
            close, small = (1e-12, 1e-16) if dtype == torch.float64 else (3e-6, 1e-37)
            by_step = ACTIVATIONS[name].numpy(far + 1e-30j).imag / 1e-30
            np.testing.assert_allclose(hs.detach()[0].numpy(), ACTIVATIONS[name].numpy(far), rtol=close, atol=small)
            np.testing.assert_allclose(slope[0].numpy(), by_step, rtol=close, atol=1e-7)


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh"])
def test_infinities_and_what_is_no_number(name):
    odd = torch.tensor([[-np.inf, np.inf, np.nan, 0.0]])
    for dtype in (torch.float64, torch.float32):
        hs, _ = run(parse(f"h = {name}(h_prev)"), torch.zeros(1, 0, dtype=dtype), [1], [odd.to(dtype)], [])
        wanted = ACTIVATIONS[name].numpy(odd[0].to(dtype).numpy())
        np.testing.assert_allclose(hs[0].numpy(), wanted, rtol=0, atol=1e-37)
