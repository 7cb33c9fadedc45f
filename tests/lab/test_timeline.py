from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from gatedrnn_course import show_timeline
from gatedrnn_course.cells.colours import style_of
from gatedrnn_course.lab.timeline import TALL, bar, draw_timeline

SPACE = "{http://www.w3.org/2000/svg}"


def lanes(svg: str) -> dict[str, ET.Element]:
    return {part.get("data-lane", ""): part for part in ET.fromstring(svg).iter(f"{SPACE}g")}


def test_a_lane_has_a_bar_a_step_in_the_colour_of_its_quantity() -> None:
    found = lanes(draw_timeline({"f, forget gate": [1.0, 0.5, 0.0], "value": [2.0, -1.0, 0.0]}, {}, None, "words"))
    assert set(found) == {"f", "value"}
    assert found["f"].get("fill") == style_of("f").colour
    assert [float(one.get("height", "")) for one in found["f"]] == [TALL, TALL / 2, 0.0]
    assert [float(one.get("height", "")) for one in found["value"]] == [TALL / 2, TALL / 4, 0.0]
    assert (found["value"].get("data-low"), found["value"].get("data-high")) == ("-2", "2")


def test_on_paper_the_bars_of_a_lane_are_one_path() -> None:
    quantities = {name: [0.5, -0.25] * 20 for name in ("f", "i", "c_tilde", "c", "h")}
    svg = draw_timeline(quantities, {}, None, "words", paper=True)
    assert all(len(lane) == 1 and lane[0].get("d", "").count("M") == 40 for lane in lanes(svg).values())
    bars = lanes(svg)["f"][0]
    assert (bars.get("stroke"), bars.get("stroke-width")) == (style_of("f").colour, "7.4")
    assert bars.get("d", "").startswith(f"M116.6 {12 + TALL / 4:.1f}v{TALL / 4:.1f}M125.8 ")
    assert len(svg) < 0.5 * len(draw_timeline(quantities, {}, None, "words"))


@pytest.mark.parametrize(
    ("value", "span", "top", "tall"),
    [
        (1.0, (0.0, 1.0), 0.0, TALL),
        (0.25, (0.0, 1.0), 0.75 * TALL, 0.25 * TALL),
        (-1.0, (-1.0, 1.0), 0.5 * TALL, 0.5 * TALL),
        (9.0, (-1.0, 1.0), 0.0, 0.5 * TALL),
    ],
)
def test_a_bar_begins_at_zero_and_stays_in_its_lane(
    value: float, span: tuple[float, float], top: float, tall: float
) -> None:
    assert bar(value, span) == pytest.approx((top, tall))


def test_the_numbers_at_the_right_are_those_of_the_marked_step_or_the_last() -> None:
    def now(mark: int | None) -> list[str | None]:
        root = ET.fromstring(draw_timeline({"c": [0.125, -2.0, -0.0]}, {}, mark, "words"))
        return [text.text for text in root.iter(f"{SPACE}text") if text.get("text-anchor") == "end"][-2:]

    assert now(2) == ["-2.00", "at 2"]
    assert now(None) == ["0.00", "at 3"]


def test_it_is_shown_with_words_from_the_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    show_timeline({"c": [1.0, 2.0]}, x="unit", title="Two units")
    assert capsys.readouterr().out == "Two units: values over unit. c goes from 1 at 1 to 2 at 2.\n"


def test_no_letters_are_small_and_the_picture_fits_half_a_window() -> None:
    root = ET.fromstring(draw_timeline({"c": [1.0] * 20}, {}, None, "words"))
    assert float(root.get("font-size", "")) * 480 / float(root.get("width", "")) > 11
    assert not [text for text in root.iter(f"{SPACE}text") if text.get("font-size")]


def test_a_still_lane_is_one_path_and_a_part_of_a_picture_has_no_words_of_its_own() -> None:
    lanes = {"f": [1.0, 0.5, 0.0]}
    moving, still = (ET.fromstring(draw_timeline(lanes, {}, 2, "", still=still)) for still in (False, True))
    assert [root.get("aria-label") for root in (moving, still)] == [None, None]
    bars = [next(root.iter(f"{SPACE}g")) for root in (moving, still)]
    assert [len(group) for group in bars] == [3, 1]
