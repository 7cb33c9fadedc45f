"""Builds notebooks from sources, with the outputs they had where their code is unchanged, or with new ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from nbformat import NotebookNode
from tqdm import tqdm

from gatedrnn_course.authoring.answers import refuse_shared_names
from gatedrnn_course.authoring.assemble import assemble
from gatedrnn_course.authoring.execute import TIMEOUT, execute
from gatedrnn_course.authoring.normal import normal
from gatedrnn_course.authoring.notebook import reads, write
from gatedrnn_course.authoring.places import EXECUTED, Kind, SourceFile, answers_path, find_sources, product_path
from gatedrnn_course.authoring.reveals import answers_of, answers_text
from gatedrnn_course.authoring.source import read_source
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import UNITS, load
from gatedrnn_course.text import _

__all__ = ["answer_files", "build", "built"]


def built(sources: Iterable[SourceFile], root: Path) -> dict[tuple[Kind, str], NotebookNode]:
    """The notebooks of these sources, with the outputs of cells whose code is unchanged.

    Args:
        sources: The sources.
        root: The project's folder.

    Returns:
        For each kind and stem the notebook in normal form. Nothing is written.

    Raises:
        CourseError: If a source breaks a rule, or two units grade functions of the same name.
    """
    refuse_shared_names(map(load, sorted(UNITS)))
    notebooks: dict[tuple[Kind, str], NotebookNode] = {}
    for source in sources:
        for kind, notebook in assemble(source).items():
            stem = source.unit.stem
            if kind in EXECUTED:
                _keep_outputs(notebook, product_path(root, kind, stem))
            notebooks[kind, stem] = normal(notebook)
    return notebooks


def _keep_outputs(notebook: NotebookNode, path: Path) -> None:
    """Take over what the file at `path` shows for cells of the same id and code."""
    try:
        stored = reads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    before = {cell.get("id"): cell for cell in stored.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        old = before.get(cell.id)
        if cell.cell_type == "code" and old is not None and old.source == cell.source:
            cell.outputs, cell.execution_count = old.outputs, old.execution_count


def answer_files(root: Path, sources: Iterable[SourceFile]) -> dict[Path, str]:
    """The file of answers of each lesson, which `reveal` reads: path and text, empty where a lesson asks nothing.

    Args:
        root: The project's folder.
        sources: The sources.

    Raises:
        CourseError: If two lessons ask questions of the same name.
    """
    files, owner = {}, dict[str, str]()
    for source in sources:
        if source.kinds != ("lesson",):
            continue
        answers = answers_of(read_source(source.path, source.shown))
        for name in answers:
            if owner.setdefault(name, source.shown) != source.shown:
                words = _("{file} asks a question of that name, too.").format(file=owner[name])
                raise CourseError(_("{file}: the question {name}.").format(file=source.shown, name=name), words)
        files[answers_path(root, source.unit.stem)] = answers_text(answers)
    return files


def build(root: Path, units: Sequence[str] = (), *, run: bool = False, timeout: int = TIMEOUT) -> list[Path]:
    """Build the notebooks of the named units, or of all.

    Args:
        root: The project's folder.
        units: Numbers or file stems.
        run: Whether to run lessons and solutions and store what they show.
        timeout: Seconds a cell may take.

    Returns:
        The files that were written; a file that would not change is left alone.

    Raises:
        CourseError: If a source breaks a rule, or a cell fails when run; then the other notebooks are written all the
            same, and the failed one stays as it was.
    """
    sources = find_sources(root, units)
    notebooks = built(sources, root)
    answers = answer_files(root, sources)
    to_run = {key for key in notebooks if run and key[0] in EXECUTED}
    total = sum(cell.cell_type == "code" for key in to_run for cell in notebooks[key].cells)
    written = [path for path, text in answers.items() if _write_answers(path, text)]
    failures = []
    with tqdm(total=total, unit=_("cell"), disable=None if run else True) as bar:
        for key, notebook in notebooks.items():
            path = product_path(root, *key)
            if key in to_run:
                bar.set_description(path.relative_to(root).as_posix())
                try:
                    notebook = normal(execute(notebook, path, bar.update, timeout))
                except CourseError as error:
                    failures.append(error)
                    continue
            if write(path, notebook):
                written.append(path)
    if failures:
        raise failures[0] if len(failures) == 1 else CourseError("\n\n".join(map(str, failures)))
    return written


def _write_answers(path: Path, text: str) -> bool:
    """Write a file of answers unless it holds the same, or remove it; whether it was written."""
    if text and not (path.is_file() and path.read_text("utf-8") == text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
        return True
    if not text:
        path.unlink(missing_ok=True)
    return False
