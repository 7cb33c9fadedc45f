"""Full names from a table that lies beside the hand-ins: a Moodle worksheet, a Canvas gradebook, a class roster."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from .start import start_of

__all__ = ["names_by_id"]

COLUMNS = (("Identifier", "Full name"), ("ID", "Student"), ("github_username", "identifier"))
"""Where such tables keep what the platform knows a student by, and the name."""
LARGEST = 16 << 20


def names_by_id(files: Sequence[Path]) -> Mapping[str, str]:
    """Names by the platform's id, from every table among some files.

    Args:
        files: Files of any kind; those that are no such table tell nothing.
    """
    names: dict[str, str] = {}
    for path in files:
        if path.suffix.lower() == ".csv":
            names.update(_names(path))
    return names


def _names(path: Path) -> dict[str, str]:
    try:
        rows = list(csv.DictReader(start_of(path, LARGEST).splitlines()))
    except csv.Error:
        return {}
    known = next((pair for pair in COLUMNS if rows and all(column in rows[0] for column in pair)), None)
    if known is None:
        return {}
    told = (((row[known[0]] or "").strip(), (row[known[1]] or "").strip()) for row in rows)
    return {key.rpartition(" ")[2]: _first_name_first(name) for key, name in told if key and name}


def _first_name_first(name: str) -> str:
    """`Jane Doe` from `Doe, Jane`."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() and "," not in first else name
