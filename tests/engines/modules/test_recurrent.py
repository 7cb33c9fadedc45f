from __future__ import annotations

import copy
import io
import pickle
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence

from gatedrnn_course.cells import catalogue, parse, sequence
from gatedrnn_course.engines import Recurrent, from_torch
from gatedrnn_course.errors import CourseError

CLOSE = {"rtol": 1e-10, "atol": 1e-10}
DOUBLE = {"dtype": torch.float64}
KINDS = {"LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU, "RNN": torch.nn.RNN}
every_kind = pytest.mark.parametrize("kind", KINDS)


def tuple_of(state: Any) -> tuple[torch.Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


def pair(kind: str, **settings: Any) -> tuple[Any, Recurrent]:
    torch.manual_seed(0)
    theirs = KINDS[kind](3, 4, dtype=torch.float64, **settings)
    return theirs, from_torch(theirs)


@every_kind
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("shape", [(5, 2, 3), (5, 3), (1, 1, 3)])
def test_shapes_and_values_are_those_of_torch(
    kind: str, layers: int, both: bool, batch_first: bool, shape: Any
) -> None:
    theirs, ours = pair(kind, num_layers=layers, bidirectional=both, batch_first=batch_first)
    x = torch.randn(shape, **DOUBLE)
    B = () if len(shape) == 2 else (shape[0] if batch_first else shape[1],)
    state: Any = tuple(torch.randn((layers * (1 + both), *B, 4), **DOUBLE) for _ in range(1 + (kind == "LSTM")))
    state = state if kind == "LSTM" else state[0]
    for given_state in (None, state):
        (wanted, wanted_state), (hs, last) = theirs(x, given_state), ours(x, given_state)
        torch.testing.assert_close(hs, wanted, **CLOSE)
        torch.testing.assert_close(tuple_of(last), tuple_of(wanted_state), **CLOSE)


@every_kind
@pytest.mark.parametrize("sorted_", [True, False])
def test_packed_sequences_as_in_torch(kind: str, sorted_: bool) -> None:
    theirs, ours = pair(kind, num_layers=2, bidirectional=True)
    lengths = [5, 3, 1] if sorted_ else [3, 5, 1]
    x = torch.randn(5, 3, 3, requires_grad=True, **DOUBLE)
    state: Any = tuple(torch.randn(4, 3, 4, **DOUBLE) for _ in range(1 + (kind == "LSTM")))
    state = state if kind == "LSTM" else state[0]
    packed = pack_padded_sequence(x, lengths, enforce_sorted=sorted_)
    results = []
    for module in (theirs, ours):
        hs, last = module(packed, state)
        loss = hs.data.square().sum() + sum((k + 1) * s.sum() for k, s in enumerate(tuple_of(last)))
        results.append((hs.data, hs.batch_sizes, tuple_of(last), torch.autograd.grad(loss, x, retain_graph=True)[0]))
    torch.testing.assert_close(results[0], results[1], **CLOSE)


@settings(max_examples=30, deadline=None)
@given(
    name=st.sampled_from(["LSTM", "GRU", "FGR", "minGRU", "peephole LSTM"]),
    lengths=st.lists(st.integers(0, 4), min_size=1, max_size=4),
    both=st.booleans(),
)
def test_each_sequence_of_a_padded_batch_is_as_if_alone(name: str, lengths: list[int], both: bool) -> None:
    module = Recurrent(name, 3, 4, num_layers=2, bidirectional=both, dtype=torch.float64)
    x = torch.randn(5, len(lengths), 3, **DOUBLE)
    for b, n in enumerate(lengths):
        x[n:, b] = float("nan")  # what stands after the end is never looked at
    hs, last = module(x, lengths=lengths)
    for b, n in enumerate(lengths):
        alone, alone_last = module(x[:n, b])
        torch.testing.assert_close(hs[:n, b], alone, **CLOSE)
        assert not hs[n:, b].any()
        for s, wanted in zip(tuple_of(last), tuple_of(alone_last), strict=True):
            torch.testing.assert_close(s[:, b], wanted, **CLOSE)
    hs.sum().backward()
    assert all(p.grad.isfinite().all() for p in module.parameters() if p.grad is not None)


@pytest.mark.parametrize("name", catalogue)
def test_every_cell_runs_and_its_state_can_be_passed_back(name: str) -> None:
    cell = catalogue[name]
    module = Recurrent(name, 3 if cell.inputs else 0, 4, dtype=torch.float64)
    x = torch.randn(6, 2, module.input_size, **DOUBLE)
    hs, last = module(x)
    first, state = module(x[:4])
    second, state = module(x[4:], state)
    torch.testing.assert_close(torch.cat([first, second]), hs, **CLOSE)
    torch.testing.assert_close(tuple_of(state), tuple_of(last), **CLOSE)
    p = {n: v.detach().numpy() for n, v in module.named().items()}
    wanted, _ = sequence(cell, x.numpy(), [np.zeros((2, 4))] * len(cell.states), p)
    np.testing.assert_allclose(hs.detach(), wanted, rtol=1e-10, atol=1e-10)


def test_what_lies_beyond_h_and_c_travels_behind_them() -> None:
    module = Recurrent("FGR", 3, 4)
    _, state = module(torch.randn(2, 5, 3))
    h, c, *gates = state
    assert [tuple(s.shape) for s in (h, c, *gates)] == [(1, 5, 4)] * 5
    hs, _ = module(torch.randn(2, 5, 3), (h, c))
    assert hs.shape == (2, 5, 4)


def test_parameters_carry_the_names_of_the_text() -> None:
    module = Recurrent("peephole LSTM", 3, 4, num_layers=2, bidirectional=True)
    assert module.W_f_l0.shape == (4, 3) and module.P_o_l1_reverse.shape == (4,) and module.U_c_l1.shape == (4, 4)
    assert module.W_f_l1.shape == (4, 8)
    state = module.state_dict()
    other = Recurrent("peephole LSTM", 3, 4, num_layers=2, bidirectional=True)
    other.load_state_dict(state)
    x = torch.randn(5, 2, 3)
    torch.testing.assert_close(other(x)[0], module(x)[0])
    stream = io.BytesIO()
    torch.save(state, stream)
    stream.seek(0)
    assert torch.load(stream).keys() == state.keys()
    for twin in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        torch.testing.assert_close(twin(x)[0], module(x)[0])


def test_parameters_begin_within_torchs_bound() -> None:
    values = torch.cat([p.detach().flatten() for p in Recurrent("LSTM", 30, 25).parameters()])
    assert values.abs().max() <= 0.2
    assert values.abs().max() > 0.19 and abs(float(values.mean())) < 0.01


@pytest.mark.parametrize("name", ["LSTM", "GRU reset after", "peephole LSTM", "minLSTM"])
def test_without_biases_is_with_biases_of_zero(name: str) -> None:
    plain, full = Recurrent(name, 3, 4, bias=False), Recurrent(name, 3, 4)
    assert not any(n.startswith("b_") for n in plain.cell.parameters)
    with torch.no_grad():
        for n, p in full.named().items():
            p.copy_(plain.named()[n]) if n in plain.named() else p.zero_()
    x = torch.randn(5, 2, 3)
    torch.testing.assert_close(plain(x)[0], full(x)[0])


def test_a_cell_of_ones_own_trains() -> None:
    cell = parse("g = sigmoid(W_g @ x + U_g @ h_prev)\nh = g * tanh(W_h @ x) + (1 - g) * relu(h_prev)")
    torch.manual_seed(0)
    module = Recurrent(cell, 2, 8)
    optimiser = torch.optim.SGD(module.parameters(), lr=0.5)
    x = torch.randn(6, 16, 2)
    losses = []
    for _ in range(20):
        loss = (module(x)[0][-1].mean(-1) - x.sum((0, 2)).tanh()).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


def test_dropout_acts_between_layers_while_training_only() -> None:
    module = Recurrent("LSTM", 3, 4, num_layers=2, dropout=1.0)
    x = torch.randn(5, 2, 3)
    assert torch.equal(module(x)[0], module(torch.zeros_like(x))[0])
    module.eval()
    assert not torch.equal(module(x)[0], module(torch.zeros_like(x))[0])


@pytest.mark.parametrize("shape", [(0, 2, 3), (1, 2, 3), (4, 0, 3), (0, 0, 3)])
@pytest.mark.parametrize("name", ["LSTM", "GRU", "FGR"])
@pytest.mark.parametrize("both", [False, True])
def test_no_steps_and_no_sequences_are_answered(shape: Any, name: str, both: bool) -> None:
    module = Recurrent(name, 3, 4, bidirectional=both)
    x = torch.randn(shape, requires_grad=True)
    hs, last = module(x)
    assert hs.shape == (*shape[:2], 4 * (1 + both))
    (hs.sum() + sum(s.sum() for s in tuple_of(last))).backward()
    assert x.grad is not None and x.grad.shape == shape
    assert all(p.grad is not None and p.grad.isfinite().all() for p in module.parameters())


def test_a_cell_without_input_takes_the_number_of_steps_from_an_empty_axis() -> None:
    module = Recurrent("highway layer", 0, 4)
    hs, h = module(torch.zeros(5, 2, 0), torch.randn(1, 2, 4))
    assert hs.shape == (5, 2, 4) and torch.equal(hs[-1], h[0])


@settings(max_examples=60, deadline=None)
@given(
    shape=st.lists(st.integers(0, 4), min_size=0, max_size=4),
    dtype=st.sampled_from([torch.float32, torch.float64, torch.int64, torch.bool, torch.complex64]),
    state=st.none() | st.lists(st.lists(st.integers(0, 4), max_size=4), max_size=3),
    lengths=st.none() | st.lists(st.integers(-1, 5), max_size=4),
)
def test_any_input_gives_an_answer_or_a_clear_error(shape: Any, dtype: Any, state: Any, lengths: Any) -> None:
    module = Recurrent("LSTM", 3, 4)
    given_state = None if state is None else tuple(torch.zeros(s) for s in state)
    refused = None
    try:
        hs, (h, c) = module(torch.ones(shape).to(dtype), given_state, lengths)
    except CourseError as error:
        refused = error
    if refused:
        assert refused.asked and refused.came and refused.expected and refused.do
    else:
        assert dtype == torch.float32 and hs.shape == (*shape[:-1], 4) and h.shape == c.shape


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("LSTN", 3, 4), "Near it: LSTM"),
        (("LSTM", 0, 4), "input_size is 0"),
        (("LSTM", 3, 0), "hidden_size is 0"),
        (("LSTM", 3, 4, 0), "num_layers is 0"),
        (("LSTM", 3, 2.5), "hidden_size is 2.5"),
        (("LSTM", 3, 4, 1, True, False, 1.5), "dropout is 1.5"),
        (("highway layer", 3, 4), "input_size is 3"),
        (("highway layer", 0, 4, 2), "num_layers is 2"),
    ],
)
def test_impossible_settings_are_named(arguments: Any, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        Recurrent(*arguments)


def test_errors_name_what_does_not_fit() -> None:
    module = Recurrent("LSTM", 3, 4)
    x = torch.randn(5, 2, 3)
    with pytest.raises(CourseError, match=r"input came as \(5, 2, 4\)"):
        module(torch.randn(5, 2, 4))
    with pytest.raises(CourseError, match=r"torch\.float64, cpu"):
        module(x.double())
    with pytest.raises(CourseError, match=r"c came as \(1, 2, 5\)"):
        module(x, (torch.zeros(1, 2, 4), torch.zeros(1, 2, 5)))
    with pytest.raises(CourseError, match="state came as Tensor"):
        module(x, torch.zeros(1, 2, 4))
    with pytest.raises(CourseError, match=r"lengths is \[6, 1\]"):
        module(x, lengths=[6, 1])
    with pytest.raises(CourseError, match="lengths"):
        module(x, lengths=[5])
    with pytest.raises(CourseError, match="input came as list"):
        module([1.0])


def test_packed_input_of_another_size_is_named() -> None:
    with pytest.raises(CourseError, match="input came as"):
        Recurrent("LSTM", 3, 4)(pack_sequence([torch.randn(3, 2), torch.randn(2, 2)]))


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_torch_compile_takes_it_as_one_piece() -> None:
    for settings_ in ({}, {"num_layers": 2, "bidirectional": True}):
        module = Recurrent("peephole LSTM", 3, 4, **settings_)
        x = torch.randn(5, 2, 3)
        wanted = module(x)[0]
        expected = torch.autograd.grad(wanted.square().sum(), list(module.parameters()))
        hs, _ = torch.compile(module, backend="aot_eager", fullgraph=True)(x)
        torch.testing.assert_close(hs, wanted)
        torch.testing.assert_close(torch.autograd.grad(hs.square().sum(), list(module.parameters())), expected)


def test_names_are_views_of_tensors_stacked_by_letter() -> None:
    module = Recurrent("peephole LSTM", 3, 4)
    assert [(name, tuple(p.shape)) for name, p in module.named_parameters()] == [
        ("W_l0", (16, 3)),
        ("U_l0", (16, 4)),
        ("P_l0", (12,)),
        ("b_l0", (16,)),
    ]
    with torch.no_grad():
        module.named()["b_f"].fill_(7)
    assert module.b_l0[:4].eq(7).all() and module.b_l0[4:].ne(7).all()
    assert torch.equal(module.P_o_l0, module.P_l0[8:])
    with pytest.raises(AttributeError, match="W_z_l0"):
        _ = module.W_z_l0


def test_gradients_by_name() -> None:
    module = Recurrent("LSTM", 3, 4, num_layers=2)
    assert module.gradients() == dict.fromkeys(module.cell.parameters)
    module(torch.randn(5, 2, 3))[0].sum().backward()
    found = module.gradients("_l1")
    assert found.keys() == set(module.cell.parameters)
    assert module.U_l1.grad is not None and torch.equal(found["U_i"], module.U_l1.grad[4:8])


def test_a_regulariser_on_one_gate_reaches_that_gate_alone() -> None:
    module = Recurrent("LSTM", 3, 4)
    module.W_f_l0.square().sum().backward()
    grads = module.gradients()
    assert torch.equal(grads["W_f"], 2 * module.W_f_l0) and not grads["W_i"].any()


def test_other_parameters_for_one_call() -> None:
    module, other = Recurrent("GRU", 3, 4), Recurrent("GRU", 3, 4)
    x = torch.randn(5, 2, 3)
    hs, _ = torch.func.functional_call(module, dict(other.named_parameters()), (x,))
    assert torch.equal(hs, other(x)[0])
