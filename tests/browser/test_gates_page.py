"""The gate explorer on a bare page: no Jupyter, no Python, only what is stored with the widget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gatedrnn_course import explore_gates
from gatedrnn_course.lab.gates.explorer import GateExplorer

pytestmark = pytest.mark.browser

PAGE = """
<!doctype html><html lang="en"><title>gates</title>
<style>:root {{ {theme} }} body {{ margin: 12px }} {css}</style><main id="here"></main>
"""
START = """
async ([source, state]) => {
  const { default: widget } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const listeners = [];
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; listeners.forEach((listen) => listen()); },
    save_changes: () => {},
    on: (_events, listen) => listeners.push(listen),
    off: () => {},
  };
  widget.render({ model, el: document.getElementById("here") });
}
"""


def put_on_page(page: Any, widget: GateExplorer, theme: str = "") -> None:
    state = {name: getattr(widget, name) for name in widget.keys if not name.startswith("_") and name != "layout"}
    page.set_content(PAGE.format(theme=theme, css=GateExplorer._css))
    page.evaluate(START, [GateExplorer._esm, json.loads(json.dumps(state, default=str))])


def moving(svg: str, page: Any) -> Any:
    """What an SVG shows by its moving parts."""
    script = """(svg) => {
      const holder = document.createElement("div");
      holder.innerHTML = svg;
      const names = ["stroke-width", "stroke", "stroke-dasharray", "x", "y", "height", "width"];
      const step = "[data-flow], [data-plate], [data-gauge], [data-number]";
      const run = "[data-lane] rect, [data-mark], [data-now]";
      return [...holder.querySelectorAll(`${step}, ${run}, [data-at]`)].map((part) =>
        [JSON.stringify(part.dataset), part.textContent, ...names.map((name) => part.getAttribute(name))]);
    }"""
    return page.evaluate(script, svg)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "peephole LSTM"])
def test_a_moved_slider_draws_what_python_draws(name: str, page: Any, tmp_path: Path) -> None:
    widget = explore_gates(name)
    put_on_page(page, widget)
    run, step = page.locator("svg").all()
    assert moving(run.evaluate("svg => svg.outerHTML"), page) == moving(widget.timeline, page)
    assert moving(step.evaluate("svg => svg.outerHTML"), page) == moving(widget.svg, page)
    start, bias = widget.knobs[0]["name"], widget.knobs[1]["name"]
    for label, key in (
        (f"{widget.flow.state} before step 1", "Home"),
        (bias.replace("_", " "), "End"),
        ("step", "End"),
    ):
        page.get_by_label(label, exact=True).press(key)
    widget.position = {**widget.position, start: -2.0, bias: 8.0, "step": 20}
    assert page.locator("p").first.inner_text() == widget.read_out()
    for shown, right in zip((run, step), widget.pictures_now(), strict=True):
        labels = [row[:2] for row in moving(right.svg, page) if row[0] != "{}"]  # on paper a lane's bars are one path
        found = moving(shown.evaluate("svg => svg.outerHTML"), page)
        assert [row[:2] for row in found if row[0] != "{}"] == labels
    page.screenshot(path=tmp_path / f"{name}.png")


def test_a_preset_is_pressed_with_the_keyboard(page: Any) -> None:
    put_on_page(page, explore_gates("LSTM"))
    shown = page.locator('[data-now="h"]')
    page.get_by_role("button", name="keep").press("Enter")
    assert float(shown.text_content()) > 0.8
    page.get_by_role("button", name="hide").press("Space")
    assert float(shown.text_content()) < 0.01
    assert page.get_by_label("b o", exact=True).input_value() == "-8"


@pytest.mark.parametrize(("wide", "zoom"), [(480, 1), (320, 1), (960, 2), (640, 2)])
def test_nothing_overlaps_and_no_letters_get_small(wide: int, zoom: int, page: Any, tmp_path: Path) -> None:
    page.set_viewport_size({"width": wide // zoom, "height": 900})
    put_on_page(page, explore_gates("peephole LSTM"))
    page.screenshot(path=tmp_path / "narrow.png")
    for row in page.locator(".control").all():
        label, slider, number = (part.bounding_box() for part in row.locator("span, input, output").all())
        assert label["x"] + label["width"] <= slider["x"] + 1
        assert slider["x"] + slider["width"] <= number["x"] + 1
        assert number["x"] + number["width"] <= wide // zoom
    sizes = page.locator("svg text").evaluate_all(
        "texts => texts.map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"
    )
    assert min(sizes) >= 10.99
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_control_has_a_name_and_the_picture_tells_its_numbers(page: Any) -> None:
    put_on_page(page, explore_gates("LSTM"))
    controls = page.locator("input")
    assert controls.count() == 5
    assert all(control.get_attribute("aria-label") for control in controls.all())
    assert page.get_by_role("button").all_inner_texts() == ["keep", "overwrite", "hide"]
    run, step = page.get_by_role("img").all()
    assert run.get_attribute("aria-label") == page.locator("p").first.inner_text()
    assert step.get_attribute("aria-label") in run.get_attribute("aria-label")
    assert page.locator("[aria-live=polite]").count() == 1


def test_on_a_dark_page_the_ink_is_light(page: Any, tmp_path: Path) -> None:
    put_on_page(page, explore_gates("LSTM"), "--jp-layout-color0: #111; --jp-content-font-color1: #eee")
    page.get_by_label("c before step 1", exact=True).press("Home")
    assert page.locator("svg text").first.evaluate("text => getComputedStyle(text).fill") == "rgb(238, 238, 238)"
    assert page.locator(".gated-course").evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(17, 17, 17)"
    assert page.locator('[data-flow="kept"]').get_attribute("stroke-dasharray") == "9 5"
    page.screenshot(path=tmp_path / "dark.png")


def test_where_a_program_gives_no_colours_both_ink_and_paper_are_set(page: Any) -> None:
    put_on_page(page, explore_gates("LSTM"))
    look = page.locator(".gated-course").evaluate(
        "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
    )
    assert look == ["rgb(34, 34, 34)", "rgb(255, 255, 255)"]
