from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import Adding, Batch
from gatedrnn_course.training import SequenceModel, fit
from gatedrnn_course.training.run import Run
from gatedrnn_course.training.settings import FitSettings

SETTINGS = FitSettings(
    steps=10,
    evaluate_every=5,
    batch_size=4,
    optimiser="sgd",
    learning_rate=0.1,
    momentum=0.0,
    decay=True,
    clip=0.5,
    patience=None,
    validation=4,
    stop_when_solved=False,
    seed=0,
)


def test_a_step_of_sgd_is_minus_rate_times_clipped_gradient():
    task = Adding(length=5)
    model = SequenceModel("LSTM", task, 3, dtype=torch.float64)
    run = Run(model, task, SETTINGS, None)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    run.train_on(task.batch(0, 4))
    moved = [b - parameter.detach() for b, parameter in zip(before, model.parameters(), strict=True)]
    norm = math.sqrt(sum(float((m**2).sum()) for m in moved)) / 0.1
    assert norm == pytest.approx(0.5, rel=1e-4)  # the gradient was longer than the clip
    assert run.step == run.count == 1


def test_the_rate_falls_in_a_straight_line():
    assert [SETTINGS.rate(step) for step in (0, 5, 9)] == pytest.approx([0.1, 0.05, 0.01])


class Poisoned(Adding):
    """Its numbers are not finite in some batches."""

    def draw(self, rng: np.random.Generator, size: int, split: str) -> Batch:
        batch = super().draw(rng, size, split)
        if split == "train" and batch.targets.max() > 1.8:
            batch.inputs[0] = math.inf
        return batch


@pytest.mark.parametrize("cell", ["RNN", "LSTM", "GRU"])
def test_numbers_that_are_not_finite_stop_the_run_and_spare_the_parameters(cell):
    task = Poisoned(length=5)
    model = SequenceModel(cell, task, 3)
    with pytest.raises(CourseError) as caught:
        fit(model, task, steps=100, batch_size=20, progress=False)
    assert "step" in caught.value.asked
    assert "nan" in caught.value.came
    assert "learning rate" in caught.value.do
    assert all(parameter.isfinite().all() for parameter in model.parameters())


def test_a_run_that_explodes_says_at_which_step():
    task = Adding(length=5)
    model = SequenceModel("minGRU", task, 3)
    with pytest.raises(CourseError, match=r"step \d+"):
        fit(model, task, steps=200, optimiser="sgd", learning_rate=1e6, progress=False)


class Called(torch.nn.Module):
    """Counts its calls in a buffer, and in extra state."""

    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros(()))
        self.note = "new"

    def forward(self, inputs, lengths=None):
        self.calls += 1
        return self.readout(inputs)

    def get_extra_state(self):
        return {"note": self.note}

    def set_extra_state(self, state):
        self.note = state["note"]


def test_buffers_and_extra_state_are_kept_with_the_best_parameters(tmp_path):
    task, path = Adding(length=5), tmp_path / "run.pt"
    model = Called()
    model.readout = SequenceModel("LSTM", task, 3)
    model.readout.layers.register_buffer("seen", torch.ones(2))
    fit(model, task, steps=4, evaluate_every=2, batch_size=4, validation=4, checkpoint=path, progress=False)
    calls = model.calls.clone()
    assert calls > 4
    again = Called()
    again.note = "other"
    again.readout = SequenceModel("LSTM", task, 3)
    again.readout.layers.register_buffer("seen", torch.zeros(2))
    fit(again, task, steps=4, evaluate_every=2, batch_size=4, validation=4, checkpoint=path, progress=False)
    assert again.note == "new" and torch.equal(again.readout.layers.seen, torch.ones(2))
    assert torch.equal(again.calls, calls)
