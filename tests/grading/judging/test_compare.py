from __future__ import annotations

from collections import UserDict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from gatedrnn_course.grading.judging.compare import changed_arguments, compare
from gatedrnn_course.grading.judging.forms import outputs_of

RIGHT = np.arange(6.0).reshape(2, 3)
numbers = st.floats(-1e6, 1e6)
some_arrays = arrays(np.float64, array_shapes(max_dims=3), elements=numbers)


@given(some_arrays)
def test_an_array_agrees_with_itself_in_any_memory_order_or_kind(right: Any) -> None:
    for same in (right, np.asfortranarray(right), right[...], right.astype(">f8")):
        assert compare(same, right, ("h",)).right


@given(some_arrays, st.data())
def test_one_wrong_number_is_found_wherever_it_stands(right: Any, data: Any) -> None:
    index = tuple(data.draw(st.integers(0, n - 1)) for n in right.shape)
    wrong = right.copy()
    wrong[index] += 1e-4 * max(1.0, abs(right[index])) * data.draw(st.sampled_from([-1, 1]))
    found = compare(wrong, right, ("h",))
    assert not found.right
    assert f"1 of {right.size} numbers" in found.came
    assert str(list(index)) in found.came


def test_float32_is_right_and_rough() -> None:
    right = np.random.default_rng(0).normal(size=(4, 5))
    assert compare(right, right, ("h",)) == compare(right + 1e-11, right, ("h",))
    found = compare(right.astype(np.float32), right, ("h",))
    assert found.right and found.rough
    assert not compare(right.astype(np.float16), right, ("h",)).right


@pytest.mark.parametrize("shape", [(3, 2), (1, 3), (3,), (), (2, 1), (1, 2, 3), (0, 3)])
def test_shapes_are_never_broadcast(shape: tuple[int, ...]) -> None:
    found = compare(np.zeros(shape), np.zeros((2, 3)), ("h",))
    assert not found.right and found.form
    turned = " Rows and columns are exchanged: each row belongs to one vector." if shape == (3, 2) else ""
    assert found.came == f"`h` has shape {shape}, expected is (2, 3).{turned}"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_said(bad: float) -> None:
    wrong = RIGHT.copy()
    wrong[1, 1] = bad
    assert "not finite" in compare(wrong, RIGHT, ("h",)).came


def test_large_numbers_count_relatively() -> None:
    assert compare(np.array([1e9 + 1e-3]), np.array([1e9]), ("h",)).right
    assert not compare(np.array([1e9 + 1e6]), np.array([1e9]), ("h",)).right


def test_empty_arrays_agree() -> None:
    assert compare(np.zeros((0, 3)), np.zeros((0, 3)), ("h",)).right


def test_whole_numbers_and_truth_values_count_as_numbers() -> None:
    assert compare(np.array([0, 1]), np.array([0.0, 1.0]), ("h",)).right
    assert compare(np.array([False, True]), np.array([0.0, 1.0]), ("h",)).right


@pytest.mark.parametrize(
    "value",
    [
        (RIGHT, RIGHT),
        {"h": RIGHT, "c": RIGHT},
        {"c": RIGHT, "h": RIGHT, "more": None},
        UserDict(h=RIGHT, c=RIGHT),
    ],
)
def test_outputs_come_as_a_tuple_or_by_name(value: Any) -> None:
    assert compare(value, (RIGHT, RIGHT), ("h", "c")).right


@pytest.mark.parametrize("value", [RIGHT, (RIGHT,), {"f": RIGHT}])
def test_a_single_output_may_be_wrapped(value: Any) -> None:
    assert compare(value, RIGHT, ("f",)).right


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "it returns nothing. Is there a `return` with h, c?"),
        (RIGHT, "it returns one array; expected are 2: h, c."),
        ((RIGHT,), "it returns 1 values; expected are 2: h, c."),
        ((RIGHT, RIGHT, RIGHT), "it returns 3 values; expected are 2: h, c."),
        ((RIGHT, None), "`c` is no array of numbers."),
        ((RIGHT, (RIGHT,)), "`c` is no array of numbers."),
        ({"h": RIGHT}, "the mapping it returns has no c."),
        ({"h": RIGHT, "c": None}, "`c` is no array of numbers."),
    ],
)
def test_another_form_is_told_in_words(value: Any, words: str) -> None:
    found = compare(value, (RIGHT, RIGHT), ("h", "c"))
    assert not found.right and found.form
    assert found.came == words


def test_exchanged_outputs_are_wrong() -> None:
    found = compare((RIGHT + 1, RIGHT), (RIGHT, RIGHT + 1), ("h", "c"))
    assert not found.right and found.came.startswith("`h` is wrong in 6 of 6")


def test_outputs_of_refuses_what_is_no_array() -> None:
    assert outputs_of(None, ("h",)) is None
    assert outputs_of((RIGHT, [1.0]), ("h", "c")) is None  # type: ignore[arg-type]


def test_a_reference_without_arrays_is_the_authors_fault() -> None:
    with pytest.raises(TypeError, match="reference"):
        compare(RIGHT, None, ("h",))


def test_changed_arguments_are_named() -> None:
    before = (RIGHT, RIGHT, {"W_f": RIGHT, "b_f": RIGHT})
    assert changed_arguments(before, before, ("x", "h_prev", "p")) == []
    after = (RIGHT, RIGHT + 1, {"W_f": RIGHT})
    assert changed_arguments(before, after, ("x", "h_prev", "p")) == ["h_prev", "p.b_f"]
    gone: Any = (RIGHT, RIGHT.T, 3)
    assert changed_arguments(before, gone, ("x", "h_prev", "p")) == ["h_prev", "p.W_f", "p.b_f"]
    assert changed_arguments(before, (), ("x", "h_prev", "p")) == []


def test_nan_in_an_argument_is_no_change() -> None:
    assert changed_arguments((np.array([np.nan]),), (np.array([np.nan]),), ("x",)) == []


@pytest.mark.parametrize("size", [0.5, 1.0, 1e3])
@pytest.mark.parametrize(
    ("error", "right", "rough"),
    [
        (0.9e-9, True, False),
        (1.1e-9, True, True),
        (3.1e-6, True, True),
        (9.9e-6, True, True),
        (1.01e-5, False, False),
        (1e-4, False, False),
    ],
)
def test_the_bounds_of_float64_and_float32_at_their_edges(size: float, error: float, right: bool, rough: bool) -> None:
    wanted = np.array([size, -size])
    found = compare(wanted + np.array([0.0, error * max(1.0, size)]), wanted, ("h",))
    assert (found.right, found.rough) == (right, rough)


def test_float32_sums_whose_rounding_adds_up_are_right() -> None:
    """Seven hundred tenths added one by one in float32 end several 1e-6 away: right code, and no mistake."""
    terms = np.full(700, 0.1)
    exact, rounded = np.cumsum(terms), np.cumsum(terms.astype(np.float32), dtype=np.float32)
    apart = np.abs(rounded - exact) / np.maximum(1.0, exact)
    assert 3e-6 < apart.max() < 1e-5
    assert compare(rounded, exact, ("h",)).right


def test_one_rough_output_makes_the_whole_rough_and_one_wrong_one_wrong() -> None:
    rough, near = RIGHT + 1e-6, RIGHT + 1e-12
    for value in ((rough, RIGHT, RIGHT), (RIGHT, rough, RIGHT), (near, rough, near), (near, near, rough)):
        found = compare(value, (RIGHT, RIGHT, RIGHT), ("f", "c", "h"))
        assert found.right and found.rough
    for k, name in enumerate(("f", "c", "h")):
        value = tuple(RIGHT + (1.0 if j == k else 0.0) for j in range(3))
        assert compare(value, (RIGHT, RIGHT, RIGHT), ("f", "c", "h")).came.startswith(f"`{name}` is wrong")
