from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from gatedrnn_course.tasks import Counting, Music, loss_value
from gatedrnn_course.training import SequenceModel, evaluate, to_tensors
from gatedrnn_course.training.evaluate import outputs_of, score


class CountsLetters(nn.Module):
    """Solves a^n b^n by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(20.0))

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        a, b = inputs[..., 1].cumsum(0), inputs[..., 2].cumsum(0)
        legal = torch.stack([b == 0, (a > 0) & (b < a), (b == a) & (a > 0)], -1)
        return self.scale * (legal.to(inputs.dtype) * 2 - 1)


def test_a_solution_is_called_solved():
    found = evaluate(CountsLetters(), Counting())
    assert found.solved
    assert found.metric == 1.0
    assert found.loss < 1e-6
    assert found.sequences == Counting().criterion.sequences


def test_an_untrained_model_is_not():
    task = Counting()
    found = evaluate(SequenceModel("LSTM", task, 3), task)
    assert not found.solved
    assert found.metric < 0.5


def test_the_numbers_are_those_of_the_task(task):
    model = SequenceModel("GRU", task, 3)
    batch = task.batch(4, 600, "valid")  # more than run at once
    found = score(model, task, batch)
    with torch.no_grad():
        raw = model(to_tensors(batch).inputs).double().numpy()
    assert found.loss == pytest.approx(loss_value(task.loss, raw, batch), rel=1e-5)
    assert found.metric == task.score(raw, batch)
    assert found.sequences == 600


def test_a_corpus_is_judged_as_a_whole():
    task = Music(stand_in="always")
    model = SequenceModel("LSTM", task, 3)
    found = evaluate(model, task)
    assert found.sequences == 8
    assert found.metric == pytest.approx(found.loss, rel=1e-5)
    assert evaluate(model, task, "valid", sequences=5).sequences == 5


def test_the_seed_chooses_the_sequences(task):
    model = SequenceModel("LSTM", task, 3)
    losses = [evaluate(model, task, sequences=20, seed=seed).loss for seed in (0, 0, 1)]
    assert losses[0] == losses[1] != losses[2]


@pytest.mark.parametrize("training", [True, False])
def test_dropout_rests_and_the_mode_comes_back(training, task):
    model = SequenceModel("LSTM", task, 3, dropout=0.5).train(training)
    batch = to_tensors(task.batch(0, 3))
    assert torch.equal(outputs_of(model, batch), outputs_of(model, batch))
    assert model.training is training


def test_float64_is_kept(task):
    model = SequenceModel("LSTM", task, 3, dtype=torch.float64)
    assert outputs_of(model, to_tensors(task.batch(0, 2), dtype=torch.float64)).dtype == torch.float64
    assert np.isfinite(evaluate(model, task, sequences=3).loss)
