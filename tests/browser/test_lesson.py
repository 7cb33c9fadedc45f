"""The saved lesson: opened in JupyterLab with and without a kernel, and as an exported page without a network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT, Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = ROOT / "notebooks" / "en" / "03_gates.ipynb"
ANSWERS = ("Answer: It keeps everything", "Answer: Three")


def pictures_of(page: Any) -> list[dict[str, Any]]:
    """The pictures of a page, those of live widgets among them: their words, whether they are drawn, how wide."""
    script = """() => [...document.querySelectorAll("img, svg[role=img]")].map((one) => ({
      alt: one.alt ?? one.getAttribute("aria-label"),
      drawn: (one.naturalWidth ?? one.childElementCount) > 0,
      wide: one.getBoundingClientRect().width }))"""
    return list(page.evaluate(script))


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", str(folder), str(LESSON)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "03_gates.html"


@pytest.mark.parametrize("wide", [1100, 600])
def test_an_exported_page_is_whole_without_a_network(exported: Path, page: Any, tmp_path: Path, wide: int) -> None:
    page.context.set_offline(True)
    page.set_viewport_size({"width": wide, "height": 900})
    page.goto(exported.as_uri())
    page.screenshot(path=tmp_path / "first.png")
    for answer in ANSWERS:
        assert page.get_by_text(answer).count() == 1
        assert not page.get_by_text(answer).is_visible()
    assert "It keeps everything" not in page.locator(".jp-CodeCell", has_text="with reveal(").first.inner_text()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    shown = pictures_of(page)
    assert len(shown) >= 20
    assert all(picture["alt"] and picture["drawn"] and picture["wide"] > 200 for picture in shown)
    assert not [picture for picture in shown if "No description" in picture["alt"]]
    assert page.get_by_text("c = 1.00 after 20 steps").first.is_visible()
    page.screenshot(path=tmp_path / "opened.png", full_page=True)


def test_opening_changes_nothing_and_shows_every_picture(lab: Lab, page: Any, tmp_path: Path) -> None:
    page.goto(lab.put("saved.ipynb", LESSON.read_text("utf-8")))
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("| Idle").wait_for()
    page.wait_for_timeout(3000)
    page.screenshot(path=tmp_path / "opened.png")
    assert page.locator(".lm-TabBar-tab.jp-mod-dirty, .jp-mod-dirty").count() == 0
    assert page.locator(".jp-BrokenLinkIcon, .jupyter-widgets-error-widget").count() == 0
    assert page.locator("details[open]").count() == 0
    assert not any(
        page.get_by_text(answer).first.is_visible() for answer in ANSWERS if page.get_by_text(answer).count()
    )
    shown = pictures_of(page)
    assert shown and all(picture["alt"] and picture["drawn"] for picture in shown)
    assert (lab.folder / "saved.ipynb").read_text("utf-8") == LESSON.read_text("utf-8")
