from __future__ import annotations

import pytest
import torch

from gatedrnn_course.tasks import Adding, TemporalOrder
from gatedrnn_course.training.tensors import kind_of, to_tensors


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_numbers_take_the_type_and_classes_stay_whole(dtype):
    numbers = to_tensors(Adding(length=10).batch(0, 3), dtype=dtype)
    classes = to_tensors(TemporalOrder(length=20).batch(0, 3), dtype=dtype)
    assert numbers.inputs.dtype == numbers.targets.dtype == classes.inputs.dtype == dtype
    assert classes.targets.dtype == classes.lengths.dtype == torch.int64
    assert numbers.mask.dtype == torch.bool
    assert tuple(numbers.inputs.shape) == (10, 3, 2)


def test_kind_of_a_model():
    assert kind_of(torch.nn.Linear(2, 3, dtype=torch.float64)) == (torch.device("cpu"), torch.float64)
