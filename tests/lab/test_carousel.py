from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from gatedrnn_course import explore_carousel, sigmoid
from gatedrnn_course.lab import passed


@pytest.fixture(scope="module")
def widget() -> Any:
    return explore_carousel()


def numbers(words: str) -> tuple[float, float]:
    held, leaked = re.findall(r"holds ([-\d.]+), the leaky integrator ([-\de.]*\d)", words)[0]
    return float(held), float(leaked)


@pytest.mark.parametrize("weight", [0.5, 0.9, 0.99, 1.0])
def test_a_pulse_stays_in_the_carousel_and_leaks_from_the_other(widget: Any, weight: float) -> None:
    widget.move(weight=weight, pulses="one", gate="shut")
    held, leaked = numbers(widget.read_out())
    assert held == 1
    assert leaked == pytest.approx(weight**59, rel=0.05)


def test_a_carousel_adds_what_comes_again_and_never_lets_go(widget: Any) -> None:
    widget.move(weight=0.9, pulses="more", gate="shut")
    held, leaked = numbers(widget.read_out())
    assert held == 4
    assert leaked == pytest.approx(sum(0.9 ** (59 - k) for k in range(0, 60, 15)), abs=0.005)


def test_without_its_gate_it_holds_more_than_the_pulse(widget: Any) -> None:
    widget.move(weight=1, pulses="one", gate="open")
    held, leaked = numbers(widget.read_out())
    assert held == pytest.approx(leaked, abs=0.01)
    assert abs(held - 1) > 0.2
    assert "both are the same" in widget.read_out()


def test_half_is_gone_after_a_half_life(widget: Any) -> None:
    widget.move(weight=0.5)
    assert "half of it is gone every 1.0 steps" in widget.read_out()


def test_it_takes_the_learners_own_step_once_it_is_right() -> None:
    def carousel_step(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        i, o = (sigmoid(x @ p[f"W_{n}"].T + h_prev @ p[f"U_{n}"].T + p[f"b_{n}"]) for n in "io")
        c = c_prev + i * np.tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
        return o * np.tanh(c), c

    passed.remember("carousel_step", carousel_step)
    mine = explore_carousel()
    assert mine.whose == "Computed with your functions: carousel_step."
    assert numbers(mine.read_out())[0] == 1
