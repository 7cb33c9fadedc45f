"""The commands `gatedrnn grade` and `gatedrnn replay`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatedrnn_course.grading.book.cli import BookOption, book_of
from gatedrnn_course.grading.classroom.sandboxes import choose
from gatedrnn_course.text import _

if TYPE_CHECKING:
    from rich.console import Console

    from gatedrnn_course.grading.classroom.run import ClassRun

__all__ = ["CODES", "console", "grade", "replay"]

FAULT, INTERRUPTED = 1, 130
CODES = _(
    "Exit codes: 0 all are graded; 1 some could not be graded, by a fault of the grader; 2 what was asked cannot be "
    "done; 130 stopped."
)

Folder = Annotated[
    Path, typer.Argument(help=_("Notebooks NAME.ipynb, a folder for each student, or a platform's download."))
]
UnitOption = Annotated[str, typer.Option("--unit", help=_("The unit that was handed in, such as 03."))]
Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, help=_("Submissions side by side; by default one a processor core."))
]
Results = Annotated[Path, typer.Option("--out", help=_("Folder for records, grades.csv and pages."))]
SandboxName = Annotated[
    str | None,
    typer.Option("--sandbox", help=_("Where answers run; by default the strongest kind that `doctor` finds to work.")),
]
Unsafe = Annotated[
    bool,
    typer.Option("--unsafe-sandbox", help=_("Grade even where nothing strong works: only answers that you trust.")),
]
Anew = Annotated[bool, typer.Option("--anew", help=_("Grade also what was graded before and has not changed."))]
Since = Annotated[
    str | None,
    typer.Option(help=_("Look only at what was handed in since a date, or for so long: 2026-11-20, 90m, 12h, 3d.")),
]
Table = Annotated[
    Path | None,
    typer.Option("--deadlines", help=_("Table of deadlines, extensions, what being late costs, and attempts (CSV).")),
]
Cache = Annotated[
    Path | None, typer.Option(help=_("Folder of judged work that several classes share; by default OUT/work."))
]
Seed = Annotated[
    int | None, typer.Option(min=0, help=_("All that is drawn comes from it; keep it secret. By default a fresh one."))
]
Dask = Annotated[
    str | None, typer.Option(help=_("Grade on a Dask cluster: the address of its scheduler, tcp://HOST:8786."))
]
Kernel = Annotated[
    bool,
    typer.Option(
        "--kernel", help=_("For authors: grade nothing; run the notebooks in real kernels, with your rights.")
    ),
]
RecordFile = Annotated[Path, typer.Argument(metavar="RECORD", help=_("A file of OUT/records."))]
ItemName = Annotated[str | None, typer.Option("--item", help=_("Show this function only."))]


def grade(
    context: typer.Context,
    folder: Folder,
    unit: UnitOption,
    out: Results = Path("build/grades"),
    jobs: Jobs = None,
    anew: Anew = False,
    since: Since = None,
    deadlines: Table = None,
    cache: Cache = None,
    seed: Seed = None,
    dask: Dask = None,
    sandbox: SandboxName = None,
    unsafe: Unsafe = False,
    book: BookOption = None,
    kernel: Kernel = False,
) -> None:
    """Grade a folder of notebooks. Stop it at any time; the same command goes on where it was."""
    if kernel:
        raise typer.Exit(0 if context.obj(folder) else FAULT)  # given by the command: kernels are an author's
    from gatedrnn_course.grading.book.gradebook import Gradebook
    from gatedrnn_course.grading.book.results import settle
    from gatedrnn_course.grading.classroom.dates import since as moment_of
    from gatedrnn_course.grading.classroom.deadlines import Deadlines, read_deadlines
    from gatedrnn_course.grading.classroom.run import Options, grade_class
    from gatedrnn_course.grading.report.terminal import RunBar

    options = Options(
        dask=dask,
        since=moment_of(since) if since else None,
        deadlines=read_deadlines(deadlines) if deadlines else Deadlines(),
        store=cache,
        seed=seed,
    )
    side_by_side = jobs or os.cpu_count() or 1
    choose(sandbox, unsafe, console(stderr=True))
    bar = RunBar(console(stderr=True), side_by_side)
    try:
        with bar:
            run = grade_class(folder, unit, out, side_by_side, bar, anew, options)
        with Gradebook(book_of(out, book)) as opened:
            run = settle(run, opened)
        failed = _report(run, out)
    except KeyboardInterrupt:
        words = _("Stopped; {done} of {total} are graded and kept. Run the same command again to go on.")
        typer.echo(words.format(done=bar.done_count, total=bar.total), err=True)
        raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(FAULT if failed else 0)


def _report(run: ClassRun, out: Path) -> int:
    """Write grades and pages, print the table; how many submissions could not be graded."""
    from gatedrnn_course.grading.report import left_out_sentence, sandbox_sentence, write_grades, write_pages
    from gatedrnn_course.grading.report.plain import plain_names
    from gatedrnn_course.grading.report.terminal import grades_table, legend

    write_grades(out / "grades.csv", run.records, run.unit)
    pages = write_pages(run, out)
    shown = console()
    shown.print(grades_table(run, shown.width))
    typer.echo(legend(run))
    for sandbox in dict.fromkeys(sandbox_sentence(record.sandbox) for record in run.records):
        typer.echo(sandbox)
    typer.echo(_("The class: {page}").format(page=pages.index))
    typer.echo(_("The students: {folder}").format(folder=pages.students))
    typer.echo(_("The grades: {file}").format(file=out / "grades.csv"))
    if run.left_out:
        typer.echo(left_out_sentence(run.left_out))
    if run.not_looked_at:
        words = _("Handed in before the date asked for, and not graded so far: {names}.")
        typer.echo(words.format(names=plain_names(run.not_looked_at)))
    failed = [record.student for record in run.records if record.status == "not graded"]
    if failed:
        words = _(
            "Not graded, by a fault of the grader: {names}. Run the same command again; the reason is in the table."
        )
        typer.echo(words.format(names=plain_names(failed)), err=True)
    return len(failed)


def replay(record: RecordFile, item: ItemName = None, cache: Cache = None) -> None:
    """Judge a recorded submission again, from its own seed, and say whether it comes out the same."""
    from gatedrnn_course.grading.classroom.replay import replay as judged_again

    again = judged_again(record, cache)
    for warning in again.warnings:
        typer.echo(warning)
    same = True
    for then, now in again.items(item):
        if now == then:
            typer.echo(_("{name}: the same. {sentence}").format(name=then.name, sentence=then.sentence))
            continue
        same = False
        typer.echo(_("{name}: another verdict.").format(name=then.name))
        typer.echo(_("  then: {points} points. {sentence}").format(points=then.points, sentence=then.sentence))
        if now is not None:
            typer.echo(_("  now: {points} points. {sentence}").format(points=now.points, sentence=now.sentence))
    raise typer.Exit(0 if same else FAULT)


def console(**options: Any) -> Console:
    """A console; where it is no terminal, lines are as wide as the grades need and never depend on the machine."""
    from rich.console import Console

    made = Console(**options)
    return made if made.is_terminal else Console(width=140, **options)
