"""Where the sources and the notebooks built from them lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import gatedrnn_course
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import Unit, load
from gatedrnn_course.text import _

__all__ = [
    "EXECUTED",
    "FOLDERS",
    "LANGUAGE",
    "Kind",
    "SourceFile",
    "answers_path",
    "find_root",
    "find_sources",
    "product_path",
]

Kind = Literal["lesson", "exercise", "solution"]

LANGUAGE = "en"
"""The language of the sources."""
FOLDERS: dict[Kind, str] = {"lesson": "notebooks", "exercise": "exercises", "solution": "solutions"}
"""The folder of each kind of notebook."""
EXECUTED: tuple[Kind, ...] = ("lesson", "solution")
"""The kinds that are committed with what they show."""
_SOURCES: dict[str, tuple[Kind, ...]] = {"lessons": ("lesson",), "assignments": ("exercise", "solution")}


@dataclass(frozen=True)
class SourceFile:
    """One text source.

    Attributes:
        path: The file.
        shown: The file as messages name it, `course/lessons/03_gates.py`.
        unit: The unit it belongs to.
        kinds: What is built from it.
    """

    path: Path
    shown: str
    unit: Unit
    kinds: tuple[Kind, ...]


def find_root(start: Path | None = None) -> Path:
    """The project's folder: the nearest one with a `course` folder, at or above `start`, or else around this package.

    Args:
        start: Where to look first; the current folder where left out.

    Returns:
        The folder.

    Raises:
        CourseError: If there is none.
    """
    here = (start or Path.cwd()).resolve()
    package = Path(gatedrnn_course.__file__).resolve().parent.parent
    for folder in (here, *here.parents, package):
        if (folder / "course").is_dir():
            return folder
    raise CourseError(
        _("The folder of the course, looked for from {folder}.").format(folder=here),
        _("Neither it nor a folder above it holds a folder `course`."),
        do=_("Run this inside a clone of the project."),
    )


def product_path(root: Path, kind: Kind, stem: str) -> Path:
    """The file of a notebook, `ROOT/exercises/en/03_gates.ipynb`."""
    return root / FOLDERS[kind] / LANGUAGE / f"{stem}.ipynb"


def answers_path(root: Path, stem: str) -> Path:
    """The file of a lesson's answers, inside the package so that they are known wherever it is installed."""
    return root / "gatedrnn_course" / "lab" / "answers" / LANGUAGE / f"{stem}.json"


def find_sources(root: Path, units: Sequence[str] = ()) -> tuple[SourceFile, ...]:
    """The sources of the named units, or of all.

    Args:
        root: The project's folder.
        units: Numbers or file stems: `"3"`, `"03"`, `"03_gates"`.

    Returns:
        Lessons before assignments, each by number.

    Raises:
        CourseError: If a named unit has no source, or a file is not named after its unit.
    """
    wanted = {load(name.partition("_")[0]).number for name in units}
    found = []
    for folder, kinds in _SOURCES.items():
        for path in sorted((root / "course" / folder).glob("[!_]*.py")):
            source = SourceFile(path, path.relative_to(root).as_posix(), _unit_of(path), kinds)
            if not wanted or source.unit.number in wanted:
                found.append(source)
    if missing := wanted - {source.unit.number for source in found}:
        raise CourseError(
            _("The sources of unit {numbers}.").format(numbers=", ".join(sorted(missing))),
            _("Neither course/lessons nor course/assignments has a file of that number."),
        )
    return tuple(found)


def _unit_of(path: Path) -> Unit:
    """The unit whose number the file name begins with."""
    unit = load(path.stem.partition("_")[0])
    if path.stem != unit.stem:
        raise CourseError(
            _("The source {file}.").format(file=path.name),
            expected=_("The file of unit {number} is called {stem}.py.").format(number=unit.number, stem=unit.stem),
            do=_("Rename the file, or the unit."),
        )
    return unit
