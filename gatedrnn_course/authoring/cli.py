"""The command line of the builder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatedrnn_course.authoring.build import build
from gatedrnn_course.authoring.drift import drift
from gatedrnn_course.authoring.places import find_root
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _, n_

__all__ = ["app", "notebooks"]

app = typer.Typer(add_completion=False, help=_("Build the notebooks from course/."))

Units = Annotated[list[str] | None, typer.Argument(metavar="[UNIT]...", help=_("Units, such as 03; all by default."))]
Execute = Annotated[bool, typer.Option("--execute", help=_("Run lessons and solutions and store what they show."))]
Check = Annotated[bool, typer.Option("--check", help=_("Write nothing; fail if a notebook differs from its source."))]
Root = Annotated[Path | None, typer.Option("--root", help=_("The project's folder; found from here by default."))]


@app.command()
def notebooks(units: Units = None, execute: Execute = False, check: Check = False, root: Root = None) -> None:
    """Build lessons, exercises and solutions from their sources, or check that they are what the sources say."""
    try:
        folder = root or find_root()
        if execute and check:
            raise CourseError(_("--execute and --check together."), do=_("Run one after the other."))
        status = _check(folder, units or []) if check else _build(folder, units or [], execute)
    except CourseError as error:
        typer.echo(str(error), err=True)
        status = 1
    raise typer.Exit(status)


def _build(root: Path, units: list[str], run: bool) -> int:
    written = build(root, units, run=run)
    for path in written:
        typer.echo(path.relative_to(root).as_posix())
    words = n_("{count} notebook written.", "{count} notebooks written.", len(written))
    typer.echo(words.format(count=len(written)) if written else _("Every notebook is up to date."))
    return 0


def _check(root: Path, units: list[str]) -> int:
    found = drift(root, units)
    for sentence in found:
        typer.echo(sentence, err=True)
    if found:
        words = _("Where a notebook differs or breaks a rule, change the source, then: {command}")
        typer.echo(words.format(command="python3 course.py notebooks --execute"), err=True)
        return 1
    typer.echo(_("Every notebook is what its source says."))
    return 0
