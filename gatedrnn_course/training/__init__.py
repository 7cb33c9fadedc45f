"""One trainer for every task and every cell.

task = catalogue["temporal_order_6a"](length=30)
model = SequenceModel("LSTM", task, hidden_size=16)
history = fit(model, task, steps=2000)       # rows of step, loss, validation, metric, seconds
evaluate(model, task).solved                 # the paper's criterion on fresh sequences

population = Population(["LSTM", "GRU"] * 50, task.input_size, task.output_size, 16, loss=task.loss)
histories = fit_population(population, task, steps=2000)
"""

from __future__ import annotations

from gatedrnn_course.training.evaluate import Score, evaluate
from gatedrnn_course.training.fit import fit
from gatedrnn_course.training.fit_population import fit_population
from gatedrnn_course.training.history import History, Row
from gatedrnn_course.training.loss import loss_of
from gatedrnn_course.training.model import SequenceModel
from gatedrnn_course.training.tensors import Tensors, to_tensors

__all__ = [
    "History",
    "Row",
    "Score",
    "SequenceModel",
    "Tensors",
    "evaluate",
    "fit",
    "fit_population",
    "loss_of",
    "to_tensors",
]
