"""The command `gatedrnn similar`: which submissions of a class are nearly the same, given what the exercise gives."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _, n_

__all__ = ["similar"]

Folder = Annotated[
    Path, typer.Argument(help=_("Notebooks NAME.ipynb, a folder for each student, or a platform's download."))
]
UnitOption = Annotated[str, typer.Option("--unit", help=_("The unit that was handed in, such as 03."))]
Out = Annotated[Path, typer.Option("--out", help=_("Folder for the pages."))]
Given = Annotated[
    list[Path] | None,
    typer.Option("--given", help=_("Notebooks that everybody was given; by default the unit's lesson and exercise.")),
]
Least = Annotated[float, typer.Option(min=0, max=1, help=_("Leave out pairs with a smaller share in common."))]
Most = Annotated[int, typer.Option(min=1, help=_("Show at most so many pairs."))]
SHOWN = 10


def similar(
    folder: Folder,
    unit: UnitOption,
    out: Out = Path("build/similar"),
    given: Given = None,
    least: Least = 0.6,
    most: Most = 100,
) -> None:
    """Report submissions that are nearly the same, side by side. It judges nothing and changes no points."""
    from tqdm import tqdm

    from gatedrnn_course.grading.classroom.layouts import hand_ins
    from gatedrnn_course.grading.classroom.submission import read_submission
    from gatedrnn_course.grading.similar.compare import compare
    from gatedrnn_course.grading.similar.pages import write_similar
    from gatedrnn_course.grading.units import load

    asked = load(unit)
    names = asked.asked_for[0]
    students = hand_ins(folder, out / "unpacked", asked.stem).students
    bar = tqdm(students, desc=_("Reading"), unit="", leave=False, disable=None)
    read = {one.student: read_submission(one.student, one.paths, names).cells for one in bar}
    paths = _given(asked.stem) if given is None else given
    known = [cell for path in paths for cell in read_submission("", [path], names).cells]
    found = compare({student: cells for student, cells in read.items() if cells}, known, least, most)
    page = write_similar(out, asked, found, read)
    for pair in found.pairs[:SHOWN]:
        typer.echo(f"{pair.share:4.0%}  {pair.first}, {pair.second}")
    words = n_(
        "{count} pair among {all} submissions; nothing is judged by it.",
        "{count} pairs among {all} submissions; nothing is judged by it.",
        len(found.pairs),
    )
    typer.echo(words.format(count=len(found.pairs), all=found.compared))
    if not paths:
        typer.echo(_("The exercise is not here, so what it gives was not taken off. Name it with --given."), err=True)
    typer.echo(_("Side by side: {page}").format(page=page))


def _given(stem: str) -> list[Path]:
    """The unit's lesson and exercise, where they are at hand."""
    from gatedrnn_course.authoring.places import find_root, product_path

    try:
        root = find_root()
    except CourseError:
        return []
    paths = [product_path(root, "exercise", stem), product_path(root, "lesson", stem)]
    return [path for path in paths if path.is_file()]
