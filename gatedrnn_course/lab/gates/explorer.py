"""The widget: presets and sliders, a run of twenty steps, one of them as a picture, its numbers in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from gatedrnn_course.cells import Cell, cell_of
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.lab.gates.flow import Flow, flow_of
from gatedrnn_course.lab.gates.picture import draw
from gatedrnn_course.lab.gates.table import tabulate
from gatedrnn_course.lab.gates.values import XS, presets, run_flow, starting_point, weights
from gatedrnn_course.lab.gates.words import fill, run_sentence, sentence
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.lab.timeline import Range, draw_timeline
from gatedrnn_course.lab.widget.alive import Alive, module, script
from gatedrnn_course.lab.widget.whose import whose
from gatedrnn_course.text import _

__all__ = ["GateExplorer", "explore_gates"]

BIAS = (-8.0, 8.0)
START = (-2.0, 2.0)
STEP = 3
"""The step drawn at first: the one with the large input."""
REACH = 24.0
"""No state gets further in a run: it starts within 2 and grows by at most 1 a step."""


class GateExplorer(Alive):
    """A run of a cell with a single number in it.

    The browser draws; Python computes, with the learner's own functions for the lines that have passed. The browser
    has tables of the equations, so a slider answers at once, whatever Python is doing.

    Args:
        flow: The cell and its valves.
    """

    _source = script(Path(__file__).parent / "gates.js")
    _esm = module(_source)
    svg = traitlets.Unicode().tag(sync=True)
    timeline = traitlets.Unicode().tag(sync=True)
    xs: traitlets.List[Any] = traitlets.List().tag(sync=True)
    inputs: traitlets.List[Any] = traitlets.List().tag(sync=True)
    states: traitlets.List[Any] = traitlets.List().tag(sync=True)
    knobs: traitlets.List[Any] = traitlets.List().tag(sync=True)
    presets = traitlets.Dict().tag(sync=True)
    table: traitlets.List[Any] = traitlets.List().tag(sync=True)
    template = traitlets.Unicode().tag(sync=True)
    summary = traitlets.Unicode().tag(sync=True)
    position = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    whose = traitlets.Unicode().tag(sync=True)
    equations = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.weights = weights(flow)
        self._knobs = (flow.old, *(name for name in flow.knobs if is_parameter(name)))
        at_weights = starting_point(flow, self.weights)
        start = {**{name: at_weights[name] for name in self._knobs}, "step": float(STEP)}
        rows, used = run_flow(flow, start, self.weights)
        made = presets(flow, self.weights, *BIAS)
        super().__init__(
            svg=draw(flow, rows[STEP - 1]),
            timeline=self._timeline(rows, STEP),
            xs=list(XS),
            inputs=list(flow.cell.inputs),
            states=list(flow.cell.states),
            knobs=[self._knob(name) for name in (*self._knobs, "step")],
            presets={_PRESETS[name](): biases for name, biases in made.items()},
            table=tabulate(flow, {name: self._span(name) for name in flow.knobs}, self.weights),
            template=f"{_step_words(flow)} {sentence(flow)}",
            summary=run_sentence(flow),
            position=start,
            answer={"position": start, "rows": rows},
            whose=whose(used, flow.cell.name),
            equations=_equations(flow, self.weights),
            words={
                "equations": _("Equations and weights"),
                "presets": _("Set the gates to"),
                "start": _("{state} before step 1").format(state=flow.state),
            },
        )
        self._start = self.read_out()

    @traitlets.observe("position")
    def _compute(self, change: Mapping[str, Any]) -> None:
        """Answer a moved slider with the numbers of the real cell."""
        position = self._within(change["new"])
        if position is None:
            return
        rows, used = run_flow(self.flow, position, self.weights)
        self.whose = whose(used, self.flow.cell.name)
        self.answer = {"position": change["new"], "rows": rows}

    def read_out(self) -> str:
        """The run and the chosen step in words."""
        rows, step = self.answer["rows"], self._step()
        old, state = self.flow.old, self.flow.state
        ends = {"start": rows[0][old], "end": rows[-1][state], "end_h": rows[-1]["h"], "count": len(rows)}
        return fill(f"{self.summary} {self.template}", {**rows[step - 1], **ends, "step": step})

    def pictures_now(self) -> tuple[Picture, ...]:
        """The run, and the chosen step of it."""
        rows, step, words = self.answer["rows"], self._step(), self.read_out()
        run_of = Picture(self._timeline(rows, step, paper=True, label=words), words)
        return run_of, Picture(draw(self.flow, rows[step - 1], paper=True), _("The marked step as a picture."))

    def said(self) -> str:
        """The read-out, and whose functions computed it."""
        return f"{self.read_out()} {self.whose}"

    def __repr__(self) -> str:
        return _("{cell}, {count} steps with sliders. {numbers}").format(
            cell=self.flow.cell.name, count=len(XS), numbers=self._start
        )

    def _timeline(self, rows: list[dict[str, float]], step: int, paper: bool = False, label: str = "") -> str:
        """Inputs, gates, what is new, and the states, from top to bottom."""
        flow = self.flow
        gates = [gate.name for gate in flow.gates]
        new = [line.name for line in flow.cell.lines if line.name not in (*gates, *flow.cell.states)]
        lanes = (*flow.cell.inputs, *gates, *new, *reversed(flow.cell.states))
        spans = {name: (0.0, 1.0) if name in gates else START if name == "c" else (-1.0, 1.0) for name in lanes}
        return draw_timeline({name: [row[name] for row in rows] for name in lanes}, spans, step, label, paper=paper)

    def _span(self, name: str) -> Range:
        """What a name can reach in a run."""
        if is_parameter(name):
            return BIAS
        return (-REACH, REACH) if name == "c_prev" else (-1.0, 1.0) if name in self.flow.cell.inputs else START

    def _knob(self, name: str) -> dict[str, Any]:
        if name == "step":
            return {"name": name, "low": 1, "high": len(XS), "step": 1}
        low, high = BIAS if is_parameter(name) else START
        return {"name": name, "low": low, "high": high, "step": 0.5 if is_parameter(name) else 0.1}

    def _step(self) -> int:
        return int(np.clip(self.answer["position"]["step"], 1, len(XS)))

    def _within(self, position: Mapping[str, Any]) -> dict[str, float] | None:
        """The position as numbers inside the sliders' ranges; None when a number is missing or none."""
        try:
            float(position["step"])
            return {name: float(np.clip(float(position[name]), *(self._ends(name)))) for name in self._knobs}
        except (KeyError, TypeError, ValueError):
            return None

    @staticmethod
    def _ends(name: str) -> Range:
        return BIAS if is_parameter(name) else START


_PRESETS = {"keep": lambda: _("keep"), "overwrite": lambda: _("overwrite"), "hide": lambda: _("hide")}


def explore_gates(cell: Cell | str = "LSTM") -> GateExplorer:
    """A run of a gated cell to move by hand.

    Args:
        cell: A cell, or its name in the catalogue.

    Returns:
        The widget; in a notebook it shows itself on the last line of a cell.

    Raises:
        CourseError: If there is no such cell, or its state is no sum of something kept and something new.
    """
    return GateExplorer(flow_of(cell_of(cell)))


def _step_words(flow: Flow) -> str:
    """The head of a step's read-out, such as `Step 3, x = 1.00.`."""
    head = _("Step {step}").format(step="{step#}")
    return ", ".join((head, *(f"{name} = {{{name}}}" for name in flow.cell.inputs))) + "."


def _equations(flow: Flow, p: Mapping[str, Any]) -> str:
    fixed = ", ".join(f"{name} = {float(np.ravel(p[name])[0]):g}" for name in p if name not in flow.knobs)
    return f"{flow.cell.text}\n\n{fixed}"
