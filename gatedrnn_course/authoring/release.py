"""What students get of one unit: its exercise, its lesson, and how to start."""

from __future__ import annotations

import ast
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatedrnn_course.authoring.places import find_root, product_path
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import Unit, load
from gatedrnn_course.text import _

__all__ = ["PACKAGE", "Release", "house", "release", "zip_files"]

PACKAGE = "gatedrnn-course[lab]"
"""What students install where the project's own folder is not at hand."""
HOUSE = ("course.py", "pyproject.toml", "constraints.txt", "LICENSE", "LICENSE-TEXT")
"""Files beside the library that make `python3 course.py lab` work in a release."""
MARKS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
"""What must stand in no file of a release."""


@dataclass(frozen=True)
class Release:
    """A release on disk.

    Attributes:
        folder: The folder, `OUT/03_gates`.
        archive: The same as one file, `OUT/03_gates.zip`.
        files: The files, relative to the folder.
    """

    folder: Path
    archive: Path
    files: tuple[str, ...]


def release(
    number: str, out: Path, *, root: Path | None = None, package: str | None = None, overwrite: bool = False
) -> Release:
    """Write what students get of one unit, as a folder and as a zip file.

    It holds the exercise, the lesson, a README and the library with its bootstrap, so that one command opens it;
    neither solutions nor sources. It keeps honest people honest and no more: the library holds the course's own
    answers, because `check` needs them to compare with, and whoever looks for them there finds them.

    Args:
        number: The unit, `"03"` or `"3"`.
        out: The folder to write into; made where missing.
        root: The project's folder; looked for from here where left out.
        package: What the README tells students to install in place of the library in the release: a name, an address
            or a file that pip understands.
        overwrite: Whether to replace an earlier release.

    Returns:
        What was written.

    Raises:
        CourseError: If the unit has no exercise yet, an earlier release is there, or a file would give an answer away.
    """
    unit, root = load(number), root or find_root()
    files = _files(unit, root)
    library = house(root) if package is None else {}
    files["README.md"] = _readme(unit, next(name for name in files if name.startswith("exercises")), library, package)
    _refuse_leaks(unit, files, root)
    held = {name: text.encode() for name, text in files.items()} | library
    made = Release(out / unit.stem, out / f"{unit.stem}.zip", tuple(held))
    there = [path for path in (made.folder, made.archive) if path.exists()]
    if there and not overwrite:
        raise CourseError(
            _("The release of unit {number}.").format(number=unit.number),
            _("There is one already: {path}.").format(path=there[0]),
            do=_("Name another folder, or ask to overwrite it."),
        )
    if made.folder.exists():
        shutil.rmtree(made.folder)
    for name, content in held.items():
        path = made.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    zip_files(made.archive, {f"{unit.stem}/{name}": content for name, content in held.items()})
    return made


def _files(unit: Unit, root: Path) -> dict[str, str]:
    """The notebooks of a release by file name, the folders as in the project so that links between them hold."""
    exercise = product_path(root, "exercise", unit.stem)
    if not exercise.is_file():
        raise CourseError(
            _("The release of unit {number}.").format(number=unit.number),
            _("There is no {file}.").format(file=exercise.relative_to(root).as_posix()),
            do=_("Build it first: python3 course.py notebooks {number}").format(number=unit.number),
        )
    paths = [exercise, product_path(root, "lesson", unit.stem)]
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths if path.is_file()}


def house(root: Path, also: Sequence[str] = ()) -> dict[str, bytes]:
    """The library and its bootstrap by file name; nothing where the project's folder does not hold them.

    Args:
        root: The project's folder.
        also: Further files and folders in it.
    """
    paths = [root / name for name in HOUSE]
    if not all(path.is_file() for path in paths):
        return {}
    paths += [root / name for name in also if (root / name).is_file()]
    for folder in ("gatedrnn_course", *also):
        paths += [path for path in sorted((root / folder).rglob("*")) if path.is_file()]
    kept = (path for path in paths if "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in kept}


def _readme(unit: Unit, exercise: str, house: dict[str, bytes], package: str | None) -> str:
    commands = f'    python -m pip install "{package or PACKAGE}"\n    python -m jupyter lab {exercise}'
    if house:
        commands = "    python3 course.py lab\n\n" + _("On Windows it is `py course.py lab`.")
    words = _(
        "# {number} {title}\n\n"
        "You need Python 3.11 or newer. In a terminal, in this folder:\n\n"
        "{commands}\n\n"
        "The first time, this installs what the course needs and takes minutes.\n\n"
        "Read the lesson in `notebooks/`, then write the functions in `exercises/`, from top to bottom.\n"
        "The cell below each function checks it at once and says what is wrong.\n"
        "Save, and hand in the notebook in `exercises/` under its own name.\n"
    )
    return words.format(number=unit.number, title=_(unit.title), commands=commands)


def _refuse_leaks(unit: Unit, files: dict[str, str], root: Path) -> None:
    """Raise if a file holds a solution's mark, or the whole body of an answer, however it is spaced."""
    bodies = dict(_bodies(unit, product_path(root, "solution", unit.stem)))
    for name, text in files.items():
        strings = list(_strings(json.loads(text))) if name.endswith(".ipynb") else [text]
        joined = "\n".join(_joined(string) for string in strings)
        leaked = [mark for mark in MARKS if _joined(mark) in joined]
        leaked += [_("the body of `{name}`").format(name=item) for item, body in bodies.items() if body in joined]
        if leaked:
            raise CourseError(
                _("The release of unit {number}.").format(number=unit.number),
                _("{file} holds {leaked}.").format(file=name, leaked=", ".join(leaked)),
                do=_("Nothing was written. Mend the source of that notebook and build it again."),
            )


def _bodies(unit: Unit, solution: Path) -> Iterator[tuple[str, str]]:
    """Each graded function or class of the solution with its body, without docstring, comments and spaces."""
    if not solution.is_file():
        raise CourseError(
            _("The release of unit {number}.").format(number=unit.number),
            _("Without the solution nobody can see that nothing of it leaks."),
            do=_("Build it first: python3 course.py notebooks {number}").format(number=unit.number),
        )
    graded = {item.name for item in unit.items}
    for cell in json.loads(solution.read_text(encoding="utf-8"))["cells"]:
        if not cell["metadata"].get("nbgrader", {}).get("solution"):
            continue
        for answer in ast.parse("".join(cell["source"])).body:
            if isinstance(answer, ast.FunctionDef | ast.ClassDef) and answer.name in graded:
                yield answer.name, _joined("\n".join(map(ast.unparse, answer.body[1:])))


def _joined(text: str) -> str:
    return "".join(text.split())


def _strings(tree: Any) -> Iterator[str]:
    """Every text in a notebook; a text kept as a list of lines counts as one."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list) and tree and all(isinstance(part, str) for part in tree):
        yield "".join(tree)
    elif isinstance(tree, list | dict):
        for part in tree.values() if isinstance(tree, dict) else tree:
            yield from _strings(part)


def zip_files(path: Path, files: Mapping[str, bytes], executable: Sequence[str] = ()) -> None:
    """Write a zip file; the same files give the same bytes.

    Args:
        path: The file.
        files: What is in it, by name.
        executable: Names of those that can be run.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = (0o755 if name in executable else 0o644) << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
