from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from gatedrnn_course import show_unrolled
from gatedrnn_course.errors import CourseError


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("cell", ["LSTM", "RNN", "GRU"])
def test_a_box_a_step_with_words(cell: str, back: bool) -> None:
    picture = show_unrolled(cell, steps=5, back=back)
    assert ET.fromstring(picture.svg).get("aria-label") == picture.alt
    assert [f"step {k}" in picture.svg for k in range(1, 7)] == [True] * 5 + [False]
    assert f"{cell} drawn for 5 steps" in picture.alt


def test_backwards_every_arrow_points_the_other_way() -> None:
    def lanes(back: bool) -> list[bool]:
        ways = re.findall(r'd="M(\d+) (\d+)L(\d+) (\d+)" fill="none"', show_unrolled("LSTM", back=back).svg)
        return [float(a) < float(c) for a, b, c, d in ways if b == d and float(b) > 30]

    assert all(lanes(False)) and len(lanes(False)) == 10
    assert not any(lanes(True)) and len(lanes(True)) == 10


def test_the_gradient_of_every_state_is_named() -> None:
    assert "Step t + 1 sends d_c, d_h to step t." in show_unrolled("LSTM", back=True).alt
    assert "Step t + 1 sends d_h to step t." in show_unrolled("RNN", back=True).alt


def test_an_unknown_cell() -> None:
    with pytest.raises(CourseError):
        show_unrolled("LTSM")
