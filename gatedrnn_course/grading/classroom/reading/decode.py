"""Bytes as text, whichever encoding an editor chose."""

from __future__ import annotations

import codecs

from gatedrnn_course.text import _

__all__ = ["decoded"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like the mark of UTF-16, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decoded(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file.

    Args:
        raw: Its bytes.

    Returns:
        The text, and a note where it is not in UTF-8.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace"), () if encoding == "utf-8" else (_note(encoding),)
    if wide := _wide(raw):
        return raw.decode(wide, "replace"), (_note(wide),)
    try:
        return raw.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252"), (_note("cp1252"),)
    except UnicodeDecodeError:
        return raw.decode("latin-1"), (_note("latin-1"),)


def _wide(raw: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: of a text that begins with ASCII, every second byte or more is zero."""
    zeros = tuple(byte == 0 for byte in raw[:4])
    known: dict[tuple[bool, ...], str] = {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }
    return known.get(zeros, "")


def _note(encoding: str) -> str:
    return _("The file is written in {encoding}; it was read as such. Notebooks are expected in UTF-8.").format(
        encoding=encoding.upper().removesuffix("-LE").removesuffix("-BE")
    )
