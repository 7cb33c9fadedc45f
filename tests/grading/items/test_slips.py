"""Slips are derived from the equations, are wrong, and are found again by their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Slice, catalogue, whole_step
from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake, Observation, SliceItem
from gatedrnn_course.grading.items.slips import explain_order, explain_slip, is_an_edit, slips

HINTS = ("one", "two", "three")
LSTM = catalogue["LSTM"]
GATE = SliceItem("gate", 1, "", HINTS, slice=Slice(LSTM, ("x", "h_prev"), ("f",)), single=True)
UPDATE = SliceItem("update", 1, "", HINTS, slice=Slice(LSTM, ("f", "i", "c_tilde", "c_prev"), ("c",)))
GRU = SliceItem("gru", 1, "", HINTS, slice=whole_step(catalogue["GRU"]))


def seen(item: Any, function: Any, seed: int = 5) -> list[Observation]:
    """What a function gives on fresh draws."""
    rows = []
    for draw in item.draws(np.random.default_rng(seed)):
        try:
            with np.errstate(all="ignore"):
                value = function(*draw.args)
        except (ValueError, TypeError, IndexError, np.linalg.LinAlgError):
            value = None
        rows.append(Observation(draw, value if isinstance(value, tuple) or value is None else (value,)))
    return rows


@pytest.mark.parametrize("item", [GATE, UPDATE, GRU], ids=lambda item: item.name)
def test_every_slip_is_wrong_and_found_again_unless_an_edit_is_the_plainer_reading(item: SliceItem) -> None:
    found = list(slips(item))
    assert len(found) > 100
    for slip in found[::23]:
        rows = seen(item, slip.function)
        if all(row.value is None for row in rows):
            continue
        assert is_an_edit(item, rows) or explain_slip(item, rows), slip.words.english


@pytest.mark.parametrize("item", [GATE, GRU], ids=lambda item: item.name)
def test_a_right_function_has_no_slip(item: SliceItem) -> None:
    rows = seen(item, item.reference)
    right = {slip.words.english for slip in slips(item) if explain_slip(item, rows) == (slip.words,)}
    assert not right
    assert explain_order(item, rows) is None


def test_two_readings_with_the_same_numbers_are_both_named() -> None:
    told = explain_slip(UPDATE, seen(UPDATE, lambda f, i, g, c: 2 * f * c + i * g))
    assert len(told) == 2 and "`f` is doubled" in str(told[0])


def test_arguments_in_another_order() -> None:
    told = explain_order(GATE, seen(GATE, lambda h, x, p: GATE.reference(x, h, p)))
    assert str(told) == "The arguments are taken in the order h_prev, x, p; they come as x, h_prev, p."


def test_an_item_without_equations_has_no_slips() -> None:
    item = FunctionItem(
        "twice",
        1,
        "",
        HINTS,
        takes={"x": "a number"},
        gives={"y": "twice"},
        function=lambda x: 2 * x,
        mistakes=(Mistake("Not doubled.", lambda x: x),),
        draw=lambda rng: (Draw("batch", (rng.normal(size=3),)),),
    )
    assert list(slips(item)) == [] and explain_slip(item, seen(item, lambda x: x)) == ()


def test_a_slip_at_every_peephole_is_one_slip() -> None:
    gates = Slice(catalogue["peephole LSTM"], ("x", "h_prev", "c_prev"), ("f", "i"))
    item = SliceItem("gates", 1, "", HINTS, slice=gates)
    found = [slip for slip in slips(item) if slip.words.english.startswith("The same at every peephole")]
    assert len(found) == 3
    for slip in found:
        assert str(explain_slip(item, seen(item, slip.function))[0]).startswith("The same at every peephole: `P_f")
