from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params, catalogue, step
from gatedrnn_course.lab import passed, two_grus
from gatedrnn_course.lab.two_grus import H_PREV, U_H, explore_grus


@pytest.fixture(scope="module")
def widget() -> Any:
    return explore_grus()


@pytest.mark.parametrize(("r", "z"), [((1.0, 0.0), 0.75), ((0.25, 0.75), 0.5), ((0.5, 0.5), 0.0)])
def test_the_numbers_are_those_of_the_cells(widget: Any, r: tuple[float, float], z: float) -> None:
    widget.move(r_1=r[0], r_2=r[1], z=z)
    gate = np.array(r)
    for candidate in (np.tanh(U_H @ (gate * H_PREV)), np.tanh(gate * (U_H @ H_PREV))):
        for state in (z * H_PREV + (1 - z) * candidate, (1 - z) * H_PREV + z * candidate):
            shown = ", ".join(f"{round(n, 2) + 0.0:.2f}" for n in state)
            assert f"({shown})" in widget.read_out()


def test_the_forms_agree_where_all_units_have_one_reset(widget: Any) -> None:
    widget.move(r_1=0.5, r_2=0.5)
    assert "differ by up to 0.00" in widget.read_out()
    widget.move(r_1=1.0, r_2=0.0)
    assert "differ by up to 0.83" in widget.read_out()


def test_the_meanings_of_z_agree_at_one_half(widget: Any) -> None:
    widget.move(r_1=1.0, r_2=0.0, z=0.5)
    old, new = widget.read_out().split("With z on the old state h is ")[1].split(", with z on the new one ")
    assert old == new.rstrip(".")


def test_a_learners_own_steps_are_used_where_they_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def gru_step(x: Any, h_prev: Any, p: Params) -> Any:
        calls.append(p)
        return step(catalogue["GRU"], x, (h_prev,), p)[0]

    monkeypatch.setattr(passed, "holds", lambda name, function: name == "gru_step")
    made = explore_grus(gru_step, gru_step)
    assert calls and made.whose == "Computed with your functions: gru_step."
    assert made.read_out() == explore_grus().read_out()


def test_what_has_not_passed_is_not_used() -> None:
    def gru_step(x: Any, h_prev: Any, p: Params) -> Any:
        raise AssertionError

    assert explore_grus(gru_step, None).whose == ""


def test_gates_at_the_ends_are_shut_and_open() -> None:
    assert list(two_grus._bias(np.array([0.0, 0.5, 1.0]))) == [-40.0, 0.0, 40.0]
