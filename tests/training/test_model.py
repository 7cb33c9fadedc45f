from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch

from gatedrnn_course.cells import parse
from gatedrnn_course.engines.modules.initialise import forget_bias_
from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import Digits, Music, Strokes
from gatedrnn_course.training import SequenceModel, to_tensors


@pytest.mark.parametrize("cell", ["RNN", "LSTM", "peephole LSTM", "GRU", "FGR"])
def test_outputs_have_the_shape_that_the_task_judges(cell, task):
    batch = to_tensors(task.batch(0, 3))
    outputs = SequenceModel(cell, task, 5)(batch.inputs, batch.lengths)
    assert outputs.shape == (*batch.mask.shape, task.output_size)


def test_a_cell_of_ones_own(task):
    cell = parse("h = tanh(W_h @ x + h_prev)  # hidden state", "sum")
    batch = task.batch(0, 3)
    assert SequenceModel(cell, task, 5)(to_tensors(batch).inputs).shape == (*batch.mask.shape, 4)


def test_the_seed_alone_decides_the_parameters(task):
    torch.manual_seed(1)
    first = SequenceModel("LSTM", task, 5, seed=7).state_dict()
    torch.manual_seed(2)
    again, other = (SequenceModel("LSTM", task, 5, seed=seed).state_dict() for seed in (7, 8))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)


def test_a_start_changes_the_layers_only(task):
    plain = SequenceModel("LSTM", task, 5)
    begun = SequenceModel("LSTM", task, 5, start=partial(forget_bias_, value=2.0))
    assert (begun.layers.named()["b_f"] == 2).all()
    assert torch.equal(plain.readout.weight, begun.readout.weight)


@pytest.mark.parametrize(("kind", "both"), [(Digits, True), (Strokes, True), (Music, False)])
def test_speech_and_handwriting_are_read_both_ways(kind, both):
    task = kind(stand_in="always")
    assert SequenceModel("LSTM", task, 3).layers.bidirectional is both
    assert SequenceModel("LSTM", task, 3, bidirectional=not both).layers.bidirectional is not both


def test_reading_both_ways_ignores_the_padding():
    task = Digits(stand_in="always")
    short, long = sorted(task.sequences("valid"), key=len)[:: len(task.sequences("valid")) - 1]
    model = SequenceModel("LSTM", task, 3, dtype=torch.float64)
    alone, padded = (to_tensors(task.stack(chosen), dtype=torch.float64) for chosen in ([short], [short, long]))
    outputs = [model(batch.inputs, batch.lengths)[: len(short), 0] for batch in (alone, padded)]
    assert len(short) < len(long)
    np.testing.assert_allclose(*(found.detach().numpy() for found in outputs), rtol=0, atol=1e-12)


def test_dropout_is_for_training(task):
    inputs = to_tensors(task.batch(0, 3)).inputs
    model = SequenceModel("LSTM", task, 5, dropout=0.5)
    assert not torch.equal(model(inputs), model(inputs))
    model.eval()
    assert torch.equal(model(inputs), model(inputs))


def test_an_unknown_cell_is_refused(task):
    with pytest.raises(CourseError, match="LSTN"):
        SequenceModel("LSTN", task, 5)


def test_a_read_out_may_see_the_inputs_too(task):
    torch.manual_seed(0)
    plain, direct = SequenceModel("GRU", task, 4), SequenceModel("GRU", task, 4, direct=True)
    inputs = to_tensors(task.batch(0, 3)).inputs
    with torch.no_grad():
        seen = direct(inputs) - plain(inputs)
    torch.testing.assert_close(seen, inputs @ direct.direct.weight.T)
