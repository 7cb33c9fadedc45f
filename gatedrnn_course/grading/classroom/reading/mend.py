"""Source that an editor, a chat or a web page has spoiled: the one sensible reading, tried only where there is none."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from gatedrnn_course.text import mark

from .conflict import sides
from .magics import as_python
from .source import compiles, error_in, parsed

__all__ = ["Mended", "cleaned", "mended", "without_broken"]

_FENCE = re.compile(r"^[ \t]*(?:```+|~~~+)[ \t]*(?P<word>[\w.+-]*)[^\n`]*$", re.MULTILINE)
_NUMBERED = re.compile(r"^ {0,4}\d{1,4}[:.|)\]]?(?= |\t|$)", re.MULTILINE)
_SPACES = {
    ord(c): " "
    for c in "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
}
_NOTHING = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\x00\x0b\u200e\u200f\u202a\u202b\u202c\u202d\u202e")
)
_SIGNS = {
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\uff02"), '"'),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u00b4\uff07"), "'"),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"), "-"),
    **dict.fromkeys(map(ord, "\u00d7\u2217\u22c5\u00b7\uff0a"), "*"),
    ord("\u00f7"): "/",
    ord("\u2044"): "/",
    ord("\u2026"): "...",
    ord("\u2264"): "<=",
    ord("\u2265"): ">=",
    ord("\u2260"): "!=",
    **{0xFF01 + k: chr(0x21 + k) for k in range(94)},  # the wide forms of ASCII
}
_AFTER = re.compile(r"(?:else|elif|except|finally|case)\b|[)\]}]")
_LOOK_AHEAD = 40
_MOST_TRIES = 3000


@dataclass(frozen=True)
class Mended:
    """A cell that can be run.

    Attributes:
        source: Plain Python.
        words: What was done to it, in words in which a number of the cell is to be put.
        line: The line that is no Python and was left out.
        why: What Python says of it.
    """

    source: str
    words: str = ""
    line: str = ""
    why: str = ""


def mended(source: str) -> Mended | None:
    """A cell that is no Python as it stands, read in the one way that makes it Python.

    Args:
        source: The cell as it was typed.

    Returns:
        The cell; None if no reading helps.
    """
    for words, change in _CHANGES:
        changed = change(source)
        if changed != source:
            plain = as_python(changed)
            if plain is not None:
                return Mended(plain, words)
    plain = as_python(cleaned(source))
    return None if plain is None else Mended(plain, _SEVERAL)


def cleaned(source: str) -> str:
    """A cell after every change, one after another."""
    for _words, change in _CHANGES:
        source = change(source)
    return source


def _fenced(source: str) -> str:
    """The text inside fences of Markdown; all but the fences where one is not closed."""
    marks = list(_FENCE.finditer(source))
    if not marks:
        return source
    if len(marks) % 2:
        return _FENCE.sub("", source)
    pairs = zip(marks[::2], marks[1::2], strict=True)
    return "\n".join(
        source[a.end() : b.start()].strip("\n") for a, b in pairs if a["word"].lower() not in ("bash", "sh")
    )


def _first_side(source: str) -> str:
    both = sides(source)
    if both is None:
        return source
    return next((side for side in both if as_python(side) is not None), both[0])


def _dedented(source: str, tab: int) -> str:
    """Without the indent of the first line, also where later lines stand further left."""
    source = textwrap.dedent(source.expandtabs(tab))
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    indent = len(first) - len(first.lstrip())
    return "\n".join(line[min(indent, len(line) - len(line.lstrip())) :] for line in lines)


def _lines(source: str) -> str:
    return source.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")


def _prompts(source: str) -> str:
    """What was typed at a prompt, without what was printed between."""
    rows = source.split("\n")
    if not any(row.startswith(">>>") for row in rows):
        return source
    return "\n".join(row[4:] for row in rows if row.startswith((">>>", "...")))


def _unnumbered(source: str) -> str:
    rows = [row for row in source.split("\n") if row.strip()]
    return textwrap.dedent(_NUMBERED.sub("", source)) if rows and all(map(_NUMBERED.match, rows)) else source


_INDENTED = mark("Code cell {number} is indented as a whole, or by tabs and spaces; it was read without that.")
_CHANGES: tuple[tuple[str, Callable[[str], str]], ...] = (
    (mark("In code cell {number} lines end in an unusual way; it was read all the same."), _lines),
    (
        mark(
            "In code cell {number} there are spaces that are none for Python, as from a web page; it was read without."
        ),
        lambda source: source.translate(_SPACES).translate(_NOTHING),
    ),
    (
        mark("In code cell {number} there are quotes or signs of a word processor; plain ones were read."),
        lambda source: source.translate(_SPACES).translate(_NOTHING).translate(_SIGNS),
    ),
    (mark("In code cell {number} stand fences of Markdown (```); the code between them was read."), _fenced),
    (mark("Code cell {number} holds a merge that is not resolved (<<<<<<<); one side was read."), _first_side),
    (mark("In code cell {number} stand the prompts of a terminal (>>>); what follows them was read."), _prompts),
    (mark("In code cell {number} every line has a number; it was read without."), _unnumbered),
    (_INDENTED, partial(_dedented, tab=4)),
    (_INDENTED, partial(_dedented, tab=8)),
)
_SEVERAL = mark("Code cell {number} is no Python as it stands; it was read without signs that do not belong there.")


def without_broken(source: str) -> Mended | None:
    """A cell without the statements that are no Python; lines stay where they are.

    Args:
        source: The cell as it was typed.

    Returns:
        The cell, with the first line that was left out; None if nothing of it is Python.
    """
    good: list[str] = []
    broken: list[str] = []
    for block, plain in _statements(_lines(source)):
        good.append("\n" * block.count("\n") if plain is None else plain)
        if plain is None:
            broken.append(block)
    whole = "".join(good)
    if not broken or not whole.strip() or not compiles(whole):
        return None
    line = next((row for row in broken[0].split("\n") if row.strip()), "")
    words = mark("In code cell {number} `{line}` is no Python ({why}). The rest of the cell was read.")
    return Mended(whole, words, line.strip()[:80], error_in(textwrap.dedent(broken[0])))


def _statements(source: str) -> Iterator[tuple[str, str | None]]:
    """Blocks of lines, each with the Python it is, or None."""
    blocks = list(_blocks(source))
    k, tries = 0, 0
    while k < len(blocks):
        found = None
        for end in range(k + 1, min(k + _LOOK_AHEAD, len(blocks)) + 1):
            tries += 1
            if tries > _MOST_TRIES:
                break
            block = "".join(blocks[k:end])
            found = block if parsed(block) is not None else as_python(block) if end == k + 1 else None
            if found is not None:
                found = found if found.endswith("\n") else found + "\n"
                break
        if found is None:
            yield blocks[k], None
            k += 1
        else:
            yield "".join(blocks[k:end]), found
            k = end


def _blocks(source: str) -> Iterator[str]:
    """Lines that begin at the left edge, each with what is indented under it."""
    block: list[str] = []
    for line in source.split("\n"):
        at_edge = bool(line) and not line[0].isspace() and not _AFTER.match(line)
        if at_edge and block and not block[-1].startswith("@"):
            yield "".join(block)
            block = []
        block.append(line + "\n")
    if block:
        yield "".join(block)
