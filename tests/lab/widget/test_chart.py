from __future__ import annotations

import itertools
import math
import re
import xml.etree.ElementTree as ET

import pytest

from gatedrnn_course.lab.widget import Axis, Curve, draw_chart

STEP = Axis("step", 0, 10)


def points(svg: str) -> list[tuple[float, float]]:
    found = re.search(r'points="([^"]*)"', svg)
    assert found is not None
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in found[1].split())]


def test_a_decay_is_a_straight_line_on_a_log_axis() -> None:
    drawn = points(draw_chart([Curve("a", [10.0**-t for t in range(11)])], STEP, Axis("share", 1e-10, 1, log=True)))
    slopes = {round((b[1] - a[1]) / (b[0] - a[0]), 2) for a, b in itertools.pairwise(drawn)}
    assert len(slopes) == 1
    assert drawn[0][1] == 0
    assert slopes.pop() > 0


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, -math.inf, 1e300])
@pytest.mark.parametrize("log", [False, True])
def test_any_number_gives_a_drawing(value: float, log: bool) -> None:
    svg = draw_chart([Curve("a", [1.0, value])], STEP, Axis("share", 0.1, 1, log=log))
    assert ET.fromstring(svg).get("width") == "530"
    assert all(-401 < y < 700 for _x, y in points(svg))


def test_what_is_nothing_lies_at_the_low_end_and_what_is_endless_at_the_high_one() -> None:
    drawn = points(draw_chart([Curve("a", [0.0, math.inf, math.nan])], STEP, Axis("share", 1e-3, 1, log=True)))
    assert drawn[0][1] > 210
    assert drawn[1][1] < 0
    assert drawn[2][1] > 210


def test_letters_stay_readable_and_ids_cannot_clash() -> None:
    svg = draw_chart([Curve("c", [1.0]), Curve("h, hidden", [1.0])], STEP, Axis("a < b", 0, 1))
    assert float(re.findall(r'font-size="([\d.]+)"', svg)[0]) * 449 / 530 >= 11
    assert " id=" not in svg
    assert "a &lt; b" in svg


def test_a_name_of_a_cell_has_its_colour_and_black_is_the_ink_of_the_page() -> None:
    svg = draw_chart([Curve("c, cell state", [1.0]), Curve("h", [1.0])], STEP, Axis("share", 0, 1))
    assert svg.count('stroke="#009E73"') == 2
    assert "#000000" not in svg


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        (Axis("", 0, 50), ["0", "10", "20", "30", "40", "50"]),
        (Axis("", 0, 1), ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (Axis("", 1e-8, 1e2, log=True), ["10²", "1", "10⁻²", "10⁻⁴", "10⁻⁶", "10⁻⁸"]),
    ],
)
def test_ticks_are_round(axis: Axis, words: list[str]) -> None:
    assert [word for _value, word in axis.ticks()] == words


def test_two_positions_differ_in_numbers_only() -> None:
    one, other = (
        re.sub(r"-?\d+(\.\d+)?", "0", draw_chart([Curve("a", [f**t for t in range(11)])], STEP, Axis("", 0, 1)))
        for f in (0.3, 1.2)
    )
    assert one == other


def test_dots_in_place_of_a_line() -> None:
    drawn = draw_chart([Curve("trials", [0.0, 10.0], [0, 4], dots=5)], Axis("x", 0, 4), Axis("y", 0, 10))
    assert 'd="M0,210h0M452,0h0"' in drawn and 'stroke-linecap="round"' in drawn and "<polyline" not in drawn


def test_powers_of_ten_outside_of_the_axis_are_not_written() -> None:
    assert [words for _value, words in Axis("loss", 0.05, 6.0, log=True).ticks()] == ["1", "10⁻¹"]
    assert next(value for value, _words in Axis("size", 1e-8, 1e4, log=True).ticks()) == 1e3
