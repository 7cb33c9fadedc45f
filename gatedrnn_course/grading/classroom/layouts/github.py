"""GitHub Classroom: one clone a student, `gates-jdoe`, in a folder `gates-submissions` or a zip `gates-….zip`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .handin import Entry, Place

__all__ = ["read"]

FOLDER = "-submissions"
SIGNS = (".git", ".github")


def read(place: Place) -> list[Entry]:
    """The clones in a folder; the user's name is what follows the assignment's."""
    folders = [path for path in place.entries if path.is_dir() and not path.is_symlink()]
    prefix = f"{place.name.removesuffix(FOLDER)}-" if place.name.endswith(FOLDER) else _common(place.name, folders)
    clones = [path for path in folders if prefix and path.name.startswith(prefix) and path.name != prefix]
    return [Entry(path, path.name[len(prefix) :], path.name[len(prefix) :]) for path in clones]


def _common(place: str, folders: Sequence[Path]) -> str:
    """What the names of several clones begin with, up to the last hyphen; without a sign if the place does."""
    clones = [path.name for path in folders if any((path / sign).is_dir() for sign in SIGNS)]
    names = clones or [path.name for path in folders]
    begins = [names[0][: k + 1] for k, sign in enumerate(names[0]) if sign == "-"] if len(names) > 1 else []
    shared = next((begin for begin in reversed(begins) if all(name.startswith(begin) for name in names)), "")
    return shared if clones or place.startswith(shared) else ""
