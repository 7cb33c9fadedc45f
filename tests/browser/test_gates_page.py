"""The gate explorer on a bare page: no Jupyter, no Python, only what is stored with the widget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gatedrnn_course import explore_gates
from gatedrnn_course.lab.gates.explorer import GateExplorer
from gatedrnn_course.lab.gates.values import numbers
from gatedrnn_course.lab.gates.words import fill

pytestmark = pytest.mark.browser

PAGE = """
<!doctype html><html lang="en"><title>gates</title>
<style>body {{ background: {paper}; color: {ink}; margin: 12px }} {css}</style><main id="here"></main>
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


def put_on_page(page: Any, widget: GateExplorer, paper: str = "#fff", ink: str = "#222") -> None:
    state = {name: getattr(widget, name) for name in widget.keys if not name.startswith("_") and name != "layout"}
    page.set_content(PAGE.format(paper=paper, ink=ink, css=GateExplorer._css))
    page.evaluate(START, [GateExplorer._esm, json.loads(json.dumps(state, default=str))])


def moving(svg: str, page: Any) -> Any:
    """What an SVG shows by its moving parts."""
    script = """(svg) => {
      const holder = document.createElement("div");
      holder.innerHTML = svg;
      const names = ["stroke-width", "stroke", "stroke-dasharray", "height", "width"];
      return [...holder.querySelectorAll("[data-flow], [data-plate], [data-gauge], [data-number]")].map((part) =>
        [JSON.stringify(part.dataset), part.textContent, ...names.map((name) => part.getAttribute(name))]);
    }"""
    return page.evaluate(script, svg)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "peephole LSTM"])
def test_a_moved_slider_draws_what_python_draws(name: str, page: Any, tmp_path: Path) -> None:
    widget = explore_gates(name)
    put_on_page(page, widget)
    shown = page.locator("svg")
    assert moving(shown.evaluate("svg => svg.outerHTML"), page) == moving(widget.svg, page)
    for label, key in (("x", "Home"), ("h prev", "End")):
        page.get_by_label(label, exact=True).press(key)
    position = {**widget.position, "x": -2.0, "h_prev": 1.0}
    exact, _used = numbers(widget.flow, position, widget.weights)
    assert page.locator("p").first.inner_text() == fill(widget.template, exact)
    widget.position = position
    labels = [row[:2] for row in moving(widget.picture().svg, page)]
    assert [row[:2] for row in moving(shown.evaluate("svg => svg.outerHTML"), page)] == labels
    page.screenshot(path=tmp_path / f"{name}.png")


def test_another_bias_can_be_chosen_with_the_keyboard(page: Any) -> None:
    put_on_page(page, explore_gates("LSTM"))
    page.get_by_label("which bias").select_option("b_o")
    output = page.locator('[data-number="show"]')
    before = output.text_content()
    page.get_by_label("b o", exact=True).press("Home")
    assert float(output.text_content()) < float(before)


def test_every_control_has_a_name_and_the_picture_tells_its_numbers(page: Any) -> None:
    put_on_page(page, explore_gates("LSTM"))
    controls = page.locator("input, select")
    assert controls.count() == 5
    assert all(control.get_attribute("aria-label") for control in controls.all())
    assert page.get_by_role("img").get_attribute("aria-label") == page.locator("p").first.inner_text()
    assert page.locator("[aria-live=polite]").count() == 1


def test_on_a_dark_page_the_ink_is_light(page: Any, tmp_path: Path) -> None:
    put_on_page(page, explore_gates("LSTM"), paper="#111", ink="#eee")
    page.get_by_label("x", exact=True).press("Home")
    assert page.locator("svg text").first.evaluate("text => getComputedStyle(text).fill") == "rgb(238, 238, 238)"
    assert page.locator('[data-flow="added"]').get_attribute("stroke-dasharray") == "9 5"
    page.screenshot(path=tmp_path / "dark.png")
