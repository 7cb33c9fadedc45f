"""Every widget in a real JupyterLab, light and dark: all in one notebook, each moved by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from widget_list import WIDGETS

from .conftest import PATIENCE, Lab
from .moving import ROOT, faults, move_everything

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IMPORTS = "from gatedrnn_course import *"


@pytest.fixture(scope="module", params=["JupyterLab Light", "JupyterLab Dark"])
def notebook(request: pytest.FixtureRequest, chromium: Any, jupyterlab: Lab, tmp_path_factory: Any) -> Iterator[Any]:
    """A page with a notebook in which every widget has been made."""
    context = chromium.new_context(viewport={"width": 1100, "height": 1000})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(jupyterlab.write("widgets.ipynb", IMPORTS, *WIDGETS.values()))
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("| Idle").wait_for()
    page.locator(".lm-MenuBar-itemLabel", has_text="Settings").click()
    page.locator(".lm-Menu-itemLabel", has_text="Theme").first.hover()
    page.locator(".lm-Menu-itemLabel", has_text=request.param).first.click()
    page.wait_for_function(f"document.body.dataset.jpThemeName === '{request.param}'")
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").click()
    page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()
    page.wait_for_function(f"document.querySelectorAll('{ROOT} svg').length >= {len(WIDGETS)}")
    for line in WIDGETS.values():
        cell(page, line).locator(f"{ROOT} svg").first.wait_for()
    yield page
    page.screenshot(path=Path(tmp_path_factory.mktemp("notebook")) / "last.png")
    context.close()
    jupyterlab.stop_kernels()


def cell(page: Any, line: str) -> Any:
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    return cells.filter(has=page.locator(".cm-content").filter(has_text=line)).first


@pytest.mark.parametrize("name", WIDGETS)
def test_it_is_moved_by_keyboard_and_by_mouse(name: str, notebook: Any, tmp_path: Path) -> None:
    widget = cell(notebook, WIDGETS[name]).locator(ROOT)
    move_everything(notebook, widget)
    widget.screenshot(path=tmp_path / f"{name}.png")


def test_axe_finds_nothing_serious_in_our_output(notebook: Any) -> None:
    assert notebook.locator(ROOT).count() == len(WIDGETS)
    assert faults(notebook) == []
