"""The first cell of every page says what it needs, how long it takes and what it costs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gatedrnn_course.authoring.source import read_source

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "course").rglob("[0-9]*.py"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_page_says_what_it_needs_takes_and_costs(path: Path) -> None:
    first = read_source(path)[0]
    assert first.kind == "markdown" and first.text.startswith(f"# {path.stem[:2]} · ")
    told = re.sub(r"\s+", " ", first.text)
    found = re.search(r"\*\*Needs:\*\* (.+?)\. \*\*Takes:\*\* (.+?)\. \*\*Costs:\*\* (.+)", told)
    assert found is not None, told
    assert re.search(r"\d+ (to \d+ )?minutes|an? hour", found[2])
