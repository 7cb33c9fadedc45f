"""Text and records that a child sent: checked, shortened, and without characters that act on a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, cast

from gatedrnn_course.grading.exchange.values import Problem, Value

from ..exchange.frames import BadFrame
from ..exchange.trees import MAX_TEXT
from .protocol import CellFault, Mended

__all__ = ["cell_fault", "clean", "clean_texts", "mended", "others", "problem", "words"]

ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they reorder what is read
VERSIONS = ("checked", "written", "last")
TYPE, MESSAGE, LINE, WORD, WORDS = 100, 2000, 300, 200, 1000


def clean(text: object, longest: int) -> str:
    """A text without escape sequences, control characters and lone surrogates, cut at `longest`; still no HTML.

    Raises:
        BadFrame: If it is no text.
    """
    if not isinstance(text, str):
        raise BadFrame("a text is none")
    if text.isascii() and text.isprintable():  # as nearly all are
        return text[:longest]
    return "".join(filter(_harmless, ESCAPES.sub("", text[: 4 * longest])))[:longest]


def _harmless(character: str) -> bool:
    return character in "\n\t" or (unicodedata.category(character) not in ("Cc", "Cs") and character not in TURNING)


def clean_texts(value: Value) -> Value:
    """A value with every text in it made clean."""
    if isinstance(value, str):
        return clean(value, MAX_TEXT)
    if isinstance(value, tuple):
        return tuple(map(clean_texts, value))
    if isinstance(value, dict):
        return {name: clean_texts(part) for name, part in value.items()}
    return value


def words(texts: object) -> list[str]:
    """A list of short texts.

    Raises:
        BadFrame: If it is none.
    """
    if not isinstance(texts, list):
        raise BadFrame("a list is none")
    return [clean(text, WORD) for text in texts[:WORDS]]


def cell_fault(cell: int, record: object) -> CellFault:
    """What a cell raised.

    Raises:
        BadFrame: If the record has another form.
    """
    return CellFault(cell, **_told(record), quiet=isinstance(record, dict) and record.get("quiet") is True)


def mended(records: object) -> tuple[Mended, ...]:
    """What was read in another way than it was typed.

    Raises:
        BadFrame: If the records have another form.
    """
    if not isinstance(records, list):
        raise BadFrame("a list is none")
    found = []
    for record in records[:WORDS]:
        if not isinstance(record, dict) or type(record.get("cell")) is not int:
            raise BadFrame("a record is none")
        found.append(Mended(clean(record.get("kind"), WORD), record["cell"], clean(record.get("name"), WORD)))
    return tuple(found)


def others(records: object, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """Earlier versions of functions asked for.

    Raises:
        BadFrame: If the records have another form.
    """
    if not isinstance(records, dict):
        raise BadFrame("a record is none")
    found: dict[str, dict[str, int]] = {}
    for name in filter(records.__contains__, names):
        kinds = records[name]
        if not isinstance(kinds, dict) or any(type(cell) is not int for cell in kinds.values()):
            raise BadFrame("a record is none")
        found[name] = {kind: kinds[kind] for kind in VERSIONS if kind in kinds}
    return found


def problem(record: object) -> Problem:
    """Why a call gave no value, as the child tells it.

    Raises:
        BadFrame: If the record has another form, or claims what only the parent can find.
    """
    kind = record.get("kind") if isinstance(record, dict) else None
    if kind not in ("missing", "raised", "value"):
        raise BadFrame("a problem of another kind")
    return Problem(cast(Literal["missing", "raised", "value"], kind), **_told(record))


def _told(record: object) -> dict[str, str]:
    if not isinstance(record, dict):
        raise BadFrame("a record is none")
    longest = {"type": TYPE, "message": MESSAGE, "line": LINE}
    return {name: clean(record.get(name, ""), size) for name, size in longest.items()}
