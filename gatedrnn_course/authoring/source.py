"""Reads a source, a Python file in percent format, into cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Literal

import jupytext

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["TAGS", "SourceCell", "first_words", "read_source"]

TAGS = {
    "answer": "one graded function, its body between `# BEGIN SOLUTION` and `# END SOLUTION`",
    "check": "`check(NAME)` and nothing else",
    "solution": "a cell that only the solution has",
    "raises-exception": "running the cell raises, and should",
    "nbval-ignore-output": "the output may differ from run to run, or from machine to machine",
    "nbval-skip": "not run when outputs are compared",
    "hide-input": "the code is folded away",
}
"""The tags an author may use. Any other is refused, so that a misspelt one is seen."""

WIDTH = 72
"""Letters by which a message quotes a cell."""

_JUPYTEXT = {"lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker"}
"""Metadata jupytext keeps for itself."""


@dataclass(frozen=True)
class SourceCell:
    """One cell as its author wrote it.

    Attributes:
        file: The file, as messages name it.
        number: Place in the notebook's source, from 1; it goes on through the parts of a long one.
        kind: `markdown` or `code`.
        text: The text.
        tags: The tags, in the author's order.
    """

    file: str
    number: int
    kind: Literal["markdown", "code"]
    text: str
    tags: tuple[str, ...] = ()

    def fault(self, came: str, expected: str = "", do: str = "") -> CourseError:
        """An error that quotes file and cell."""
        asked = _("{file}, cell {number}: {line}").format(
            file=self.file, number=self.number, line=first_words(self.text)
        )
        return CourseError(asked, came, expected, do)


def first_words(text: str) -> str:
    """By what a person knows a cell again: its first line that holds a word, cut where it is long, without `$$`."""
    line = next((line for line in text.split("\n") if re.search(r"\w", line)), text)
    line = line.replace("$$", "").strip()
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1].rstrip()}…"


def read_source(path: Path, shown: str = "") -> tuple[SourceCell, ...]:
    """The cells of a source. A long one goes on in `_NAME_2.py` beside it, then in `_NAME_3.py`.

    Args:
        path: A Python file in percent format (`# %%`, `# %% [markdown]`, `# %% tags=["answer"]`).
        shown: The file as messages are to name it; its further parts are named by their own names.

    Returns:
        The cells in order.

    Raises:
        CourseError: If a cell is empty, raw, or carries a tag or metadata that is not known.
    """
    first = shown or path.name
    cells: list[SourceCell] = []
    for part in (path, *_further_parts(path)):
        notebook = jupytext.reads(part.read_text(encoding="utf-8"), fmt="py:percent")
        file = first.removesuffix(path.name) + part.name
        for number, cell in enumerate(notebook.cells, len(cells) + 1):
            tags = tuple(cell.metadata.get("tags", ()))
            read = SourceCell(file, number, cell.cell_type, cell.source, tags)
            _refuse(read, set(cell.metadata) - _JUPYTEXT - {"tags"})
            cells.append(read)
    return tuple(cells)


def _further_parts(path: Path) -> Iterator[Path]:
    """The files in which a source goes on."""
    for number in count(2):
        part = path.with_name(f"_{path.stem}_{number}.py")
        if not part.is_file():
            return
        yield part


def _refuse(cell: SourceCell, further: set[str]) -> None:
    """Raise for a cell that cannot be built."""
    if cell.kind not in ("markdown", "code"):
        raise cell.fault(_("A raw cell: no notebook of the course has one."))
    if not cell.text.strip():
        raise cell.fault(_("The cell is empty."))
    known = _("Tags are {tags}.").format(tags=", ".join(TAGS))
    if further:
        words = _("`{names}` after `# %%` is not understood.").format(names=", ".join(sorted(further)))
        raise cell.fault(words, known, _('Write `# %% tags=["answer"]`.'))
    if unknown := [tag for tag in cell.tags if tag not in TAGS]:
        raise cell.fault(_("There is no tag {tags}.").format(tags=", ".join(unknown)), known)
    if cell.kind == "markdown" and set(cell.tags) - {"solution"}:
        raise cell.fault(_("A markdown cell carries the tag {tags}.").format(tags=", ".join(cell.tags)))
