from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course import Params, example
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.items import DrivenItem
from gatedrnn_course.grading.units import UNITS, load

NAMES = [item.name for number in UNITS for item in load(number).items]


@pytest.mark.parametrize("name", NAMES)
def test_every_item_has_arguments_that_fit_it(name: str) -> None:
    item = next(item for number in UNITS for item in load(number).items if item.name == name)
    args = example(name)
    if isinstance(item, DrivenItem):  # torch's own objects, such as a model, are not among them
        return
    assert len(args) == len(item.arguments)
    item.reference(*args)


def test_arguments_that_torch_makes_are_left_out_of_an_example() -> None:
    shapes = [np.shape(arg) for arg in example("input_products")]
    assert shapes == [(6, 2, 3), (20, 3), (20,)]
    assert len(example("train_step")) == 5


def test_the_parameters_can_be_read_by_name_and_are_fresh_copies() -> None:
    x, _h_prev, p = example("forget_gate")
    assert isinstance(p, Params)
    assert p.W_f.shape[1] == x.shape[1]
    p.W_f[:] = 0
    x[:] = 0
    again = example("forget_gate")
    assert np.any(again[0])
    assert np.any(again[2].W_f)


def test_an_unknown_name() -> None:
    with pytest.raises(CourseError) as told:
        example("forgetgate")
    assert told.value.asked == "The function `forgetgate`."
    assert "forget_gate" in told.value.expected
