"""Which files are somebody's notebook: by their names, and what notebooks were exported to by their beginning too."""

from __future__ import annotations

import re
import stat
from pathlib import Path

__all__ = ["is_export", "is_export_name", "is_notebook_name", "without_endings"]

_COPY = r"(?:[ _.-]*(?:\(\d+\)|copy(?: ?\d+)?|kopie|copie|\d+))?"
_NOTEBOOK = re.compile(rf"\.ipynb{_COPY}(?:\.(?:txt|json|gz|bak|download|old|orig))?{_COPY}$", re.IGNORECASE)
_EXPORT = re.compile(rf"{_COPY}\.(?P<kind>py|html?|json){_COPY}(?:\.txt)?$", re.IGNORECASE)
_MARKED = {
    "py": re.compile(rb"^#\s*(?:%%|In\s?\[[\d ]*\])|get_ipython\(\)|^# jupyter:|jupytext:", re.MULTILINE),
    "html": re.compile(rb"jp-Cell|jp-InputArea|input_area|nbconvert|jupyter", re.IGNORECASE),
    "json": re.compile(rb'"(?:cells|worksheets)"\s*:\s*[\[{]'),
}
_WRITTEN = re.compile(rb"^[ \t]*(?:def|class) \w+", re.MULTILINE)
_BEGIN = 1 << 18
_MARKS = b"\xef\xbb\xbf\xff\xfe"


def is_notebook_name(name: str) -> bool:
    """Whether a file of this name is a notebook: `x.ipynb`, and what browsers and mail make of that name.

    So are `x.ipynb.txt`, `x.ipynb (1)` and `x.ipynb.json`.
    """
    return bool(_NOTEBOOK.search(name))


def is_export_name(name: str) -> bool:
    """Whether a file of this name may be what a notebook was exported to."""
    return bool(_EXPORT.search(name))


def is_export(path: Path, alone: bool) -> bool:
    """Whether a file is what a notebook was exported to, `x.py`, `x.html` or `x.json`, by its name and its beginning.

    Args:
        path: The file.
        alone: Whether it is all that its student has; then a script counts also if no tool has marked its cells.
    """
    named = _EXPORT.search(path.name)
    if named is None:
        return False
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        with path.open("rb") as file:
            begin = file.read(_BEGIN).replace(b"\0", b"").lstrip(_MARKS)  # also in UTF-16
    except OSError:
        return False
    kind = {"htm": "html"}.get(named["kind"].lower(), named["kind"].lower())
    script = alone and kind == "py" and not begin.lstrip().startswith(b"{")
    return bool(_MARKED[kind].search(begin)) or (script and bool(_WRITTEN.search(begin)))


def without_endings(name: str) -> str:
    """The name of a notebook or an export without the endings that make it one."""
    for pattern in (_NOTEBOOK, _EXPORT):
        if found := pattern.search(name):
            return name[: found.start()]
    return name
