"""The search line by line: named mistakes in several lines, and lines that no edit explains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.cells.edits import Edit
from gatedrnn_course.cells.edits.evaluate import Trial
from gatedrnn_course.cells.edits.probe import Probe
from gatedrnn_course.cells.expr import to_text
from gatedrnn_course.grading.items.diagnosis import same_numbers
from gatedrnn_course.grading.items.search import Found, LineSearch

STEP = whole_step(catalogue["LSTM"])
SIZES = ({"D": 3, "H": 3}, {"D": 2, "H": 4})
Function = Callable[..., Any]


def step(x: Any, h_prev: Any, c_prev: Any, p: Any, **other: Callable[[Any], Any]) -> Any:
    """An LSTM step, in which the sums of some lines go through another function."""

    def line(name: str, usual: Callable[[Any], Any]) -> Any:
        key = "c" if name == "c_tilde" else name
        total = x @ p[f"W_{key}"].T + h_prev @ p[f"U_{key}"].T + p[f"b_{key}"]
        return other.get(name, usual)(total)

    def sigmoid(a: Any) -> Any:
        return 1 / (1 + np.exp(-a))

    c = line("f", sigmoid) * c_prev + line("i", sigmoid) * line("c_tilde", np.tanh)
    return line("o", sigmoid) * other.get("c", np.tanh)(c), c


def found(function: Function, seconds: float = 30.0, clock: Callable[[], float] = lambda: 0.0) -> Found | None:
    """What the search makes of a function."""
    draws = [STEP.draw(np.random.default_rng(k), sizes, (4,)) for k, sizes in enumerate(SIZES)]

    def asked(probe: Probe) -> tuple[Any, ...] | None:
        return tuple(map(np.asarray, function(*probe.inputs, probe.p)))

    def fits(edit: Edit) -> bool:
        return all(same_numbers(Trial(STEP, inputs, p).outputs(edit), function(*inputs, p)) for inputs, p in draws)

    return LineSearch(STEP, asked, fits, clock, seconds).run()


def test_mistakes_in_two_lines_are_named_and_the_others_are_right() -> None:
    said = found(lambda *args: step(*args, f=np.tanh, c=lambda c: c))
    assert said is not None and not said.unexplained
    assert {line.name: to_text(line.expr) for line in said.edit.lines}["h"] == "o * c"
    assert len(said.edit.words) == 2 and "tanh" in str(said.edit.words[0])
    assert {"i", "c_tilde", "o"} <= set(said.right) and not {"f", "h"} & set(said.right)


def test_the_same_mistake_in_every_gate_is_said_once() -> None:
    said = found(lambda *args: step(*args, f=np.tanh, i=np.tanh, o=np.tanh))
    assert said is not None and len(said.edit.words) == 1


def test_a_line_that_no_edit_explains_is_told_with_what_is_odd_about_it() -> None:
    said = found(lambda *args: step(*args, i=lambda a: 0.3 / (1 + np.exp(-a))))
    assert said is not None and [one.line for one in said.unexplained] == ["i"]
    assert said.unexplained[0].oddity is not None
    assert {"f", "c_tilde", "o"} <= set(said.right)


@pytest.mark.parametrize("line", ["f", "o"])
def test_a_line_of_any_numbers_is_the_one_that_is_wrong(line: str) -> None:
    said = found(lambda *args: step(*args, **{line: lambda a: np.cos(3 * a) ** 2}))
    assert said is not None and [one.line for one in said.unexplained] == [line]


def test_without_time_nothing_is_found() -> None:
    ticks = iter(range(10**9))
    assert found(lambda *args: step(*args, f=np.tanh), seconds=1.0, clock=lambda: float(next(ticks))) is None
