from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from gatedrnn_course import show_stretch
from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab.stretch import PANEL, REACH, stretch_of

SPACE = "{http://www.w3.org/2000/svg}"
UNIT = PANEL / 2 / REACH
TURN = np.array([[0.6, -0.8], [0.8, 0.6]])


def ellipses(svg: str) -> list[dict[str, str]]:
    return [part.attrib for part in ET.fromstring(svg).iter(f"{SPACE}ellipse")]


def test_the_half_axes_are_the_singular_values_and_the_long_one_points_where_the_matrix_stretches() -> None:
    matrix = TURN @ np.diag([1.5, 0.5])
    (drawn,) = ellipses(stretch_of({"U": [matrix]}, ["lag 1"]).svg)
    assert float(drawn["rx"]) == pytest.approx(1.5 * UNIT, abs=0.06)
    assert float(drawn["ry"]) == pytest.approx(0.5 * UNIT, abs=0.06)
    angle = float(drawn["transform"].split("rotate(")[1].rstrip(")"))
    assert -angle == pytest.approx(np.degrees(np.arctan2(0.8, 0.6)), abs=0.06)  # y grows downwards in SVG


def test_the_words_hold_every_pair_of_lengths() -> None:
    picture = stretch_of({"times\n0.9": [np.eye(2), 0.9 * TURN], "det": [np.diag([4, 0.25])] * 2}, ["lag 0", "lag 1"])
    assert "times 0.9. lag 0: 1 and 1; lag 1: 0.9 and 0.9." in picture.alt
    assert "det. lag 0: 4 and 0.25; lag 1: 4 and 0.25." in picture.alt
    assert len(ellipses(picture.svg)) == 4


@pytest.mark.parametrize("factor", [0.0, 1e-30, 1e30])
def test_what_has_vanished_or_exploded_can_still_be_drawn(factor: float) -> None:
    (drawn,) = ellipses(stretch_of({"U": [factor * TURN]}, ["lag 40"]).svg)
    assert 0.5 < float(drawn["rx"]) < 1e5


def test_it_shows_itself(capsys: pytest.CaptureFixture[str]) -> None:
    show_stretch({"U": [TURN]}, ["lag 1"])
    assert capsys.readouterr().out.startswith("The unit circle, and the ellipses")


def test_a_matrix_of_another_size_is_told() -> None:
    with pytest.raises(CourseError, match=r"shape \(3, 3\)(.|\n)*Expected is \(2, 2\)"):
        stretch_of({"U": [np.eye(3)]}, ["lag 1"])
