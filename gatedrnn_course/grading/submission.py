"""Reads what a student handed in, however it is named and whatever state it is in."""

from __future__ import annotations

import ast
import hashlib
import os
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["Submission", "find_submissions", "read_submission", "readable"]

LARGEST = 50 << 20
HIDDEN = (".", "__")


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
    """

    student: str
    path: Path
    cells: tuple[str, ...] = ()
    fingerprint: str = ""
    problem: str = ""
    notes: tuple[str, ...] = ()

    def definitions(self) -> Counter[str]:
        """How often each function or class is defined."""
        found: Counter[str] = Counter()
        for cell in self.cells:
            tree = _parsed(cell)
            if tree is not None:
                found.update(n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef)))
        return found


def find_submissions(folder: Path) -> list[tuple[str, list[Path]]]:
    """The students of a folder: one a notebook, or one a subfolder with notebooks in it.

    Args:
        folder: The folder with what was handed in.

    Returns:
        Name and notebooks of each student, sorted by name.

    Raises:
        CourseError: If the folder is missing or holds no notebook.
    """
    if not folder.is_dir():
        raise CourseError(_("Grading the folder {folder}.").format(folder=folder), _("There is no such folder."))
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(HIDDEN):
            continue
        if path.is_dir():
            within = (p for p in sorted(path.rglob("*.ipynb")) if not _hidden(p.relative_to(path)))
            if notebooks := [p for p in within if p.is_file()]:
                found.setdefault(readable(path.name), []).extend(notebooks)
        elif path.suffix == ".ipynb":
            found.setdefault(readable(path.stem), []).append(path)
    if not found:
        raise CourseError(
            _("Grading the folder {folder}.").format(folder=folder),
            _("It holds no notebook."),
            _("Expected are files NAME.ipynb, or a folder for each student with a notebook in it."),
        )
    return sorted(found.items())


def readable(name: str) -> str:
    """A file's name as text; bytes that are no UTF-8, as in some archives, are spelled out."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _hidden(path: Path) -> bool:
    return any(part.startswith(HIDDEN) for part in path.parts)


def read_submission(student: str, paths: Sequence[Path], names: Sequence[str]) -> Submission:
    """Read a student's notebook; of several, the one that defines most of the functions asked for.

    Args:
        student: The student's name.
        paths: The notebooks handed in.
        names: Functions the assignment asks for.

    Returns:
        The submission. A file that cannot be read gives one with a `problem`, never an exception.
    """
    read = [_read(student, path) for path in paths]
    best = max(read, key=lambda one: (not one.problem, len(set(names) & set(one.definitions()))))
    notes = list(_about(best, names))
    if len(paths) > 1:
        words = _("{count} notebooks were handed in; {name} was graded, as it holds most answers.")
        notes.append(words.format(count=len(paths), name=readable(best.path.name)))
    return Submission(student, best.path, best.cells, best.fingerprint, best.problem, tuple(notes))


def _about(submission: Submission, names: Sequence[str]) -> Iterator[str]:
    """Functions defined more than once."""
    counts = submission.definitions()
    for name in names:
        if counts[name] > 1:
            words = _("`{name}` is defined {count} times; the last written one counts.")
            yield words.format(name=name, count=counts[name])


def _read(student: str, path: Path) -> Submission:
    try:
        if path.stat().st_size > LARGEST:
            return Submission(student, path, problem=_("The file is larger than {mib} MiB.").format(mib=LARGEST >> 20))
        raw = path.read_bytes()
    except OSError as error:
        return Submission(student, path, problem=_("The file cannot be opened: {why}").format(why=error.strerror))
    fingerprint = hashlib.sha256(raw).hexdigest()
    try:
        cells = _code_cells(raw.decode("utf-8-sig"))
    except Exception as error:  # any bytes may come; whatever a reader makes of them is one sentence here
        why = _("The file is no readable notebook ({type}).").format(type=type(error).__name__)
        advice = _("It may have been cut off: save it again and hand it in again.")
        return Submission(student, path, fingerprint=fingerprint, problem=f"{why} {advice}")
    return Submission(student, path, tuple(cells), fingerprint)


def _code_cells(text: str) -> list[str]:
    import nbformat

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    return [_plain(str(cell.source)) for cell in notebook.cells if cell.get("cell_type") == "code"]


def _plain(source: str) -> str:
    """A cell as plain Python, as IPython would run it."""
    if not any(sign in source for sign in "%!?"):
        return source
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return str(TransformerManager().transform_cell(source))  # type: ignore[no-untyped-call]
    except SyntaxError:
        return source


def _parsed(source: str) -> ast.AST | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
