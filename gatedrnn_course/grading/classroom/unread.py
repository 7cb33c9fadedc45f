"""A function that is missing although a cell holds its text: which cell, and what Python says of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.sandbox import CellFault
from gatedrnn_course.text import _

__all__ = ["where_written"]


def where_written(verdict: Verdict, cells: Sequence[str], faults: Sequence[CellFault]) -> Verdict:
    """The same verdict, which tells of the cell where Python failed before it had the function.

    Args:
        verdict: Of a function that is missing; any other verdict stays as it is.
        cells: Sources of the notebook's cells.
        faults: What they raised.
    """
    if verdict.outcome != "missing":
        return verdict
    written = re.compile(rf"^[ \t]*(async[ \t]+)?(def|class)[ \t]+{re.escape(verdict.name)}\b", re.MULTILINE)
    fault = next((fault for fault in reversed(faults) if written.search(cells[fault.cell])), None)
    if fault is None:
        return verdict
    words = _("`{name}` is written in code cell {number}, but Python stops there: {type}: {message}")
    told = {"name": verdict.name, "number": fault.cell + 1, "type": fault.type, "message": fault.message[:200]}
    line = (_("In your line: {line}").format(line=fault.line),) if fault.line else ()
    return replace(verdict, sentence=words.format(**told).rstrip(": "), details=(*verdict.details, *line))
