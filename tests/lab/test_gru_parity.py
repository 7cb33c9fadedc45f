from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params, catalogue, step
from gatedrnn_course.grading.units import load
from gatedrnn_course.lab import gru_parity
from gatedrnn_course.lab.gru_parity import compare_gru_with_torch


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []
    monkeypatch.setattr(gru_parity, "show", seen.append)
    return seen


def before(x: Any, h_prev: Any, p: Params) -> Any:
    return step(catalogue["GRU"], x, (h_prev,), p)[0]


def after(x: Any, h_prev: Any, p: Params) -> Any:
    return step(catalogue["GRU reset after"], x, (h_prev,), p)[0]


def right(p: Params) -> Any:
    return load("07").item("from_torch_gru").reference(p)


def without_b_u(p: Params) -> Any:
    *others, b_u = right(p)
    return (*others, np.zeros_like(b_u))


def blank(p: Params) -> Any:
    """Not written."""


def raises(p: Params) -> Any:
    raise ValueError


def test_only_the_reset_after_is_torchs(shown: list[Any]) -> None:
    compare_gru_with_torch(before, after, right)
    (table,) = shown
    assert (table.kind, list(table.rows)) == ("right", ["gru_step_reset_after", "gru_step"])
    assert all(float(number) < 1e-10 for number in table.rows["gru_step_reset_after"])
    assert all(float(number) > 1e-3 for number in table.rows["gru_step"])


def test_a_mapping_by_name_will_do(shown: list[Any]) -> None:
    compare_gru_with_torch(before, after, lambda p: dict(zip(gru_parity.NAMES, right(p), strict=True)))
    assert shown[0].kind == "right"


@pytest.mark.parametrize(
    ("one", "other", "read"), [(before, before, right), (after, after, right), (before, after, without_b_u)]
)
def test_anything_else_is_told(shown: list[Any], one: Any, other: Any, read: Any) -> None:
    compare_gru_with_torch(one, other, read)
    assert shown[0].kind == "wrong"


def test_what_is_blank_or_raises_is_a_note(shown: list[Any]) -> None:
    compare_gru_with_torch(before, after, blank)
    compare_gru_with_torch(before, after, raises)
    assert [panel.kind for panel in shown] == ["note", "note"]
    assert "Still to be written: `from_torch_gru`" in shown[0].title
