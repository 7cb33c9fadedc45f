"""A cell as it lies in a file, and what a file of one format holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Cell", "Contents", "Unreadable"]

Kind = Literal["code", "markdown", "raw"]


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        kind: `code`, `markdown` or `raw`.
        source: Its text as it was typed.
    """

    kind: Kind
    source: str


@dataclass(frozen=True)
class Contents:
    """The cells of a file, and what was done to read them.

    Attributes:
        cells: The cells in their order.
        notes: What the student should know of it.
    """

    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()


class Unreadable(Exception):
    """A file that holds no notebook that can be read; the text says why and what to do."""
