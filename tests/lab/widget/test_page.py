"""The page of widgets shows each as it opens today; `python benchmarks/widgets.py --page` writes it anew."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from widget_list import WIDGETS, made

import gatedrnn_course

DOCS = Path(__file__).parents[3] / "docs"


def test_every_widget_of_the_course_is_in_the_list() -> None:
    assert set(WIDGETS) == {name for name in gatedrnn_course.__all__ if name.startswith("explore_")}


@pytest.mark.parametrize("name", WIDGETS)
def test_it_stands_on_the_page_with_a_small_picture(name: str) -> None:
    page = (DOCS / "widgets.md").read_text("utf-8")
    assert f"`{WIDGETS[name]}`" in page
    assert escape(made(name).read_out(), False) in page
    assert 2_000 < (DOCS / "images" / "widgets" / f"{name}.png").stat().st_size < 60_000


@pytest.mark.parametrize("name", WIDGETS)
def test_it_leaves_room_for_the_rest_of_a_notebook(name: str) -> None:
    assert len(made(name)._repr_html_()) < 100_000
