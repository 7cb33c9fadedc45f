from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue, step
from gatedrnn_course.lab import adding_widget
from gatedrnn_course.lab.adding_widget import VALUES, adder_parameters, adding_sequence, adding_unit, explore_adding
from gatedrnn_course.lab.memory import run_cell


@pytest.fixture(scope="module")
def widget() -> Any:
    return explore_adding()


def test_the_network_is_right_wherever_the_marks_stand(widget: Any) -> None:
    for first, second, X1, X2 in product((2, 5, 8), (3, 7, 11), VALUES, VALUES):
        widget.move(first=first, second=second, X1=X1, X2=X2)
        assert f"= {0.5 + (X1 + X2) / 4:.3f}. After" in widget.read_out()
        assert "right, within 0.04" in widget.read_out()


def test_the_input_gate_of_the_unit_opens_at_the_marks_alone_and_it_keeps() -> None:
    p, unit = adder_parameters()[0], adding_unit()
    run = run_cell("LSTM", p, adding_sequence({5: 0.9, 11: -0.3})[:, None])
    i, f = run["i"][:, 0, unit], run["f"][:, 0, unit]
    marked = np.isin(np.arange(1, 27), (5, 11))
    assert i[marked].min() > 0.5 > 0.2 > i[~marked].max()
    assert f[5:].min() > 0.9


def test_the_numbers_are_the_learners_own_once_they_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def lstm_step(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        calls.append(x)
        return step(catalogue["LSTM"], x, (h_prev, c_prev), p)

    monkeypatch.setattr(adding_widget, "owned", lambda **_ours: ({"lstm_step": lstm_step},) * 2)
    made = explore_adding()
    assert calls and made.whose == "Computed with your functions: lstm_step."
    assert made.read_out() == explore_adding().read_out()
