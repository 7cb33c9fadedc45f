"""A learner's quarter of an hour in a real JupyterLab: a wrong gate, the right one, a prediction, a slider."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT, Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EXERCISE = ROOT / "exercises" / "en" / "03_gates.ipynb"
IMPORTS = "import numpy as np\nfrom gatedrnn_course import check, explore_gates, predict, reveal, sigmoid"
HEAD = "def forget_gate(x, h_prev, p):"
WRONG = f"{HEAD}\n    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T)"
RIGHT = f"{HEAD}\n    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"


def run(page: Any, cell: Any) -> None:
    """Run a cell and wait until it has run."""
    prompt = cell.locator(".jp-InputPrompt").first
    before = prompt.inner_text()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        "([prompt, before]) => /\\d/.test(prompt.textContent) && prompt.textContent !== before",
        arg=[prompt.element_handle(), before],
    )


def write(page: Any, cell: Any, text: str) -> None:
    """Replace the code of a cell."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def opened(page: Any, address: str) -> None:
    page.goto(address)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("| Idle").wait_for()  # the kernel has answered; what runs before that is lost


def test_a_wrong_gate_is_named_and_the_right_one_turns_green(
    lab: Lab, page: Any, cell: Callable[[str], Any], tmp_path: Path
) -> None:
    small = (IMPORTS, f"{HEAD}\n    ...", "check(forget_gate)")
    address = lab.put("03.ipynb", EXERCISE.read_text("utf-8")) if EXERCISE.exists() else lab.write("03.ipynb", *small)
    opened(page, address)
    answer, checked = cell("def forget_gate"), cell("check(forget_gate)")
    run(page, page.locator(".jp-Notebook .jp-CodeCell").first)
    write(page, answer, WRONG)
    run(page, answer)
    run(page, checked)
    panel = checked.locator("[role=status]")
    panel.wait_for()
    page.screenshot(path=tmp_path / "wrong.png")
    assert "b_f" in panel.inner_text() or "bias" in panel.inner_text()
    assert "Traceback" not in checked.inner_text()
    write(page, answer, RIGHT)
    run(page, answer)
    run(page, checked)
    checked.get_by_text("forget_gate is right").wait_for()
    page.screenshot(path=tmp_path / "right.png")
    style = panel.get_attribute("style") or ""
    assert "#009E73" in style or "rgb(0, 158, 115)" in style  # Okabe-Ito's green


def test_the_slider_moves_the_picture_and_says_whose_functions_compute(
    lab: Lab, page: Any, cell: Callable[[str], Any], tmp_path: Path
) -> None:
    opened(page, lab.write("slider.ipynb", IMPORTS, RIGHT, "check(forget_gate)", "explore_gates()"))
    for begin in ("import numpy", "def forget_gate", "check(forget_gate)", "explore_gates()"):
        run(page, cell(begin))
    widget = cell("explore_gates()").locator(".gated-course")
    kept = widget.locator('[data-flow="kept"]')
    kept.wait_for(state="attached")  # a straight line has no height, so it never counts as visible
    before, words = kept.get_attribute("stroke-width"), widget.locator("p").first.inner_text()
    page.screenshot(path=tmp_path / "before.png")
    slider = widget.get_by_label("b f", exact=True)
    slider.focus()
    slider.press("Home")
    page.wait_for_function(
        "([flow, before]) => flow.getAttribute('stroke-width') !== before", arg=[kept.element_handle(), before]
    )
    assert widget.locator("p").first.inner_text() != words
    assert float(kept.get_attribute("stroke-width")) < float(before) / 4
    widget.get_by_text("Computed with your functions: forget_gate.").wait_for()
    page.screenshot(path=tmp_path / "after.png")


def test_a_prediction_is_asked_before_the_answer(
    lab: Lab, page: Any, cell: Callable[[str], Any], tmp_path: Path
) -> None:
    ask = 'predict("keep", "With f = 1, what happens to c_prev?", ["It is kept", "It is dropped"])'
    shows = 'with reveal("keep", "It is kept", "f multiplies it."):\n    print("evidence:", 1.0 * 2.0)'
    opened(page, lab.write("predict.ipynb", IMPORTS, ask, shows))
    run(page, cell("import numpy"))
    run(page, cell("predict("))
    question, answer = cell("predict("), cell("with reveal(")
    first = question.get_by_label("It is kept")
    first.wait_for()
    run(page, answer)
    answer.get_by_text("Choose first").wait_for()
    assert "evidence: 2.0" not in answer.inner_text()
    first.focus()
    first.press("ArrowDown")
    question.get_by_text("Noted: It is dropped").wait_for()
    run(page, answer)
    answer.get_by_text("You predicted: It is dropped").wait_for()
    answer.get_by_text("evidence: 2.0").wait_for()
    page.screenshot(path=tmp_path / "predict.png")
