"""The `gatedrnn export` commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.book.cli import BookOption, ResultsOption, book_of
from gatedrnn_course.text import _, n_

if TYPE_CHECKING:
    from gatedrnn_course.grading.classroom.record import Record
    from gatedrnn_course.grading.classroom.run import ClassRun
    from gatedrnn_course.grading.exports.table import Filled

__all__ = ["export"]

PACKAGE = "gatedrnn-course"

export = typer.Typer(no_args_is_help=True, help=_("Grades, and assignments, for other systems."))

Out = ResultsOption
UnitOption = Annotated[str | None, typer.Option("--unit", help=_("The unit, where results of several are there."))]
File = Annotated[Path, typer.Option("--to", help=_("The file to write."))]
Place = Annotated[Path, typer.Option("--to", help=_("The file to write; a folder for a file a student."))]
Folder = Annotated[Path, typer.Option("--to", help=_("The folder to write into."))]
Gradebook = Annotated[Path | None, typer.Option("--gradebook", help=_("The gradebook as Canvas exported it (CSV)."))]
Assignment = Annotated[str, typer.Option(help=_("The assignment's column in it; by default the one of the unit."))]
Worksheet = Annotated[Path | None, typer.Option("--worksheet", help=_("The grading worksheet as Moodle wrote it."))]
UnitNumber = Annotated[str, typer.Argument(metavar="UNIT", help=_("The unit, such as 03."))]
UnitNumbers = Annotated[
    list[str] | None, typer.Argument(metavar="[UNIT]...", help=_("Units, such as 03; all by default."))
]
ItemName = Annotated[str, typer.Argument(metavar="ITEM", help=_("Name of the function."))]
Package = Annotated[str | None, typer.Option(help=_("What pip installs: a name, an address or a file."))]
RESULTS = Path("build/grades")


@export.command("csv")
def as_csv(to: File = Path("grades.csv"), out: Out = RESULTS, unit: UnitOption = None, book: BookOption = None) -> None:
    """A table for any spreadsheet."""
    from gatedrnn_course.grading.report import write_grades

    run = _graded(out, book, unit)
    write_grades(to, run.records, run.unit)
    _told(to, len(run.records))


@export.command()
def canvas(
    to: File = Path("canvas.csv"),
    gradebook: Gradebook = None,
    assignment: Assignment = "",
    out: Out = RESULTS,
    unit: UnitOption = None,
    book: BookOption = None,
) -> None:
    """A gradebook to import into Canvas, best filled into the one that Canvas exported."""
    from gatedrnn_course.grading.exports.canvas import canvas as filled
    from gatedrnn_course.grading.exports.table import read_table

    run = _graded(out, book, unit)
    table = None if gradebook is None else read_table(gradebook, ("Student", "ID"))
    _write(to, filled(run.records, run.unit, table, assignment))


@export.command()
def moodle(
    to: File = Path("moodle.csv"),
    worksheet: Worksheet = None,
    out: Out = RESULTS,
    unit: UnitOption = None,
    book: BookOption = None,
) -> None:
    """A grading worksheet to upload to Moodle, best filled into the one that Moodle wrote."""
    from gatedrnn_course.grading.exports.moodle import FEEDBACK, GRADE, IDENTIFIER
    from gatedrnn_course.grading.exports.moodle import moodle as filled
    from gatedrnn_course.grading.exports.table import read_table

    run = _graded(out, book, unit)
    table = None if worksheet is None else read_table(worksheet, (IDENTIFIER, GRADE, FEEDBACK))
    _write(to, filled(run.records, table))


@export.command()
def gradescope(
    to: Place = Path("results.json"), out: Out = RESULTS, unit: UnitOption = None, book: BookOption = None
) -> None:
    """The results.json of a Gradescope autograder; into a folder, one a student."""
    from gatedrnn_course.grading.classroom.record import file_stems, write_text
    from gatedrnn_course.grading.exports.gradescope import gradescope as results

    run = _graded(out, book, unit)
    if to.suffix == ".json":
        write_text(to, results(_only(run)))
        return
    stems = file_stems(record.student for record in run.records)
    graded = [record for record in run.records if record.status != "not graded"]
    for record in graded:
        write_text(to / f"{stems[record.student]}.json", results(record))
    _told(to, len(graded))


@export.command()
def github(to: File = Path("results"), out: Out = RESULTS, unit: UnitOption = None, book: BookOption = None) -> None:
    """One submission's results for the reporter of GitHub Classroom."""
    from gatedrnn_course.grading.classroom.record import write_text
    from gatedrnn_course.grading.exports.github import github as results

    write_text(to, results(_only(_graded(out, book, unit))))


@export.command()
def passed(item: ItemName, out: Out = RESULTS, unit: UnitOption = None, book: BookOption = None) -> None:
    """Whether one submission has all points of a function: exit code 0, or 1."""
    from gatedrnn_course.grading.report.plain import plain

    run = _graded(out, book, unit)
    name = run.unit.item(item).name
    found = next((one for one in _only(run).items if one.name == name), None)
    typer.echo(plain(found.sentence) if found else _("It could not be judged."))
    raise typer.Exit(0 if found and found.points == found.out_of else 1)


@export.command("gradescope-autograder")
def gradescope_autograder(unit: UnitNumber, to: File = Path("autograder.zip"), package: Package = None) -> None:
    """A zip that Gradescope takes as an autograder. It was not run on Gradescope itself."""
    from gatedrnn_course.authoring.places import find_root
    from gatedrnn_course.authoring.platforms.gradescope import autograder
    from gatedrnn_course.authoring.release import zip_files
    from gatedrnn_course.grading.units import load

    root = find_root() if package is None else None
    files = autograder(load(unit), root, package)
    to.parent.mkdir(parents=True, exist_ok=True)
    zip_files(to, files, ("setup.sh", "run_autograder"))
    typer.echo(_("The autograder: {file}").format(file=to))


@export.command("github-workflow")
def github_workflow(unit: UnitNumber, to: Folder = Path("template"), package: Package = None) -> None:
    """What a GitHub Classroom assignment needs in its template repository. It was not run on GitHub."""
    from gatedrnn_course.authoring.platforms.github import workflow
    from gatedrnn_course.grading.units import load

    _write_all(to, workflow(load(unit), package or PACKAGE))


@export.command()
def nbgrader(units: UnitNumbers = None, to: Folder = Path("nbgrader")) -> None:
    """An nbgrader course: source and release trees, with the same cells and points."""
    from gatedrnn_course.authoring.places import find_root
    from gatedrnn_course.authoring.platforms.nbgrader import nbgrader_course
    from gatedrnn_course.grading.units import UNITS, load

    _write_all(to, nbgrader_course([load(number) for number in units or UNITS], find_root()))


def _graded(out: Path, book: Path | None, unit: str | None) -> ClassRun:
    """The graded class, with points given by hand."""
    from gatedrnn_course.grading.book.gradebook import Gradebook
    from gatedrnn_course.grading.book.results import graded
    from gatedrnn_course.grading.report.words import stamp

    with Gradebook(book_of(out, book)) as opened:
        run = graded(out, opened, unit)
    if weak := sum(bool(stamp(record.sandbox)) for record in run.records):
        words = n_(
            "{count} grade was given with weak protection: it is worth no more than your trust in every student.",
            "{count} grades were given with weak protection: they are worth no more than your trust in every student.",
            weak,
        )
        typer.echo(words.format(count=weak), err=True)
    return run


def _only(run: ClassRun) -> Record:
    """The one submission there is; a group's is one, whoever's name it bears."""
    if len({record.fingerprint for record in run.records}) > 1:
        raise CourseError(
            _("The results of one submission."),
            _("There are results of {count} students.").format(count=len(run.records)),
            do=_("Name a folder with --to, for a file a student."),
        )
    return run.records[0]


def _write(to: Path, filled: Filled) -> None:
    """Write a platform's table and say whom it does not tell of."""
    from gatedrnn_course.grading.classroom.record import write_text
    from gatedrnn_course.grading.report.plain import plain_names

    write_text(to, filled.text)
    _told(to, filled.count)
    if filled.missing:
        words = _("Graded, but not in the platform's table: {names}.")
        typer.echo(words.format(names=plain_names(filled.missing)), err=True)
    if filled.not_graded:
        words = _("Left as they are, for they could not be graded: {names}.")
        typer.echo(words.format(names=plain_names(filled.not_graded)), err=True)


def _write_all(to: Path, files: dict[str, bytes]) -> None:
    from gatedrnn_course.files import write_atomically

    for name, content in files.items():
        write_atomically(to / name, lambda file, content=content: file.write(content))  # type: ignore[misc]
        typer.echo(f"  {name}")
    typer.echo(_("Written into {folder}.").format(folder=to))


def _told(to: Path, count: int) -> None:
    words = n_("{count} student in {file}", "{count} students in {file}", count)
    typer.echo(words.format(count=count, file=to))
