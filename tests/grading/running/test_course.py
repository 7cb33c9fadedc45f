"""The course's own functions are called as a learner's are."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params
from gatedrnn_course.grading.running.course import course_function
from gatedrnn_course.grading.units import find_item


def given(name: str) -> tuple[Any, tuple[Any, ...]]:
    item = find_item(name)[1]
    return item, item.example()


def test_it_looks_like_the_function_of_the_exercise() -> None:
    item, _args = given("lstm_step")
    f = course_function(item)
    assert str(inspect.signature(f)) == "(x, h_prev, c_prev, p)"
    assert (f.__name__, f.__doc__) == ("lstm_step", item.docstring())


@pytest.mark.parametrize("as_p", [dict, Params])
def test_it_takes_positions_names_and_any_mapping(as_p: Any) -> None:
    item, (x, h_prev, c_prev, p) = given("lstm_step")
    h, c = course_function(item)(x, h_prev, p=as_p(p), c_prev=c_prev)
    right = item.reference(x, h_prev, c_prev, p)
    np.testing.assert_array_equal(h, right[0])
    np.testing.assert_array_equal(c, right[1])


def test_lists_are_arrays_and_what_is_missing_is_told_by_name() -> None:
    item, (x, p) = given("linear")
    np.testing.assert_allclose(course_function(item)(x.tolist(), p), item.reference(x, p))
    with pytest.raises(TypeError, match="'p'"):
        course_function(item)(x)


def test_a_derivative_can_be_taken_by_a_complex_step() -> None:
    item, (x, p) = given("linear")
    f, at = course_function(item), np.zeros_like(x)
    at[0, 1] = 1e-30
    np.testing.assert_allclose(np.imag(f(x + 1j * at, p))[0] / 1e-30, p["W_h"][:, 1])
    x, h_prev, c_prev, p = given("lstm_step")[1]
    assert np.iscomplexobj(course_function(given("lstm_step")[0])(x, h_prev + 1e-30j, c_prev, p)[0])


def test_tensors_make_tensors_of_their_own_type() -> None:
    import torch

    item, (x, h_prev, c_prev, p) = given("lstm_step")
    x, h_prev, c_prev = (torch.tensor(a, dtype=torch.float32) for a in (x, h_prev, c_prev))
    h, c = course_function(item)(x, h_prev, c_prev, p)
    assert h.dtype == c.dtype == torch.float32
    (h,) = course_function(item)(*map(np.asarray, (x, h_prev, c_prev)), {k: torch.tensor(v) for k, v in p.items()})[:1]
    assert h.dtype == torch.float64


def test_text_and_numbers_of_a_function_without_arguments() -> None:
    assert "f * c_prev" in course_function(given("lstm_equations")[0])()
    assert {name: np.ndim(value) for name, value in course_function(given("latch")[0])().items()}["W_f"] == 1
