from __future__ import annotations

from typing import Any

import pytest

from gatedrnn_course.grading.units import load
from gatedrnn_course.lab import parameters, spikes
from gatedrnn_course.lab.spikes import PULSES, show_spikes


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    rows: list[Any] = []
    monkeypatch.setattr(parameters, "show_timeline", lambda lanes, title, mark: rows.append((lanes, mark)))
    monkeypatch.setattr(parameters, "show", rows.append)
    return rows


@pytest.mark.parametrize("n", [3, 4, 5])
def test_a_right_counter_fires_where_a_spike_is_due(drawn: list[Any], n: int) -> None:
    show_spikes(load("08").item("count_with_peepholes").reference, n)  # type: ignore[arg-type]
    ((lanes, mark),) = drawn
    assert [k for k, h in enumerate(lanes["h"]) if h > 0.5] == list(PULSES[n - 1 :: n])
    assert mark == PULSES[n - 1] + 1


def test_a_function_that_is_not_written_has_nothing_to_draw(drawn: list[Any]) -> None:
    show_spikes(lambda n: None, 4)
    assert "not written yet" in str(drawn[0])


def test_there_are_as_many_pulses_as_the_title_says() -> None:
    assert len(spikes.PULSES) == 15 and max(spikes.PULSES) < spikes.STEPS
