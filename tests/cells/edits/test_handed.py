from __future__ import annotations

from typing import Any

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.cells.edits.handed import output_edits


def said(slice_: Any) -> dict[tuple[str, ...], str]:
    return {edit.outputs: edit.sentence for edit in output_edits(slice_)}


def test_what_is_handed_back_may_be_in_another_order_or_of_the_step_before(slices: Any) -> None:
    found = said(slices["two outputs"])
    assert found["c", "h"] == "The outputs come back as (c, h) instead of (h, c)."
    assert found["h", "c_prev"] == "`c_prev` is handed back where `c` belongs."
    assert found["h", "tanh(c)"] == "`tanh(c)` is handed back where `c` belongs."
    step = said(whole_step(catalogue["LSTM"]))
    assert step["h_prev", "c_prev"] == "The states of the step before are handed back: (h_prev, c_prev)."


def test_only_what_has_the_right_shape_is_handed_back(slices: Any) -> None:
    """x has D numbers and h has H."""
    assert not any("x" in outputs for outputs in said(whole_step(catalogue["LSTM"])))


def test_nothing_is_called_an_edit_that_is_right_and_no_line_is_touched() -> None:
    for name in ("LSTM", "GRU", "peephole LSTM"):
        slice_ = whole_step(catalogue[name])
        for edit in output_edits(slice_):
            assert edit.outputs != slice_.outputs
            assert edit.lines == slice_.lines
