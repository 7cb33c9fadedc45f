from __future__ import annotations

import time

import pytest

from gatedrnn_course.grading.running.budget import LEAST_S, Budget


def test_nobody_gets_more_than_half_of_what_is_left() -> None:
    budget = Budget(10.0)
    assert budget.share(3.0) == 3.0
    assert budget.share(30.0) == 5.0


def test_what_is_spent_is_gone_also_where_something_was_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 6.0, 6.0, 9.0, 9.0, 99.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    budget = Budget(10.0)
    with budget.spending():
        pass
    assert budget.share(30.0) == 2.0
    with pytest.raises(KeyError), budget.spending():
        raise KeyError
    assert budget.share(30.0) == 0.5
    with budget.spending():
        pass
    assert budget.share(30.0) == LEAST_S and budget.processor(120) == 5


def test_processor_time_follows_what_is_left() -> None:
    assert Budget(100.0).processor(120) == 120
    assert Budget(20.0).processor(120) == 40
