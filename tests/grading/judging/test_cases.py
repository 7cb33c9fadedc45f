"""What is drawn for an item from a seed, and what is right there, is computed once and cannot be changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.items import Draw
from gatedrnn_course.grading.judging import cases
from gatedrnn_course.grading.judging.cases import Cases, cases_of
from gatedrnn_course.grading.judging.compare import compare
from gatedrnn_course.grading.units import load

GATE = load("03").items[0]


class Counting:
    """An item that counts what it is asked."""

    name = "half"

    def __init__(self) -> None:
        self.asked = 0

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        hidden = {"y": rng.normal(size=2)}
        return tuple(Draw("batch", (rng.normal(size=(2, 3)),), hidden=(hidden,)) for _k in range(2))

    def right(self, draw: Draw) -> Any:
        self.asked += 1
        return draw.args[0] / 2  # type: ignore[operator]


def test_the_same_seed_gives_the_same_cases_and_none_fresh_ones() -> None:
    assert cases_of(GATE, 5) is cases_of(GATE, 5)
    assert cases_of(GATE, 5) is not cases_of(GATE, 6)
    assert cases_of(GATE, None) is not cases_of(GATE, None)
    again = Cases(GATE, 5)
    for kept, drawn in zip(cases_of(GATE, 5).draws, again.draws, strict=True):
        assert compare(cases_of(GATE, 5).right(kept), again.right(drawn), GATE.outputs).right


def test_two_items_that_are_alike_are_two() -> None:
    one: Any = Counting()
    other: Any = Counting()
    assert cases_of(one, 1) is cases_of(one, 1)
    assert cases_of(one, 1) is not cases_of(other, 1)


def test_what_is_right_is_computed_once_for_what_was_drawn_and_each_time_for_the_rest() -> None:
    item: Any = Counting()
    drawn = Cases(item, 1)
    for _k in range(3):
        for draw in drawn.draws:
            assert np.array_equal(drawn.right(draw), draw.args[0] / 2)  # type: ignore[operator, arg-type]
    assert item.asked == 2
    other = Draw("batch", (np.ones(2),))
    assert np.array_equal(drawn.right(other), [0.5, 0.5])  # type: ignore[arg-type]
    drawn.right(other)
    assert item.asked == 4


def test_nobody_can_change_the_inputs() -> None:
    item: Any = Counting()
    (draw, _other) = Cases(item, 1).draws
    for array in (draw.args[0], draw.hidden[0]["y"]):  # type: ignore[index, call-overload]
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.0  # type: ignore[index]


def test_only_so_many_are_kept() -> None:
    assert cases._kept.cache_info().maxsize == cases.KEPT
    assert all(len(load(number).items) < cases.KEPT for number in ("00", "03", "06", "11"))
