from __future__ import annotations

from typing import Any

import pytest

from gatedrnn_course import show_latch, show_pulses
from gatedrnn_course.grading.units import load
from gatedrnn_course.lab import parameters


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {}
    monkeypatch.setattr(parameters, "show", lambda panel: found.update(panel=repr(panel)))
    monkeypatch.setattr(parameters, "show_timeline", lambda lanes, title, mark: found.update(lanes=lanes, mark=mark))
    return found


def test_the_cell_counts_the_pulses_before_the_readers_eyes(seen: dict[str, Any]) -> None:
    show_pulses(load("02").item("count_pulses").function())  # type: ignore[attr-defined]
    c, pulses = seen["lanes"]["c"], seen["lanes"]["pulse"]
    assert list(seen["lanes"]) == ["value", "pulse", "i", "c_tilde", "c", "o", "h"]
    assert abs(c - pulses.cumsum()).max() < 0.1
    assert seen["mark"] == 21 and pulses[20] == 1


def test_the_latch_takes_the_second_bit(seen: dict[str, Any]) -> None:
    show_latch(load("03").item("latch").function())  # type: ignore[attr-defined]
    h = seen["lanes"]["h"]
    assert h[11] > 0.5 and h[12] < -0.5 and h[-1] < -0.5


@pytest.mark.parametrize(("draw", "name"), [(show_pulses, "count_pulses"), (show_latch, "latch")])
def test_nothing_is_drawn_of_what_is_not_written_or_no_parameter(draw: Any, name: str, seen: dict[str, Any]) -> None:
    draw(None)
    assert f"`{name}` is not written yet" in seen.pop("panel")
    draw({"b_z": 1.0})
    assert "b_z" in seen["panel"] and f"`{name}`" in seen["panel"]
    assert "lanes" not in seen
