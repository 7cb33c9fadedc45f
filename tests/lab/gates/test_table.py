"""The tables, read by the very code the browser runs, give the numbers of the cell."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gatedrnn_course import catalogue, explore_gates
from gatedrnn_course.lab.gates.explorer import GateExplorer
from gatedrnn_course.lab.gates.values import run_flow

SCRIPT = """
import { lookUp, runOver, fill } from "./gates.mjs";
import { readFileSync, writeFileSync } from "node:fs";
const { table, template, positions, fixed, exact } = JSON.parse(readFileSync(0, "utf-8"));
const runs = positions.map((position) => {
  const rows = runOver(table, position, fixed);
  const steps = exact[positions.indexOf(position)].map((row) => lookUp(table, row));
  return { rows, steps, words: fill(template, { ...rows[position.step - 1], step: position.step }) };
});
writeFileSync(1, JSON.stringify(runs));
"""
Run = Callable[[GateExplorer, list[dict[str, float]]], list[Any]]


@pytest.fixture
def in_node(tmp_path: Path) -> Run:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed here.")
    (tmp_path / "gates.mjs").write_text(f"{GateExplorer._source}\nexport {{ lookUp, runOver, fill }};", "utf-8")
    (tmp_path / "run.mjs").write_text(SCRIPT, "utf-8")

    def ask(widget: GateExplorer, positions: list[dict[str, float]]) -> list[Any]:
        fixed = {"xs": widget.xs, "inputs": widget.inputs, "states": widget.states}
        known = (*widget.inputs, *(f"{state}_prev" for state in widget.states))
        exact = [
            [
                {**position, **{name: row[name] for name in known}}
                for row in run_flow(widget.flow, position, widget.weights)[0]
            ]
            for position in positions
        ]
        asked = json.dumps(
            {"table": widget.table, "template": widget.template, "positions": positions, "fixed": fixed, "exact": exact}
        )
        result = subprocess.run(
            [node, "run.mjs"], cwd=tmp_path, input=asked, capture_output=True, text=True, check=True
        )
        return list(json.loads(result.stdout))

    return ask


def draw_positions(widget: GateExplorer, count: int) -> list[dict[str, float]]:
    """Positions the sliders can take, corners among them."""
    rng = np.random.default_rng(3)
    corners = [{k["name"]: k[end] for k in widget.knobs} for end in ("low", "high")]
    drawn = [{k["name"]: round(float(rng.uniform(k["low"], k["high"])), 1) for k in widget.knobs} for _ in range(count)]
    for position in drawn:
        position["step"] = round(position["step"])
    return corners + drawn


@pytest.mark.parametrize("name", ["LSTM", "GRU", "GRU reset after", "peephole LSTM", "LSTM coupled", "MUT1", "JANET"])
def test_the_browser_finds_the_numbers_of_the_cell(name: str, in_node: Run) -> None:
    widget = explore_gates(name)
    positions = draw_positions(widget, 60)
    worst = drift = 0.0
    for position, found in zip(positions, in_node(widget, positions), strict=True):
        exact, _used = run_flow(widget.flow, position, widget.weights)
        for step, row, right in zip(found["steps"], found["rows"], exact, strict=True):
            worst = max(worst, max(abs(step[key] - value) for key, value in right.items()))
            drift = max(drift, max(abs(row[key] - value) for key, value in right.items()))
    assert worst < 2e-3
    assert drift < 2e-2  # a third of a pixel, gathered over twenty steps


def test_the_browser_writes_the_same_sentence(in_node: Run) -> None:
    widget = explore_gates("LSTM")
    start = dict(widget.position)
    found = in_node(widget, [start])[0]
    assert found["words"].startswith("Step 3, x = 1.00. The forget gate f keeps 77 % of c_prev = 1.26")
    assert found["words"] in repr(widget)


@pytest.mark.parametrize("name", [name for name in catalogue if name != "RNN"])
def test_the_tables_stay_small(name: str) -> None:
    assert len(json.dumps(explore_gates(name).table)) < 60_000


def test_an_activation_is_a_curve_and_the_rest_has_two_points_an_axis() -> None:
    for line in explore_gates("LSTM").table:
        assert len(line["values"]) == np.prod([points for _low, _high, points in line["axes"]])
        assert len(line["args"]) == 1 or {points for _low, _high, points in line["axes"]} == {2}
