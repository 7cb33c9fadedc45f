"""Which platform a download comes from, and who handed in what: one row a student, the newest attempt."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.reading import without_endings
from gatedrnn_course.grading.classroom.submission import by_name, is_students, readable
from gatedrnn_course.text import _

from . import blackboard, brightspace, canvas, github, google, gradescope, moodle, nbgrader
from .archive import is_archive
from .handin import Entry, HandIn, Place, Reader
from .places import only_folder, opened_class, places
from .roster import names_by_id
from .within import holds_archives, opened

__all__ = ["HandIns", "hand_ins"]

READERS: Mapping[str, Reader] = {
    "moodle": moodle.read,
    "blackboard": blackboard.read,
    "gradescope": gradescope.read,
    "brightspace": brightspace.read,
    "nbgrader": nbgrader.read,
    "canvas": canvas.read,
    "github": github.read,
    "google": google.read,
}
"""The platforms; what two could claim goes to the first."""
LONGEST_NAME = 200


@dataclass(frozen=True)
class HandIns:
    """A class as it was handed in.

    Attributes:
        students: One a student, sorted by name.
        left_out: Names of the files that are nobody's.
    """

    students: tuple[HandIn, ...]
    left_out: tuple[str, ...] = ()


def hand_ins(folder: Path, scratch: Path, assignment: str = "") -> HandIns:
    """The students of a class, from a folder or an archive, named by hand or laid out by a platform.

    Args:
        folder: The folder, or a zip of it.
        scratch: Where archives are unpacked; kept, so that the next run need not.
        assignment: Name of the assignment, for layouts that hold several.

    Raises:
        CourseError: If the folder is missing, cannot be opened or holds nothing of a student.
    """
    first = opened_class(folder, scratch, assignment)
    for place in places(first, scratch):
        for platform, read in READERS.items():
            if entries := read(place):
                return _platform(platform, entries, place, scratch)
    if is_archive(folder):
        first = only_folder(first) or first
    students = _by_hand(first.entries, scratch)
    if not students:
        raise CourseError(
            _("Grading the folder {folder}.").format(folder=folder),
            _("It holds no notebook."),
            _("Expected are files NAME.ipynb, a folder for each student with a notebook in it, or a download."),
        )
    return HandIns(_sorted(students), _left_out(first.entries))


def _platform(platform: str, entries: Sequence[Entry], place: Place, scratch: Path) -> HandIns:
    """The students of a platform's download, and those whose work was laid beside it by hand."""
    mine = {entry.path for entry in entries}
    claimed = mine | {parent for path in mine for parent in path.parents}
    others = [path for path in place.entries if path not in claimed and path.name not in gradescope.TABLES]
    names = names_by_id(others)
    by_student: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        by_student[(entry.id, "" if entry.id else entry.name)].append(entry)
    students = []
    for same in by_student.values():
        real = [entry for entry in same if not entry.aside] or same
        newest = _newest(real)
        older: dict[tuple[str, int], list[Entry]] = defaultdict(list)
        for entry in real:
            if entry not in newest:
                older[_attempt(entry)].append(entry)
        earlier = [_hand_in(platform, older[key], names, scratch) for key in sorted(older, reverse=True)]
        students.append(replace(_hand_in(platform, newest, names, scratch), earlier=tuple(earlier)))
    by_hand = _by_hand(others, scratch)
    return HandIns(_sorted([*students, *by_hand]), _left_out(others))


def _hand_in(platform: str, entries: Sequence[Entry], names: Mapping[str, str], scratch: Path) -> HandIn:
    """One attempt of a student."""
    inside = opened(entries, scratch)
    last = max(entries, key=_attempt)
    return HandIn(
        _as_name(names.get(last.id, last.name)) or _as_name(last.id) or readable(last.path.name),
        inside.paths,
        platform,
        last.id,
        last.handed_in_at,
        last.attempt,
        any(entry.late for entry in entries),
        inside.own_folder,
        inside.notes,
    )


def _as_name(told: str) -> str:
    """A name that a file can have, whatever a student called themself on the platform."""
    kept = "".join(sign if sign.isprintable() and sign not in "/\\" else " " for sign in readable(told))
    return " ".join(kept.split()).strip(". ")[:LONGEST_NAME].rstrip()


def _newest(entries: Sequence[Entry]) -> list[Entry]:
    """Of the entries of one student, for each part the newest."""
    last: dict[str, tuple[str, int]] = {}
    for entry in entries:
        last[entry.part] = max(last.get(entry.part, ("", 0)), _attempt(entry))
    return [entry for entry in entries if _attempt(entry) == last[entry.part]]


def _attempt(entry: Entry) -> tuple[str, int]:
    """What all files of one attempt have in common, later ones greater."""
    return entry.handed_in_at, entry.attempt


def _by_hand(paths: Iterable[Path], scratch: Path) -> list[HandIn]:
    """Files and folders that are named after the students."""
    found = list(paths)
    archives: dict[str, list[Entry]] = defaultdict(list)
    for path in filter(holds_archives, found):
        name = without_endings(path.stem) if is_archive(path) else path.name
        archives[readable(name)].append(Entry(path, name))
    plain = by_name(path for path in found if not holds_archives(path))
    students = {name: HandIn(name, tuple(paths)) for name, paths in plain.items()}
    for name, entries in archives.items():
        inside = opened(entries, scratch)
        before = students.get(name, HandIn(name, (), own_folder=inside.own_folder))
        students[name] = replace(before, paths=(*before.paths, *inside.paths), notes=inside.notes)
    return list(students.values())


def _sorted(students: Iterable[HandIn]) -> tuple[HandIn, ...]:
    """By name; students of one name are told apart by what the platform knows them by."""
    found = list(students)
    names = Counter(student.student for student in found)
    told = [
        replace(student, student=f"{student.student} ({_as_name(student.id)})")
        if names[student.student] > 1 and student.id
        else student
        for student in found
    ]
    merged: dict[str, HandIn] = {}
    for student in told:
        earlier = merged.get(student.student)
        merged[student.student] = (
            student if earlier is None else replace(earlier, paths=(*earlier.paths, *student.paths))
        )
    return tuple(merged[name] for name in sorted(merged))


def _left_out(paths: Iterable[Path]) -> tuple[str, ...]:
    """Names of files that are nobody's work."""
    return tuple(readable(path.name) for path in paths if not is_students(path) and not is_archive(path))
