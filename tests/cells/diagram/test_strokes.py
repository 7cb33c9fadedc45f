from __future__ import annotations

from xml.etree import ElementTree

import pytest

from gatedrnn_course.cells.diagram.strokes import parting, path, text, tip, weight


def test_a_way_turns_in_round_corners() -> None:
    assert path([(0, 0), (10, 0)]) == "M0 0L10 0"
    assert path([(0, 0), (20, 0), (20, 30)]) == "M0 0L14 0Q20 0 20 6L20 30"
    assert path([(0, 0), (4, 0), (4, 30)]) == "M0 0L2 0Q4 0 4 2L4 30"  # no room for the whole turn


@pytest.mark.parametrize(
    ("points", "corners"),
    [([(0, 0), (20, 0)], "M20 0L13 4L13 -4z"), ([(0, 20), (0, 0)], "M0 0L4 7L-4 7z")],
)
def test_a_head_points_where_the_way_goes(points: list[tuple[float, float]], corners: str) -> None:
    drawn = ElementTree.fromstring(tip(points, "#000", 2))
    assert (drawn.get("d"), drawn.get("fill")) == (corners, "#000")


def test_two_ways_part_at_the_last_point_they_share() -> None:
    assert parting([(0, 0), (20, 0)], [(0, 0), (10, 0), (10, 9)]) == (10, 0)
    assert parting([(0, 0), (20, 0)], [(0, 0), (0, 9)]) == (0, 0)
    assert parting([(0, 0), (5, 0), (5, 9)], [(0, 0), (5, 0), (5, -9)]) == (5, 0)
    assert parting([(0, 0), (5, 0)], [(0, 0), (5, 0)]) == (5, 0)


def test_words_are_escaped_and_an_index_stands_lower() -> None:
    assert ElementTree.fromstring(text(1, 2, "a < b", "#222")).text == "a < b"
    drawn = ElementTree.fromstring(weight(1, 2, "W_f", "#222"))
    assert (drawn.text, drawn[0].text, drawn[0].get("dy")) == ("W", "f", "3")
    assert len(ElementTree.fromstring(weight(1, 2, "b", "#222"))) == 0
