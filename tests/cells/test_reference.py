from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue, draw_params, parse, sequence, step, zero_state
from gatedrnn_course.errors import CourseError

GRID = [(1, 1, 1, 3), (3, 4, 2, 5), (4, 3, 1, 3), (1, 5, 3, 4), (5, 1, 2, 3), (2, 2, 2, 3)]
TORCH_GATES = {"LSTM": "i f c o", "GRU reset after": "r z h", "RNN": "h"}
every_cell = pytest.mark.parametrize("name", catalogue)


def torch_layer(name: str, p: Any, D: int, H: int, rng: np.random.Generator) -> Any:
    """torch's own layer with our parameters; the one bias we have is split at random over the two it has."""
    import torch

    layer = {"LSTM": torch.nn.LSTM, "GRU reset after": torch.nn.GRU, "RNN": torch.nn.RNN}[name](
        D, H, dtype=torch.double
    )
    gates = TORCH_GATES[name].split()
    bias = np.concatenate([p[f"b_{g}"] for g in gates])
    part = rng.normal(size=bias.shape)
    if name == "GRU reset after":
        part[2 * H :] = p["b_u"]
        bias[2 * H :] += p["b_u"]
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.tensor(np.concatenate([p[f"W_{g}"] for g in gates])))
        layer.weight_hh_l0.copy_(torch.tensor(np.concatenate([p[f"U_{g}"] for g in gates])))
        layer.bias_hh_l0.copy_(torch.tensor(part))
        layer.bias_ih_l0.copy_(torch.tensor(bias - part))
    return layer


def torch_gradients(name: str, layer: Any, H: int) -> dict[str, Any]:
    """torch's gradients under our names."""
    found = {}
    for k, gate in enumerate(TORCH_GATES[name].split()):
        rows = slice(k * H, (k + 1) * H)
        found[f"W_{gate}"] = layer.weight_ih_l0.grad[rows]
        found[f"U_{gate}"] = layer.weight_hh_l0.grad[rows]
        found[f"b_{gate}"] = layer.bias_ih_l0.grad[rows]
    if name == "GRU reset after":
        found["b_u"] = layer.bias_hh_l0.grad[2 * H :]
    return found


@pytest.mark.parametrize("name", TORCH_GATES)
@pytest.mark.parametrize(("D", "H", "B", "T"), GRID)
def test_agrees_with_torch_in_values_and_gradients(name: str, D: int, H: int, B: int, T: int, draw: Any) -> None:
    import torch

    run = draw(catalogue[name], D, H, (B,), T)
    layer = torch_layer(name, run.p, D, H, np.random.default_rng(1))
    xs, *state = (torch.tensor(a, requires_grad=True) for a in (run.xs, *run.state))
    given = tuple(s[None] for s in state)
    hs, last = layer(xs, given if name == "LSTM" else given[0])
    last = last if name == "LSTM" else (last,)
    loss = (hs * torch.tensor(run.d_hs)).sum()
    loss = loss + sum((torch.tensor(d) * s).sum() for d, s in zip(run.d_last, last, strict=True))
    loss.backward()

    our_hs, our_last = sequence(run.cell, run.xs, run.state, run.p)
    np.testing.assert_allclose(our_hs, hs.detach(), rtol=1e-10, atol=1e-10)
    for ours, theirs in zip(our_last, last, strict=True):
        np.testing.assert_allclose(ours, theirs[0].detach(), rtol=1e-10, atol=1e-10)
    wanted = {**torch_gradients(name, layer, H), "xs": xs.grad}
    wanted.update({f"{n}_prev": s.grad for n, s in zip(run.cell.states, state, strict=True)})
    gradients = run.gradients()
    assert gradients.keys() == wanted.keys()
    for key, theirs in wanted.items():
        np.testing.assert_allclose(gradients[key], theirs, rtol=1e-10, atol=1e-10, err_msg=key)


def test_resetting_before_the_product_is_not_what_torch_computes(draw: Any) -> None:
    run = draw(catalogue["GRU reset after"])
    before, _ = sequence(catalogue["GRU"], run.xs, run.state, run.p)
    after, _ = sequence(run.cell, run.xs, run.state, {**run.p, "b_u": np.zeros(4)})
    assert np.abs(before - after).min(axis=(1, 2)).max() > 1e-4


def test_the_placement_of_the_reset_is_invisible_at_the_first_step_from_zero(draw: Any) -> None:
    run = draw(catalogue["GRU reset after"])
    zero, p = zero_state(run.cell, 4, (2,)), {**run.p, "b_u": np.zeros(4)}
    before, after = (sequence(catalogue[name], run.xs, zero, p)[0] for name in ("GRU", "GRU reset after"))
    np.testing.assert_array_equal(before[0], after[0])
    assert np.abs(before[2] - after[2]).max() > 1e-3


@every_cell
def test_each_sequence_of_a_batch_goes_its_own_way(name: str, draw: Any) -> None:
    run = draw(catalogue[name], batch=(3,))
    together, last = sequence(run.cell, run.xs, run.state, run.p)
    for b in range(3):
        xs = run.xs[:, b] if run.cell.inputs else run.xs
        alone, last_alone = sequence(run.cell, xs, [s[b] for s in run.state], run.p)
        np.testing.assert_allclose(together[:, b], alone, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose([s[b] for s in last], last_alone, rtol=1e-12, atol=1e-13)


@every_cell
def test_two_leading_axes_are_a_batch_of_batches(name: str, draw: Any) -> None:
    run = draw(catalogue[name], batch=(6,))
    flat, _ = sequence(run.cell, run.xs, run.state, run.p)
    xs = run.xs.reshape(3, 2, 3, 3) if run.cell.inputs else run.xs
    folded, last = sequence(run.cell, xs, [s.reshape(2, 3, 4) for s in run.state], run.p)
    np.testing.assert_allclose(folded.reshape(flat.shape), flat, rtol=1e-12, atol=1e-13)
    assert [s.shape for s in last] == [(2, 3, 4)] * len(run.cell.states)


@every_cell
def test_what_is_given_is_left_as_it_was(name: str, draw: Any) -> None:
    run, same = draw(catalogue[name]), draw(catalogue[name])
    arrays = [*run.state, *run.p.values(), run.d_hs, *run.d_last, *([run.xs] if run.cell.inputs else [])]
    for array in arrays:
        array.setflags(write=False)
    sequence(run.cell, run.xs, run.state, run.p)
    run.gradients()
    before = [*same.state, *same.p.values(), same.d_hs, *same.d_last, *([same.xs] if run.cell.inputs else [])]
    assert all(np.array_equal(a, b) for a, b in zip(arrays, before, strict=True))


@every_cell
def test_a_sequence_is_its_steps(name: str, draw: Any) -> None:
    run = draw(catalogue[name])
    hs, last = sequence(run.cell, run.xs, run.state, run.p)
    state = run.state
    for x, h in zip(run.xs, hs, strict=True):
        state = step(run.cell, x, state, run.p)
        np.testing.assert_array_equal(state[0], h)
    assert all(np.array_equal(a, b) for a, b in zip(state, last, strict=True))


@every_cell
def test_no_step_leaves_the_states_as_they_are(name: str, draw: Any) -> None:
    run = draw(catalogue[name], T=0)
    hs, last = sequence(run.cell, run.xs, run.state, run.p)
    assert hs.shape == (0, 2, 4)
    assert all(a is b for a, b in zip(last, run.state, strict=True))


def test_every_number_is_a_float64(draw: Any) -> None:
    run = draw(catalogue["LSTM"])
    hs, last = sequence(run.cell, run.xs, run.state, run.p)
    assert {a.dtype for a in (hs, *last)} == {np.dtype("float64")}


def test_a_missing_parameter_is_named(draw: Any) -> None:
    run = draw(catalogue["LSTM"])
    p = {name: array for name, array in run.p.items() if name != "b_o"}
    with pytest.raises(CourseError, match="p holds no b_o"):
        step(run.cell, run.xs[0], run.state, p)


@pytest.mark.parametrize("wrong", [np.zeros((3, 4)), np.zeros(4), np.zeros((4, 4))])
def test_a_parameter_of_another_size_is_named(wrong: Any, draw: Any) -> None:
    run = draw(catalogue["LSTM"])
    with pytest.raises(CourseError, match="W_i has shape"):
        step(run.cell, run.xs[0], run.state, {**run.p, "W_i": wrong})


def test_a_state_of_another_size_is_named(draw: Any) -> None:
    run = draw(catalogue["LSTM"])
    with pytest.raises(CourseError, match="c_prev has shape"):
        step(run.cell, run.xs[0], (run.state[0], np.zeros((2, 5))), run.p)


def test_a_state_too_few_is_an_error_of_the_course(draw: Any) -> None:
    run = draw(catalogue["LSTM"])
    with pytest.raises(CourseError, match="c"):
        step(run.cell, run.xs[0], run.state[:1], run.p)


def test_zero_states_have_the_leading_axes() -> None:
    assert [s.shape for s in zero_state(catalogue["FGR"], 4, (2, 3))] == [(2, 3, 4)] * 5
    assert not any(s.any() for s in zero_state(catalogue["LSTM"], 4))


def test_drawn_parameters_have_the_shapes_of_the_cell_and_follow_the_seed() -> None:
    first, again = (draw_params(catalogue["GRU"], 3, 4, np.random.default_rng(5)) for _ in range(2))
    assert {n: a.shape for n, a in first.items()} == {n: {"W": (4, 3), "U": (4, 4), "b": (4,)}[n[0]] for n in first}
    assert all(np.array_equal(first[n], again[n]) for n in first)


def test_a_line_of_parameters_only_still_has_the_batch() -> None:
    cell = parse("h = tanh(b_h)")
    (h,) = step(cell, None, zero_state(cell, 4, (2,)), {"b_h": np.ones(4)})
    assert h.shape == (2, 4)
