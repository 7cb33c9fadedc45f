"""Files that come with a notebook: beside it in a folder of its own, or inside, as a link in what a cell shows."""

from __future__ import annotations

import base64
import binascii
import json
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gatedrnn_course.grading.items.stored import LARGEST

__all__ = ["enclosed", "handed_in_files", "link_to"]

_LINK = re.compile(r'<a download="([\w.-]{1,80})" href="data:application/octet-stream;base64,([A-Za-z0-9+/=]*)">')
MOST = 4 * LARGEST
"""A notebook larger than this is not searched."""


def link_to(name: str, content: bytes, words: str) -> str:
    """A link in HTML that holds a file: whoever opens the notebook can save it, and `enclosed` finds it.

    Args:
        name: Name of the file.
        content: What is in it.
        words: Words of the link, already escaped.
    """
    coded = base64.b64encode(content).decode()
    return f'<a download="{name}" href="data:application/octet-stream;base64,{coded}">{words}</a>'


def handed_in_files(notebook: Path, names: Sequence[str], own_folder: bool) -> dict[str, bytes]:
    """The files asked for that came with a notebook: those beside it, else those in its own outputs.

    Args:
        notebook: The notebook.
        names: Names of the files.
        own_folder: Whether all in the notebook's folder is the same student's; a file beside the notebooks of several
            is nobody's.
    """
    if not names:
        return {}
    found = {name: raw for name in names if own_folder and (raw := _read(notebook.parent / name)) is not None}
    if missing := [name for name in names if name not in found]:
        inside = enclosed(_read(notebook, MOST) or b"")
        found.update({name: inside[name] for name in missing if name in inside})
    return found


def enclosed(notebook: bytes) -> dict[str, bytes]:
    """The files that the outputs of a notebook hold; of several with a name, the last.

    Args:
        notebook: The notebook's bytes, of whatever origin.
    """
    try:
        texts = list(_html(json.loads(notebook)))
    except (ValueError, RecursionError, AttributeError, TypeError):
        return {}
    found: dict[str, bytes] = {}
    for text in texts:
        for name, coded in _LINK.findall(text):
            try:
                found[name] = base64.b64decode(coded, validate=True)
            except binascii.Error:
                continue
    return found


def _html(notebook: Any) -> Iterator[str]:
    """What the cells of a notebook show as HTML, in order."""
    for cell in notebook.get("cells", ()):
        for output in cell.get("outputs", ()):
            text = output.get("data", {}).get("text/html", "")
            yield text if isinstance(text, str) else "".join(map(str, text))


def _read(path: Path, most: int = LARGEST) -> bytes | None:
    """A plain file that is not too large; links are not followed."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > most + 1:
            return None
        return path.read_bytes()
    except OSError:
        return None
