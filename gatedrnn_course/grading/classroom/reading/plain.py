"""The cells of a notebook that run, as plain Python, and what was done to make them that."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from gatedrnn_course.text import _

from .cell import Cell
from .magics import as_python, inside_magic
from .mend import cleaned, mended, without_broken
from .source import LARGEST, defined

__all__ = ["plain_cells"]

MOST = 4 << 20
"""Characters of code in one notebook; what comes after them is left out."""
MOST_NOTES = 30


def plain_cells(cells: Sequence[Cell], names: Collection[str]) -> tuple[list[str], list[str]]:
    """The sources that run, and what the student should know of them.

    A raw cell or one of Markdown is read where it holds an answer that no code cell has.

    Args:
        cells: The cells as they lie in the file.
        names: Functions asked for.
    """
    cells = [replace(cell, source=cell.source.encode("utf-8", "replace").decode()) for cell in cells]  # half an emoji
    sources: list[str] = []
    notes: list[str] = []
    missing = set(names) - {name for cell in cells if cell.kind == "code" for name in _answers(cell.source, names)}
    size = 0
    for cell in cells:
        number = len(sources) + 1
        size += len(cell.source) if cell.kind == "code" else 0
        if cell.kind != "code":
            found = _in_text(cell.source, missing)
            if found is not None:
                sources.append(found)
                names_found = ", ".join(f"`{name}`" for name in sorted(defined(found) & missing))
                words = _("{names} stands in a cell that is no code cell; it was read as if it were one.")
                notes.append(words.format(names=names_found))
        elif len(cell.source) > LARGEST or size > MOST:
            sources.append("")
            words = _("Code cell {number} is too long to be read ({count} characters); it was left out.")
            notes.append(words.format(number=number, count=len(cell.source)))
        else:
            source, more = _plain(cell.source, names, number)
            sources.append(source)
            notes += more
    return sources, _few(notes)


def _answers(source: str, names: Collection[str]) -> set[str]:
    if not any(name in source for name in names):
        return set()
    return defined(_plain(source, names, 0)[0]) & set(names)


def _plain(source: str, names: Collection[str], number: int) -> tuple[str, Iterator[str]]:
    """One code cell as plain Python; as it stands where nothing makes it that, so that running it says why."""
    if inside := inside_magic(source, names):
        words = _("Code cell {number} begins with {magic}; what stands under it was read as a part of the notebook.")
        return inside[1], iter((words.format(number=number, magic=inside[0]),))
    plain = as_python(source)
    if plain is not None:
        return plain, iter(())
    found = mended(source) or without_broken(source) or without_broken(cleaned(source))
    if found is None:
        return source, iter(())
    return found.source, iter((_(found.words).format(number=number, line=found.line, why=found.why),))


def _in_text(source: str, missing: Collection[str]) -> str | None:
    """The Python of a cell that is no code cell, where it defines a function that is missing."""
    if not any(name in source for name in missing):
        return None
    plain = as_python(source)
    if plain is None:
        found = mended(source)
        plain = None if found is None else found.source
    return plain if plain is not None and defined(plain) & set(missing) else None


def _few(notes: list[str]) -> list[str]:
    if len(notes) <= MOST_NOTES:
        return notes
    return [*notes[:MOST_NOTES], _("And {count} more.").format(count=len(notes) - MOST_NOTES)]
