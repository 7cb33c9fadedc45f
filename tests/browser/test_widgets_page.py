"""Every widget as it is saved: a page without a kernel and without a network."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from widget_list import THEMES, WIDGETS, made, page_of

from .moving import ROOT, faults, move_everything, shown

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def widget_of() -> Callable[[str], Any]:
    return lru_cache(made)


@pytest.fixture
def opened(page: Any, widget_of: Callable[[str], Any], tmp_path: Path) -> Callable[..., Any]:
    """Opens the saved page of a widget, and gives the widget on it."""

    def open_page(name: str, theme: str = "light", wide: int = 600) -> Any:
        (tmp_path / "saved.html").write_text(page_of(widget_of(name), theme), "utf-8")
        page.context.set_offline(True)
        page.set_viewport_size({"width": wide, "height": 900})
        page.goto((tmp_path / "saved.html").as_uri())
        return page.locator(ROOT)

    return open_page


@pytest.mark.parametrize("name", WIDGETS)
def test_each_control_moves_picture_and_words_by_keyboard_and_mouse(
    name: str, page: Any, opened: Callable[..., Any], widget_of: Callable[[str], Any]
) -> None:
    widget = opened(name)
    assert widget_of(name).read_out() == shown(widget)[1]
    move_everything(page, widget)


@pytest.mark.parametrize("name", WIDGETS)
def test_a_page_without_scripts_shows_it_too(
    name: str, chromium: Any, widget_of: Callable[[str], Any], tmp_path: Path
) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 600, "height": 900})
    page = context.new_page()
    (tmp_path / "saved.html").write_text(page_of(widget_of(name)), "utf-8")
    page.goto((tmp_path / "saved.html").as_uri())
    picture = page.locator("img").first
    assert picture.bounding_box()["width"] > 200
    assert picture.get_attribute("alt")
    assert page.get_by_text("Run this cell to move it.").is_visible()
    assert widget_of(name).read_out() in page.locator("main").inner_text()
    context.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", WIDGETS)
def test_axe_finds_nothing_serious(name: str, theme: str, page: Any, opened: Callable[..., Any]) -> None:
    opened(name, theme)
    assert faults(page) == []


@pytest.mark.parametrize("wide", [320, 600])
@pytest.mark.parametrize("name", WIDGETS)
def test_letters_stay_readable_and_nothing_overlaps(
    name: str, wide: int, page: Any, opened: Callable[..., Any]
) -> None:
    widget = opened(name, wide=wide)
    sizes = widget.locator("svg text").evaluate_all(
        "texts => texts.map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"
    )
    assert min(sizes) >= 10.99
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for row in widget.locator(".control").all():
        boxes = [part.bounding_box() for part in row.locator("> *").all()]
        for left, right in pairwise(boxes):
            assert left["x"] + left["width"] <= right["x"] + 1
        assert boxes[-1]["x"] + boxes[-1]["width"] <= wide


@pytest.mark.parametrize("name", WIDGETS)
def test_ink_and_paper_follow_a_dark_page(name: str, opened: Callable[..., Any]) -> None:
    widget = opened(name, "dark")
    look = "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
    assert widget.evaluate(look) == ["rgb(238, 238, 238)", "rgb(17, 17, 17)"]
    fills = widget.locator("svg text").evaluate_all("texts => texts.map((text) => getComputedStyle(text).fill)")
    assert set(fills) == {"rgb(238, 238, 238)"}
