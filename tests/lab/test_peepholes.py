from __future__ import annotations

from typing import Any

import pytest

from gatedrnn_course.cells import catalogue, step
from gatedrnn_course.lab import peepholes
from gatedrnn_course.lab.peepholes import BUSY, explore_peepholes


@pytest.fixture(scope="module")
def widget() -> Any:
    return explore_peepholes()


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("pulses", ["groups", "all"])
def test_with_both_peepholes_every_spike_comes_in_time(widget: Any, n: int, pulses: str) -> None:
    widget.move(n=n, P=20, sees="c", forget="sees", pulses=pulses)
    due = (len(BUSY) if pulses == "groups" else 24) // n
    assert f"Of {due} spikes that are due {due} come, and 0 come where none is due." in widget.read_out()


def test_an_output_gate_that_sees_the_old_cell_opens_when_the_count_is_gone(widget: Any) -> None:
    widget.move(n=3, P=20, sees="c_prev", forget="sees", pulses="groups")
    assert "there c = 3.00, o = 0.00 and h = 0.00; one step later c = 0.00, o = 1.00" in widget.read_out()
    widget.move(forget="blind")
    assert "one step later c = 3.00, o = 1.00 and h = 3.00" in widget.read_out()


def test_a_weak_peephole_loses_the_count(widget: Any) -> None:
    widget.move(n=5, P=1, sees="c", forget="sees", pulses="all")
    assert "where none is due" in widget.read_out() and "and 0 come" not in widget.read_out()


def test_the_numbers_are_the_learners_own_once_they_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def no_recurrence_step(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        calls.append(x)
        return step(catalogue["peephole LSTM U=0"], x, (h_prev, c_prev), p)

    monkeypatch.setattr(peepholes, "owned", lambda **_ours: ({"no_recurrence_step": no_recurrence_step},) * 2)
    made = explore_peepholes()
    assert calls and made.whose == "Computed with your functions: no_recurrence_step."
    assert made.read_out() == explore_peepholes().read_out()
