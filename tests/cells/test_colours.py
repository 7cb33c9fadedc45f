from __future__ import annotations

import re

from gatedrnn_course.cells import catalogue
from gatedrnn_course.cells.colours import NEUTRAL, STYLES, style_of


def test_a_state_of_the_step_before_has_the_style_of_the_state() -> None:
    assert style_of("h_prev") == style_of("h") == STYLES["h"]
    assert style_of("d_c") == style_of("d_c_prev") == STYLES["c"]
    assert style_of("x") == style_of("no such name") == NEUTRAL


def test_quantities_of_one_cell_are_told_apart_by_colour_and_by_stroke() -> None:
    for cell in catalogue.values():
        styles = [style_of(line.name) for line in cell.lines if line.name in STYLES]
        assert len(set(styles)) == len(styles), cell.name
        unbroken = [style.colour for style in styles if not style.dash]
        assert len(set(unbroken)) == len(unbroken), cell.name


def test_colours_and_strokes_are_what_svg_reads() -> None:
    for style in (NEUTRAL, *STYLES.values()):
        assert re.fullmatch(r"#[0-9A-F]{6}", style.colour)
        assert re.fullmatch(r"(\d+( \d+)*)?", style.dash)
