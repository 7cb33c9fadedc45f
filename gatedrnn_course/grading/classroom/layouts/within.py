"""What one student's entries hold for the reader: notebooks, in folders and archives too."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gatedrnn_course.grading.classroom.submission import is_notebook, readable, within
from gatedrnn_course.text import _

from .archive import INNER, STUDENT, ArchiveError, Limit, is_archive, unpacked
from .handin import Entry

__all__ = ["Opened", "opened"]

MOST_INNER = 4


@dataclass(frozen=True)
class Opened:
    """Paths for the reader, whether all beside them is the same student's, and what to say about it."""

    paths: tuple[Path, ...]
    own_folder: bool
    notes: tuple[str, ...] = ()


def opened(entries: Sequence[Entry], scratch: Path) -> Opened:
    """Open what one student handed in.

    Args:
        entries: The entries of the attempt that counts.
        scratch: Where archives are unpacked.

    Returns:
        The notebooks; where there are none, whatever is there, so that the reader says what is wrong with it.
    """
    notes: list[str] = []
    folders: list[Path] = []
    files: list[Entry] = []
    for entry in sorted(entries, key=lambda entry: entry.path.name):
        if is_archive(entry.path):
            folder = _unpacked(entry.path, scratch, STUDENT, notes)
            files += [] if folder else [entry]
            folders += [folder] if folder else []
        elif entry.path.is_dir() and not entry.path.is_symlink():
            folders.append(entry.path)
        else:
            files.append(entry)
    real = [entry for entry in files if not entry.aside] or files
    if any(is_notebook(entry.path) for entry in real) and any(not is_notebook(entry.path) for entry in real):
        folders.append(_gathered(real, scratch))
        real = []
    inner = [found for folder in folders for found in _archives(folder)]
    folders += [made for path in inner[:MOST_INNER] if (made := _unpacked(path, scratch, INNER, notes))]
    notes += [_not_opened(path, _("there are too many of them")) for path in inner[MOST_INNER:][:1]]
    paths = [entry.path for entry in real] + [path for folder in folders for path in within(folder)]
    found = [path for path in paths if path not in folders] or paths
    notebooks = [path for path in found if is_notebook(path)]
    return Opened(tuple(notebooks or found), not real, tuple(notes))


def _unpacked(archive: Path, scratch: Path, limit: Limit, notes: list[str]) -> Path | None:
    """The folder of an archive; None, with a note, if it is not opened."""
    try:
        return unpacked(archive, scratch, limit)
    except ArchiveError as error:
        notes.append(_not_opened(archive, str(error)))
        return None


def _not_opened(archive: Path, why: str) -> str:
    return _("The archive {name} was not opened: {why}.").format(name=readable(archive.name), why=why)


def _archives(folder: Path) -> list[Path]:
    """The archives in a folder, however deep."""
    found = (Path(where, name) for where, _folders, names in os.walk(folder) for name in names)
    return sorted(path for path in found if is_archive(path))


def _gathered(entries: Sequence[Entry], scratch: Path) -> Path:
    """A folder with a student's files under the student's own names: by these a file beside a notebook is found."""
    told = "\n".join(f"{entry.path.resolve()} {_stamp(entry.path)} {entry.file}" for entry in entries)
    folder = scratch / hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    if folder.is_dir():
        return folder
    scratch.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".gathering-", dir=scratch))
    try:
        for entry in entries:
            if entry.path.is_file() and not entry.path.is_symlink():
                shutil.copy2(entry.path, beside / (Path(entry.file).name or entry.path.name))
        beside.replace(folder)
    except OSError:
        return entries[0].path.parent
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.lstat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns
