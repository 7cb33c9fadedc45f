"""The commands `gatedrnn gradebook` and `gatedrnn override`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["BookOption", "ResultsOption", "book_of", "gradebook", "override"]

ResultsOption = Annotated[Path, typer.Option("--out", help=_("Folder with the results of the class."))]
BookOption = Annotated[
    Path | None, typer.Option("--book", help=_("The gradebook; by default gradebook.db beside the results."))
]
Taken = Annotated[
    list[Path] | None, typer.Argument(metavar="[RESULTS]...", help=_("Folders with results to take in first."))
]
Csv = Annotated[Path | None, typer.Option("--csv", help=_("Write the table into this file, too."))]
Student = Annotated[str, typer.Argument(help=_("The student's name, as the reports write it."))]
UnitNumber = Annotated[str, typer.Argument(metavar="UNIT", help=_("The unit, such as 03."))]
ItemName = Annotated[str, typer.Argument(metavar="ITEM", help=_("Name of the function."))]
Points = Annotated[int | None, typer.Argument(help=_("The points that count from now on."))]
Reason = Annotated[str, typer.Option("--reason", help=_("Why; shown to the student and in every report."))]
Withdraw = Annotated[bool, typer.Option("--withdraw", help=_("Take points given by hand back."))]


def book_of(out: Path, book: Path | None) -> Path:
    """The gradebook of results: the one named, or the one beside them."""
    from gatedrnn_course.grading.book.results import BOOK

    return book or out / BOOK


def gradebook(
    results: Taken = None, out: ResultsOption = Path("build/grades"), book: BookOption = None, csv: Csv = None
) -> None:
    """Show what counts for every student in every unit, from the gradebook; first take results in."""
    from rich.console import Console

    from gatedrnn_course.grading.book.gradebook import Gradebook
    from gatedrnn_course.grading.book.results import read_results, settle
    from gatedrnn_course.grading.book.table import grades_csv, grades_table
    from gatedrnn_course.grading.classroom.record import write_text

    path = book_of(out, book)
    if not results and not path.is_file():
        words = _("There is none. It is made when a class is graded, or from results: gatedrnn gradebook RESULTS")
        raise CourseError(_("The gradebook {file}.").format(file=path), words)
    with Gradebook(path) as opened:
        for folder in results or ():
            settle(read_results(folder), opened)
        grades = opened.grades()
    if csv is not None:
        write_text(csv, grades_csv(grades))
    Console(width=None if sys.stdout.isatty() else 140).print(grades_table(grades))
    typer.echo(_("The gradebook: {file}").format(file=path))


def override(
    student: Student,
    unit: UnitNumber,
    item: ItemName,
    points: Points = None,
    reason: Reason = "",
    withdraw: Withdraw = False,
    out: ResultsOption = Path("build/grades"),
    book: BookOption = None,
) -> None:
    """Set the points of one function by hand, with a reason. They stay when the class is graded again."""
    from gatedrnn_course.grading.book.gradebook import Gradebook, Override
    from gatedrnn_course.grading.book.results import graded
    from gatedrnn_course.grading.report import write_grades, write_pages
    from gatedrnn_course.grading.units import load

    if (points is None) != withdraw:
        raise CourseError(
            _("Points for {student} by hand.").format(student=student),
            expected=_("Expected are either POINTS, or --withdraw to take them back."),
        )
    asked, found = load(unit), book_of(out, book)
    with Gradebook(found) as opened:
        run = graded(out, opened, asked.number)
        told = Override(student, asked.number, item, points or 0, reason)
        (opened.withdraw if withdraw else opened.override)(told, asked)
        run = graded(out, opened, asked.number)
    write_grades(out / "grades.csv", run.records, run.unit)
    write_pages(run, out)
    (record,) = (record for record in run.records if record.student == student)
    words = _("{student} now has {points} of {out_of} points in unit {unit}. The reports are written anew.")
    typer.echo(words.format(student=student, points=f"{record.worth:g}", out_of=record.out_of, unit=asked.number))
