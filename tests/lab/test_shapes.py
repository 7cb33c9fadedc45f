from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from gatedrnn_course import show_shapes
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import UNITS, load

NAMES = [item.name for number in UNITS for item in load(number).items if hasattr(item, "slice")]


@pytest.mark.parametrize("name", NAMES)
def test_every_slice_has_a_picture_with_words(name: str) -> None:
    picture = show_shapes(name)
    assert ET.fromstring(picture.svg).get("aria-label") == picture.alt
    assert picture.svg == show_shapes(name).svg


def test_slide_and_code_side_by_side() -> None:
    picture = show_shapes("forget_gate")
    assert "p.W_f.T (D, H)" in picture.alt
    assert "x @ p.W_f.T" in picture.svg
    assert picture.svg.count("<rect") == 1 + 6 + 3 + 2 + 12 + 6 + 8


def test_without_a_matrix_all_shapes_are_the_same() -> None:
    assert "f, c_prev, i, c_tilde, c has shape (B, H)" in show_shapes("cell_update").alt


def test_an_unknown_name() -> None:
    with pytest.raises(CourseError):
        show_shapes("my_gate")
