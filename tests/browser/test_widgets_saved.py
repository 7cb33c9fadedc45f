"""A widget in a saved notebook: alive in an exported page, a picture in a notebook that JupyterLab does not trust."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from gatedrnn_course import explore_lags
from gatedrnn_course.authoring.normal import normal

from .conftest import Lab
from .moving import ROOT, press, shown

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def saved() -> Any:
    """A notebook in normal form whose only cell has shown a widget twice."""
    bundle, _metadata = explore_lags()._repr_mimebundle_()  # type: ignore[misc]
    outputs = [nbformat.v4.new_output("display_data", data=bundle) for _k in range(2)]
    cell = nbformat.v4.new_code_cell("explore_lags()", execution_count=1, outputs=outputs)
    return normal(nbformat.v4.new_notebook(cells=[cell]))


def test_it_is_alive_in_an_exported_page_without_a_network(saved: Any, page: Any, tmp_path: Path) -> None:
    exporter = pytest.importorskip("nbconvert").HTMLExporter()
    (tmp_path / "page.html").write_text(exporter.from_notebook_node(saved)[0], "utf-8")
    page.context.set_offline(True)
    page.goto((tmp_path / "page.html").as_uri())
    first, second = page.locator(ROOT).all()
    before, other = shown(first), shown(second)
    press(first.locator("input").first)
    assert shown(first)[0] != before[0]
    assert shown(first)[1] != before[1]
    assert shown(second) == other


@pytest.mark.slow
def test_an_untrusted_notebook_shows_picture_and_words(saved: Any, lab: Lab, page: Any) -> None:
    page.goto(lab.put("saved.ipynb", nbformat.writes(saved)))
    output = page.locator(".jp-OutputArea-output").first
    output.locator("img").wait_for()
    assert output.locator("img").evaluate("one => one.naturalWidth") > 400
    assert "it vanishes" in output.inner_text()
    assert page.locator(ROOT).count() == 0
    assert page.locator(".jp-mod-dirty").count() == 0
