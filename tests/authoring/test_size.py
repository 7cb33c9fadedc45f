"""What people download and open stays small: every notebook of the course, as it is committed."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 300_000
NOTEBOOKS = sorted(
    path for folder in ("notebooks", "exercises", "solutions") for path in (ROOT / folder).rglob("*.ipynb")
)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_notebook_is_at_most_300_kb(path: Path) -> None:
    size = path.stat().st_size
    assert size <= LARGEST, f"{path.relative_to(ROOT)} has {size / 1000:.0f} KB"


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 6


@pytest.mark.parametrize("path", sorted((ROOT / "course").rglob("*.py")), ids=lambda path: path.name)
def test_a_source_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400
