"""What one student's entries hold for the reader: notebooks, in folders and archives too."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gatedrnn_course.grading.classroom.submission import is_notebook, readable, within
from gatedrnn_course.text import _

from .archive import INNER, STUDENT, ArchiveError, Limit, is_archive, unpacked
from .handin import Entry

__all__ = ["Opened", "holds_archives", "opened"]

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
    archives: list[tuple[Path, Limit]] = []
    files: list[Entry] = []
    for entry in sorted(entries, key=lambda entry: entry.path.name):
        if is_archive(entry.path):
            folder = _unpacked(entry.path, scratch, STUDENT, notes)
            files += [] if folder else [entry]
            folders += [folder] if folder else []
            archives += [(path, INNER) for path in _archives(folder)] if folder else []
        elif entry.path.is_dir() and not entry.path.is_symlink():
            folders.append(entry.path)
            archives += [(path, STUDENT) for path in _archives(entry.path)]
        else:
            files.append(entry)
    real = [entry for entry in files if not entry.aside] or files
    if any(is_notebook(entry.path) for entry in real) and any(not is_notebook(entry.path) for entry in real):
        folders.append(_gathered(real, scratch))
        real = []
    folders += _open_inner(archives, scratch, notes)
    paths = [entry.path for entry in real] + [path for folder in folders for path in within(folder)]
    found = [path for path in paths if path not in folders] or paths
    notebooks = [path for path in found if is_notebook(path)]
    return Opened(tuple(notebooks or found), not real, tuple(notes))


def holds_archives(path: Path) -> bool:
    """Whether a path is an archive, or a folder with one in it."""
    return is_archive(path) or (path.is_dir() and not path.is_symlink() and bool(_archives(path)))


def _open_inner(archives: Sequence[tuple[Path, Limit]], scratch: Path, notes: list[str]) -> list[Path]:
    """The folders of archives, and of the archives in these."""
    waiting, folders = deque(archives), list[Path]()
    for _count in range(MOST_INNER):
        if not waiting:
            return folders
        archive, limit = waiting.popleft()
        made = _unpacked(archive, scratch, limit, notes)
        if made is not None and made not in folders:
            folders.append(made)
            waiting.extend((path, INNER) for path in _archives(made))
    notes += [_not_opened(path, _("there are too many of them")) for path, _limit in list(waiting)[:1]]
    return folders


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
