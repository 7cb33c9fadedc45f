from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import Params, Slice, backward_of, catalogue, parse, whole_step
from gatedrnn_course.cells.gradients import backward

TINY = 1e-30


def complex_step(run: Any) -> dict[str, Any]:
    """The gradients of the loss by name, one number at a time: the imaginary part of loss(v + iε) / ε."""
    arrays = {**run.p, **{f"{n}_prev": s for n, s in zip(run.cell.states, run.state, strict=True)}}
    if run.cell.inputs:
        arrays["xs"] = run.xs
    found = {}
    for name, array in arrays.items():
        found[name] = np.empty(array.shape)
        for spot in np.ndindex(array.shape):
            moved = array.astype(complex)
            moved[spot] += TINY * 1j
            given = {**arrays, name: moved}
            state = [given[f"{n}_prev"] for n in run.cell.states]
            found[name][spot] = run.loss(given.get("xs", run.xs), state, given).imag / TINY
    return found


def assert_gradients_are_right(run: Any) -> None:
    ours, wanted = run.gradients(), complex_step(run)
    assert ours.keys() == wanted.keys()
    for name, value in wanted.items():
        assert ours[name].shape == value.shape, name
        np.testing.assert_allclose(ours[name], value, rtol=1e-10, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("name", catalogue)
def test_derived_gradients_agree_with_complex_step(name: str, draw: Any) -> None:
    assert_gradients_are_right(draw(catalogue[name], D=2, H=3, batch=(2,), T=3))


@settings(deadline=None, max_examples=60)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_gradients_of_cells_nobody_wrote_agree_with_complex_step(
    any_cell: Any, draw: Any, data: Any, seed: int
) -> None:
    run = draw(data.draw(any_cell), D=1, H=2, batch=(2,), T=2, seed=seed)
    with np.errstate(all="ignore"):
        wanted = complex_step(run)
        if not all(np.abs(value).max(initial=0) < 1e6 for value in wanted.values()):
            return
        for name, ours in run.gradients().items():
            np.testing.assert_allclose(ours, wanted[name], rtol=1e-8, atol=1e-8, err_msg=f"{name}\n{run.cell}")


@pytest.mark.parametrize("batch", [(), (2,), (3, 2)], ids=str)
def test_gradients_sum_over_every_leading_axis(batch: tuple[int, ...], draw: Any) -> None:
    assert_gradients_are_right(draw(catalogue["peephole LSTM"], D=2, H=3, batch=batch))


def test_gradients_are_right_where_a_line_is_named_like_the_inside_of_another(draw: Any) -> None:
    """Teachers like to write a_f for what stands inside f; its derivative is d_a_f, as is that of f's own inside."""
    text = "a_f = W_f @ x + U_f @ h_prev\nf = sigmoid(a_f + b_f)\nh = f * h_prev + tanh(a_f)"
    assert_gradients_are_right(draw(parse(text), D=2, H=3))


def test_gradients_are_right_where_a_matrix_meets_a_learned_constant(draw: Any) -> None:
    assert_gradients_are_right(draw(parse("h = tanh(W_h @ x + U_h @ tanh(b_h) + h_prev)"), D=2, H=3))


def test_gradients_are_right_where_a_gate_is_a_learned_constant(draw: Any) -> None:
    assert_gradients_are_right(draw(parse("g = sigmoid(b_g)\nh = g * h_prev + (1 - g) * tanh(W_h @ x)"), D=2, H=3))


def test_a_state_named_b_is_no_parameter(draw: Any) -> None:
    assert_gradients_are_right(draw(parse("b = tanh(W_h @ x + b_prev)\nh = tanh(b) + h_prev"), D=2, H=3))


def test_an_unused_parameter_has_a_gradient_of_zeros(draw: Any) -> None:
    run = draw(parse("y = tanh(W_y @ x + b_y)\nh = tanh(W_h @ x + h_prev)"))
    assert not run.gradients()["W_y"].any()


@pytest.mark.parametrize("name", ["LSTM", "highway layer"])
def test_no_step_sends_back_what_came(name: str, draw: Any) -> None:
    run = draw(catalogue[name], T=0)
    gradients = run.gradients()
    assert not any(gradients[p].any() for p in run.cell.parameters)
    assert all(np.array_equal(gradients[f"{s}_prev"], d) for s, d in zip(run.cell.states, run.d_last, strict=True))
    if run.cell.inputs:
        assert gradients["xs"].shape == run.xs.shape


def test_without_a_gradient_from_outside_all_gradients_are_zero(draw: Any) -> None:
    run = draw(catalogue["GRU"])
    run.d_hs[:], run.d_last[0][:] = 0, 0
    assert not any(np.any(d) for d in run.gradients().values())


def test_the_backward_equations_of_the_rnn_read_like_the_slide() -> None:
    assert backward_of(catalogue["RNN"]).text.splitlines() == [
        "d_h = d_h_next",
        "d_a_h = d_h * (1 - h * h)",
        "d_x = W_h.T @ d_a_h",
        "d_h_prev = U_h.T @ d_a_h",
        "d_W_h = outer(d_a_h, x)",
        "d_U_h = outer(d_a_h, h_prev)",
        "d_b_h = d_a_h",
    ]


@pytest.mark.parametrize("name", catalogue)
def test_every_backward_equation_defines_a_new_name_from_known_ones(name: str) -> None:
    program = backward_of(catalogue[name])
    known = set(program.inputs)
    for line in program.lines:
        assert line.name not in known
        known.add(line.name)
    assert set(program.outputs) <= known


def test_a_slice_has_backward_equations_too() -> None:
    """Of c = f * c_prev + i * c_tilde with respect to each of its four inputs."""
    cut = Slice(catalogue["LSTM"], ("f", "c_prev", "i", "c_tilde"), ("c",))
    program = backward(cut)
    f, c_prev, i, c_tilde, c, d = np.random.default_rng(0).normal(size=(6, 2, 3))
    assert program.outputs == ("d_f", "d_c_prev", "d_i", "d_c_tilde")
    found = program.function(f, c_prev, i, c_tilde, c, d, Params())
    np.testing.assert_allclose(found, [d * c_prev, d * f, d * c_tilde, d * i])


def test_an_output_that_feeds_another_collects_from_both() -> None:
    cut = Slice(catalogue["LSTM"], ("f", "c_prev", "i", "c_tilde", "o"), ("h", "c"))
    f, c_prev, i, c_tilde, o, d_h, d_c = np.random.default_rng(0).normal(size=(7, 2, 3))
    h, c = cut.function(f, c_prev, i, c_tilde, o, Params())
    program = backward(cut)
    given = {"f": f, "c_prev": c_prev, "i": i, "c_tilde": c_tilde, "o": o, "c": c, "h": h}
    given.update(d_h_next=d_h, d_c_next=d_c)
    found = dict(zip(program.outputs, program.function(*(given[n] for n in program.inputs), Params()), strict=True))
    np.testing.assert_allclose(found["d_f"], (d_c + d_h * o * (1 - np.tanh(c) ** 2)) * c_prev)
    np.testing.assert_allclose(found["d_o"], d_h * np.tanh(c))


def test_the_same_slice_gives_the_same_program() -> None:
    assert backward(whole_step(catalogue["LSTM"])) is backward(whole_step(catalogue["LSTM"]))
