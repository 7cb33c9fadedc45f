"""A notebook exported to a `.py` file: by nbconvert (`# In[3]:`), or with percent marks (`# %%`)."""

from __future__ import annotations

import re

from gatedrnn_course.text import _

from .cell import Cell, Contents

__all__ = ["script_cells"]

_MARK = re.compile(r"^#\s*(?:%%(?P<rest>.*)|In\[[\d ]*\]:?\s*|<codecell>\s*)$", re.MULTILINE)
_HEADER = re.compile(r"\A(?:#!.*\n|#.*coding[:=].*\n|\s)*# ---\n(?:#.*\n)*?# ---\n")
_PROSE = re.compile(r"\[(?:markdown|md|raw)\]")


def script_cells(text: str) -> Contents:
    """The cells of a script; one without marks is one cell.

    Args:
        text: The file's text.
    """
    text = _HEADER.sub("", text.replace("\r\n", "\n"))
    marks = [None, *_MARK.finditer(text)]
    ends = [mark.start() for mark in marks if mark] + [len(text)]
    cells = []
    for mark, end in zip(marks, ends, strict=True):
        source = text[mark.end() if mark else 0 : end].strip("\n")
        if source.strip() and not (mark and _PROSE.search(mark["rest"] or "")):
            cells.append(Cell("code", source))
    return Contents(tuple(cells), (_("A Python script was handed in and read. A notebook (.ipynb) is expected."),))
