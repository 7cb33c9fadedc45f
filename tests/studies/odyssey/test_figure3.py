from __future__ import annotations

import math

import pytest

from gatedrnn_course.studies.odyssey.figure3 import FIGURE3, SHARES
from gatedrnn_course.studies.odyssey.space import SETTINGS
from gatedrnn_course.studies.odyssey.variants import VARIANTS


def test_every_variant_stands_there_for_every_task() -> None:
    assert list(FIGURE3) == ["speech", "handwriting", "music"] == list(SHARES)
    assert all(list(rows) == list(VARIANTS) for rows in FIGURE3.values())


@pytest.mark.parametrize("task", FIGURE3)
def test_quartiles_are_in_order(task: str) -> None:
    for one in FIGURE3[task].values():
        known = [value for value in (one.least, one.low, one.median, one.high, one.most) if math.isfinite(value)]
        assert known == sorted(known)


def test_what_differs_is_what_the_paper_says() -> None:
    """Section V.B: NOAF and NFG hurt on all three; FGR on music; NIG, NOG, NIAF on speech and handwriting only."""
    differs = {task: {name for name, one in rows.items() if one.differs} for task, rows in FIGURE3.items()}
    assert set.intersection(*differs.values()) == {"NFG", "NOAF"}
    assert differs["speech"] == differs["handwriting"] == {"NFG", "NOAF", "NIG", "NOG", "NIAF"}
    assert differs["music"] == {"NFG", "NOAF", "FGR"}


def test_the_best_of_the_text_are_in_the_figure() -> None:
    assert FIGURE3["handwriting"]["NP"].least == 9.26 and min(one.least for one in FIGURE3["music"].values()) == 8.368


@pytest.mark.parametrize("task", SHARES)
def test_shares_make_a_whole_and_the_learning_rate_has_two_thirds(task: str) -> None:
    assert {*SHARES[task]} == {*SETTINGS, "more"}
    assert sum(SHARES[task].values()) == pytest.approx(1, abs=0.02) and SHARES[task]["learning_rate"] > 2 / 3
