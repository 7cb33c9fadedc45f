"""What a lesson or a solution must keep to, beyond being what its source says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

from gatedrnn_course.authoring.normal import MACHINE_PATH, VIEW
from gatedrnn_course.authoring.source import SourceCell, first_words
from gatedrnn_course.lab.widget.alive import STILL
from gatedrnn_course.text import _

__all__ = ["CODE_COLUMNS", "CODE_LINES", "MARKDOWN_WORDS", "moves", "problems", "refuse_unreadable"]

CODE_LINES, CODE_COLUMNS = 20, 88
"""Lines of a code cell, as its author wrote it, and letters of a line: a window of usual width cuts longer ones."""
MARKDOWN_WORDS = 120
"""Words of a markdown cell; displayed equations and what `<< >>` puts in do not count."""

REVEALS = ("reveal(", "with reveal(")
"""How a cell begins that answers a prediction."""

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
        longest = max(cell.text.split("\n"), key=len)
        if len(longest) > CODE_COLUMNS:
            words = _("{letters} letters in one line; at most {limit}: {line}")
            raise cell.fault(words.format(letters=len(longest), limit=CODE_COLUMNS, line=longest.strip()))
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
    asked = ""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        found = [*_shown(cell), *_given_away(cell)]
        if cell.source.startswith("predict("):
            asked = first_words(cell.source.partition("(")[2])
        elif cell.source.startswith(REVEALS):
            asked = ""
        elif asked and cell.outputs:
            found.append(_("It shows something while the question {name} is open.").format(name=asked.rstrip(",")))
        for problem in found:
            line = first_words(cell.source)
            yield _("cell {number} ({line}): {problem}").format(number=number, line=line, problem=problem)


def moves(notebook: NotebookNode) -> bool:
    """Whether a notebook shows something that moves when its cell is run: a lesson must."""
    code = (cell for cell in notebook.cells if cell.cell_type == "code")
    return any(_(STILL) in output.get("data", {}).get("text/html", "") for cell in code for output in cell.outputs)


def _shown(cell: NotebookNode) -> Iterator[str]:
    tags = cell.metadata.get("tags", ())
    for output in cell.outputs:
        if output.output_type == "error" and "raises-exception" not in tags:
            yield _("It raises {name}.").format(name=output.ename)
        if any(MACHINE_PATH.search(text) for text in _texts(output)):
            yield _("Its output holds a path, process or address of one machine.")
        if _without_alternative(output):
            yield _("A picture without alternative text.")
        if VIEW in output.get("data", {}):
            yield _("A widget without a picture of itself: where no kernel runs, nothing is there.")


def _given_away(cell: NotebookNode) -> Iterator[str]:
    """What a cell that answers a prediction shows before it is opened, or tells in its source."""
    if not cell.source.startswith(REVEALS):
        return
    first = cell.source.partition("\n")[0].removesuffix(":")
    if not re.fullmatch(r"(with )?reveal\((['\"])[^'\"]+\2\)", first):
        yield _("Its source tells the answer.")
    for output in cell.outputs:
        data = output.get("data", {})
        html = data.get("text/html", "")
        folded = html.startswith("<details><summary>") and html.endswith("</details>")
        if not folded or set(data) - {"text/html", "text/plain"}:
            yield _("What it shows answers the question before the reader has: it is to stand folded.")


def _texts(output: NotebookNode) -> list[str]:
    """What an output says in letters."""
    data = output.get("data", {})
    plain = [value for mime, value in data.items() if mime.startswith("text/") and isinstance(value, str)]
    return [*plain, output.get("text", ""), output.get("evalue", "")]


def _without_alternative(output: NotebookNode) -> bool:
    """Whether an output shows a picture that a screen reader cannot read."""
    data: dict[str, Any] = output.get("data", {})
    html = data.get("text/html", "")
    # No reader shows the words of a bare picture: not those in its metadata, and those of an SVG only here and there.
    return _unnamed(html) if html else any(mime.startswith("image/") for mime in data)


def _unnamed(html: str) -> bool:
    """Whether a picture in HTML has neither alternative text nor a label, and is not hidden from screen readers."""
    return any(not _ALT.search(tag[0]) and not _HIDDEN.search(tag[0]) for tag in _TAG.finditer(html))
