"""The `gatedrnn study` commands."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from gatedrnn_course.text import _

__all__ = ["study"]

INTERRUPTED = 130

study = typer.Typer(
    no_args_is_help=True,
    help=_("Rerun the papers' studies: many training runs that stop and resume, and reports on them."),
)

Size = Annotated[str, typer.Option("--size", help=_("lesson (a minute), reduced, or paper."))]
Out = Annotated[Path, typer.Option("--out", help=_("Folder for trials, tables and the report."))]
Names = Annotated[str | None, typer.Option(help=_("Only these, with commas between them; by default all."))]
Trials = Annotated[
    int | None, typer.Option(min=1, help=_("Trials of each variant on each task; by default the size's."))
]
Jobs = Annotated[int | None, typer.Option(min=1, help=_("Processes side by side; by default one a processor core."))]
Dask = Annotated[str | None, typer.Option(help=_("Address of a Dask scheduler, such as tcp://HOST:8786."))]
Storage = Annotated[
    str | None,
    typer.Option(help=_("Address of a database that holds the trials; by default an SQLite file in the folder.")),
]
Seed = Annotated[int, typer.Option(min=0, help=_("Of everything that is drawn."))]
Device = Annotated[str, typer.Option(help=_("Where models train: cpu, or cuda."))]
Corpus = Annotated[Path | None, typer.Option(help=_("Folder of the licensed corpus, for the size paper."))]
Folder = Annotated[Path, typer.Argument(help=_("The folder that a study wrote."))]
Page = Annotated[Path | None, typer.Option("--page", help=_("Write this page of the documentation instead."))]
BesidePage = Annotated[Path | None, typer.Option("--page", help=_("Write this page of the documentation, too."))]
AtOnce = Annotated[int | None, typer.Option("--jobs", min=1, help=_("Models trained at once; by default one a core."))]


@study.command()
def odyssey(
    size: Size = "lesson",
    out: Out = Path("build/odyssey"),
    task: Names = None,
    variants: Names = None,
    trials: Trials = None,
    jobs: Jobs = None,
    dask: Dask = None,
    storage: Storage = None,
    seed: Seed = 0,
    device: Device = "cpu",
    timit: Corpus = None,
    iam: Corpus = None,
) -> None:
    """Nine variants of the LSTM, three tasks, random search. Stop it at any time; the same command goes on."""
    from gatedrnn_course.studies.odyssey.report import write_report
    from gatedrnn_course.studies.odyssey.sizes import Corpora
    from gatedrnn_course.studies.odyssey.study import run_odyssey

    side_by_side = (1 if device.startswith("cuda") else os.cpu_count() or 1) if jobs is None else jobs
    try:
        rows = run_odyssey(
            out,
            size,
            tasks=_listed(task),
            variants=_listed(variants),
            trials=trials,
            seed=seed,
            jobs=side_by_side,
            dask=dask,
            storage=storage,
            device=device,
            corpora=Corpora(timit, iam),
            command=_typed(),
        )
    except KeyboardInterrupt:
        typer.echo(_("Stopped. What is done is kept; run the same command again to go on."), err=True)
        raise typer.Exit(INTERRUPTED) from None
    typer.echo(_("{count} trials are done. Writing the report.").format(count=len(rows)))
    typer.echo(_("The report: {page}").format(page=write_report(out)))


@study.command()
def evolution(
    size: Size = "lesson",
    out: Out = Path("build/evolution"),
    seed: Seed = 0,
    jobs: AtOnce = None,
    page: BesidePage = None,
) -> None:
    """Evolve architectures from the LSTM and the GRU. Stop it at any time; the same command goes on."""
    from gatedrnn_course.studies.evolution.report import made_by, write_page, write_report
    from gatedrnn_course.studies.evolution.search import Evolution
    from gatedrnn_course.studies.evolution.sizes import SIZES

    evolved = Evolution(out, SIZES[size], seed, jobs or os.cpu_count() or 1)
    made_by(evolved, _typed())
    _going(evolved.run)
    made = made_by(evolved)
    typer.echo(_("The report: {page}").format(page=write_report(evolved, made)))
    if page is not None:
        typer.echo(_("The page: {page}").format(page=write_page(evolved, made, page)))


@study.command()
def forget_bias(
    size: Size = "lesson",
    out: Out = Path("build/forget_bias"),
    seed: Seed = 0,
    jobs: AtOnce = None,
    page: BesidePage = None,
) -> None:
    """The forget bias: LSTM with b_f = 1 and 0, LSTM without a gate, GRU, MUT1 to 3. It can be stopped, and goes on."""
    from gatedrnn_course.studies.evolution.forget_bias import BIAS_SIZES, ForgetBias
    from gatedrnn_course.studies.evolution.report import made_by, write_bias_page, write_bias_report

    experiment = ForgetBias(out, BIAS_SIZES[size], seed, jobs or os.cpu_count() or 1)
    made_by(experiment, _typed())
    _going(experiment.run)
    made = made_by(experiment)
    typer.echo(_("The report: {page}").format(page=write_bias_report(experiment, made)))
    if page is not None:
        typer.echo(_("The page: {page}").format(page=write_bias_page(experiment, made, page)))


@study.command()
def report(folder: Folder, page: Page = None) -> None:
    """Write the report on a study anew, from what its folder holds."""
    from gatedrnn_course.studies.reports import write_anew

    typer.echo(_("The report: {page}").format(page=write_anew(folder, page)))


def _going(run: Callable[[], None]) -> None:
    """A study until it is done, or until Ctrl-C."""
    try:
        run()
    except KeyboardInterrupt:
        typer.echo(_("Stopped. What is done is kept; run the same command again to go on."), err=True)
        raise typer.Exit(INTERRUPTED) from None


def _listed(names: str | None) -> list[str] | None:
    """Names with commas between them."""
    return None if names is None else [name.strip() for name in names.split(",") if name.strip()]


def _typed() -> str:
    """What was typed, with the program's name in place of its path, and no password."""
    return re.sub(r"(://[^:/@\s]*):[^@\s]*@", r"\1:...@", shlex.join(("gatedrnn", *sys.argv[1:])))
