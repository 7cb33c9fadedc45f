"""Charts say their numbers in words, keep to their frame, and never break out of it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from gatedrnn_course.grading.report.chart import PARTS, bars, columns, stacked
from gatedrnn_course.grading.report.counts import Count

SVG = "{http://www.w3.org/2000/svg}"
ROWS = (Count("`f` and `i` are exchanged.", 12, ("lstm_step",)), Count("A bias is missing.", 1, tuple("abcdef")))


def test_the_description_lists_the_numbers() -> None:
    drawn = ET.fromstring(bars("m", "Mistakes", ROWS))
    assert drawn.findtext(f"{SVG}title") == "Mistakes"
    assert drawn.findtext(f"{SVG}desc") == "f and i are exchanged: 12 students; A bias is missing: 1 student."
    assert drawn.get("role") == "img"
    assert drawn.get("aria-labelledby") == "m-title m-desc"


def test_bars_are_as_long_as_their_numbers_and_the_axis_has_its_unit() -> None:
    drawn = ET.fromstring(bars("m", "Mistakes", ROWS))
    long, short = (float(rect.get("width", "")) for rect in drawn.iter(f"{SVG}rect"))
    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert long == pytest.approx(12 * short, rel=1e-3)
    assert "students" in texts
    assert "in 6 functions" in texts
    assert texts.count("12") == 2  # at the bar and on the axis
    frame = float(drawn.get("viewBox", "").split()[2])
    assert all(float(rect.get("x", "")) + float(rect.get("width", "")) < frame for rect in drawn.iter(f"{SVG}rect"))


def test_columns_stand_on_the_floor() -> None:
    drawn = ET.fromstring(columns("s", "Spread", [Count("0–9", 4), Count("100", 0)], "points"))
    bottoms = {float(r.get("y", "")) + float(r.get("height", "")) for r in drawn.iter(f"{SVG}rect")}
    assert len(bottoms) == 1
    assert drawn.findtext(f"{SVG}desc") == "0–9: 4 students."


@pytest.mark.parametrize("label", ["</text><script>1</script>", "a" * 3000, "", "&amp; <b>"])
def test_any_label_stays_a_label(label: str) -> None:
    drawn = ET.fromstring(bars("m", label, [Count(label, 1)]))
    assert {element.tag for element in drawn.iter()} <= {
        SVG + tag for tag in ("svg", "title", "desc", "text", "rect", "path")
    }


def test_nothing_to_draw_is_drawn() -> None:
    assert ET.fromstring(columns("s", "Spread", [], "points")).findtext(f"{SVG}desc") == "No student."


def test_a_stacked_bar_has_a_part_and_a_number_for_each_kind() -> None:
    picture = stacked("q", "Questions", ["right", "wrong"], [("f", (30, 10)), ("g", (0, 40)), ("a<b", (40, 0))])
    assert '<desc id="q-desc">f: right 30, wrong 10; g: wrong 40; a&lt;b: right 40.</desc>' in picture
    shown = ET.fromstring(picture)
    texts = [one.text for one in shown.iter("{http://www.w3.org/2000/svg}text")]
    assert [text for text in texts if text in ("30", "10", "40")].count("40") >= 2
    assert "url(" not in picture
    assert stacked("q", "Questions", ["right"], []) == stacked("q", "Questions", ["right"], [])


def test_parts_differ_without_colour() -> None:
    looks = [(lean, dash) for _colour, lean, dash in PARTS]
    assert len(set(looks)) == len(PARTS)
