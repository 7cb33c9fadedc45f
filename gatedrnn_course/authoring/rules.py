"""What a lesson or a solution must keep to, beyond being what its source says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

from gatedrnn_course.authoring.normal import MACHINE_PATH
from gatedrnn_course.authoring.source import SourceCell, first_words
from gatedrnn_course.text import _

__all__ = ["CODE_LINES", "MARKDOWN_WORDS", "problems", "refuse_unreadable"]

CODE_LINES = 20
"""Lines of a code cell, as its author wrote it."""
MARKDOWN_WORDS = 120
"""Words of a markdown cell; displayed equations and what `<< >>` puts in do not count."""

_IMAGE = re.compile(r"!\[\s*\]\(")
_TAG = re.compile(r"<(img|svg)\b[^>]*>", re.IGNORECASE)
_ALT = re.compile(r"""\b(?:alt|aria-label|aria-labelledby)\s*=\s*(["'])\s*[^"'\s]""", re.IGNORECASE)
_HIDDEN = re.compile(r"""\baria-hidden\s*=\s*["']true""", re.IGNORECASE)


def refuse_unreadable(cell: SourceCell) -> None:
    """See that a cell is short and that its pictures have words.

    Args:
        cell: A cell as its author wrote it.

    Raises:
        CourseError: If it is too long, or holds a picture without alternative text.
    """
    if cell.kind == "code":
        lines = cell.text.rstrip().count("\n") + 1
        if lines > CODE_LINES:
            words = _("{lines} lines of code; at most {limit}.").format(lines=lines, limit=CODE_LINES)
            raise cell.fault(words, do=_("Move some of it into the library."))
        return
    text = re.sub(r"\$\$.*?\$\$|<<.*?>>", " ", cell.text, flags=re.DOTALL)
    count = len(text.split())
    if count > MARKDOWN_WORDS:
        words = _("{words} words; at most {limit}.").format(words=count, limit=MARKDOWN_WORDS)
        raise cell.fault(words, do=_("Split it."))
    if _IMAGE.search(text) or _unnamed(text):
        raise cell.fault(_("A picture without alternative text."))


def problems(notebook: NotebookNode) -> Iterator[str]:
    """The rules that what a lesson or solution shows breaks; those of its source are kept when it is built.

    Args:
        notebook: The notebook with what it shows.

    Yields:
        Sentences that begin with the cell or cells.
    """
    never = [n for n, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code" and cell.execution_count is None]
    if never:
        words = _("cells {numbers}: never run, or changed since. Build with --execute.")
        yield words.format(numbers=", ".join(map(str, never)))
    for number, cell in enumerate(notebook.cells, 1):
        line = first_words(cell.source)
        for problem in _shown(cell) if cell.cell_type == "code" else ():
            yield _("cell {number} ({line}): {problem}").format(number=number, line=line, problem=problem)


def _shown(cell: NotebookNode) -> Iterator[str]:
    tags = cell.metadata.get("tags", ())
    for output in cell.outputs:
        if output.output_type == "error" and "raises-exception" not in tags:
            yield _("It raises {name}.").format(name=output.ename)
        if any(MACHINE_PATH.search(text) for text in _texts(output)):
            yield _("Its output holds a path, process or address of one machine.")
        if _without_alternative(output):
            yield _("A picture without alternative text.")


def _texts(output: NotebookNode) -> list[str]:
    """What an output says in letters."""
    data = output.get("data", {})
    plain = [value for mime, value in data.items() if mime.startswith("text/") and isinstance(value, str)]
    return [*plain, output.get("text", ""), output.get("evalue", "")]


def _without_alternative(output: NotebookNode) -> bool:
    """Whether an output shows a picture that a screen reader cannot read."""
    data: dict[str, Any] = output.get("data", {})
    html = data.get("text/html", "")
    if html:
        return _unnamed(html)
    if "image/svg+xml" in data:
        return _unnamed(data["image/svg+xml"])
    pictures = [mime for mime in data if mime in ("image/png", "image/jpeg")]
    return any(not output.metadata.get(mime, {}).get("alt", "").strip() for mime in pictures)


def _unnamed(html: str) -> bool:
    """Whether a picture in HTML has neither alternative text nor a label, and is not hidden from screen readers."""
    return any(not _ALT.search(tag[0]) and not _HIDDEN.search(tag[0]) for tag in _TAG.finditer(html))
