"""Where in a folder or an archive the download of a platform begins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.submission import entries_of, is_notebook
from gatedrnn_course.text import _

from . import google, nbgrader
from .archive import CLASS, ArchiveError, is_archive, unpacked
from .handin import Place

__all__ = ["only_folder", "opened_class", "places"]

DEEPEST = 4


def opened_class(folder: Path, scratch: Path, assignment: str = "") -> Place:
    """What lies in the folder or archive of a class."""
    try:
        root = unpacked(folder, scratch, CLASS) if is_archive(folder) else folder
    except ArchiveError as error:
        asked = _("Grading the archive {archive}.").format(archive=folder)
        raise CourseError(asked, _("It was not opened: {why}.").format(why=error)) from error
    return Place(folder.stem if is_archive(folder) else folder.name, tuple(entries_of(root)), assignment)


def places(place: Place, scratch: Path) -> Iterator[Place]:
    """Where a platform's layout may begin: in the folder, or in the only one within it."""
    for _depth in range(DEEPEST):
        yield place
        further = _drive(place, scratch) or _submitted(place) or _only_archive(place, scratch) or only_folder(place)
        if further is None:
            return
        place = further


def _drive(place: Place, scratch: Path) -> Place | None:
    """One folder that Drive has handed out in several archives, or in one."""
    matches = [(path, google.PART_OF_DRIVE.fullmatch(path.stem)) for path in place.entries if is_archive(path)]
    parts = [(path, match["title"]) for path, match in matches if match]
    if not parts or len(parts) < len(matches) or len({title for _path, title in parts}) > 1:
        return None
    found: list[Path] = []
    for path, _title in parts:
        try:
            inside = entries_of(unpacked(path, scratch, CLASS))
        except ArchiveError as error:
            asked = _("Grading the archive {archive}.").format(archive=path)
            raise CourseError(asked, _("It was not opened: {why}.").format(why=error)) from error
        found += entries_of(inside[0]) if len(inside) == 1 and inside[0].is_dir() else inside
    return Place(parts[0][1], tuple(found), place.assignment)


def _submitted(place: Place) -> Place | None:
    """What was handed in within the folder of an nbgrader course."""
    return next((_inside(path, place) for path in _folders(place) if path.name == nbgrader.SUBMITTED), None)


def _only_archive(place: Place, scratch: Path) -> Place | None:
    """The only archive in a place that holds neither notebooks nor folders beside it."""
    inner = [path for path in place.entries if is_archive(path)]
    if len(inner) != 1 or _folders(place) or any(map(is_notebook, place.entries)):
        return None
    try:
        return _inside(unpacked(inner[0], scratch, CLASS), place, inner[0].stem)
    except ArchiveError:
        return None  # then it is a student's, and the student's row says what is wrong


def only_folder(place: Place) -> Place | None:
    """The only folder in a place that holds neither notebooks nor archives beside it."""
    inner = _folders(place)
    alone = len(inner) == 1 and not any(is_archive(path) or is_notebook(path) for path in place.entries)
    return _inside(inner[0], place) if alone else None


def _folders(place: Place) -> list[Path]:
    return [path for path in place.entries if path.is_dir() and not path.is_symlink()]


def _inside(folder: Path, place: Place, name: str = "") -> Place:
    return Place(name or folder.name, tuple(entries_of(folder)), place.assignment)
