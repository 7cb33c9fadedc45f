"""What the tests of widgets share: what a widget shows, how its controls are moved, what axe-core says of it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest

ROOT = ".gated-course"


def shown(widget: Any) -> tuple[str, str]:
    """The pictures and the read-out of a widget on a page."""
    pictures = widget.locator(".drawing").evaluate_all("all => all.map((one) => one.innerHTML).join()")
    return pictures, widget.locator("[aria-live=polite]").inner_text()


def press(control: Any) -> None:
    """Move a control one place with the keyboard, whichever way there is room."""
    before = control.input_value()
    control.press("ArrowRight" if control.evaluate("one => one.tagName") == "INPUT" else "ArrowDown")
    if control.input_value() == before:
        control.press("ArrowLeft" if control.evaluate("one => one.tagName") == "INPUT" else "ArrowUp")
    assert control.input_value() != before


def click(page: Any, slider: Any) -> None:
    """Move a slider with the mouse: to its beginning, or to its end if it stands there."""
    before = slider.input_value()
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    for share in (0.04, 0.96):
        page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        if slider.input_value() != before:
            return
    raise AssertionError("the slider stays where it is")


def move_everything(page: Any, widget: Any) -> None:
    """Move each control with the keyboard and each slider with the mouse; picture and words change every time."""
    by_key = [(press, control) for control in widget.locator("input, select").all()]
    by_mouse = [(lambda slider: click(page, slider), slider) for slider in widget.locator("input").all()]
    for move, control in (*by_key, *by_mouse):
        picture, words = shown(widget)
        move(control)
        assert shown(widget)[0] != picture
        assert shown(widget)[1] != words


def faults(page: Any) -> list[str]:
    """The serious faults that axe-core finds inside of the course's own output."""
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed here.")
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found = page.evaluate("root => axe.run({ include: [[root]] })", ROOT)
    assert found["passes"], "axe-core has looked at nothing"
    return [
        f"{fault['id']}: {fault['help']} {[node['html'][:200] for node in fault['nodes']]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
