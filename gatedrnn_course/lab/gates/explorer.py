"""The widget: sliders, the picture, the numbers in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from gatedrnn_course.cells import Cell
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.lab.figures import cell_of
from gatedrnn_course.lab.gates.flow import Flow, flow_of
from gatedrnn_course.lab.gates.picture import draw
from gatedrnn_course.lab.gates.table import tabulate
from gatedrnn_course.lab.gates.values import numbers, starting_point, weights
from gatedrnn_course.lab.gates.words import fill, sentence
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.text import _

__all__ = ["GateExplorer", "explore_gates"]

_HERE = Path(__file__).parent
RANGES = {"x": (-2.0, 2.0), "h_prev": (-1.0, 1.0), "c_prev": (-2.0, 2.0)}
BIAS = (-4.0, 4.0)
STEP = 0.1


class GateExplorer(anywidget.AnyWidget):
    """One step of a cell with a single number in it.

    The browser draws; Python computes, with the learner's own functions for the lines that have passed. Tables stored
    with the picture keep it alive where no Python runs.

    Args:
        flow: The cell and its valves.
    """

    _esm = (_HERE / "gates.js").read_text("utf-8")
    _css = (_HERE.parent / "widgets.css").read_text("utf-8")
    svg = traitlets.Unicode().tag(sync=True)
    knobs: traitlets.List[Any] = traitlets.List().tag(sync=True)
    table: traitlets.List[Any] = traitlets.List().tag(sync=True)
    template = traitlets.Unicode().tag(sync=True)
    position = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    whose = traitlets.Unicode().tag(sync=True)
    equations = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.weights = weights(flow)
        start = starting_point(flow, self.weights)
        values, used = numbers(flow, start, self.weights)
        super().__init__(
            svg=draw(flow, values),
            knobs=[_knob(name) for name in flow.knobs],
            table=tabulate(flow, {name: _range(name) for name in flow.knobs}, self.weights),
            template=sentence(flow),
            position=start,
            answer={"position": start, "values": values},
            whose=_whose(flow, used),
            equations=_equations(flow, self.weights),
            words={"bias": _("which bias"), "equations": _("Equations and weights")},
        )
        self._start = fill(self.template, values)

    @traitlets.observe("position")
    def _compute(self, change: Mapping[str, Any]) -> None:
        """Answer a moved slider with the numbers of the real cell."""
        position = _within(change["new"], self.flow)
        if position is None:
            return
        values, used = numbers(self.flow, position, self.weights)
        self.whose = _whose(self.flow, used)
        self.answer = {"position": change["new"], "values": values}

    def picture(self) -> Picture:
        """The picture at the present position, for readers who cannot move it."""
        values = self.answer["values"]
        return Picture(draw(self.flow, values, paper=True), fill(self.template, values))

    def __repr__(self) -> str:
        return _("{cell}, one step with sliders. {numbers}").format(cell=self.flow.cell.name, numbers=self._start)

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**options)
        if bundle is not None:
            bundle[0]["image/svg+xml"] = self.picture().svg
        return bundle


def explore_gates(cell: Cell | str = "LSTM") -> GateExplorer:
    """One step of a gated cell to move by hand.

    Args:
        cell: A cell, or its name in the catalogue.

    Returns:
        The widget; in a notebook it shows itself on the last line of a cell.

    Raises:
        CourseError: If there is no such cell, or its state is no sum of something kept and something new.
    """
    return GateExplorer(flow_of(cell_of(cell)))


def _range(name: str) -> tuple[float, float]:
    return BIAS if is_parameter(name) else RANGES.get(name, (-1.0, 1.0))


def _knob(name: str) -> dict[str, Any]:
    low, high = _range(name)
    return {"name": name, "low": low, "high": high, "step": STEP, "bias": is_parameter(name)}


def _within(position: Mapping[str, Any], flow: Flow) -> dict[str, float] | None:
    """The position as numbers inside the sliders' ranges; None when a number is missing or none."""
    try:
        return {name: float(np.clip(float(position[name]), *_range(name))) for name in flow.knobs}
    except (KeyError, TypeError, ValueError):
        return None


def _whose(flow: Flow, used: tuple[str, ...]) -> str:
    """Whose functions compute the numbers."""
    if not used:
        return _("The numbers come from the course's own {cell}.").format(cell=flow.cell.name)
    names = ", ".join(used)
    return _("Computed with your functions: {names}.").format(names=names)


def _equations(flow: Flow, p: Mapping[str, Any]) -> str:
    fixed = ", ".join(f"{name} = {float(np.ravel(p[name])[0]):g}" for name in p if name not in flow.knobs)
    return f"{flow.cell.text}\n\n{fixed}"
