from __future__ import annotations

import pytest
import torch

from gatedrnn_course.tasks import EmbeddedReber, TemporalOrder
from gatedrnn_course.training import SequenceModel


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def task() -> TemporalOrder:
    return TemporalOrder(length=20)


@pytest.fixture
def corpus() -> EmbeddedReber:
    return EmbeddedReber(strings=20)


@pytest.fixture
def model(task) -> SequenceModel:
    return SequenceModel("LSTM", task, 4)
