"""From a file to cells of plain Python: which format it has, and what is done where it is none of the expected."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from gatedrnn_course.grading.running.limit import TooLong, time_limit
from gatedrnn_course.text import _

from .archive import ungzipped, unzipped
from .cell import Cell, Contents, Unreadable
from .conflict import sides
from .decode import decoded
from .large import without_outputs
from .notebook import notebook_cells
from .page import page_cells
from .plain import plain_cells
from .script import script_cells
from .source import defined

__all__ = ["LARGEST", "Reading", "read_bytes", "read_file"]

LARGEST = 50 << 20
SECONDS = 20.0
"""How long reading may take: of an honest file it takes milliseconds."""
_CHUNK = 1 << 20
_DEEPEST = 3  # packed in packed in packed
_PACKED = ((b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\x1f\x8b", "gzip"))
_OTHERS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"{\\rtf", "RTF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\xd0\xcf\x11\xe0", "Word"),
    (b"\x80\x04\x95", "pickle"),
    (b"\x93NUMPY", "NumPy"),
    (b"SQLite format", "SQLite"),
)
_PAGE = re.compile(r"\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body|div)\b", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"\s*(?:\[InternetShortcut\]\s*URL=)?https?://\S+\s*\Z", re.IGNORECASE)
_BEGIN = 2000


@dataclass(frozen=True)
class Reading:
    """What was read of one file.

    Attributes:
        cells: Sources of the cells that run, as plain Python, magics turned into calls.
        notes: What was done to read it, for the student.
        problem: Why it cannot be read, and what to do; empty if it can.
        fingerprint: sha256 of the file's bytes.
    """

    cells: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""
    fingerprint: str = ""


def read_file(path: Path, names: Collection[str] = ()) -> Reading:
    """Read a plain file; of one over 50 MiB the outputs are left out first.

    Args:
        path: The file.
        names: Functions the assignment asks for.

    Raises:
        OSError: If it cannot be opened.
    """
    if path.stat().st_size <= LARGEST:
        raw = path.read_bytes()
        return replace(read_bytes(raw, names), fingerprint=hashlib.sha256(raw).hexdigest())
    fingerprint = _fingerprint(path)
    rest = without_outputs(path, LARGEST)
    if rest is None:
        words = _("The file is larger than {mib} MiB, also without outputs. Clear what is large and save it again.")
        return Reading(problem=words.format(mib=LARGEST >> 20), fingerprint=fingerprint)
    reading = replace(read_bytes(rest, names), fingerprint=fingerprint)
    larger = _("The file is larger than {mib} MiB; it was read without its outputs.").format(mib=LARGEST >> 20)
    if reading.problem:
        return replace(reading, problem=f"{larger} {reading.problem}")
    return replace(reading, notes=(larger, *reading.notes))


def _fingerprint(path: Path) -> str:
    summed = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            summed.update(chunk)
    return summed.hexdigest()


def read_bytes(raw: bytes, names: Collection[str] = ()) -> Reading:
    """Read a file's bytes, of whatever origin.

    Args:
        raw: The bytes.
        names: Functions the assignment asks for.

    Returns:
        The cells, or a problem in one sentence and what to do; it never raises.
    """
    try:
        with time_limit(SECONDS):
            return _read(raw, names, 0)
    except TooLong:
        return Reading(problem=_("The file takes too long to read. Open it in Jupyter, save it and hand it in again."))
    except Unreadable as told:
        return Reading(problem=_("The file is no readable notebook: {why}").format(why=told))
    except Exception as error:  # any bytes may come; whatever a reader makes of them is one sentence here
        problem = _("The file is no readable notebook ({type}). Open it in Jupyter, save it and hand it in again.")
        return Reading(problem=problem.format(type=type(error).__name__))


def _read(raw: bytes, names: Collection[str], depth: int) -> Reading:
    packed = next((kind for start, kind in _PACKED if raw.startswith(start)), "")
    if packed and depth >= _DEEPEST:
        raise Unreadable(_("it is packed many times over. Hand in the file NAME.ipynb itself."))
    if packed == "gzip":
        return _noted(_read(ungzipped(raw, LARGEST), names, depth + 1), _unpacked("gzip"))
    if packed == "zip":
        inside = unzipped(raw, LARGEST)
        return _noted(_best([_tried(content, names, depth + 1) for _name, content in inside], names), _unpacked("zip"))
    if kind := next((kind for start, kind in _OTHERS if raw.startswith(start)), ""):
        words = _("it is a file of the kind {kind}. Hand in the file NAME.ipynb that Jupyter saves.")
        raise Unreadable(words.format(kind=kind))
    if not raw.strip(b"\x00 \t\r\n"):
        raise Unreadable(
            _("it is empty. Save the notebook, look at the size of the file, and hand it in again.")
            if not raw.strip()
            else _("it holds nothing but zero bytes: copying it has failed. Copy it again.")
        )
    text, notes = decoded(raw)
    return _noted(_of_text(text, names), *notes)


def _of_text(text: str, names: Collection[str]) -> Reading:
    """A text in the format it has; of a merge that is not resolved, the side with more answers."""
    if (both := sides(text)) and text.lstrip().startswith(("{", "[", "<<<<<<<")):
        note = _(
            "The file holds a merge that is not resolved (<<<<<<<); the side with most answers was read. Resolve it."
        )
        return _noted(_best([_attempt(lambda one=one: _of_text(one, names)) for one in both], names), note)  # type: ignore[misc]
    contents = _contents(text)
    cells, notes = plain_cells(contents.cells, names)
    return Reading(tuple(cells), (*contents.notes, *notes))


def _contents(text: str) -> Contents:
    start = text[:_BEGIN].lstrip("\ufeff \t\r\n")
    if _LINK.match(text):
        raise Unreadable(_("it holds a link. Download the notebook (File, Download .ipynb) and hand in that file."))
    if start.startswith(("{", "[")):
        return notebook_cells(text.lstrip("\ufeff"))
    if _PAGE.match(start):
        return page_cells(text)
    if start.startswith("version https://git-lfs"):
        raise Unreadable(_("it is a pointer of Git LFS. Run `git lfs pull` and hand in the file itself."))
    contents = script_cells(text)
    if any(defined(cell.source) for cell in contents.cells):
        return contents
    if "```" in text:  # a notebook in Markdown
        return Contents((Cell("code", text),))
    raise Unreadable(_("it is neither JSON nor Python. Save the notebook again in Jupyter and hand in NAME.ipynb."))


def _tried(raw: bytes, names: Collection[str], depth: int) -> Reading:
    return _attempt(lambda: _read(raw, names, depth))


def _attempt(read: Callable[[], Reading]) -> Reading:
    try:
        return read()
    except Unreadable as why:
        return Reading(problem=str(why))


def _best(readings: list[Reading], names: Collection[str]) -> Reading:
    """The reading with most of the functions asked for; the first of several.

    Raises:
        Unreadable: If none can be read.
    """
    good = [reading for reading in readings if not reading.problem]
    if not good:
        raise Unreadable(readings[0].problem)
    return max(good, key=lambda reading: len({name for cell in reading.cells for name in defined(cell)} & set(names)))


def _noted(reading: Reading, *notes: str) -> Reading:
    return replace(reading, notes=(*notes, *reading.notes))


def _unpacked(kind: str) -> str:
    return _("The file is packed ({kind}); the notebook in it was read.").format(kind=kind)
