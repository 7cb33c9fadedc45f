"""Reads what a student handed in, however it is named and whatever state it is in."""

from __future__ import annotations

import ast
import hashlib
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.enclosed import handed_in_files
from gatedrnn_course.grading.classroom.reading import is_export, is_notebook_name, read_file, without_endings
from gatedrnn_course.grading.classroom.reading.source import parsed
from gatedrnn_course.grading.exchange.blank import is_blank_source
from gatedrnn_course.grading.exchange.walk import every_statement
from gatedrnn_course.text import _

__all__ = [
    "Submission",
    "by_name",
    "defines_anything",
    "entries_of",
    "is_notebook",
    "is_students",
    "read_submission",
    "readable",
    "within",
]

HIDDEN = (".", "__")
LONG = 1 << 16  # a longer cell is not remembered
MOST_EXPORTS = 200  # files that are looked into where there is no notebook
LINKS_NAMED = 5  # links named in a note; of more, only these


@dataclass(frozen=True)
class Submission:
    """One student's file.

    Attributes:
        student: The student's name: the file's name, or the folder's where each student has one.
        path: The file.
        cells: Sources of the code cells as plain Python, magics turned into calls.
        fingerprint: sha256 of the file's bytes.
        problem: Why the file cannot be read; empty if it can.
        notes: What the reader did that the student should know.
        handed_in: How many notebooks were handed in; of more than one, the first note says which was chosen.
        files: Content of the files asked for that came with it.
    """

    student: str
    path: Path
    cells: tuple[str, ...] = ()
    fingerprint: str = ""
    problem: str = ""
    notes: tuple[str, ...] = ()
    handed_in: int = 1
    files: Mapping[str, bytes] = field(default_factory=dict)

    def definitions(self) -> Counter[str]:
        """How often each function or class is defined."""
        return Counter(name for name, _written in self._defined())

    def written(self) -> set[str]:
        """Functions with a definition that does something: a blank one after it does not undo it."""
        return {name for name, written in self._defined() if written}

    def _defined(self) -> Iterator[tuple[str, bool]]:
        for cell in self.cells:
            yield from _defined(cell) if len(cell) < LONG else _defined.__wrapped__(cell)


@lru_cache(maxsize=512)
def _defined(cell: str) -> tuple[tuple[str, bool], ...]:
    """Functions and classes of a cell, and whether each is a function that does something."""
    tree = parsed(cell)
    nodes = () if tree is None else (n for n in every_statement(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef)))
    return tuple((node.name, isinstance(node, ast.FunctionDef) and not is_blank_source(node)) for node in nodes)


def by_name(entries: Iterable[Path]) -> dict[str, list[Path]]:
    """Of notebooks and folders that are named after students, the paths for `read_submission` by student."""
    found: dict[str, list[Path]] = {}
    for path in filter(is_students, entries):
        whole = _is(stat.S_ISDIR, path)
        name = path.name if whole else without_endings(path.name)
        found.setdefault(readable(name), []).extend(within(path) if whole else [path])
    return found


def entries_of(folder: Path) -> list[Path]:
    """What lies in the folder of a class and is not hidden, sorted."""
    asked = _("Grading the folder {folder}.").format(folder=folder)
    if not folder.is_dir():
        raise CourseError(asked, _("There is no such folder."))
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith(HIDDEN))
    except OSError as error:
        raise CourseError(asked, _("This folder cannot be opened: {why}.").format(why=error.strerror)) from error


def is_students(path: Path) -> bool:
    """Whether an entry of the class folder stands for a student: a notebook, its export, a folder, or a link to one."""
    return is_notebook(path) or is_export(path, False) or _is(stat.S_ISDIR, path) or _is_link_to_folder(path)


def is_notebook(path: Path) -> bool:
    """Whether a name says that a file is a notebook."""
    return is_notebook_name(path.name)


def _is(kind: Callable[[int], bool], path: Path) -> bool:
    """Whether an entry itself, not what a link points to, is of a kind."""
    try:
        return kind(path.lstat().st_mode)
    except OSError:
        return False


def _is_link_to_folder(path: Path) -> bool:
    try:
        return path.is_symlink() and path.is_dir()
    except OSError:
        return False


def within(folder: Path) -> list[Path]:
    """Notebooks and links in a student's folder, and folders in it that cannot be opened; itself if it holds none.

    What notebooks were exported to counts where there is no notebook.
    """
    found: list[Path] = []
    others: list[Path] = []
    denied: list[Path] = []
    for where, folders, files in os.walk(folder, onerror=lambda error: denied.append(Path(str(error.filename)))):
        folders[:] = [name for name in folders if not name.startswith(HIDDEN)]
        links = [path for name in folders if _is_link_to_folder(path := Path(where, name))]
        seen = [Path(where, name) for name in files if not name.startswith(HIDDEN)]
        found += links + [path for path in seen if is_notebook(path)]
        others += [path for path in seen if not is_notebook(path)]
    if not any(map(is_notebook, found)):
        found += [path for path in others[:MOST_EXPORTS] if is_export(path, True)]
    found.sort()
    if not denied and all(_is(stat.S_ISLNK, path) for path in found):
        return [folder, *found]
    return found + sorted(denied)


def readable(name: str) -> str:
    """A file's name as text; bytes that are no UTF-8, as in some archives, are spelled out."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def read_submission(
    student: str,
    paths: Sequence[Path],
    names: Sequence[str],
    files: Sequence[str] = (),
    own_folder: bool | None = None,
) -> Submission:
    """Read a student's notebook; of several, the newest of those with most of the functions asked for written.

    Args:
        student: The student's name.
        paths: What `hand_ins` found for the student.
        names: Functions the assignment asks for.
        files: Files that it asks for beside them.
        own_folder: Whether all in the notebook's folder is the student's; by default its name tells.

    Returns:
        The submission. What cannot be read gives one with a `problem`, never an exception.
    """
    links = [path for path in paths if _is(stat.S_ISLNK, path)]
    folders = [path for path in paths if _is(stat.S_ISDIR, path)]
    notebooks = [path for path in paths if path not in links and path not in folders]
    read = [_read(student, path, names) for path in notebooks or folders or links]
    answers = [(not one.problem, len(one.written() & set(names))) for one in read]
    rank = [(score, _changed(one.path)) for score, one in zip(answers, read, strict=True)]
    best = read[rank.index(max(rank))]
    notes: list[str] = []
    if len(notebooks) > 1:
        one_of_them = _("{count} notebooks were handed in; {name} was graded, the newest of those with most answers.")
        alone = _("{count} notebooks were handed in; {name} was graded, as it holds most answers.")
        words = alone if answers.count(max(answers)) == 1 else one_of_them
        notes.append(words.format(count=len(notebooks), name=readable(best.path.name)))
    notes += (*best.notes, *_about(best, names))
    if best.path not in links:
        notes += _about_links(links)
    if notebooks:
        notes += [why for folder in folders if (why := _denied(folder, folder.name))]
    if own_folder is None:
        own_folder = student in (readable(folder.name) for folder in best.path.parents)
    found = {} if best.problem else handed_in_files(best.path, files, own_folder)
    fingerprint = _with_files(best.fingerprint, found)
    return replace(best, notes=tuple(notes), handed_in=max(len(notebooks), 1), files=found, fingerprint=fingerprint)


def _with_files(fingerprint: str, found: Mapping[str, bytes]) -> str:
    """A fingerprint of the notebook and of what came with it."""
    if not found:
        return fingerprint
    parts = (fingerprint, *(f"{name} {hashlib.sha256(raw).hexdigest()}" for name, raw in sorted(found.items())))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _changed(path: Path) -> int:
    """When a file was last changed, in nanoseconds."""
    try:
        return path.lstat().st_mtime_ns
    except OSError:
        return 0


def _about(submission: Submission, names: Sequence[str]) -> Iterator[str]:
    """Functions defined more than once."""
    counts = submission.definitions()
    for name in names:
        if counts[name] > 1:
            words = _(
                "`{name}` is defined {count} times; the last written one counts, unless only an earlier one is right."
            )
            yield words.format(name=name, count=counts[name])


def _about_links(links: Sequence[Path]) -> Iterator[str]:
    """Links beside what was graded."""
    if links:
        names = ", ".join(readable(path.name) for path in links[:LINKS_NAMED])
        yield _("Links are not followed; left out: {names}.").format(names=names)


def _denied(folder: Path, name: str = "") -> str:
    """Why a folder cannot be opened; empty if it can."""
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        if not name:
            return _("This folder cannot be opened: {why}.").format(why=error.strerror)
        return _("The folder {name} cannot be opened: {why}.").format(name=readable(name), why=error.strerror)
    return ""


def _no_notebook(path: Path, mode: int) -> str:
    """Why an entry cannot be a notebook, whatever is in it; empty for a file of ordinary size."""
    if stat.S_ISLNK(mode):
        return _("This is a link, not a notebook.")
    if stat.S_ISDIR(mode):
        return _denied(path) or _("No notebook was found in this folder.")
    return "" if stat.S_ISREG(mode) else _("It is no file.")


def _read(student: str, path: Path, names: Sequence[str]) -> Submission:
    try:
        found = path.lstat()
        if problem := _no_notebook(path, found.st_mode):  # opening a named pipe would wait for ever
            return Submission(student, path, problem=problem)
        reading = read_file(path, names)
    except OSError as error:
        return Submission(student, path, problem=_("The file cannot be opened: {why}").format(why=error.strerror))
    return Submission(student, path, reading.cells, reading.fingerprint, reading.problem, notes=reading.notes)


def defines_anything(source: str) -> bool:
    """Whether a cell defines a function or a class; one that is no Python may have been meant to."""
    tree = parsed(source)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    return tree is None or any(isinstance(node, kinds) for node in ast.walk(tree))
