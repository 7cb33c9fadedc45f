"""Compares the committed notebooks with what their sources say, byte for byte, outputs aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from nbformat import NotebookNode

from gatedrnn_course.authoring.build import answer_files, built
from gatedrnn_course.authoring.normal import stripped
from gatedrnn_course.authoring.notebook import dumps, reads
from gatedrnn_course.authoring.places import EXECUTED, FOLDERS, LANGUAGE, find_sources, product_path
from gatedrnn_course.authoring.rules import moves, problems
from gatedrnn_course.authoring.source import first_words
from gatedrnn_course.authoring.whole import lacks
from gatedrnn_course.text import _

__all__ = ["drift", "first_difference"]


def drift(root: Path, units: Sequence[str] = ()) -> list[str]:
    """What is wrong with the committed notebooks.

    Args:
        root: The project's folder.
        units: Numbers or file stems; all where left out.

    Returns:
        A sentence for each notebook that differs from its source, naming file and first differing cell; for each rule
        a lesson or solution breaks; for each file of answers that differs; and for all that a unit lacks. Empty when
        all is well.
    """
    sources = find_sources(root, units)
    found = []
    for (kind, stem), notebook in built(sources, root).items():
        path = product_path(root, kind, stem)
        shown = path.relative_to(root).as_posix()
        if difference := _difference(path, notebook):
            found.append(f"{shown}: {difference}")
        elif kind in EXECUTED:
            broken = [f"{shown}, {problem}" for problem in problems(notebook)]
            if kind == "lesson" and not broken and not moves(notebook):
                broken = [_("{file}: Nothing in it can be moved. Show a widget in it.").format(file=shown)]
            found += broken
    for path, text in answer_files(root, sources).items():
        if (path.read_text("utf-8") if path.is_file() else "") != text:
            shown = path.relative_to(root).as_posix()
            found.append(_("{file}: The answers differ from those of the lesson.").format(file=shown))
    found += lacks(root, sources)
    return found if units else [*found, *_strays(root)]


def _difference(path: Path, notebook: NotebookNode) -> str:
    """How a file differs from the notebook it should hold; empty when it does not."""
    if not path.is_file():
        return _("The file is missing.")
    text = path.read_bytes().decode("utf-8", errors="replace")
    try:
        difference = first_difference(stripped(notebook), stripped(reads(text)))
    except ValueError:
        return _("The file is no notebook.")
    if difference or dumps(notebook) == text:
        return difference
    # The cells agree, so the outputs or the form do not.
    return _("Its outputs, its order of keys or its line ends are not in normal form.")


def first_difference(right: NotebookNode, came: NotebookNode) -> str:
    """The first cell in which two notebooks differ, and in what; empty when they are the same.

    Args:
        right: What the source says.
        came: What the file holds.
    """
    for number, (expected, given) in enumerate(zip(right.cells, came.cells, strict=False), 1):
        for key in sorted({*expected, *given}):
            if expected.get(key) != given.get(key):
                words = _("Cell {number} ({line}) differs from the source in its {key}.")
                line = first_words(expected.source)
                return words.format(number=number, line=line, key=_where(key, expected.get(key), given.get(key)))
    if len(right.cells) != len(came.cells):
        words = _("It has {came} cells, the source gives {right}.")
        return words.format(came=len(came.cells), right=len(right.cells))
    if right != came:
        return _("The notebook's own metadata or format differs.")
    return ""


def _where(key: str, expected: object, given: object) -> str:
    """The path to the first differing entry: `metadata.nbgrader.points`."""
    if isinstance(expected, dict) and isinstance(given, dict):
        for inner in sorted({*expected, *given}):
            if expected.get(inner) != given.get(inner):
                return f"{key}.{_where(inner, expected.get(inner), given.get(inner))}"
    return key


def _strays(root: Path) -> Iterator[str]:
    """Notebooks in the products' folders that no source makes."""
    made = {product_path(root, kind, source.unit.stem) for source in find_sources(root) for kind in source.kinds}
    for folder in FOLDERS.values():
        for path in sorted((root / folder / LANGUAGE).glob("*.ipynb")):
            if path not in made:
                yield f"{path.relative_to(root).as_posix()}: {_('No source makes this notebook.')}"
