"""Writes the page of all cells: for each its picture, its equations and its source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.describe import describe
from gatedrnn_course.cells.diagram import diagram

__all__ = ["files", "write"]

_HEAD = """# The cells of the course

Every picture is drawn from the equations below it, by
`python -m gatedrnn_course.cells.diagram --page docs/cells.md`.

How to read them:

- The thick line is the state that the cell carries, from the step before (left) to this step (right). What is handed on
  besides it leaves at the right edge too.
- A box holds the weights of a weighted sum, each above the wire it weighs; a bias has no wire. Rounded boxes are
  functions of one value; σ is the sigmoid.
- A circle with × or + is an elementwise product or sum. A product with a gate, whose values lie between 0 and 1, is
  drawn as a valve in the gate's colour.
- A wire from the state back to a box is a peephole.
- A quantity has the same colour and line style in every picture.
"""


def files(cells: Iterable[Cell], page: Path) -> dict[Path, str]:
    """The page and its pictures.

    Args:
        cells: The cells in order.
        page: Where the page is to be; the pictures are in `images/cells` beside it.

    Returns:
        The text of each file by its path.
    """
    found: dict[Path, str] = {}
    parts = [_HEAD]
    for cell in cells:
        name = f"images/cells/{_slug(cell.name)}.svg"
        found[page.parent / name] = diagram(cell) + "\n"
        parts.append(
            f"## {cell.name}\n\n![{describe(cell)}]({name})\n\n```\n{cell.text}\n```\n\nSource: {cell.source}.\n"
        )
    found[page] = "\n".join(parts)
    return found


def write(cells: Iterable[Cell], page: Path) -> None:
    """Write the page and its pictures; pictures of cells that are no more are removed."""
    found = files(cells, page)
    for old in (page.parent / "images" / "cells").glob("*.svg"):
        if old not in found:
            old.unlink()
    for path, text in found.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
