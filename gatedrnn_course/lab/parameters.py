"""What a cell does with the parameters that a learner's function hands back, drawn over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gatedrnn_course.cells import catalogue
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units.parameters import full_parameters
from gatedrnn_course.lab.memory import run_cell
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show
from gatedrnn_course.lab.timeline import show_timeline
from gatedrnn_course.text import _

__all__ = ["show_parameters"]


def show_parameters(
    function: str,
    cell: str,
    given: Mapping[str, Any] | None,
    inputs: Mapping[str, Any],
    lines: Sequence[str],
    title: str,
    mark: int,
) -> None:
    """Draw the inputs, then lines of the cell, over the same steps; or say why there is nothing to draw.

    Args:
        function: Name of the function that handed the parameters back.
        cell: Name of the cell in the catalogue.
        given: The parameters that are not 0, by name, for D = 2 and H = 1; None where the function is not written.
        inputs: The two features of x over the steps, each (T,), by their words.
        lines: Names of the lines of the cell to draw.
        title: What the picture shows, for those who cannot see it.
        mark: A step to mark, from 1.
    """
    if given is None:
        show(Panel("note", _("`{name}` is not written yet, so there is nothing to draw.").format(name=function)))
        return
    try:
        p = full_parameters(given, catalogue[cell], function)
    except CourseError as error:
        show(Panel("wrong", error.asked, tuple(filter(None, (error.came, error.expected, error.do)))))
        return
    run = run_cell(cell, p, np.stack(list(inputs.values()), axis=-1)[:, None, :])
    show_timeline({**inputs, **{name: run[name][:, 0, 0] for name in lines}}, title, mark)
