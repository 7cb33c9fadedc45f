from __future__ import annotations

import pytest

from gatedrnn_course.grading.classroom.unread import where_written
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.sandbox import CellFault

MISSING = Verdict("output_gate", "missing", 0, 4, "There is no function `output_gate`.")
CELLS = ("x = 1", "def output_gate(x, h_prev, p)\n    return x", "output_gate = 3", "def output_gates(x): pass")
FAULT = CellFault(1, "SyntaxError", "expected ':'", "def output_gate(x, h_prev, p)")


def test_the_cell_that_python_cannot_read_is_told() -> None:
    told = where_written(MISSING, CELLS, (CellFault(0, "NameError"), FAULT))
    assert told.sentence == "`output_gate` is written in code cell 2, but Python stops there: SyntaxError: expected ':'"
    assert told.details == ("In your line: def output_gate(x, h_prev, p)",)
    assert (told.outcome, told.points) == ("missing", 0)


@pytest.mark.parametrize("cell", [0, 2, 3])
def test_a_cell_that_does_not_hold_it_is_no_reason(cell: int) -> None:
    assert where_written(MISSING, CELLS, (CellFault(cell, "NameError", "x"),)) is MISSING


def test_other_verdicts_stay() -> None:
    right = Verdict("output_gate", "right", 4, 4, "`output_gate` is right.")
    assert where_written(right, CELLS, (FAULT,)) is right
