"""The `gatedrnn` command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gatedrnn_course.authoring.kernel_cli import show_in_kernel
from gatedrnn_course.authoring.platforms.cli import export
from gatedrnn_course.authoring.similar.cli import similar
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.book.cli import gradebook, override
from gatedrnn_course.grading.classroom.cli import CODES, console, grade, replay
from gatedrnn_course.studies.cli import study
from gatedrnn_course.text import _

__all__ = ["app"]

FAULT, MISUSE, INTERRUPTED = 1, 2, 130


class _Commands(TyperGroup):
    """Tells a `CourseError` in its four parts, and Ctrl-C in one word, instead of a traceback."""

    def invoke(self, ctx: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a pipe may know fewer signs than a page
        try:
            return super().invoke(ctx)
        except CourseError as error:
            typer.echo(_one_a_line(error), err=True)
            raise typer.Exit(MISUSE) from None
        except KeyboardInterrupt:
            typer.echo(_("Stopped."), err=True)
            raise typer.Exit(INTERRUPTED) from None


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"obj": show_in_kernel},
    help=_("The course on gated recurrent networks: grade, prove, release, look at cells, rerun studies."),
)

app.add_typer(study, name="study")
app.add_typer(export, name="export")
app.command(epilog=CODES)(grade)
app.command()(replay)
app.command()(gradebook)
app.command()(override)
app.command()(similar)

UnitNumber = Annotated[str, typer.Argument(metavar="UNIT", help=_("The unit, such as 03."))]
Page = Annotated[Path | None, typer.Option("--page", help=_("Write the published page instead, from its fixed seed."))]
Released = Annotated[Path, typer.Option("--out", help=_("Folder to write the release into."))]
Package = Annotated[
    str | None,
    typer.Option("--package", help=_("What students install by pip; left out, the release holds the library itself.")),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help=_("Replace an earlier release."))]
CellName = Annotated[str, typer.Argument(metavar="CELL", help=_("Name of a cell, such as LSTM or GRU."))]
Svg = Annotated[Path | None, typer.Option("--svg", help=_("Write the diagram into this file."))]
Upto = Annotated[str | None, typer.Option("--upto", help=_("Show the equations up to this line only, such as i."))]
WithProgram = Annotated[bool, typer.Option("--program", help=_("Print what the engines compute for it, pass by pass."))]
Size = Annotated[int, typer.Option(min=1, help=_("For the parameter count: the size of the input, or of the state."))]


def _one_a_line(error: CourseError) -> str:
    return "\n".join(filter(None, (error.asked, error.came, error.expected, error.do)))


@app.command()
def prove(unit: UnitNumber, page: Page = None) -> None:
    """Grade the grader: every mistake must be caught and named, every right answer accepted."""
    from gatedrnn_course.grading.prove import prove, write_page

    matrix = prove(unit) if page is None else write_page(unit, page)
    console().print(matrix.table())
    for failure in matrix.failures:
        typer.echo(failure, err=True)
    raise typer.Exit(0 if matrix.ok else FAULT)


@app.command()
def release(
    unit: UnitNumber,
    out: Released = Path("build/release"),
    overwrite: Overwrite = False,
    package: Package = None,
) -> None:
    """Write what students get of one unit, without any solution."""
    from gatedrnn_course.authoring.release import release

    made = release(unit, out, overwrite=overwrite, package=package)
    typer.echo(_("{count} files in {folder}:").format(count=len(made.files), folder=made.folder))
    typer.echo("\n".join(f"  {name}" for name in made.files if not name.startswith("gatedrnn_course/")))
    typer.echo(_("As one file: {archive}").format(archive=made.archive))


@app.command()
def show(
    cell: CellName,
    svg: Svg = None,
    upto: Upto = None,
    input_size: Size = 4,
    hidden_size: Size = 8,
    program: WithProgram = False,
) -> None:
    """Print a cell: its equations, its source, how many numbers it learns; with --svg also its diagram."""
    from gatedrnn_course.cells import catalogue, describe, diagram

    found = catalogue[{name.casefold(): name for name in catalogue}.get(cell.casefold(), cell)]
    if program:
        from gatedrnn_course.engines.program.text import program_text

        typer.echo(program_text(found))
        return
    count_of_lines = len(found.lines) if upto is None else found.lines.index(found.line(upto)) + 1
    equations = "\n".join(found.text.splitlines()[:count_of_lines])
    if svg is not None:
        _write(svg, diagram(found, upto) + "\n")
    count = found.parameter_count(input_size, hidden_size)
    sizes = _("Parameters with {D} inputs and {H} units: {count}").format(D=input_size, H=hidden_size, count=count)
    typer.echo("\n\n".join((found.name, equations, _("Source: {source}").format(source=found.source), sizes)))
    typer.echo("\n" + describe(found, upto))
    if svg is not None:
        typer.echo("\n" + _("The diagram: {file}").format(file=svg))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        words = _("It cannot be written: {why}.").format(why=error.strerror)
        raise CourseError(_("The file {file}.").format(file=path), words) from error


@app.command()
def doctor() -> None:
    """Say what this computer has for the course, and what it lacks."""
    from gatedrnn_course.engines.c_tier.build.compiler import why
    from gatedrnn_course.grading.classroom.sandboxes import doctor_table

    typer.echo("\n".join((*_versions(), _device(), why(), _browser())))
    table, safe = doctor_table()
    console().print(table)
    if not safe:
        typer.echo(
            _("No sandbox here is fit for strangers' answers: install bubblewrap, or use a Linux of 2021 or later.")
        )
    raise typer.Exit(0 if safe else FAULT)


PARTS = ("gatedrnn-course", "numpy", "torch", "matplotlib", "jupyterlab", "ipywidgets", "anywidget", "joblib", "scipy")


def _versions() -> list[str]:
    import platform
    from importlib.metadata import PackageNotFoundError, version

    rows = [_("Python {version} on {system}").format(version=platform.python_version(), system=platform.system())]
    for name in PARTS:
        try:
            rows.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            rows.append(_("{name} is not installed").format(name=name))
    return rows


def _device() -> str:
    try:
        import torch
    except ImportError as error:
        return _("PyTorch cannot be loaded: {why}").format(why=error)
    if torch.cuda.is_available():
        return _("PyTorch runs on {name}").format(name=torch.cuda.get_device_name())
    if torch.backends.mps.is_available():
        return _("PyTorch runs on Apple's GPU")
    return _("PyTorch runs on the processor; no GPU was found")


def _browser() -> str:
    import shutil

    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        return _("No Chromium or Chrome was found; the browser tests need one, the course itself any browser")
    return _("Browser for the tests: {path}").format(path=found)


@app.command()
def version() -> None:
    """Print the version of the course."""
    from importlib.metadata import version

    typer.echo(version("gatedrnn-course"))


if __name__ == "__main__":
    app()
