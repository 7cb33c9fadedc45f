"""Unpacks a zip from anywhere: within limits, into a folder of its own, never out of it.

What an archive declares is not believed: names are checked part by part, sizes counted while bytes come.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gatedrnn_course.text import _

__all__ = ["CLASS", "INNER", "STUDENT", "ArchiveError", "Limit", "is_archive", "unpacked"]

BLOCK = 1 << 20
LONGEST_PART = 200  # bytes of one part of a name; file systems allow 255


@dataclass(frozen=True)
class Limit:
    """What one archive may hold: files, bytes in all, and bytes in one file."""

    files: int
    size: int
    largest: int


CLASS = Limit(50_000, 16 << 30, 4 << 30)
"""For the download of a whole class."""
STUDENT = Limit(2_000, 256 << 20, 256 << 20)
"""For what one student packed."""
INNER = Limit(500, 64 << 20, 64 << 20)
"""For an archive within what one student packed."""


class ArchiveError(Exception):
    """An archive that is not unpacked, in one sentence."""


def is_archive(path: Path) -> bool:
    """Whether a name says that a plain file is a zip."""
    try:
        return path.suffix.lower() == ".zip" and stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def unpacked(archive: Path, into: Path, limit: Limit) -> Path:
    """The folder with what an archive holds; unpacked once, however often it is asked for.

    Links, entries whose names lead out of the folder, and system files are left out. Times of files are kept.

    Args:
        archive: The zip.
        into: Where such folders lie; the folder is called by a hash of the archive's bytes.
        limit: What it may hold.

    Returns:
        The folder. It is there as a whole or not at all, whenever the process is killed.

    Raises:
        ArchiveError: If it is no zip, is encrypted, or holds more than it may.
    """
    folder = into / _hash(archive)
    if folder.is_dir():
        return folder
    into.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=into))
    try:
        _unpack(archive, beside, limit)
        _into_place(beside, folder)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, EOFError, OSError) as error:
        raise ArchiveError(_("it cannot be unpacked ({why})").format(why=error)) from error
    except RuntimeError as error:  # zipfile's word for a password
        raise ArchiveError(_("it asks for a password")) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def _into_place(beside: Path, folder: Path) -> None:
    """Move what is whole to its place, unless another process was faster."""
    try:
        beside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:32]
    except OSError as error:
        raise ArchiveError(_("it cannot be opened ({why})").format(why=error.strerror)) from error


def _unpack(archive: Path, folder: Path, limit: Limit) -> None:
    left = limit.size
    with zipfile.ZipFile(archive) as file:
        entries = [(entry, parts) for entry in file.infolist() if (parts := _parts(entry))]
        if len(entries) > limit.files:
            raise ArchiveError(_("it holds more than {count} files").format(count=limit.files))
        for entry, parts in entries:
            path = folder.joinpath(*parts)
            if entry.is_dir():
                path.mkdir(parents=True, exist_ok=True)
                continue
            left -= _extract(file, entry, _free(path), min(left, limit.largest))


def _extract(file: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, most: int) -> int:
    """Write one entry; how many bytes it had."""
    path.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with file.open(entry) as source, path.open("xb") as target:
        while block := source.read(BLOCK):
            size += len(block)
            if size > most:
                raise ArchiveError(_("it unpacks to more than {mib} MiB").format(mib=most >> 20))
            target.write(block)
    when = _when(entry)
    os.utime(path, (when, when))
    return size


def _parts(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    """The parts of an entry's name; none for a link, a system's own file, and a name that leads elsewhere."""
    mode = entry.external_attr >> 16
    name = _named(entry).replace("\\", "/")
    parts = PurePosixPath(name).parts
    special = stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR)
    outside = name.startswith("/") or name[1:2] == ":" or ".." in parts
    if special or outside or "__MACOSX" in parts:
        return ()
    return tuple(_short(part) for part in parts)


def _named(entry: zipfile.ZipInfo) -> str:
    """The name as text: many archives hold UTF-8 without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _short(part: str) -> str:
    """One part of a name that any file system takes; its ending stays."""
    if len(part.encode("utf-8", "surrogatepass")) <= LONGEST_PART:
        return part
    ending = PurePosixPath(part).suffix
    stem = part.removesuffix(ending)
    mark = hashlib.sha256(part.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    start = stem.encode("utf-8", "surrogatepass")[: LONGEST_PART // 2].decode("utf-8", "ignore")
    return f"{start}-{mark}{ending[:20]}"


def _free(path: Path) -> Path:
    """The path, or one beside it where an archive holds the name twice."""
    return next(one for one in _beside(path) if not os.path.lexists(one))


def _beside(path: Path) -> Iterator[Path]:
    yield path
    for number in range(1, 1 << 20):
        yield path.with_name(f"{path.stem} ({number}){path.suffix}")


def _when(entry: zipfile.ZipInfo) -> float:
    """When an entry was last changed; archives do not tell the time zone."""
    try:
        return time.mktime((*entry.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0
