"""The JSON of a notebook, also one that other tools have damaged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from gatedrnn_course.text import _, n_

from .cell import Cell, Contents, Kind, Unreadable

__all__ = ["notebook_cells"]

_CELLS = re.compile(r'"cells"\s*:\s*\[')
_CELL = re.compile(r'\{\s*"(?:attachments|cell_type|execution_count|id|source)"\s*:')
_KIND = re.compile(r'"cell_type"\s*:\s*"(?P<name>\w+)"')
_SOURCE = re.compile(r'"(?:source|input)"\s*:\s*\[?\s*(?=")')
_MOST_DAMAGED = 200
_WRAPPERS = ("content", "notebook", "ipynb", "model")
"""What servers and editors put around a notebook."""
_DEEPEST = 4
_DECODER = json.JSONDecoder(strict=False)


def notebook_cells(text: str) -> Contents:
    """The cells of a notebook of format 3 or 4; what a cell lacks it is given.

    Args:
        text: The file's text.

    Raises:
        Unreadable: If there are no cells in it.
    """
    notes: tuple[str, ...] = ()
    start = len(text) - len(text.lstrip())
    try:
        found, end = _DECODER.raw_decode(text, start)
    except RecursionError:
        raise Unreadable(_("its JSON is nested deeper than that of any notebook. Export it again.")) from None
    except ValueError:
        return _torn(text)
    if text[end:].strip("\x00 \t\r\n"):
        notes = (_("After the notebook more text follows in the file; that was left out."),)
    rows = _rows(found)
    if rows is None:
        raise Unreadable(_("it is JSON, but holds no cells. Save the notebook again and hand it in again."))
    return Contents(tuple(filter(None, map(_cell, rows))), notes)


def _torn(text: str) -> Contents:
    """The cells of a notebook whose JSON breaks off, or is broken somewhere; of a broken cell what is whole of it."""
    cells: list[Cell | None] = []
    position = begin.end() if (begin := _CELLS.search(text)) else len(text)
    damaged = 0
    while position < len(text) and damaged < _MOST_DAMAGED:
        try:
            found, position = _DECODER.raw_decode(text, position)
            cells.append(_cell(found))
        except (ValueError, RecursionError):
            damaged += 1
            further = _CELL.search(text, position + 1)
            end = further.start() if further else len(text)
            cells.append(_cell(_remains(text, position, end)))
            position = end
        position = _next(text, position)
    read = tuple(filter(None, cells))
    if not any(cell.source for cell in read):
        raise Unreadable(_("its JSON is broken. It may have been cut off: save it again and hand it in again."))
    note = n_(
        "The file is broken off or damaged; {count} cell of it could be read. Save it again.",
        "The file is broken off or damaged; {count} cells of it could be read. Save it again.",
        len(read),
    )
    return Contents(read, (note.format(count=len(read)),))


def _remains(text: str, begin: int, end: int) -> dict[str, Any] | None:
    """A broken cell with the whole lines of its source."""
    source = _SOURCE.search(text, begin, end)
    if source is None:
        return None
    kind = _KIND.search(text, begin, end)
    lines: list[str] = []
    position = source.end()
    while position < end:
        try:
            line, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        if not isinstance(line, str):
            break
        lines.append(line)
        position = _next(text, position)
    return {"cell_type": kind["name"] if kind else "code", "source": lines}


def _next(text: str, position: int) -> int:
    """Where the next value of a list begins; the end of the text after the last."""
    while position < len(text) and text[position] in " \t\r\n,":
        position += 1
    return len(text) if text[position : position + 1] == "]" else position


def _rows(found: Any, depth: int = 0) -> list[Any] | None:
    """The cells as they lie in what was read; None where there are none."""
    if isinstance(found, list) and any(isinstance(one, dict) and {"source", "input"} & one.keys() for one in found):
        return found
    if not isinstance(found, dict) or depth > _DEEPEST:
        return None
    cells = found.get("cells")
    if isinstance(cells, dict):
        cells = list(cells.values())
    if isinstance(cells, list):
        return cells
    sheets = found.get("worksheets")
    if isinstance(sheets, list):
        return [cell for sheet in sheets for cell in _rows(sheet, depth + 1) or ()]
    inside = (_rows(_opened(found[name]), depth + 1) for name in _WRAPPERS if name in found)
    return next((rows for rows in inside if rows is not None), None)


def _opened(value: Any) -> Any:
    """A value, or what it holds as JSON in a text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None


def _cell(row: Any) -> Cell | None:
    """A cell with a source; None for a row that holds none."""
    if not isinstance(row, dict):
        return None
    source = row.get("source", row.get("input"))
    return Cell(_kind(row), _joined(list(_texts(source))))


def _kind(row: dict[Any, Any]) -> Kind:
    name = str(row.get("cell_type", "code")).strip().lower()
    if name in ("markdown", "heading", "text"):
        return "markdown"
    return "raw" if name == "raw" else "code"


def _texts(source: Any, depth: int = 0) -> Iterator[str]:
    """The texts of a source, which may be one, a list, a list of lists, or nothing."""
    if isinstance(source, str):
        yield source
    elif isinstance(source, list) and depth <= _DEEPEST:
        for part in source:
            yield from _texts(part, depth + 1)


def _joined(lines: list[str]) -> str:
    """One text of the lines of a cell; lines that have lost their ends get them back."""
    whole = len(lines) < 2 or any(line.endswith("\n") for line in lines[:-1])
    return ("" if whole else "\n").join(lines)
